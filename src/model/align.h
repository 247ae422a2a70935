/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ALIGN_H
#define RANKSCOPE_MODEL_ALIGN_H

#include <stddef.h>

/* A network does not tell its hidden units from each other, nor, but for a constant that others can make up for, one
 * from its mirror image: c sigmoid(z) = c − c sigmoid(−z). So before a base (d × d, a unit in each row) is compared
 * with the truth, its rows are put where they belong: over and over the nearest pair of a row, or of its negative,
 * and a true one that are still free. `distance` is scratch, d × d. Above ALIGN_MOST units, where looking would take
 * longer than training, the rows stay. */
enum { ALIGN_MOST = 256 };
void align_units(size_t d, const double *base, const double *truth, double *aligned, double *distance);

#endif
