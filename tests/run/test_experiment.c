/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linalg.h"
#include "model/measure.h"
#include "run/experiment.h"
#include "run/key.h"
#include "support/near.h"
#include "support/trace.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static struct config adapting_config(int steps, int adapt_steps)
{
    struct config config = trace_config(steps);
    config.problem.samples = 40;
    config.problem.noise = 0.02385;
    config.adapt.samples = 31;
    config.adapt.solver = ADAPT_PAPER;
    config.adapt.steps = adapt_steps;
    return config;
}

static double frobenius(size_t count, const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

static void test_starts_at_step_0_of_retraining(void **state)
{
    (void)state;
    struct config config = trace_config(5);
    struct trace *trace = trace_new(&config);
    assert_int_equal(experiment_stage(trace->experiment), STAGE_RETRAIN);
    assert_int_equal(experiment_steps(trace->experiment), 0);
    assert_false(experiment_done(trace->experiment));
    const struct snapshot *snapshot = trace_view(trace).snapshot;
    assert_false(snapshot->done);

    struct err err;
    struct problem *problem = problem_new(&config.problem, config.adapt.samples, &err);
    assert_non_null(problem);
    assert_near(snapshot->base_norm, frobenius(49, problem->base), 1e-12);
    assert_near(snapshot->unseen_norm, frobenius(49, problem->target + 3 * 49), 1e-12);
    assert_true(snapshot->base_norm_two <= snapshot->base_norm);
    assert_true(snapshot->base_norm_two >= snapshot->base_norm / sqrt(7));
    problem_free(problem);

    for (int i = 0; i <= METHOD_META; i++) {
        const struct method_snapshot *method = &snapshot->method[i];
        assert_true(method->active);
        assert_int_equal(method->step, 0);
        assert_null(method->phase);
        assert_int_equal(method->status, SOLVER_RUNNING);
        assert_near(method->train_loss, method->start_loss, 0);
        assert_near(method->base_error, snapshot->base_norm, 1e-12); /* Â = 0 */
        assert_near(method->risk, method->spectra.curve[config.adapt.rank], 0);
        assert_true(isnan(method->adapt_loss) && isnan(method->adapt_paper_loss) && isnan(method->paper_loss));
        assert_true(method->stability.outer > config.retrain.outer_rate);
    }
    assert_true(isinf(snapshot->method[METHOD_STANDARD].stability.inner));
    trace_free(trace);
}

static void test_takes_all_its_steps_and_no_more(void **state)
{
    (void)state;
    struct config config = trace_config(23);
    struct trace *trace = trace_new(&config);
    assert_int_equal(trace_steps(trace, LONG_MAX, experiment_step), 23);
    assert_int_equal(experiment_steps(trace->experiment), 23);
    assert_true(experiment_done(trace->experiment));
    assert_false(experiment_step(trace->experiment));
    assert_false(experiment_step_phase(trace->experiment));
    assert_int_equal(experiment_stage(trace->experiment), STAGE_RETRAIN);
    assert_true(trace_view(trace).snapshot->done);
    trace_free(trace);
}

static void test_moves_on_to_fine_tuning_in_a_call_of_its_own(void **state)
{
    (void)state;
    struct config config = adapting_config(11, 17);
    struct trace *trace = trace_new(&config);
    assert_int_equal(trace_steps(trace, 11, experiment_step), 11);
    assert_true(experiment_stage_done(trace->experiment));
    assert_false(experiment_done(trace->experiment));
    assert_int_equal(experiment_stage(trace->experiment), STAGE_RETRAIN);
    double base_error = trace_view(trace).snapshot->method[METHOD_META].base_error;

    assert_int_equal(trace_steps(trace, 1, experiment_step), 1);
    assert_int_equal(experiment_stage(trace->experiment), STAGE_ADAPT);
    assert_int_equal(experiment_steps(trace->experiment), 0);
    assert_int_equal(trace_steps(trace, LONG_MAX, experiment_step), 17);
    assert_true(experiment_done(trace->experiment));
    assert_int_equal(experiment_error(trace->experiment)->code, ERR_NONE);

    struct view view = trace_view(trace);
    for (int i = 0; i <= METHOD_META; i++) {
        const struct method_snapshot *method = &view.snapshot->method[i];
        assert_int_equal(method->step, 11);
        assert_int_equal(method->adapt_step, 17);
        assert_true(isfinite(method->adapt_loss) && isfinite(method->adapt_paper_loss));
        assert_string_equal(method->phase, "fine-tune");
        const struct curve *loss = &view.history[i][STAGE_ADAPT]->curve[SERIES_TRAIN_LOSS];
        assert_int_equal(loss->bucket[0].step, 0);
        assert_int_equal(loss->bucket[loss->count - 1].last_step, 17);
        assert_near(loss->bucket[loss->count - 1].last, method->adapt_loss, 0);
        const struct curve *risk = &view.history[i][STAGE_ADAPT]->curve[SERIES_RISK];
        assert_near(risk->bucket[risk->count - 1].last, method->risk, 0);
        assert_int_equal(view.history[i][STAGE_ADAPT]->curve[SERIES_BASE_ERROR].count, 0);
    }
    assert_near(view.snapshot->method[METHOD_META].base_error, base_error, 0); /* Â is frozen */
    trace_free(trace);
}

/* Methods that have come to rest take no more steps, end the run, and are fine-tuned; exactly takes one step. */
static void test_methods_at_rest_end_the_stage_and_are_fine_tuned(void **state)
{
    (void)state;
    struct config config = adapting_config(5000, 17);
    config.problem.samples = SAMPLES_POPULATION;
    config.retrain.solver = solver_find("newton");
    config.adapt.solver = ADAPT_EXACT;
    struct trace *trace = trace_new(&config);
    long taken = trace_steps(trace, LONG_MAX, experiment_step);
    assert_in_range(taken, 7, 60);
    assert_true(experiment_done(trace->experiment));
    struct view view = trace_view(trace);
    const struct method_snapshot *standard = &view.snapshot->method[METHOD_STANDARD];
    const struct method_snapshot *meta = &view.snapshot->method[METHOD_META];
    assert_true(view.snapshot->done);
    assert_int_equal(standard->status, SOLVER_CONVERGED);
    assert_int_equal(standard->step, 1);
    assert_int_equal(meta->status, SOLVER_CONVERGED);
    assert_int_equal(meta->step + 2, taken); /* one moves on, and one is the fine-tuning's */
    for (int i = 0; i <= METHOD_META; i++) {
        const struct method_snapshot *method = &view.snapshot->method[i];
        assert_int_equal(method->adapt_status, SOLVER_CONVERGED);
        assert_int_equal(method->adapt_step, 1);
        const struct curve *loss = &view.history[i][STAGE_RETRAIN]->curve[SERIES_TRAIN_LOSS];
        assert_int_equal(loss->bucket[loss->count - 1].last_step, method->step);
        assert_near(loss->bucket[loss->count - 1].last, method->train_loss, 0);
    }
    trace_free(trace);
}

static void test_steps_and_phases_give_the_same_bits(void **state)
{
    (void)state;
    struct config config = adapting_config(60, 30);
    struct trace *steps = trace_new(&config), *phases = trace_new(&config), *mixed = trace_new(&config);
    trace_steps(steps, LONG_MAX, experiment_step);
    trace_steps(phases, LONG_MAX, experiment_step_phase);
    for (long i = 1; !experiment_done(mixed->experiment); i++) { /* now and then a step finishes what a phase began */
        trace_steps(mixed, i % 4, experiment_step_phase);
        trace_steps(mixed, i % 3, experiment_step);
    }
    struct view a = trace_view(steps), b = trace_view(phases), c = trace_view(mixed);
    assert_same_view(&a, &b);
    assert_same_view(&a, &c);
    assert_int_equal(a.snapshot->method[METHOD_META].adapt_step, 30);
    trace_free(steps);
    trace_free(phases);
    trace_free(mixed);
}

/* Baselines take their steps whole, beside others that are taken by phases. */
static void test_baselines_keep_step_with_phases(void **state)
{
    (void)state;
    struct config config;
    config_default(&config);
    config.retrain.methods = (1u << METHOD_COUNT) - 1;
    config.retrain.steps = 7;
    struct err err = {0};
    struct experiment *whole = experiment_new(&config, &err), *parts = experiment_new(&config, &err);
    assert_non_null(whole);
    assert_non_null(parts);
    while (experiment_step(whole))
        ;
    for (int turn = 0; turn < 5; turn++)
        experiment_step_phase(parts);
    assert_int_equal(experiment_steps(parts), 3); /* the baselines' third, and the others' first half of it */
    while (experiment_step(parts))                /* which ends it */
        ;
    for (int row = 0; row < METHOD_COUNT; row++) {
        const struct point *a = experiment_point(whole, row, STAGE_RETRAIN);
        const struct point *b = experiment_point(parts, row, STAGE_RETRAIN);
        assert_memory_equal(a->base, b->base, point_base_size(a) * sizeof(double));
    }
    assert_true(experiment_point(whole, METHOD_NONE, STAGE_RETRAIN)->base[3] == 0);
    assert_true(experiment_point(whole, METHOD_ORACLE, STAGE_RETRAIN)->base[3] == experiment_problem(whole)->base[3]);
    experiment_free(whole);
    experiment_free(parts);
}

/* A network goes the same way as everything else: retrained, fine-tuned, measured, the same bits by steps and by
 * phases. */
static void test_networks_are_experiments(void **state)
{
    (void)state;
    struct config config = adapting_config(400, 300);
    config.problem.kind = PROBLEM_NETWORK;
    config.problem.samples = 60;
    config.problem.noise = 0.01;
    config.adapt.samples = 40;
    config.retrain.methods |= 1u << METHOD_ORACLE;
    config.retrain.outer_rate = config.adapt.rate = 0.01;
    struct trace *steps = trace_new(&config), *phases = trace_new(&config);
    trace_steps(steps, LONG_MAX, experiment_step);
    trace_steps(phases, LONG_MAX, experiment_step_phase);
    struct view a = trace_view(steps), b = trace_view(phases);
    assert_same_view(&a, &b);
    for (int row = METHOD_STANDARD; row <= METHOD_ORACLE; row += row == METHOD_META ? METHOD_ORACLE - METHOD_META : 1) {
        const struct method_snapshot *method = &a.snapshot->method[row];
        assert_int_equal(method->theory_error_rank, THEORY_SILENT);
        assert_int_equal(method->spectra.rank_needed, SPECTRA_UNKNOWN);
        assert_true(isnan(method->excess_risk) && isnan(method->spectra.curve[0]));
        assert_true(row == METHOD_ORACLE || method->train_loss < 0.2 * method->start_loss);
        assert_true(isfinite(method->base_error) && isfinite(method->spectra.recovery_angle));
        assert_int_equal(method->adapt_step, 300);
        const struct curve *risk = &a.history[row][STAGE_ADAPT]->curve[SERIES_RISK];
        assert_true(method->risk < 0.9 * risk->bucket[0].max);
    }
    assert_near(a.snapshot->method[METHOD_ORACLE].base_error, 0, 1e-14);
    trace_free(steps);
    trace_free(phases);
}

static void test_phases_have_their_names(void **state)
{
    (void)state;
    struct config config = trace_config(9);
    const struct solver_type *type = &solver_table[config.retrain.solver];
    struct trace *trace = trace_new(&config);
    for (int step = 0; step < 2; step++)
        for (int phase = 0; phase < type->phases; phase++) {
            assert_int_equal(experiment_steps(trace->experiment), step);
            assert_true(experiment_step_phase(trace->experiment));
            assert_string_equal(trace_view(trace).snapshot->method[METHOD_META].phase, type->phase_names[phase]);
        }
    assert_int_equal(experiment_steps(trace->experiment), 2);
    trace_free(trace);
}

/* A snapshot, a sample, an update that changes nothing: to look must not move anything. */
static void test_measuring_moves_nothing(void **state)
{
    (void)state;
    struct config config = adapting_config(40, 20);
    struct trace *plain = trace_new(&config), *watched = trace_new(&config);
    trace_steps(plain, LONG_MAX, experiment_step);
    do {
        struct sample sample;
        trace_view(watched);
        assert_true(experiment_sample(watched->experiment, METHOD_META, true, &sample));
        assert_int_equal(experiment_update(watched->experiment, &config, NULL), ERR_NONE);
    } while (trace_steps(watched, 1, experiment_step_phase));
    struct view a = trace_view(plain), b = trace_view(watched);
    assert_same_view(&a, &b);
    trace_free(plain);
    trace_free(watched);
}

static void test_new_rates_wait_for_the_next_step(void **state)
{
    (void)state;
    struct config config = trace_config(50), changed = config;
    changed.retrain.outer_rate = 0.02385;
    changed.retrain.inner_rate = 0.001;
    changed.retrain.inner_steps = 3;
    struct trace *between = trace_new(&config), *within = trace_new(&config), *never = trace_new(&config);
    trace_steps(between, 8, experiment_step);
    assert_int_equal(experiment_update(between->experiment, &changed, NULL), ERR_NONE);
    trace_steps(between, LONG_MAX, experiment_step);

    trace_steps(within, 7, experiment_step);
    trace_steps(within, 1, experiment_step_phase);
    assert_int_equal(experiment_update(within->experiment, &changed, NULL), ERR_NONE);
    trace_steps(within, LONG_MAX, experiment_step);
    trace_steps(never, LONG_MAX, experiment_step);

    struct view a = trace_view(between), b = trace_view(within);
    assert_same_view(&a, &b);
    assert_near(a.snapshot->config.retrain.outer_rate, 0.02385, 0);
    assert_true(trace_view(never).snapshot->method[0].train_loss != a.snapshot->method[0].train_loss);
    trace_free(between);
    trace_free(within);
    trace_free(never);
}

static void test_live_keys_are_taken_over_and_no_others(void **state)
{
    (void)state;
    for (int key = 0; key < key_count; key++) {
        struct config config = trace_config(50), changed = config;
        struct err err;
        if (key_table[key].type == KEY_TEXT || key_nudge(&changed, key, 1, &err))
            continue;
        struct trace *trace = trace_new(&config);
        assert_int_equal(experiment_update(trace->experiment, &changed, NULL), ERR_NONE);
        char got[KEY_VALUE_SIZE], want[KEY_VALUE_SIZE];
        key_format(trace_view(trace).snapshot ? &trace->snapshot->config : NULL, key, got);
        key_format(key_table[key].live ? &changed : &config, key, want);
        assert_string_equal(got, want);
        trace_free(trace);
    }
}

static void test_fewer_and_more_steps_in_mid_run(void **state)
{
    (void)state;
    struct config config = trace_config(40), longer = trace_config(55);
    struct trace *trace = trace_new(&config), *whole = trace_new(&longer);
    trace_steps(trace, 20, experiment_step);
    config.retrain.steps = 13;
    assert_int_equal(experiment_update(trace->experiment, &config, NULL), ERR_NONE);
    assert_true(experiment_done(trace->experiment));
    assert_int_equal(experiment_update(trace->experiment, &longer, NULL), ERR_NONE);
    assert_int_equal(trace_steps(trace, LONG_MAX, experiment_step), 35);
    trace_steps(whole, LONG_MAX, experiment_step);
    assert_same_snapshot(trace_view(trace).snapshot, trace_view(whole).snapshot);
    trace_free(trace);
    trace_free(whole);
}

/* A solver of this type, started at the point; fails the test without memory. */
static struct solver *solver_at(const struct experiment *experiment, const char *type, const struct point *point)
{
    const struct retrain_config *retrain = &experiment_config(experiment)->retrain;
    struct solver_setup setup = {
        .moments = &experiment_problem(experiment)->retrain,
        .rank = point->rank,
        .shape = point->shape,
        .rates = {.inner_steps = retrain->inner_steps, .inner = retrain->inner_rate, .outer = retrain->outer_rate}};
    struct solver *solver = solver_new(&solver_table[solver_find(type)], &setup, NULL);
    assert_non_null(solver);
    size_t factors = (size_t)point->tasks * point_factor_size(point) * sizeof(double);
    memcpy(solver_point(solver)->base, point->base, point_base_size(point) * sizeof(double));
    memcpy(solver_point(solver)->left, point->left, factors);
    memcpy(solver_point(solver)->right, point->right, factors);
    return solver;
}

static void test_another_solver_goes_on_from_there(void **state)
{
    (void)state;
    for (int to = 0; to < solver_count; to++) {
        struct config config = trace_config(300);
        struct trace *trace = trace_new(&config);
        trace_steps(trace, 100, experiment_step);
        struct solver *fresh[METHOD_COUNT];
        for (int row = 0; row <= METHOD_META; row++)
            fresh[row] = solver_at(trace->experiment, solver_table[to].name,
                                   experiment_point(trace->experiment, row, STAGE_RETRAIN));
        config.retrain.solver = to;
        assert_int_equal(experiment_update(trace->experiment, &config, NULL), ERR_NONE);
        assert_int_equal(experiment_steps(trace->experiment), 100);
        trace_steps(trace, 50, experiment_step);
        for (int row = 0; row <= METHOD_META; row++) {
            for (int step = 0; step < 50; step++)
                solver_step(fresh[row]);
            const struct point *want = solver_point(fresh[row]);
            const struct point *got = experiment_point(trace->experiment, row, STAGE_RETRAIN);
            assert_memory_equal(got->base, want->base, point_base_size(want) * sizeof(double));
            assert_memory_equal(got->left, want->left, (size_t)want->tasks * point_factor_size(want) * sizeof(double));
            const struct curve *curve = &trace->history[row][STAGE_RETRAIN]->curve[SERIES_TRAIN_LOSS];
            assert_int_equal(curve->bucket[0].step, 0);
            assert_int_equal(curve->bucket[curve->count - 1].last_step, 100 + solver_steps(fresh[row]));
            solver_free(fresh[row]);
        }
        assert_int_equal(trace_view(trace).snapshot->config.retrain.solver, to);
        trace_free(trace);
    }
}

/* Standard retraining is at rest after a step of altmin; with another solver it keeps pace with the others again. */
static void test_what_is_at_rest_goes_on_with_another_solver(void **state)
{
    (void)state;
    struct config config = trace_config(5000);
    config.retrain.solver = solver_find("altmin");
    struct trace *trace = trace_new(&config);
    trace_steps(trace, LONG_MAX, experiment_step);
    assert_true(experiment_done(trace->experiment));
    long steps = experiment_steps(trace->experiment);
    assert_in_range(steps, 20, 4000);
    assert_int_equal(trace_view(trace).snapshot->method[METHOD_STANDARD].step, 1);
    assert_int_equal(trace_view(trace).snapshot->method[METHOD_META].status, SOLVER_CONVERGED);
    config.retrain.solver = solver_find("gd");
    assert_int_equal(experiment_update(trace->experiment, &config, NULL), ERR_NONE);
    assert_false(experiment_done(trace->experiment));
    assert_int_equal(trace_steps(trace, 7, experiment_step), 7);
    for (int row = 0; row <= METHOD_META; row++) {
        assert_int_equal(trace_view(trace).snapshot->method[row].step, steps + 7);
        assert_int_equal(trace_view(trace).snapshot->method[row].status, SOLVER_RUNNING);
    }
    trace_free(trace);
}

/* Switching there and back while standing still changes nothing; in fine-tuning it is too late. */
static void test_switching_solvers_moves_nothing(void **state)
{
    (void)state;
    struct config config = adapting_config(40, 20);
    struct config other = config;
    other.retrain.solver = solver_find("gd");
    struct trace *plain = trace_new(&config);
    struct trace *switched = trace_new(&config);
    trace_steps(plain, LONG_MAX, experiment_step);
    do {
        assert_int_equal(experiment_update(switched->experiment, &other, NULL), ERR_NONE);
        assert_int_equal(experiment_update(switched->experiment, &config, NULL), ERR_NONE);
    } while (trace_steps(switched, 1, experiment_step));
    struct view a = trace_view(plain);
    struct view b = trace_view(switched);
    assert_same_view(&a, &b);
    trace_free(plain);
    trace_free(switched);
}

static void test_fine_tuning_can_begin_anywhere(void **state)
{
    (void)state;
    struct config config = trace_config(40); /* exact: nobody asked for fine-tuning by gradient descent */
    config.adapt.steps = 12;
    struct trace *trace = trace_new(&config);
    struct err err;
    trace_steps(trace, 5, experiment_step);
    trace_steps(trace, 1, experiment_step_phase); /* in mid-step */
    assert_int_equal(experiment_begin_adapt(trace->experiment, &err), ERR_NONE);
    assert_int_equal(experiment_stage(trace->experiment), STAGE_ADAPT);
    trace_steps(trace, 4, experiment_step);
    assert_int_equal(experiment_begin_adapt(trace->experiment, &err), ERR_NONE); /* has begun: nothing happens */
    assert_int_equal(experiment_steps(trace->experiment), 4);

    config.adapt.rank = 5; /* it has begun with another */
    config.adapt.rate = 0.002385;
    assert_int_equal(experiment_update(trace->experiment, &config, NULL), ERR_NONE);
    assert_int_equal(trace_view(trace).snapshot->config.adapt.rank, 2);
    assert_int_equal(trace_steps(trace, LONG_MAX, experiment_step), 8);
    assert_int_equal(trace_view(trace).snapshot->method[METHOD_META].step, 5);
    trace_free(trace);
}

static void test_one_method_alone_is_as_beside_the_other(void **state)
{
    (void)state;
    struct config both = trace_config(50), alone = both;
    alone.retrain.methods = 1u << METHOD_META;
    struct trace *a = trace_new(&both), *b = trace_new(&alone);
    trace_steps(a, LONG_MAX, experiment_step);
    trace_steps(b, LONG_MAX, experiment_step);
    struct sample sample;
    assert_false(experiment_sample(b->experiment, METHOD_STANDARD, true, &sample));
    struct view with = trace_view(a), without = trace_view(b);
    assert_false(without.snapshot->method[METHOD_STANDARD].active);
    assert_near(with.snapshot->method[METHOD_META].train_loss, without.snapshot->method[METHOD_META].train_loss, 0);
    trace_free(a);
    trace_free(b);
}

/* A step size far above what is stable for the adapters: standard retraining has none and goes on. */
static void test_one_method_diverges_and_the_other_goes_on(void **state)
{
    (void)state;
    struct config config = adapting_config(80, 10);
    config.retrain.inner_rate = 3;
    struct trace *trace = trace_new(&config);
    trace_steps(trace, 80, experiment_step);
    struct view view = trace_view(trace);
    const struct method_snapshot *meta = &view.snapshot->method[METHOD_META];
    assert_int_equal(meta->status, SOLVER_DIVERGED);
    assert_true(meta->stability.inner < 3);
    assert_true(isfinite(meta->train_loss) && isfinite(meta->base_error));
    assert_true(meta->step < 80);
    assert_int_equal(view.snapshot->method[METHOD_STANDARD].status, SOLVER_RUNNING);
    assert_int_equal(view.snapshot->method[METHOD_STANDARD].step, 80);
    struct sample sample;
    assert_false(experiment_sample(trace->experiment, METHOD_META, true, &sample)); /* its end was recorded */
    const struct curve *loss = &view.history[METHOD_META][STAGE_RETRAIN]->curve[SERIES_TRAIN_LOSS];
    assert_int_equal(loss->bucket[loss->count - 1].last_step, meta->step);

    assert_int_equal(trace_steps(trace, LONG_MAX, experiment_step), 11); /* fine-tuning, of the other alone */
    assert_false(experiment_sample(trace->experiment, METHOD_META, true, &sample));
    view = trace_view(trace);
    assert_int_equal(view.snapshot->method[METHOD_META].adapt_step, 0);
    assert_int_equal(view.snapshot->method[METHOD_STANDARD].adapt_step, 10);
    assert_true(isnan(view.snapshot->method[METHOD_META].adapt_loss));
    trace_free(trace);
}

static void test_done_when_every_method_diverged(void **state)
{
    (void)state;
    struct config config = adapting_config(5000, 10);
    config.retrain.outer_rate = 23.85;
    struct trace *trace = trace_new(&config);
    assert_true(trace_steps(trace, LONG_MAX, experiment_step) < 5000);
    assert_true(experiment_done(trace->experiment));
    assert_int_equal(experiment_stage(trace->experiment), STAGE_RETRAIN);
    struct err err;
    assert_int_equal(experiment_begin_adapt(trace->experiment, &err), ERR_NONE);
    assert_int_equal(experiment_stage(trace->experiment), STAGE_RETRAIN); /* there is nothing to fine-tune */
    struct experiment_flops flops = experiment_flops(trace->experiment);
    assert_near(flops.step + flops.scalars + flops.spectra, 0, 0);
    const struct snapshot *snapshot = trace_view(trace).snapshot;
    assert_true(snapshot->done);
    for (int i = 0; i <= METHOD_META; i++)
        assert_true(isfinite(snapshot->method[i].train_loss) && isfinite(snapshot->method[i].spectra.curve[0]));
    trace_free(trace);
}

static void test_samples_say_what_the_snapshot_says(void **state)
{
    (void)state;
    struct config config = trace_config(50);
    struct trace *trace = trace_new(&config);
    trace_steps(trace, 19, experiment_step);
    const struct snapshot *snapshot = trace_view(trace).snapshot;
    for (int i = 0; i <= METHOD_META; i++) {
        struct sample cheap, full;
        assert_true(experiment_sample(trace->experiment, i, false, &cheap));
        assert_true(experiment_sample(trace->experiment, i, true, &full));
        assert_int_equal(full.step, 19);
        assert_int_equal(full.method, i);
        assert_near(full.value[SERIES_TRAIN_LOSS], snapshot->method[i].train_loss, 0);
        assert_near(full.value[SERIES_BASE_ERROR], snapshot->method[i].base_error, 0);
        assert_near(full.value[SERIES_RECOVERY_ANGLE], snapshot->method[i].spectra.recovery_angle, 0);
        assert_near(full.value[SERIES_RISK], snapshot->method[i].risk, 0);
        assert_near(cheap.value[SERIES_BASE_ERROR], full.value[SERIES_BASE_ERROR], 0);
        assert_true(isnan(cheap.value[SERIES_RISK]) && isnan(cheap.value[SERIES_RECOVERY_ANGLE]));
    }
    trace_free(trace);
}

/* What is remembered of the last look is never shown of another place. */
static void test_spectra_are_of_where_it_stands(void **state)
{
    (void)state;
    struct config config = adapting_config(7, 5);
    struct trace *trace = trace_new(&config);
    const struct problem *problem = experiment_problem(trace->experiment);
    struct measure *measure = measure_new(problem, NULL);
    double values[64], curve[65], angles[8];
    struct spectra fresh = {.singular_values = values, .curve = curve, .angles = angles};
    assert_non_null(measure);
    assert_in_range(config.problem.dimension, 1, 64);
    assert_in_range(config.problem.tasks, 1, 8);
    size_t d = (size_t)config.problem.dimension, tasks = (size_t)config.problem.tasks;
    int turn = 0;
    do {
        for (int look = 0; look < 2; look++)
            for (int row = 0; row <= METHOD_META; row++) {
                const struct spectra *seen = &trace_view(trace).snapshot->method[row].spectra;
                const struct point *point = experiment_point(trace->experiment, row, STAGE_RETRAIN);
                assert_int_equal(measure_spectra(measure, point, &fresh, NULL), ERR_NONE);
                assert_memory_equal(seen->singular_values, values, d * sizeof *values);
                assert_memory_equal(seen->curve, curve, (d + 1) * sizeof *curve);
                assert_memory_equal(seen->angles, angles, tasks * sizeof *angles);
                assert_true(seen->recovery_angle == fresh.recovery_angle);
                assert_int_equal(seen->error_rank, fresh.error_rank);
                assert_int_equal(seen->rank_needed, fresh.rank_needed);
            }
        if (turn == 4)
            assert_int_equal(key_set(&config, key_find("retrain.solver"), "gd", NULL), ERR_NONE);
        assert_int_equal(experiment_update(trace->experiment, &config, NULL), ERR_NONE);
    } while (trace_steps(trace, 1, ++turn % 3 ? experiment_step : experiment_step_phase));
    assert_int_equal(experiment_stage(trace->experiment), STAGE_ADAPT);
    measure_free(measure);
    trace_free(trace);
}

static int counted(const double *curve, double most)
{
    int rank = 0;
    while (curve[rank] > most)
        rank++;
    return rank;
}

/* Of tasks enough to crowd the space: the last directions of standard's error are short, and count or not. */
static void test_the_tolerance_tells_which_rank_is_enough(void **state)
{
    (void)state;
    static const double shares[] = {1e-8, 1e-6, 1e-3, 0.1, 1};
    struct config config;
    config_default(&config);
    config.problem.dimension = 24;
    config.problem.rank = 3;
    config.problem.tasks = 6;
    config.retrain.methods = 1u << METHOD_STANDARD;
    config.retrain.steps = 200;
    config.retrain.outer_rate = 0.5;
    int before = INT_MAX, least = INT_MAX;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        config.adapt.tolerance = shares[i];
        struct trace *trace = trace_new(&config);
        trace_steps(trace, LONG_MAX, experiment_step);
        const struct snapshot *snapshot = trace_view(trace).snapshot;
        const struct method_snapshot *standard = &snapshot->method[METHOD_STANDARD];
        double most = shares[i] * snapshot->unseen_norm * snapshot->unseen_norm;
        least = standard->spectra.rank_needed;
        assert_int_equal(least, counted(standard->spectra.curve, most));
        assert_int_equal(standard->prediction.rank_needed, counted(standard->prediction.curve, most));
        assert_int_equal(least, standard->prediction.rank_needed);
        if (i == 0) /* the theorem's */
            assert_int_equal(least, standard->theory_rank_needed);
        assert_true(least <= before);
        before = least;
        trace_free(trace);
    }
    assert_true(least < 3);
}

