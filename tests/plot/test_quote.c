/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/quote.h"

#include "plot/decades.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_text(const char *text, const char *expected)
{
    char buffer[256];
    FILE *stream = fmemopen(buffer, sizeof buffer, "w");
    quote_text(stream, text);
    fclose(stream);
    assert_string_equal(buffer, expected);
}

static void test_text_stays_inside_its_quotes(void **state)
{
    (void)state;
    expect_text("", "''");
    expect_text("it's", "'it’s'");
    expect_text("'; system('x'); '", "'’; system(’x’); ’'");
    expect_text("a\nb\r\tc\x1b[2J\x7f", "'a?b??c?[2J?'");
    expect_text("`ls` @a \\n \"q\" $x {^_}", "'`ls` @a \\n \"q\" $x {^_}'");
    expect_text("Â − A* ‖W‖ 学习", "'Â − A* ‖W‖ 学习'");
    expect_text("cut \xe2\x80", "'cut ?"
                                "?'");
    expect_text("\xff\xc0\xaf'", "'??"
                                 "?’'");
    expect_text("up \xe2\x80\xae down", "'up ? down'"); /* turns the direction of writing */
}

static void expect_path(const char *path, const char *expected)
{
    char buffer[256];
    assert_true(quote_path_possible(path));
    FILE *stream = fmemopen(buffer, sizeof buffer, "w");
    quote_path(stream, path);
    fclose(stream);
    assert_string_equal(buffer, expected);
}

static void test_a_path_means_that_file(void **state)
{
    (void)state;
    expect_path("/a/b.png", "\"/a/b.png\"");
    expect_path("b.png", "\"./b.png\"");
    expect_path("|rm x", "\"./\\174rm\\040x\"");
    expect_path("~root/x", "\"./\\176root/x\"");
    expect_path("a1'`\"\\\xff", "\"./a\\061\\047\\140\\042\\134\\377\"");
    assert_false(quote_path_possible("a\nb"));
    assert_false(quote_path_possible("a\x7f"));
    assert_false(quote_path_possible(""));
}

static void expect_number(double value, const char *expected)
{
    char buffer[64];
    FILE *stream = fmemopen(buffer, sizeof buffer, "w");
    quote_number(stream, value);
    fclose(stream);
    assert_string_equal(buffer, expected);
}

static void expect_numbers(void)
{
    expect_number(2.385, "2.38500000e+00");
    expect_number(-1.23456789012e-200, "-1.23456789e-200");
    expect_number(0, "0.00000000e+00");
    expect_number(6.02e23, "6.02000000e+23");
    expect_number((double)NAN, "NaN");
    expect_number(-(double)INFINITY, "NaN");
}

/* Makes a locale with a decimal comma, where the system has what it takes. */
static int comma_locale(void)
{
    char command[600];
    const char *folder = getenv("TMPDIR");
    if (!folder)
        return 0;
    snprintf(command, sizeof command, "localedef -c -i de_DE -f UTF-8 '%s/comma' >/dev/null 2>&1", folder);
    if (system(command) != 0)
        return 0;
    setenv("LOCPATH", folder, 1);
    return setlocale(LC_ALL, "comma") != NULL && *localeconv()->decimal_point == ',';
}

static void test_numbers_have_a_point_in_any_locale(void **state)
{
    (void)state;
    expect_numbers();
    if (!comma_locale())
        skip();
    expect_numbers();
    setlocale(LC_ALL, "C");
}

static struct decades decades_of(const double *values, int count, double floor_value)
{
    struct decades decades = {0};
    for (int i = 0; i < count; i++)
        decades_add(&decades, values[i]);
    decades_finish(&decades, floor_value);
    return decades;
}

static void test_an_axis_has_whole_decades(void **state)
{
    (void)state;
    struct decades d = decades_of((double[]){2.385, 87.5, (double)NAN, (double)INFINITY}, 4, 1e-9);
    assert_int_equal(d.from, 0);
    assert_int_equal(d.to, 2);
    assert_false(d.low);
    assert_true(decades_place(&d, 2.385) == 2.385);

    d = decades_of((double[]){3, 5}, 2, 1e-9); /* at least one */
    assert_int_equal(d.from, 0);
    assert_int_equal(d.to, 1);
    d = decades_of((double[]){100}, 1, 1e-9);
    assert_true(d.from < d.to && d.to == 2);
    d = decades_of(NULL, 0, 0);
    assert_true(d.from < d.to);
    d = decades_of((double[]){1e300, 1e-300}, 2, 0);
    assert_int_equal(d.from, -300);
    assert_int_equal(d.to, 300);
}

static void test_an_axis_survives_zeros(void **state)
{
    (void)state;
    struct decades d = decades_of((double[]){0, 41.7, 0.02385}, 3, 1e-9);
    assert_true(d.low);
    assert_int_equal(d.from, -3); /* one decade more than 0.02 needs */
    assert_int_equal(d.to, 2);
    assert_true(decades_place(&d, 0) == 1e-3);
    assert_true(decades_place(&d, -7) == 1e-3);
    assert_true(isnan(decades_place(&d, (double)NAN)));

    d = decades_of((double[]){1e-40, 41.7}, 2, 1e-9); /* below the floor */
    assert_true(d.low);
    assert_int_equal(d.from, -10);
    d = decades_of((double[]){0, 0}, 2, 0);
    assert_true(d.low && d.from < d.to);
    d = decades_of((double[]){5e-324, 3}, 2, 0); /* a logarithm must not meet it */
    assert_true(d.low && d.from >= -2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_stays_inside_its_quotes),
        cmocka_unit_test(test_a_path_means_that_file),
        cmocka_unit_test(test_numbers_have_a_point_in_any_locale),
        cmocka_unit_test(test_an_axis_has_whole_decades),
        cmocka_unit_test(test_an_axis_survives_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
