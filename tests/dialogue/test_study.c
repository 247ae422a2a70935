/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "dialogue/comparison.h"
#include "dialogue/study.h"
#include "support/dialogue_sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct dialogue_sample sample;
static char journal[512];

static int set_up(void **state)
{
    (void)state;
    struct err err = {.code = ERR_NONE};
    if (!dialogue_sample_make(&sample, &err))
        fail_msg("%s", err.message);
    sample.project.folder = strdup(getenv("TMPDIR"));
    snprintf(journal, sizeof journal, "%s/results.txt", getenv("TMPDIR"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dialogue_sample_free(&sample);
    return 0;
}

static void begin(struct study *study, int seeds)
{
    struct err err = {.code = ERR_NONE};
    struct study_plan plan = study_usual();
    plan.seeds = seeds;
    plan.schemes = 2;
    if (study_begin(study, &plan, &sample.project, &err))
        fail_msg("%s", err.message);
}

static void tell(struct study *study, int method, int seed, int persona, int hits)
{
    struct study_outcome *outcome = (struct study_outcome *)study_adapted(study, method, seed, 1, persona);
    outcome->known = true;
    outcome->epochs = 1;
    outcome->epoch[0] = (struct training_epoch){0.5, 0.25 * hits, hits, 4};
}

static void assert_near(double value, double wanted)
{
    if (!(fabs(value - wanted) < 1e-12))
        fail_msg("%.17g, not %.17g", value, wanted);
}

/* Numbers computed by hand. */
static void errors_are_over_seeds_and_the_test_is_over_personas(void **state)
{
    (void)state;
    static const int hits[2][3][2] = {{{1, 2}, {2, 2}, {0, 3}}, {{3, 2}, {2, 4}, {1, 4}}};
    struct study study;
    begin(&study, 3);
    for (int method = 0; method < 2; method++)
        for (int seed = 0; seed < 3; seed++)
            for (int persona = 0; persona < 2; persona++)
                tell(&study, method, seed, persona, hits[method][seed][persona]);
    struct comparison_cell cell = comparison_cell(&study, TRAINING_STANDARD, 1);
    assert_int_equal(cell.seeds, 3);
    assert_near(cell.hit, 10.0 / 24);
    assert_near(cell.hit_error, 1.0 / 24); /* means of 3/8, 4/8 and 3/8 */
    assert_near(cell.loss, 0.25 * 10 / 6);
    assert_true(isnan(cell.gain));
    cell = comparison_cell(&study, TRAINING_META, 1);
    assert_near(cell.hit, 16.0 / 24);
    assert_near(cell.gain, 0.25);
    assert_true(isnan(cell.gain_t)); /* a quarter for both personas: no spread */
    tell(&study, TRAINING_META, 2, 1, 1);
    cell = comparison_cell(&study, TRAINING_META, 1);
    assert_near(cell.gain, 0.125); /* a quarter and nothing */
    assert_near(cell.gain_t, 1);
    assert_near(cell.gain_p, 0.5); /* Cauchy: 1 − (2/π) arctan 1 */
    struct comparison_persona persona = comparison_persona(&study, TRAINING_META, 1, 0);
    assert_int_equal(persona.seeds, 3);
    assert_near(persona.hit, 0.5);
    assert_near(persona.error, 0.25 / sqrt(3));
    assert_int_equal(comparison_cell(&study, TRAINING_REPTILE, 1).seeds, 0);
    assert_true(isnan(comparison_cell(&study, TRAINING_REPTILE, 1).hit));
    study_free(&study);
}

/* A seed that one of the personas lacks is not half counted. */
static void a_seed_counts_when_it_is_whole(void **state)
{
    (void)state;
    struct study study;
    begin(&study, 2);
    tell(&study, TRAINING_STANDARD, 0, 0, 4);
    tell(&study, TRAINING_STANDARD, 0, 1, 2);
    tell(&study, TRAINING_STANDARD, 1, 0, 0);
    struct comparison_cell cell = comparison_cell(&study, TRAINING_STANDARD, 1);
    assert_int_equal(cell.seeds, 1);
    assert_near(cell.hit, 0.75);
    assert_true(isnan(cell.hit_error));
    study_free(&study);
}

static void every_job_is_another_one(void **state)
{
    (void)state;
    struct study study;
    begin(&study, 2);
    assert_int_equal(study_retrain_jobs(&study), 6);
    assert_int_equal(study_adapt_jobs(&study), 24);
    sample.project.settings.epochs = sample.project.settings.adapt_epochs = 1;
    for (int i = 0; i < study_retrain_jobs(&study); i++)
        study_retrain(&study, i, 0);
    for (int i = 0; i < study_adapt_jobs(&study); i++)
        study_adapt(&study, i, 0);
    assert_int_equal(study.err.code, ERR_NONE);
    assert_int_equal(atomic_load(&study.done), 30);
    assert_int_equal(study.lines, 24);
    for (int method = 0; method < 3; method++)
        for (int scheme = 0; scheme < 2; scheme++)
            assert_int_equal(comparison_cell(&study, method, scheme).seeds, 2);
    study_free(&study);
    begin(&study, 2); /* and all of it is known the next time */
    assert_int_equal(study.lines, 24);
    study_free(&study);
    unlink(journal);
    sample.project.settings = dialogue_sample_settings();
}

static void a_damaged_journal_is_refused_by_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"", ":1: must be \"rankscope results 1\""},
        {"rankscope results 2\n", ":1: must be"},
        {"rankscope results 1\n0123456789abcdef 0 1 4 2 0x1p-1 0x1p-2\nnonsense\n", ":3: is no result"},
        {"rankscope results 1\n0123456789abcdef 0 1 4 5 0x1p-1 0x1p-2\n", ":2: is no result"}, /* five of four */
        {"rankscope results 1\n0123456789abcdef 0 2 4 2 0x1p-1 0x1p-2\n", ":2: is no result"},
        {"rankscope results 1\n0123456789abcdef 0 1 4 2 0x1p-1 0x1p-2 7\n", ":2: is no result"},
        {"rankscope results 1\n01234567 0 1 4 2 0x1p-1 0x1p-2\n", ":2: is no result"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct study study;
        struct study_plan plan = study_usual();
        struct err err = {.code = ERR_NONE};
        assert_int_equal(file_write(journal, bad[i].text, strlen(bad[i].text), &err), ERR_NONE);
        assert_int_equal(study_begin(&study, &plan, &sample.project, &err), ERR_INPUT);
        if (strstr(err.message, bad[i].message) == NULL)
            fail_msg("\"%s\" should say \"%s\"", err.message, bad[i].message);
    }
    unlink(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_over_seeds_and_the_test_is_over_personas),
        cmocka_unit_test(a_seed_counts_when_it_is_whole),
        cmocka_unit_test(every_job_is_another_one),
        cmocka_unit_test(a_damaged_journal_is_refused_by_line),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
