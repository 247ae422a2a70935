/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/encoder_file.h"
#include "run/tree.h"

#include <jansson.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

enum { CONFIG_MAX = 1 << 20 };

static const struct {
    const char *key;
    size_t offset;
    int usual; /* where the key is missing, as Hugging Face has it; REQUIRED: it must be there */
} numbers[] = {
#define REQUIRED INT_MIN
    {"vocab_size", offsetof(struct encoder_shape, vocabulary), REQUIRED},
    {"hidden_size", offsetof(struct encoder_shape, width), REQUIRED},
    {"num_hidden_layers", offsetof(struct encoder_shape, layers), REQUIRED},
    {"num_attention_heads", offsetof(struct encoder_shape, heads), REQUIRED},
    {"intermediate_size", offsetof(struct encoder_shape, intermediate), REQUIRED},
    {"max_position_embeddings", offsetof(struct encoder_shape, positions), REQUIRED},
    {"type_vocab_size", offsetof(struct encoder_shape, types), 1},
    {"pad_token_id", offsetof(struct encoder_shape, pad), 1},
    {"num_labels", offsetof(struct encoder_shape, labels), 2},
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

/* What changes the mathematics and is not computed here: only these values will do. */
static const struct {
    const char *key;
    const char *allowed[4];
} texts[] = {
    {"model_type", {"roberta", "xlm-roberta", "camembert"}},
    {"hidden_act", {"gelu"}},
    {"position_embedding_type", {"absolute"}},
};
enum { TEXTS = sizeof texts / sizeof *texts };

static enum err_code read_number(const json_t *config, int i, struct encoder_shape *shape, struct err *err)
{
    const json_t *value = json_object_get(config, numbers[i].key);
    json_int_t number = value ? json_integer_value(value) : numbers[i].usual;
    if (!value && numbers[i].usual == REQUIRED)
        return err_set(err, ERR_INPUT, "%s is missing", numbers[i].key);
    if (value && (!json_is_integer(value) || number < 0 || number > INT_MAX))
        return err_set(err, ERR_INPUT, "%s is no whole number from 0 to %d", numbers[i].key, INT_MAX);
    int narrow = (int)number;
    memcpy((char *)shape + numbers[i].offset, &narrow, sizeof narrow);
    return ERR_NONE;
}

static enum err_code check_text(const json_t *config, int i, struct err *err)
{
    const json_t *value = json_object_get(config, texts[i].key);
    const char *text = json_string_value(value);
    if (!value)
        return ERR_NONE;
    for (int j = 0; text && texts[i].allowed[j]; j++)
        if (strcmp(text, texts[i].allowed[j]) == 0)
            return ERR_NONE;
    return err_set(err, ERR_INPUT, "%s is '%.40s', and only '%s' is understood", texts[i].key, text ? text : "no text",
                   texts[i].allowed[0]);
}

static enum err_code read_shape(const json_t *config, struct encoder_shape *shape, struct err *err)
{
    enum err_code code = ERR_NONE;
    if (!json_is_object(config))
        return err_set(err, ERR_INPUT, "it is no JSON object");
    for (int i = 0; i < TEXTS && !code; i++)
        code = check_text(config, i, err);
    for (int i = 0; i < NUMBERS && !code; i++)
        code = read_number(config, i, shape, err);
    if (code)
        return code;
    const json_t *names = json_object_get(config, "id2label"); /* which Hugging Face writes in place of num_labels */
    if (json_is_object(names) && !json_object_get(config, "num_labels") && json_object_size(names) <= INT_MAX)
        shape->labels = (int)json_object_size(names);
    const json_t *epsilon = json_object_get(config, "layer_norm_eps");
    shape->epsilon = epsilon ? json_number_value(epsilon) : 1e-12;
    if (epsilon && !json_is_number(epsilon))
        return err_set(err, ERR_INPUT, "layer_norm_eps is no number");
    return encoder_shape_check(shape, err);
}

enum err_code encoder_config_read(struct encoder_shape *shape, const char *path, struct err *err)
{
    json_t *config;
    enum err_code code = tree_read(path, CONFIG_MAX, &config, err);
    if (code)
        return code;
    struct encoder_shape read = {.epsilon = 0};
    code = read_shape(config, &read, err);
    json_decref(config);
    if (code)
        return err_prefix(err, "%s: ", path);
    *shape = read;
    return ERR_NONE;
}

char *encoder_config_format(const struct encoder_shape *shape)
{
    json_t *config = json_pack("{s:[s], s:s, s:s, s:f}", "architectures", "RobertaForSequenceClassification",
                               "model_type", "roberta", "hidden_act", "gelu", "layer_norm_eps", shape->epsilon);
    bool good = config != NULL;
    for (int i = 0; i < NUMBERS && good; i++) {
        int number;
        memcpy(&number, (const char *)shape + numbers[i].offset, sizeof number);
        good = json_object_set_new(config, numbers[i].key, json_integer(number)) == 0;
    }
    char *text = good ? json_dumps(config, JSON_INDENT(2)) : NULL;
    json_decref(config);
    return text;
}
