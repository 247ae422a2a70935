/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/method.h"
#include "model/solver.h"
#include "run/key.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct config defaults(void)
{
    struct config config;
    config_default(&config);
    return config;
}

static int find(const char *path)
{
    int key = key_find(path);
    assert_true(key >= 0);
    return key;
}

static const char *format(const struct config *config, const char *path)
{
    static char text[KEY_VALUE_SIZE];
    key_format(config, find(path), text);
    return text;
}

static void expect_refused(const char *assignment, const char *message)
{
    struct config config = defaults();
    struct err err = {0};
    assert_int_equal(key_assign(&config, assignment, &err), ERR_INPUT);
    assert_string_equal(err.message, message);
    struct config untouched = defaults();
    assert_memory_equal(&config, &untouched, sizeof config);
    assert_int_equal(key_assign(&config, assignment, NULL), ERR_INPUT);
}

static void expect_set(const char *path, const char *text, const char *formatted)
{
    struct config config = defaults();
    struct err err = {0};
    if (key_set(&config, find(path), text, &err))
        fail_msg("%s: %s", path, err.message);
    assert_string_equal(format(&config, path), formatted);
}

static void table_is_sound(void **state)
{
    (void)state;
    assert_int_equal(key_find("problem.colour"), -1);
    for (int i = 0; i < key_count; i++) {
        const struct key *row = &key_table[i];
        assert_int_equal(key_find(row->path), i);
        assert_true(strlen(row->help) > 10 && row->help[strlen(row->help) - 1] == '.');
        assert_int_equal(row->type == KEY_CHOICE || row->type == KEY_SET, row->choice != NULL);
        assert_int_equal(row->type == KEY_REAL, row->finest > 0);
        assert_true(row->minimum <= row->maximum);
    }
    static const char *const live[] = {"retrain.steps",      "retrain.inner_steps", "retrain.inner_rate",
                                       "retrain.outer_rate", "adapt.rank",          "adapt.steps",
                                       "adapt.rate",         "retrain.solver"};
    int count = 0;
    for (int i = 0; i < key_count; i++)
        count += key_table[i].live;
    assert_int_equal(count, sizeof live / sizeof *live);
    for (size_t i = 0; i < sizeof live / sizeof *live; i++)
        assert_true(key_table[find(live[i])].live);
}

static void defaults_are_the_papers_and_agree(void **state)
{
    (void)state;
    struct config config = defaults();
    assert_int_equal(config_check(&config, NULL, NULL), ERR_NONE);
    assert_string_equal(format(&config, "retrain.solver"), "paper");
    assert_string_equal(format(&config, "retrain.methods"), "standard,meta");
    assert_string_equal(format(&config, "retrain.inner_rate"), "0.003");
    assert_string_equal(format(&config, "retrain.outer_rate"), "0.03");
    assert_string_equal(format(&config, "retrain.inner_steps"), "10");
    assert_string_equal(format(&config, "retrain.init_scale"), "0.1");
    assert_string_equal(format(&config, "adapt.rate"), "0.005");
    assert_string_equal(format(&config, "problem.samples"), "population");
}

static void values_are_read_and_written(void **state)
{
    (void)state;
    expect_set("problem.dimension", "17", "17");
    expect_set("problem.dimension", " 017\t", "17");
    expect_set("problem.dimension", "+4096", "4096");
    expect_set("problem.samples", "population", "population");
    expect_set("problem.samples", "100000000", "100000000");
    expect_set("problem.noise", "2.385", "2.385");
    expect_set("problem.noise", "-0", "0");
    expect_set("problem.noise", "1e-3", "0.001");
    expect_set("problem.noise", "0.1000000000000000055511151231257827", "0.1");
    expect_set("problem.seed", "18446744073709551615", "18446744073709551615");
    expect_set("problem.truth", "general", "general");
    expect_set("retrain.methods", "meta", "meta");
    expect_set("retrain.methods", " meta , standard ", "standard,meta");
    expect_set("title", "  Ça va: 三  ", "Ça va: 三");
}

