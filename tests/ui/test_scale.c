/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/scale.h"

#include "support/near.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct scale fit(bool linear, int rows, int count, const double *value)
{
    struct extent extent = {0};
    for (int i = 0; i < count; i++)
        extent_add(&extent, value[i]);
    return scale_fit(&extent, linear, rows);
}

#define FIT(linear, rows, ...)                                                                                         \
    fit(linear, rows, (int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)), (double[]){__VA_ARGS__})

/* The labels of an axis, with a blank after each. */
static const char *labels(const struct scale *axis, int wanted, enum glyphs glyphs)
{
    static char text[SCALE_TICKS_MAX * LABEL_SIZE];
    double value[SCALE_TICKS_MAX];
    int count = scale_ticks(axis, wanted, value);
    text[0] = '\0';
    for (int i = 0; i < count; i++) {
        char label[LABEL_SIZE];
        scale_label(axis, glyphs, value[i], label);
        strcat(text, label);
        strcat(text, " ");
    }
    return text;
}

static void extents_skip_what_is_not_finite(void **state)
{
    (void)state;
    struct extent extent = {0};
    extent_add(&extent, (double)NAN);
    extent_add(&extent, (double)INFINITY);
    assert_false(extent.any);
    extent_add(&extent, 2.385);
    extent_add(&extent, -(double)INFINITY);
    assert_true(extent.any && !extent.zeros);
    assert_near(extent.least, 2.385, 0);
    assert_near(extent.most, 2.385, 0);
    extent_add(&extent, 1e-33);
    assert_true(extent.zeros);
    assert_near(extent.least_above, 2.385, 0);
    extent_add(&extent, DBL_MAX);
    assert_true(extent.most <= 1e300);
}

/* A chart may say what counts as zero: it does not stretch the axis, and sits on the floor. */
static void what_counts_as_zero_is_on_the_floor(void **state)
{
    (void)state;
    struct extent extent = {.zero = 2.385e-9};
    extent_add(&extent, 38.5);
    extent_add(&extent, 7.1e-16);
    assert_true(extent.zeros);
    assert_near(extent.least_above, 38.5, 0);
    struct scale axis = scale_fit(&extent, false, 12);
    assert_true(axis.low > 1);
    assert_near(scale_position(&axis, 7.1e-16), 0, 0);
    assert_near(scale_position(&axis, 2.38e-9), 0, 0);
    assert_true(scale_position(&axis, 38.5) > 0.3);
    char text[LABEL_SIZE];
    scale_label(&axis, GLYPHS_BRAILLE, 0, text);
    assert_string_equal(text, "≈0");
}

