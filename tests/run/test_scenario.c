/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/method.h"
#include "model/solver.h"
#include "run/key.h"
#include "run/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void parse(const char *text, struct config *config)
{
    struct err err = {0};
    if (scenario_parse("a.yaml", text, strlen(text), config, &err))
        fail_msg("%s", err.message);
}

static void expect_refused(const char *text, const char *message)
{
    struct config config;
    struct config before;
    struct err err = {0};
    memset(&config, 0x5a, sizeof config);
    memcpy(&before, &config, sizeof config);
    assert_int_equal(scenario_parse("a.yaml", text, strlen(text), &config, &err), ERR_INPUT);
    assert_string_equal(err.message, message);
    assert_memory_equal(&config, &before, sizeof config);
    assert_int_equal(scenario_parse("a.yaml", text, strlen(text), &config, NULL), ERR_INPUT);
}

static void left_out_keys_have_their_defaults(void **state)
{
    (void)state;
    struct config config;
    struct config defaults;
    config_default(&defaults);
    parse("{}", &config);
    assert_memory_equal(&config, &defaults, sizeof config);

    parse("problem:\n  rank: 5\n  seed: 18446744073709551615\n", &config);
    defaults.problem.rank = 5;
    defaults.problem.seed = UINT64_MAX;
    assert_memory_equal(&config, &defaults, sizeof config);
}

static void every_section_is_read(void **state)
{
    (void)state;
    struct config config;
    parse("title: \"Größe: 2.385 σ\" # a comment\n"
          "problem: {dimension: 23, rank: 3, tasks: 5, truth: general, samples: 238, noise: 2.385e-1, seed: 85}\n"
          "retrain:\n"
          "  methods: [meta]\n"
          "  adapter: general\n"
          "  rank: 4\n"
          "  solver: gd\n"
          "  steps: 77\n"
          "  inner_steps: 3\n"
          "  inner_rate: 0.0123\n"
          "  outer_rate: 0.456\n"
          "  init_scale: 0\n"
          "adapt: {samples: 57, rank: 6, solver: paper, steps: 99, rate: 0.00789}\n",
          &config);
    assert_string_equal(config.title, "Größe: 2.385 σ");
    assert_int_equal(config.problem.dimension, 23);
    assert_int_equal(config.problem.rank, 3);
    assert_int_equal(config.problem.tasks, 5);
    assert_int_equal(config.problem.truth, TRUTH_GENERAL);
    assert_int_equal(config.problem.samples, 238);
    assert_true(config.problem.noise == 0.2385);
    assert_int_equal(config.problem.seed, 85);
    assert_int_equal(config.retrain.methods, 1u << METHOD_META);
    assert_int_equal(config.retrain.adapter, ADAPTER_GENERAL);
    assert_int_equal(config.retrain.rank, 4);
    assert_int_equal(config.retrain.solver, solver_find("gd"));
    assert_int_equal(config.retrain.steps, 77);
    assert_int_equal(config.retrain.inner_steps, 3);
    assert_true(config.retrain.inner_rate == 0.0123);
    assert_true(config.retrain.outer_rate == 0.456);
    assert_true(config.retrain.init_scale == 0.0);
    assert_int_equal(config.adapt.samples, 57);
    assert_int_equal(config.adapt.rank, 6);
    assert_int_equal(config.adapt.solver, ADAPT_PAPER);
    assert_int_equal(config.adapt.steps, 99);
    assert_true(config.adapt.rate == 0.00789);
}

static void yaml_may_be_written_in_its_other_ways(void **state)
{
    (void)state;
    struct config config;
    parse("\xef\xbb\xbf%YAML 1.1\n---\n'problem':\n    \"rank\" : 3\n...\n", &config);
    assert_int_equal(config.problem.rank, 3);
    parse("retrain: {methods: standard}", &config);
    assert_int_equal(config.retrain.methods, 1u << METHOD_STANDARD);
    parse("retrain: {methods: 'meta, standard'}", &config);
    assert_int_equal(config.retrain.methods, 1u << METHOD_STANDARD | 1u << METHOD_META);
    parse("title: 7", &config);
    assert_string_equal(config.title, "7");
    parse("title: >-\r\n  two\r\n  lines\r\n", &config);
    assert_string_equal(config.title, "two lines");
    parse("? problem\n: {? rank : 4}\n", &config);
    assert_int_equal(config.problem.rank, 4);
}

