/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/encoder_file.h"

#include "base/file.h"
#include "run/encoder_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char config_name[] = "config.json", model_name[] = "model.safetensors", front[] = "roberta.";

/* FOLDER/NAME, which the caller frees; NULL: out of memory. */
static char *join(const char *folder, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

static enum err_code no_memory(const char *folder, struct err *err)
{
    return err_set(err, ERR_MEMORY, "%s: no memory for it", folder);
}

/* Names in front of which "roberta." may stand or not. */
static bool is_known(const char *name)
{
    static const char *const passed_over[] = {"pooler.dense.weight", "pooler.dense.bias", "embeddings.position_ids"};
    static const char *const tied[] = {"lm_head.decoder.weight", "lm_head.decoder.bias"};
    const char *behind = strncmp(name, front, strlen(front)) == 0 ? name + strlen(front) : name;
    for (size_t i = 0; i < sizeof passed_over / sizeof *passed_over; i++)
        if (strcmp(behind, passed_over[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof tied / sizeof *tied; i++)
        if (strcmp(name, tied[i]) == 0)
            return true;
    return false;
}

static enum err_code check_unused(const struct safetensors *model, const bool *used, struct err *err)
{
    for (int i = 0; i < safetensors_count(model); i++)
        if (!used[i] && !is_known(safetensors_entry(model, i)->name))
            return err_set(err, ERR_INPUT, "%s: tensor %s does not belong to this encoder", safetensors_path(model),
                           safetensors_entry(model, i)->name);
    return ERR_NONE;
}

/* A head's matrices that repeat others must do so. */
static enum err_code check_tied(struct safetensors *model, const char *name, const struct tensors *set, int index,
                                struct err *err)
{
    int at = safetensors_find(model, name);
    size_t length = tensors_length(&set->of[index]);
    if (at < 0)
        return ERR_NONE;
    if (safetensors_entry(model, at)->count != length)
        return err_set(err, ERR_INPUT, "%s: tensor %s has %ju numbers, and %s has %zu", safetensors_path(model), name,
                       (uintmax_t)safetensors_entry(model, at)->count, set->of[index].name, length);
    float *values = malloc(length * sizeof *values);
    if (!values)
        return no_memory(safetensors_path(model), err);
    enum err_code code = safetensors_read_floats(model, at, values, err);
    if (!code && memcmp(values, tensors_at(set, index), length * sizeof *values) != 0)
        code = err_set(err, ERR_INPUT, "%s: tensor %s is not the same as %s", safetensors_path(model), name,
                       set->of[index].name);
    free(values);
    return code;
}

static bool has_head(const struct safetensors *model, const char *prefix)
{
    for (int i = 0; i < safetensors_count(model); i++)
        if (strncmp(safetensors_entry(model, i)->name, prefix, strlen(prefix)) == 0)
            return true;
    return false;
}

/* Sets of the file's tensors, still zero. */
static enum err_code make_sets(struct encoder_file *file, const struct safetensors *model, struct err *err)
{
    file->base = encoder_base_new(&file->shape, err);
    if (file->base && has_head(model, "classifier."))
        file->head = encoder_head_new(&file->shape, err);
    if (file->base && has_head(model, "lm_head."))
        file->lm_head = encoder_lm_head_new(&file->shape, err);
    bool good = file->base && (file->head || !has_head(model, "classifier.")) &&
                (file->lm_head || !has_head(model, "lm_head."));
    return good ? ERR_NONE : ERR_MEMORY;
}

/* All names and shapes before any number; and what memory a config asks for is only taken where the file has as much.
 * */
static enum err_code load(struct encoder_file *file, struct safetensors *model, int *found, bool *used, struct err *err)
{
    struct tensors *const sets[] = {file->base, file->head, file->lm_head};
    struct encoder_lookup lookup = {.front = has_head(model, front) ? front : ""};
    enum err_code code = ERR_NONE;
    int at = 0;
    for (int i = 0; i < 3 && !code; i++)
        if (sets[i]) {
            code = encoder_names_find(model, sets[i], &lookup, found + at, used, err);
            at += sets[i]->count;
        }
    if (!code)
        code = check_unused(model, used, err);
    at = 0;
    for (int i = 0; i < 3 && !code; i++)
        if (sets[i]) {
            code = encoder_names_read(model, sets[i], found + at, sets[i]->value, err);
            at += sets[i]->count;
        }
    if (!code)
        code = check_tied(model, "lm_head.decoder.weight", file->base, 0, err);
    if (!code && file->lm_head)
        code =
            check_tied(model, "lm_head.decoder.bias", file->lm_head, tensors_find(file->lm_head, "lm_head.bias"), err);
    return code;
}

static enum err_code read_model(struct encoder_file *file, struct safetensors *model, struct err *err)
{
    int count = 0;
    enum err_code code = make_sets(file, model, err);
    if (code)
        return code;
    struct tensors *const sets[] = {file->base, file->head, file->lm_head};
    for (int i = 0; i < 3; i++)
        count += sets[i] ? sets[i]->count : 0;
    int *found = calloc((size_t)count, sizeof *found);
    bool *used = calloc((size_t)safetensors_count(model) + 1, sizeof *used);
    code = found && used ? load(file, model, found, used, err) : no_memory(safetensors_path(model), err);
    free(found);
    free(used);
    return code;
}

/* A config may ask for more than any memory: the file says first whether it has that much. */
static enum err_code check_size(const struct encoder_shape *shape, const struct safetensors *model, struct err *err)
{
    uint64_t numbers = 0, w = (uint64_t)shape->width, f = (uint64_t)shape->intermediate;
    uint64_t wanted = (uint64_t)shape->layers * (4 * w * w + 2 * w * f) +
                      w * ((uint64_t)shape->vocabulary + (uint64_t)shape->positions);
    for (int i = 0; i < safetensors_count(model); i++)
        numbers += safetensors_entry(model, i)->count;
    if (numbers < wanted)
        return err_set(err, ERR_INPUT, "%s: it has %ju numbers, and an encoder as %s says has more than %ju",
                       safetensors_path(model), (uintmax_t)numbers, config_name, (uintmax_t)wanted);
    return ERR_NONE;
}

static enum err_code read_paths(struct encoder_file *file, const char *config, const char *model, struct err *err)
{
    struct safetensors *opened;
    enum err_code code = encoder_config_read(&file->shape, config, err);
    if (code)
        return code;
    code = safetensors_open(&opened, model, err);
    if (code)
        return code;
    code = check_size(&file->shape, opened, err);
    if (!code)
        code = read_model(file, opened, err);
    safetensors_close(opened);
    return code;
}

enum err_code encoder_file_read(struct encoder_file *file, const char *folder, struct err *err)
{
    struct encoder_file read = {.base = NULL};
    char *config = join(folder, config_name), *model = join(folder, model_name);
    enum err_code code = config && model ? read_paths(&read, config, model, err) : no_memory(folder, err);
    free(config);
    free(model);
    if (code)
        encoder_file_free(&read);
    else
        *file = read;
    return code;
}

void encoder_file_free(struct encoder_file *file)
{
    tensors_free(file->base);
    tensors_free(file->head);
    tensors_free(file->lm_head);
    *file = (struct encoder_file){.base = NULL};
}

static enum err_code write_model(const struct encoder_file *file, const char *path, struct err *err)
{
    struct encoder_fields fields = {.count = 0};
    static const struct safetensors_note notes[] = {{"format", "pt"}};
    enum err_code code = encoder_fields_add(&fields, file->base, front, file->base->value, err);
    if (!code && file->head)
        code = encoder_fields_add(&fields, file->head, "", file->head->value, err);
    if (!code && file->lm_head)
        code = encoder_fields_add(&fields, file->lm_head, "", file->lm_head->value, err);
    if (!code)
        code = safetensors_write(path, fields.field, fields.count, notes, 1, err);
    encoder_fields_free(&fields);
    return code;
}

/* The numbers first: a folder whose config is there is whole. */
static enum err_code write_paths(const struct encoder_file *file, const char *config, const char *model,
                                 struct err *err)
{
    char *text = encoder_config_format(&file->shape);
    if (!text)
        return no_memory(config, err);
    enum err_code code = write_model(file, model, err);
    if (!code)
        code = file_write(config, text, strlen(text), err);
    free(text);
    return code;
}

enum err_code encoder_file_write(const struct encoder_file *file, const char *folder, struct err *err)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return err_set(err, ERR_IO, "%s: cannot make this folder: %s", folder, strerror(errno));
    char *config = join(folder, config_name), *model = join(folder, model_name);
    enum err_code code = config && model ? write_paths(file, config, model, err) : no_memory(folder, err);
    free(config);
    free(model);
    return code;
}
