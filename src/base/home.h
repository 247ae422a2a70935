/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_BASE_HOME_H
#define RANKSCOPE_BASE_HOME_H

#include "base/err.h"

#include <stdbool.h>

/* Where a person's files are, by the XDG base directory specification: $XDG_CONFIG_HOME, $XDG_DATA_HOME or $XDG_STATE_HOME,
 * or what stands for it below $HOME; in a folder "rankscope" there. */
enum home_kind { HOME_CONFIG, HOME_DATA, HOME_STATE };

/* The path of a file there, which the caller frees. With `making` its folders are made where they are missing, but for
 * $HOME itself. NULL: HOME is not set (ERR_INPUT), a folder cannot be made (ERR_IO), ERR_MEMORY; *err says so of `what`,
 * as in "the results". */
char *home_path(enum home_kind kind, const char *name, bool making, const char *what, struct err *err);

#endif