static void wrong_keys_are_refused_where_they_are(void **state)
{
    (void)state;
    expect_refused("problem:\n  rnak: 3\n", "a.yaml:2:3: problem.rnak: unknown key; did you mean rank?");
    expect_refused("problm: {rank: 3}\n", "a.yaml:1:1: problm: unknown key; did you mean problem?");
    expect_refused("tittle: x\n", "a.yaml:1:1: tittle: unknown key; did you mean title?");
    expect_refused("title: x\nzebra: 3\n",
                   "a.yaml:2:1: zebra: unknown key; a scenario has title, problem, retrain, adapt");
    expect_refused("adapt: {zebra: 3}\n",
                   "a.yaml:1:9: adapt.zebra: unknown key; adapt has samples, rank, solver, steps, rate, tolerance");
    expect_refused("problem.rank: 3\n",
                   "a.yaml:1:1: problem.rank: unknown key; a scenario has title, problem, retrain, adapt");
    expect_refused("problem: {title: x}\n",
                   "a.yaml:1:11: problem.title: unknown key; problem has kind, dimension, rank, "
                   "tasks, truth, samples, noise, seed");
    expect_refused("problem: {rank: 2}\nretrain: {rank: 2,\n  rank: 3}\n",
                   "a.yaml:3:3: retrain.rank is here twice; the first is in line 2");
    expect_refused("problem: {rank: 2}\nproblem: {tasks: 2}\n", "a.yaml:2:1: problem is here twice");
    expect_refused("title: a\ntitle: b\n", "a.yaml:2:1: title is here twice; the first is in line 1");
    expect_refused("{? [a, b] : c}", "a.yaml:1:4: a key must be a name, not a list");
    expect_refused("\"a\\0b\": c", "a.yaml:1:1: a key must be a name, without NUL characters");
}

static void wrong_values_are_refused_where_they_are(void **state)
{
    (void)state;
    expect_refused("problem: {rank: -1}", "a.yaml:1:17: problem.rank must be a whole number from 1 to 4096, not -1");
    expect_refused("problem: {tasks: 0}", "a.yaml:1:18: problem.tasks must be a whole number from 1 to 1024, not 0");
    expect_refused("problem:\n  noise: .nan",
                   "a.yaml:2:10: problem.noise must be a number from 0 to 1000000, not .nan");
    expect_refused("problem: {noise: NaN}",
                   "a.yaml:1:18: problem.noise must be a number from 0 to 1000000, not \"NaN\"");
    expect_refused("problem: {rank: two}",
                   "a.yaml:1:17: problem.rank must be a whole number from 1 to 4096, not \"two\"");
    expect_refused("problem: {rank: '2'}",
                   "a.yaml:1:17: problem.rank must be a whole number from 1 to 4096, without quotes");
    expect_refused("problem: {rank: [2]}",
                   "a.yaml:1:17: problem.rank must be a whole number from 1 to 4096, not a list");
    expect_refused("problem: {rank: {a: 2}}",
                   "a.yaml:1:17: problem.rank must be a whole number from 1 to 4096, not keys with values");
    expect_refused("problem: {rank: }", "a.yaml:1:17: problem.rank must be a whole number from 1 to 4096, not \"\"");
    expect_refused("problem: {truth: pds}",
                   "a.yaml:1:18: problem.truth must be psd, symmetric or general, not \"pds\"; did you mean psd?");
    expect_refused("retrain: {methods: [meta, standrad]}",
                   "a.yaml:1:27: retrain.methods must be one or more of standard, meta, reptile, fomaml, oracle, none, "
                   "not \"standrad\"; "
                   "did you mean standard?");
    expect_refused("retrain: {methods: [meta, meta]}", "a.yaml:1:20: retrain.methods names meta twice");
    expect_refused("retrain: {methods: [meta, [standard]]}",
                   "a.yaml:1:27: retrain.methods must be one or more of standard, meta, reptile, fomaml, oracle, none, "
                   "not a list");
    expect_refused(
        "retrain: {methods: []}",
        "a.yaml:1:20: retrain.methods must be one or more of standard, meta, reptile, fomaml, oracle, none, not \"\"");
    expect_refused("title: \"a\\0b\"", "a.yaml:1:8: title must be text of 1 to 79 bytes without control characters, "
                                       "without NUL characters");
    expect_refused("problem: 3", "a.yaml:1:10: problem must be keys with values, not a value");
    expect_refused("problem:\nretrain:\n", "a.yaml:1:9: problem must be keys with values, not a value");
    expect_refused("retrain: [3]", "a.yaml:1:10: retrain must be keys with values, not a list");
}

