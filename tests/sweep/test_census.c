/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/experiment.h"
#include "run/key.h"
#include "support/near.h"
#include "support/program.h"
#include "support/store_sample.h"
#include "sweep/census.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct config config_of(int dimension, int rank, uint64_t seed)
{
    struct config config;
    config_default(&config);
    config.problem.dimension = dimension;
    config.problem.rank = config.retrain.rank = config.adapt.rank = rank;
    config.problem.seed = seed;
    config.retrain.methods = 1u << METHOD_META;
    config.retrain.solver = solver_find("newton");
    config.retrain.steps = 1000;
    return config;
}

static struct ending ending_of(const struct config *config)
{
    struct ending ending;
    struct err err = {0};
    if (ending_compute(config, &ending, &err))
        fail_msg("%s", err.message);
    return ending;
}

/* Seeds that docs/theory.md and the built-in `exact` name. */
static void tells_ends_apart(void **state)
{
    (void)state;
    struct config config = config_of(6, 2, 7);
    struct ending ending = ending_of(&config);
    assert_int_equal(ending.kind, ENDING_GLOBAL);
    assert_true(ending.train_loss < 1e-24 && ending.lowest_eigenvalue > 1e-6);
    config.problem.seed = 47;
    ending = ending_of(&config);
    assert_int_equal(ending.kind, ENDING_SPURIOUS);
    assert_true(ending.train_loss > 1e-10 && ending.gradient_norm < 1e-8 && ending.lowest_eigenvalue > 1e-6);
    config.problem.seed = 2160;
    ending = ending_of(&config);
    assert_int_equal(ending.kind, ENDING_RUNAWAY);
    assert_true(ending.adapters_norm > 100);
    config = config_of(6, 2, 7);
    config.retrain.init_scale = 0; /* it stays there */
    ending = ending_of(&config);
    assert_int_equal(ending.kind, ENDING_SADDLE);
    assert_true(ending.lowest_eigenvalue < -1);
    config = config_of(6, 2, 7);
    config.retrain.steps = 3;
    ending = ending_of(&config);
    assert_int_equal(ending.kind, ENDING_UNFINISHED);
    assert_int_equal(ending.steps, 3);
}

/* The lab, opened on the same configuration, comes to the same loss: what a census names can be looked at. */
static void ends_where_the_lab_does(void **state)
{
    (void)state;
    struct config config = config_of(6, 2, 47);
    struct err err = {0};
    struct sample sample;
    struct ending ending = ending_of(&config);
    struct experiment *experiment = experiment_new(&config, &err);
    assert_non_null(experiment);
    while (experiment_step(experiment))
        ;
    assert_true(experiment_sample(experiment, METHOD_META, false, &sample));
    assert_near(sample.value[SERIES_TRAIN_LOSS], ending.train_loss, 1e-9 * ending.train_loss);
    assert_int_equal(sample.step, ending.steps);
    experiment_free(experiment);
}

static void classifies_by_numbers(void **state)
{
    (void)state;
    struct config config = config_of(6, 2, 1);
    struct ending ending = {.train_loss = 0.01, .gradient_norm = 1e-12, .lowest_eigenvalue = 0.2, .adapters_norm = 9};
    assert_int_equal(ending_classify(&config, &ending, 10, 5, false), ENDING_SPURIOUS);
    ending.lowest_eigenvalue = -0.2;
    assert_int_equal(ending_classify(&config, &ending, 10, 5, false), ENDING_SADDLE);
    ending.gradient_norm = 0.1;
    assert_int_equal(ending_classify(&config, &ending, 10, 5, false), ENDING_UNFINISHED);
    assert_int_equal(ending_classify(&config, &ending, 10, 5, true), ENDING_RUNAWAY);
    ending.adapters_norm = 1e3;
    assert_int_equal(ending_classify(&config, &ending, 10, 5, false), ENDING_RUNAWAY);
    ending = (struct ending){.train_loss = 1e-13, .gradient_norm = 1e-12, .adapters_norm = 9};
    assert_int_equal(ending_classify(&config, &ending, 10, 5, false), ENDING_SPURIOUS); /* a small loss is one */
    ending.gradient_norm = 1e-6;
    assert_int_equal(ending_classify(&config, &ending, 10, 5, false), ENDING_GLOBAL); /* on its way */
    ending.train_loss = 1e-24;
    assert_int_equal(ending_classify(&config, &ending, 10, 5, false), ENDING_GLOBAL);
}

static void fill(struct census *census, struct store *store)
{
    struct err err = {0};
    for (int i = 0; i < census->starts; i++) {
        struct ending ending;
        if (census->ending[i].kind != ENDING_MISSING)
            continue;
        if (census_compute(census, i, &ending, &err) || (store && store_begin(store, &err)) ||
            census_take(census, store, i, &ending, &err) || (store && store_commit(store, &err)))
            fail_msg("%s", err.message);
    }
}

static void begin(struct census *census, const struct config *config, int starts)
{
    struct err err = {0};
    if (census_begin(census, config, starts, &err))
        fail_msg("%s", err.message);
}

