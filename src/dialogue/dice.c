/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/dice.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdlib.h>

struct dice {
    gsl_rng *generator;
};

struct dice *dice_new(void)
{
    struct dice *dice = malloc(sizeof *dice);
    if (dice == NULL)
        return NULL;
    dice->generator = gsl_rng_alloc(gsl_rng_mt19937);
    if (dice->generator != NULL)
        return dice;
    free(dice);
    return NULL;
}

void dice_free(struct dice *dice)
{
    if (dice == NULL)
        return;
    gsl_rng_free(dice->generator);
    free(dice);
}

/* SplitMix64's finalizer. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

void dice_begin(struct dice *dice, uint64_t seed, enum dice_purpose purpose, uint64_t a, uint64_t b)
{
    uint64_t which = mix(mix(mix(mix(seed) ^ (uint64_t)purpose) ^ a) ^ b);
    gsl_rng_set(dice->generator, (uint32_t)(which ^ which >> 32));
}

int dice_below(struct dice *dice, int limit)
{
    return (int)gsl_rng_uniform_int(dice->generator, (unsigned long)limit);
}

void dice_shuffle(struct dice *dice, int *items, int count)
{
    gsl_ran_shuffle(dice->generator, items, (size_t)count, sizeof *items);
}
