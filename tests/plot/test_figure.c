/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/figure.h"

#include "run/key.h"
#include "support/near.h"
#include "support/program.h"
#include "support/view_sample.h"

#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SHEET = -1 };

static struct view_sample *sample_of(const char *const *assignments)
{
    struct config config;
    struct err err;
    config_default(&config);
    for (int i = 0; assignments && assignments[i]; i++)
        assert_int_equal(key_assign(&config, assignments[i], &err), ERR_NONE);
    struct view_sample *sample = view_sample_new(&config);
    assert_non_null(sample);
    return sample;
}

/* The figure's commands; the caller frees them. */
static char *text_of(int figure, const struct view *view)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (figure == SHEET)
        figure_write_sheet(stream, view);
    else
        figure_write(stream, (enum figure)figure, view);
    fclose(stream);
    return text;
}

static char *text_of_sample(int figure, const struct view_sample *sample)
{
    struct view view = view_sample_view(sample);
    return text_of(figure, &view);
}

static int count_of(const char *text, const char *part)
{
    int count = 0;
    for (const char *c = text; (c = strstr(c, part)) != NULL; c += strlen(part))
        count++;
    return count;
}

/* The data block `name` as numbers; fails unless every row is two numbers. Returns the rows. */
static int block_of(const char *text, const char *name, double rows[][2], int limit)
{
    char begin[96];
    snprintf(begin, sizeof begin, "$%s << EOD\n", name);
    const char *line = strstr(text, begin);
    if (!line)
        return 0;
    line += strlen(begin);
    int count = 0;
    while (strncmp(line, "EOD\n", 4) != 0) {
        double row[2];
        char *end = NULL;
        row[0] = strtod(line, &end);
        row[1] = strtod(end, &end);
        if (*end != '\n')
            fail_msg("%s has a row that is no two numbers: %.40s", name, line);
        if (count < limit)
            memcpy(rows[count], row, sizeof row);
        count++;
        line = strchr(line, '\n') + 1;
    }
    return count;
}

static void test_every_figure_is_blocks_and_one_plot(void **state)
{
    (void)state;
    static const char *const variants[][4] = {{NULL},
                                              {"adapt.solver=paper", NULL},
                                              {"retrain.methods=meta", NULL},
                                              {"problem.dimension=512", "problem.rank=8", "problem.tasks=8", NULL}};
    for (size_t v = 0; v < sizeof variants / sizeof *variants; v++) {
        struct view_sample *sample = sample_of(variants[v]);
        for (int figure = 0; figure < FIGURE_COUNT; figure++) {
            char *text = text_of_sample(figure, sample);
            assert_int_equal(count_of(text, "\nplot "), 1);
            assert_int_equal(count_of(text, " << EOD\n"), count_of(text, "\nEOD\n"));
            assert_true(count_of(text, " << EOD\n") >= 1);
            assert_non_null(strstr(text, figure_table[figure].title));
            assert_non_null(strstr(text, "set xlabel '"));
            assert_non_null(strstr(text, "set ylabel '"));
            assert_true(text[strlen(text) - 1] == '\n');
            free(text);
        }
        char *sheet = text_of_sample(SHEET, sample);
        assert_int_equal(count_of(sheet, "\nplot "), FIGURE_COUNT);
        assert_int_equal(count_of(sheet, "set multiplot"), 2); /* set, unset */
        free(sheet);
        view_sample_free(sample);
    }
}

static void test_curves_are_short_and_keep_their_spikes(void **state)
{
    (void)state;
    static double rows[4096][2];
    struct view_sample *sample = sample_of((const char *const[]){"retrain.steps=100000", NULL});
    struct history *history = sample->history[METHOD_STANDARD][STAGE_RETRAIN];
    history_clear(history);
    for (long step = 0; step <= 100000; step++) {
        double loss = step == 70001 ? 2385 : step == 30011 ? 0.02385 : 61.3;
        struct sample point = {.step = step, .value = {loss, (double)NAN, (double)NAN, (double)NAN}};
        history_add(history, &point);
    }
    char *text = text_of_sample(FIGURE_LOSS, sample);
    int count = block_of(text, "loss_standard_loss", rows, 4096);
    assert_in_range(count, 200, 1030);
    double least = rows[0][1];
    double most = rows[0][1];
    for (int i = 0; i < count; i++) {
        least = fmin(least, rows[i][1]);
        most = fmax(most, rows[i][1]);
        assert_true(i == 0 || rows[i][0] >= rows[i - 1][0]);
        if (rows[i][1] > 100)
            assert_near(rows[i][0], 70001, 400);
    }
    assert_near(least, 0.02385, 1e-9);
    assert_near(most, 2385, 1e-4);
    assert_near(rows[count - 1][0], 100000, 0.5);
    free(text);
    view_sample_free(sample);
}

