/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "run/result.h"
#include "run/result_state.h"
#include "support/number.h"
#include "support/view_sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

struct fixture {
    struct view_sample *sample;
    struct view view;
    char *text;
    size_t size;
};

static int make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct config config;
    config_default(&config);
    strcpy(config.title, "Odd, \"quoted\"");
    config.problem.dimension = 13;
    config.problem.noise = 0.1 + 0.2;
    config.problem.seed = UINT64_MAX;
    config.retrain.steps = 385;
    config.adapt.solver = ADAPT_PAPER;
    config.adapt.samples = 238;
    fixture->sample = view_sample_new(&config);
    fixture->view = view_sample_view(fixture->sample);
    *state = fixture;
    return 0;
}

static int drop(void **state)
{
    struct fixture *fixture = *state;
    view_sample_free(fixture->sample);
    free(fixture->text);
    free(fixture);
    return 0;
}

static const char *write(struct fixture *fixture, enum result_format format)
{
    struct err err = {0};
    free(fixture->text);
    FILE *stream = open_memstream(&fixture->text, &fixture->size);
    assert_non_null(stream);
    if (result_write(stream, format, &fixture->view, &err))
        fail_msg("%s", err.message);
    fclose(stream);
    return fixture->text;
}

static json_t *write_json(struct fixture *fixture)
{
    json_error_t error;
    json_t *root = json_loads(write(fixture, RESULT_JSON), 0, &error);
    if (!root)
        fail_msg("%s", error.text);
    return root;
}

/* The member at "a/b/c". */
static const json_t *at(const json_t *root, const char *path)
{
    char part[64];
    while (*path) {
        size_t length = strcspn(path, "/");
        snprintf(part, sizeof part, "%.*s", (int)length, path);
        root = json_object_get(root, part);
        if (!root)
            fail_msg("there is no %s", path);
        path += length + (path[length] == '/');
    }
    return root;
}

static void assert_real(const json_t *root, const char *path, double value)
{
    const json_t *member = at(root, path);
    if (!json_is_number(member) || json_number_value(member) != value)
        fail_msg("%s is %.17g, not %.17g", path, json_number_value(member), value);
}

static void assert_reals(const json_t *root, const char *path, const double *values, size_t count)
{
    const json_t *array = at(root, path);
    assert_int_equal(json_array_size(array), count);
    for (size_t i = 0; i < count; i++)
        if (json_number_value(json_array_get(array, i)) != values[i])
            fail_msg("%s[%zu] is off", path, i);
}

static void json_has_every_measure_to_the_last_bit(void **state)
{
    struct fixture *fixture = *state;
    const struct snapshot *snapshot = fixture->view.snapshot;
    const struct method_snapshot *meta = &snapshot->method[METHOD_META];
    fixture->sample->snapshot->method[METHOD_META].base_error = 2.385e-300 / 3;
    json_t *root = write_json(fixture);

    assert_string_equal(json_string_value(at(root, "rankscope")), RANKSCOPE_VERSION);
    assert_real(root, "base_norm", snapshot->base_norm);
    assert_real(root, "base_norm_two", snapshot->base_norm_two);
    assert_real(root, "unseen_norm", snapshot->unseen_norm);
    assert_true(json_boolean_value(at(root, "done")) == snapshot->done);
    assert_true(json_string_length(at(root, "explanation")) > 20);
    assert_int_equal(json_object_size(at(root, "methods")), 2);

    assert_real(root, "methods/meta/train_loss", meta->train_loss);
    assert_real(root, "methods/meta/base_error", 2.385e-300 / 3);
    assert_real(root, "methods/meta/error_rank", meta->spectra.error_rank);
    assert_real(root, "methods/meta/rank_needed", meta->spectra.rank_needed);
    assert_real(root, "methods/meta/risk", meta->risk);
    assert_real(root, "methods/meta/steps", 385);
    assert_string_equal(json_string_value(at(root, "methods/meta/status")), "ok");
    const struct spectra *spectra = &snapshot->method[METHOD_STANDARD].spectra;
    assert_reals(root, "methods/standard/singular_values", spectra->singular_values, 13);
    assert_reals(root, "methods/standard/adaptation_curve", spectra->curve, 14);
    assert_int_equal(json_array_size(at(root, "methods/standard/angles")), 3);
    assert_string_equal(json_string_value(at(root, "methods/standard/theory/theorem")), "Theorem 1");
    json_decref(root);
}