static void every_refusal_says_what_is_allowed(void **state)
{
    (void)state;
    expect_refused("problem.rank=-1", "problem.rank must be a whole number from 1 to 4096, not -1");
    expect_refused("problem.rank=2.5", "problem.rank must be a whole number from 1 to 4096, not 2.5");
    expect_refused("problem.rank=", "problem.rank must be a whole number from 1 to 4096, not \"\"");
    expect_refused("problem.rank=two", "problem.rank must be a whole number from 1 to 4096, not \"two\"");
    expect_refused("problem.rank=3 4", "problem.rank must be a whole number from 1 to 4096, not 3 4");
    expect_refused("problem.rank=0x10", "problem.rank must be a whole number from 1 to 4096, not 0x10");
    expect_refused("problem.tasks=0", "problem.tasks must be a whole number from 1 to 1024, not 0");
    expect_refused("problem.tasks=99999999999999999999",
                   "problem.tasks must be a whole number from 1 to 1024, not 99999999999999999999");
    expect_refused("problem.dimension=4097", "problem.dimension must be a whole number from 1 to 4096, not 4097");
    expect_refused("problem.samples=0",
                   "problem.samples must be population or a whole number from 1 to 100000000, not 0");
    expect_refused("problem.samples=populatoin",
                   "problem.samples must be population or a whole number from 1 to 100000000, not \"populatoin\"");
    expect_refused("problem.noise=nan", "problem.noise must be a number from 0 to 1000000, not \"nan\"");
    expect_refused("problem.noise=inf", "problem.noise must be a number from 0 to 1000000, not \"inf\"");
    expect_refused("problem.noise=1e999", "problem.noise must be a number from 0 to 1000000, not 1e999");
    expect_refused("problem.noise=-0.5", "problem.noise must be a number from 0 to 1000000, not -0.5");
    expect_refused("problem.noise=1e", "problem.noise must be a number from 0 to 1000000, not 1e");
    expect_refused("problem.noise=0,5", "problem.noise must be a number from 0 to 1000000, not 0,5");
    expect_refused("problem.seed=-1", "problem.seed must be a whole number from 0 to 18446744073709551615, not -1");
    expect_refused("problem.seed=18446744073709551616",
                   "problem.seed must be a whole number from 0 to 18446744073709551615, not 18446744073709551616");
    expect_refused("problem.truth=pds",
                   "problem.truth must be psd, symmetric or general, not \"pds\"; did you mean psd?");
    expect_refused("problem.truth=PSD", "problem.truth must be psd, symmetric or general, not \"PSD\"");
    expect_refused("adapt.solver=", "adapt.solver must be exact or paper, not \"\"");
    expect_refused("retrain.methods=",
                   "retrain.methods must be one or more of standard, meta, reptile, fomaml, oracle, none, not \"\"");
    expect_refused("retrain.methods=meta,",
                   "retrain.methods must be one or more of standard, meta, reptile, fomaml, oracle, none, not \"\"");
    expect_refused("retrain.methods=meta,mta", "retrain.methods must be one or more of standard, meta, reptile, "
                                               "fomaml, oracle, none, not \"mta\"; did you mean meta?");
    expect_refused("retrain.methods=meta, meta", "retrain.methods names meta twice");
    expect_refused("title=", "title must be text of 1 to 79 bytes without control characters, not \"\"");
    expect_refused("title=a\x1b[2J", "title must be text of 1 to 79 bytes without control characters, not \"a?[2J\"");
    expect_refused("title=\xff", "title must be text of 1 to 79 bytes without control characters, not \"?\"");
    expect_refused("problem.rank", "\"problem.rank\" must be KEY=VALUE, as in problem.rank=2");
    expect_refused("problem.rnak=2", "unknown key \"problem.rnak\"; did you mean problem.rank?");
    expect_refused("colour=2", "unknown key \"colour\"; the keys are those of a scenario, such as problem.rank");
    expect_refused("=2", "unknown key \"\"; the keys are those of a scenario, such as problem.rank");
}