static void round_numbers_are_1_2_5(void **state)
{
    (void)state;
    static const double table[][2] = {{1, 1},         {1.0001, 2},    {2.385, 5},   {5, 5},       {7.1, 10},
                                      {0.02, 0.02},   {0.0201, 0.05}, {1999, 2000}, {2001, 5000}, {1e-290, 1e-290},
                                      {3e299, 5e299}, {0.1, 0.1},     {1e23, 1e23}, {0.3, 0.5}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_near(scale_round_up(table[i][0]) / table[i][1], 1, 1e-12);
}

static void logarithmic_axes_end_at_powers_of_ten(void **state)
{
    (void)state;
    struct scale axis = FIT(false, 10, 89.0, 3.1e-7, 2.385);
    assert_int_equal(axis.kind, SCALE_LOG);
    assert_near(axis.low / 1e-7, 1, 1e-12);
    assert_near(axis.high, 100, 0);
    assert_near(scale_position(&axis, 100), 1, 0);
    assert_near(scale_position(&axis, 1e-7), 0, 1e-12);
    assert_near(scale_position(&axis, pow(10, -2.5)), 0.5, 1e-12);
    assert_string_equal(labels(&axis, 5, GLYPHS_BRAILLE), "10⁻⁶ 10⁻⁴ 10⁻² 10⁰ 10² ");
    assert_string_equal(labels(&axis, 5, GLYPHS_ASCII), "1e-6 1e-4 1e-2 1e0 1e2 ");
    assert_string_equal(labels(&axis, 3, GLYPHS_ASCII), "1e-5 1e0 ");
}

static void short_logarithmic_axes_have_ticks_between(void **state)
{
    (void)state;
    struct scale axis = FIT(false, 10, 29.3, 97.0);
    assert_near(axis.low, 20, 0);
    assert_near(axis.high, 100, 0);
    assert_string_equal(labels(&axis, 5, GLYPHS_BRAILLE), "20 50 100 ");
    /* A constant has room above and below. */
    axis = FIT(false, 10, 2.385);
    assert_true(axis.low < 2.385 && axis.high > 2.385);
    assert_string_equal(labels(&axis, 5, GLYPHS_BRAILLE), "2 5 ");
    axis = FIT(false, 10, 5.0);
    assert_true(axis.low < 5 || axis.high > 5);
}

/* Two decades: some ticks are no powers of ten, and are not labelled as if they were. */
static void no_two_ticks_have_one_label(void **state)
{
    (void)state;
    struct scale axis = FIT(false, 30, 0.012, 0.98);
    assert_string_equal(labels(&axis, 9, GLYPHS_BRAILLE), "10⁻² 0.02 0.05 10⁻¹ 0.2 0.5 10⁰ ");
    assert_string_equal(labels(&axis, 4, GLYPHS_BRAILLE), "10⁻² 10⁻¹ 10⁰ ");
}

static void zeros_have_a_floor_of_their_own(void **state)
{
    (void)state;
    struct scale axis = FIT(false, 9, 89.0, 2.385e-9, 0.0, 1e-40, 4e-324);
    assert_near(scale_position(&axis, 0), 0, 0);
    assert_near(scale_position(&axis, 1e-33), 0, 0);
    assert_true(scale_position(&axis, 1e-9) > 1.0 / 9);
    assert_near(scale_value(&axis, 0.05), 0, 0);
    assert_near(scale_value(&axis, scale_position(&axis, 7.5e-4)) / 7.5e-4, 1, 1e-9);
    assert_string_equal(labels(&axis, 4, GLYPHS_BRAILLE), "0 10⁻⁹ 10⁻⁶ 10⁻³ 10⁰ ");
    /* Nothing but zeros. */
    axis = FIT(false, 9, 0.0);
    assert_near(scale_position(&axis, 0), 0, 0);
    assert_true(axis.low > 0 && axis.high > axis.low && isfinite(axis.high));
    assert_int_equal(labels(&axis, 4, GLYPHS_BRAILLE)[0], '0');
}

static void linear_axes_begin_at_zero(void **state)
{
    (void)state;
    struct scale axis = FIT(true, 12, 61.3, 95.4);
    assert_near(axis.low, 0, 0);
    assert_near(axis.high, 100, 0);
    assert_near(scale_position(&axis, 23.85), 0.2385, 1e-12);
    assert_string_equal(labels(&axis, 5, GLYPHS_BRAILLE), "0 20 40 60 80 100 ");
    axis = FIT(true, 12, -3.1, 4.2);
    assert_true(axis.low <= -3.1 && axis.high >= 4.2);
    axis = FIT(true, 12, 0.0);
    assert_near(axis.high, 1, 0);
    struct extent none = {0};
    axis = scale_fit(&none, true, 5);
    assert_near(axis.high, 1, 0);
}

/* Whatever the values: positions within 0 … 1 and in order, ticks on the axis, and labels that end. */
static void any_values_make_an_axis(void **state)
{
    (void)state;
    static const double value[] = {0,    4e-324, 1e-320, 1e-100, 1e-33, 1e-32, 2.385e-17, 0.1,  1,     2.385,
                                   1e10, 1e23,   1e300,  1e307,  -1e-5, -3,    -1e300,    5e99, 7e-290};
    enum { COUNT = sizeof value / sizeof value[0] };
    for (int i = 0; i < COUNT * COUNT * 2; i++) {
        double low = fmin(value[i / 2 % COUNT], value[i / 2 / COUNT]);
        double high = fmax(value[i / 2 % COUNT], value[i / 2 / COUNT]);
        struct scale axis = FIT(i % 2, 1 + i % 23, low, high);
        assert_true(axis.low < axis.high && isfinite(axis.high) && isfinite(axis.low));
        double a = scale_position(&axis, low);
        double b = scale_position(&axis, high);
        assert_true(a >= 0 && a <= b && b <= 1);
        double tick[SCALE_TICKS_MAX];
        int count = scale_ticks(&axis, 1 + i % 7, tick);
        assert_in_range(count, 1, SCALE_TICKS_MAX);
        for (int j = 0; j < count; j++) {
            assert_true(j == 0 || tick[j] > tick[j - 1]);
            char label[LABEL_SIZE];
            scale_label(&axis, GLYPHS_BRAILLE, tick[j], label);
            assert_true(strlen(label) > 0);
        }
        assert_true(isnan(scale_position(&axis, (double)NAN)));
        assert_near(scale_position(&axis, (double)INFINITY), 1, 0);
    }
}

static void steps_and_ranks_have_whole_ticks(void **state)
{
    (void)state;
    struct scale axis = scale_of(SCALE_INTEGER, 0, 3);
    assert_string_equal(labels(&axis, 30, GLYPHS_BRAILLE), "0 1 2 3 ");
    axis = scale_of(SCALE_INTEGER, 0, 3000);
    assert_string_equal(labels(&axis, 4, GLYPHS_BRAILLE), "0 1000 2000 3000 ");
    axis = scale_of(SCALE_INTEGER, 0, 2e6);
    assert_string_equal(labels(&axis, 4, GLYPHS_BRAILLE), "0 500k 1M 1.5M 2M ");
    axis = scale_of(SCALE_STEPS, 0, 2e6);
    assert_string_equal(labels(&axis, 4, GLYPHS_BRAILLE), "0 1 10 100 1000 10k 100k 1M ");
    assert_near(scale_position(&axis, 0), 0, 0);
    assert_near(scale_value(&axis, scale_position(&axis, 2385)), 2385, 1e-6);
    axis = scale_of(SCALE_DEGREES, 0, 90);
    assert_string_equal(labels(&axis, 2, GLYPHS_BRAILLE), "0° 90° ");
    assert_string_equal(labels(&axis, 3, GLYPHS_ASCII), "0 45 90 ");
    assert_string_equal(labels(&axis, 9, GLYPHS_BRAILLE), "0° 30° 60° 90° ");
}

static void numbers_are_short(void **state)
{
    (void)state;
    static const struct {
        double value;
        int digits;
        const char *text;
    } table[] = {{0, 3, "0"},
                 {-0.0, 3, "0"},
                 {2.385, 3, "2.38"},
                 {2.385, 4, "2.385"},
                 {89, 3, "89"},
                 {89.04, 3, "89"},
                 {12345, 3, "12345"},
                 {1234.5, 3, "1234"},
                 {123456, 3, "1.23e5"},
                 {2.4e-9, 3, "2.4e-9"},
                 {1e-12, 3, "1e-12"},
                 {0.00205, 3, "0.00205"},
                 {1e300, 3, "1e300"},
                 {0.001, 3, "0.001"},
                 {0.5, 3, "0.5"},
                 {-3.25e-7, 3, "-3.25e-7"},
                 {999.96, 3, "1000"},
                 {(double)NAN, 3, "-"},
                 {(double)INFINITY, 3, "inf"},
                 {-(double)INFINITY, 3, "-inf"},
                 {1e-320, 3, "1e-320"},
                 {0.099999, 3, "0.1"},
                 {5e-324, 2, "4.9e-324"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char text[LABEL_SIZE];
        label_number(text, table[i].value, table[i].digits);
        assert_string_equal(text, table[i].text);
    }
    char text[LABEL_SIZE];
    label_power(text, GLYPHS_BLOCK, -320);
    assert_string_equal(text, "10⁻³²⁰");
    label_power(text, GLYPHS_BLOCK, 1457689);
    assert_string_equal(text, "10¹⁴⁵⁷⁶⁸⁹");
}

static void markers_have_an_ascii_spelling(void **state)
{
    (void)state;
    assert_int_equal(label_marker(0, GLYPHS_BRAILLE), 0x25CF);
    assert_int_equal(label_marker(1, GLYPHS_BLOCK), 0x25B2);
    assert_int_equal(label_marker(0, GLYPHS_ASCII), 'o');
    assert_int_equal(label_marker(1, GLYPHS_ASCII), '^');
    assert_int_equal(label_hollow_marker(0, GLYPHS_BRAILLE), 0x25CB);
    assert_int_equal(label_hollow_marker(1, GLYPHS_ASCII), 'A');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extents_skip_what_is_not_finite),
        cmocka_unit_test(what_counts_as_zero_is_on_the_floor),
        cmocka_unit_test(round_numbers_are_1_2_5),
        cmocka_unit_test(logarithmic_axes_end_at_powers_of_ten),
        cmocka_unit_test(short_logarithmic_axes_have_ticks_between),
        cmocka_unit_test(no_two_ticks_have_one_label),
        cmocka_unit_test(zeros_have_a_floor_of_their_own),
        cmocka_unit_test(linear_axes_begin_at_zero),
        cmocka_unit_test(any_values_make_an_axis),
        cmocka_unit_test(steps_and_ranks_have_whole_ticks),
        cmocka_unit_test(numbers_are_short),
        cmocka_unit_test(markers_have_an_ascii_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
