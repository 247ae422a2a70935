/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/encoder_file.h"

#include "base/file.h"
#include "support/roberta.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Folders of encoders, right and wrong. Wrong ones are the golden one with one thing changed. */

enum { FIELDS = 60, PATH_SIZE = 600 };
static char folder[PATH_SIZE], config_path[PATH_SIZE + 32], model_path[PATH_SIZE + 32];

static int set_up(void **state)
{
    const char *temporary = getenv("TMPDIR");
    (void)state;
    snprintf(folder, sizeof folder, "%s/encoder-%ld", temporary ? temporary : "/tmp", (long)getpid());
    snprintf(config_path, sizeof config_path, "%s/config.json", folder);
    snprintf(model_path, sizeof model_path, "%s/model.safetensors", folder);
    return mkdir(folder, 0777);
}

static int tear_down(void **state)
{
    (void)state;
    unlink(config_path);
    unlink(model_path);
    return rmdir(folder);
}

/* The golden checkpoint as fields that can be changed before they are written. */
struct parts {
    struct safetensors_field field[FIELDS];
    char name[FIELDS][SAFETENSORS_NAME_SIZE];
    float *data[FIELDS];
    int count;
};

static void add(struct parts *parts, const char *name, int dims, const uint64_t *shape)
{
    int i = parts->count++;
    size_t count = 1;
    assert_true(i < FIELDS);
    for (int j = 0; j < dims; j++)
        count *= (size_t)shape[j];
    parts->data[i] = calloc(count + 1, sizeof(float));
    assert_non_null(parts->data[i]);
    snprintf(parts->name[i], sizeof parts->name[i], "%s", name);
    parts->field[i] = (struct safetensors_field){
        .name = parts->name[i], .kind = SAFETENSORS_F32, .dims = dims, .data = parts->data[i]};
    memcpy(parts->field[i].shape, shape, (size_t)dims * sizeof *shape);
}

static struct parts *parts_new(void)
{
    struct safetensors *file;
    struct err err;
    struct parts *parts = calloc(1, sizeof *parts);
    assert_non_null(parts);
    assert_int_equal(safetensors_open(&file, roberta_path("model.safetensors"), &err), ERR_NONE);
    for (int i = 0; i < safetensors_count(file); i++) {
        const struct safetensors_entry *entry = safetensors_entry(file, i);
        add(parts, entry->name, entry->dims, entry->shape);
        assert_int_equal(safetensors_read_floats(file, i, parts->data[i], &err), ERR_NONE);
    }
    safetensors_close(file);
    return parts;
}

static void parts_free(struct parts *parts)
{
    for (int i = 0; i < parts->count; i++)
        free(parts->data[i]);
    free(parts);
}

static int find(const struct parts *parts, const char *end)
{
    for (int i = 0; i < parts->count; i++)
        if (strstr(parts->name[i], end))
            return i;
    fail_msg("no %s", end);
    return -1;
}

static void write_parts(const struct parts *parts)
{
    char *config;
    size_t size;
    struct err err;
    assert_int_equal(file_read(roberta_path("config.json"), 1 << 16, &config, &size, &err), ERR_NONE);
    assert_int_equal(file_write(config_path, config, size, &err), ERR_NONE);
    assert_int_equal(safetensors_write(model_path, parts->field, parts->count, NULL, 0, &err), ERR_NONE);
    free(config);
}

static void check_message(enum err_code code, const struct err *err, const char *words)
{
    if (code != ERR_INPUT || !strstr(err->message, words) || !strstr(err->message, folder))
        fail_msg("%d '%s' does not say '%s'", (int)code, code ? err->message : "", words);
}

static void refused(const struct parts *parts, const char *words)
{
    struct encoder_file file = {.head = (void *)1};
    struct err err;
    if (parts)
        write_parts(parts);
    check_message(encoder_file_read(&file, folder, &err), &err, words);
    assert_true(file.base == NULL && file.head == (void *)1);
}

static void same_values(const struct tensors *a, const struct tensors *b)
{
    assert_int_equal(a->size, b->size);
    assert_memory_equal(a->value, b->value, a->size * sizeof *a->value);
}

