/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/adapter_file.h"

#include "base/file.h"
#include "model/encoder/encoder.h"
#include "support/roberta.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Folders of adapters, right and wrong. */

static const struct adapter_file_origin origin = {"the/base", "0123456789abcdef"};
static char folder[600], config_path[640], model_path[640];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "%.500s/adapter-%ld", getenv("TMPDIR"), (long)getpid());
    snprintf(config_path, sizeof config_path, "%s/adapter_config.json", folder);
    snprintf(model_path, sizeof model_path, "%s/adapter_model.safetensors", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(config_path);
    unlink(model_path);
    return rmdir(folder);
}

static struct adapter *make(const struct roberta *roberta, const char *method, int rank, double alpha)
{
    struct adapter_settings settings = {.rank = rank, .alpha = alpha};
    struct err err;
    struct adapter *adapter =
        adapter_new(adapter_find(method), &roberta->file.shape, &settings, roberta->file.base, 3, 0, &err);
    assert_non_null(adapter);
    return adapter;
}

static void write_adapter(const struct adapter *adapter)
{
    struct err err;
    if (adapter_file_write(adapter, &origin, folder, &err))
        fail_msg("%s", err.message);
}

static void same_values(const struct tensors *a, const struct tensors *b)
{
    assert_int_equal(a->size, b->size);
    assert_memory_equal(a->value, b->value, a->size * sizeof *a->value);
}

static void score(struct roberta *roberta, struct adapter *adapter, float logits[2 * ROBERTA_ROWS])
{
    struct err err;
    const struct encoder_limits limits = {
        .sequences = ROBERTA_ROWS, .tokens = roberta->batch[1]->tokens, .rank = adapter->rank};
    struct encoder *encoder = encoder_new(&roberta->file.shape, &limits, NULL, &err);
    assert_non_null(encoder);
    const struct encoder_pass pass = {roberta->file.base, adapter, roberta->batch[1], NULL};
    memcpy(logits, encoder_score(encoder, &pass), 2 * ROBERTA_ROWS * sizeof *logits);
    encoder_free(encoder);
}

/* Written and read it scores as before, bit by bit, whatever the scale. */
static void it_comes_back_as_it_was(void **state)
{
    (void)state;
    static const struct {
        int rank;
        double alpha;
    } cases[] = {{4, 16}, {3, 16}, {7, 2.385}};
    struct roberta roberta;
    struct err err;
    roberta_set_up(&roberta);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float before[2 * ROBERTA_ROWS], after[2 * ROBERTA_ROWS];
        struct adapter_settings settings;
        struct adapter *own = make(&roberta, "lora", cases[i].rank, cases[i].alpha);
        struct adapter *adapter = i == 0 ? roberta.adapter[1] : own;
        for (int j = 0; j < own->maps->count; j++) /* B begins as zero */
            for (size_t k = 0; k < tensors_length(&own->maps->of[j]); k++)
                tensors_at(own->maps, j)[k] = (float)((k + (size_t)j) % 17) / 64 - 0.125F;
        write_adapter(adapter);
        assert_int_equal(adapter_file_settings(folder, &settings, &err), ERR_NONE);
        assert_int_equal(settings.rank, cases[i].rank);
        struct adapter *back = make(&roberta, "lora", settings.rank, settings.alpha);
        assert_memory_equal(&back->scale, &adapter->scale, sizeof back->scale);
        if (adapter_file_read(back, folder, &err))
            fail_msg("%s", err.message);
        same_values(back->maps, adapter->maps);
        same_values(back->head, adapter->head);
        score(&roberta, adapter, before);
        score(&roberta, back, after);
        assert_memory_equal(before, after, sizeof before);
        adapter_free(back);
        adapter_free(own);
    }
    roberta_tear_down(&roberta);
}

