/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/adapter.h"

#include "model/encoder/lora.h"
#include "model/encoder/site.h"
#include "model/encoder/start.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct adapter_method adapter_table[] = {
    {.name = "lora",
     .title = "LoRA on all linear maps",
     .ranked = true,
     .layout = lora_layout,
     .start = lora_start,
     .forward = lora_forward,
     .back = lora_back,
     .learn = lora_learn},
    {.name = "head", .title = "the last layer only"},
    {.name = "full", .title = "all parameters", .own_base = true},
};
const int adapter_table_count = sizeof adapter_table / sizeof *adapter_table;

const struct adapter_method *adapter_find(const char *name)
{
    for (int i = 0; i < adapter_table_count; i++)
        if (strcmp(adapter_table[i].name, name) == 0)
            return &adapter_table[i];
    return NULL;
}

int encoder_map_in(const struct encoder_shape *shape, enum encoder_map map)
{
    return map == MAP_OUTPUT ? shape->intermediate : shape->width;
}

int encoder_map_out(const struct encoder_shape *shape, enum encoder_map map)
{
    return map == MAP_INTERMEDIATE ? shape->intermediate : shape->width;
}

static enum err_code make_maps(struct adapter *adapter, struct err *err)
{
    int count = adapter->method->layout(&adapter->shape, adapter->rank, NULL);
    struct tensor *list = calloc((size_t)count, sizeof *list);
    if (!list)
        return err_set(err, ERR_MEMORY, "no memory for the names of %d tensors", count);
    adapter->method->layout(&adapter->shape, adapter->rank, list);
    adapter->maps = tensors_new(list, count, err);
    free(list);
    return adapter->maps ? ERR_NONE : ERR_MEMORY;
}

static enum err_code make_sets(struct adapter *adapter, const struct tensors *base, uint64_t seed, int task,
                               struct err *err)
{
    enum err_code code = ERR_NONE;
    adapter->head = encoder_head_new(&adapter->shape, err);
    if (!adapter->head)
        return ERR_MEMORY;
    code = start_usual(adapter->head, seed, RANDOM_TASK_START, task, err);
    if (!code && adapter->method->layout)
        code = make_maps(adapter, err);
    if (!code && adapter->method->start)
        code = adapter->method->start(adapter, seed, task, err);
    if (!code && adapter->method->own_base) {
        adapter->base = tensors_copy(base, err);
        code = adapter->base ? ERR_NONE : ERR_MEMORY;
    }
    struct tensors *sets[ADAPTER_SETS];
    int count = adapter_sets(adapter, sets);
    for (int i = 0; i < count && !code; i++)
        code = tensors_train(sets[i], true, err);
    return code;
}

struct adapter *adapter_new(const struct adapter_method *method, const struct encoder_shape *shape,
                            const struct adapter_settings *settings, const struct tensors *base, uint64_t seed,
                            int task, struct err *err)
{
    if (method->ranked && (settings->rank < 1 || settings->rank > shape->width)) {
        err_set(err, ERR_INPUT, "rank: %d is not between 1 and the encoder's width, %d", settings->rank, shape->width);
        return NULL;
    }
    if (method->ranked && !(isfinite(settings->alpha) && settings->alpha > 0)) {
        err_set(err, ERR_INPUT, "alpha: %g is not above 0", settings->alpha);
        return NULL;
    }
    struct adapter *adapter = calloc(1, sizeof *adapter);
    if (!adapter) {
        err_set(err, ERR_MEMORY, "no memory for an adapter");
        return NULL;
    }
    adapter->method = method;
    adapter->shape = *shape;
    if (method->ranked) {
        adapter->rank = settings->rank;
        adapter->scale = (float)(settings->alpha / settings->rank);
    }
    if (make_sets(adapter, base, seed, task, err)) {
        adapter_free(adapter);
        return NULL;
    }
    return adapter;
}

void adapter_free(struct adapter *adapter)
{
    if (!adapter)
        return;
    tensors_free(adapter->head);
    tensors_free(adapter->maps);
    tensors_free(adapter->base);
    free(adapter);
}

int adapter_sets(const struct adapter *adapter, struct tensors *sets[ADAPTER_SETS])
{
    struct tensors *const all[ADAPTER_SETS] = {adapter->head, adapter->maps, adapter->base};
    int count = 0;
    for (int i = 0; i < ADAPTER_SETS; i++)
        if (all[i])
            sets[count++] = all[i];
    return count;
}
