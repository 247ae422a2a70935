/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/encoder.h"

#include "base/arena.h"
#include "model/encoder/state.h"

#include <stdint.h>
#include <stdlib.h>

const struct encoder_dropout encoder_dropout_usual = {
    .hidden = 0.1, .attention = 0.1, .adapter = 0.1, .classifier = 0.1};

enum { LINE_FLOATS = 16, BLOCKS = 8, ROWS_LEAST = 32 };

/* Counts what is taken, and once there is an arena gives it out: one list serves both. */
struct taker {
    struct arena *arena; /* NULL: count only */
    size_t bytes;
};

static size_t times(size_t a, size_t b)
{
    return b && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}

static void *take(struct taker *taker, size_t count, size_t size)
{
    size_t bytes = times(count, size);
    taker->bytes = arena_add(taker->bytes, arena_struct_size(bytes));
    return taker->arena ? arena_struct(taker->arena, bytes) : NULL;
}

static float *take_rows(struct taker *taker, size_t rows, size_t columns)
{
    return take(taker, times(rows, columns), sizeof(float));
}

int encoder_score_stride(int tokens)
{
    return (tokens + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
}

static int block_rows(int rows)
{
    int size = (rows + BLOCKS - 1) / BLOCKS;
    size = (size + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
    return size < ROWS_LEAST ? ROWS_LEAST : size > SITE_ROWS ? SITE_ROWS : size;
}

int encoder_blocks(int rows)
{
    int size = block_rows(rows);
    return (rows + size - 1) / size;
}

struct block encoder_block(const struct encoder *encoder, int rows, int i)
{
    int size = block_rows(rows), first = i * size, left = rows - first;
    return (struct block){first, left < size ? left : size, (size_t)first * (size_t)encoder->shape.width};
}

static void take_layer(struct taker *taker, const struct encoder *e, struct layer_memory *m)
{
    size_t n = (size_t)e->limits.tokens, w = (size_t)e->shape.width, f = (size_t)e->shape.intermediate;
    m->query = take_rows(taker, n, w);
    m->keyvalue = take_rows(taker, n, 2 * w);
    m->context = take_rows(taker, n, w);
    m->middle = take_rows(taker, n, w);
    m->active = take_rows(taker, n, f);
    m->output = take_rows(taker, n, w);
    for (int map = 0; map < ENCODER_MAPS && e->limits.rank; map++)
        m->kept[map] = take_rows(taker, n, (size_t)e->limits.rank);
    if (!e->limits.learns)
        return;
    m->hat1 = take_rows(taker, n, w);
    m->inverse1 = take_rows(taker, n, 1);
    m->slope = take_rows(taker, n, f);
    m->hat2 = take_rows(taker, n, w);
    m->inverse2 = take_rows(taker, n, 1);
}

/* Where nothing is learned one layer's memory serves all, but for what the next layer reads. */
static void take_layers(struct taker *taker, struct encoder *e)
{
    float *outputs[2] = {NULL, NULL};
    struct layer_memory shared = {.query = NULL};
    e->layer = take(taker, (size_t)e->shape.layers, sizeof *e->layer);
    if (!e->limits.learns) {
        take_layer(taker, e, &shared);
        outputs[0] = shared.output;
        outputs[1] = take_rows(taker, (size_t)e->limits.tokens, (size_t)e->shape.width);
    }
    for (int layer = 0; layer < e->shape.layers; layer++) {
        struct layer_memory own = shared;
        own.output = outputs[layer % 2];
        if (e->limits.learns)
            take_layer(taker, e, &own);
        if (e->layer)
            e->layer[layer] = own;
    }
}

static void take_gradients(struct taker *taker, const struct encoder *e, struct gradients *g)
{
    size_t n = (size_t)e->limits.tokens, w = (size_t)e->shape.width, f = (size_t)e->shape.intermediate;
    g->output = take_rows(taker, n, w);
    g->rows = take_rows(taker, n, w);
    g->branch2 = take_rows(taker, n, w);
    g->branch1 = take_rows(taker, n, w);
    g->active = take_rows(taker, n, f);
    g->context = take_rows(taker, n, w);
    g->query = take_rows(taker, n, w);
    g->keyvalue = take_rows(taker, n, 2 * w);
    for (int map = 0; map < ENCODER_MAPS && e->limits.rank; map++)
        g->back[map] = take_rows(taker, n, (size_t)e->limits.rank);
    g->partial = take_rows(taker, n / SITE_ROWS + BLOCKS + 1, 4 * w);
}

static void take_heads(struct taker *taker, struct encoder *e)
{
    size_t s = (size_t)e->limits.sequences, w = (size_t)e->shape.width, labels = (size_t)e->shape.labels;
    size_t m = (size_t)e->limits.masked;
    e->head.input = take_rows(taker, s, w);
    e->head.dense = take_rows(taker, s, w);
    e->head.dropped = take_rows(taker, s, w);
    e->head.logits = take_rows(taker, s, labels);
    e->head.logit_gradient = take_rows(taker, s, labels);
    e->head.gradient = take_rows(taker, s, w);
    if (m == 0)
        return;
    e->guess.dense = take_rows(taker, m, w);
    e->guess.slope = take_rows(taker, m, w);
    e->guess.hat = take_rows(taker, m, w);
    e->guess.inverse = take_rows(taker, m, 1);
    e->guess.normed = take_rows(taker, m, w);
    e->guess.logits = take_rows(taker, m, (size_t)e->shape.vocabulary);
    e->guess.losses = take_rows(taker, m, 1);
    e->guess.gradient = take_rows(taker, m, w);
}

static void take_lanes(struct taker *taker, struct encoder *e)
{
    int lanes = pool_lanes(e->pool);
    size_t w = (size_t)e->shape.width, f = (size_t)e->shape.intermediate;
    size_t scores = times((size_t)e->longest, (size_t)encoder_score_stride(e->longest));
    e->lane = take(taker, (size_t)lanes, sizeof *e->lane);
    for (int lane = 0; lane < lanes; lane++) {
        struct lane_memory own = {.scratch = take_rows(taker, SITE_ROWS, w > f ? w : f)};
        for (int i = 0; i < (e->limits.learns ? 3 : 1); i++)
            own.scores[i] = take_rows(taker, scores, 1);
        if (e->lane)
            e->lane[lane] = own;
    }
}

static void take_all(struct taker *taker, struct encoder *e)
{
    size_t n = (size_t)e->limits.tokens, w = (size_t)e->shape.width;
    e->position = take(taker, n, sizeof *e->position);
    e->place = take(taker, n, sizeof *e->place);
    e->row_start = take(taker, (size_t)e->limits.sequences + 1, sizeof *e->row_start);
    e->part.start = take(taker, (size_t)e->limits.sequences + 1, sizeof *e->part.start);
    e->embedded = take_rows(taker, n, w);
    e->chosen = take_rows(taker, n, w);
    take_layers(taker, e);
    take_heads(taker, e);
    take_lanes(taker, e);
    if (!e->limits.learns)
        return;
    e->hat0 = take_rows(taker, n, w);
    e->inverse0 = take_rows(taker, n, 1);
    e->jobs = take(taker, (size_t)encoder_jobs_most(&e->shape), sizeof *e->jobs);
    take_gradients(taker, e, &e->gradient);
}

static struct encoder begin(const struct encoder_shape *shape, const struct encoder_limits *limits, struct pool *pool)
{
    struct encoder encoder = {.shape = *shape, .limits = *limits, .pool = pool};
    int longest = encoder_shape_longest(shape);
    encoder.longest = limits->tokens < longest ? limits->tokens : longest;
    return encoder;
}

size_t encoder_memory(const struct encoder_shape *shape, const struct encoder_limits *limits)
{
    struct encoder encoder = begin(shape, limits, NULL);
    struct taker taker = {.arena = NULL};
    take_all(&taker, &encoder);
    return taker.bytes;
}

struct encoder *encoder_new(const struct encoder_shape *shape, const struct encoder_limits *limits, struct pool *pool,
                            struct err *err)
{
    struct encoder first = begin(shape, limits, pool);
    struct taker taker = {.arena = NULL};
    take_all(&taker, &first);
    struct encoder *encoder = malloc(sizeof *encoder);
    struct arena *arena = encoder ? arena_new(taker.bytes) : NULL;
    if (!arena) {
        free(encoder);
        err_set(err, ERR_MEMORY, "no memory for a batch of %d tokens: %zu MB", limits->tokens, taker.bytes >> 20);
        return NULL;
    }
    *encoder = begin(shape, limits, pool);
    encoder->kernel = encoder_kernel_best();
    encoder->arena = arena;
    taker = (struct taker){.arena = arena};
    take_all(&taker, encoder);
    return encoder;
}

void encoder_free(struct encoder *encoder)
{
    if (!encoder)
        return;
    arena_free(encoder->arena);
    free(encoder);
}

double encoder_operations(const struct encoder *encoder)
{
    return encoder->operations;
}
