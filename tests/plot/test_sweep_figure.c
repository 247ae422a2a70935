/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/sweep_figure.h"

#include "support/near.h"
#include "support/program.h"
#include "support/table_sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SHEET = -1, COLUMNS = 4 };

/* A figure's commands; the caller frees them. */
static char *text_of(int figure, const struct sweep_choice *choice)
{
    char *text = NULL;
    size_t size = 0;
    struct err err = {.code = ERR_NONE};
    struct sweep_grid *grid = sweep_grid_new(choice, &err);
    assert_non_null(grid);
    FILE *stream = open_memstream(&text, &size);
    if (figure == SHEET)
        sweep_figure_write_sheet(stream, grid);
    else
        sweep_figure_write(stream, (enum sweep_figure)figure, grid);
    fclose(stream);
    sweep_grid_free(grid);
    return text;
}

static char *ranks(int figure, const char *const *axes, table_sample_value *value)
{
    struct table *table = table_sample_new(axes, 3, 3, value);
    struct sweep_choice choice = sweep_choice_default(table, METRIC_RANK_NEEDED);
    char *text = text_of(figure, &choice);
    table_free(table);
    return text;
}

static int count_of(const char *text, const char *part)
{
    int count = 0;
    for (const char *c = text; (c = strstr(c, part)) != NULL; c += strlen(part))
        count++;
    return count;
}

/* The n-th data block `name` as text; fails if there is none. The caller frees it. */
static char *block_of(const char *text, const char *name, int n)
{
    char begin[96];
    snprintf(begin, sizeof begin, "$%s << EOD\n", name);
    const char *at = text;
    for (int i = 0; i <= n; i++) {
        at = strstr(at, begin);
        if (!at)
            fail_msg("there is no block %s", begin);
        at += strlen(begin);
    }
    return strndup(at, (size_t)(strstr(at, "EOD\n") - at));
}

