/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/explain.h"

#include "base/text.h"
#include "run/key.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A moment of a run, made by hand: d = 16, k = 2, T = 3, both methods where the theory says they end. */
struct moment {
    struct config config;
    struct snapshot *snapshot;
    char text[2048];
};

static void set_curve(struct method_snapshot *state, int dimension, int needed, double top)
{
    for (int r = 0; r <= dimension; r++)
        state->spectra.curve[r] = r < needed ? top * (needed - r) / needed : 0;
    state->spectra.rank_needed = state->theory_rank_needed = needed;
}

static void set_error(struct method_snapshot *state, int rank)
{
    state->spectra.error_rank = state->theory_error_rank = rank;
    for (int j = 0; j < rank; j++)
        state->spectra.singular_values[j] = state->prediction.singular_values[j] = 7.25 - j;
}

/* An error that is not where the theory puts it. */
static void stray(struct method_snapshot *state, int rank)
{
    state->spectra.error_rank = rank;
    state->spectra.singular_values[0] += 2.385;
}

static int moment_setup(void **state)
{
    struct moment *moment = calloc(1, sizeof *moment);
    if (!moment)
        return 1;
    config_default(&moment->config);
    size_t size = (snapshot_size(&moment->config) + 63) / 64 * 64;
    void *memory = aligned_alloc(64, size);
    if (!memory) {
        free(moment);
        return 1;
    }
    memset(memory, 0, size);
    struct snapshot *snapshot = moment->snapshot = snapshot_bind(memory, &moment->config);
    snapshot->config = moment->config;
    snapshot->base_norm = 11.5;
    snapshot->base_norm_two = 6.75;
    snapshot->unseen_norm = 19.25;
    for (int m = 0; m < METHOD_COUNT; m++) {
        struct method_snapshot *method = &snapshot->method[m];
        method->active = m == METHOD_STANDARD || m == METHOD_META;
        method->step = 712;
        method->stability = (struct stability){.inner = 0.0123, .outer = 1.98};
        method->predicted = true;
    }
    struct method_snapshot *standard = &snapshot->method[METHOD_STANDARD];
    set_curve(standard, 16, 8, 237.5);
    set_error(standard, 6);
    standard->train_loss = 63.5;
    standard->gradient_norm = 1e-13;
    standard->base_error = 13.25;
    struct method_snapshot *meta = &snapshot->method[METHOD_META];
    set_curve(meta, 16, 2, 41.5);
    set_error(meta, 0);
    meta->train_loss = 4.5e-29;
    meta->gradient_norm = 2e-14;
    meta->base_error = 3.45e-14;
    *state = moment;
    return 0;
}

static int moment_teardown(void **state)
{
    struct moment *moment = *state;
    free(moment->snapshot);
    free(moment);
    return 0;
}

static const char *explained(struct moment *moment)
{
    struct view view = {.snapshot = moment->snapshot};
    explain(&view, moment->text, sizeof moment->text);
    return moment->text;
}

static void assert_says(struct moment *moment, const char *part)
{
    if (!strstr(explained(moment), part))
        fail_msg("\"%s\" does not say \"%s\"", moment->text, part);
}

static void assert_silent(struct moment *moment, const char *part)
{
    if (strstr(explained(moment), part))
        fail_msg("\"%s\" says \"%s\"", moment->text, part);
}

static void test_theory_met(void **state)
{
    struct moment *moment = *state;
    assert_says(moment, "recover A* exactly (Theorem 3): it has, to 3.0e-15 of ‖A*‖");
    assert_says(moment, "needs rank 2 = k, and a rank-2 adapter leaves a risk of 0");
    assert_says(moment, "sits at A* + mean(R): its error has rank 6 = kT");
    assert_says(moment, "a rank-2 adapter leaves a risk of 178 on the unseen task, which needs rank 8 = k(T+1)");
    assert_silent(moment, "disagree");
}

static void test_standard_elsewhere_with_the_right_rank(void **state)
{
    struct moment *moment = *state;
    moment->snapshot->method[METHOD_STANDARD].spectra.singular_values[2] += 1e-3;
    assert_silent(moment, "sits at A* + mean(R)");
    assert_says(moment, "leaves an error of rank 6 = kT");
}

/* A tolerance so small that rounding counts: the rank is not the theorem's, and what is beyond that is told from a
 * risk. */
