/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/state.h"

#include "model/linalg.h"

#include <string.h>

struct work {
    struct encoder *encoder;
    int layer, rows;
    bool down;       /* the gradient of the layer's input is wanted */
    float *gradient; /* R × w: of the layer's output, and at last of what its rows' queries and residuals read */
};

/* dx = dy W + share · dx for a block of rows, and what comes by the adapter. Where `down` is false only the adapter's
 * own part is done. */
static void apply_back(const struct work *work, enum encoder_map map, struct block block, const float *dy, int stride,
                       float share, float *dx, int lane)
{
    const struct encoder *e = work->encoder;
    int in = encoder_map_in(&e->shape, map), out = encoder_map_out(&e->shape, map);
    if (dx)
        linalg_sgemm(LINALG_PLAIN, LINALG_PLAIN, block.rows, in, out, 1, dy, stride,
                     encoder_value(e, work->layer, encoder_map_tensor(map)), in, share, dx, in);
    struct adapter_site site;
    if (encoder_site(e, work->layer, map, &site))
        e->maps->method->back(&site, block.first, block.rows, dy, stride, dx, e->lane[lane].scratch);
}

/* Sums of a block's norms go to a place of their own and are added up in order. */
static struct norm_back norm_of(const struct work *work, int item, struct block block, bool second)
{
    const struct encoder *e = work->encoder;
    const struct layer_memory *m = &e->layer[work->layer];
    size_t w = (size_t)e->shape.width;
    struct norm_back norm = {.weight = encoder_value(e, work->layer, second ? LAYER_OUTPUT_NORM : LAYER_ATTENTION_NORM),
                             .hat = (second ? m->hat2 : m->hat1) + block.at,
                             .inverse = (second ? m->inverse2 : m->inverse1) + block.first};
    if (e->base->gradient) {
        norm.weight_gradient = e->gradient.partial + ((size_t)item * 4 + (second ? 2 : 0)) * w;
        norm.bias_gradient = norm.weight_gradient + w;
        memset(norm.weight_gradient, 0, 2 * w * sizeof(float));
    }
    return norm;
}

/* From the layer's output back to attention's context. */
static void unfinish(void *context, int item, int lane)
{
    const struct work *work = context;
    const struct encoder *e = work->encoder;
    const struct layer_memory *m = &e->layer[work->layer];
    const struct gradients *g = &e->gradient;
    struct block block = encoder_block(work->encoder, work->rows, item);
    size_t w = (size_t)e->shape.width, f = (size_t)e->shape.intermediate, rows = (size_t)block.rows;
    size_t at = block.at, wide = (size_t)block.first * f;
    int wi = e->shape.width, fi = e->shape.intermediate, l = work->layer;
    float *gradient = work->gradient + at;

    struct norm_back norm = norm_of(work, item, block, true);
    e->kernel->norm_back(rows, w, (uint32_t)at, encoder_hidden_drop(e, l, SITE_OUTPUT), &norm, gradient,
                         g->branch2 + at);
    apply_back(work, MAP_OUTPUT, block, g->branch2 + at, wi, 0, g->active + wide, lane);
    e->kernel->multiply(rows * f, m->slope + wide, g->active + wide);
    apply_back(work, MAP_INTERMEDIATE, block, g->active + wide, fi, 1, gradient, lane);
    norm = norm_of(work, item, block, false);
    e->kernel->norm_back(rows, w, (uint32_t)at, encoder_hidden_drop(e, l, SITE_MIDDLE), &norm, gradient,
                         g->branch1 + at);
    apply_back(work, MAP_ATTENTION, block, g->branch1 + at, wi, 0, g->context + at, lane);
}

/* Through keys and values, and through queries where every token has one. */
static void unproject(void *context, int item, int lane)
{
    const struct work *work = context;
    const struct encoder *e = work->encoder;
    struct block block = encoder_block(work->encoder, work->rows, item);
    int w = e->shape.width;
    bool few = encoder_is_few(e, work->layer);
    float *dx = work->down ? e->gradient.output + block.at : NULL;
    const float *dy = e->gradient.keyvalue + 2 * block.at;
    if (!few)
        apply_back(work, MAP_QUERY, block, e->gradient.query + block.at, w, 1, dx, lane);
    if (dx)
        linalg_sgemm(LINALG_PLAIN, LINALG_PLAIN, block.rows, w, 2 * w, 1, dy, 2 * w,
                     encoder_value(e, work->layer, LAYER_KEY), w, few ? 0 : 1, dx, w);
    struct adapter_site site;
    for (int i = 0; i < 2; i++)
        if (encoder_site(e, work->layer, i ? MAP_VALUE : MAP_KEY, &site))
            e->maps->method->back(&site, block.first, block.rows, i ? dy + w : dy, 2 * w, dx, e->lane[lane].scratch);
}

