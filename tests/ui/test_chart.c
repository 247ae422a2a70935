/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart.h"

#include "support/golden.h"
#include "support/program.h"
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

static const struct config sample_config = {
    .title = "Three tasks",
    .problem = {.dimension = 16, .rank = 2, .tasks = 3, .seed = 7},
    .retrain = {.methods = 3, .rank = 2, .steps = 3000, .inner_steps = 10, .inner_rate = 0.003, .outer_rate = 0.03},
    .adapt = {.rank = 2, .steps = 1000, .rate = 0.005, .tolerance = 1e-6},
};

static struct view_sample *sample_of(const struct config *config)
{
    struct view_sample *sample = view_sample_new(config);
    assert_non_null(sample);
    return sample;
}

/* A test's own run: nothing recorded yet, everything measured 0. */
static struct view_sample *blank_sample(const struct config *config)
{
    struct view_sample *sample = sample_of(config);
    for (int method = 0; method <= METHOD_META; method++) {
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            history_clear(sample->history[method][stage]);
        for (int i = 0; i < config->problem.dimension; i++)
            sample->snapshot->method[method].spectra.singular_values[i] = 0;
        for (int r = 0; r <= config->problem.dimension; r++)
            sample->snapshot->method[method].spectra.curve[r] = 0;
    }
    return sample;
}

static void record(struct view_sample *sample, int method, long step, double loss)
{
    struct sample one = {.step = step, .method = method, .value = {loss, loss, loss, loss}};
    history_add(sample->history[method][STAGE_RETRAIN], &one);
}

static struct grid draw(int width, int height, enum chart chart, const struct view *view,
                        const struct chart_options *options)
{
    struct grid grid = {0, 0, NULL};
    assert_true(grid_resize(&grid, width, height));
    chart_draw(&grid, (struct rect){0, 0, width, height}, chart, view, options);
    return grid;
}

static struct cell cell_at(const struct grid *grid, int x, int y)
{
    assert_in_range(x, 0, grid->width - 1);
    assert_in_range(y, 0, grid->height - 1);
    return grid->cell[y * grid->width + x];
}

/* The first row in column x that holds this character, or −1. */
static int row_of(const struct grid *grid, int x, uint32_t rune)
{
    for (int y = 0; y < grid->height; y++)
        if (cell_at(grid, x, y).rune == rune)
            return y;
    return -1;
}

static bool shows(const struct grid *grid, const char *text)
{
    char *screen = golden_screen(grid);
    bool found = strstr(screen, text) != NULL;
    free(screen);
    return found;
}

/* ---- golden screens ---- */

static void check_screens(const char *name, int width, int height, const struct view *view,
                          const struct chart_options *options)
{
    static char all[1 << 16];
    size_t used = 0;
    for (enum chart chart = 0; chart < CHART_COUNT; chart++) {
        struct grid grid = draw(width, height, chart, view, options);
        char *text = golden_screen(&grid);
        used += (size_t)snprintf(all + used, sizeof all - used, "%s\n%s\n", chart_table[chart].name, text);
        assert_true(used < sizeof all);
        free(text);
        grid_free(&grid);
    }
    char path[128];
    snprintf(path, sizeof path, "charts/%s.txt", name);
    golden_check(path, all);
}

static void screens_of_all_sizes_and_glyphs(void **state)
{
    (void)state;
    static const struct {
        int width, height;
    } size[] = {{37, 12}, {60, 20}, {20, 6}};
    static const char *const glyphs[] = {"braille", "block", "ascii"};
    struct view_sample *sample = sample_of(&sample_config);
    struct view view = view_sample_view(sample);
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        for (enum glyphs j = GLYPHS_BRAILLE; j <= GLYPHS_ASCII; j++) {
            char name[64];
            snprintf(name, sizeof name, "%dx%d-%s", size[i].width, size[i].height, glyphs[j]);
            check_screens(name, size[i].width, size[i].height, &view, &(struct chart_options){.glyphs = j});
        }
    }
    view_sample_free(sample);
}