/* What is read is the golden encoder, by whatever names. */
static void accepted(const struct parts *parts)
{
    struct encoder_file want, got;
    struct err err;
    write_parts(parts);
    assert_int_equal(encoder_file_read(&want, roberta_path(""), &err), ERR_NONE);
    if (encoder_file_read(&got, folder, &err))
        fail_msg("%s", err.message);
    same_values(want.base, got.base);
    if (got.head)
        same_values(want.head, got.head);
    encoder_file_free(&want);
    encoder_file_free(&got);
}

static void written_and_read(void **state)
{
    (void)state;
    struct encoder_file file, back;
    struct err err;
    assert_int_equal(encoder_file_read(&file, roberta_path(""), &err), ERR_NONE);
    assert_int_equal(file.shape.vocabulary, 97);
    assert_int_equal(file.shape.labels, 2);
    assert_null(file.lm_head);
    file.lm_head = encoder_lm_head_new(&file.shape, &err);
    assert_int_equal(encoder_start(file.lm_head, &file.shape, 3, &err), ERR_NONE);
    assert_int_equal(encoder_file_write(&file, folder, &err), ERR_NONE);
    assert_int_equal(encoder_file_read(&back, folder, &err), ERR_NONE);
    assert_memory_equal(&file.shape, &back.shape, sizeof file.shape);
    same_values(file.base, back.base);
    same_values(file.head, back.head);
    same_values(file.lm_head, back.lm_head);
    encoder_file_free(&back);
    encoder_file_free(&file);
    assert_int_equal(encoder_file_read(&back, "/nonexistent", &err), ERR_INPUT);
}

static void other_names(void **state)
{
    (void)state;
    struct parts *parts = parts_new();
    for (int i = 0; i < parts->count; i++) {
        char *end = strstr(parts->name[i], "LayerNorm.");
        if (end)
            strcpy(end + strlen("LayerNorm."), strstr(end, "weight") ? "gamma" : "beta");
        if (strncmp(parts->name[i], "roberta.", 8) == 0)
            memmove(parts->name[i], parts->name[i] + 8, strlen(parts->name[i]) - 7);
    }
    add(parts, "pooler.dense.weight", 2, (uint64_t[]){24, 24});
    add(parts, "embeddings.position_ids", 2, (uint64_t[]){1, 40});
    accepted(parts);
    parts_free(parts);
}

static void wrong_tensors(void **state)
{
    (void)state;
    struct parts *parts = parts_new();
    int query = find(parts, "layer.1.attention.self.query.weight"), last = parts->count - 1;
    struct safetensors_field whole = parts->field[query], end = parts->field[last];

    parts->field[query].shape[0] = 12;
    parts->field[query].shape[1] = 48;
    refused(parts, "query.weight: its shape is (12, 48), and wanted is (24, 24)");
    parts->field[query] = whole;
    parts->field[query].kind = SAFETENSORS_I32;
    refused(parts, "query.weight: its numbers are I32");
    parts->field[query] = whole;
    parts->field[query].name = "roberta.encoder.layer.1.attention.self.queri.weight";
    refused(parts, "query.weight is missing");
    parts->field[query] = whole;
    parts->field[last] = parts->field[0];
    parts->field[last].name = "roberta.encoder.layer.2.extra";
    parts->count++;
    parts->field[last + 1] = end;
    refused(parts, "extra does not belong");
    parts->field[last] = end;
    parts->count--;
    parts->data[query][5] = 1.0F / 0.0F;
    refused(parts, "query.weight: number 6, inf");
    parts->data[query][5] = 0;
    int head = find(parts, "classifier.out_proj.bias");
    parts->field[head].name = "roberta.pooler.dense.bias";
    refused(parts, "classifier.out_proj.bias is missing");
    parts_free(parts);
}

