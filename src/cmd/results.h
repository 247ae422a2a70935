/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_RESULTS_H
#define RANKSCOPE_CMD_RESULTS_H

#include "sweep/store.h"

/* Opens the file of results of a command with --db: the one that was named, or the usual one where `named` is NULL.
 * What store_open and store_default_path say; the message then also says how to keep them elsewhere. */
struct store *results_open(const char *named, struct err *err);

#endif