static void screens_of_all_options(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct chart_options options;
    } table[] = {
        {"linear", {.linear_y = true}},
        {"log-x", {.log_x = true}},
        {"crosshair", {.crosshair = true, .cursor = 0.385}},
        {"crosshair-ascii", {.glyphs = GLYPHS_ASCII, .crosshair = true, .cursor = 0.385}},
    };
    struct view_sample *sample = sample_of(&sample_config);
    struct view view = view_sample_view(sample);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        check_screens(table[i].name, 50, 14, &view, &table[i].options);
    view_sample_free(sample);
}

/* Names are shortened until they fit beside the title. */
static void screens_of_all_methods(void **state)
{
    (void)state;
    struct config config = sample_config;
    config.retrain.methods = (1u << METHOD_COUNT) - 1;
    struct view_sample *sample = sample_of(&config);
    struct view view = view_sample_view(sample);
    check_screens("methods-wide", 80, 20, &view, &(struct chart_options){.glyphs = GLYPHS_BRAILLE});
    check_screens("methods", 50, 14, &view, &(struct chart_options){.glyphs = GLYPHS_BRAILLE});
    check_screens("methods-ascii", 37, 12, &view, &(struct chart_options){.glyphs = GLYPHS_ASCII});
    check_screens("methods-crosshair", 50, 14, &view, &(struct chart_options){.crosshair = true, .cursor = 0.385});
    view_sample_free(sample);
}

static void screens_of_all_moments(void **state)
{
    (void)state;
    static const struct chart_options options = {.glyphs = GLYPHS_BRAILLE};
    struct config config = sample_config;
    config.adapt.solver = ADAPT_PAPER;
    struct view_sample *sample = sample_of(&config);
    struct view view = view_sample_view(sample);
    check_screens("fine-tuning", 50, 14, &view, &options);
    sample->snapshot->method[METHOD_STANDARD].status = SOLVER_DIVERGED;
    check_screens("diverged", 50, 14, &view, &options);
    view_sample_free(sample);

    /* In mid-run the measured spectra are not yet where the theory predicts them. */
    sample = sample_of(&sample_config);
    view = view_sample_view(sample);
    for (int method = 0; method <= METHOD_META; method++) {
        const struct spectra *spectra = &sample->snapshot->method[method].spectra;
        for (int i = 0; i < sample_config.problem.dimension; i++) {
            spectra->singular_values[i] = 0.3 * spectra->singular_values[i] + 3 * exp(-0.2 * i);
            spectra->curve[i] = 0.5 * spectra->curve[i] + 47.7 * exp(-0.25 * i);
        }
    }
    check_screens("running", 50, 14, &view, &options);
    view_sample_free(sample);

    sample = blank_sample(&sample_config);
    view = view_sample_view(sample);
    view.snapshot = NULL;
    check_screens("not-begun", 50, 14, &view, &options);
    view_sample_free(sample);
}

/* ---- what is where ---- */

static void known_values_are_in_their_rows(void **state)
{
    (void)state;
    struct view_sample *sample = blank_sample(&sample_config);
    record(sample, METHOD_STANDARD, 0, 1e4);
    record(sample, METHOD_STANDARD, 3000, 1e4);
    record(sample, METHOD_META, 0, 1e4);
    record(sample, METHOD_META, 3000, 1e-4);
    struct view view = view_sample_view(sample);
    static const struct chart_options options = {.glyphs = GLYPHS_BRAILLE};
    struct grid grid = draw(40, 12, CHART_LOSS, &view, &options);
    struct rect plot = chart_plot_area((struct rect){0, 0, 40, 12}, CHART_LOSS, &view, &options);
    assert_int_equal(plot.height, 9);
    int right = plot.x + plot.width - 1;
    assert_int_equal(right, 39);
    assert_int_equal(row_of(&grid, right, 0x25CF), plot.y);     /* ●: the top is 10⁴ */
    assert_int_equal(row_of(&grid, right, 0x25B2), plot.y + 8); /* ▲: the bottom is 10⁻⁴ */
    /* a tick stands in the row of its value */
    assert_true(shows(&grid, " 10³┤"));
    assert_true(shows(&grid, " 10⁰┤"));
    assert_true(shows(&grid, "10⁻³┤"));
    assert_int_equal(cell_at(&grid, 2, plot.y + 1).rune, '1');
    assert_int_equal(cell_at(&grid, 4, plot.y + 1).rune, 0x00B3);
    assert_int_equal(cell_at(&grid, 4, plot.y + 4).rune, 0x2070);
    assert_int_equal(cell_at(&grid, plot.x - 1, plot.y + 4).rune, 0x2524);
    assert_int_equal(cell_at(&grid, 4, plot.y + 7).rune, 0x00B3);
    grid_free(&grid);
    view_sample_free(sample);
}

