/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "support/golden.h"
#include "support/tradeoffs_driver.h"
#include "ui/heatmap.h"
#include "ui/slice.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct table *table_of(const char *y, const char *x, int seeds)
{
    struct plan plan = {.seeds = seeds};
    struct err err;
    config_default(&plan.base);
    if (y != NULL)
        assert_int_equal(plan_add_axis(&plan, y, &err), ERR_NONE);
    assert_int_equal(plan_add_axis(&plan, x, &err), ERR_NONE);
    struct table *table = table_new(&plan, &err);
    assert_non_null(table);
    plan_free(&plan);
    return table;
}

static void put_all(struct table *table, int seeds)
{
    for (size_t cell = 0; cell < table->cells; cell++)
        for (int seed = 0; seed < seeds && table->cell[cell].possible; seed++)
            tradeoffs_driver_put(table, cell, seed);
}

/* ---- where blocks lie ---- */

/* Blocks are within the area, of one size, and the mouse finds each where it is drawn; the cursor is always seen. */
static void every_area_is_divided_soundly(void **state)
{
    (void)state;
    static const char *const axes[][2] = {
        {"rank=1:4", "tasks=1:8"}, {NULL, "tasks=1:30"}, {"rank=1:16", "samples=1:90"}};
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
        struct table *table = table_of(axes[i][0], axes[i][1], 1);
        const struct plan *plan = &table->plan;
        for (int width = 1; width < 120; width += 7) {
            for (int height = 1; height < 40; height += 3) {
                struct rect area = {2, 3, width, height};
                size_t cursor[HEATMAP_AXES] = {heatmap_count(plan, HEATMAP_X) - 1, heatmap_count(plan, HEATMAP_Y) / 2};
                struct heatmap_place place =
                    heatmap_place(area, plan, GLYPHS_BRAILLE, (const size_t[HEATMAP_AXES]){0, 0}, cursor);
                struct rect blocks = place.blocks;
                if (place.seen[HEATMAP_X] == 0 || place.seen[HEATMAP_Y] == 0)
                    continue;
                assert_true(blocks.x >= 2 && blocks.x + blocks.width <= 2 + width);
                assert_true(blocks.y >= 3 && blocks.y + blocks.height <= 3 + height);
                for (int direction = 0; direction < HEATMAP_AXES; direction++) {
                    assert_true(place.first[direction] <= cursor[direction]);
                    assert_true(cursor[direction] < place.first[direction] + place.seen[direction]);
                    assert_true(place.first[direction] + place.seen[direction] <= heatmap_count(plan, direction));
                }
                size_t at[HEATMAP_AXES];
                assert_true(heatmap_at(&place, blocks.x, blocks.y + blocks.height - 1, at));
                assert_int_equal(at[HEATMAP_X], place.first[HEATMAP_X]);
                assert_int_equal(at[HEATMAP_Y], place.first[HEATMAP_Y]);
                assert_true(heatmap_at(&place, blocks.x + blocks.width - 1, blocks.y, at));
                assert_int_equal(at[HEATMAP_X], place.first[HEATMAP_X] + place.seen[HEATMAP_X] - 1);
                assert_int_equal(at[HEATMAP_Y], place.first[HEATMAP_Y] + place.seen[HEATMAP_Y] - 1);
                assert_false(heatmap_at(&place, blocks.x - 1, blocks.y, at));
                assert_false(heatmap_at(&place, blocks.x, blocks.y + blocks.height, at));
            }
        }
        table_free(table);
    }
}

/* A window moves no further than it must. */
static void the_window_follows_the_cursor(void **state)
{
    (void)state;
    struct table *table = table_of("rank=1:16", "tasks=1:90", 1);
    struct rect area = {0, 0, 50, 10};
    size_t first[HEATMAP_AXES] = {0, 0};
    struct heatmap_place place =
        heatmap_place(area, &table->plan, GLYPHS_BRAILLE, first, (const size_t[HEATMAP_AXES]){0, 0});
    size_t seen = place.seen[HEATMAP_X];
    assert_in_range(seen, 30, 50);
    for (size_t x = 0; x < 90; x++) {
        place = heatmap_place(area, &table->plan, GLYPHS_BRAILLE, first, (const size_t[HEATMAP_AXES]){x, 0});
        assert_int_equal(place.first[HEATMAP_X], x < seen ? 0 : x - seen + 1);
        first[HEATMAP_X] = place.first[HEATMAP_X];
    }
    place = heatmap_place(area, &table->plan, GLYPHS_BRAILLE, first, (const size_t[HEATMAP_AXES]){80, 0});
    assert_int_equal(place.first[HEATMAP_X], 90 - seen); /* 80 is still seen */
    table_free(table);
}

/* ---- values as levels and as text ---- */

