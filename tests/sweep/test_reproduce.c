/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/experiment.h"
#include "support/program.h"
#include "sweep/reproduce_report.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LAST = REPRODUCE_POINTS - 1 };

static struct reproduction *computed(const char *name, struct reproduce_request request)
{
    struct err err = {0};
    request.figure = reproduce_find(name);
    assert_true(request.figure >= 0);
    struct reproduction *reproduction = reproduce_new(&request, &err);
    if (!reproduction || reproduce_compute(reproduction, 0, reproduce_draws(reproduction), &err))
        fail_msg("%s", err.message);
    return reproduction;
}

static int curve_of(const struct reproduction *reproduction, int number, int method)
{
    for (int i = 0; i < reproduction->curves; i++)
        if (reproduction->info->value[reproduction->curve[i].value] == number &&
            reproduction->curve[i].method == method)
            return i;
    fail_msg("no curve of %d", number);
    return -1;
}

static void settings_are_those_that_were_published(void **state)
{
    (void)state;
    for (int figure = 0; figure < reproduce_count && !reproduce_table[figure].network; figure++)
        for (int value = 0; value < reproduce_table[figure].count; value++) {
            struct config config;
            const char *symbol = reproduce_table[figure].symbol;
            int number = reproduce_table[figure].value[value];
            reproduce_config(&(struct reproduce_request){.figure = figure, .runs = 1, .seed = 3}, value, &config);
            int k = *symbol == 'k' ? number : 1, tasks = *symbol == 'T' ? number : 3;
            assert_int_equal(config.problem.dimension, *symbol == 'd' ? number : 10);
            assert_int_equal(config.problem.rank, k);
            assert_int_equal(config.problem.tasks, tasks);
            assert_int_equal(config.problem.samples, *symbol == 'N' ? number : 5000);
            assert_int_equal(config.adapt.samples, *symbol == 'n' ? number : 100);
            assert_int_equal(config.adapt.rank, tasks == 2 ? 3 * k : k);
            assert_int_equal(config.retrain.rank, k);
            assert_true(config.problem.noise == 0.01 && config.adapt.rate == 0.005);
            assert_true(config.retrain.inner_rate == 0.003 && config.retrain.outer_rate == 0.03);
            assert_int_equal(config.retrain.steps, 3000);
            assert_int_equal(config.retrain.inner_steps, 10);
        }
    assert_int_equal(reproduce_table[reproduce_find("vary-T")].adapt_steps, 10000);
    assert_int_equal(reproduce_table[reproduce_find("vary-d")].adapt_steps, 1400);
    assert_int_equal(reproduce_find("vary-t"), -1);
}

static void settings_of_networks_are_those_that_were_published(void **state)
{
    (void)state;
    struct config config;
    int figure = reproduce_find("networks-vary-T");
    reproduce_config(&(struct reproduce_request){.figure = figure, .runs = 1, .seed = 3}, 3, &config);
    assert_int_equal(config.problem.kind, PROBLEM_NETWORK);
    assert_int_equal(config.problem.tasks, 10);
    assert_int_equal(config.problem.samples, 1000);
    assert_int_equal(config.adapt.samples, 100);
    assert_true(config.problem.noise == 0.1 && config.retrain.outer_rate == 1e-3 && config.adapt.rate == 1e-3);
    assert_int_equal(config.retrain.steps, 40000);
    assert_int_equal(config.adapt.steps, 15000);
    assert_int_equal(reproduce_usual_runs(figure), 10);
}

/* Two ranks where there are two tasks, medians, and in the end what an experiment of the same configuration comes to.
 */