static void zeros_sit_on_the_floor(void **state)
{
    (void)state;
    struct view_sample *sample = blank_sample(&sample_config);
    for (long step = 0; step <= 3000; step += 100) {
        record(sample, METHOD_STANDARD, step, 23.85);
        record(sample, METHOD_META, step, step < 1000 ? 1e-5 : 0);
    }
    struct view view = view_sample_view(sample);
    struct grid grid = draw(40, 12, CHART_LOSS, &view, &(struct chart_options){0});
    assert_int_equal(row_of(&grid, 39, 0x25B2), 9); /* the lowest row of data */
    assert_int_equal(cell_at(&grid, 4, 9).rune, '0');
    assert_int_equal(row_of(&grid, 39, 0x25CF), 1);
    grid_free(&grid);
    view_sample_free(sample);
}

/* One step in 5000 is a thousand times higher: it still reaches its row after decimation. */
static void a_spike_is_not_lost(void **state)
{
    (void)state;
    struct config config = sample_config;
    config.retrain.steps = 5000;
    struct view_sample *sample = blank_sample(&config);
    for (long step = 0; step <= 5000; step++)
        record(sample, METHOD_STANDARD, step, step == 2385 ? 1e3 : 1);
    struct view view = view_sample_view(sample);
    for (enum glyphs glyphs = GLYPHS_BRAILLE; glyphs <= GLYPHS_ASCII; glyphs++) {
        struct grid grid = draw(60, 12, CHART_LOSS, &view, &(struct chart_options){.glyphs = glyphs});
        int column = 6 + (int)(2385.0 / 5000 * 53);
        bool found = false;
        for (int x = column - 1; x <= column + 1; x++)
            found = found || cell_at(&grid, x, 1).rune != ' ';
        assert_true(found);
        assert_int_equal(cell_at(&grid, column - 5, 1).rune, ' ');
        assert_int_equal(cell_at(&grid, column + 5, 1).rune, ' ');
        grid_free(&grid);
    }
    view_sample_free(sample);
}

/* Whether the method's line of theory shows in this column, wherever no curve hides it. */
static bool dashed_in(const struct grid *grid, struct rect plot, int column, int method)
{
    for (int y = plot.y; y < plot.y + plot.height; y++)
        if (cell_at(grid, column, y).rune == 0x254E && cell_at(grid, column, y).style == STYLE_METHOD + method)
            return true;
    return false;
}

static void theory_is_dashed_where_the_ranks_are(void **state)
{
    (void)state;
    struct view_sample *sample = sample_of(&sample_config);
    struct view view = view_sample_view(sample);
    static const struct chart_options options = {.glyphs = GLYPHS_BRAILLE};
    struct rect area = {0, 0, 55, 12};
    struct rect plot = chart_plot_area(area, CHART_ADAPTATION, &view, &options);
    struct grid grid = draw(55, 12, CHART_ADAPTATION, &view, &options);
    assert_true(shows(&grid, "▲ k=2"));
    assert_true(shows(&grid, "● k(T+1)=8"));
    int standard = plot.x + (int)lround(8.0 / 16 * (plot.width - 1));
    int meta = plot.x + (int)lround(2.0 / 16 * (plot.width - 1));
    assert_true(dashed_in(&grid, plot, standard, METHOD_STANDARD));
    assert_false(dashed_in(&grid, plot, meta, METHOD_META)); /* it falls along its line of theory */
    assert_false(dashed_in(&grid, plot, (standard + meta) / 2, METHOD_STANDARD));
    grid_free(&grid);
    sample->snapshot->method[METHOD_META].theory_rank_needed = 12;
    grid = draw(55, 12, CHART_ADAPTATION, &view, &options);
    assert_true(dashed_in(&grid, plot, plot.x + (int)lround(12.0 / 16 * (plot.width - 1)), METHOD_META));
    grid_free(&grid);

    grid = draw(55, 12, CHART_SPECTRUM, &view, &options);
    assert_true(shows(&grid, "● kT=6"));
    grid_free(&grid);

    sample->snapshot->method[METHOD_META].theory_rank_needed = THEORY_SILENT;
    grid = draw(55, 12, CHART_ADAPTATION, &view, &options);
    assert_false(shows(&grid, "▲ k=2"));
    assert_true(shows(&grid, "● k(T+1)=8"));
    grid_free(&grid);
    view_sample_free(sample);
}