static void json_has_the_config_typed(void **state)
{
    json_t *root = write_json(*state);
    assert_string_equal(json_string_value(at(root, "config/title")), "Odd, \"quoted\"");
    assert_true(json_is_integer(at(root, "config/problem/dimension")));
    assert_real(root, "config/problem/dimension", 13);
    assert_real(root, "config/problem/noise", 0.1 + 0.2);
    assert_true(json_is_real(at(root, "config/problem/noise")));
    assert_string_equal(json_string_value(at(root, "config/problem/seed")), "18446744073709551615");
    assert_string_equal(json_string_value(at(root, "config/problem/samples")), "population");
    assert_real(root, "config/adapt/samples", 238);
    assert_string_equal(json_string_value(at(root, "config/adapt/solver")), "paper");
    const json_t *methods = at(root, "config/retrain/methods");
    assert_int_equal(json_array_size(methods), 2);
    assert_string_equal(json_string_value(json_array_get(methods, 1)), "meta");
    json_decref(root);
}

static void json_has_the_history(void **state)
{
    struct fixture *fixture = *state;
    json_t *root = write_json(fixture);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        for (int i = 0; i < SERIES_COUNT; i++) {
            char path[128];
            const struct curve *curve = &fixture->view.history[METHOD_STANDARD][stage]->curve[i];
            snprintf(path, sizeof path, "methods/standard/history/%s", stage ? "adapt" : "retrain");
            const json_t *series = json_object_get(at(root, path), series_table[i].name);
            if (curve->count == 0) {
                assert_null(series);
                continue;
            }
            assert_int_equal(json_array_size(at(series, "step")), curve->count);
            for (size_t j = 0; j < curve->count; j++) {
                const struct bucket *bucket = &curve->bucket[j];
                assert_int_equal(json_integer_value(json_array_get(at(series, "step"), j)), bucket->last_step);
                assert_true(json_real_value(json_array_get(at(series, "value"), j)) == bucket->last);
                assert_true(json_real_value(json_array_get(at(series, "min"), j)) == bucket->min);
                assert_true(json_real_value(json_array_get(at(series, "max"), j)) == bucket->max);
            }
        }
    json_decref(root);
}

static void what_cannot_be_had_is_null_or_empty(void **state)
{
    struct fixture *fixture = *state;
    struct method_snapshot *meta = &fixture->sample->snapshot->method[METHOD_META];
    fixture->sample->snapshot->method[METHOD_STANDARD].active = false;
    meta->paper_loss = (double)NAN;
    meta->stability.inner = (double)INFINITY;
    meta->theory_error_rank = THEORY_SILENT;
    meta->predicted = false;
    meta->adapt_step = 0;
    meta->status = SOLVER_DIVERGED;
    meta->spectra.singular_values[3] = (double)NAN;
    json_t *root = write_json(fixture);
    assert_int_equal(json_object_size(at(root, "methods")), 1);
    assert_true(json_is_null(at(root, "methods/meta/paper_loss")));
    assert_true(json_is_null(at(root, "methods/meta/stable_inner_rate")));
    assert_true(json_is_null(at(root, "methods/meta/theory_error_rank")));
    assert_true(json_is_null(at(root, "methods/meta/theory/singular_values")));
    assert_true(json_is_null(at(root, "methods/meta/theory/theorem")));
    assert_true(json_is_null(at(root, "methods/meta/adapt_status")));
    assert_true(json_is_null(json_array_get(at(root, "methods/meta/singular_values"), 3)));
    assert_string_equal(json_string_value(at(root, "methods/meta/status")), "diverged");
    json_decref(root);

    const char *csv = write(fixture, RESULT_CSV);
    assert_non_null(strstr(csv, "\nmeta,diverged,,385,"));
    assert_null(strstr(csv, "\nstandard"));
    assert_null(strstr(csv, "nan"));
    assert_null(strstr(csv, "inf,"));
}

/* The next field of a line of CSV, unquoted. */
static const char *next_field(const char *csv, char field[256])
{
    size_t used = 0;
    bool quoted = *csv == '"';
    csv += quoted;
    while (*csv && (quoted || (*csv != ',' && *csv != '\n'))) {
        if (quoted && *csv == '"' && *++csv != '"')
            break;
        if (used < 255)
            field[used++] = *csv;
        csv++;
    }
    field[used] = '\0';
    return csv;
}