static void a_huge_value_gives_a_short_message(void **state)
{
    (void)state;
    size_t size = 10 << 20;
    char *text = malloc(size + 1);
    assert_non_null(text);
    memset(text, '7', size);
    text[size] = '\0';
    for (int key = 0; key < key_count; key++) {
        struct config config = defaults();
        struct err err = {0};
        assert_int_equal(key_set(&config, key, text, &err), ERR_INPUT);
        assert_true(strlen(err.message) < 220);
        assert_non_null(strstr(err.message, "777…"));
    }
    struct config config = defaults();
    assert_int_equal(key_assign(&config, text, NULL), ERR_INPUT);
    text[size - 1] = '=';
    assert_int_equal(key_assign(&config, text, NULL), ERR_INPUT);
    free(text);
}

/* The oracle for nudging and formatting: whatever value arrows reach, text gives it back bit by bit. */
static void formatting_and_reading_round_trips(void **state)
{
    (void)state;
    for (int key = 0; key < key_count; key++) {
        for (int direction = -1; direction <= 1; direction += 2) {
            struct config config = defaults();
            for (int i = 0; i < 200 && key_table[key].type != KEY_TEXT; i++) {
                char text[KEY_VALUE_SIZE];
                key_format(&config, key, text);
                struct config back = defaults();
                assert_int_equal(key_set(&back, key, text, NULL), ERR_NONE);
                if (key == find("problem.kind")) /* brings what its problems cannot do without */
                    assert_int_equal(back.problem.kind, config.problem.kind);
                else
                    assert_memory_equal(&back, &config, sizeof config);
                if (key_nudge(&config, key, direction, NULL))
                    break;
            }
        }
    }
    struct config config = defaults();
    config.problem.noise = 0.1 + 0.2;
    struct config back = defaults();
    assert_int_equal(key_set(&back, find("problem.noise"), format(&config, "problem.noise"), NULL), ERR_NONE);
    assert_memory_equal(&back, &config, sizeof config);
}

/* `from`, then what each nudge gives, with blanks between. A refusal shows as "!". */
static void expect_walk(const char *path, const char *from, int direction, const char *walk)
{
    struct config config = defaults();
    assert_int_equal(key_set(&config, find(path), from, NULL), ERR_NONE);
    char copy[256];
    strcpy(copy, walk);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        struct config before = config;
        struct err err = {0};
        enum err_code code = key_nudge(&config, find(path), direction, &err);
        if (strcmp(word, "!") == 0) {
            assert_int_equal(code, ERR_INPUT);
            assert_non_null(strstr(err.message, path));
            assert_memory_equal(&before, &config, sizeof config);
        } else {
            assert_int_equal(code, ERR_NONE);
            assert_string_equal(format(&config, path), word);
        }
    }
}

static void arrows_walk_through_the_values(void **state)
{
    (void)state;
    expect_walk("problem.dimension", "16", 1, "17 18");
    expect_walk("problem.dimension", "4", -1, "3 2 !");
    expect_walk("problem.rank", "14", 1, "15 16 !");
    expect_walk("problem.rank", "2", -1, "1 !");
    expect_walk("problem.tasks", "1023", 1, "1024 !");
    expect_walk("problem.samples", "population", 1, "10 20 50 100");
    expect_walk("problem.samples", "50", -1, "20 10 population !");
    expect_walk("adapt.samples", "7", -1, "population");
    expect_walk("adapt.samples", "7", 1, "10");
    expect_walk("problem.samples", "5000000", 1, "10000000 20000000 50000000 100000000 !");
    expect_walk("problem.noise", "0", 1, "0.001 0.002 0.005 0.01 0.02");
    expect_walk("problem.noise", "0.002", -1, "0.001 0 !");
    expect_walk("problem.noise", "500000", 1, "1000000 !");
    expect_walk("retrain.inner_rate", "0.003", 1, "0.005 0.01 0.02 0.05 0.1 0.2 0.5 1 2 5 10");
    expect_walk("retrain.inner_rate", "0.003", -1, "0.002 0.001 0.0005 0.0002 0.0001 5e-05");
    expect_walk("retrain.inner_rate", "2e-06", -1, "1e-06 0 !");
    expect_walk("retrain.steps", "3000", 1, "5000 10000");
    expect_walk("retrain.steps", "3000", -1, "2000 1000");
    expect_walk("retrain.steps", "2", -1, "1 !");
    expect_walk("retrain.inner_steps", "5000", 1, "10000 !");
    expect_walk("problem.seed", "7", 1, "8 9");
    expect_walk("problem.seed", "1", -1, "0 !");
    expect_walk("problem.seed", "18446744073709551614", 1, "18446744073709551615 !");
    expect_walk("problem.truth", "psd", 1, "symmetric general psd");
    expect_walk("problem.truth", "psd", -1, "general");
    expect_walk("retrain.methods", "standard,meta", 1, "reptile standard,reptile meta,reptile");
    expect_walk("retrain.methods", "standard", -1, "standard,meta,reptile,fomaml,oracle,none");
    expect_walk("title", "x", 1, "!");
}