static void the_crosshair_reads_every_chart(void **state)
{
    (void)state;
    struct view_sample *sample = blank_sample(&sample_config);
    for (long step = 0; step <= 3000; step += 10) {
        record(sample, METHOD_STANDARD, step, 2.385);
        record(sample, METHOD_META, step, step < 1500 ? 47.7 : 7.155e-9);
    }
    sample->snapshot->method[METHOD_STANDARD].spectra.curve[8] = 11.9;
    sample->snapshot->method[METHOD_META].spectra.curve[8] = 4.77e-19;
    struct view view = view_sample_view(sample);
    struct chart_options options = {.crosshair = true, .cursor = 0.5};
    struct grid grid = draw(60, 14, CHART_LOSS, &view, &options);
    assert_true(shows(&grid, "step 1500  ● 2.38  ▲ 7.15e-9") || shows(&grid, "step 1500  ● 2.38  ▲ 7.16e-9"));
    grid_free(&grid);
    grid = draw(60, 14, CHART_RECOVERY, &view, &options);
    assert_true(shows(&grid, "step 1500  ● 2.38° 2.38  ▲ 7.1"));
    grid_free(&grid);
    grid = draw(60, 14, CHART_ADAPTATION, &view, &options);
    assert_true(shows(&grid, "rank 8  ● 11.9  ▲ 4.77e-19"));
    grid_free(&grid);
    grid = draw(60, 14, CHART_SPECTRUM, &view, &options);
    assert_true(shows(&grid, "● 0  ▲ 0"));
    grid_free(&grid);
    options.cursor = 1;
    grid = draw(60, 14, CHART_ADAPTATION, &view, &options);
    assert_true(shows(&grid, "rank 16  ● 0  ▲ 0"));
    grid_free(&grid);
    view_sample_free(sample);
}

/* Beyond the newest step there is nothing to read: the crosshair waits there. */
static void the_crosshair_stays_where_data_is(void **state)
{
    (void)state;
    struct view_sample *sample = blank_sample(&sample_config);
    for (long step = 0; step <= 640; step += 10)
        record(sample, METHOD_META, step, step < 640 ? 47.7 : 2.385e-9);
    struct view view = view_sample_view(sample);
    struct chart_options options = {.crosshair = true, .cursor = 1};
    struct grid grid = draw(60, 14, CHART_LOSS, &view, &options);
    assert_true(shows(&grid, "step 640 "));
    grid_free(&grid);
    view_sample_free(sample);
}

static void a_bad_end_is_in_the_legend(void **state)
{
    (void)state;
    struct view_sample *sample = sample_of(&sample_config);
    struct view view = view_sample_view(sample);
    static const struct chart_options options = {.glyphs = GLYPHS_BRAILLE};
    static const char *const words[] = {[SOLVER_RUNNING] = "▲ meta",
                                        [SOLVER_CONVERGED] = "▲ meta",
                                        [SOLVER_STALLED] = "meta stalled",
                                        [SOLVER_UNBOUNDED] = "meta unbounded",
                                        [SOLVER_DIVERGED] = "meta diverged"};
    for (int status = SOLVER_RUNNING; status <= SOLVER_DIVERGED; status++) {
        sample->snapshot->method[METHOD_META].status = (enum solver_status)status;
        struct grid grid = draw(70, 14, CHART_LOSS, &view, &options);
        if (!shows(&grid, words[status]))
            fail_msg("status %d: the legend does not say \"%s\"", status, words[status]);
        for (int other = SOLVER_STALLED; other <= SOLVER_DIVERGED; other++)
            assert_true(other == status || !shows(&grid, words[other]));
        grid_free(&grid);
    }
    view_sample_free(sample);
}