/* Where somebody went back, the line that was left is drawn too, and is in the ranges. */
static void test_the_line_that_was_left_is_drawn(void **state)
{
    (void)state;
    static double rows[4096][2];
    struct view_sample *sample = sample_of((const char *const[]){"retrain.steps=1700", NULL});
    struct view_sample *other = sample_of((const char *const[]){"retrain.steps=2385", NULL});
    struct view view = view_sample_view(sample), left = view_sample_view(other);
    char *text = text_of(FIGURE_LOSS, &view);
    assert_null(strstr(text, "the line before"));
    free(text);
    memcpy(view.left, left.history, sizeof view.left);
    text = text_of(FIGURE_LOSS, &view);
    int count = block_of(text, "loss_meta_left", rows, 4096);
    assert_in_range(count, 200, 2000);
    assert_near(rows[count - 1][0], 2385, 0.5);
    assert_non_null(strstr(text, "set xrange [0:2385]"));
    assert_int_equal(count_of(text, "the line before"), 2);
    free(text);
    text = text_of(FIGURE_RECOVERY, &view);
    assert_true(block_of(text, "recovery_meta_left", rows, 4096) > 100);
    free(text);
    view_sample_free(sample);
    view_sample_free(other);
}

static void test_falling_curves_fall(void **state)
{
    (void)state;
    static double rows[4096][2];
    struct view_sample *sample = sample_of(NULL);
    char *text = text_of_sample(FIGURE_RECOVERY, sample);
    int count = block_of(text, "recovery_meta_error", rows, 4096);
    assert_true(count > 100);
    for (int i = 1; i < count; i++)
        assert_true(rows[i][1] < rows[i - 1][1]);
    for (int i = 0; i < count; i += 17) /* the sample's own formula */
        assert_near(rows[i][1] / (23.85 * exp(-rows[i][0] / 3000 / 0.056)), 1, 1e-8);
    free(text);
    view_sample_free(sample);
}

static void test_theory_is_where_the_theory_has_it(void **state)
{
    (void)state;
    double rows[64][2];
    struct view_sample *sample = sample_of((const char *const[]){"problem.rank=3", "problem.tasks=4", NULL});
    char *text = text_of_sample(FIGURE_SPECTRUM, sample);
    assert_int_equal(block_of(text, "spectrum_standard_rank", rows, 64), 2);
    assert_near(rows[0][0], 12.5, 0); /* behind value kT */
    assert_non_null(strstr(text, "title 'theory: rank kT = 12'"));
    assert_int_equal(block_of(text, "spectrum_standard_predicted", rows, 64), 12);
    assert_near(rows[11][1], 4.77 * pow(0.85, 11), 1e-7);
    assert_int_equal(block_of(text, "spectrum_meta_rank", rows, 64), 2);
    assert_near(rows[0][0], 0.5, 0);
    assert_int_equal(block_of(text, "spectrum_meta_predicted", rows, 64), 0); /* all of it is zero */
    free(text);

    text = text_of_sample(FIGURE_ADAPTATION, sample);
    assert_int_equal(block_of(text, "adaptation_standard_rank", rows, 64), 2);
    assert_near(rows[0][0], 15, 0);
    assert_non_null(strstr(text, "title 'theory: rank k(T+1) = 15'"));
    assert_int_equal(block_of(text, "adaptation_meta_rank", rows, 64), 2);
    assert_near(rows[0][0], 3, 0);
    assert_non_null(strstr(text, "title 'theory: rank k = 3'"));
    assert_int_equal(block_of(text, "adaptation_meta_measured", rows, 64), 17);
    free(text);

    text = text_of_sample(FIGURE_RECOVERY, sample);
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += pow(4.77 * pow(0.85, i), 2);
    assert_int_equal(block_of(text, "recovery_standard_theory", rows, 64), 2);
    assert_near(rows[1][1], sqrt(sum), 1e-7);
    free(text);

    sample->snapshot->method[METHOD_STANDARD].theory_error_rank = THEORY_SILENT;
    sample->snapshot->method[METHOD_STANDARD].predicted = false;
    text = text_of_sample(FIGURE_SPECTRUM, sample);
    assert_int_equal(block_of(text, "spectrum_standard_rank", rows, 64), 0);
    assert_int_equal(block_of(text, "spectrum_standard_predicted", rows, 64), 0);
    assert_int_equal(block_of(text, "spectrum_standard_measured", rows, 64), 16);
    free(text);
    view_sample_free(sample);
}