/* A census for more starts takes what one for fewer has stored, to the last bit; another solver's has none of it. */
static void the_store_gives_it_back(void **state)
{
    char path[STORE_SAMPLE_PATH_SIZE];
    struct config config = config_of(6, 2, 40);
    struct census first, second;
    struct err err = {0};
    store_sample_path(path, state, "results.db");
    struct store *store = store_sample_open(path);
    begin(&first, &config, 10);
    fill(&first, store);
    store_close(store);
    store = store_sample_open(path);
    config.problem.seed = 38;
    begin(&second, &config, 20);
    assert_int_equal(census_read(&second, store, &err), ERR_NONE);
    assert_int_equal(second.known, 10);
    assert_int_equal(second.ending[1].kind, ENDING_MISSING);
    for (int i = 0; i < 10; i++) {
        const struct ending *a = &first.ending[i], *b = &second.ending[i + 2];
        assert_true(a->kind == b->kind && a->steps == b->steps);
        assert_memory_equal(&a->train_loss, &b->train_loss, 4 * sizeof(double));
    }
    census_free(&second);
    config.retrain.solver = solver_find("paper");
    begin(&second, &config, 20);
    assert_int_equal(census_read(&second, store, &err), ERR_NONE);
    assert_int_equal(second.known, 0);
    census_free(&second);
    census_free(&first);
    store_close(store);
}

static void damaged_endings_are_refused(void **state)
{
    static const char *const damage[] = {"kind = 'lost'", "steps = -1", "steps = 'many'", "train_loss = 'none'"};
    char path[STORE_SAMPLE_PATH_SIZE];
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct config config = config_of(3, 1, 7);
        struct census census;
        struct err err = {0};
        char name[32], sql[96];
        sqlite3 *db;
        snprintf(name, sizeof name, "%zu.db", i);
        snprintf(sql, sizeof sql, "UPDATE ending SET %s", damage[i]);
        store_sample_path(path, state, name);
        struct store *store = store_sample_open(path);
        begin(&census, &config, 1);
        fill(&census, store);
        store_close(store);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        store = store_sample_open(path);
        assert_int_equal(census_read(&census, store, &err), ERR_INPUT);
        assert_non_null(strstr(err.message, "the results are damaged (an ending's"));
        assert_int_equal(census.known, 0);
        store_close(store);
        census_free(&census);
    }
}

static void seeds_that_sqlite_cannot_have_are_refused(void **state)
{
    (void)state;
    struct config config = config_of(3, 1, INT64_MAX);
    struct census census;
    struct err err = {0};
    assert_int_equal(census_begin(&census, &config, 1, &err), ERR_INPUT);
    census_free(&census);
}

static char *written(const struct census *census, enum result_format format)
{
    char *text = NULL;
    size_t size = 0;
    struct err err = {0};
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    assert_int_equal(census_write(stream, format, census, &err), ERR_NONE);
    fclose(stream);
    return text;
}

/* All of many starts: the interval is not whole for it. */
static void rounds_no_interval_to_certainty(void **state)
{
    (void)state;
    struct config config = config_of(8, 1, 1);
    struct census census;
    begin(&census, &config, 900);
    for (int i = 0; i < 900; i++)
        census.ending[i] = (struct ending){ENDING_GLOBAL, 12, 1e-28, 1e-13, 0.5, 12};
    census.known = 900;
    char *text = written(&census, RESULT_TEXT);
    assert_non_null(strstr(text, "\nglobal          900     100%  99.59 to 100%"));
    free(text);
    census_free(&census);
}

static void writes_what_it_found(void **state)
{
    (void)state;
    struct config config = config_of(6, 2, 47);
    struct census census;
    begin(&census, &config, 4);
    census.ending[0] = (struct ending){ENDING_SPURIOUS, 31, 0.0123, 1e-11, 0.25, 11};
    census.ending[1] = census.ending[3] = (struct ending){ENDING_GLOBAL, 12, 1e-28, 1e-13, 0.5, 12};
    census.known = 3;
    char *text = written(&census, RESULT_TEXT);
    assert_non_null(strstr(text, "3 of 4 starts from seed 47 on\n"));
    assert_non_null(strstr(text, "\nglobal            2   66.67%  9.43 to 99.2%       loss 0\n"));
    assert_non_null(strstr(text, "\nspurious: seed 47\n\nTo open the first in the lab:\nrankscope three-tasks "
                                 "--set problem.dimension=6 --set problem.seed=47 "));
    free(text);
    text = written(&census, RESULT_CSV);
    assert_string_equal(text, "seed,end,steps,train_loss,gradient_norm,lowest_eigenvalue,adapters_norm\n"
                              "47,spurious,31,0.0123,1e-11,0.25,11\n48,global,12,1e-28,1e-13,0.5,12\n"
                              "50,global,12,1e-28,1e-13,0.5,12\n");
    free(text);
    text = written(&census, RESULT_JSON);
    json_t *root = json_loads(text, 0, NULL), *ends = json_object_get(root, "ends");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(ends, "global"), "count")), 2);
    assert_true(json_is_null(json_object_get(json_object_get(ends, "saddle"), "least_loss")));
    json_t *other = json_array_get(json_object_get(root, "others"), 0);
    assert_int_equal(json_integer_value(json_object_get(other, "seed")), 47);
    json_decref(root);
    free(text);
    census_free(&census);
    begin(&census, &config, 4); /* nothing known: no rates of nothing */
    text = written(&census, RESULT_TEXT);
    assert_non_null(strstr(text, "0 of 4 starts"));
    free(text);
    census_free(&census);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, store_sample_set_up, store_sample_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_ends_apart),
        cmocka_unit_test(ends_where_the_lab_does),
        cmocka_unit_test(classifies_by_numbers),
        IN_FOLDER(the_store_gives_it_back),
        IN_FOLDER(damaged_endings_are_refused),
        cmocka_unit_test(seeds_that_sqlite_cannot_have_are_refused),
        cmocka_unit_test(rounds_no_interval_to_certainty),
        cmocka_unit_test(writes_what_it_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