static void divergence_is_marked(void **state)
{
    (void)state;
    struct view_sample *sample = blank_sample(&sample_config);
    for (long step = 0; step <= 300; step += 10) {
        record(sample, METHOD_STANDARD, step, pow(10, (double)step / 10));
        record(sample, METHOD_META, step, 1);
    }
    sample->snapshot->method[METHOD_STANDARD].status = SOLVER_DIVERGED;
    struct view view = view_sample_view(sample);
    struct grid grid = draw(60, 12, CHART_LOSS, &view, &(struct chart_options){0});
    assert_true(shows(&grid, "● standard diverged"));
    assert_true(shows(&grid, "×"));
    grid_free(&grid);
    view_sample_free(sample);
}

static void one_method_alone_is_shown_alone(void **state)
{
    (void)state;
    struct config config = sample_config;
    config.retrain.methods = 1u << METHOD_META;
    struct view_sample *sample = sample_of(&config);
    struct view view = view_sample_view(sample);
    for (enum chart chart = 0; chart < CHART_COUNT; chart++) {
        struct grid grid = draw(60, 12, chart, &view, &(struct chart_options){0});
        assert_true(shows(&grid, "▲ meta"));
        assert_false(shows(&grid, "●"));
        for (int i = 0; i < grid.width * grid.height; i++)
            assert_int_not_equal(grid.cell[i].style, STYLE_METHOD + METHOD_STANDARD);
        grid_free(&grid);
    }
    view_sample_free(sample);
}

/* ---- whatever the size and the values ---- */

/* Fills the grid with canaries, draws inside, and looks whether any outside died and any inside is left. */
static void check_canaries(struct grid *grid, struct rect area, enum chart chart, const struct view *view,
                           const struct chart_options *options)
{
    static const struct cell canary = {'#', STYLE_COUNT - 1};
    for (int i = 0; i < grid->width * grid->height; i++)
        grid->cell[i] = canary;
    chart_draw(grid, area, chart, view, options);
    for (int y = 0; y < grid->height; y++) {
        for (int x = 0; x < grid->width; x++) {
            struct cell cell = grid->cell[y * grid->width + x];
            bool inside = x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
            bool alive = cell.rune == canary.rune && cell.style == canary.style;
            if (alive == inside)
                fail_msg("%s at %d × %d: cell %d, %d", chart_table[chart].name, area.width, area.height, x, y);
        }
    }
    struct rect plot = chart_plot_area(area, chart, view, options);
    if (area.width > 0 && area.height > 0)
        assert_true(plot.width > 0 && plot.height > 0 && plot.x >= area.x && plot.y >= area.y &&
                    plot.x + plot.width <= area.x + area.width && plot.y + plot.height <= area.y + area.height);
}

static void every_size_stays_inside(void **state)
{
    (void)state;
    struct config config = sample_config;
    config.retrain.steps = 60;
    config.adapt.steps = 40;
    config.adapt.solver = ADAPT_PAPER;
    struct view_sample *sample = sample_of(&config);
    struct view view = view_sample_view(sample);
    struct grid grid = {0, 0, NULL};
    assert_true(grid_resize(&grid, 95, 45));
    int turn = 0;
    int slowness = program_slowness();
    for (int height = 0; height <= 40; height++) {
        for (int width = 0; width <= 90; width += height < 12 ? 1 : slowness) {
            for (enum chart chart = 0; chart < CHART_COUNT; chart++) {
                turn++;
                view.snapshot = turn % 13 ? sample->snapshot : NULL;
                const struct chart_options options = {.glyphs = (enum glyphs)(turn % 3),
                                                      .linear_y = turn % 2,
                                                      .log_x = turn / 2 % 2,
                                                      .crosshair = turn / 4 % 2,
                                                      .cursor = turn % 11 / 10.0,
                                                      .focused = turn % 5 == 0};
                check_canaries(&grid, (struct rect){2, 3, width, height}, chart, &view, &options);
            }
        }
    }
    grid_free(&grid);
    view_sample_free(sample);
}