static void tied_decoder(void **state)
{
    (void)state;
    struct parts *parts = parts_new();
    add(parts, "lm_head.decoder.weight", 2, (uint64_t[]){97, 24});
    add(parts, "lm_head.dense.weight", 2, (uint64_t[]){24, 24});
    add(parts, "lm_head.dense.bias", 1, (uint64_t[]){24});
    add(parts, "lm_head.layer_norm.weight", 1, (uint64_t[]){24});
    add(parts, "lm_head.layer_norm.bias", 1, (uint64_t[]){24});
    add(parts, "lm_head.bias", 1, (uint64_t[]){97});
    refused(parts, "lm_head.decoder.weight is not the same");
    int words = find(parts, "word_embeddings"), decoder = find(parts, "decoder");
    memcpy(parts->data[decoder], parts->data[words], sizeof(float) * 97 * 24);
    accepted(parts);
    parts_free(parts);
}

static void refused_config(const char *text, const char *words)
{
    struct err err;
    assert_int_equal(file_write(config_path, text, strlen(text), &err), ERR_NONE);
    refused(NULL, words);
}

#define REST                                                                                                           \
    "\"hidden_size\": 24, \"num_hidden_layers\": 2, \"num_attention_heads\": 4, \"intermediate_size\": 56, "           \
    "\"max_position_embeddings\": 40"

static void wrong_configs(void **state)
{
    (void)state;
    struct parts *parts = parts_new();
    write_parts(parts);
    parts_free(parts);
    refused_config("", "config.json:1:");
    refused_config("[]", "no JSON object");
    refused_config("{" REST "}", "vocab_size is missing");
    refused_config("{\"vocab_size\": 97.5, " REST "}", "vocab_size is no whole number");
    refused_config("{\"vocab_size\": 99999999999999, " REST "}", "vocab_size is no whole number");
    refused_config("{\"vocab_size\": -1, " REST "}", "vocab_size is no whole number");
    refused_config("{\"vocab_size\": 4000000, " REST "}", "has more than");
    refused_config("{\"vocab_size\": 98, " REST "}", "word_embeddings.weight: its shape is (97, 24)");
    refused_config("{\"vocab_size\": 97, \"hidden_act\": \"relu\", " REST "}", "hidden_act is 'relu'");
    refused_config("{\"vocab_size\": 97, \"model_type\": 3, " REST "}", "model_type is 'no text'");
    refused_config("{\"vocab_size\": 97, \"layer_norm_eps\": \"x\", " REST "}", "layer_norm_eps is no number");
    refused_config("{\"vocab_size\": 97, \"pad_token_id\": 97, " REST "}", "pad_token_id");
    refused_config("{\"vocab_size\": 97, \"vocab_size\": 97, " REST "}", "duplicate");
    refused_config("{\"vocab_size\": 97, \"id2label\": {\"0\": \"a\", \"1\": \"b\", \"2\": \"c\"}, " REST "}",
                   "out_proj.weight: its shape is (2, 24), and wanted is (3, 24)");
}

/* A set under names of one's own, as a run's state has it. */
static void own_fields(void **state)
{
    (void)state;
    struct roberta roberta;
    struct encoder_fields fields = {.count = 0};
    struct err err;
    roberta_set_up(&roberta);
    struct tensors *head = roberta.adapter[0]->head, *base = roberta.file.base;
    assert_int_equal(encoder_fields_add(&fields, base, "m.base.", base->value, &err), ERR_NONE);
    assert_int_equal(encoder_fields_add(&fields, head, "task.0.", head->value, &err), ERR_NONE);
    assert_int_equal(safetensors_write(model_path, fields.field, fields.count, NULL, 0, &err), ERR_NONE);
    encoder_fields_free(&fields);
    struct safetensors *file;
    struct tensors *back = tensors_copy(head, &err);
    assert_int_equal(safetensors_open(&file, model_path, &err), ERR_NONE);
    memset(back->value, 0, back->size * sizeof *back->value);
    assert_int_equal(encoder_fields_read(file, head, "task.0.", back->value, &err), ERR_NONE);
    same_values(back, head);
    check_message(encoder_fields_read(file, head, "task.1.", back->value, &err), &err,
                  "task.1.classifier.dense.weight");
    tensors_free(back);
    safetensors_close(file);
    roberta_tear_down(&roberta);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_and_read), cmocka_unit_test(other_names),   cmocka_unit_test(wrong_tensors),
        cmocka_unit_test(tied_decoder),     cmocka_unit_test(wrong_configs), cmocka_unit_test(own_fields),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
