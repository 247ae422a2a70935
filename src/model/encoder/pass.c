/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/state.h"

#include <string.h>

/* What the parts of a pass ask about it. */

static const int map_tensors[ENCODER_MAPS] = {
    [MAP_QUERY] = LAYER_QUERY,
    [MAP_KEY] = LAYER_KEY,
    [MAP_VALUE] = LAYER_VALUE,
    [MAP_ATTENTION] = LAYER_ATTENTION,
    [MAP_INTERMEDIATE] = LAYER_INTERMEDIATE,
    [MAP_OUTPUT] = LAYER_OUTPUT,
};

int encoder_map_tensor(enum encoder_map map)
{
    return map_tensors[map];
}

const float *encoder_value(const struct encoder *encoder, int layer, int which)
{
    return tensors_at(encoder->base, BASE_EMBEDDINGS + layer * LAYER_TENSORS + which);
}

float *encoder_gradient(const struct encoder *encoder, int layer, int which)
{
    return encoder->base->gradient + encoder->base->of[BASE_EMBEDDINGS + layer * LAYER_TENSORS + which].offset;
}

bool encoder_is_few(const struct encoder *encoder, int layer)
{
    return encoder->few && layer == encoder->shape.layers - 1;
}

int encoder_rows(const struct encoder *encoder, int layer)
{
    return encoder_is_few(encoder, layer) ? encoder->rows : encoder->pass->batch->tokens;
}

const float *encoder_input(const struct encoder *encoder, int layer)
{
    return layer == 0 ? encoder->embedded : encoder->layer[layer - 1].output;
}

const float *encoder_row_input(const struct encoder *encoder, int layer)
{
    return encoder_is_few(encoder, layer) ? encoder->chosen : encoder_input(encoder, layer);
}

struct drop encoder_drop(const struct encoder *encoder, double probability, int layer, int site, int index)
{
    const struct encoder_dropout *dropout = encoder->pass->dropout;
    if (!dropout)
        return (struct drop){.scale = 1};
    return drop_make(probability, dropout->seed, dropout->step, (uint32_t)((layer + 1) * SITES + site),
                     (uint32_t)index);
}

struct drop encoder_hidden_drop(const struct encoder *encoder, int layer, int site)
{
    return encoder_drop(encoder, encoder->pass->dropout ? encoder->pass->dropout->hidden : 0, layer, site, 0);
}

bool encoder_site(const struct encoder *encoder, int layer, enum encoder_map map, struct adapter_site *site)
{
    if (!encoder->maps)
        return false;
    double probability = encoder->pass->dropout ? encoder->pass->dropout->adapter : 0;
    *site = (struct adapter_site){.adapter = encoder->maps,
                                  .kernel = encoder->kernel,
                                  .layer = layer,
                                  .in = encoder_map_in(&encoder->shape, map),
                                  .out = encoder_map_out(&encoder->shape, map),
                                  .map = map,
                                  .drop = encoder_drop(encoder, probability, layer, (int)map, 0),
                                  .kept = encoder->layer[layer].kept[map],
                                  .back = encoder->gradient.back[map]};
    return true;
}

/* Where each sequence's wanted rows begin. */
static void divide_rows(struct encoder *encoder, const struct batch *batch)
{
    int row = 0;
    for (int s = 0; s < batch->sequences; s++) {
        encoder->row_start[s] = row;
        while (row < encoder->rows && encoder->place[row] < batch->start[s + 1])
            row++;
    }
    encoder->row_start[batch->sequences] = row;
}

void encoder_begin(struct encoder *encoder, const struct encoder_pass *pass, const int *place, int count, bool learns)
{
    const struct batch *batch = pass->batch;
    const struct adapter *adapter = pass->adapter;
    encoder->pass = pass;
    encoder->base = adapter && adapter->base ? adapter->base : pass->base;
    encoder->maps = adapter && adapter->maps ? adapter : NULL;
    encoder->rows = place ? count : batch->tokens;
    encoder->few = place && count < batch->tokens;
    encoder->learns = learns;
    encoder->operations = 0;
    for (int s = 0; s < batch->sequences; s++)
        for (int i = batch->start[s]; i < batch->start[s + 1]; i++)
            encoder->position[i] = encoder->shape.pad + 1 + i - batch->start[s];
    if (!encoder->few)
        return;
    if (place != encoder->place)
        memcpy(encoder->place, place, (size_t)count * sizeof *place);
    divide_rows(encoder, batch);
}

void encoder_first_tokens(struct encoder *encoder, const struct batch *batch)
{
    for (int s = 0; s < batch->sequences; s++)
        encoder->place[s] = batch->start[s];
}

const float *encoder_forward(struct encoder *encoder, const struct encoder_pass *pass)
{
    encoder_begin(encoder, pass, NULL, 0, false);
    encoder_run_forward(encoder);
    return encoder_last(encoder);
}
