/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/state.h"

#include "model/linalg.h"

#include <math.h>

/* Attention within each sequence, head by head (Vaswani et al., 2017, section 3.2). The weights are not stored: the
 * backward pass computes them again, the same to the last bit. */

struct work {
    struct encoder *encoder;
    int layer;
};

/* One head of one sequence. Strides: w for queries and context, 2w for keys and values. */
struct part {
    int queries, tokens, size; /* size of the head */
    int w, stride;             /* stride of scores */
    size_t row_at, key_at;     /* of the first number */
    float scale;
    struct drop drop;
};

static struct part part_of(const struct work *work, int item)
{
    const struct encoder *e = work->encoder;
    const struct batch *batch = e->pass->batch;
    int heads = e->shape.heads, sequence = item / heads, head = item % heads;
    bool few = encoder_is_few(e, work->layer);
    int row = few ? e->row_start[sequence] : batch->start[sequence];
    int end = few ? e->row_start[sequence + 1] : batch->start[sequence + 1];
    struct part part = {.queries = end - row,
                        .tokens = batch->start[sequence + 1] - batch->start[sequence],
                        .size = e->shape.width / heads,
                        .w = e->shape.width};
    size_t offset = (size_t)head * (size_t)part.size;
    part.stride = encoder_score_stride(part.tokens);
    part.row_at = (size_t)row * (size_t)part.w + offset;
    part.key_at = (size_t)batch->start[sequence] * 2 * (size_t)part.w + offset;
    part.scale = 1 / sqrtf((float)part.size);
    double probability = e->pass->dropout ? e->pass->dropout->attention : 0;
    part.drop = encoder_drop(e, probability, work->layer, SITE_ATTENTION, item);
    return part;
}

/* c (queries × tokens) = a b^T for a with rows like queries' and b like keys'. */
static void score(const struct part *p, const float *a, const float *b, float *c)
{
    linalg_sgemm(LINALG_PLAIN, LINALG_TRANSPOSED, p->queries, p->tokens, p->size, 1, a, p->w, b, 2 * p->w, 0, c,
                 p->stride);
}

/* Softmax into `weights`, and what is left of them after dropping into `kept`, which may be the same. */
static const float *weigh(const struct encoder *e, const struct part *p, const float *query, const float *key,
                          float *weights, float *kept)
{
    size_t stride = (size_t)p->stride, tokens = (size_t)p->tokens;
    score(p, query, key, weights);
    for (size_t i = 0; i < (size_t)p->queries; i++) {
        float *row = weights + i * stride;
        e->kernel->softmax(tokens, p->scale, row);
        if (p->drop.threshold)
            e->kernel->drop(tokens, (uint32_t)(i * tokens), p->drop, row, kept + i * stride);
    }
    return p->drop.threshold ? kept : weights;
}

static void attend(void *context, int item, int lane)
{
    const struct work *work = context;
    const struct encoder *e = work->encoder;
    const struct layer_memory *m = &e->layer[work->layer];
    struct part p = part_of(work, item);
    if (p.queries == 0)
        return;
    float *scores = e->lane[lane].scores[0];
    const float *kept = weigh(e, &p, m->query + p.row_at, m->keyvalue + p.key_at, scores, scores);
    linalg_sgemm(LINALG_PLAIN, LINALG_PLAIN, p.queries, p.size, p.tokens, 1, kept, p.stride,
                 m->keyvalue + p.key_at + p.w, 2 * p.w, 0, m->context + p.row_at, p.w);
}

/* Keys and values that nobody asks about get a gradient too: zero. */
static void clear(const struct part *p, float *key_gradient)
{
    for (int i = 0; i < p->tokens; i++)
        for (int j = 0; j < p->size; j++) {
            float *at = key_gradient + (size_t)i * 2 * (size_t)p->w + j;
            at[0] = at[p->w] = 0;
        }
}

static void attend_back(void *context, int item, int lane)
{
    const struct work *work = context;
    const struct encoder *e = work->encoder;
    const struct layer_memory *m = &e->layer[work->layer];
    const struct gradients *g = &e->gradient;
    struct part p = part_of(work, item);
    if (p.queries == 0) {
        clear(&p, g->keyvalue + p.key_at);
        return;
    }
    float *weights = e->lane[lane].scores[0], *slopes = e->lane[lane].scores[2];
    const float *query = m->query + p.row_at, *key = m->keyvalue + p.key_at, *value = key + p.w;
    float *key_gradient = g->keyvalue + p.key_at;
    const float *output = g->context + p.row_at;
    const float *kept = weigh(e, &p, query, key, weights, e->lane[lane].scores[1]);
    linalg_sgemm(LINALG_TRANSPOSED, LINALG_PLAIN, p.tokens, p.size, p.queries, 1, kept, p.stride, output, p.w, 0,
                 key_gradient + p.w, 2 * p.w);
    score(&p, output, value, slopes);
    for (size_t i = 0; i < (size_t)p.queries; i++) {
        float *row = slopes + i * (size_t)p.stride;
        size_t tokens = (size_t)p.tokens;
        if (p.drop.threshold)
            e->kernel->drop(tokens, (uint32_t)(i * tokens), p.drop, row, row);
        e->kernel->softmax_back(tokens, p.scale, weights + i * (size_t)p.stride, row);
    }
    linalg_sgemm(LINALG_PLAIN, LINALG_PLAIN, p.queries, p.size, p.tokens, 1, slopes, p.stride, key, 2 * p.w, 0,
                 g->query + p.row_at, p.w);
    linalg_sgemm(LINALG_TRANSPOSED, LINALG_PLAIN, p.tokens, p.size, p.queries, 1, slopes, p.stride, query, p.w, 0,
                 key_gradient, 2 * p.w);
}

static double score_operations(const struct encoder *e, int layer)
{
    const struct batch *batch = e->pass->batch;
    double pairs = 0;
    for (int s = 0; s < batch->sequences; s++) {
        double tokens = batch->start[s + 1] - batch->start[s];
        pairs += tokens * (encoder_is_few(e, layer) ? e->row_start[s + 1] - e->row_start[s] : tokens);
    }
    return 2 * pairs * e->shape.width;
}

void encoder_attention_forward(struct encoder *encoder, int layer)
{
    struct work work = {encoder, layer};
    pool_run(encoder->pool, encoder->pass->batch->sequences * encoder->shape.heads, attend, &work);
    encoder->operations += 2 * score_operations(encoder, layer);
}

void encoder_attention_back(struct encoder *encoder, int layer)
{
    struct work work = {encoder, layer};
    pool_run(encoder->pool, encoder->pass->batch->sequences * encoder->shape.heads, attend_back, &work);
    encoder->operations += 5 * score_operations(encoder, layer);
}