static void levels_rise_with_values(void **state)
{
    (void)state;
    struct extent extent = {0};
    extent_add(&extent, 2.385);
    extent_add(&extent, 23.85);
    for (int logarithmic = 0; logarithmic < 2; logarithmic++) {
        struct scale scale = heatmap_scale(&extent, logarithmic);
        int last = 0;
        for (int step = 0; step <= 230; step++) {
            int level = heatmap_level(&scale, 2.385 * pow(10, step / 230.0));
            assert_in_range(level, last, STYLE_LEVELS - 1);
            last = level;
        }
        assert_int_equal(heatmap_level(&scale, 1e300), STYLE_LEVELS - 1);
        assert_int_equal(heatmap_level(&scale, 0), 0);
    }
    for (int level = 1; level < STYLE_LEVELS; level++)
        assert_true(strchr(" \t", heatmap_ramp(level)) == NULL && heatmap_ramp(level) != heatmap_ramp(level - 1));
    struct scale nothing = heatmap_scale(&(struct extent){0}, false);
    assert_in_range(heatmap_level(&nothing, 0), 0, STYLE_LEVELS - 1);
}

static void values_are_written_as_the_room_allows(void **state)
{
    (void)state;
    struct table *table = table_of("rank=1:4", "tasks=1:8", 5);
    struct digest digest = {.cells = 0};
    put_all(table, 5);
    static const struct {
        enum metric metric;
        int width;
        enum heatmap_text text;
    } cases[] = {
        {METRIC_RANK_NEEDED, 60, HEATMAP_VALUES}, {METRIC_RANK_NEEDED, 16, HEATMAP_VALUES},
        {METRIC_RANK_NEEDED, 8, HEATMAP_RAMP},    {METRIC_EXCESS_RISK, 100, HEATMAP_VALUES},
        {METRIC_EXCESS_RISK, 50, HEATMAP_POWERS}, {METRIC_EXCESS_RISK, 24, HEATMAP_RAMP},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const size_t origin[HEATMAP_AXES] = {0, 0};
        struct heatmap_place place =
            heatmap_place((struct rect){0, 0, cases[i].width, 12}, &table->plan, GLYPHS_BRAILLE, origin, origin);
        assert_true(digest_take(&digest, table, false, cases[i].metric, STATISTIC_MEDIAN));
        assert_int_equal(heatmap_text(&digest, &place, 3, GLYPHS_BRAILLE), cases[i].text);
    }
    digest_free(&digest);
    table_free(table);
}

/* ---- what theory says ---- */

/* The meta map has its only upright line between two tasks and three, on every row; and nothing is against the theory. */
static void a_line_is_drawn_where_the_formula_changes(void **state)
{
    (void)state;
    struct table *table = table_of("rank=1:3", "tasks=2:9", 5);
    struct digest digest = {.cells = 0};
    struct grid grid = {0, 0, NULL};
    struct extent extent = {0};
    static const size_t origin[HEATMAP_AXES] = {0, 0};
    put_all(table, 5);
    assert_true(grid_resize(&grid, 60, 9));
    assert_true(digest_take(&digest, table, false, METRIC_RANK_NEEDED, STATISTIC_MEDIAN));
    digest_extend(&digest, &extent);
    struct scale scale = heatmap_scale(&extent, false);
    struct heatmap map = {.digest = &digest, .scale = &scale, .glyphs = GLYPHS_BRAILLE, .cursor = {7, 2}};
    struct heatmap_place place = heatmap_place((struct rect){0, 0, 60, 9}, &table->plan, map.glyphs, origin, origin);
    heatmap_draw(&map, &grid, &place, METHOD_META);
    for (int y = 0; y < place.blocks.height; y++)
        for (int x = 0; x < place.blocks.width; x++) {
            const struct cell *cell = &grid.cell[(place.blocks.y + y) * grid.width + place.blocks.x + x];
            assert_int_equal(cell->rune == 0x2502, x == place.width);
            assert_int_not_equal(cell->rune, '!');
        }
    assert_int_equal(heatmap_marks(&digest, &place, 1u << METHOD_META), HEATMAP_CHANGES);
    int x, y;
    assert_true(golden_find(&grid, "theory 3k, k", &x, &y));
    digest_free(&digest);
    grid_free(&grid);
    table_free(table);
}

/* ---- the digest ---- */

