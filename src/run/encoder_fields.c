/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/encoder_file.h"

#include "run/encoder_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err_code encoder_fields_add(struct encoder_fields *fields, const struct tensors *set, const char *prefix,
                                 const float *values, struct err *err)
{
    int count = fields->count + set->count;
    struct safetensors_field *field = calloc((size_t)count + 1, sizeof *field);
    char(*name)[SAFETENSORS_NAME_SIZE] = calloc((size_t)count + 1, sizeof *name);
    if (!field || !name) {
        free(field);
        free(name);
        return err_set(err, ERR_MEMORY, "no memory for the names of %d tensors", count);
    }
    for (int i = 0; i < fields->count; i++) {
        field[i] = fields->field[i];
        memcpy(name[i], fields->name[i], sizeof *name);
    }
    for (int i = 0; i < set->count; i++) {
        int at = fields->count + i;
        const struct tensor *tensor = &set->of[i];
        snprintf(name[at], sizeof *name, "%s%s", prefix, tensor->name);
        field[at] = (struct safetensors_field){.kind = SAFETENSORS_F32,
                                               .dims = tensor->dims,
                                               .shape = {tensor->rows, tensor->columns},
                                               .data = values + tensor->offset};
    }
    encoder_fields_free(fields);
    for (int i = 0; i < count; i++)
        field[i].name = name[i];
    *fields = (struct encoder_fields){.count = count, .field = field, .name = name};
    return ERR_NONE;
}

void encoder_fields_free(struct encoder_fields *fields)
{
    free(fields->field);
    free(fields->name);
    *fields = (struct encoder_fields){.count = 0};
}

enum err_code encoder_fields_read(struct safetensors *file, const struct tensors *set, const char *prefix,
                                  float *values, struct err *err)
{
    struct encoder_lookup lookup = {.front = prefix, .plain = true};
    return encoder_names_load(file, set, &lookup, values, NULL, err);
}