/* Series that are hard to scale; NAN is "not measured". */
static const double hard_values[][4] = {
    {0, 0, 0, 0},
    {2.385, 2.385, 2.385, 2.385},
    {1e-320, 1e300, 4e-324, 1e-32},
    {1e300, 1e300, 1e300, 1e300},
    {1e-320, 1e-320, 1e-320, 1e-320},
    {1e308, 1.7e308, -1.7e308, 1},
    {(double)NAN, 2.385, (double)NAN, 1e-9},
    {(double)NAN, (double)NAN, (double)NAN, (double)NAN},
    {(double)INFINITY, 1, -(double)INFINITY, 0},
    {-1, -2.385, -1e-9, -1e300},
    {1, 1 + 1e-15, 1 - 1e-15, 1},
};

static void hard_values_are_drawn(void **state)
{
    (void)state;
    struct grid grid = {0, 0, NULL};
    assert_true(grid_resize(&grid, 64, 24));
    for (size_t i = 0; i < sizeof hard_values / sizeof hard_values[0]; i++) {
        for (int count = 0; count <= 4; count++) {
            struct view_sample *sample = blank_sample(&sample_config);
            for (int j = 0; j < count; j++) {
                record(sample, METHOD_STANDARD, 10L * j, hard_values[i][j]);
                record(sample, METHOD_META, 10L * j, hard_values[i][3 - j]);
                sample->snapshot->method[METHOD_META].spectra.singular_values[j] = hard_values[i][j];
                sample->snapshot->method[METHOD_STANDARD].spectra.curve[j] = hard_values[i][j];
            }
            struct view view = view_sample_view(sample);
            for (int turn = 0; turn < 4 * CHART_COUNT; turn++) {
                const struct chart_options options = {.glyphs = (enum glyphs)(turn % 3),
                                                      .linear_y = turn % 2,
                                                      .log_x = turn / 2 % 2,
                                                      .crosshair = turn % 3 == 0,
                                                      .cursor = turn / 15.0};
                check_canaries(&grid, (struct rect){1, 1, 60, 20}, (enum chart)(turn / 4), &view, &options);
                check_canaries(&grid, (struct rect){1, 1, 23, 9}, (enum chart)(turn / 4), &view, &options);
            }
            view_sample_free(sample);
        }
    }
    grid_free(&grid);
}

static void values_that_are_no_numbers_leave_the_others(void **state)
{
    (void)state;
    struct view_sample *sample = blank_sample(&sample_config);
    record(sample, METHOD_STANDARD, 0, 1);
    record(sample, METHOD_STANDARD, 1000, (double)NAN);
    record(sample, METHOD_STANDARD, 3000, 1e-4);
    struct view view = view_sample_view(sample);
    struct grid grid = draw(40, 12, CHART_LOSS, &view, &(struct chart_options){0});
    assert_int_equal(row_of(&grid, 39, 0x25CF), 9);
    assert_true(shows(&grid, "10⁰┤"));
    grid_free(&grid);
    view_sample_free(sample);
}

static void what_the_truth_is_needed_for_says_so(void **state)
{
    (void)state;
    struct view_sample *sample = sample_of(&sample_config);
    view_sample_forget_truth(sample);
    struct view view = view_sample_view(sample);
    static const char *const parts[CHART_COUNT][2] = {[CHART_RECOVERY] = {"U_star", "A_star"},
                                                      [CHART_SPECTRUM] = {"A_star", "A_star"},
                                                      [CHART_ADAPTATION] = {"W_test", "W_test"}};
    for (enum chart chart = 0; chart < CHART_COUNT; chart++) {
        struct grid grid = draw(60, 16, chart, &view, &(struct chart_options){0});
        assert_false(shows(&grid, "no data"));
        if (!parts[chart][0])
            assert_false(shows(&grid, "needs"));
        for (int i = 0; i < 2 && parts[chart][i]; i++) {
            char text[64];
            snprintf(text, sizeof text, "needs %s, which this file does not give", parts[chart][i]);
            if (!shows(&grid, text))
                fail_msg("chart %d does not say what it needs", (int)chart);
        }
        grid_free(&grid);
    }
    /* where a line has no room for it, it takes two */
    struct grid narrow = draw(34, 16, CHART_ADAPTATION, &view, &(struct chart_options){0});
    assert_true(shows(&narrow, "file does not give") || shows(&narrow, "does not give"));
    grid_free(&narrow);
    view_sample_free(sample);
}

