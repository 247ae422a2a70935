/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void characters_of_any_length_are_typed_and_erased(void **state)
{
    (void)state;
    struct field field;
    field_begin(&field, "aé", 20);
    assert_int_equal(field.cursor, 3);
    assert_true(field_insert(&field, 0x2265));  /* ≥ */
    assert_true(field_insert(&field, 0x1F600)); /* four bytes */
    assert_string_equal(field.text, "aé≥😀");
    assert_true(field_key(&field, EVENT_KEY_LEFT));
    assert_true(field_key(&field, EVENT_KEY_LEFT));
    assert_int_equal(field.cursor, 3);
    assert_true(field_insert(&field, 'x'));
    assert_string_equal(field.text, "aéx≥😀");
    assert_true(field_key(&field, EVENT_KEY_DELETE));
    assert_string_equal(field.text, "aéx😀");
    assert_true(field_key(&field, EVENT_KEY_BACKSPACE));
    assert_true(field_key(&field, EVENT_KEY_BACKSPACE));
    assert_string_equal(field.text, "a😀");
    assert_true(field_key(&field, EVENT_KEY_DELETE));
    assert_true(field_key(&field, EVENT_KEY_DELETE)); /* nothing is left there */
    assert_string_equal(field.text, "a");
    assert_true(field_key(&field, EVENT_KEY_HOME));
    assert_true(field_key(&field, EVENT_KEY_BACKSPACE));
    assert_true(field_key(&field, EVENT_KEY_LEFT));
    assert_int_equal(field.cursor, 0);
    assert_true(field_key(&field, EVENT_KEY_END));
    assert_true(field_key(&field, EVENT_KEY_RIGHT));
    assert_int_equal(field.cursor, 1);
    assert_false(field_key(&field, EVENT_KEY_UP));
    assert_false(field_key(&field, EVENT_KEY_ENTER));
}

static void what_no_line_can_hold_is_refused(void **state)
{
    (void)state;
    static const uint32_t bad[] = {0,      '\n',   '\t',   0x1B,     0x7F,         0x9B,      0xD800,
                                   0xDFFF, 0x2028, 0x202E, 0x110000, EVENT_KEY_UP, UINT32_MAX};
    struct field field;
    field_begin(&field, "2.385", 95);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(field_insert(&field, bad[i]));
    assert_string_equal(field.text, "2.385");
}

static void it_never_holds_more_than_its_limit(void **state)
{
    (void)state;
    struct field field;
    field_begin(&field, "ab≥", 4); /* the third character does not fit whole */
    assert_string_equal(field.text, "ab");
    assert_false(field_insert(&field, 0x2265));
    assert_true(field_insert(&field, 0xE9));
    assert_false(field_insert(&field, 'c'));
    assert_string_equal(field.text, "abé");
    field_begin(&field, "", 100000);
    int typed = 0;
    while (field_insert(&field, 'x'))
        typed++;
    assert_int_equal(typed, FIELD_SIZE - 1);
    assert_int_equal(strlen(field.text), FIELD_SIZE - 1);
}

static char character_at(const struct grid *grid, int x)
{
    return (char)grid->cell[x].rune;
}

static int focus_at(const struct grid *grid)
{
    int found = -1;
    for (int x = 0; x < grid->width; x++) {
        if (grid->cell[x].style != STYLE_FOCUS)
            continue;
        assert_int_equal(found, -1);
        found = x;
    }
    return found;
}

static void the_cursor_is_always_seen(void **state)
{
    (void)state;
    struct grid grid = {0, 0, NULL};
    struct field field;
    assert_true(grid_resize(&grid, 12, 1));
    field_begin(&field, "0123456789ABCDEF", 95);
    field_draw(&field, &grid, 1, 0, 10, GLYPHS_BRAILLE);
    assert_int_equal(focus_at(&grid), 10); /* after the last character */
    assert_int_equal(character_at(&grid, 9), 'F');
    assert_int_equal(character_at(&grid, 0), ' ');
    assert_int_equal(grid.cell[11].style, STYLE_TEXT);
    for (int i = 16; i >= 0; i--) {
        grid_clear(&grid);
        field_draw(&field, &grid, 1, 0, 10, GLYPHS_BRAILLE);
        int at = focus_at(&grid);
        assert_in_range(at, 1, 10);
        assert_int_equal(character_at(&grid, at), i == 16 ? ' ' : "0123456789ABCDEF"[i]);
        field_key(&field, EVENT_KEY_LEFT);
    }
    field_begin(&field, "≥é≥é≥", 95); /* in ASCII, two columns for ≥ */
    for (int columns = 0; columns <= 12; columns++) {
        grid_clear(&grid);
        field_draw(&field, &grid, 0, 0, columns, GLYPHS_ASCII);
        int at = focus_at(&grid);
        assert_true(columns == 0 ? at == -1 : columns > 8 ? at == 8 : at >= 0 && at < columns);
    }
    field_draw(&field, &grid, -3, 0, 12, GLYPHS_ASCII); /* clipped */
    field_draw(&field, &grid, 0, 7, 12, GLYPHS_ASCII);
    grid_free(&grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_of_any_length_are_typed_and_erased),
        cmocka_unit_test(what_no_line_can_hold_is_refused),
        cmocka_unit_test(it_never_holds_more_than_its_limit),
        cmocka_unit_test(the_cursor_is_always_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
