/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/store.h"

#include "run/key.h"
#include "support/store_sample.h"
#include "sweep/store_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <sqlite3.h>

/* What is written is read again, under the same key alone, by us and by SQL. */

enum { TRIALS = 20 };

static struct outcome read_one(struct store *store, const struct config *config, int method)
{
    struct outcome outcome[METHOD_COUNT];
    struct err err = {.code = ERR_NONE};
    if (store_read(store, config, 1, outcome, &err))
        fail_msg("%s", err.message);
    return outcome[method];
}

static void write_one(struct store *store, const struct config *config, unsigned number)
{
    struct outcome outcome[METHOD_COUNT];
    struct err err = {.code = ERR_NONE};
    store_sample_outcome(number, outcome);
    if (store_begin(store, &err) || store_write(store, config, outcome, &err) || store_commit(store, &err))
        fail_msg("%s", err.message);
}

static void values_come_back_to_the_last_bit(void **state)
{
    enum { GROUPS = 40 };
    char path[STORE_SAMPLE_PATH_SIZE];
    struct err err = {.code = ERR_NONE};
    store_sample_path(path, state, "results.db");
    struct store *store = store_sample_open(path);
    for (int group = 0; group < GROUPS; group++) {
        assert_int_equal(store_sample_count(store, group, TRIALS), 0);
        assert_int_equal(store_sample_write(store, group, TRIALS, &err), ERR_NONE);
    }
    store_close(store);
    store = store_sample_open(path);
    for (int group = 0; group < GROUPS; group++)
        assert_int_equal(store_sample_count(store, group, TRIALS), TRIALS);
    assert_int_equal(store_sample_count(store, GROUPS, TRIALS), 0);
    store_close(store);
}

/* Every key but the three makes another trial. */
static void the_key_is_what_determines_the_numbers(void **state)
{
    (void)state;
    struct config config;
    config_default(&config);
    config.adapt.solver = ADAPT_PAPER;
    struct store *store = store_sample_open(":memory:");
    write_one(store, &config, 1);
    for (int key = 0; key < key_count; key++) {
        struct config other = config;
        bool same = key_table[key].type == KEY_TEXT || key_table[key].type == KEY_SET;
        if (key_table[key].type == KEY_TEXT)
            assert_int_equal(key_set(&other, key, "Another", NULL), ERR_NONE);
        else
            assert_true(!key_nudge(&other, key, 1, NULL) || !key_nudge(&other, key, -1, NULL));
        other.retrain.methods = config.retrain.methods;
        struct outcome found = read_one(store, &other, METHOD_META);
        if ((found.state == OUTCOME_DONE) != same)
            fail_msg("%s: %s", key_table[key].path, same ? "is another trial" : "is the same trial");
    }
    struct config near = config; /* the next number */
    near.retrain.outer_rate = 0.030000000000000002;
    assert_int_equal(read_one(store, &config, METHOD_META).state, OUTCOME_DONE);
    assert_true(near.retrain.outer_rate > config.retrain.outer_rate);
    assert_int_equal(read_one(store, &near, METHOD_META).state, OUTCOME_MISSING);
    store_close(store);
}

static void only_the_config_s_methods_are_read(void **state)
{
    (void)state;
    struct config config;
    config_default(&config);
    struct store *store = store_sample_open(":memory:");
    write_one(store, &config, 1);
    config.retrain.methods = 1u << METHOD_META;
    assert_int_equal(read_one(store, &config, METHOD_STANDARD).state, OUTCOME_MISSING);
    assert_int_equal(read_one(store, &config, METHOD_META).state, OUTCOME_DONE);
    store_close(store);
}

/* A method that is missing is not stored, and may come later. */
static void methods_are_stored_apart(void **state)
{
    (void)state;
    struct config config;
    struct outcome outcome[METHOD_COUNT], whole[METHOD_COUNT];
    struct err err;
    config_default(&config);
    struct store *store = store_sample_open(":memory:");
    store_sample_outcome(3, whole);
    store_sample_outcome(3, outcome);
    outcome[METHOD_STANDARD] = (struct outcome){.state = OUTCOME_MISSING};
    assert_int_equal(
        store_begin(store, &err) || store_write(store, &config, outcome, &err) || store_commit(store, &err), ERR_NONE);
    assert_int_equal(read_one(store, &config, METHOD_STANDARD).state, OUTCOME_MISSING);
    struct outcome found = read_one(store, &config, METHOD_META);
    assert_true(store_sample_same(&found, &whole[METHOD_META]));
    write_one(store, &config, 3);
    found = read_one(store, &config, METHOD_STANDARD);
    assert_true(store_sample_same(&found, &whole[METHOD_STANDARD]));
    store_close(store);
}