static void test_many_ranks_show_what_the_theory_speaks_of(void **state)
{
    (void)state;
    static double rows[2048][2];
    struct view_sample *sample =
        sample_of((const char *const[]){"problem.dimension=512", "problem.rank=8", "problem.tasks=8", NULL});
    char *text = text_of_sample(FIGURE_ADAPTATION, sample);
    assert_non_null(strstr(text, "set xrange [0-0.5:110+0.5]")); /* k(T+1) = 72, and half as many again, and 2 */
    assert_int_equal(block_of(text, "adaptation_standard_measured", rows, 2048), 111);
    free(text);
    sample->snapshot->method[METHOD_META].theory_rank_needed = THEORY_SILENT;
    text = text_of_sample(FIGURE_ADAPTATION, sample);
    assert_non_null(strstr(text, "set xrange [0-0.5:512+0.5]"));
    free(text);
    view_sample_free(sample);
}

static void test_fine_tuning_is_shown(void **state)
{
    (void)state;
    static double rows[2048][2];
    struct view_sample *sample =
        sample_of((const char *const[]){"adapt.solver=paper", "adapt.rank=5", "adapt.steps=700", NULL});
    char *text = text_of_sample(FIGURE_ADAPTATION, sample);
    assert_int_equal(block_of(text, "adaptation_meta_tuned", rows, 8), 1);
    assert_near(rows[0][0], 5, 0);
    assert_non_null(strstr(text, "title 'meta, fine-tuned'"));
    free(text);
    text = text_of_sample(FIGURE_LOSS, sample);
    int count = block_of(text, "loss_standard_tuning", rows, 2048);
    assert_true(count > 100);
    assert_near(rows[0][0], 3000, 0); /* behind retraining */
    assert_near(rows[count - 1][0], 3700, 0.5);
    assert_non_null(strstr(text, "set xrange [0:3700]"));
    free(text);
    view_sample_free(sample);
}

/* ---- what the real gnuplot says ---- */

static char *in_temporary(const char *name)
{
    static char path[512];
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "/tmp", name);
    return path;
}

/* gnuplot draws it and has nothing to say, not even a warning. */
static void assert_drawn(const char *text)
{
    const char *script = in_temporary("figure.gp");
    FILE *stream = fopen(script, "w");
    assert_non_null(stream);
    fputs("set terminal svg enhanced size 1440, 1008\nset output '/dev/null'\n", stream);
    fputs(text, stream);
    fclose(stream);
    struct program_result result = program_shell("gnuplot -d '%s'", script);
    if (result.status != 0 || *result.errors || *result.output)
        fail_msg("gnuplot ended with %d and said: %s%s", result.status, result.output, result.errors);
    program_free(&result);
    unlink(script);
}

static void assert_all_drawn(const struct view *view)
{
    for (int figure = SHEET; figure < FIGURE_COUNT; figure++) {
        char *text = text_of(figure, view);
        assert_drawn(text);
        free(text);
    }
}

static void test_gnuplot_draws_every_figure(void **state)
{
    (void)state;
    static const char *const variants[][4] = {{NULL},
                                              {"adapt.solver=paper", "retrain.solver=gd", NULL},
                                              {"retrain.methods=standard", NULL},
                                              {"problem.dimension=1", "problem.rank=1", "problem.tasks=1", NULL},
                                              {"problem.dimension=300", "problem.tasks=5", "retrain.steps=1", NULL}};
    for (size_t v = 0; v < sizeof variants / sizeof *variants; v++) {
        struct view_sample *sample = sample_of(variants[v]);
        struct view view = view_sample_view(sample);
        assert_all_drawn(&view);
        view_sample_free(sample);
    }
}

static void test_gnuplot_draws_what_there_is_hardly_anything_of(void **state)
{
    (void)state;
    struct view_sample *sample = sample_of(NULL);
    struct view view = view_sample_view(sample);
    for (int i = 0; i <= METHOD_META; i++)
        history_clear(sample->history[i][STAGE_RETRAIN]);
    assert_all_drawn(&view); /* no history */
    view.snapshot = NULL;
    assert_all_drawn(&view); /* nothing */
    view_sample_free(sample);
}