/* The paper's Theorems 1 and 3, through the whole experiment. */
static void test_three_tasks_are_enough_for_meta_and_not_for_standard(void **state)
{
    (void)state;
    struct config config;
    config_default(&config);
    config.retrain.steps = 8000;
    struct trace *trace = trace_new(&config);
    trace_steps(trace, LONG_MAX, experiment_step);
    const struct snapshot *snapshot = trace_view(trace).snapshot;
    const struct method_snapshot *standard = &snapshot->method[METHOD_STANDARD];
    const struct method_snapshot *meta = &snapshot->method[METHOD_META];
    assert_true(meta->base_error < 1e-6 * snapshot->base_norm);
    assert_int_equal(meta->spectra.rank_needed, 2);
    assert_int_equal(standard->spectra.error_rank, 6);
    assert_int_equal(standard->spectra.rank_needed, 8);
    assert_int_equal(standard->theory_rank_needed, 8);
    assert_true(standard->predicted);
    assert_near(standard->prediction.singular_values[0], standard->spectra.singular_values[0], 1e-8);
    assert_true(standard->risk > 1);
    trace_free(trace);
}

int main(void)
{
    linalg_set_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starts_at_step_0_of_retraining),
        cmocka_unit_test(test_takes_all_its_steps_and_no_more),
        cmocka_unit_test(test_moves_on_to_fine_tuning_in_a_call_of_its_own),
        cmocka_unit_test(test_methods_at_rest_end_the_stage_and_are_fine_tuned),
        cmocka_unit_test(test_steps_and_phases_give_the_same_bits),
        cmocka_unit_test(test_baselines_keep_step_with_phases),
        cmocka_unit_test(test_networks_are_experiments),
        cmocka_unit_test(test_phases_have_their_names),
        cmocka_unit_test(test_measuring_moves_nothing),
        cmocka_unit_test(test_new_rates_wait_for_the_next_step),
        cmocka_unit_test(test_live_keys_are_taken_over_and_no_others),
        cmocka_unit_test(test_fewer_and_more_steps_in_mid_run),
        cmocka_unit_test(test_another_solver_goes_on_from_there),
        cmocka_unit_test(test_what_is_at_rest_goes_on_with_another_solver),
        cmocka_unit_test(test_switching_solvers_moves_nothing),
        cmocka_unit_test(test_fine_tuning_can_begin_anywhere),
        cmocka_unit_test(test_one_method_alone_is_as_beside_the_other),
        cmocka_unit_test(test_one_method_diverges_and_the_other_goes_on),
        cmocka_unit_test(test_done_when_every_method_diverged),
        cmocka_unit_test(test_spectra_are_of_where_it_stands),
        cmocka_unit_test(test_samples_say_what_the_snapshot_says),
        cmocka_unit_test(test_the_tolerance_tells_which_rank_is_enough),
        cmocka_unit_test(test_three_tasks_are_enough_for_meta_and_not_for_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
