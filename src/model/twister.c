/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/twister.h"

#include <stdint.h>

/* Numbers in a block, and how far ahead each one looks. */
enum { WORDS = 624, AHEAD = 397, BEHIND = WORDS - AHEAD, VECTOR = 4 };

struct twister {
    uint32_t word[WORDS];
    uint32_t number[WORDS]; /* the block as it is handed out */
    int next;               /* of it */
};

static uint32_t twist(uint32_t word, uint32_t following, uint32_t other)
{
    uint32_t mixed = (word & 0x80000000U) | (following & 0x7fffffffU);
    return other ^ (mixed >> 1) ^ (-(following & 1U) & 0x9908b0dfU);
}

static uint32_t temper(uint32_t x)
{
    x ^= x >> 11;
    x ^= (x << 7) & 0x9d2c5680U;
    x ^= (x << 15) & 0xefc60000U;
    return x ^ (x >> 18);
}

/* Loops over whole vectors, or compilers would leave them as they are. */
static void make_block(struct twister *twister)
{
    uint32_t *word = twister->word;
    int k = 0;
    for (; k < BEHIND / VECTOR * VECTOR; k++)
        word[k] = twist(word[k], word[k + 1], word[k + AHEAD]);
    for (; k < BEHIND; k++)
        word[k] = twist(word[k], word[k + 1], word[k + AHEAD]);
    for (k = BEHIND; k < WORDS - 1; k++)
        word[k] = twist(word[k], word[k + 1], word[k - BEHIND]);
    word[WORDS - 1] = twist(word[WORDS - 1], word[0], word[AHEAD - 1]);
    for (k = 0; k < WORDS; k++)
        twister->number[k] = temper(word[k]);
    twister->next = 0;
}

static void set(void *state, unsigned long seed)
{
    struct twister *twister = state;
    twister->word[0] = seed == 0 ? 4357 : (uint32_t)seed;
    for (uint32_t k = 1; k < WORDS; k++)
        twister->word[k] = 1812433253U * (twister->word[k - 1] ^ (twister->word[k - 1] >> 30)) + k;
    twister->next = WORDS;
}

static unsigned long get(void *state)
{
    struct twister *twister = state;
    if (twister->next == WORDS)
        make_block(twister);
    return twister->number[twister->next++];
}

static double get_double(void *state)
{
    return (double)get(state) / 4294967296.0;
}

const gsl_rng_type twister_type = {.name = "mt19937 in blocks",
                                   .max = 0xffffffffUL,
                                   .min = 0,
                                   .size = sizeof(struct twister),
                                   .set = set,
                                   .get = get,
                                   .get_double = get_double};
