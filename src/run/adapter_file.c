/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/adapter_file.h"

#include "base/file.h"
#include "base/text.h"
#include "run/encoder_file.h"
#include "run/encoder_names.h"
#include "run/tree.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CONFIG_MAX = 1 << 20 };

static const char config_name[] = "adapter_config.json", model_name[] = "adapter_model.safetensors",
                  made_by_name[] = "made_by";
static const struct encoder_lookup lookup = {.front = "", .peft = true};

/* FOLDER/NAME, which the caller frees; NULL: out of memory. */
static char *join(const char *folder, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

static enum err_code no_memory(const char *folder, struct err *err)
{
    err_set(err, ERR_MEMORY, "%s: no memory for its files", folder);
    return ERR_MEMORY;
}

static int sets_of(const struct adapter *adapter, struct tensors *sets[2])
{
    sets[0] = adapter->head;
    sets[1] = adapter->maps;
    return adapter->maps ? 2 : 1;
}

/* ---- writing ---- */

/* Such that the same scale comes of it, bit by bit: a whole number where one does that, as PEFT would have it. */
static json_t *alpha_of(const struct adapter *adapter)
{
    double alpha = (double)adapter->scale * adapter->rank;
    double whole = round(alpha);
    float scale = (float)(whole / adapter->rank);
    bool other = scale < adapter->scale || scale > adapter->scale;
    return !other ? json_integer((json_int_t)whole) : json_real(alpha);
}

/* As text that the caller frees; NULL: out of memory. Modules are named by their ends, which no other linear map
 * has. */
static char *format_config(const struct adapter *adapter, const struct adapter_file_origin *origin)
{
    char *base = strdup(origin->base);
    if (!base)
        return NULL;
    text_clean(base); /* JSON is UTF-8, and a path need not be */
    json_t *config = json_pack("{s:s, s:s, s:s, s:i, s:o, s:f, s:s, s:b, s:b, s:[s,s,s,s,s], s:[s]}", "peft_type",
                               "LORA", "task_type", "SEQ_CLS", "base_model_name_or_path", base, "r", adapter->rank,
                               "lora_alpha", alpha_of(adapter), "lora_dropout", 0.0, "bias", "none", "fan_in_fan_out",
                               0, "inference_mode", 1, "target_modules", "query", "key", "value", "intermediate.dense",
                               "output.dense", "modules_to_save", "classifier");
    free(base);
    char *text = config ? json_dumps(config, JSON_INDENT(2)) : NULL;
    json_decref(config);
    return text;
}

static enum err_code write_model(const struct adapter *adapter, const struct adapter_file_origin *origin,
                                 const char *path, struct err *err)
{
    struct encoder_fields fields = {.count = 0};
    const struct safetensors_note notes[] = {{"format", "pt"}, {made_by_name, origin->made_by}};
    struct tensors *sets[2];
    int count = sets_of(adapter, sets);
    int at = 0;
    enum err_code code = ERR_NONE;
    for (int i = 0; i < count && !code; i++)
        code = encoder_fields_add(&fields, sets[i], "", sets[i]->value, err);
    for (int i = 0; i < count && !code; i++)
        for (int j = 0; j < sets[i]->count; j++)
            encoder_name(fields.name[at++], &sets[i]->of[j], &lookup, false);
    if (!code)
        code = safetensors_write(path, fields.field, fields.count, notes, 2, err);
    encoder_fields_free(&fields);
    return code;
}

enum err_code adapter_file_write(const struct adapter *adapter, const struct adapter_file_origin *origin,
                                 const char *folder, struct err *err)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return err_set(err, ERR_IO, "%s: cannot make this folder: %s", folder, strerror(errno));
    char *config = join(folder, config_name);
    char *model = join(folder, model_name);
    char *text = format_config(adapter, origin);
    enum err_code code = config && model && text ? write_model(adapter, origin, model, err) : no_memory(folder, err);
    if (!code)
        code = file_write(config, text, strlen(text), err);
    free(config);
    free(model);
    free(text);
    return code;
}

/* ---- reading ---- */

static enum err_code open_model(struct safetensors **file, const char *folder, struct err *err)
{
    char *path = join(folder, model_name);
    enum err_code code = path ? safetensors_open(file, path, err) : no_memory(folder, err);
    free(path);
    return code;
}