static void what_is_known_is_left(void **state)
{
    (void)state;
    struct config config;
    struct outcome first[METHOD_COUNT];
    config_default(&config);
    struct store *store = store_sample_open(":memory:");
    write_one(store, &config, 4);
    write_one(store, &config, 5);
    store_sample_outcome(4, first);
    struct outcome found = read_one(store, &config, METHOD_META);
    assert_true(store_sample_same(&found, &first[METHOD_META]));
    store_close(store);
}

/* SQLite's integers have a sign: seeds go on over their end, and stop at their own. */
static void all_seeds_are_possible(void **state)
{
    enum { AROUND = 3, SPAN = 2 * AROUND };
    static const uint64_t middles[] = {(uint64_t)INT64_MAX + 1, UINT64_MAX - AROUND + 1, AROUND};
    (void)state;
    struct store *store = store_sample_open(":memory:");
    for (size_t i = 0; i < sizeof middles / sizeof *middles; i++) {
        struct config config;
        struct outcome found[(SPAN + 2) * METHOD_COUNT];
        struct err err;
        config_default(&config);
        config.retrain.methods = (1u << METHOD_COUNT) - 1;
        for (unsigned j = 0; j < SPAN; j++) {
            config.problem.seed = middles[i] - AROUND + j;
            write_one(store, &config, j);
        }
        config.problem.seed = middles[i] - AROUND;
        assert_int_equal(store_read(store, &config, SPAN + 2, found, &err), ERR_NONE);
        for (unsigned j = 0; j < SPAN + 2; j++) {
            struct outcome want[METHOD_COUNT];
            store_sample_outcome(j, want);
            for (int method = 0; method < METHOD_COUNT; method++) {
                const struct outcome *got = &found[j * METHOD_COUNT + (unsigned)method];
                assert_int_equal(got->state, j < SPAN ? OUTCOME_DONE : OUTCOME_MISSING);
                assert_true(j >= SPAN || store_sample_same(got, &want[method]));
            }
        }
    }
    store_close(store);
}

static void no_seeds_are_none(void **state)
{
    (void)state;
    struct config config;
    struct err err;
    config_default(&config);
    struct store *store = store_sample_open(":memory:");
    struct outcome untouched = {.state = OUTCOME_DONE};
    assert_int_equal(store_read(store, &config, 0, &untouched, &err), ERR_NONE);
    assert_int_equal(untouched.state, OUTCOME_DONE);
    store_close(store);
}

/* Others see a group when it is committed, and never where it was not. */
static void a_group_is_all_or_nothing(void **state)
{
    char path[STORE_SAMPLE_PATH_SIZE];
    struct err err = {.code = ERR_NONE};
    store_sample_path(path, state, "results.db");
    struct store *writer = store_sample_open(path), *reader = store_sample_open(path);
    struct config config = store_sample_config(0, 1);
    struct outcome outcome[METHOD_COUNT];
    store_sample_outcome(0, outcome);
    assert_int_equal(store_begin(writer, &err), ERR_NONE);
    assert_int_equal(store_write(writer, &config, outcome, &err), ERR_NONE);
    assert_int_equal(store_sample_count(reader, 0, 1), 0);
    assert_int_equal(store_commit(writer, &err), ERR_NONE);
    assert_int_equal(store_sample_count(reader, 0, 1), 1);

    config = store_sample_config(1, 1);
    store_sample_outcome(1, outcome);
    assert_int_equal(store_begin(writer, &err), ERR_NONE);
    assert_int_equal(store_write(writer, &config, outcome, &err), ERR_NONE);
    store_close(writer);
    assert_int_equal(store_sample_count(reader, 1, 1), 0);
    assert_int_equal(store_sample_write(reader, 1, 1, &err), ERR_NONE);
    store_close(reader);
}

/* ---- as others see it ---- */