static void keys_that_disagree_blame_one_that_is_there(void **state)
{
    (void)state;
    expect_refused("problem: {dimension: 8, rank: 2}\nretrain:\n  rank: 9\n",
                   "a.yaml:3:9: retrain.rank 9 is above problem.dimension 8: a rank is at most the dimension");
}

static void a_default_that_disagrees_blames_what_it_disagrees_with(void **state)
{
    (void)state;
    expect_refused("title: x\nproblem:\n  dimension: 1\n  rank: 1\n",
                   "a.yaml:3:14: retrain.rank 2 is above problem.dimension 1: a rank is at most the dimension");
}

static void what_is_no_scenario_is_refused(void **state)
{
    (void)state;
    expect_refused("", "a.yaml:1:1: there is nothing in it; a scenario has keys with values");
    expect_refused("# a comment\n", "a.yaml:2:1: there is nothing in it; a scenario has keys with values");
    expect_refused("hello", "a.yaml:1:1: a scenario has keys with values, not a value");
    expect_refused("- 1\n- 2\n", "a.yaml:1:1: a scenario has keys with values, not a list");
    expect_refused("{}\n---\n{}\n", "a.yaml:2:1: a second document begins here; a scenario is one");
    expect_refused("problem: &a {rank: 2}\n",
                   "a.yaml:1:10: a scenario has no anchors (&) and aliases (*); quote such text");
    expect_refused("problem: *a\n", "a.yaml:1:10: a scenario has no anchors (&) and aliases (*); quote such text");
    expect_refused("retrain: {methods: &a [meta]}\n",
                   "a.yaml:1:20: a scenario has no anchors (&) and aliases (*); quote such text");
    expect_refused("problem: {rank: !!int 2}\n", "a.yaml:1:17: a scenario has no tags (!); quote such text");
    expect_refused("!x {}", "a.yaml:1:1: a scenario has no tags (!); quote such text");
    expect_refused("problem: {rank: 2\n", "a.yaml:2:1: this is no YAML: while parsing a flow mapping, did not find "
                                          "expected ',' or '}'");
    expect_refused("title: a\n\tproblem: b\n",
                   "a.yaml:2:1: this is no YAML: while scanning a plain scalar, found a tab character that violates "
                   "indentation");
    expect_refused("title: ok\nproblem: {truth: \xff}\n",
                   "a.yaml:2:18: this is no YAML text: invalid leading UTF-8 octet");
    expect_refused("é: \x01", "a.yaml:1:4: this is no YAML text: control characters are not allowed");
}