static void networks_are_those_of_experiments(void **state)
{
    (void)state;
    struct reproduction *reproduction =
        computed("networks-vary-T", (struct reproduce_request){.runs = 3, .seed = 11, .steps = 20, .adapt_steps = 30});
    struct config config;
    struct err err = {0};
    assert_int_equal(reproduction->curves, 10);
    assert_int_equal(reproduction->curve[0].rank, 1);
    assert_int_equal(reproduction->curve[1].rank, 3);
    reproduce_config(&reproduction->request, 1, &config);
    config.problem.seed++;
    struct experiment *experiment = experiment_new(&config, &err);
    assert_non_null(experiment);
    while (experiment_step(experiment))
        ;
    for (int method = METHOD_STANDARD; method <= METHOD_META; method++) {
        struct sample sample;
        int curve = curve_of(reproduction, 3, method);
        const struct reproduce_outcome *outcome = &reproduction->outcome[curve * 3];
        assert_true(experiment_sample(experiment, method, false, &sample));
        assert_true(outcome[1].loss[LAST] == sample.value[SERIES_RISK]);
        double a = outcome[0].loss[5], b = outcome[1].loss[5], c = outcome[2].loss[5];
        double median = fmax(fmin(a, b), fmin(fmax(a, b), c));
        assert_true(reproduce_summary(reproduction, curve, REPRODUCE_LOSS, 5).centre == median);
    }
    experiment_free(experiment);
    reproduce_free(reproduction);
}

/* An experiment of the same configuration, which knows nothing of figures, comes to the same bits. */
static void compare_with_experiment(const char *figure, int number)
{
    struct reproduction *reproduction =
        computed(figure, (struct reproduce_request){.runs = 2, .seed = 11, .steps = 150, .adapt_steps = 90});
    struct config config;
    struct err err = {0};
    reproduce_config(&reproduction->request, 0, &config);
    config.problem.seed++;
    struct experiment *experiment = experiment_new(&config, &err);
    assert_non_null(experiment);
    while (experiment_step(experiment))
        ;
    void *memory = aligned_alloc(64, (snapshot_size(&config) + 63) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0, snapshot_size(&config));
    struct snapshot *snapshot = snapshot_bind(memory, &config);
    assert_int_equal(experiment_snapshot(experiment, snapshot, &err), ERR_NONE);
    for (int method = METHOD_STANDARD; method <= METHOD_META; method++) {
        int curve = curve_of(reproduction, number, method);
        const struct reproduce_outcome *outcome = &reproduction->outcome[curve * 2 + 1];
        assert_true(outcome->loss[LAST] == snapshot->method[method].adapt_paper_loss);
        assert_true(outcome->risk == snapshot->method[method].risk);
        assert_true(outcome->loss[0] > outcome->loss[LAST]);
    }
    free(memory);
    experiment_free(experiment);
    reproduce_free(reproduction);
}

static void runs_are_those_of_experiments(void **state)
{
    (void)state;
    compare_with_experiment("vary-N", 100);
    compare_with_experiment("vary-T", 2); /* whose tasks are the first ones of five */
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    struct reproduce_request request = {.runs = 3, .seed = 1, .steps = 40, .adapt_steps = 50, .threads = 1};
    struct reproduction *one = computed("vary-d", request);
    request.threads = 3;
    struct reproduction *three = computed("vary-d", request);
    assert_memory_equal(one->outcome, three->outcome,
                        (size_t)one->curves * (size_t)request.runs * sizeof *one->outcome);
    reproduce_free(one);
    reproduce_free(three);
}

