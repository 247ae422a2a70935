/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/study_export.h"

#include "base/file.h"
#include "run/adapter_file.h"
#include "support/dialogue_sample.h"
#include "support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What a study finished, written and read back: the same scores, bit by bit. */

static struct dialogue_sample sample;
static char root[512], exports[600];

static void write_text(const char *name, const char *text)
{
    char path[600];
    struct err err;
    snprintf(path, sizeof path, "%s/tokens/%s", root, name);
    assert_int_equal(file_write(path, text, strlen(text), &err), ERR_NONE);
}

/* The project's tokenizer is in a folder, as it would be. */
static int set_up(void **state)
{
    (void)state;
    struct err err = {.code = ERR_NONE};
    char tokens[600];
    snprintf(root, sizeof root, "%s/export", getenv("TMPDIR"));
    snprintf(tokens, sizeof tokens, "%s/tokens", root);
    snprintf(exports, sizeof exports, "%s/out", root);
    if (!dialogue_sample_make(&sample, &err) || project_make_folder(root, &err) || project_make_folder(tokens, &err) ||
        project_make_folder(exports, &err))
        fail_msg("%s", err.message);
    sample.project.folder = strdup(root);
    sample.project.model = strdup(tokens);
    write_text("vocab.json", sample.vocab);
    write_text("merges.txt", sample.merges);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dialogue_sample_free(&sample);
    struct program_result removed = program_shell("rm -r '%s'", root);
    program_free(&removed);
    return 0;
}

static void begin(struct study *study, const char *scheme)
{
    struct err err = {.code = ERR_NONE};
    struct study_plan plan = study_usual();
    plan.methods = 1u << TRAINING_META;
    plan.first_seed = 3;
    plan.seeds = 1;
    plan.schemes = 0;
    if (study_add_scheme(&plan, scheme, 3, &sample.project.encoder.shape, &err) ||
        study_begin(study, &plan, &sample.project, &err))
        fail_msg("%s", err.message);
    study->exports = exports;
    for (int i = 0; i < study_retrain_jobs(study); i++)
        study_retrain(study, i, 0);
    for (int i = 0; i < study_adapt_jobs(study); i++)
        study_adapt(study, i, 0);
    if (study->err.code)
        fail_msg("%s", study->err.message);
}

/* Held-out hits and loss by a base and an adapter from files. */
static struct training_task judge(const struct tensors *base, const char *adapter, int task)
{
    struct err err = {.code = ERR_NONE};
    struct adapter_settings settings;
    struct training_setup setup = dialogue_sample_setup(&sample, TRAINING_ADAPT);
    assert_int_equal(adapter_file_settings(adapter, &settings, &err), ERR_NONE);
    setup.base = base;
    setup.rank = settings.rank;
    setup.task = task;
    struct training *training = training_new(&setup, &err);
    assert_non_null(training);
    if (adapter_file_read(training_adapter(training), adapter, &err))
        fail_msg("%s", err.message);
    struct training_task result = training_judge(training);
    training_free(training);
    return result;
}

static void same_values(const struct tensors *a, const struct tensors *b)
{
    assert_int_equal(a->size, b->size);
    for (int i = 0; i < a->count; i++)
        assert_memory_equal(tensors_at(a, i), tensors_at(b, i), tensors_length(&a->of[i]) * sizeof(float));
}

