/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/encoder_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static void put_end(char name[SAFETENSORS_NAME_SIZE], const char *end, const char *with)
{
    size_t keep = strlen(name) - strlen(end);
    snprintf(name + keep, SAFETENSORS_NAME_SIZE - keep, "%s", with);
}

void encoder_name(char name[SAFETENSORS_NAME_SIZE], const struct tensor *tensor, const struct encoder_lookup *lookup,
                  bool old)
{
    static const char head[] = "classifier.", norm[] = "LayerNorm.weight", shift[] = "LayerNorm.bias";
    bool is_head = strncmp(tensor->name, head, strlen(head)) == 0;
    bool bare = is_head || strncmp(tensor->name, "lm_head.", strlen("lm_head.")) == 0;
    if (lookup->plain) {
        snprintf(name, SAFETENSORS_NAME_SIZE, "%s%s", lookup->front, tensor->name);
        return;
    }
    if (lookup->peft) {
        snprintf(name, SAFETENSORS_NAME_SIZE, "base_model.model.%s%s%s", is_head ? "" : "roberta.", tensor->name,
                 is_head ? "" : ".weight");
        return;
    }
    snprintf(name, SAFETENSORS_NAME_SIZE, "%s%s", bare ? "" : lookup->front, tensor->name);
    if (old && ends_with(name, norm))
        put_end(name, norm, "LayerNorm.gamma");
    else if (old && ends_with(name, shift))
        put_end(name, shift, "LayerNorm.beta");
}

enum { SHAPE_TEXT_SIZE = 96 };

static void format_shape(char text[SHAPE_TEXT_SIZE], int dims, const uint64_t *shape)
{
    size_t used = (size_t)snprintf(text, SHAPE_TEXT_SIZE, "(");
    for (int i = 0; i < dims && used < SHAPE_TEXT_SIZE; i++)
        used += (size_t)snprintf(text + used, SHAPE_TEXT_SIZE - used, "%s%ju", i ? ", " : "", (uintmax_t)shape[i]);
    if (used < SHAPE_TEXT_SIZE)
        snprintf(text + used, SHAPE_TEXT_SIZE - used, ")");
}

static enum err_code compare(const struct safetensors *file, const struct safetensors_entry *entry,
                             const struct tensor *tensor, struct err *err)
{
    char is[SHAPE_TEXT_SIZE], wanted[SHAPE_TEXT_SIZE];
    const uint64_t shape[SAFETENSORS_DIMS_MAX] = {tensor->rows, tensor->columns};
    bool same = entry->dims == tensor->dims;
    for (int i = 0; i < entry->dims && same; i++)
        same = entry->shape[i] == shape[i];
    if (!same) {
        format_shape(is, entry->dims, entry->shape);
        format_shape(wanted, tensor->dims, shape);
        return err_set(err, ERR_INPUT, "%s: tensor %s: its shape is %s, and wanted is %s", safetensors_path(file),
                       entry->name, is, wanted);
    }
    if (entry->kind > SAFETENSORS_BF16)
        return err_set(err, ERR_INPUT, "%s: tensor %s: its numbers are %s, and wanted are F32, F16 or BF16",
                       safetensors_path(file), entry->name, safetensors_kind_name(entry->kind));
    return ERR_NONE;
}

enum err_code encoder_names_find(const struct safetensors *file, const struct tensors *set,
                                 const struct encoder_lookup *lookup, int *found, bool *used, struct err *err)
{
    char name[SAFETENSORS_NAME_SIZE], old[SAFETENSORS_NAME_SIZE];
    for (int i = 0; i < set->count; i++) {
        encoder_name(name, &set->of[i], lookup, false);
        encoder_name(old, &set->of[i], lookup, true);
        int at = safetensors_find(file, name);
        if (at < 0)
            at = safetensors_find(file, old);
        if (at < 0)
            return err_set(err, ERR_INPUT, "%s: tensor %s is missing", safetensors_path(file), name);
        enum err_code code = compare(file, safetensors_entry(file, at), &set->of[i], err);
        if (code)
            return code;
        found[i] = at;
        if (used)
            used[at] = true;
    }
    return ERR_NONE;
}

enum err_code encoder_names_read(struct safetensors *file, const struct tensors *set, const int *found, float *values,
                                 struct err *err)
{
    enum err_code code = ERR_NONE;
    for (int i = 0; i < set->count && !code; i++)
        code = safetensors_read_floats(file, found[i], values + set->of[i].offset, err);
    return code;
}

enum err_code encoder_names_load(struct safetensors *file, const struct tensors *set,
                                 const struct encoder_lookup *lookup, float *values, bool *used, struct err *err)
{
    int *found = calloc((size_t)set->count + 1, sizeof *found);
    if (!found)
        return err_set(err, ERR_MEMORY, "%s: no memory to read it", safetensors_path(file));
    enum err_code code = encoder_names_find(file, set, lookup, found, used, err);
    if (!code)
        code = encoder_names_read(file, set, found, values, err);
    free(found);
    return code;
}