static void a_network_brings_what_it_needs(void **state)
{
    (void)state;
    struct config config = defaults();
    config.retrain.methods = (1u << METHOD_COUNT) - 1;
    assert_int_equal(key_nudge(&config, find("problem.kind"), 1, NULL), ERR_NONE);
    assert_int_equal(config.problem.kind, PROBLEM_NETWORK);
    assert_string_equal(format(&config, "problem.samples"), "1000");
    assert_string_equal(format(&config, "adapt.samples"), "100");
    assert_string_equal(format(&config, "retrain.outer_rate"), "0.001");
    assert_string_equal(format(&config, "retrain.methods"), "standard,meta,oracle");
    assert_false(key_applies(&config, find("retrain.solver")));
    assert_true(key_applies(&config, find("retrain.outer_rate")));
    struct err err = {0};
    int key = -1;
    config.adapt.samples = SAMPLES_POPULATION;
    assert_int_equal(config_check(&config, &key, &err), ERR_INPUT);
    assert_string_equal(err.message, "adapt.samples is population, and problem.kind network wants a number of samples");
    assert_int_equal(key, find("adapt.samples"));
    config.adapt.samples = 10;
    config.retrain.methods |= 1u << METHOD_NONE;
    assert_int_equal(config_check(&config, &key, &err), ERR_INPUT);
    assert_string_equal(err.message,
                        "retrain.methods names none, and a network is retrained by standard, meta or oracle");
    assert_int_equal(key_nudge(&config, find("problem.kind"), 1, NULL), ERR_NONE);
    assert_int_equal(config.problem.samples, SAMPLES_POPULATION);
    assert_true(config.retrain.outer_rate == defaults().retrain.outer_rate);
}

static void keys_must_agree_with_each_other(void **state)
{
    (void)state;
    struct err err = {0};
    int key = -1;
    static const char *const ranks[] = {"problem.rank", "retrain.rank", "adapt.rank"};
    for (size_t i = 0; i < 3; i++) {
        struct config config = defaults();
        assert_true(key_limit(&config, find(ranks[i])) == 16);
        assert_int_equal(key_set(&config, find(ranks[i]), "16", &err), ERR_NONE);
        assert_int_equal(config_check(&config, NULL, &err), ERR_NONE);
        assert_int_equal(key_set(&config, find(ranks[i]), "17", &err), ERR_NONE);
        assert_int_equal(config_check(&config, &key, &err), ERR_INPUT);
        assert_int_equal(key, find(ranks[i]));
        char message[128];
        snprintf(message, sizeof message, "%s 17 is above problem.dimension 16: a rank is at most the dimension",
                 ranks[i]);
        assert_string_equal(err.message, message);
    }
    struct config config = defaults();
    assert_true(key_limit(&config, find("problem.tasks")) == 1024);
}

static void what_no_memory_can_hold_is_refused(void **state)
{
    (void)state;
    struct config config = defaults();
    config.problem.dimension = 4096;
    config.problem.tasks = 1024;
    config.problem.samples = 5000;
    struct err err = {0};
    int key = -1;
    /* the T + 1 targets and three moments a task alone: 513 GiB */
    assert_true(config_memory(&config) > 8.0 * 4096 * 4096 * (1025 + 3 * 1024));
    assert_int_equal(config_check(&config, &key, &err), ERR_INPUT);
    assert_int_equal(key, find("problem.dimension"));
    assert_non_null(strstr(err.message, "problem.dimension 4096 with problem.tasks 1024 takes "));
    assert_non_null(strstr(err.message, " GiB of memory, and this machine has "));
}