/* PEFT's own names and words. */
static void others_can_read_it(void **state)
{
    (void)state;
    static const char *const names[] = {
        "base_model.model.roberta.encoder.layer.0.attention.self.query.lora_A.weight",
        "base_model.model.roberta.encoder.layer.1.attention.output.dense.lora_B.weight",
        "base_model.model.roberta.encoder.layer.1.output.dense.lora_A.weight",
        "base_model.model.classifier.dense.weight",
        "base_model.model.classifier.out_proj.bias",
    };
    static const char *const words[] = {"\"peft_type\": \"LORA\"",
                                        "\"task_type\": \"SEQ_CLS\"",
                                        "\"r\": 4",
                                        "\"lora_alpha\": 16,",
                                        "\"base_model_name_or_path\": \"the/base\"",
                                        "\"classifier\"",
                                        "\"output.dense\""};
    struct roberta roberta;
    struct safetensors *file;
    struct err err;
    char *text;
    size_t size;
    roberta_set_up(&roberta);
    write_adapter(roberta.adapter[0]);
    assert_int_equal(safetensors_open(&file, model_path, &err), ERR_NONE);
    assert_int_equal(safetensors_count(file), 2 * 2 * 6 + 4);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (safetensors_find(file, names[i]) < 0)
            fail_msg("no tensor %s", names[i]);
    const struct safetensors_entry *entry = safetensors_entry(file, safetensors_find(file, names[2]));
    assert_int_equal(entry->shape[0], 4);
    assert_int_equal(entry->shape[1], roberta.file.shape.intermediate);
    safetensors_close(file);
    assert_int_equal(file_read(config_path, 1 << 16, &text, &size, &err), ERR_NONE);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i]) == NULL)
            fail_msg("no %s in %s", words[i], text);
    free(text);
    assert_true(adapter_file_is(folder, origin.made_by));
    assert_false(adapter_file_is(folder, "0123456789abcdee"));
    assert_false(adapter_file_is("/nowhere", origin.made_by));
    roberta_tear_down(&roberta);
}

static void check_message(enum err_code code, const struct err *err, const char *words)
{
    if (code != ERR_INPUT || !strstr(err->message, words) || !strstr(err->message, folder))
        fail_msg("%d '%s' does not say '%s'", (int)code, code ? err->message : "", words);
}

static void wrong_tensors_leave_it_as_it_was(void **state)
{
    (void)state;
    struct roberta roberta;
    struct err err;
    roberta_set_up(&roberta);
    write_adapter(roberta.adapter[0]);
    struct adapter *large = make(&roberta, "lora", 5, 16);
    struct adapter *head = make(&roberta, "head", 0, 16);
    struct tensors *before = tensors_copy(large->head, &err);
    assert_non_null(before);
    check_message(adapter_file_read(large, folder, &err), &err, "its shape is (4, 24), and wanted is (5, 24)");
    same_values(before, large->head);
    check_message(adapter_file_read(head, folder, &err), &err, "does not belong to an adapter of this encoder");
    write_adapter(head);
    check_message(adapter_file_read(large, folder, &err), &err, "query.lora_A.weight is missing");
    same_values(before, large->head);
    tensors_free(before);
    adapter_free(large);
    adapter_free(head);
    roberta_tear_down(&roberta);
}

static void wrong_configs_are_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "adapter_config.json:1:"},
        {"[]", "no JSON object"},
        {"{}", "peft_type is 'no text'"},
        {"{\"peft_type\": \"IA3\"}", "peft_type is 'IA3', and wanted is 'LORA'"},
        {"{\"peft_type\": \"LORA\"}", "r must be a whole number from 1"},
        {"{\"peft_type\": \"LORA\", \"r\": 0}", "r must be a whole number from 1"},
        {"{\"peft_type\": \"LORA\", \"r\": 99999999999}", "r must be a whole number from 1"},
        {"{\"peft_type\": \"LORA\", \"r\": 8}", "lora_alpha must be a number above 0"},
        {"{\"peft_type\": \"LORA\", \"r\": 8, \"lora_alpha\": -1}", "lora_alpha must be a number above 0"},
        {"{\"peft_type\": \"LORA\", \"bias\": \"all\"}", "bias must be 'none'"},
        {"{\"peft_type\": \"LORA\", \"use_dora\": true}", "use_dora must be false"},
        {"{\"peft_type\": \"LORA\", \"use_rslora\": true}", "use_rslora must be false"},
        {"{\"peft_type\": \"LORA\", \"rank_pattern\": {\"query\": 2}}", "rank_pattern must be empty"},
    };
    struct adapter_settings settings;
    struct err err;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(file_write(config_path, cases[i][0], strlen(cases[i][0]), &err), ERR_NONE);
        check_message(adapter_file_settings(folder, &settings, &err), &err, cases[i][1]);
    }
    unlink(config_path);
    check_message(adapter_file_settings(folder, &settings, &err), &err, "adapter_config.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_back_as_it_was),
        cmocka_unit_test(others_can_read_it),
        cmocka_unit_test(wrong_tensors_leave_it_as_it_was),
        cmocka_unit_test(wrong_configs_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