/* Few rows' queries and residuals, and then to where those rows are among all tokens. */
static void unproject_few(void *context, int item, int lane)
{
    const struct work *work = context;
    const struct encoder *e = work->encoder;
    struct block block = encoder_block(work->encoder, work->rows, item);
    size_t w = (size_t)e->shape.width;
    float *dx = work->down ? work->gradient + block.at : NULL;
    apply_back(work, MAP_QUERY, block, e->gradient.query + block.at, e->shape.width, 1, dx, lane);
    if (!work->down)
        return;
    for (int r = block.first; r < block.first + block.rows; r++)
        e->kernel->add(w, work->gradient + (size_t)r * w, e->gradient.output + (size_t)e->place[r] * w);
}

/* Embeddings drop after their norm. */
static void unembed(void *context, int item, int lane)
{
    const struct work *work = context;
    const struct encoder *e = work->encoder;
    struct block block = encoder_block(work->encoder, work->rows, item);
    size_t w = (size_t)e->shape.width, rows = (size_t)block.rows;
    float *gradient = e->gradient.output + block.at, *sums = e->gradient.partial + (size_t)item * 4 * w;
    struct drop drop = encoder_hidden_drop(e, -1, SITE_EMBEDDING);
    (void)lane;
    if (drop.threshold)
        e->kernel->drop(rows * w, (uint32_t)block.at, drop, gradient, gradient);
    memset(sums, 0, 2 * w * sizeof *sums);
    struct norm_back norm = {.weight = tensors_at(e->base, BASE_NORM),
                             .hat = e->hat0 + block.at,
                             .inverse = e->inverse0 + block.first,
                             .weight_gradient = sums,
                             .bias_gradient = sums + w};
    e->kernel->norm_back(rows, w, 0, (struct drop){.scale = 1}, &norm, gradient, NULL);
}

float *encoder_last_gradient(const struct encoder *encoder)
{
    return encoder->few ? encoder->gradient.rows : encoder->gradient.output;
}

static void layer_back(struct encoder *encoder, int layer)
{
    int tokens = encoder->pass->batch->tokens, rows = encoder_rows(encoder, layer);
    bool few = encoder_is_few(encoder, layer);
    struct work work = {.encoder = encoder,
                        .layer = layer,
                        .rows = rows,
                        .down = layer > 0 || encoder->base->gradient,
                        .gradient = few ? encoder->gradient.rows : encoder->gradient.output};
    pool_run(encoder->pool, encoder_blocks(rows), unfinish, &work);
    encoder_attention_back(encoder, layer);
    work.rows = tokens;
    if (work.down || encoder->maps)
        pool_run(encoder->pool, encoder_blocks(tokens), unproject, &work);
    work.rows = rows;
    if (few && (work.down || encoder->maps))
        pool_run(encoder->pool, encoder_blocks(rows), unproject_few, &work);
    encoder_learn_layer(encoder, layer);

    double w = encoder->shape.width, f = encoder->shape.intermediate, rank = encoder->maps ? encoder->maps->rank : 0;
    double products = (work.down ? 1 : 0) + (encoder->base->gradient ? 1 : 0);
    encoder->operations += 2 * tokens * (products * 2 * w * w + rank * 8 * w) + 2 * rows * products * w * w +
                           2 * rows * ((encoder->base->gradient ? 2 : 1) * (w * w + 2 * w * f)) +
                           2 * rows * rank * 2 * (6 * w + 2 * f);
}

void encoder_run_back(struct encoder *encoder)
{
    if (!encoder->base->gradient && !encoder->maps)
        return;
    for (int layer = encoder->shape.layers - 1; layer >= 0; layer--)
        layer_back(encoder, layer);
    if (!encoder->base->gradient)
        return;
    int tokens = encoder->pass->batch->tokens;
    struct work work = {.encoder = encoder, .rows = tokens};
    pool_run(encoder->pool, encoder_blocks(tokens), unembed, &work);
    encoder_learn_embeddings(encoder);
}
