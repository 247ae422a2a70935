/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/encoder_file.h"

#include "base/text.h"
#include "run/encoder_names.h"

#include <math.h>
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
    struct encoder_lookup lookup = {.front = prefix, .task = -1, .plain = true};
    return encoder_names_load(file, set, &lookup, values, NULL, err);
}

/* ---- a file of adapters ---- */

/* All of an adapter's sets that go into such a file. */
static int small_sets(const struct adapter *adapter, struct tensors *sets[ADAPTER_SETS])
{
    int count = 0;
    sets[count++] = adapter->head;
    if (adapter->maps)
        sets[count++] = adapter->maps;
    return count;
}

/* Into copies first, so that the adapter is as it was where something is wrong. */
static enum err_code read_sets(struct adapter *adapter, struct safetensors *file, const struct encoder_lookup *lookup,
                               struct err *err)
{
    struct tensors *sets[ADAPTER_SETS], *copies[ADAPTER_SETS] = {NULL};
    int count = small_sets(adapter, sets);
    enum err_code code = ERR_NONE;
    for (int i = 0; i < count && !code; i++) {
        copies[i] = tensors_copy(sets[i], err);
        code = copies[i] ? encoder_names_load(file, sets[i], lookup, copies[i]->value, NULL, err) : ERR_MEMORY;
    }
    for (int i = 0; i < count; i++) {
        if (!code)
            tensors_assign(sets[i], copies[i]);
        tensors_free(copies[i]);
    }
    return code;
}

/* A file may say what its adapters are: others' do not. */
static enum err_code check_notes(const struct adapter *adapter, const struct safetensors *file, struct err *err)
{
    const char *method = safetensors_metadata(file, "method"), *alpha = safetensors_metadata(file, "alpha");
    double wanted = (double)adapter->scale * adapter->rank;
    if (method && strcmp(method, adapter->method->name) != 0)
        return err_set(err, ERR_INPUT, "%s: its adapters are '%.20s', and wanted are '%s'", safetensors_path(file),
                       method, adapter->method->name);
    if (alpha && adapter->method->ranked && !(fabs(strtod(alpha, NULL) - wanted) <= 1e-5 * wanted))
        return err_set(err, ERR_INPUT, "%s: its adapters have alpha %.20s, and wanted is %g", safetensors_path(file),
                       alpha, wanted);
    return ERR_NONE;
}

enum err_code adapter_file_read(struct adapter *adapter, int task, const char *path, struct err *err)
{
    struct safetensors *file;
    struct encoder_lookup lookup = {.front = "", .task = task};
    enum err_code code = safetensors_open(&file, path, err);
    if (code)
        return code;
    for (int i = 0; i < safetensors_count(file); i++)
        if (strncmp(safetensors_entry(file, i)->name, "roberta.", strlen("roberta.")) == 0)
            lookup.front = "roberta.";
    code = check_notes(adapter, file, err);
    if (!code)
        code = read_sets(adapter, file, &lookup, err);
    safetensors_close(file);
    return code;
}

static enum err_code add_adapter(struct encoder_fields *fields, const struct adapter *adapter, int task,
                                 struct err *err)
{
    struct encoder_lookup lookup = {.front = "roberta.", .task = task};
    struct tensors *sets[ADAPTER_SETS];
    int count = small_sets(adapter, sets), at = fields->count;
    enum err_code code = ERR_NONE;
    for (int i = 0; i < count && !code; i++)
        code = encoder_fields_add(fields, sets[i], "", sets[i]->value, err);
    for (int i = 0; i < count && !code; i++)
        for (int j = 0; j < sets[i]->count; j++)
            encoder_name(fields->name[at++], &sets[i]->of[j], &lookup, false);
    return code;
}

enum err_code adapter_file_write(struct adapter *const *adapters, int count, const char *path, struct err *err)
{
    struct encoder_fields fields = {.count = 0};
    char alpha[TEXT_REAL_SIZE] = "";
    if (count && adapters[0]->rank)
        text_format_real(alpha, (double)(adapters[0]->scale * (float)adapters[0]->rank));
    struct safetensors_note notes[] = {{"method", count ? adapters[0]->method->name : ""}, {"alpha", alpha}};
    enum err_code code = ERR_NONE;
    for (int task = 0; task < count && !code; task++)
        code = add_adapter(&fields, adapters[task], task, err);
    if (!code)
        code = safetensors_write(path, fields.field, fields.count, notes, *alpha ? 2 : count ? 1 : 0, err);
    encoder_fields_free(&fields);
    return code;
}