static void test_rounding_that_counts(void **state)
{
    struct moment *moment = *state;
    struct snapshot *snapshot = moment->snapshot;
    struct method_snapshot *standard = &snapshot->method[METHOD_STANDARD];
    snapshot->config.adapt.tolerance = 0;
    standard->spectra.rank_needed = 16;
    standard->spectra.curve[8] = 1e-23 * snapshot->unseen_norm * snapshot->unseen_norm;
    assert_says(moment,
                "needs rank 16 (beyond the theory's 8 = k(T+1) there is rounding alone, which adapt.tolerance 0 "
                "counts)");
    standard->spectra.curve[8] = 1e-21 * snapshot->unseen_norm * snapshot->unseen_norm;
    assert_says(moment, "needs rank 16 = d");
}

/* A draw whose smallest singular value passes for 0: the rank is one less than the theorem's, the place is right. */
static void test_prediction_of_the_draw_counts(void **state)
{
    struct moment *moment = *state;
    struct method_snapshot *standard = &moment->snapshot->method[METHOD_STANDARD];
    standard->spectra.error_rank = 5;
    standard->spectra.rank_needed = 7;
    assert_says(moment, "sits at A* + mean(R): its error has rank 5 (Theorem 1)");
    assert_says(moment, "needs rank 7 (what the theory's 8 = k(T+1) would add is too small to count)");
    assert_silent(moment, "disagree");
    standard->predicted = false;
    assert_says(moment, "disagree: its error has rank 5");
}

/* Where k(T+1) > d, the need is d, even if that happens to be kT. */
static void test_capped_rank_is_d(void **state)
{
    struct moment *moment = *state;
    moment->snapshot->config.problem.tasks = 4;
    moment->snapshot->config.problem.dimension = 8;
    struct method_snapshot *standard = &moment->snapshot->method[METHOD_STANDARD];
    standard->spectra.error_rank = standard->theory_error_rank = 8;
    assert_says(moment, "its error has rank 8 = kT");
    assert_says(moment, "which needs rank 8 = d. k(T+1) = 10 is more than d = 8");
}

static void test_underway_and_out_of_steps(void **state)
{
    struct moment *moment = *state;
    struct method_snapshot *meta = &moment->snapshot->method[METHOD_META];
    meta->train_loss = 0.0385;
    meta->gradient_norm = 0.285;
    stray(meta, 16);
    assert_says(moment, "has not converged yet after 712 steps: its loss is 0.0385 and its gradient still 0.285");
    assert_says(moment, "has rank 16, in the end it should be 0");
    assert_silent(moment, "More steps");
    moment->snapshot->done = true;
    assert_says(moment, "has not converged in 712 steps");
    assert_says(moment, "More steps");
}

/* Where more steps are of no use, the reason is said instead. */
static void test_what_keeps_it_from_converging(void **state)
{
    struct moment *moment = *state;
    struct retrain_config *retrain = &moment->snapshot->config.retrain;
    struct method_snapshot *meta = &moment->snapshot->method[METHOD_META];
    meta->gradient_norm = meta->train_loss = 0.385;
    stray(meta, 16);
    moment->snapshot->done = true;
    retrain->outer_rate = 0;
    assert_says(moment, "it should be 0; with outer_rate 0 the base stands still. ");
    assert_silent(moment, "the adapters stand still");
    assert_silent(moment, "More steps");
    retrain->inner_rate = 0;
    assert_says(moment, "; with outer_rate 0 the base stands still; with inner_rate 0 the adapters stand still. ");
    retrain->outer_rate = 0.03;
    assert_says(moment, "it should be 0; with inner_rate 0 the adapters stand still. ");
    retrain->inner_rate = 0.015;
    assert_says(moment, "it should be 0; inner_rate 0.015 is above 0.0123, the largest that is stable near");
    assert_silent(moment, "More steps");
    retrain->inner_rate = 0.003;
    retrain->outer_rate = 1.98;
    assert_says(moment, "; outer_rate 1.98 is just where steps stop being stable. ");
    retrain->outer_rate = 1.97;
    assert_says(moment, "More steps");
}

/* A method without adapters has one rate, and its loss goes to 0 where the data can be fitted. */
static void test_standard_has_no_inner_rate(void **state)
{
    struct moment *moment = *state;
    struct method_snapshot *standard = &moment->snapshot->method[METHOD_STANDARD];
    moment->snapshot->method[METHOD_META].active = false;
    moment->snapshot->config.retrain.inner_rate = 0;
    standard->stability.inner = (double)INFINITY;
    stray(standard, 16);
    standard->gradient_norm = 0.385;
    assert_silent(moment, "stands still");
    assert_silent(moment, "stand still");
    standard->train_loss = standard->gradient_norm = 1e-29;
    standard->theory_error_rank = standard->theory_rank_needed = THEORY_SILENT;
    assert_says(moment, "of ‖A*‖ away from A*, an error of rank 16");
    standard->status = SOLVER_DIVERGED;
    assert_says(moment, "though its rates are below 1.98 (outer), the estimate of what is stable");
    assert_silent(moment, "inf");
}

