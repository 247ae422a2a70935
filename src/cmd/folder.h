/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_FOLDER_H
#define RANKSCOPE_CMD_FOLDER_H

#include "cmd/headless.h"

/* A run as a folder: scenario.yaml, way.txt (the line that opens it), run.npz, run.csv, run.json, figures as figures.gp and, where there
 * is a gnuplot, as figures.png and figures.svg; and report.md, which tells of all of them. */

/* Writes it so that `path` is whole or not there: it must not exist, or be an empty folder. The run is at its end or where its journal
 * leads. *pictures: gnuplot drew them; else *why says why not. ERR_INPUT (it is there), ERR_IO, ERR_MEMORY or ERR_MATH. */
enum err_code folder_write(const char *path, const struct headless *headless, const struct journal *way, bool *pictures,
                           struct err *why, struct err *err);

#endif
