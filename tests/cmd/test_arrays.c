/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "run/npz.h"
#include "support/program.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Tasks and starts that a file gives, and results that go into one. */

enum { D = 3, T = 2, N = 4 };

static char folder[64];
static char paper[512]; /* tests/golden/paper-gd */

static int make_folder(void **state)
{
    (void)state;
    const char *source = getenv("RANKSCOPE_SOURCE");
    snprintf(paper, sizeof paper, "%s/tests/golden/paper-gd", source ? source : ".");
    strcpy(folder, "/tmp/rankscope-arrays-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    struct program_result result = program_shell("rm -r '%s'", folder);
    program_free(&result);
    return 0;
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* Numbers of no account. */
static const double *numbers(void)
{
    static double values[8192];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        values[i] = sin(2.385 * (double)i);
    return values;
}

/* An array called `name` whose shape is written as "3x6x40". */
static struct npz_field field_of(const char *name, const char *shape)
{
    struct npz_field field = {.data = numbers()};
    snprintf(field.name, sizeof field.name, "%s", name);
    while (*shape) {
        char *end;
        field.shape[field.dims++] = strtoull(shape, &end, 10);
        shape = *end ? end + 1 : end;
    }
    return field;
}

/* Writes a file from "X=3x6x40 Y=3x6x40". */
static void make_file(const char *name, const char *arrays)
{
    char text[256];
    struct npz_field fields[16];
    int count = 0;
    struct err err = {.code = ERR_NONE};
    char *rest = NULL;
    snprintf(text, sizeof text, "%s", arrays);
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char *equals = strchr(word, '=');
        assert_non_null(equals);
        *equals = '\0';
        fields[count++] = field_of(word, equals + 1);
    }
    if (npz_write(path_of(name), fields, count, &err))
        fail_msg("%s", err.message);
}

/* Status 2, nothing on standard output and this as the one line. */
static void expect_refused(const char *arguments, const char *message)
{
    struct program_result result = program_shell("cd '%s' && \"$RANKSCOPE\" run %s", folder, arguments);
    char line[600];
    snprintf(line, sizeof line, "rankscope: %s\n", message);
    assert_string_equal(result.errors, line);
    assert_int_equal(result.status, 2);
    assert_int_equal(result.output_size, 0);
    program_free(&result);
}

static void bad_tasks_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *arrays, *message;
    } table[] = {
        {"A_star=3x3", "array X: found none, wanted X and Y of shape (T, d, N), or W of (T, d, d)"},
        {"X=2x3x4", "array Y: found none, wanted one beside X"},
        {"X=2x3x4 Y=2x3x5", "array Y: found shape (2, 3, 5), wanted (2, 3, 4)"},
        {"X=2x3 Y=2x3", "array X: found shape (2, 3), wanted (T, d, N)"},
        {"W=2x3x4", "array W: found shape (2, 3, 4), wanted (T, d, d)"},
        {"W=3x3", "array W: found shape (3, 3), wanted (T, d, d)"},
        {"W=2x3x3 A_star=1x3x3", "array A_star: found shape (1, 3, 3), wanted (3, 3)"},
        {"W=2x3x3 A_star=4x4", "array A_star: found shape (4, 4), wanted (3, 3)"},
        {"W=2x3x3 U_star=2x3x4", "array U_star: found shape (2, 3, 4), wanted its k from 1 to 3"},
        {"W=2x3x3 U_star=2x3x0", "array U_star: found shape (2, 3, 0), wanted its k from 1 to 3"},
        {"W=2x3x3 U_star=3x3x1", "array U_star: found shape (3, 3, 1), wanted (2, 3, k)"},
        {"W=2x3x3 V_star=2x3x1", "array U_star: found none, wanted one beside V_star"},
        {"W=2x3x3 U_star=2x3x1 V_star=2x3x2", "array V_star: found shape (2, 3, 2), wanted (2, 3, 1)"},
        {"W=2x3x3 W_test=2x3x3", "array W_test: found shape (2, 3, 3), wanted (3, 3)"},
        {"W=2x3x3 Y_test=3x5", "array X_test: found none, wanted one beside Y_test"},
        {"W=2x3x3 X_test=3x5 Y_test=3x6", "array Y_test: found shape (3, 6), wanted (3, 5)"},
        {"W=0x3x3", "array W: found shape (0, 3, 3), wanted its T from 1 to 1024"},
        {"W=2000x1x1", "array W: found shape (2000, 1, 1), wanted its T from 1 to 1024"},
        {"X=1x5000x1 Y=1x5000x1", "array X: found shape (1, 5000, 1), wanted its d from 1 to 4096"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char message[256];
        make_file("bad.npz", table[i].arrays);
        snprintf(message, sizeof message, "bad.npz: %s", table[i].message);
        expect_refused("--tasks bad.npz", message);
    }
    expect_refused("--tasks none.npz", "none.npz: there is no such file");
    expect_refused("--tasks .", ".: this is a folder, not a file");
}

