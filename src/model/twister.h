/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_TWISTER_H
#define RANKSCOPE_MODEL_TWISTER_H

#include <gsl/gsl_rng.h>

/* GSL's mt19937 (the Mersenne Twister of Matsumoto and Nishimura 1998, as seeded since 2002), number for number, but made a
 * block at a time by loops that compilers turn into vectors: it takes a third of the time. */
extern const gsl_rng_type twister_type;

#endif
