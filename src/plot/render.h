/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_RENDER_H
#define RANKSCOPE_PLOT_RENDER_H

#include "base/err.h"
#include "plot/gnuplot.h"

#include <stdatomic.h>
#include <stddef.h>

/* Runs a script in a gnuplot of its own, and takes the picture that it writes to standard output. On success the caller
 * frees *picture. ERR_IO with what gnuplot said, also when it takes longer than `milliseconds` (it is killed then) or
 * writes more than any picture has; ERR_STOPPED soon after `stop` is set (see halt.h), and it is killed; ERR_MEMORY. */
enum err_code render_script(const char *script, size_t script_size, int milliseconds, const atomic_bool *stop,
                            char **picture, size_t *picture_size, struct err *err);

/* A gnuplot for render_script_in, which gets ready while the script is being made. NULL: *err says why. */
struct gnuplot *render_prepare(struct err *err);

/* The same as render_script in such a gnuplot, which it ends and frees. */
enum err_code render_script_in(struct gnuplot *gnuplot, const char *script, size_t script_size, int milliseconds,
                               const atomic_bool *stop, char **picture, size_t *picture_size, struct err *err);

#endif