static void bad_starts_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *arrays, *message;
    } table[] = {
        {"W=1x3x3", "array A0: found none, wanted A0, U0, or Ut0 and Vt0"},
        {"A0=4x4", "array A0: found shape (4, 4), wanted (3, 3)"},
        {"U0=3x3x1", "array U0: found shape (3, 3, 1), wanted (2, 3, r)"},
        {"U0=2x3x4", "array U0: found shape (2, 3, 4), wanted its r from 1 to 3"},
        {"U0=2x3x1 V0=2x3x1", "array V0: found one, wanted none, as retrain.adapter is symmetric, which makes it U0"},
        {"V0=2x3x1", "array U0: found none, wanted one beside V0"},
        {"Ut0=3x1", "array Vt0: found none, wanted one beside Ut0"},
        {"Ut0=3x1 Vt0=3x2", "array Vt0: found shape (3, 2), wanted (3, 1)"},
    };
    make_file("tasks.npz", "W=2x3x3 W_test=3x3");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char message[256];
        make_file("bad.npz", table[i].arrays);
        snprintf(message, sizeof message, "bad.npz: %s", table[i].message);
        expect_refused("--tasks tasks.npz --init bad.npz", message);
    }
    make_file("start.npz", "U0=2x3x1");
    expect_refused("--tasks tasks.npz --init start.npz --set retrain.adapter=general",
                   "start.npz: array V0: found none, wanted one, as retrain.adapter is general");
    expect_refused("two-tasks --init start.npz", "start.npz: array U0: found shape (2, 3, 1), wanted (2, 10, r)");
}

static void disagreement_is_refused(void **state)
{
    (void)state;
    make_file("tasks.npz", "W=2x3x3 W_test=3x3");
    make_file("start.npz", "U0=2x3x1");
    expect_refused("--tasks tasks.npz --set problem.dimension=4",
                   "--set: problem.dimension must be 3, as the given file has it, not 4");
    expect_refused("--tasks tasks.npz --set problem.samples=4",
                   "--set: problem.samples must be population, as the given file has it, not 4");
    expect_refused("--tasks tasks.npz --set problem.noise=0.1",
                   "--set: problem.noise says nothing of tasks that a file gives");
    expect_refused("--tasks tasks.npz --set problem.rank=2",
                   "--set: problem.rank says nothing of tasks that a file gives");
    expect_refused("--tasks tasks.npz --init start.npz --set retrain.rank=3",
                   "--set: retrain.rank must be 1, as the given file has it, not 3");
    expect_refused("--tasks tasks.npz --set adapt.rank=5",
                   "--set: adapt.rank 5 is above problem.dimension 3: a rank is at most the dimension");
    struct program_result result = program_shell("\"$RANKSCOPE\" run two-tasks --export a.json");
    assert_non_null(strstr(result.errors, "--export must be a name that ends in .npz, not \"a.json\""));
    assert_int_equal(result.status, 2);
    program_free(&result);
}

