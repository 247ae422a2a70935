/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/rewind.h"

#include "run/key.h"
#include "support/trace.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct config config_of(const char *solver, int steps)
{
    struct config config = trace_config(steps);
    assert_int_equal(key_set(&config, key_find("retrain.solver"), solver, NULL), ERR_NONE);
    return config;
}

/* A run with its checkpoints. */
struct walk {
    struct trace *trace;
    struct rewind *rewind;
};

static struct walk begin(const struct config *config)
{
    struct err err;
    struct walk walk = {trace_new(config), rewind_new(config, &err)};
    assert_non_null(walk.rewind);
    rewind_note(walk.rewind, walk.trace->experiment);
    return walk;
}

static void end(struct walk *walk)
{
    rewind_free(walk->rewind);
    trace_free(walk->trace);
}

static void step(struct walk *walk, int steps)
{
    for (int i = 0; i < steps; i++) {
        assert_true(experiment_step(walk->trace->experiment));
        rewind_note(walk->rewind, walk->trace->experiment);
    }
}

static void move(struct walk *walk, int by)
{
    struct err err;
    assert_int_equal(rewind_move(walk->rewind, walk->trace->experiment, by, &err), ERR_NONE);
}

static long here(const struct walk *walk)
{
    return experiment_steps(walk->trace->experiment);
}

/* As a run of `steps` steps that nobody took back. */
static void assert_as_straight(const struct walk *walk, const struct config *config, int steps)
{
    struct trace *straight = trace_new(config);
    for (int i = 0; i < steps; i++)
        experiment_step(straight->experiment);
    struct view want = trace_view(straight), got = trace_view(walk->trace);
    assert_same_snapshot(got.snapshot, want.snapshot);
    trace_free(straight);
}

static const char *const solvers[] = {"paper", "gd", "adam", "altmin", "newton", "lm"};
enum { SOLVERS = sizeof solvers / sizeof *solvers };

/* Looking back changes nothing: the run goes on as if nobody had, whatever its solver carries from step to step. */
static void looking_back_leaves_the_run_alone(void **state)
{
    (void)state;
    for (int i = 0; i < SOLVERS; i++) {
        struct config config = config_of(solvers[i], 60);
        if (strcmp(solvers[i], "lm") == 0)
            config.retrain.init_scale = 3; /* from nearer it would be at rest too soon */
        struct walk walk = begin(&config);
        step(&walk, 7);
        move(&walk, -3);
        assert_int_equal(here(&walk), 4);
        assert_true(rewind_place(walk.rewind).behind);
        move(&walk, -100);
        assert_int_equal(here(&walk), 0);
        move(&walk, 2);
        assert_int_equal(here(&walk), 2);
        move(&walk, 100);
        assert_int_equal(here(&walk), 7);
        assert_false(rewind_place(walk.rewind).behind);
        assert_int_equal(rewind_place(walk.rewind).line, 0);
        move(&walk, 1); /* there is nothing ahead */
        assert_int_equal(here(&walk), 7);
        assert_as_straight(&walk, &config, 7);
        step(&walk, 4);
        assert_as_straight(&walk, &config, 11);
        end(&walk);
    }
}

/* What is seen at a checkpoint is what was seen then. */
static void show_what_was(struct config config)
{
    struct walk walk = begin(&config);
    step(&walk, 12);
    for (int back = 11; back >= 0; back--) {
        move(&walk, -1);
        struct trace *straight = trace_new(&config);
        for (int i = 0; i < back; i++)
            experiment_step(straight->experiment);
        for (int method = 0; method <= METHOD_META; method++) {
            struct sample then, now;
            assert_true(experiment_sample(straight->experiment, method, true, &then));
            assert_true(experiment_sample(walk.trace->experiment, method, true, &now));
            assert_int_equal(now.step, then.step);
            assert_memory_equal(now.value, then.value, sizeof then.value);
        }
        trace_free(straight);
    }
    end(&walk);
}

/* What is changed back there is for another line: the present one goes on as it did. */
static void returning_takes_changes_back(void **state)
{
    (void)state;
    struct config config = config_of("paper", 60);
    struct walk walk = begin(&config);
    step(&walk, 9);
    move(&walk, -4);
    struct config other = config_of("gd", 60);
    other.retrain.outer_rate = 0.02385;
    assert_int_equal(experiment_update(walk.trace->experiment, &other, NULL), ERR_NONE);
    move(&walk, 4);
    step(&walk, 5);
    assert_as_straight(&walk, &config, 14);
    end(&walk);
}

/* Back to where one solver came to rest, with another one set before or after: the other one goes on from there in both cases. */
static void another_solver_goes_on_either_way(void **state)
{
    (void)state;
    struct config config = config_of("altmin", 60), other = config_of("newton", 60);
    struct walk before = begin(&config), after = begin(&config);
    step(&before, 5);
    step(&after, 5);
    assert_int_equal(experiment_update(before.trace->experiment, &other, NULL), ERR_NONE);
    step(&before, 1);
    move(&before, -3);
    move(&after, -2);
    assert_int_equal(trace_view(after.trace).snapshot->method[METHOD_STANDARD].step, 1); /* its one step, and at rest */
    assert_int_equal(experiment_update(after.trace->experiment, &other, NULL), ERR_NONE);
    struct view one = trace_view(before.trace), two = trace_view(after.trace);
    assert_int_equal(one.snapshot->method[METHOD_STANDARD].step, 3);
    assert_int_equal(one.snapshot->method[METHOD_STANDARD].status, SOLVER_RUNNING);
    assert_same_snapshot(one.snapshot, two.snapshot);
    end(&before);
    end(&after);
}