static void test_divergence_names_the_stable_step(void **state)
{
    struct moment *moment = *state;
    struct method_snapshot *meta = &moment->snapshot->method[METHOD_META];
    meta->status = SOLVER_DIVERGED;
    moment->snapshot->config.retrain.outer_rate = 2.385;
    moment->snapshot->config.retrain.inner_rate = 0.0017;
    assert_says(moment, "diverged at step 713: outer_rate 2.38 is above 1.98");
    assert_silent(moment, "inner_rate");
    moment->snapshot->config.retrain.inner_rate = 0.25;
    assert_says(moment, "inner_rate 0.25 is above 0.0123");
    moment->snapshot->config.retrain.outer_rate = 1.1;
    moment->snapshot->config.retrain.inner_rate = 0.0119;
    assert_says(moment, "the way there is steeper");
    moment->snapshot->method[METHOD_STANDARD].status = SOLVER_DIVERGED;
    moment->snapshot->config.retrain.inner_rate = 0.25;
    explained(moment);
    assert_null(strstr(strstr(moment->text, "Standard"), "inner_rate"));
}

static void test_saddle_spurious_and_disagreement(void **state)
{
    struct moment *moment = *state;
    struct method_snapshot *meta = &moment->snapshot->method[METHOD_META];
    meta->train_loss = 63.5;
    meta->gradient_norm = 1e-12;
    stray(meta, 6);
    assert_says(moment, "come to rest at a loss of 63.5");
    assert_says(moment, "spurious minimum");
    moment->snapshot->config.problem.tasks = 2;
    assert_says(moment, "Theorem 4");
    moment->snapshot->config.problem.tasks = 3;
    moment->snapshot->config.retrain.init_scale = 0;
    assert_says(moment, "U = 0, a saddle");
    assert_silent(moment, "spurious");
    meta->train_loss = 1e-25;
    assert_says(moment, "theory and measurement disagree: its error has rank 6");
    meta->spectra.error_rank = 0;
    meta->spectra.rank_needed = 3;
    assert_says(moment, "disagree: the unseen task needs rank 3, where Theorem 3 says 2");
}

/* A single task is fitted without adapters too, so at U = 0 there is no saddle, and no minimum that is spurious. */
static void test_a_single_task(void **state)
{
    struct moment *moment = *state;
    struct snapshot *snapshot = moment->snapshot;
    struct method_snapshot *meta = &snapshot->method[METHOD_META];
    snapshot->config.problem.tasks = 1;
    meta->predicted = false;
    meta->theory_error_rank = 4;
    meta->theory_rank_needed = 6;
    meta->train_loss = meta->gradient_norm = 1e-29;
    meta->spectra.error_rank = 4;
    meta->spectra.rank_needed = 6;
    assert_says(moment, "leaves an error of rank 4 = 2k, as Theorem 2 says; ");
    assert_says(moment, "which needs rank 6 = 3k");
    assert_says(moment, "A single task does not tell what is the base's");
    meta->spectra.rank_needed = 5;
    assert_says(moment, "rank 5 (what the theory's 6 = 3k would add is too small to count)");
    meta->spectra.error_rank = 3;
    assert_says(moment, "disagree: its error has rank 3, where Theorem 2 says 4");
    snapshot->config.retrain.init_scale = 0;
    assert_says(moment, "disagree");
    meta->spectra.error_rank = 2;
    assert_says(moment, "started at U = 0: no gradient moves the adapters from there, so it goes where standard "
                        "retraining goes, and its error has rank 2. ");
    assert_silent(moment, "saddle");
    snapshot->config.retrain.init_scale = 0.1;
    meta->train_loss = 63.5;
    assert_says(moment, "a single task can always be fitted, so it is a plateau");
}

/* What a solver says of its end counts, whatever the gradient is next to the loss. */
static void test_ends_that_a_solver_reports(void **state)
{
    struct moment *moment = *state;
    struct method_snapshot *meta = &moment->snapshot->method[METHOD_META];
    meta->train_loss = 0.0635;
    meta->gradient_norm = 0.00385;
    stray(meta, 6);
    assert_says(moment, "has not converged yet");
    meta->status = SOLVER_STALLED;
    assert_says(moment, "come to rest at a loss of 0.0635");
    assert_says(moment, "spurious minimum");
    meta->status = SOLVER_UNBOUNDED;
    assert_says(moment, "runs off: its adapters grow without bound");
    assert_says(moment, "and is 0.0635. ");
    assert_silent(moment, "spurious");
    meta->status = SOLVER_CONVERGED;
    meta->theory_error_rank = meta->theory_rank_needed = THEORY_SILENT;
    assert_says(moment, "of ‖A*‖ away from A*, an error of rank 6");
}