static struct program_result run_here(const char *arguments)
{
    struct program_result result = program_shell("cd '%s' && \"$RANKSCOPE\" run %s", folder, arguments);
    if (result.status != 0 || *result.errors)
        fail_msg("status %d: %s", result.status, result.errors);
    return result;
}

static const char *const export_names[] = {"A_star",
                                           "U_star",
                                           "V_star",
                                           "W",
                                           "W_test",
                                           "X",
                                           "Y",
                                           "X_test",
                                           "Y_test",
                                           "meta_A",
                                           "meta_U",
                                           "meta_V",
                                           "meta_Ut",
                                           "meta_Vt",
                                           "meta_train_loss",
                                           "meta_test_loss",
                                           "meta_singular_values",
                                           "meta_adaptation_curve",
                                           "standard_A",
                                           "standard_U",
                                           "meta_train_loss_step",
                                           "meta_test_loss_step",
                                           NULL};

static struct npz read_export(const char *name)
{
    struct npz npz;
    struct err err = {.code = ERR_NONE};
    if (npz_read(&npz, path_of(name), export_names, &err))
        fail_msg("%s", err.message);
    return npz;
}

static const struct npz_array *array_of(const struct npz *npz, const char *name)
{
    const struct npz_array *array = npz_find(npz, name);
    if (!array)
        fail_msg("there is no %s", name);
    return array;
}

/* The golden text file `file` has these numbers. */
static void check_golden(const struct npz *npz, const char *name, const char *file, double tolerance)
{
    const struct npz_array *array = array_of(npz, name);
    char path[600];
    snprintf(path, sizeof path, "%s/%s.txt", paper, file);
    char *text;
    size_t size;
    assert_int_equal(file_read(path, 1u << 20, &text, &size, NULL), ERR_NONE);
    char *next = strchr(text, '\n'), *end; /* after the shape */
    assert_non_null(next);
    size_t count = 1;
    for (int i = 0; i < array->dims; i++)
        count *= (size_t)array->shape[i];
    for (size_t i = 0; i < count; i++) {
        double want = strtod(next, &end);
        assert_ptr_not_equal(end, next);
        next = end;
        if (!(fabs(array->data[i] - want) <= tolerance))
            fail_msg("%s[%zu] is %.17g, not %.17g", name, i, array->data[i], want);
    }
    strtod(next, &end);
    assert_ptr_equal(end, next);
    free(text);
}

static void the_papers_iterates_come_out(void **state)
{
    (void)state;
    char arguments[1300];
    snprintf(arguments, sizeof arguments, "--tasks '%s/tasks.npz' --init '%s/init.npz' --steps 500 --export out.npz",
             paper, paper);
    struct program_result result = run_here(arguments);
    program_free(&result);
    struct npz npz = read_export("out.npz");
    check_golden(&npz, "meta_A", "A_500", 1e-11);
    check_golden(&npz, "meta_U", "U_500", 1e-11);
    check_golden(&npz, "meta_V", "U_500", 1e-11);
    check_golden(&npz, "meta_Ut", "Ut_1000", 1e-11);
    check_golden(&npz, "meta_Vt", "Vt_1000", 1e-11);
    check_golden(&npz, "A_star", "A_star", 0);
    check_golden(&npz, "X", "X", 0);
    check_golden(&npz, "Y_test", "Y_test", 0);
    const struct npz_array *loss = array_of(&npz, "meta_train_loss"), *step = array_of(&npz, "meta_train_loss_step");
    assert_int_equal(loss->shape[0], step->shape[0]);
    size_t last = (size_t)loss->shape[0] - 1;
    assert_true(step->data[0] == 0 && step->data[1] == 1 && step->data[last] == 500);
    struct npz one = {.count = 1, .array = &(struct npz_array){.dims = 0, .data = &loss->data[last]}};
    strcpy(one.array->name, "last");
    check_golden(&one, "last", "train_loss_500", 1e-11);
    assert_null(npz_find(&npz, "standard_U"));
    assert_null(npz_find(&npz, "meta_adaptation_curve"));
    npz_free(&npz);
}

