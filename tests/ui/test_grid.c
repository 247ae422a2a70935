/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/golden.h"
#include "ui/draw.h"
#include "ui/grid.h"
#include "ui/rune.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_grid(const struct grid *grid, const char *expected)
{
    char *text = golden_screen(grid);
    assert_string_equal(text, expected);
    free(text);
}

static void resize_clears_and_takes_any_size(void **state)
{
    (void)state;
    struct grid grid = {0, 0, NULL};
    assert_true(grid_resize(&grid, 3, 2));
    grid_put(&grid, 1, 1, 'x', STYLE_TITLE);
    assert_int_equal(grid.cell[4].style, STYLE_TITLE);
    assert_true(grid_resize(&grid, 2, 2));
    assert_grid(&grid, "  \n  \n");
    assert_true(grid_resize(&grid, -5, 7));
    assert_int_equal(grid.width, 0);
    grid_put(&grid, 0, 0, 'x', STYLE_TEXT);
    grid_clear(&grid);
    grid_free(&grid);
    assert_null(grid.cell);
}

static void drawing_outside_is_clipped(void **state)
{
    (void)state;
    struct grid grid = {0, 0, NULL};
    assert_true(grid_resize(&grid, 4, 2));
    static const int outside[][2] = {{-1, 0}, {4, 0}, {0, -1}, {0, 2}, {-1000, 1000}};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        grid_put(&grid, outside[i][0], outside[i][1], 'x', STYLE_TEXT);
    grid_text(&grid, 2, 5, -1, STYLE_TEXT, GLYPHS_BRAILLE, "below");
    assert_grid(&grid, "    \n    \n");
    assert_int_equal(grid_text(&grid, -2, 0, -1, STYLE_TEXT, GLYPHS_BRAILLE, "abcdefgh"), 6);
    assert_int_equal(grid_text(&grid, 2, 1, -1, STYLE_TEXT, GLYPHS_BRAILLE, "abcdefgh"), 2);
    assert_int_equal(grid_text(&grid, 9, 1, -1, STYLE_TEXT, GLYPHS_BRAILLE, "a"), 0);
    assert_grid(&grid, "cdef\n  ab\n");
    grid_free(&grid);
}

static void what_is_not_one_column_wide_becomes_a_question_mark(void **state)
{
    (void)state;
    struct grid grid = {0, 0, NULL};
    assert_true(grid_resize(&grid, 12, 1));
    /* wide, combining, control, zero-width, emoji */
    assert_int_equal(grid_text(&grid, 0, 0, -1, STYLE_TEXT, GLYPHS_BRAILLE, "a漢\u0301\x1b\u200b😀\n‖"), 8);
    assert_grid(&grid, "a??????‖    \n");
    grid_clear(&grid);
    /* a lone continuation byte, an overlong slash, a surrogate, a sequence cut by the end */
    assert_int_equal(grid_text(&grid, 0, 0, -1, STYLE_TEXT, GLYPHS_BRAILLE, "\x80\xC0\xAF\xED\xA0\x80z\xE2\x96"), 9);
    assert_grid(&grid, "??????z??   \n");
    grid_put(&grid, 0, 0, 0x6F22, STYLE_TEXT);
    assert_int_equal(grid.cell[0].rune, '?');
    grid_free(&grid);
}

static void ascii_spells_what_is_well_known(void **state)
{
    (void)state;
    static const struct {
        const char *text, *ascii;
    } table[] = {
        {"Â − A*", "A^ - A*"},
        {"‖Â − A*‖_F", "||A^ - A*||_F"},
        {"σ = 0.1", "s = 0.1"},
        {"10⁻³² and 10¹²³", "10^-32 and 10^123"},
        {"x²y³", "x^2y^3"},
        {"2.385 × 10⁴ ≤ ∞ …", "2.385 x 10^4 <= inf ..."},
        {"● ▲ ■ ◆ ○ △", "o ^ # * O A"},
        {"café naïve Ångström", "cafe naive Angstrom"},
        {"UVᵀ", "UV^T"},
        {"ж", "?"},
    };
    struct grid grid = {0, 0, NULL};
    assert_true(grid_resize(&grid, 40, 1));
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        grid_clear(&grid);
        int width = (int)strlen(table[i].ascii);
        assert_int_equal(grid_text(&grid, 0, 0, -1, STYLE_TEXT, GLYPHS_ASCII, table[i].text), width);
        assert_int_equal(grid_text_width(GLYPHS_ASCII, table[i].text), width);
        char expected[64];
        snprintf(expected, sizeof expected, "%-40s\n", table[i].ascii);
        assert_grid(&grid, expected);
    }
    /* A spelling is shown whole or not at all. */
    grid_clear(&grid);
    assert_int_equal(grid_text(&grid, 0, 0, 2, STYLE_TEXT, GLYPHS_ASCII, "x≤y"), 1);
    assert_int_equal(grid.cell[1].rune, ' ');
    grid_free(&grid);
}