static void hostile_text_stays_small(void **state)
{
    (void)state;
    size_t size = 10u << 20;
    char *text = malloc(size + 1);
    assert_non_null(text);
    struct config config;
    struct err err = {0};

    memset(text, '[', size);
    assert_int_equal(scenario_parse("a.yaml", text, size, &config, &err), ERR_INPUT);
    assert_string_equal(err.message, "a.yaml:1:1: 10485760 bytes are too many for a scenario, the limit is 65536");
    assert_int_equal(scenario_parse("a.yaml", text, SCENARIO_SIZE_MAX, &config, &err), ERR_INPUT);
    assert_string_equal(err.message, "a.yaml:1:1: a scenario has keys with values, not a list");

    char *to = stpcpy(text, "retrain: {methods: [");
    while (to < text + SCENARIO_SIZE_MAX)
        to = stpcpy(to, "meta,");
    assert_int_equal(scenario_parse("a.yaml", text, SCENARIO_SIZE_MAX, &config, &err), ERR_INPUT);
    assert_non_null(
        strstr(err.message,
               "retrain.methods must be one or more of standard, meta, reptile, fomaml, oracle, none, each once"));

    to = stpcpy(text, "title: ");
    memset(to, 'x', SCENARIO_SIZE_MAX);
    assert_int_equal(scenario_parse("a.yaml", text, SCENARIO_SIZE_MAX, &config, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "xxx…\""));
    assert_null(strchr(err.message, '\n'));
    free(text);
}

static void names_and_values_cannot_reach_the_terminal(void **state)
{
    (void)state;
    struct config config;
    struct err err = {0};
    const char text[] = "problem: {truth: \"\\e[31m\"}";
    assert_int_equal(scenario_parse("\033[2J\n.yaml", text, strlen(text), &config, &err), ERR_INPUT);
    assert_string_equal(err.message, "?[2J?.yaml:1:18: problem.truth must be psd, symmetric or general, not \"?[31m\"");
}

static void what_is_written_reads_back_to_the_same_bits(void **state)
{
    (void)state;
    struct config config;
    struct config again;
    config_default(&config);
    strcpy(config.title, "It's: \"odd\" # {text}, \\n 'σ'");
    config.problem.noise = 0.1 + 0.2;
    config.problem.seed = UINT64_MAX;
    config.problem.samples = 100000000;
    config.retrain.methods = 1u << METHOD_META;
    config.retrain.inner_rate = 5e-324;
    config.retrain.outer_rate = 1.0 / 3.0;
    config.adapt.solver = ADAPT_PAPER;
    char *text = scenario_write(&config);
    assert_non_null(text);
    parse(text, &again);
    assert_memory_equal(&config, &again, sizeof config);
    free(text);

    config_default(&config);
    text = scenario_write(&config);
    assert_non_null(strstr(text, "title: 'Untitled'\nproblem:\n  kind: linear\n  dimension: 16\n"));
    assert_non_null(strstr(text, "retrain:\n  methods: [standard,meta]\n"));
    assert_non_null(strstr(text, "adapt:\n  samples: population\n"));
    free(text);
}

/* A folder of its own below TMPDIR, with "scenarios" in it; RANKSCOPE_DATA points there. */
static int make_folder(void **state)
{
    const char *temporary = getenv("TMPDIR");
    char *folder;
    char *below;
    if (asprintf(&folder, "%s/data.XXXXXX", temporary ? temporary : "/tmp") < 0 || !mkdtemp(folder) ||
        asprintf(&below, "%s/scenarios", folder) < 0 || mkdir(below, 0700) != 0)
        return -1;
    setenv("RANKSCOPE_DATA", folder, 1);
    free(below);
    *state = folder;
    return 0;
}

static void path_in(char path[300], const char *folder, const char *name)
{
    snprintf(path, 300, "%s/scenarios/%s", folder, name);
}

static void put_file(const char *folder, const char *name, const char *text)
{
    char path[300];
    path_in(path, folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"b.yaml", "a.yaml", "wide.yaml", ".hidden.yaml", "note.txt", "c.yaml", ""};
    char path[300];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        path_in(path, *state, names[i]);
        remove(path);
    }
    rmdir(*state);
    free(*state);
    unsetenv("RANKSCOPE_DATA");
    return 0;
}