static void what_needs_the_truth_is_left_out(void **state)
{
    (void)state;
    make_file("tasks.npz", "W=2x3x3");
    struct program_result result = run_here("--tasks tasks.npz --steps 5 --format csv --export out.npz");
    assert_non_null(strstr(result.output, ",base_error,error_rank,theory_error_rank,recovery_angle,rank_needed,"
                                          "theory_rank_needed,risk,"));
    char *row = strstr(result.output, "\nmeta,ok,,5,");
    assert_non_null(row);
    assert_non_null(strstr(row, ",,,,,,,,0,,,Tasks of tasks.npz,linear,3,,2,,population,,7,"));
    program_free(&result);
    struct npz npz = read_export("out.npz");
    assert_null(npz_find(&npz, "A_star"));
    assert_null(npz_find(&npz, "meta_singular_values"));
    assert_null(npz_find(&npz, "meta_Ut"));
    assert_memory_equal(array_of(&npz, "W")->data, numbers(), sizeof(double) * T * D * D);
    npz_free(&npz);

    result = run_here("--tasks tasks.npz --steps 5 --format json");
    assert_non_null(strstr(result.output, "\"error_rank\": null"));
    assert_non_null(strstr(result.output, "\"noise\": null"));
    assert_null(strstr(result.output, "nan"));
    program_free(&result);
    result = run_here("--tasks tasks.npz --steps 5");
    assert_non_null(strstr(result.output, "without their true adapters"));
    assert_null(strstr(result.output, "nan"));
    assert_null(strstr(result.output, "-1"));
    program_free(&result);
}

/* In closed form: A + U V^T is the best approximation, so that what the curve says is left is left. */
static void exports_are_read_as_tasks(void **state)
{
    (void)state;
    struct program_result result =
        run_here("three-tasks --steps 20 --set adapt.rank=3 --set problem.dimension=7 --export drawn.npz");
    program_free(&result);
    result = run_here("three-tasks --tasks drawn.npz --steps 20 --set adapt.rank=3 --export again.npz");
    program_free(&result);
    struct npz drawn = read_export("drawn.npz"), again = read_export("again.npz");
    for (int i = 0; export_names[i]; i++) {
        const struct npz_array *one = npz_find(&drawn, export_names[i]), *other = npz_find(&again, export_names[i]);
        assert_int_equal(one != NULL, other != NULL);
        if (!one)
            continue;
        size_t count = 1;
        for (int j = 0; j < one->dims; j++)
            count *= (size_t)one->shape[j];
        for (size_t j = 0; j < count; j++)
            if (!(fabs(one->data[j] - other->data[j]) <= 1e-12 * (1 + fabs(one->data[j]))))
                fail_msg("%s[%zu]: %g and %g", one->name, j, one->data[j], other->data[j]);
    }
    const double *base = array_of(&drawn, "meta_A")->data, *unseen = array_of(&drawn, "W_test")->data;
    const double *left = array_of(&drawn, "meta_Ut")->data, *right = array_of(&drawn, "meta_Vt")->data;
    const double *curve = array_of(&drawn, "meta_adaptation_curve")->data;
    double risk = 0;
    for (size_t i = 0; i < 7; i++)
        for (size_t j = 0; j < 7; j++) {
            double off = unseen[i * 7 + j] - base[i * 7 + j];
            for (size_t l = 0; l < 3; l++)
                off -= left[i * 3 + l] * right[j * 3 + l];
            risk += 0.5 * off * off;
        }
    assert_true(curve[3] > 0.1);
    assert_true(fabs(risk - curve[3]) < 1e-12 * curve[0]);
    assert_true(array_of(&drawn, "meta_test_loss")->data[1] == curve[3]);
    npz_free(&drawn);
    npz_free(&again);
}

