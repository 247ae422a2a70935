/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/canvas.h"

#include "support/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct grid grid;

static int make_grid(void **state)
{
    (void)state;
    return grid_resize(&grid, 6, 4) ? 0 : -1;
}

static int free_grid(void **state)
{
    (void)state;
    grid_free(&grid);
    return 0;
}

static struct canvas canvas_of(enum glyphs glyphs)
{
    grid_clear(&grid);
    return (struct canvas){&grid, {1, 1, 4, 2}, glyphs};
}

static void assert_picture(const char *expected)
{
    char *text = golden_screen(&grid);
    assert_string_equal(text, expected);
    free(text);
}

static void a_dot_is_in_its_corner(void **state)
{
    (void)state;
    static const struct {
        double x, y;
        uint32_t rune[3]; /* by glyphs */
        int column, row;
    } table[] = {
        {0, 0, {0x2840, 0x2596, '.'}, 1, 2},
        {0, 1, {0x2801, 0x2598, '\''}, 1, 1},
        {1, 0, {0x2880, 0x2597, '.'}, 4, 2},
        {1, 1, {0x2808, 0x259D, '\''}, 4, 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        for (enum glyphs glyphs = GLYPHS_BRAILLE; glyphs <= GLYPHS_ASCII; glyphs++) {
            struct canvas canvas = canvas_of(glyphs);
            canvas_segment(&canvas, table[i].x, table[i].y, table[i].x, table[i].y, CANVAS_SOLID, STYLE_METHOD);
            int column = canvas_column(&canvas, table[i].x);
            int row = canvas_row(&canvas, table[i].y);
            assert_int_equal(column, table[i].column);
            assert_int_equal(row, table[i].row);
            assert_int_equal(grid.cell[row * 6 + column].rune, table[i].rune[glyphs]);
            assert_int_equal(grid.cell[row * 6 + column].style, STYLE_METHOD);
        }
    }
}

static void lines_share_cells(void **state)
{
    (void)state;
    struct canvas canvas = canvas_of(GLYPHS_BRAILLE);
    canvas_segment(&canvas, 0, 0, 1, 0, CANVAS_SOLID, STYLE_METHOD);
    canvas_segment(&canvas, 0, 1, 1, 1, CANVAS_SOLID, STYLE_METHOD);
    canvas_segment(&canvas, 0, 0, 0, 1, CANVAS_SOLID, STYLE_METHOD + 1);
    assert_picture("      \n ⡏⠉⠉⠉ \n ⣇⣀⣀⣀ \n      \n");
    assert_int_equal(grid.cell[7].style, STYLE_METHOD + 1);
    assert_int_equal(grid.cell[8].style, STYLE_METHOD);
    canvas = canvas_of(GLYPHS_BLOCK);
    canvas_segment(&canvas, 0, 0, 1, 1, CANVAS_SOLID, STYLE_METHOD);
    canvas_segment(&canvas, 1, 0, 1, 1, CANVAS_SOLID, STYLE_METHOD);
    assert_picture("      \n   ▄▜ \n ▄▀ ▐ \n      \n");
    canvas = canvas_of(GLYPHS_ASCII);
    canvas_segment(&canvas, 0, 0, 1, 1, CANVAS_SOLID, STYLE_METHOD);
    canvas_segment(&canvas, 1, 1, 1, 0, CANVAS_SOLID, STYLE_METHOD);
    assert_picture("      \n   ;| \n .! | \n      \n");
}

static void dashes_have_gaps(void **state)
{
    (void)state;
    struct canvas canvas = canvas_of(GLYPHS_BRAILLE);
    canvas_segment(&canvas, 0, 1, 1, 1, CANVAS_DASHED, STYLE_THEORY);
    assert_picture("      \n ⠉ ⠉  \n      \n      \n");
    canvas = canvas_of(GLYPHS_BLOCK);
    canvas_rule(&canvas, 2, STYLE_THEORY);
    assert_picture("      \n  ╎   \n  ╎   \n      \n");
    canvas = canvas_of(GLYPHS_ASCII);
    canvas_rule(&canvas, 2, STYLE_THEORY);
    assert_picture("      \n  |   \n      \n      \n");
}

static void bars_stand_in_eighths(void **state)
{
    (void)state;
    struct canvas canvas = canvas_of(GLYPHS_BRAILLE);
    assert_int_equal(canvas_bar(&canvas, 1, 1, 0, STYLE_METHOD), 0);
    assert_int_equal(canvas_bar(&canvas, 2, 1, 1.0 / 16, STYLE_METHOD), 1);
    assert_int_equal(canvas_bar(&canvas, 3, 2, 11.0 / 16, STYLE_METHOD), 2);
    assert_picture("      \n   ▃▃ \n  ▁██ \n      \n");
    assert_int_equal(canvas_bar(&canvas, 1, 1, 7, STYLE_METHOD), 2);
    assert_picture("      \n █ ▃▃ \n █▁██ \n      \n");
    canvas = canvas_of(GLYPHS_ASCII);
    canvas_bar(&canvas, 1, 1, 0.25, STYLE_METHOD);
    canvas_bar(&canvas, 2, 1, 0.5, STYLE_METHOD);
    canvas_bar(&canvas, 3, 1, 0.75, STYLE_METHOD);
    assert_picture("      \n   _  \n _##  \n      \n");
}

static void what_is_nowhere_is_not_drawn(void **state)
{
    (void)state;
    static const double nan = (double)NAN;
    struct canvas canvas = canvas_of(GLYPHS_BRAILLE);
    canvas_segment(&canvas, 0, nan, 1, 1, CANVAS_SOLID, STYLE_METHOD);
    canvas_segment(&canvas, 0, 0, nan, 1, CANVAS_SOLID, STYLE_METHOD);
    canvas_put(&canvas, 0.3, nan, 'x', STYLE_METHOD);
    assert_int_equal(canvas_bar(&canvas, 1, 1, nan, STYLE_METHOD), 0);
    canvas.area.width = 0;
    canvas_segment(&canvas, 0, 0, 1, 1, CANVAS_SOLID, STYLE_METHOD);
    canvas_put(&canvas, 0, 0, 'x', STYLE_METHOD);
    assert_picture("      \n      \n      \n      \n");
    /* An area that hangs over the grid's edge is clipped. */
    canvas.area = (struct rect){4, 2, 9, 9};
    canvas_segment(&canvas, 0, 1, 1, 0, CANVAS_SOLID, STYLE_METHOD);
    canvas.area.x = -3;
    canvas_segment(&canvas, 0, 0.9, 1, 0.9, CANVAS_SOLID, STYLE_METHOD);
    assert_int_not_equal(grid.cell[2 * 6 + 4].rune, ' ');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dot_is_in_its_corner),
        cmocka_unit_test(lines_share_cells),
        cmocka_unit_test(dashes_have_gaps),
        cmocka_unit_test(bars_stand_in_eighths),
        cmocka_unit_test(what_is_nowhere_is_not_drawn),
    };
    return cmocka_run_group_tests(tests, make_grid, free_grid);
}