static void every_spelling_is_ascii_and_short(void **state)
{
    (void)state;
    int spelt = 0;
    for (uint32_t rune = 0x80; rune < 0x3000; rune++) {
        const char *ascii = rune_ascii(rune);
        assert_in_range(strlen(ascii), 1, RUNE_SPELLING_MAX - 1);
        for (const char *at = ascii; *at != '\0'; at++)
            assert_in_range(*at, ' ', '~');
        spelt += strcmp(ascii, "?") != 0;
        if (rune_is_raised(rune))
            assert_int_equal(ascii[0], '^');
    }
    assert_in_range(spelt, 130, 1000);
}

static void paragraphs_break_at_spaces(void **state)
{
    (void)state;
    struct grid grid = {0, 0, NULL};
    assert_true(grid_resize(&grid, 10, 4));
    struct rect area = {1, 0, 8, 4};
    assert_int_equal(grid_paragraph(&grid, area, STYLE_TEXT, GLYPHS_BRAILLE, "a rank-2 adapter\nleaves it"), 4);
    assert_grid(&grid, " a rank-2 \n adapter  \n leaves   \n it       \n");
    grid_clear(&grid);
    /* A word that is too long is cut, and text that is too long ends in an ellipsis. */
    area.height = 2;
    assert_int_equal(grid_paragraph(&grid, area, STYLE_TEXT, GLYPHS_BRAILLE, "regularisation, is it"), 2);
    assert_grid(&grid, " regulari \n sation,… \n          \n          \n");
    grid_clear(&grid);
    area.height = 1;
    assert_int_equal(grid_paragraph(&grid, area, STYLE_TEXT, GLYPHS_ASCII, "one two three"), 1);
    assert_grid(&grid, " one t... \n          \n          \n          \n");
    area.width = 0;
    assert_int_equal(grid_paragraph(&grid, area, STYLE_TEXT, GLYPHS_ASCII, "one"), 0);
    static const char *const rows[] = {"a rank-2 adapter\nleaves it", "adapter\nleaves it", "leaves it", "it", "", ""};
    for (int row = 0; row < 6; row++)
        assert_string_equal(grid_paragraph_from(GLYPHS_BRAILLE, 8, rows[0], row), rows[row]);
    assert_string_equal(grid_paragraph_from(GLYPHS_BRAILLE, 0, "one", 2), "one");
    grid_free(&grid);
}

static void a_list_scrolls_by_as_little_as_it_must(void **state)
{
    (void)state;
    static const struct {
        size_t top, at;
        int seen;
        size_t count, want;
    } known[] = {{3, 5, 4, 20, 3}, {3, 2, 4, 20, 2}, {3, 7, 4, 20, 4}, {18, 19, 4, 20, 16},
                 {5, 1, 4, 3, 0},  {0, 0, 4, 0, 0},  {2, 7, 0, 20, 7}, {9, 8, -3, 9, 8}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_int_equal(draw_scroll(known[i].top, known[i].at, known[i].seen, known[i].count), known[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resize_clears_and_takes_any_size),
        cmocka_unit_test(drawing_outside_is_clipped),
        cmocka_unit_test(what_is_not_one_column_wide_becomes_a_question_mark),
        cmocka_unit_test(ascii_spells_what_is_well_known),
        cmocka_unit_test(every_spelling_is_ascii_and_short),
        cmocka_unit_test(paragraphs_break_at_spaces),
        cmocka_unit_test(a_list_scrolls_by_as_little_as_it_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