/* What the paper's figure shows, and what of it at T = 2 is the reference code's. */
static void the_figure_over_tasks_is_as_published(void **state)
{
    (void)state;
    int runs = program_slowness() > 1 ? 1 : 5;
    struct reproduction *plain = computed("vary-T", (struct reproduce_request){.runs = runs, .seed = 1});
    for (int tasks = 3; tasks <= 5; tasks += 2) {
        int standard = curve_of(plain, tasks, METHOD_STANDARD), meta = curve_of(plain, tasks, METHOD_META);
        assert_true(reproduce_summary(plain, meta, REPRODUCE_LOSS, LAST).greatest < 1e-2);
        assert_true(reproduce_summary(plain, standard, REPRODUCE_LOSS, LAST).least > 1e2);
        assert_true(reproduce_summary(plain, meta, REPRODUCE_EXACT_LOSS, LAST).greatest < 1e-2);
        assert_true(reproduce_summary(plain, standard, REPRODUCE_EXACT_LOSS, LAST).least > 1e2);
    }
    int meta = curve_of(plain, 2, METHOD_META);
    assert_int_equal(plain->curve[meta].rank, 3);
    for (int point = 1; point < REPRODUCE_POINTS; point++)
        assert_true(reproduce_summary(plain, meta, REPRODUCE_LOSS, point).centre <
                    reproduce_summary(plain, meta, REPRODUCE_LOSS, point - 1).centre);
    struct reproduce_gap gap = reproduce_gap(plain, 0, 3);
    assert_true(gap.published < 3 && gap.exact < 3 && gap.exact > 1.0 / 3);
    struct reproduction *published =
        computed("vary-T", (struct reproduce_request){.runs = runs, .seed = 1, .as_published = true});
    gap = reproduce_gap(published, 0, 3);
    assert_true(gap.published > 3 && gap.exact < 3 && gap.standard > 3);
    char text[REPRODUCE_SENTENCE_SIZE];
    reproduce_explain(published, 0, 3, text);
    assert_non_null(strstr(text, "the gap is of the frozen adapters and the optimiser, not the theory's"));
    reproduce_explain(published, 1, 1, text);
    assert_non_null(strstr(text, "the gap is the theory's"));
    reproduce_explain(plain, 0, 3, text);
    assert_non_null(strstr(text, "there is no gap to speak of"));
    reproduce_free(plain);
    reproduce_free(published);
}

static char *written(const struct reproduction *reproduction, enum result_format format)
{
    char *text = NULL;
    size_t size = 0;
    struct err err = {0};
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    assert_int_equal(reproduce_write(stream, format, reproduction, &err), ERR_NONE);
    fclose(stream);
    return text;
}

static void all_formats_have_the_same_numbers(void **state)
{
    (void)state;
    struct reproduction *reproduction =
        computed("vary-k", (struct reproduce_request){.runs = 2, .seed = 5, .steps = 30, .adapt_steps = 60});
    double mean = reproduce_summary(reproduction, 1, REPRODUCE_LOSS, LAST).centre;
    char *csv = written(reproduction, RESULT_CSV), *json = written(reproduction, RESULT_JSON);
    char *text = written(reproduction, RESULT_TEXT);
    assert_non_null(strstr(text, "vary-k: Rank of the tasks' adapters\n"));
    assert_non_null(strstr(csv, "figure,k,method,rank,solver,measure,step,mean,least,greatest\n"));
    const char *row = strstr(csv, "vary-k,1,meta,1,published,paper_loss,60,");
    assert_non_null(row);
    assert_true(strtod(row + strlen("vary-k,1,meta,1,published,paper_loss,60,"), NULL) == mean);
    int lines = 0;
    for (const char *c = csv; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 1 + 6 * (REPRODUCE_POINTS + 3));
    json_t *root = json_loads(json, 0, NULL);
    assert_non_null(root);
    const json_t *curve = json_array_get(json_object_get(root, "curves"), 1);
    const json_t *point = json_array_get(json_object_get(curve, "paper_loss"), LAST);
    assert_true(json_real_value(json_object_get(point, "mean")) == mean);
    assert_int_equal(json_array_size(json_object_get(root, "gaps")), 3);
    json_decref(root);
    free(csv);
    free(json);
    free(text);
    reproduce_free(reproduction);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_those_that_were_published),
        cmocka_unit_test(settings_of_networks_are_those_that_were_published),
        cmocka_unit_test(networks_are_those_of_experiments),
        cmocka_unit_test(runs_are_those_of_experiments),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(the_figure_over_tasks_is_as_published),
        cmocka_unit_test(all_formats_have_the_same_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
