/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/method.h"
#include "ui/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Themes, judged by what the 256 colours of a terminal are: text can be read, and series can be told apart by colour-blind people
 * too. */

/* Linear light of a colour of the 256 from 16 on: a cube of 6, then 24 greys. */
static void linear_of(int index, double rgb[3])
{
    static const int cube[] = {0, 95, 135, 175, 215, 255};
    assert_in_range(index, 16, 255);
    for (int i = 0; i < 3; i++) {
        int digit = (index - 16) / (i == 0 ? 36 : i == 1 ? 6 : 1) % 6;
        double encoded = (index < 232 ? cube[digit] : 8 + 10 * (index - 232)) / 255.0;
        rgb[i] = encoded <= 0.04045 ? encoded / 12.92 : pow((encoded + 0.055) / 1.055, 2.4);
    }
}

/* WCAG 2: relative luminance, and the ratio of two. */
static double luminance(int index)
{
    double rgb[3];
    linear_of(index, rgb);
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
}

static double contrast(int a, int b)
{
    double light = fmax(luminance(a), luminance(b));
    double dark = fmin(luminance(a), luminance(b));
    return (light + 0.05) / (dark + 0.05);
}

static void the_ratio_is_that_of_wcag(void **state)
{
    (void)state;
    assert_true(fabs(contrast(16, 231) - 21) < 1e-9);
    assert_true(fabs(contrast(231, 243) - 4.54) < 0.005); /* #767676, the well-known least grey on white */
}

static int color_of(const struct theme *theme, int style)
{
    int color = theme->look[style].color.of_256;
    return color == THEME_OWN ? theme->text.of_256 : color;
}

static void text_can_be_read(void **state)
{
    (void)state;
    for (int row = 1; row < THEME_COUNT; row++) {
        const struct theme *theme = &theme_table[row];
        double least = strcmp(theme->name, "high-contrast") == 0 ? 7 : 4.5; /* AAA, AA */
        for (int style = 0; style < STYLE_HEAT; style++) {
            double ratio = contrast(color_of(theme, style), theme->background.of_256);
            if (ratio < least)
                fail_msg("%s: style %d has a contrast of %.2f, less than %.1f", theme->name, style, ratio, least);
        }
    }
    for (int level = 0; level < STYLE_LEVELS; level++) {
        const struct theme_heat *heat = &theme_heat_table[level];
        assert_true(contrast(heat->white_256 ? 231 : 16, heat->color.of_256) >= 4.5);
    }
}

/* Where the background is not known, on black and on white: as graphics and large text must (WCAG 2, 1.4.11). */
static void the_terminals_theme_suits_black_and_white(void **state)
{
    (void)state;
    const struct theme *theme = &theme_table[0];
    assert_int_equal(theme->background.of_256, THEME_OWN);
    for (int style = 0; style < STYLE_METHOD + METHOD_COUNT; style++) {
        int color = color_of(theme, style);
        if (color == THEME_OWN)
            continue;
        assert_true(contrast(color, 16) >= 3);
        assert_true(contrast(color, 231) >= 3);
    }
}

/* ---- colour-blind people ---- */

/* Machado, Oliveira and Fernandes 2009, severity 1, on linear light: as seen, without red cones, without green ones. */
static const double vision_table[3][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
};

static double root(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

/* CIELAB, by way of XYZ (sRGB's primaries, D65). */
static void lab_of(int index, int vision, double lab[3])
{
    static const double to_xyz[3][3] = {
        {0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}};
    static const double white[] = {0.95047, 1, 1.08883};
    double rgb[3];
    double seen[3] = {0};
    double xyz[3] = {0};
    linear_of(index, rgb);
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            seen[i] += vision_table[vision][i][j] * rgb[j];
        seen[i] = fmin(fmax(seen[i], 0), 1);
    }
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            xyz[i] += to_xyz[i][j] * seen[j];
        xyz[i] = root(xyz[i] / white[i]);
    }
    lab[0] = 116 * xyz[1] - 16;
    lab[1] = 500 * (xyz[0] - xyz[1]);
    lab[2] = 200 * (xyz[1] - xyz[2]);
}

/* The least distance of two colours over all ways of seeing; 2.3 is one that is just noticed. */
static double distance(int a, int b)
{
    double least = HUGE_VAL;
    for (int vision = 0; vision < 3; vision++) {
        double first[3];
        double second[3];
        lab_of(a, vision, first);
        lab_of(b, vision, second);
        least = fmin(least, hypot(hypot(first[0] - second[0], first[1] - second[1]), first[2] - second[2]));
    }
    return least;
}

static void series_can_be_told_apart(void **state)
{
    (void)state;
    static const double least = 15;
    for (int row = 0; row < THEME_COUNT; row++) {
        const struct theme *theme = &theme_table[row];
        int series = row == 0 ? METHOD_COUNT : STYLE_METHODS; /* no eight colours suit black and white alike */
        for (int a = 0; a < series; a++)
            for (int b = 0; b < a; b++) {
                double apart = distance(color_of(theme, STYLE_METHOD + a), color_of(theme, STYLE_METHOD + b));
                if (apart < least)
                    fail_msg("%s: series %d and %d are %.1f apart", theme->name, a, b, apart);
            }
    }
}

/* The palettes of 16 and 8 differ from terminal to terminal: nothing must have its background's colour. */
static void nothing_is_invisible(void **state)
{
    (void)state;
    for (int row = 1; row < THEME_COUNT; row++) {
        const struct theme *theme = &theme_table[row];
        for (int style = 0; style < STYLE_HEAT; style++) {
            struct theme_color color = theme->look[style].color;
            assert_int_not_equal(color.of_16 == THEME_OWN ? theme->text.of_16 : color.of_16, theme->background.of_16);
            assert_int_not_equal(color.of_8 == THEME_OWN ? theme->text.of_8 : color.of_8, theme->background.of_8);
        }
    }
    for (int row = 0; row < THEME_COUNT; row++) {
        assert_int_equal(theme_find(theme_table[row].name), row);
        assert_true(theme_table[row].look[STYLE_FOCUS].attributes & THEME_REVERSE); /* without colours, too */
    }
    assert_int_equal(theme_find("mauve"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ratio_is_that_of_wcag),
        cmocka_unit_test(text_can_be_read),
        cmocka_unit_test(the_terminals_theme_suits_black_and_white),
        cmocka_unit_test(series_can_be_told_apart),
        cmocka_unit_test(nothing_is_invisible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