/* The rows' columns with '|' between, a line a row. */
static void query(const char *path, const char *sql, char *answer, size_t size)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    size_t used = 0;
    answer[0] = '\0';
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(statement) == SQLITE_ROW && used < size)
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            used += (size_t)snprintf(answer + used, size - used, "%s%s", text ? text : "NULL",
                                     i + 1 < sqlite3_column_count(statement) ? "|" : "\n");
        }
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void people_can_ask_themselves(void **state)
{
    char path[STORE_SAMPLE_PATH_SIZE], answer[1024];
    store_sample_path(path, state, "results.db");
    struct store *store = store_sample_open(path);
    struct config config;
    struct outcome outcome[METHOD_COUNT] = {
        [METHOD_META] = {.state = OUTCOME_DONE, .status = SOLVER_CONVERGED, .steps = 9}};
    struct err err = {.code = ERR_NONE};
    config_default(&config);
    config.problem.noise = 0.2385;
    for (int i = 0; i < 2; i++) {
        config.problem.seed = i == 0 ? 7 : UINT64_MAX;
        outcome[METHOD_META].value[METRIC_RANK_NEEDED] = 4 + i;
        outcome[METHOD_META].predicted[METRIC_RANK_NEEDED] = 2;
        assert_int_equal(
            store_begin(store, &err) || store_write(store, &config, outcome, &err) || store_commit(store, &err), 0);
    }
    query(
        path,
        "SELECT version, dimension, rank, tasks, truth, samples, noise, adapter, adapter_rank, solver, adapt_samples, "
        "adapt_rank, seed, method, status, steps, rank_needed, predicted_rank_needed FROM result ORDER BY rank_needed",
        answer, sizeof answer);
    assert_string_equal(
        answer, RANKSCOPE_VERSION
        "|16|2|3|psd|population|0.2385|symmetric|2|paper|population|2|7|meta|converged|9|4.0|2.0\n" RANKSCOPE_VERSION
        "|16|2|3|psd|population|0.2385|symmetric|2|paper|population|2|18446744073709551615|meta|"
        "converged|9|5.0|2.0\n");
    query(path,
          "SELECT method, avg(rank_needed), count(*) FROM trial JOIN scenario ON scenario.id = trial.scenario "
          "WHERE json_extract(settings, '$.retrain.inner_steps') = 10 GROUP BY method",
          answer, sizeof answer);
    assert_string_equal(answer, "meta|4.5|2\n");
    query(path, "PRAGMA journal_mode", answer, sizeof answer);
    assert_string_equal(answer, "wal\n");
    query(path, "PRAGMA integrity_check", answer, sizeof answer);
    assert_string_equal(answer, "ok\n");
    store_close(store);
}

/* The view has every column of the trials, and no text was cut. */
static void the_sql_is_whole(void **state)
{
    (void)state;
    static void (*const texts[])(char[STORE_SQL_SIZE]) = {store_sql_make_trial, store_sql_make_result,
                                                          store_sql_find_trials, store_sql_add_trial};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char sql[STORE_SQL_SIZE];
        texts[i](sql);
        assert_in_range(strlen(sql), 100, STORE_SQL_SIZE - 100);
        for (int metric = 0; metric < METRIC_COUNT; metric++)
            assert_non_null(strstr(sql, metric_table[metric].name));
    }
}

/* ---- where it lies ---- */

static void check_default(const char *want)
{
    struct err err = {.code = ERR_NONE};
    char *path = store_default_path(&err);
    if (!path)
        fail_msg("%s", err.message);
    assert_string_equal(path, want);
    struct store *store = store_sample_open(path);
    store_close(store);
    struct stat status;
    assert_int_equal(stat(want, &status), 0);
    free(path);
}

static void results_have_a_place(void **state)
{
    char folder[STORE_SAMPLE_PATH_SIZE], want[STORE_SAMPLE_PATH_SIZE];
    struct err err = {.code = ERR_NONE};
    unsetenv("XDG_DATA_HOME");
    setenv("HOME", *state, 1);
    store_sample_path(want, state, ".local/share/rankscope/results.db");
    check_default(want);
    check_default(want); /* the folders are there now */
    setenv("XDG_DATA_HOME", "relative", 1);
    check_default(want);
    store_sample_path(folder, state, "data");
    setenv("XDG_DATA_HOME", folder, 1);
    store_sample_path(want, state, "data/rankscope/results.db");
    check_default(want);

    struct stat status;
    assert_int_equal(stat(folder, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);

    unsetenv("XDG_DATA_HOME");
    store_sample_path(folder, state, "no/home");
    setenv("HOME", folder, 1);
    assert_null(store_default_path(&err));
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.message, "no/home/.local: cannot make this folder"));
    unsetenv("HOME");
    assert_null(store_default_path(&err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "HOME is not set"));
    setenv("HOME", *state, 1);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, store_sample_set_up, store_sample_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(values_come_back_to_the_last_bit),
        cmocka_unit_test(the_key_is_what_determines_the_numbers),
        cmocka_unit_test(only_the_config_s_methods_are_read),
        cmocka_unit_test(methods_are_stored_apart),
        cmocka_unit_test(what_is_known_is_left),
        cmocka_unit_test(all_seeds_are_possible),
        cmocka_unit_test(no_seeds_are_none),
        IN_FOLDER(a_group_is_all_or_nothing),
        IN_FOLDER(people_can_ask_themselves),
        cmocka_unit_test(the_sql_is_whole),
        IN_FOLDER(results_have_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
