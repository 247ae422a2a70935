/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/state.h"

#include "model/linalg.h"

/* Gradients of parameters are sums over all rows. They are divided by where they go, never by rows, so that neither a
 * second copy nor the number of threads comes into it. */

enum { TILE = 128, COLUMNS = 64 }; /* of a matrix's rows; of embeddings */

/* A map's input and the gradient of what it gives: rows, and their strides. */
struct ends {
    const float *x, *dy;
    int rows, in, stride;
};

static struct ends ends_of(const struct encoder *e, int layer, enum encoder_map map)
{
    const struct layer_memory *m = &e->layer[layer];
    const struct gradients *g = &e->gradient;
    int w = e->shape.width, f = e->shape.intermediate;
    int rows = encoder_rows(e, layer), tokens = e->pass->batch->tokens;
    switch (map) {
    case MAP_QUERY:
        return (struct ends){encoder_row_input(e, layer), g->query, rows, w, w};
    case MAP_KEY:
        return (struct ends){encoder_input(e, layer), g->keyvalue, tokens, w, 2 * w};
    case MAP_VALUE:
        return (struct ends){encoder_input(e, layer), g->keyvalue + w, tokens, w, 2 * w};
    case MAP_ATTENTION:
        return (struct ends){m->context, g->branch1, rows, w, w};
    case MAP_INTERMEDIATE:
        return (struct ends){m->middle, g->active, rows, w, f};
    default:
        return (struct ends){m->active, g->branch2, rows, f, w};
    }
}

static int bias_of(enum encoder_map map)
{
    static const int biases[ENCODER_MAPS] = {
        [MAP_QUERY] = LAYER_QUERY_BIAS,
        [MAP_KEY] = LAYER_KEY_BIAS,
        [MAP_VALUE] = LAYER_VALUE_BIAS,
        [MAP_ATTENTION] = LAYER_ATTENTION_BIAS,
        [MAP_INTERMEDIATE] = LAYER_INTERMEDIATE_BIAS,
        [MAP_OUTPUT] = LAYER_OUTPUT_BIAS,
    };
    return biases[map];
}

/* Some rows of a weight's gradient, and of its bias'. */
static void learn_tile(struct encoder *e, const struct encoder_job *job, int lane)
{
    enum encoder_map map = (enum encoder_map)job->which;
    struct ends ends = ends_of(e, job->layer, map);
    float *weight = encoder_gradient(e, job->layer, encoder_map_tensor(map));
    (void)lane;
    linalg_sgemm(LINALG_TRANSPOSED, LINALG_PLAIN, job->count, ends.in, ends.rows, 1, ends.dy + job->first, ends.stride,
                 ends.x, ends.in, 1, weight + (size_t)job->first * (size_t)ends.in, ends.in);
    e->kernel->column_sums((size_t)ends.rows, (size_t)job->count, (size_t)ends.stride, ends.dy + job->first,
                           encoder_gradient(e, job->layer, bias_of(map)) + job->first);
}

static void learn_adapter(struct encoder *e, const struct encoder_job *job, int lane)
{
    struct adapter_site site;
    enum encoder_map map = (enum encoder_map)job->which;
    struct ends ends = ends_of(e, job->layer, map);
    if (encoder_site(e, job->layer, map, &site))
        e->maps->method->learn(&site, ends.rows, ends.x, ends.dy, ends.stride, e->lane[lane].scratch);
}

/* Adds up what the blocks of rows left of the norms. */
static void add_partials(const struct encoder *e, int blocks, int offset, float *sums)
{
    size_t w = (size_t)e->shape.width;
    for (int block = 0; block < blocks; block++)
        e->kernel->add(w, e->gradient.partial + ((size_t)block * 4 + (size_t)offset) * w, sums);
}

static void learn_norms(struct encoder *e, const struct encoder_job *job, int lane)
{
    static const int tensors[] = {LAYER_ATTENTION_NORM, LAYER_ATTENTION_SHIFT, LAYER_OUTPUT_NORM, LAYER_OUTPUT_SHIFT};
    (void)lane;
    for (int i = 0; i < 4; i++)
        add_partials(e, job->count, i, encoder_gradient(e, job->layer, tensors[i]));
}

int encoder_jobs_most(const struct encoder_shape *shape)
{
    int jobs = 2 * ENCODER_MAPS + 1, columns = shape->width / COLUMNS + 2;
    for (int map = 0; map < ENCODER_MAPS; map++)
        jobs += encoder_map_out(shape, (enum encoder_map)map) / TILE;
    return jobs > columns ? jobs : columns;
}

static void run_job(void *context, int item, int lane)
{
    struct encoder *e = context;
    e->jobs[item].run(e, &e->jobs[item], lane);
}

/* The large ones first, so that no thread is left alone with one at the end. */
void encoder_learn_layer(struct encoder *encoder, int layer)
{
    int count = 0;
    for (int map = ENCODER_MAPS - 1; map >= 0 && encoder->base->gradient; map--) {
        int out = encoder_map_out(&encoder->shape, (enum encoder_map)map);
        for (int first = 0; first < out; first += TILE)
            encoder->jobs[count++] =
                (struct encoder_job){learn_tile, layer, map, first, out - first < TILE ? out - first : TILE};
    }
    for (int map = ENCODER_MAPS - 1; map >= 0 && encoder->maps; map--)
        encoder->jobs[count++] = (struct encoder_job){.run = learn_adapter, .layer = layer, .which = map};
    if (encoder->base->gradient)
        encoder->jobs[count++] = (struct encoder_job){
            .run = learn_norms, .layer = layer, .count = encoder_blocks(encoder_rows(encoder, layer))};
    pool_run(encoder->pool, count, run_job, encoder);
}

/* Some columns of all embeddings' gradients, token by token. */
static void learn_columns(struct encoder *e, const struct encoder_job *job, int lane)
{
    const struct batch *batch = e->pass->batch;
    size_t w = (size_t)e->shape.width, first = (size_t)job->first, count = (size_t)job->count;
    const struct tensor *of = e->base->of;
    float *words = e->base->gradient + of[BASE_WORDS].offset, *types = e->base->gradient + of[BASE_TYPES].offset;
    float *positions = e->base->gradient + of[BASE_POSITIONS].offset;
    (void)lane;
    for (int r = 0; r < batch->tokens; r++) {
        const float *row = e->gradient.output + (size_t)r * w + first;
        e->kernel->add(count, row, words + (size_t)batch->ids[r] * w + first);
        e->kernel->add(count, row, positions + (size_t)e->position[r] * w + first);
    }
    e->kernel->column_sums((size_t)batch->tokens, count, w, e->gradient.output + first, types + first);
}

static void learn_embedding_norm(struct encoder *e, const struct encoder_job *job, int lane)
{
    (void)lane;
    add_partials(e, job->count, 0, e->base->gradient + e->base->of[BASE_NORM].offset);
    add_partials(e, job->count, 1, e->base->gradient + e->base->of[BASE_NORM_SHIFT].offset);
}

void encoder_learn_embeddings(struct encoder *encoder)
{
    int count = 0, w = encoder->shape.width;
    for (int first = 0; first < w; first += COLUMNS)
        encoder->jobs[count++] = (struct encoder_job){
            .run = learn_columns, .first = first, .count = w - first < COLUMNS ? w - first : COLUMNS};
    encoder->jobs[count++] =
        (struct encoder_job){.run = learn_embedding_norm, .count = encoder_blocks(encoder->pass->batch->tokens)};
    pool_run(encoder->pool, count, run_job, encoder);
}