static void test_gnuplot_draws_zeros_and_missing_numbers(void **state)
{
    (void)state;
    struct view_sample *sample = sample_of(NULL);
    struct view view = view_sample_view(sample);
    struct snapshot *snapshot = sample->snapshot;
    struct method_snapshot *meta = &snapshot->method[METHOD_META];
    for (int i = 0; i < 16; i++)
        meta->spectra.singular_values[i] = i % 2 ? 0 : (double)NAN;
    for (int i = 0; i < 17; i++)
        meta->spectra.curve[i] = (double)NAN;
    struct history *history = sample->history[METHOD_META][STAGE_RETRAIN];
    history_clear(history);
    for (long step = 0; step < 50; step++) {
        struct sample point = {.step = step, .value = {0, 0, 0, 0}};
        history_add(history, &point);
    }
    char *text = text_of(FIGURE_LOSS, &view);
    assert_non_null(strstr(text, "('≈ 0' 1e0)")); /* below 61.3 and 95.4: one decade for them, one for zero */
    free(text);
    assert_all_drawn(&view);
    snapshot->method[METHOD_STANDARD].active = false;
    snapshot->base_norm_two = snapshot->unseen_norm = (double)NAN;
    assert_all_drawn(&view);
    meta->active = false;
    assert_all_drawn(&view);
    view_sample_free(sample);
}

/* Every panel that the truth is needed for says which part of it. */
static void test_what_the_truth_is_needed_for_says_so(void **state)
{
    (void)state;
    struct view_sample *sample = sample_of(NULL);
    char *text = text_of_sample(SHEET, sample);
    assert_int_equal(count_of(text, "which this file does not give"), 0);
    free(text);
    view_sample_forget_truth(sample);
    static const int needs[FIGURE_COUNT][3] = {
        [FIGURE_RECOVERY] = {1, 1, 0}, [FIGURE_SPECTRUM] = {1, 0, 0}, [FIGURE_ADAPTATION] = {0, 0, 1}};
    for (int i = 0; i < FIGURE_COUNT; i++) {
        text = text_of_sample(i, sample);
        assert_int_equal(count_of(text, "'needs A_star, which this file does not give'"), needs[i][0]);
        assert_int_equal(count_of(text, "'needs U_star, which this file does not give'"), needs[i][1]);
        assert_int_equal(count_of(text, "'needs W_test, which this file does not give'"), needs[i][2]);
        free(text);
    }
    struct view view = view_sample_view(sample);
    assert_all_drawn(&view);
    view_sample_free(sample);
}

static void test_a_title_is_only_a_title(void **state)
{
    (void)state;
    char canary[600];
    snprintf(canary, sizeof canary, "%s", in_temporary("canary"));
    static const char *const titles[] = {"`touch canary`",
                                         "'; system('touch canary') #",
                                         "\"; system(\"touch canary\"); \"",
                                         "@GPVAL_TERM \\",
                                         "a\nsystem('touch canary')\n",
                                         "EOD\nEOD",
                                         "{/*99 x} ^_{} & <svg> %s",
                                         "$(touch canary)",
                                         "\xff\xfe it''s '",
                                         "'. system('touch canary') .'"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        struct view_sample *sample = sample_of(NULL);
        snprintf(sample->snapshot->config.title, sizeof sample->snapshot->config.title, "%s", titles[i]);
        char *text = text_of_sample(SHEET, sample);
        const char *script = in_temporary("hostile.gp");
        FILE *stream = fopen(script, "w");
        fprintf(stream, "set terminal svg enhanced size 1440, 1008\nset output '/dev/null'\n%s", text);
        fclose(stream);
        struct program_result result = program_shell("cd \"$TMPDIR\" && gnuplot -d '%s'", script);
        assert_string_equal(result.errors, "");
        assert_int_equal(result.status, 0);
        program_free(&result);
        assert_int_not_equal(access(canary, F_OK), 0);
        free(text);
        unlink(script);
        view_sample_free(sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_figure_is_blocks_and_one_plot),
        cmocka_unit_test(test_curves_are_short_and_keep_their_spikes),
        cmocka_unit_test(test_the_line_that_was_left_is_drawn),
        cmocka_unit_test(test_falling_curves_fall),
        cmocka_unit_test(test_theory_is_where_the_theory_has_it),
        cmocka_unit_test(test_many_ranks_show_what_the_theory_speaks_of),
        cmocka_unit_test(test_fine_tuning_is_shown),
        cmocka_unit_test(test_gnuplot_draws_every_figure),
        cmocka_unit_test(test_gnuplot_draws_what_there_is_hardly_anything_of),
        cmocka_unit_test(test_gnuplot_draws_zeros_and_missing_numbers),
        cmocka_unit_test(test_what_the_truth_is_needed_for_says_so),
        cmocka_unit_test(test_a_title_is_only_a_title),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