bool adapter_file_is(const char *folder, const char *made_by)
{
    struct safetensors *file;
    struct err unheard;
    char *config = join(folder, config_name);
    struct stat status;
    bool whole = config && stat(config, &status) == 0;
    free(config);
    if (!whole || open_model(&file, folder, &unheard))
        return false;
    const char *says = safetensors_metadata(file, made_by_name);
    bool is = says && strcmp(says, made_by) == 0;
    safetensors_close(file);
    return is;
}

/* What would change the mathematics must be as it is here, or not be there. */
static enum err_code check_config(const json_t *config, struct err *err)
{
    static const char *const off[] = {"use_dora", "use_rslora", "fan_in_fan_out"};
    static const char *const empty[] = {"rank_pattern", "alpha_pattern"};
    const char *kind = json_string_value(json_object_get(config, "peft_type"));
    const json_t *bias = json_object_get(config, "bias");
    if (!json_is_object(config))
        return err_set(err, ERR_INPUT, "it is no JSON object");
    if (!kind || strcmp(kind, "LORA") != 0)
        return err_set(err, ERR_INPUT, "peft_type is '%.40s', and wanted is 'LORA'", kind ? kind : "no text");
    if (bias && (!json_is_string(bias) || strcmp(json_string_value(bias), "none") != 0))
        return err_set(err, ERR_INPUT, "bias must be 'none'");
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        if (json_is_true(json_object_get(config, off[i])))
            return err_set(err, ERR_INPUT, "%s must be false", off[i]);
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        if (json_object_size(json_object_get(config, empty[i])) > 0)
            return err_set(err, ERR_INPUT, "%s must be empty", empty[i]);
    return ERR_NONE;
}

static enum err_code read_settings(const json_t *config, struct adapter_settings *settings, struct err *err)
{
    const json_t *rank = json_object_get(config, "r");
    const json_t *alpha = json_object_get(config, "lora_alpha");
    if (!json_is_integer(rank) || json_integer_value(rank) < 1 || json_integer_value(rank) > INT_MAX)
        return err_set(err, ERR_INPUT, "r must be a whole number from 1");
    if (!json_is_number(alpha) || !(json_number_value(alpha) > 0))
        return err_set(err, ERR_INPUT, "lora_alpha must be a number above 0");
    *settings = (struct adapter_settings){.rank = (int)json_integer_value(rank), .alpha = json_number_value(alpha)};
    return ERR_NONE;
}

static enum err_code parse_config(const char *path, struct adapter_settings *settings, struct err *err)
{
    json_t *config;
    enum err_code code = tree_read(path, CONFIG_MAX, &config, err);
    if (code)
        return code;
    code = check_config(config, err);
    code = code ? code : read_settings(config, settings, err);
    json_decref(config);
    return code ? err_prefix(err, "%s: ", path) : ERR_NONE;
}

enum err_code adapter_file_settings(const char *folder, struct adapter_settings *settings, struct err *err)
{
    char *path = join(folder, config_name);
    enum err_code code = path ? parse_config(path, settings, err) : no_memory(folder, err);
    free(path);
    return code;
}

static enum err_code check_unused(const struct safetensors *file, const bool *used, struct err *err)
{
    for (int i = 0; i < safetensors_count(file); i++)
        if (!used[i])
            return err_set(err, ERR_INPUT, "%s: tensor %s does not belong to an adapter of this encoder",
                           safetensors_path(file), safetensors_entry(file, i)->name);
    return ERR_NONE;
}

/* Into copies first, so that the adapter is as it was where something is wrong. */
static enum err_code read_sets(struct adapter *adapter, struct safetensors *file, struct err *err)
{
    struct tensors *sets[2];
    struct tensors *copies[2] = {NULL};
    int count = sets_of(adapter, sets);
    bool *used = calloc((size_t)safetensors_count(file) + 1, sizeof *used);
    enum err_code code = used ? ERR_NONE : no_memory(safetensors_path(file), err);
    for (int i = 0; i < count && !code; i++) {
        copies[i] = tensors_copy(sets[i], err);
        code = copies[i] ? encoder_names_load(file, sets[i], &lookup, copies[i]->value, used, err) : ERR_MEMORY;
    }
    code = code ? code : check_unused(file, used, err);
    for (int i = 0; i < count; i++) {
        if (!code)
            tensors_assign(sets[i], copies[i]);
        tensors_free(copies[i]);
    }
    free(used);
    return code;
}

enum err_code adapter_file_read(struct adapter *adapter, const char *folder, struct err *err)
{
    struct safetensors *file;
    enum err_code code = open_model(&file, folder, err);
    if (code)
        return code;
    code = read_sets(adapter, file, err);
    safetensors_close(file);
    return code;
}
