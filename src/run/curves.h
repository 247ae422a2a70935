/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_CURVES_H
#define RANKSCOPE_RUN_CURVES_H

#include "base/err.h"
#include "run/view.h"

/* The curves of a run as bytes, for a file: compressed, and the same on every machine. Reading them back gives the same to the last
 * bit. */

enum { CURVES_SIZE_MAX = 1 << 20 }; /* bytes of any run's */

/* Of all methods, stages and series; the caller frees them. NULL: ERR_MEMORY. */
unsigned char *curves_pack(const struct view *view, size_t *size, struct err *err);

/* The caller frees what is in it, also after an error. */
struct curves {
    struct history *history[METHOD_COUNT][STAGE_COUNT];
};

/* ERR_INPUT says what is wrong with the bytes, which are hostile until shown otherwise; ERR_MEMORY. */
enum err_code curves_unpack(const unsigned char *bytes, size_t size, struct curves *curves, struct err *err);
void curves_free(struct curves *curves);

#endif