/* Its rows as numbers, what is not there as NAN; empty lines are left out. */
static int rows_of(const char *text, const char *name, int n, double rows[][COLUMNS], int limit)
{
    char *block = block_of(text, name, n);
    int count = 0;
    char *rest = NULL;
    for (char *line = strtok_r(block, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *at = line;
        assert_true(count < limit);
        for (int i = 0; i < COLUMNS; i++) {
            char *end;
            double value = strtod(at, &end);
            rows[count][i] = end > at ? value : (double)NAN;
            at = end;
        }
        count++;
    }
    free(block);
    return count;
}

/* ---- what the text says ---- */

static const char *const three[] = {"tasks=1:6", "rank=1:3", NULL};

static void test_a_heatmap_has_every_cell(void **state)
{
    (void)state;
    double rows[32][COLUMNS];
    char *text = ranks(SWEEP_FIGURE_HEATMAP, three, table_sample_theory);
    assert_int_equal(rows_of(text, "heatmap_standard_value", 0, rows, 32), 18);
    for (int i = 0; i < 18; i++)
        assert_near(rows[i][2], (rows[i][1] + 1) * (rows[i][0] + 2), 1e-6); /* k(T+1), from indices */
    assert_int_equal(rows_of(text, "heatmap_meta_value", 0, rows, 32), 18);
    for (int i = 0; i < 18; i++)
        assert_near(rows[i][2], (rows[i][1] + 1) * (rows[i][0] >= 2 ? 1 : 3), 1e-6);
    char *block = block_of(text, "heatmap_meta_formula", 0);
    assert_int_equal(count_of(block, "\"3k\""), 6);
    assert_int_equal(count_of(block, "\"k\""), 12);
    free(block);
    block = block_of(text, "heatmap_standard_number", 0);
    assert_non_null(strstr(block, "5 2 \"21\""));
    free(block);
    assert_non_null(strstr(text, "set xtics noenhanced ('1' 0"));
    assert_non_null(strstr(text, "set xlabel 'tasks T'"));
    assert_non_null(strstr(text, "set ylabel 'rank k'"));
    assert_non_null(strstr(text, "set cblabel 'Rank needed, median'"));
    assert_int_equal(count_of(text, "set colorbox user"), 1);
    assert_int_equal(count_of(text, "set palette"), 2);
    free(text);
}

/* With psd tasks the theory has 3k for meta up to T = 2 and k beyond; standard's k(T+1) is less than 3k at T = 1, and more than k
 * from T = 3 on. */
static void test_the_boundary_is_where_the_theory_has_it(void **state)
{
    (void)state;
    double rows[32][COLUMNS];
    char *text = ranks(SWEEP_FIGURE_HEATMAP, three, table_sample_theory);
    assert_int_equal(rows_of(text, "heatmap_standard_boundary", 0, rows, 32), 2);
    assert_int_equal(rows_of(text, "heatmap_meta_boundary", 0, rows + 2, 30), 4);
    static const double across[] = {1.5, 0.5, 1.5};
    for (int line = 0; line < 3; line++) /* each from bottom to top */
        for (int end = 0; end < 2; end++) {
            assert_near(rows[2 * line + end][0], across[line], 0);
            assert_near(rows[2 * line + end][1], end ? 2.5 : -0.5, 0);
        }
    assert_non_null(strstr(text, "title 'theory: the formula changes"));
    free(text);

    /* d = 24 caps 7 (T+1) at T = 3, that is a corner: one line upwards, one to the right. */
    text = ranks(SWEEP_FIGURE_HEATMAP, (const char *const[]){"tasks=1,2,3", "rank=6,7", "noise=0", NULL},
                 table_sample_theory);
    int lines = rows_of(text, "heatmap_standard_boundary", 0, rows, 32);
    bool upright = false, level = false;
    for (int i = 0; i < lines; i += 2) {
        upright |= rows[i][0] == 1.5 && rows[i + 1][0] == 1.5;
        level |= rows[i][1] == 0.5 && rows[i + 1][1] == 0.5 && rows[i][0] == 1.5 && rows[i + 1][0] == 2.5;
    }
    assert_true(upright && level);
    free(text);

    /* The theory is about population. */
    text =
        ranks(SWEEP_FIGURE_HEATMAP, (const char *const[]){"tasks=1:6", "samples=100,200", NULL}, table_sample_theory);
    assert_int_equal(rows_of(text, "heatmap_meta_boundary", 0, rows, 32), 0);
    assert_null(strstr(text, "theory"));
    free(text);
}

static double sometimes_wrong(const struct config *config, int method, int seed, enum metric metric)
{
    int tasks = config->problem.tasks;
    bool wrong = method == METHOD_META && ((tasks == 4 && seed == 0) || (tasks == 5 && seed > 0));
    return table_sample_theory(config, method, seed, metric) + 2 * wrong;
}

static void test_disagreement_is_marked(void **state)
{
    (void)state;
    double rows[32][COLUMNS];
    char *text = ranks(SWEEP_FIGURE_HEATMAP, three, sometimes_wrong);
    assert_int_equal(rows_of(text, "heatmap_standard_mark", 0, rows, 32), 0);
    assert_int_equal(rows_of(text, "heatmap_meta_mark", 0, rows, 32), 6);
    for (int i = 0; i < 6; i += 2) {
        assert_near(floor(rows[i][0]), 3, 0);
        assert_near(floor(rows[i + 1][0]), 4, 0);
        assert_true(rows[i + 1][2] > rows[i][2]); /* most draws, some draws */
    }
    char *block = block_of(text, "heatmap_meta_formula", 0);
    assert_non_null(strstr(block, "3 1 \"k\"")); /* the median of four tasks is right, */
    assert_non_null(strstr(block, "4 1 \"k = 2\""));
    free(block);
    assert_non_null(strstr(text, "title 'most draws are not as predicted'"));
    assert_non_null(strstr(text, "title 'some draws are not as predicted'"));
    free(text);
    text = ranks(SWEEP_FIGURE_HEATMAP, three, table_sample_theory);
    assert_null(strstr(text, "not as predicted"));
    free(text);
}

static void test_what_is_not_known_is_no_zero(void **state)
{
    (void)state;
    double rows[64][COLUMNS];
    struct table *table =
        table_sample_new((const char *const[]){"rank=1,2,5", "dimension=2:5", NULL}, 3, 0, table_sample_theory);
    struct sweep_choice choice = sweep_choice_default(table, METRIC_RANK_NEEDED);
    char *text = text_of(SWEEP_FIGURE_HEATMAP, &choice);
    assert_int_equal(rows_of(text, "heatmap_meta_impossible", 0, rows, 64), 3); /* rank 5, dimensions 2 to 4 */
    assert_int_equal(rows_of(text, "heatmap_meta_waiting", 0, rows, 64), 9);
    assert_int_equal(rows_of(text, "heatmap_meta_value", 0, rows, 64), 0);
    assert_int_equal(rows_of(text, "heatmap_meta_number", 0, rows, 64), 0);
    assert_non_null(strstr(text, "title 'impossible'"));
    assert_non_null(strstr(text, "title 'not known yet'"));
    assert_null(strstr(text, "title 'no value'"));
    assert_null(strstr(text, "set colorbox user"));
    free(text);
    table_free(table);
}

static void test_slices_have_bands_and_the_theory(void **state)
{
    (void)state;
    double rows[32][COLUMNS];
    char *text = ranks(SWEEP_FIGURE_SLICES, three, sometimes_wrong);
    assert_non_null(strstr(text, "set title 'rank k = 1'"));
    assert_non_null(strstr(text, "set title 'rank k = 3'"));
    assert_int_equal(rows_of(text, "slices_standard_value", 2, rows, 32), 6);
    for (int i = 0; i < 6; i++) {
        assert_near(rows[i][0], i + 1, 1e-6);
        assert_near(rows[i][1], 3 * (i + 2), 1e-6);
    }
    assert_int_equal(rows_of(text, "slices_meta_theory", 1, rows, 32), 6);
    for (int i = 0; i < 6; i++) {
        assert_near(rows[i][0], i + 1, 1e-6);
        assert_near(rows[i][1], i < 2 ? 6 : 2, 1e-6);
    }
    assert_int_equal(rows_of(text, "slices_meta_band", 0, rows, 32), 6);
    assert_near(rows[3][1], 1, 0);
    assert_near(rows[3][2], 1, 0);
    assert_near(rows[3][3], 1 + 2 * 0.8, 1e-6); /* of 1, 1, 3: the quantile 0.9 */
    assert_non_null(strstr(text, "title '10 to 90% of the draws'"));
    assert_non_null(strstr(text, "title 'theory: meta'"));
    free(text);

    struct table *table =
        table_sample_new((const char *const[]){"samples=100:1600:x2", NULL}, 2, 2, table_sample_theory);
    struct sweep_choice choice = sweep_choice_default(table, METRIC_EXCESS_RISK);
    choice.statistic = STATISTIC_MEAN;
    text = text_of(SWEEP_FIGURE_SLICES, &choice);
    assert_non_null(strstr(text, "set logscale x"));
    assert_non_null(strstr(text, "set logscale y"));
    assert_non_null(strstr(text, "'1600' 1.60000000e+03"));
    assert_non_null(strstr(text, "title '95% interval of the mean'"));
    assert_null(strstr(text, "title 'theory"));
    free(text);
    table_free(table);
}

static double gap_at_four(const struct config *config, int method, int seed, enum metric metric)
{
    return config->problem.tasks == 4 ? (double)NAN : table_sample_theory(config, method, seed, metric);
}

static void test_a_line_ends_at_a_gap(void **state)
{
    (void)state;
    double rows[32][COLUMNS];
    char *text = ranks(SWEEP_FIGURE_SLICES, (const char *const[]){"tasks=1:5", NULL}, gap_at_four);
    char *block = block_of(text, "slices_standard_value", 0);
    assert_int_equal(count_of(block, "\n\n"), 2); /* behind 3 and behind 5 */
    free(block);
    assert_int_equal(rows_of(text, "slices_standard_band", 0, rows, 32), 3);
    assert_int_equal(rows_of(text, "slices_standard_bar", 0, rows, 32), 1); /* 5 stands alone */
    assert_near(rows[0][0], 5, 0);
    free(text);
}

static void test_names_stand_beside_each_other(void **state)
{
    (void)state;
    double rows[32][COLUMNS];
    char *text =
        ranks(SWEEP_FIGURE_SLICES, (const char *const[]){"truth=psd,symmetric,general", NULL}, table_sample_theory);
    assert_non_null(strstr(text, "'psd' 0.00000000e+00, 'symmetric' 1.00000000e+00, 'general' 2.00000000e+00"));
    assert_int_equal(rows_of(text, "slices_standard_value", 0, rows, 32), 3);
    assert_true(rows[1][0] < 1);
    assert_int_equal(rows_of(text, "slices_standard_band", 0, rows, 32), 0);
    assert_int_equal(rows_of(text, "slices_standard_bar", 0, rows, 32), 3);
    assert_null(strstr(text, "linespoints"));
    free(text);
}

static double smooth(const struct config *config, int method, int seed, enum metric metric)
{
    (void)metric;
    (void)seed;
    return method == METHOD_STANDARD ? 50 : 1000.0 * config->problem.tasks / config->problem.samples;
}

static void test_contours_are_drawn_where_cells_have_no_numbers(void **state)
{
    (void)state;
    struct table *table =
        table_sample_new((const char *const[]){"tasks=1:20", "samples=10:1000:40", NULL}, 1, 1, smooth);
    struct sweep_choice choice = sweep_choice_default(table, METRIC_EXCESS_RISK);
    char *text = text_of(SWEEP_FIGURE_HEATMAP, &choice);
    assert_int_equal(count_of(text, "set contour base"), 1); /* standard has nothing to draw a line through */
    assert_non_null(strstr(text, "set table $heatmap_meta_contours"));
    assert_non_null(strstr(text, "title 'contours at whole decades'"));
    free(text);
    choice.metric = METRIC_RANK_NEEDED; /* whole numbers have none */
    text = text_of(SWEEP_FIGURE_HEATMAP, &choice);
    assert_null(strstr(text, "contour"));
    free(text);
    table_free(table);
    table = table_sample_new((const char *const[]){"tasks=1:6", "samples=10:1000:200", NULL}, 1, 1, smooth);
    choice = sweep_choice_default(table, METRIC_EXCESS_RISK);
    text = text_of(SWEEP_FIGURE_HEATMAP, &choice);
    assert_null(strstr(text, "contour"));
    free(text);
    table_free(table);
}

static void test_a_sheet_says_what_it_is_of(void **state)
{
    (void)state;
    struct table *table =
        table_sample_new((const char *const[]){"tasks=1:6", "samples=100,population", "problem.noise=0.1,0.2", NULL}, 5,
                         3, table_sample_theory);
    struct sweep_choice choice = sweep_choice_default(table, METRIC_BASE_ERROR);
    choice.up = 1;
    choice.held[2] = 1;
    char *text = text_of(SHEET, &choice);
    assert_non_null(strstr(text, "'A sweep of samples' noenhanced"));
    assert_non_null(
        strstr(text, "'d = 24,  k = 2,  psd truth,  paper solver,  noise σ held at 0.2,  72 of 120 draws'"));
    assert_int_equal(count_of(text, "set multiplot"), 2); /* set, unset */
    assert_int_equal(count_of(text, "\nplot "), 1 + 3 + 3);
    assert_int_equal(count_of(text, " << EOD\n"), count_of(text, "\nEOD\n"));
    free(text);
    table_free(table);
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
    const char *script = in_temporary("sweep.gp");
    FILE *stream = fopen(script, "w");
    assert_non_null(stream);
    fputs("set terminal svg enhanced size 1600, 1120\nset output '/dev/null'\n", stream);
    fputs(text, stream);
    fclose(stream);
    struct program_result result = program_shell("cd \"$TMPDIR\" && gnuplot -d '%s'", script);
    if (result.status != 0 || *result.errors || *result.output)
        fail_msg("gnuplot ended with %d and said: %s%s", result.status, result.output, result.errors);
    program_free(&result);
    unlink(script);
}

static void assert_sheet_drawn(struct table *table, enum metric metric, enum statistic statistic)
{
    struct sweep_choice choice = sweep_choice_default(table, metric);
    choice.statistic = statistic;
    char *text = text_of(SHEET, &choice);
    assert_drawn(text);
    free(text);
}

static void test_gnuplot_draws_every_metric(void **state)
{
    (void)state;
    struct table *table = table_sample_new(three, 3, 3, sometimes_wrong);
    for (int metric = 0; metric < METRIC_COUNT; metric++)
        assert_sheet_drawn(table, (enum metric)metric, (enum statistic)(metric % STATISTIC_COUNT));
    struct sweep_choice choice = sweep_choice_default(table, METRIC_ERROR_RANK);
    for (int figure = 0; figure < SWEEP_FIGURE_COUNT; figure++) {
        char *text = text_of(figure, &choice);
        assert_drawn(text);
        free(text);
    }
    table_free(table);
}

static double nothing(const struct config *config, int method, int seed, enum metric metric)
{
    (void)config;
    (void)method;
    (void)seed;
    (void)metric;
    return (double)NAN;
}

static double infinite(const struct config *config, int method, int seed, enum metric metric)
{
    (void)metric;
    return (config->problem.tasks + method) % 2 ? (double)INFINITY : seed % 2 ? -(double)INFINITY : 1e308;
}

static double zero(const struct config *config, int method, int seed, enum metric metric)
{
    return 0 * nothing(config, method, seed, metric) == 0 ? 1 : 0;
}

/* Lone cells with a value among others without. */
static double chequered(const struct config *config, int method, int seed, enum metric metric)
{
    bool black = (config->problem.tasks + config->problem.samples / 40) % 2;
    return black ? (double)NAN : smooth(config, method, seed, metric);
}

static void test_gnuplot_draws_whatever_there_is(void **state)
{
    (void)state;
    static const struct {
        const char *axes[4];
        int seeds, done;
        table_sample_value *value;
    } cases[] = {
        {{"tasks=3"}, 1, 1, table_sample_theory},                        /* one number */
        {{"tasks=3", "rank=2"}, 1, 1, table_sample_theory},              /* one cell */
        {{"tasks=1:6", "rank=1:3"}, 5, 0, table_sample_theory},          /* nothing */
        {{"tasks=1:6"}, 2, 0, table_sample_theory},                      /* nothing, on one axis */
        {{"tasks=1:6", "rank=1:3"}, 2, 2, nothing},                      /* no value */
        {{"tasks=1:6", "samples=100:600:100"}, 3, 3, infinite},          /* and hardly any */
        {{"tasks=1:6", "samples=100:600:100"}, 3, 3, zero},              /* no decade */
        {{"tasks=1:6", "rank=1:3"}, 1, 1, table_sample_theory},          /* no spread */
        {{"tasks=1:20", "samples=40:1200:40"}, 1, 1, chequered},         /* no neighbours */
        {{"truth=psd,general", "samples=100,population"}, 2, 2, smooth}, /* names */
        {{"tasks=1:40", "inner_rate=0.000001:0.5:x1.37"}, 2, 2, smooth}, /* long numbers */
        {{"tasks=1:5", "rank=20,22,25"}, 2, 2, smooth},                  /* impossible ones */
        {{"tasks=5:1", "samples=1000:10:x2"}, 2, 2, smooth},             /* falling ones */
        {{"outer_rate=1e-300,1,1e5", "init_scale=0,1e-9"}, 2, 2, table_sample_theory},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table *table = table_sample_new(cases[i].axes, cases[i].seeds, cases[i].done, cases[i].value);
        assert_sheet_drawn(table, METRIC_EXCESS_RISK, i % 2 ? STATISTIC_MEAN : STATISTIC_MEDIAN);
        assert_sheet_drawn(table, METRIC_RANK_NEEDED, i % 2 ? STATISTIC_SPREAD : STATISTIC_MEAN);
        table_free(table);
    }
}

static void test_gnuplot_draws_many_cells(void **state)
{
    (void)state;
    struct table *table =
        table_sample_new((const char *const[]){"tasks=1:100", "samples=10:1000:10", NULL}, 1, 1, smooth);
    assert_sheet_drawn(table, METRIC_EXCESS_RISK, STATISTIC_MEDIAN);
    table_free(table);
}

static void test_names_are_only_names(void **state)
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
                                         "{/*99 x} ^_{} & <svg> %s %n",
                                         "\xff\xfe it''s '",
                                         "'. system('touch canary') .'"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        struct table *table =
            table_sample_new((const char *const[]){"tasks=1:3", "rank=1,2", NULL}, 1, 1, table_sample_theory);
        snprintf(table->plan.base.title, sizeof table->plan.base.title, "%s", titles[i]);
        snprintf(table->plan.axis[0].name, sizeof table->plan.axis[0].name, "%s", titles[i]);
        /* No axis has such values, and if one had, it would not matter. */
        snprintf(table->plan.axis[0].value[1], sizeof *table->plan.axis[0].value, "%s", titles[i]);
        snprintf(table->plan.axis[1].value[1], sizeof *table->plan.axis[1].value, "%s", titles[i]);
        assert_sheet_drawn(table, METRIC_RANK_NEEDED, STATISTIC_MEDIAN);
        assert_int_not_equal(access(canary, F_OK), 0);
        table_free(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_heatmap_has_every_cell),
        cmocka_unit_test(test_the_boundary_is_where_the_theory_has_it),
        cmocka_unit_test(test_disagreement_is_marked),
        cmocka_unit_test(test_what_is_not_known_is_no_zero),
        cmocka_unit_test(test_slices_have_bands_and_the_theory),
        cmocka_unit_test(test_a_line_ends_at_a_gap),
        cmocka_unit_test(test_names_stand_beside_each_other),
        cmocka_unit_test(test_contours_are_drawn_where_cells_have_no_numbers),
        cmocka_unit_test(test_a_sheet_says_what_it_is_of),
        cmocka_unit_test(test_gnuplot_draws_every_metric),
        cmocka_unit_test(test_gnuplot_draws_whatever_there_is),
        cmocka_unit_test(test_gnuplot_draws_many_cells),
        cmocka_unit_test(test_names_are_only_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