/* The lines on standard error of a run that succeeds. */
static void expect_warnings(const char *arguments, const char *lines)
{
    struct program_result result = program_shell("cd '%s' && \"$RANKSCOPE\" run %s --steps 2", folder, arguments);
    assert_string_equal(result.errors, lines);
    assert_int_equal(result.status, 0);
    assert_true(result.output_size > 0);
    program_free(&result);
}

static void misspelt_arrays_are_named(void **state)
{
    (void)state;
    make_file("misspelt.npz", "W=2x3x3 Wtest=3x3 a_star=3x3 V0s=2x3x1 meta_A=3x3 standard_train_loss_step=5 mta_A=3x3");
    expect_warnings("--tasks misspelt.npz",
                    "rankscope: misspelt.npz: array Wtest is passed over; did you mean W_test?\n"
                    "rankscope: misspelt.npz: array a_star is passed over; did you mean A_star?\n"
                    "rankscope: misspelt.npz: array V0s is passed over; did you mean V0?\n"
                    "rankscope: misspelt.npz: array mta_A is passed over, as no array has this name\n");
    make_file("start.npz", "A0=3x3 Uto=3x1 W=2x3x3");
    expect_warnings("two-tasks --set problem.dimension=3 --set problem.rank=1 --set retrain.rank=1 --set adapt.rank=1 "
                    "--init start.npz",
                    "rankscope: start.npz: array Uto is passed over; did you mean Ut0?\n");
    expect_warnings("--tasks start.npz --init start.npz",
                    "rankscope: start.npz: array Uto is passed over; did you mean Ut0?\n");
    make_file("many.npz", "W=2x3x3 aa=1 bb=1 cc=1 dd=1 ee=1 ff=1 gg=1 hh=1 ii=1 jj=1");
    struct program_result result = program_shell("cd '%s' && \"$RANKSCOPE\" run --tasks many.npz --steps 2", folder);
    assert_non_null(strstr(result.errors, "array hh is passed over, as no array has this name\n"
                                          "rankscope: many.npz: 2 more arrays are passed over\n"));
    program_free(&result);
    make_file("bad.npz", "x=2x3x4 XX=2x3x4 Y=2x3x4"); /* beside the error */
    result = program_shell("cd '%s' && \"$RANKSCOPE\" run --tasks bad.npz", folder);
    assert_string_equal(result.errors, "rankscope: bad.npz: array x is passed over, as no array has this name\n"
                                       "rankscope: bad.npz: array XX is passed over; did you mean X?\n"
                                       "rankscope: bad.npz: array X: found none, wanted one beside Y\n");
    assert_int_equal(result.status, 2);
    program_free(&result);
}

/* Before the run, which may be long. */
static void an_export_that_cannot_be_written_says_so(void **state)
{
    (void)state;
    struct program_result result =
        program_shell("cd '%s' && \"$RANKSCOPE\" run two-tasks --steps 2 --export none/out.npz", folder);
    assert_string_equal(result.errors,
                        "rankscope: --export: none/out.npz: cannot write it: No such file or directory\n");
    assert_int_equal(result.status, 1);
    assert_string_equal(result.output, "");
    program_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_tasks_are_refused),
        cmocka_unit_test(bad_starts_are_refused),
        cmocka_unit_test(disagreement_is_refused),
        cmocka_unit_test(the_papers_iterates_come_out),
        cmocka_unit_test(what_needs_the_truth_is_left_out),
        cmocka_unit_test(exports_are_read_as_tasks),
        cmocka_unit_test(misspelt_arrays_are_named),
        cmocka_unit_test(an_export_that_cannot_be_written_says_so),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
