/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/random.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdlib.h>

enum { INDEX_BITS = 27 }; /* the purpose takes the other five of the generator's 32-bit seed */

struct random_stream {
    gsl_rng *generator;
};

/* Finalizers of SplitMix64 and MurmurHash3: every bit of the input moves every bit of the output. */
static uint32_t fold_seed(uint64_t seed)
{
    seed += 0x9e3779b97f4a7c15U;
    seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9U;
    seed = (seed ^ (seed >> 27)) * 0x94d049bb133111ebU;
    seed ^= seed >> 31;
    return (uint32_t)(seed ^ (seed >> 32));
}

static uint32_t mix(uint32_t x)
{
    x = (x ^ (x >> 16)) * 0x85ebca6bU;
    x = (x ^ (x >> 13)) * 0xc2b2ae35U;
    return x ^ (x >> 16);
}

/* One-to-one in (purpose, index) for a given seed, so that two streams of one experiment never coincide. */
static uint32_t stream_seed(uint64_t seed, enum random_purpose purpose, int index)
{
    uint32_t which = ((uint32_t)purpose << INDEX_BITS) | ((uint32_t)index & ((1U << INDEX_BITS) - 1));
    return mix(which ^ fold_seed(seed));
}

struct random_stream *random_new(uint64_t seed, enum random_purpose purpose, int index)
{
    struct random_stream *stream = malloc(sizeof *stream);
    if (!stream)
        return NULL;
    stream->generator = gsl_rng_alloc(gsl_rng_mt19937);
    if (!stream->generator) {
        free(stream);
        return NULL;
    }
    gsl_rng_set(stream->generator, stream_seed(seed, purpose, index));
    return stream;
}

void random_free(struct random_stream *stream)
{
    if (!stream)
        return;
    gsl_rng_free(stream->generator);
    free(stream);
}

void random_normal(struct random_stream *stream, double deviation, size_t count, double *x)
{
    for (size_t i = 0; i < count; i++)
        x[i] = deviation * gsl_ran_gaussian_ziggurat(stream->generator, 1.0);
}

double random_chi_squared(struct random_stream *stream, double freedom)
{
    return gsl_ran_chisq(stream->generator, freedom);
}

void random_uniform(struct random_stream *stream, double bound, size_t count, double *x)
{
    for (size_t i = 0; i < count; i++)
        x[i] = bound * (2 * gsl_rng_uniform(stream->generator) - 1);
}

double random_sign(struct random_stream *stream)
{
    return gsl_rng_uniform(stream->generator) < 0.5 ? -1.0 : 1.0;
}