/* The matrix of lm is for 2048 unknowns: those of all tasks' adapters in training, twice as many where they are general. */
static void a_solver_s_matrix_is_for_small_problems(void **state)
{
    (void)state;
    struct config config = defaults();
    struct err err = {0};
    int key = -1;
    config.retrain.solver = solver_find("lm");
    config.problem.dimension = 256;
    config.problem.tasks = 4;
    assert_int_equal(config_check(&config, &key, &err), ERR_NONE);
    config.problem.tasks = 5;
    assert_int_equal(config_check(&config, &key, &err), ERR_INPUT);
    assert_int_equal(key, find("retrain.solver"));
    assert_string_equal(err.message,
                        "retrain.solver lm is for at most 2048 unknowns, and problem.tasks, problem.dimension "
                        "and retrain.rank make 2560; newton takes any number");
    config.problem.tasks = 4;
    config.retrain.adapter = ADAPTER_GENERAL;
    assert_int_equal(config_check(&config, &key, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "make 4096; newton takes"));
    config.retrain.solver = solver_find("newton");
    assert_int_equal(key_nudge(&config, key, 1, &err), ERR_INPUT);
    assert_int_equal(config.retrain.solver, solver_find("newton"));
    config.problem.dimension = 128;
    assert_int_equal(key_nudge(&config, key, 1, &err), ERR_NONE);
    assert_int_equal(config.retrain.solver, solver_find("lm"));
    assert_int_equal(key_nudge(&config, key, 1, &err), ERR_NONE);
    assert_int_equal(config.retrain.solver, solver_find("paper"));
    config.retrain.solver = solver_find("lm");
    config.problem.dimension = 256;
    config.retrain.methods = 1u << METHOD_STANDARD;
    assert_int_equal(config_check(&config, &key, &err), ERR_NONE);
    config.retrain.methods = 1u << METHOD_META;
    config.retrain.solver = solver_find("newton");
    assert_int_equal(config_check(&config, &key, &err), ERR_NONE);
    config.retrain.solver = solver_find("lm");
    config.problem.kind = PROBLEM_NETWORK; /* which has a solver of its own */
    config.problem.samples = config.adapt.samples = 100;
    assert_int_equal(config_check(&config, &key, &err), ERR_NONE);
}

/* Measured: 2.57 GB with two threads, of d = 4096, T = 4 and k = 8; up to two matrices more with four. */
static void memory_is_about_what_a_run_takes(void **state)
{
    (void)state;
    struct config config = defaults();
    config.problem.dimension = 4096;
    config.problem.tasks = 4;
    config.problem.rank = config.retrain.rank = config.adapt.rank = 8;
    config.retrain.solver = solver_find("paper");
    double bytes = config_memory(&config);
    print_message("%.3g GB\n", 1e-9 * bytes);
    assert_true(bytes > 0.9 * 2.57e9 && bytes < 3e9);
}

static void names_are_those_of_the_tables(void **state)
{
    (void)state;
    const struct key *solver = &key_table[find("retrain.solver")];
    for (int i = 0; i < solver_count; i++)
        assert_string_equal(solver->choice(i), solver_table[i].name);
    assert_null(solver->choice(solver_count));
    const struct key *methods = &key_table[find("retrain.methods")];
    for (int i = 0; i < METHOD_COUNT; i++)
        assert_string_equal(methods->choice(i), method_table[i].name);
    assert_null(methods->choice(METHOD_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_sound),
        cmocka_unit_test(defaults_are_the_papers_and_agree),
        cmocka_unit_test(values_are_read_and_written),
        cmocka_unit_test(every_refusal_says_what_is_allowed),
        cmocka_unit_test(a_huge_value_gives_a_short_message),
        cmocka_unit_test(formatting_and_reading_round_trips),
        cmocka_unit_test(arrows_walk_through_the_values),
        cmocka_unit_test(a_network_brings_what_it_needs),
        cmocka_unit_test(keys_must_agree_with_each_other),
        cmocka_unit_test(what_no_memory_can_hold_is_refused),
        cmocka_unit_test(a_solver_s_matrix_is_for_small_problems),
        cmocka_unit_test(memory_is_about_what_a_run_takes),
        cmocka_unit_test(names_are_those_of_the_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