/* A cell is looked at again when trials came in, and only then; another table is never taken for the one before. */
static void a_digest_follows_its_table(void **state)
{
    (void)state;
    struct table *table = table_of(NULL, "tasks=1:4", 5);
    struct digest digest = {.cells = 0};
    assert_true(digest_take(&digest, table, false, METRIC_EXCESS_RISK, STATISTIC_MEAN));
    assert_true(isnan(digest_number(&digest, 2, METHOD_META)->value));
    tradeoffs_driver_put(table, 2, 0);
    double one = digest_number(&digest, 2, METHOD_META)->value;
    assert_true(one > 0);
    table->cell[2].outcome[METHOD_META].value[METRIC_EXCESS_RISK] = 2.385; /* nobody told it */
    assert_true(digest_number(&digest, 2, METHOD_META)->value == one);
    tradeoffs_driver_put(table, 2, 1);
    struct summary summary = table_summary(table, 2, METHOD_META, METRIC_EXCESS_RISK);
    assert_true(digest_number(&digest, 2, METHOD_META)->value == summary.statistics.mean);
    table->cell[2].outcome[METHOD_META].value[METRIC_EXCESS_RISK] = 23.85;
    assert_true(digest_take(&digest, table, false, METRIC_EXCESS_RISK, STATISTIC_MEAN));
    assert_true(digest_number(&digest, 2, METHOD_META)->value == summary.statistics.mean);
    assert_true(digest_take(&digest, table, true, METRIC_EXCESS_RISK, STATISTIC_MEAN)); /* another one, they say */
    assert_true(digest_number(&digest, 2, METHOD_META)->value > summary.statistics.mean);
    digest_free(&digest);
    table_free(table);
}

/* ---- slices ---- */

static void a_slice_finds_the_value_under_the_mouse(void **state)
{
    (void)state;
    struct table *table = table_of("rank=1:3", "samples=10:100000:x10", 5);
    struct digest digest = {.cells = 0};
    struct grid grid = {0, 0, NULL};
    put_all(table, 5);
    assert_true(grid_resize(&grid, 70, 14));
    assert_true(digest_take(&digest, table, false, METRIC_EXCESS_RISK, STATISTIC_MEDIAN));
    struct slice slice = {
        .digest = &digest, .methods = 3, .glyphs = GLYPHS_BRAILLE, .direction = HEATMAP_X, .cursor = {1, 1}};
    struct rect area = {0, 0, 70, 14};
    slice_draw(&slice, &grid, area);
    int x, y;
    size_t at = 17;
    assert_true(golden_find(&grid, "10000", &x, &y)); /* on a logarithmic axis: evenly spread */
    assert_true(slice_at(&slice, area, x + 2, 5, &at));
    assert_int_equal(at, 3);
    assert_in_range(x, 48, 54);
    assert_true(golden_find(&grid, "rank k = 2", &x, &y));
    assert_false(slice_at(&slice, area, 0, 5, &at));
    digest_free(&digest);
    grid_free(&grid);
    table_free(table);
}

/* From 1 × 1 on, with values that are no numbers, and with one value alone. */
static void slices_and_maps_draw_anything(void **state)
{
    (void)state;
    static const char *const axes[][2] = {
        {"rank=1:3", "samples=1,5,population"}, {NULL, "tasks=3"}, {"truth=psd,general", "noise=0,0.1"}};
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
        struct table *table = table_of(axes[i][0], axes[i][1], 3);
        struct digest digest = {.cells = 0};
        put_all(table, 3);
        assert_true(digest_take(&digest, table, false, METRIC_BASE_ERROR, STATISTIC_MEDIAN));
        for (int width = 1; width < 90; width += width < 10 ? 1 : 11) {
            for (int height = 1; height < 30; height += height < 10 ? 1 : 5) {
                struct grid grid = {0, 0, NULL};
                assert_true(grid_resize(&grid, width + 2, height + 2));
                struct rect area = {1, 1, width, height};
                struct extent extent = {0};
                digest_extend(&digest, &extent);
                struct scale scale = heatmap_scale(&extent, true);
                static const size_t origin[HEATMAP_AXES] = {0, 0};
                struct heatmap_place place = heatmap_place(area, &table->plan, GLYPHS_BLOCK, origin, origin);
                struct heatmap map = {&digest, &scale, GLYPHS_BLOCK, HEATMAP_RAMP, {0, 0}, false};
                heatmap_draw(&map, &grid, &place, METHOD_STANDARD);
                heatmap_legend_draw(&map, &grid, (struct rect){1, height, width, 1}, 15);
                for (int direction = 0; direction < table->plan.axes; direction++) {
                    struct slice slice = {&digest, &digest, 3, GLYPHS_BLOCK, direction, {0, 0}, true};
                    slice_draw(&slice, &grid, area);
                }
                for (int edge = 0; edge < width + 2; edge++) /* nothing outside */
                    assert_true(grid.cell[edge].rune == ' ' &&
                                grid.cell[(height + 1) * (width + 2) + edge].rune == ' ');
                grid_free(&grid);
            }
        }
        digest_free(&digest);
        table_free(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_area_is_divided_soundly),
        cmocka_unit_test(the_window_follows_the_cursor),
        cmocka_unit_test(levels_rise_with_values),
        cmocka_unit_test(values_are_written_as_the_room_allows),
        cmocka_unit_test(a_line_is_drawn_where_the_formula_changes),
        cmocka_unit_test(a_digest_follows_its_table),
        cmocka_unit_test(a_slice_finds_the_value_under_the_mouse),
        cmocka_unit_test(slices_and_maps_draw_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