static void csv_has_a_row_a_method_and_a_column_a_number(void **state)
{
    struct fixture *fixture = *state;
    const char *header = write(fixture, RESULT_CSV);
    const char *row = strchr(header, '\n') + 1;
    int columns = 0;
    bool title_seen = false;
    bool angle_seen = false;
    for (;; columns++) {
        char name[256];
        char field[256];
        header = next_field(header, name);
        row = next_field(row, field);
        const struct method_snapshot *standard = &fixture->view.snapshot->method[METHOD_STANDARD];
        if (columns == 0)
            assert_string_equal(field, "standard");
        if (strcmp(name, "recovery_angle") == 0)
            angle_seen = strtod(field, NULL) == standard->spectra.recovery_angle;
        if (strcmp(name, "title") == 0)
            title_seen = strcmp(field, "Odd, \"quoted\"") == 0;
        assert_int_equal(*header, *row);
        if (*header != ',')
            break;
        header++;
        row++;
    }
    assert_int_equal(*row, '\n');
    assert_int_equal(columns + 1, 3 + result_measure_count + key_count);
    assert_true(title_seen);
    assert_true(angle_seen);
    assert_memory_equal(row + 1, "meta,ok,ok,385,", 15);
    assert_int_equal(fixture->text[fixture->size - 1], '\n');
}

static void text_is_a_table_with_theory_beside(void **state)
{
    struct fixture *fixture = *state;
    const char *text = write(fixture, RESULT_TEXT);
    double numbers[6];
    assert_memory_equal(text, "Odd, \"quoted\"\n\nproblem  dimension 13, rank 2, tasks 3,", 50);
    assert_non_null(strstr(text, "\nadapt    samples 238, rank 2, solver paper,"));
    const char *header = strstr(text, "method      train_loss  base_error  error_rank  recovery_angle  rank_needed   "
                                      "risk (rank 2)\nstandard  ");
    assert_non_null(header);
    const char *standard = strstr(text, "\nstandard");
    for (int i = 0; i < 6; i++)
        numbers[i] = number_next(&standard);
    const struct method_snapshot *method = &fixture->view.snapshot->method[METHOD_STANDARD];
    assert_true(fabs(numbers[0] / method->train_loss - 1) < 6e-3);
    assert_true(numbers[2] == method->spectra.error_rank);
    assert_true(numbers[4] == method->spectra.rank_needed);
    assert_true(fabs(numbers[5] / method->risk - 1) < 6e-3);
    for (int i = 0; i < 4; i++) /* base_error, error_rank, rank_needed, risk */
        numbers[i] = number_next(&standard);
    assert_true(numbers[1] == method->theory_error_rank);
    assert_true(numbers[2] == method->theory_rank_needed);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        size_t columns = 0;
        for (size_t i = 0; i < strcspn(line, "\n"); i++)
            columns += ((unsigned char)line[i] & 0xc0) != 0x80;
        assert_true(columns <= 100);
    }
}

static void a_full_disk_is_told(void **state)
{
    struct fixture *fixture = *state;
    for (int format = RESULT_TEXT; format <= RESULT_JSON; format++) {
        struct err err = {0};
        FILE *full = fopen("/dev/full", "w");
        assert_non_null(full);
        assert_int_equal(result_write(full, (enum result_format)format, &fixture->view, &err), ERR_IO);
        assert_non_null(strstr(err.message, "cannot write the results: No space left"));
        fclose(full);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(json_has_every_measure_to_the_last_bit, make, drop),
        cmocka_unit_test_setup_teardown(json_has_the_config_typed, make, drop),
        cmocka_unit_test_setup_teardown(json_has_the_history, make, drop),
        cmocka_unit_test_setup_teardown(what_cannot_be_had_is_null_or_empty, make, drop),
        cmocka_unit_test_setup_teardown(csv_has_a_row_a_method_and_a_column_a_number, make, drop),
        cmocka_unit_test_setup_teardown(text_is_a_table_with_theory_beside, make, drop),
        cmocka_unit_test_setup_teardown(a_full_disk_is_told, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