static void a_single_point_is_seen(void **state)
{
    (void)state;
    struct view_sample *sample = blank_sample(&sample_config);
    record(sample, METHOD_META, 0, 2.385);
    struct view view = view_sample_view(sample);
    struct grid grid = draw(40, 12, CHART_LOSS, &view, &(struct chart_options){0});
    assert_in_range(row_of(&grid, 6, 0x25B2), 1, 9);
    assert_false(shows(&grid, "no data"));
    grid_free(&grid);
    view_sample_free(sample);
}

/* Dimensions from one to more than there are columns. */
static void any_dimension_has_a_spectrum(void **state)
{
    (void)state;
    static const int dimension[] = {1, 2, 3, 17, 40, 64, 300};
    struct grid grid = {0, 0, NULL};
    assert_true(grid_resize(&grid, 64, 24));
    for (size_t i = 0; i < sizeof dimension / sizeof dimension[0]; i++) {
        struct config config = sample_config;
        config.retrain.steps = 10;
        config.problem.dimension = dimension[i];
        config.problem.rank = config.retrain.rank = config.adapt.rank = 1 + dimension[i] / 20;
        struct view_sample *sample = sample_of(&config);
        struct view view = view_sample_view(sample);
        for (int turn = 0; turn < 11 * 3; turn++) {
            double tenths = turn % 11;
            const struct chart_options options = {
                .glyphs = (enum glyphs)(turn % 3), .crosshair = turn % 2, .cursor = tenths / 10};
            check_canaries(&grid, (struct rect){1, 1, 60, 20}, CHART_SPECTRUM, &view, &options);
            check_canaries(&grid, (struct rect){1, 1, 30, 10}, CHART_ADAPTATION, &view, &options);
        }
        sample->snapshot->method[METHOD_META].theory_error_rank = THEORY_SILENT;
        sample->snapshot->method[METHOD_META].theory_rank_needed = THEORY_SILENT;
        check_canaries(&grid, (struct rect){1, 1, 60, 20}, CHART_SPECTRUM, &view, &(struct chart_options){0});
        check_canaries(&grid, (struct rect){1, 1, 60, 20}, CHART_ADAPTATION, &view, &(struct chart_options){0});
        view_sample_free(sample);
    }
    grid_free(&grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_of_all_sizes_and_glyphs),
        cmocka_unit_test(screens_of_all_options),
        cmocka_unit_test(screens_of_all_methods),
        cmocka_unit_test(screens_of_all_moments),
        cmocka_unit_test(known_values_are_in_their_rows),
        cmocka_unit_test(zeros_sit_on_the_floor),
        cmocka_unit_test(a_spike_is_not_lost),
        cmocka_unit_test(theory_is_dashed_where_the_ranks_are),
        cmocka_unit_test(the_crosshair_reads_every_chart),
        cmocka_unit_test(the_crosshair_stays_where_data_is),
        cmocka_unit_test(a_bad_end_is_in_the_legend),
        cmocka_unit_test(divergence_is_marked),
        cmocka_unit_test(one_method_alone_is_shown_alone),
        cmocka_unit_test(every_size_stays_inside),
        cmocka_unit_test(hard_values_are_drawn),
        cmocka_unit_test(values_that_are_no_numbers_leave_the_others),
        cmocka_unit_test(what_the_truth_is_needed_for_says_so),
        cmocka_unit_test(a_single_point_is_seen),
        cmocka_unit_test(any_dimension_has_a_spectrum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
