/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/tensors.h"

#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_FLOATS = 16 }; /* of a cache line */

struct owned {
    struct arena *values, *gradient;
};

size_t tensors_length(const struct tensor *tensor)
{
    return tensor->rows * tensor->columns;
}

/* Sets every tensor's offset; returns the block's size. */
static size_t lay_out(struct tensor *of, int count)
{
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        if (!of[i].joined)
            at = (at + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
        of[i].offset = at;
        at += tensors_length(&of[i]);
    }
    return (at + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
}

static enum err_code no_memory(size_t floats, struct err *err)
{
    return err_set(err, ERR_MEMORY, "no memory for %zu parameters", floats);
}

static struct arena *block(size_t floats, float **values)
{
    size_t bytes = arena_struct_size(floats * sizeof(float));
    struct arena *arena = arena_new(bytes);
    *values = arena ? arena_struct(arena, floats * sizeof(float)) : NULL;
    return arena;
}

struct tensors *tensors_new(const struct tensor *list, int count, struct err *err)
{
    struct tensors *set = calloc(1, sizeof *set);
    struct owned *owned = calloc(1, sizeof *owned);
    struct tensor *of = calloc((size_t)count + 1, sizeof *of);
    if (set)
        *set = (struct tensors){.count = count, .of = of, .owned = owned};
    if (!set || !owned || !of) {
        if (!set) {
            free(of);
            free(owned);
        }
        tensors_free(set);
        no_memory(0, err);
        return NULL;
    }
    if (count > 0)
        memcpy(of, list, (size_t)count * sizeof *of);
    set->size = lay_out(of, count);
    owned->values = block(set->size, &set->value);
    if (!owned->values) {
        no_memory(set->size, err);
        tensors_free(set);
        return NULL;
    }
    return set;
}

void tensors_free(struct tensors *set)
{
    if (!set)
        return;
    struct owned *owned = set->owned;
    if (owned) {
        arena_free(owned->values);
        arena_free(owned->gradient);
    }
    free(owned);
    free(set->of);
    free(set);
}

struct tensors *tensors_copy(const struct tensors *set, struct err *err)
{
    struct tensors *copy = tensors_new(set->of, set->count, err);
    if (copy)
        tensors_assign(copy, set);
    return copy;
}

enum err_code tensors_train(struct tensors *set, bool trained, struct err *err)
{
    struct owned *owned = set->owned;
    if (trained == (set->gradient != NULL))
        return ERR_NONE;
    if (!trained) {
        arena_free(owned->gradient);
        owned->gradient = NULL;
        set->gradient = NULL;
        return ERR_NONE;
    }
    owned->gradient = block(set->size, &set->gradient);
    return owned->gradient ? ERR_NONE : no_memory(set->size, err);
}

void tensors_assign(struct tensors *set, const struct tensors *from)
{
    memcpy(set->value, from->value, set->size * sizeof *set->value);
}

void tensors_clear_gradient(struct tensors *set)
{
    if (set->gradient)
        memset(set->gradient, 0, set->size * sizeof *set->gradient);
}

int tensors_find(const struct tensors *set, const char *name)
{
    for (int i = 0; i < set->count; i++)
        if (strcmp(set->of[i].name, name) == 0)
            return i;
    return -1;
}

float *tensors_at(const struct tensors *set, int index)
{
    return set->value + set->of[index].offset;
}
