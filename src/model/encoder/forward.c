/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/state.h"

#include "model/linalg.h"

#include <string.h>

struct work {
    struct encoder *encoder;
    int layer, rows;
};

/* What the adapter adds to a map's product. */
static void add_adapter(const struct encoder *encoder, int layer, enum encoder_map map, struct block block,
                        const float *x, float *y, int stride, int lane)
{
    struct adapter_site site;
    if (encoder_site(encoder, layer, map, &site))
        encoder->maps->method->forward(&site, block.first, block.rows, x, y, stride, encoder->lane[lane].scratch);
}

/* y = x W^T for a block of rows, and what the adapter adds. */
static void apply(const struct encoder *encoder, int layer, enum encoder_map map, struct block block, const float *x,
                  float *y, int lane)
{
    int in = encoder_map_in(&encoder->shape, map), out = encoder_map_out(&encoder->shape, map);
    linalg_sgemm(LINALG_PLAIN, LINALG_TRANSPOSED, block.rows, out, in, 1, x, in,
                 encoder_value(encoder, layer, encoder_map_tensor(map)), in, 0, y, out);
    add_adapter(encoder, layer, map, block, x, y, out, lane);
}

static void embed(void *context, int item, int lane)
{
    const struct work *work = context;
    const struct encoder *e = work->encoder;
    struct block block = encoder_block(work->encoder, work->rows, item);
    size_t w = (size_t)e->shape.width;
    const float *words = tensors_at(e->base, BASE_WORDS), *positions = tensors_at(e->base, BASE_POSITIONS);
    (void)lane;
    for (int r = block.first; r < block.first + block.rows; r++) {
        float *row = e->embedded + (size_t)r * w;
        memcpy(row, words + (size_t)e->pass->batch->ids[r] * w, w * sizeof *row);
        e->kernel->add(w, positions + (size_t)e->position[r] * w, row);
        e->kernel->add(w, tensors_at(e->base, BASE_TYPES), row);
    }
    float *rows = e->embedded + block.at;
    e->kernel->add_norm((size_t)block.rows, w, (uint32_t)block.at, encoder_hidden_drop(e, -1, SITE_EMBEDDING), NULL,
                        NULL, rows, tensors_at(e->base, BASE_NORM), tensors_at(e->base, BASE_NORM_SHIFT),
                        (float)e->shape.epsilon, e->hat0 ? e->hat0 + block.at : NULL,
                        e->inverse0 ? e->inverse0 + block.first : NULL, rows);
}

/* Keys and values are one product. */
static void make_keys(const struct work *work, struct block block, int lane)
{
    const struct encoder *e = work->encoder;
    int w = e->shape.width;
    const float *x = encoder_input(e, work->layer) + block.at;
    float *y = e->layer[work->layer].keyvalue + 2 * block.at;
    linalg_sgemm(LINALG_PLAIN, LINALG_TRANSPOSED, block.rows, 2 * w, w, 1, x, w,
                 encoder_value(e, work->layer, LAYER_KEY), w, 0, y, 2 * w);
    size_t rows = (size_t)block.rows, columns = (size_t)w;
    e->kernel->add_bias(rows, columns, 2 * columns, encoder_value(e, work->layer, LAYER_KEY_BIAS), y);
    e->kernel->add_bias(rows, columns, 2 * columns, encoder_value(e, work->layer, LAYER_VALUE_BIAS), y + w);
    add_adapter(e, work->layer, MAP_KEY, block, x, y, 2 * w, lane);
    add_adapter(e, work->layer, MAP_VALUE, block, x, y + w, 2 * w, lane);
}

static void make_queries(const struct work *work, struct block block, int lane)
{
    const struct encoder *e = work->encoder;
    size_t w = (size_t)e->shape.width;
    float *y = e->layer[work->layer].query + block.at;
    apply(e, work->layer, MAP_QUERY, block, encoder_row_input(e, work->layer) + block.at, y, lane);
    e->kernel->add_bias((size_t)block.rows, w, w, encoder_value(e, work->layer, LAYER_QUERY_BIAS), y);
}

static void project(void *context, int item, int lane)
{
    const struct work *work = context;
    struct block block = encoder_block(work->encoder, work->rows, item);
    make_keys(work, block, lane);
    if (!encoder_is_few(work->encoder, work->layer))
        make_queries(work, block, lane);
}