static void test_what_no_theorem_covers(void **state)
{
    struct moment *moment = *state;
    struct snapshot *snapshot = moment->snapshot;
    for (int m = 0; m < METHOD_COUNT; m++) {
        snapshot->method[m].theory_error_rank = snapshot->method[m].theory_rank_needed = THEORY_SILENT;
        snapshot->method[m].predicted = false;
        snapshot->method[m].train_loss = 0.375;
        snapshot->method[m].gradient_norm = 1e-11;
    }
    snapshot->config.problem.samples = 385;
    assert_says(moment, "With N = 385 samples a task the theorems' ranks hold only in the limit");
    snapshot->config.problem.noise = 0.15;
    assert_says(moment, "a task and noise the theorems'");
    assert_says(moment, "of ‖A*‖ away from A*");
    snapshot->config.retrain.rank = 1;
    assert_says(moment, "Adapters of rank 1 cannot hold tasks of rank k = 2");
    snapshot->config.problem.truth = TRUTH_GENERAL;
    assert_says(moment, "Symmetric adapters");
    snapshot->config.retrain.rank = 3;
    assert_says(moment, "Adapters of rank 3 hold more than tasks of rank k = 2 ask for");
    assert_silent(moment, "3k");
    snapshot->config.problem.dimension = 5;
    assert_says(moment, "3k = 6 is more than d = 5");
    snapshot->config.problem.tasks = 1;
    assert_silent(moment, "3k");
    assert_says(moment, "A single task");
    snapshot->config.retrain.methods = 1u << METHOD_STANDARD;
    assert_silent(moment, "dapters of rank 3");
    assert_silent(moment, "A single task");
    snapshot->config.retrain.methods = ~0u;
    snapshot->config.problem.dimension = 16;
    snapshot->config.problem.tasks = 9;
    assert_says(moment, "k(T+1) = 20 is more than d = 16");
}

static void test_before_the_first_step(void **state)
{
    struct moment *moment = *state;
    for (int m = 0; m < METHOD_COUNT; m++)
        moment->snapshot->method[m].step = 0;
    assert_says(moment, "should recover A* exactly (Theorem 3), so that rank 2 = k is enough");
    assert_says(moment, "should leave an error of rank 6 = kT, so that the unseen task needs rank 8 = k(T+1)");
    struct view view = {.snapshot = NULL};
    explain(&view, moment->text, sizeof moment->text);
    assert_string_equal(moment->text, "The problem is being drawn.");
}

static void test_networks_are_spoken_of(void **state)
{
    struct moment *moment = *state;
    struct snapshot *snapshot = moment->snapshot;
    snapshot->config.problem.kind = PROBLEM_NETWORK;
    snapshot->config.problem.noise = 0.1;
    snapshot->unseen_norm = (double)NAN;
    for (int m = METHOD_STANDARD; m <= METHOD_META; m++) {
        struct method_snapshot *method = &snapshot->method[m];
        method->theory_error_rank = method->theory_rank_needed = THEORY_SILENT;
        method->spectra.rank_needed = SPECTRA_UNKNOWN;
        method->predicted = false;
        method->spectra.recovery_angle = m == METHOD_META ? 1.57 : 85;
        method->adapt_step = 15000;
        method->risk = 0.0034;
    }
    snapshot->method[METHOD_META].train_loss = 0.0103;
    assert_says(moment,
                "Meta-LoRA retraining has a loss of 0.0103 after 712 epochs, of which the noise makes 0.01; its base "
                "is ");
    assert_says(moment, "away from A*, and what it has for adapters lies 1.57 degrees from the true ones.");
    assert_says(moment, "and what is left for adapters lies 85 degrees from the true ones.");
    assert_says(moment,
                "Fine-tuned at rank 2 by 15000 epochs of AdamW, the error on the unseen task without its noise is "
                "0.0034 after standard retraining, 0.0034 after Meta-LoRA.");
    assert_says(moment, "The theorems are about linear models, so they say nothing of a network.");
    assert_silent(moment, "W_test");
}