static void expect_load_refused(const char *name, const char *message)
{
    struct config config;
    struct err err = {0};
    assert_int_equal(scenario_load(name, &config, &err), ERR_INPUT);
    if (!strstr(err.message, message))
        fail_msg("\"%s\" does not say \"%s\"", err.message, message);
}

static void builtins_are_found_by_name_and_listed(void **state)
{
    struct config config;
    struct scenario_list list;
    struct err err = {0};
    put_file(*state, "b.yaml", "title: Bee");
    put_file(*state, "a.yaml", "title: Ay");
    put_file(*state, "wide.yaml", "title: Wide\nproblem: {dimension: 238}");
    put_file(*state, ".hidden.yaml", "title: Hidden");
    put_file(*state, "note.txt", "no scenario");

    assert_int_equal(scenario_load("wide", &config, &err), ERR_NONE);
    assert_int_equal(config.problem.dimension, 238);
    expect_load_refused("wied", "unknown scenario \"wied\"; did you mean wide?");
    expect_load_refused("zebra", "unknown scenario \"zebra\"; rankscope scenarios lists them");
    expect_load_refused(".hidden", "unknown scenario \".hidden\"");
    expect_load_refused("", "unknown scenario \"\"");

    assert_int_equal(scenario_list_load(&list, &err), ERR_NONE);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.entry[0].name, "a");
    assert_string_equal(list.entry[1].name, "b");
    assert_string_equal(list.entry[1].config.title, "Bee");
    assert_string_equal(list.entry[2].name, "wide");
    scenario_list_free(&list);
    assert_int_equal(list.count, 0);

    put_file(*state, "c.yaml", "titel: c");
    assert_int_equal(scenario_list_load(&list, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "c.yaml:1:1: titel: unknown key; did you mean title?"));
    assert_int_equal(list.count, 0);
}

static void files_are_found_by_path(void **state)
{
    struct config config;
    struct err err = {0};
    char path[300];
    put_file(*state, "a.yaml", "problem: {rank: 0}");
    path_in(path, *state, "a.yaml");
    assert_int_equal(scenario_load(path, &config, &err), ERR_INPUT);
    assert_memory_equal(err.message, path, strlen(path));
    assert_string_equal(err.message + strlen(path), ":1:17: problem.rank must be a whole number from 1 to 4096, not 0");
    path_in(path, *state, "");
    expect_load_refused(path, "this is a folder, not a file");
    expect_load_refused("/dev/null", "this is not a regular file");
    expect_load_refused("nowhere.yaml", "nowhere.yaml: there is no such file");
    expect_load_refused("nowhere.yml", "nowhere.yml: there is no such file");
}

static void a_missing_folder_is_told(void **state)
{
    struct scenario_list list;
    struct err err = {0};
    (void)state; /* the folder is empty */
    assert_int_equal(scenario_list_load(&list, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "where RANKSCOPE_DATA points"));
    expect_load_refused("a", "where RANKSCOPE_DATA points");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(left_out_keys_have_their_defaults),
        cmocka_unit_test(every_section_is_read),
        cmocka_unit_test(yaml_may_be_written_in_its_other_ways),
        cmocka_unit_test(wrong_keys_are_refused_where_they_are),
        cmocka_unit_test(wrong_values_are_refused_where_they_are),
        cmocka_unit_test(keys_that_disagree_blame_one_that_is_there),
        cmocka_unit_test(a_default_that_disagrees_blames_what_it_disagrees_with),
        cmocka_unit_test(what_is_no_scenario_is_refused),
        cmocka_unit_test(hostile_text_stays_small),
        cmocka_unit_test(names_and_values_cannot_reach_the_terminal),
        cmocka_unit_test(what_is_written_reads_back_to_the_same_bits),
        cmocka_unit_test_setup_teardown(builtins_are_found_by_name_and_listed, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(files_are_found_by_path, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_missing_folder_is_told, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