static void shows_what_was(void **state)
{
    (void)state;
    struct config config = config_of("paper", 60);
    show_what_was(config);
    config.problem.kind = PROBLEM_NETWORK; /* whose top layer goes back too */
    config.problem.samples = 31;
    config.adapt.samples = 23;
    show_what_was(config);
}

/* From an earlier point another way, and back to where the first one was: both as if there had been no other. */
static void goes_another_way_and_returns(void **state)
{
    (void)state;
    struct config config = config_of("paper", 60);
    struct walk walk = begin(&config);
    step(&walk, 20);
    assert_false(rewind_swap(walk.rewind, walk.trace->experiment));
    move(&walk, -15);
    struct config faster = config;
    faster.retrain.outer_rate = 0.2385;
    assert_int_equal(experiment_update(walk.trace->experiment, &faster, NULL), ERR_NONE);
    step(&walk, 3);
    struct rewind_place place = rewind_place(walk.rewind);
    assert_int_equal(place.line, 1);
    assert_int_equal(place.fork, 5);
    assert_true(place.other);
    assert_int_equal(here(&walk), 8);

    struct trace *straight = trace_new(&config);
    trace_steps(straight, 5, experiment_step);
    assert_int_equal(experiment_update(straight->experiment, &faster, NULL), ERR_NONE);
    trace_steps(straight, 3, experiment_step);
    struct view want = trace_view(straight), got = trace_view(walk.trace);
    assert_same_snapshot(got.snapshot, want.snapshot);
    trace_free(straight);

    assert_true(rewind_swap(walk.rewind, walk.trace->experiment));
    assert_int_equal(here(&walk), 20);
    assert_int_equal(rewind_place(walk.rewind).line, 0);
    assert_true(experiment_config(walk.trace->experiment)->retrain.outer_rate == config.retrain.outer_rate);
    step(&walk, 2);
    assert_as_straight(&walk, &config, 22);

    assert_true(rewind_swap(walk.rewind, walk.trace->experiment)); /* and the branch is still there */
    assert_int_equal(here(&walk), 8);
    move(&walk, -3);
    assert_int_equal(here(&walk), 5);
    move(&walk, -1);
    assert_int_equal(here(&walk), 4); /* before it left the first line */
    end(&walk);
}

/* A third line takes the place of the one that was left before. */
static void has_two_lines_at_most(void **state)
{
    (void)state;
    struct config config = config_of("gd", 60);
    struct walk walk = begin(&config);
    step(&walk, 10);
    move(&walk, -5);
    step(&walk, 1);
    move(&walk, -3);
    step(&walk, 1);
    assert_int_equal(rewind_place(walk.rewind).line, 2);
    assert_int_equal(rewind_place(walk.rewind).fork, 3);
    assert_true(rewind_swap(walk.rewind, walk.trace->experiment));
    assert_int_equal(rewind_place(walk.rewind).line, 1);
    assert_int_equal(here(&walk), 6);
    assert_true(rewind_swap(walk.rewind, walk.trace->experiment));
    assert_int_equal(rewind_place(walk.rewind).line, 2);
    end(&walk);
}

/* Fine-tuning is left for the end of retraining, and taken up again. */
static void goes_back_from_fine_tuning(void **state)
{
    (void)state;
    struct config config = config_of("paper", 30);
    config.adapt.solver = ADAPT_PAPER;
    config.adapt.steps = 50;
    struct walk walk = begin(&config);
    step(&walk, 30 + 1 + 20);
    assert_int_equal(experiment_stage(walk.trace->experiment), STAGE_ADAPT);
    move(&walk, -1);
    assert_int_equal(experiment_stage(walk.trace->experiment), STAGE_RETRAIN);
    assert_int_equal(here(&walk), 30);
    move(&walk, -1);
    assert_int_equal(here(&walk), 29);
    move(&walk, 5);
    assert_int_equal(experiment_stage(walk.trace->experiment), STAGE_ADAPT);
    assert_int_equal(here(&walk), 20);
    step(&walk, 10);
    assert_as_straight(&walk, &config, 61);
    end(&walk);
}

/* Ever fewer in the past, the first one always, and no more memory than is allowed; of a method that diverged too. */
static void thins_out(void **state)
{
    (void)state;
    struct config config = config_of("paper", 5000);
    config.retrain.inner_rate = 3; /* meta diverges */
    struct walk walk = begin(&config);
    step(&walk, 5000);
    int places = 0;
    long last = here(&walk);
    assert_int_equal(last, 5000);
    for (move(&walk, -1); here(&walk) < last; move(&walk, -1), places++)
        last = here(&walk);
    assert_int_equal(last, 0);
    assert_in_range(places, 100, 257);
    end(&walk);

    config.problem.dimension = 64;
    assert_true(checkpoint_size(&config) > 2 * 64 * 64 * sizeof(double));
    config.problem.dimension = 4096; /* too large to keep any */
    struct err err;
    assert_null(rewind_new(&config, &err));
    assert_int_equal(err.code, ERR_NONE);
    rewind_free(NULL);
    assert_int_equal(rewind_place(NULL).line, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_back_leaves_the_run_alone), cmocka_unit_test(shows_what_was),
        cmocka_unit_test(returning_takes_changes_back),      cmocka_unit_test(another_solver_goes_on_either_way),
        cmocka_unit_test(goes_another_way_and_returns),      cmocka_unit_test(has_two_lines_at_most),
        cmocka_unit_test(goes_back_from_fine_tuning),        cmocka_unit_test(thins_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