static void test_fine_tuning(void **state)
{
    struct moment *moment = *state;
    for (int m = 0; m < METHOD_COUNT; m++) {
        moment->snapshot->method[m].adapt_step = 385;
        moment->snapshot->method[m].risk = m == METHOD_META ? 2.4e-9 : 178.5;
    }
    assert_says(moment, "Fine-tuned at rank 2 by 385 steps of gradient descent, the risk is 178 after standard "
                        "retraining, 2.4e-09 after Meta-LoRA.");
    moment->snapshot->method[METHOD_STANDARD].adapt_status = SOLVER_CONVERGED;
    assert_says(moment, "Fine-tuned at rank 2 in closed form, the risk is 178 after standard retraining, ");
    moment->snapshot->method[METHOD_META].adapt_status = SOLVER_DIVERGED;
    assert_says(moment, "the risk is 178 after standard retraining. Fine-tuning after Meta-LoRA diverged");
}

/* Whichever methods there are: each is spoken of in phrases of its own. */
static void test_baselines_are_spoken_of(void **state)
{
    struct moment *moment = *state;
    struct snapshot *snapshot = moment->snapshot;
    for (int m = 0; m < METHOD_COUNT; m++) {
        struct method_snapshot *method = &snapshot->method[m];
        method->active = true;
        method->adapt_step = 385;
        method->risk = m;
    }
    snapshot->method[METHOD_REPTILE] = snapshot->method[METHOD_STANDARD];
    snapshot->method[METHOD_FOMAML].status = SOLVER_DIVERGED;
    set_curve(&snapshot->method[METHOD_ORACLE], 16, 2, 41.5);
    set_error(&snapshot->method[METHOD_ORACLE], 0);
    set_curve(&snapshot->method[METHOD_NONE], 16, 16, 95.25);
    set_error(&snapshot->method[METHOD_NONE], 16);
    assert_says(moment, "the risk is 0 after standard retraining, 1 after Meta-LoRA, 0 after Reptile, 3 after "
                        "first-order MAML, 4 from A* itself, 5 without retraining. ");
    assert_says(moment, "Reptile rests at the same base as standard retraining. ");
    assert_says(moment, "First-order MAML diverged at step 713");
    assert_says(moment, "The oracle knows A*; the unseen task needs rank 2 = k, and a rank-2 adapter leaves");
    assert_says(moment, "No retraining leaves A at 0, an error of rank 16 = d; a rank-2 adapter leaves a risk of");
    const char *meta = strstr(moment->text, "Meta-LoRA"), *standard = strstr(moment->text, "Standard retraining sits");
    assert_true(meta && standard && meta < standard);
    snapshot->method[METHOD_STANDARD].active = false;
    assert_says(moment, "Reptile sits at A* + mean(R): its error has rank 6 = kT (Theorem 1); ");
}

static void test_inactive_method_is_not_mentioned(void **state)
{
    struct moment *moment = *state;
    moment->snapshot->method[METHOD_STANDARD].active = false;
    moment->snapshot->config.retrain.methods = 1u << METHOD_META;
    assert_silent(moment, "tandard");
}

/* Whatever the room, the text is UTF-8, ends within it, and is cut with a mark. */
static void test_cut_at_every_size(void **state)
{
    struct moment *moment = *state;
    struct view view = {.snapshot = moment->snapshot};
    size_t whole = strlen(explained(moment));
    char cut[2048];
    for (size_t size = 1; size <= whole + 2; size++) {
        memset(cut, 'x', sizeof cut);
        explain(&view, cut, size);
        size_t length = strlen(cut);
        assert_true(length < size);
        for (size_t i = 0; i < length;) {
            uint32_t rune;
            size_t bytes = text_decode(cut + i, length - i, &rune);
            assert_true(bytes > 0);
            i += bytes;
        }
        if (size == whole + 2) /* with room for the blank that ends a sentence */
            assert_string_equal(cut, moment->text);
        else if (size > sizeof "…")
            assert_non_null(strstr(cut, "…"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_theory_met, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_standard_elsewhere_with_the_right_rank, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_rounding_that_counts, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_prediction_of_the_draw_counts, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_capped_rank_is_d, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_underway_and_out_of_steps, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_what_keeps_it_from_converging, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_standard_has_no_inner_rate, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_divergence_names_the_stable_step, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_saddle_spurious_and_disagreement, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_a_single_task, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_ends_that_a_solver_reports, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_what_no_theorem_covers, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_before_the_first_step, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_networks_are_spoken_of, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_baselines_are_spoken_of, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_fine_tuning, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_inactive_method_is_not_mentioned, moment_setup, moment_teardown),
        cmocka_unit_test_setup_teardown(test_cut_at_every_size, moment_setup, moment_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