static void bases_and_adapters_come_back_as_they_were(void **state)
{
    (void)state;
    char folder[700];
    char vocab[800];
    struct study study;
    struct encoder_file file;
    struct err err = {.code = ERR_NONE};
    begin(&study, "lora");
    snprintf(folder, sizeof folder, "%s/meta-3", exports);
    if (encoder_file_read(&file, folder, &err))
        fail_msg("%s", err.message);
    same_values(file.base, study.base[TRAINING_META]);
    assert_null(file.head);
    snprintf(vocab, sizeof vocab, "%s/vocab.json", folder);
    assert_int_equal(access(vocab, R_OK), 0);
    const struct examples *examples = &sample.project.examples;
    for (int i = 0; i < examples->tasks - examples->retraining; i++) {
        char adapter[700];
        int task = examples->retraining + i;
        snprintf(adapter, sizeof adapter, "%s/meta-3/persona-%d", exports, examples->task[task].persona + 1);
        struct training_task read = judge(file.base, adapter, task);
        const struct study_outcome *outcome = study_adapted(&study, TRAINING_META, 0, 0, i);
        const struct training_epoch *last = &outcome->epoch[outcome->epochs - 1];
        double loss = read.loss / read.count;
        assert_int_equal(read.count, last->count);
        assert_int_equal(read.hits, last->hits);
        assert_memory_equal(&loss, &last->loss, sizeof loss);
    }
    encoder_file_free(&file);
    study_free(&study);
}

static char *bytes_of(const char *path, size_t *size)
{
    char *text;
    struct err err;
    if (file_read(path, 1 << 24, &text, size, &err))
        fail_msg("%s", err.message);
    return text;
}

/* What the journal knows already is trained anew where its adapter is wanted and not there, to the same bits, and is
 * not redone where it is. */
static void a_second_time_only_what_is_missing_is_made(void **state)
{
    (void)state;
    char config[800];
    char model[800];
    struct study study;
    size_t before;
    size_t after;
    const struct examples *examples = &sample.project.examples;
    int persona = examples->task[examples->retraining].persona + 1;
    snprintf(config, sizeof config, "%s/meta-3/persona-%d/adapter_config.json", exports, persona);
    snprintf(model, sizeof model, "%s/meta-3/persona-%d/adapter_model.safetensors", exports, persona);
    begin(&study, "lora");
    study_free(&study);
    char *first = bytes_of(model, &before);
    begin(&study, "lora");
    assert_int_equal(atomic_load(&study.steps), 0);
    study_free(&study);
    assert_int_equal(unlink(config), 0);
    begin(&study, "lora");
    assert_true(atomic_load(&study.steps) > 0);
    assert_true(study_adapted(&study, TRAINING_META, 0, 0, 0)->known);
    study_free(&study);
    char *second = bytes_of(model, &after);
    assert_int_equal(before, after);
    assert_memory_equal(first, second, before);
    assert_int_equal(access(config, R_OK), 0);
    free(first);
    free(second);
}

/* Schemes that add nothing to linear maps leave whole models. */
static void whole_models_are_written_with_their_heads(void **state)
{
    (void)state;
    static const char *const schemes[] = {"head", "full"};
    const struct examples *examples = &sample.project.examples;
    char folder[700];
    snprintf(folder, sizeof folder, "%s/meta-3/persona-%d", exports, examples->task[examples->retraining].persona + 1);
    for (int i = 0; i < 2; i++) {
        struct study study;
        struct encoder_file file;
        struct err err = {.code = ERR_NONE};
        begin(&study, schemes[i]);
        if (encoder_file_read(&file, folder, &err))
            fail_msg("%s", err.message);
        assert_non_null(file.head);
        bool same = memcmp(tensors_at(file.base, 0), tensors_at(study.base[TRAINING_META], 0),
                           tensors_length(&file.base->of[0]) * sizeof(float)) == 0;
        assert_int_equal(same, i == 0);
        encoder_file_free(&file);
        study_free(&study);
    }
}

static void where_it_cannot_be_written_it_says_so(void **state)
{
    (void)state;
    struct err err = {.code = ERR_NONE};
    struct study study;
    begin(&study, "lora");
    study.exports = "/nowhere/at/all";
    assert_int_equal(study_export_base(&study, TRAINING_META, 0, study.base[TRAINING_META], &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "/nowhere/at/all/meta-3: cannot make this folder"));
    study_free(&study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bases_and_adapters_come_back_as_they_were),
        cmocka_unit_test(a_second_time_only_what_is_missing_is_made),
        cmocka_unit_test(whole_models_are_written_with_their_heads),
        cmocka_unit_test(where_it_cannot_be_written_it_says_so),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