/* The last layer's queries where few are wanted: their inputs are brought together first. */
static void project_few(void *context, int item, int lane)
{
    const struct work *work = context;
    const struct encoder *e = work->encoder;
    struct block block = encoder_block(work->encoder, work->rows, item);
    size_t w = (size_t)e->shape.width;
    for (int r = block.first; r < block.first + block.rows; r++)
        memcpy(e->chosen + (size_t)r * w, encoder_input(e, work->layer) + (size_t)e->place[r] * w, w * sizeof(float));
    make_queries(work, block, lane);
}

/* From attention's context to the layer's output. */
static void finish(void *context, int item, int lane)
{
    const struct work *work = context;
    const struct encoder *e = work->encoder;
    struct layer_memory *m = &e->layer[work->layer];
    struct block block = encoder_block(work->encoder, work->rows, item);
    int l = work->layer;
    size_t w = (size_t)e->shape.width, f = (size_t)e->shape.intermediate, rows = (size_t)block.rows;
    size_t at = block.at, wide = (size_t)block.first * f, first = (size_t)block.first;
    float epsilon = (float)e->shape.epsilon;

    apply(e, l, MAP_ATTENTION, block, m->context + at, m->middle + at, lane);
    e->kernel->add_norm(rows, w, (uint32_t)at, encoder_hidden_drop(e, l, SITE_MIDDLE),
                        encoder_value(e, l, LAYER_ATTENTION_BIAS), encoder_row_input(e, l) + at, m->middle + at,
                        encoder_value(e, l, LAYER_ATTENTION_NORM), encoder_value(e, l, LAYER_ATTENTION_SHIFT), epsilon,
                        m->hat1 ? m->hat1 + at : NULL, m->inverse1 ? m->inverse1 + first : NULL, m->middle + at);
    apply(e, l, MAP_INTERMEDIATE, block, m->middle + at, m->active + wide, lane);
    e->kernel->gelu(rows, f, encoder_value(e, l, LAYER_INTERMEDIATE_BIAS), m->active + wide,
                    m->slope ? m->slope + wide : NULL);
    apply(e, l, MAP_OUTPUT, block, m->active + wide, m->output + at, lane);
    e->kernel->add_norm(rows, w, (uint32_t)at, encoder_hidden_drop(e, l, SITE_OUTPUT),
                        encoder_value(e, l, LAYER_OUTPUT_BIAS), m->middle + at, m->output + at,
                        encoder_value(e, l, LAYER_OUTPUT_NORM), encoder_value(e, l, LAYER_OUTPUT_SHIFT), epsilon,
                        m->hat2 ? m->hat2 + at : NULL, m->inverse2 ? m->inverse2 + first : NULL, m->output + at);
}

static double layer_operations(const struct encoder *encoder, int layer)
{
    double w = encoder->shape.width, f = encoder->shape.intermediate, rank = encoder->maps ? encoder->maps->rank : 0;
    double rows = encoder_rows(encoder, layer), tokens = encoder->pass->batch->tokens;
    return 2 * tokens * (2 * w * w + rank * 4 * w) + 2 * rows * (2 * w * w + 2 * w * f + rank * (6 * w + 2 * f));
}

void encoder_run_forward(struct encoder *encoder)
{
    int tokens = encoder->pass->batch->tokens;
    struct work work = {.encoder = encoder, .rows = tokens};
    pool_run(encoder->pool, encoder_blocks(tokens), embed, &work);
    for (int layer = 0; layer < encoder->shape.layers; layer++) {
        work.layer = layer;
        work.rows = tokens;
        pool_run(encoder->pool, encoder_blocks(tokens), project, &work);
        work.rows = encoder_rows(encoder, layer);
        if (encoder_is_few(encoder, layer))
            pool_run(encoder->pool, encoder_blocks(work.rows), project_few, &work);
        encoder_attention_forward(encoder, layer);
        pool_run(encoder->pool, encoder_blocks(work.rows), finish, &work);
        encoder->operations += layer_operations(encoder, layer);
    }
}

const float *encoder_last(const struct encoder *encoder)
{
    return encoder->layer[encoder->shape.layers - 1].output;
}
