/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_STORE_PATH_H
#define RANKSCOPE_SWEEP_STORE_PATH_H

#include "base/err.h"

/* Which names SQLite may get. It would take no name for a temporary file, any device for a file, and a single byte for an empty
 * file. ERR_INPUT. */
enum err_code store_path_check(const char *path, struct err *err);

/* Why this file could not be opened. SQLite's `failure` (errno) may be that of a second attempt, to read only, so what is in the
 * way is looked for first. ERR_INPUT (no folder), ERR_IO or ERR_MEMORY. */
enum err_code store_path_refuse(const char *path, int failure, struct err *err);

#endif
