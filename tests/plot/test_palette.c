/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/palette.h"

#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* CIELAB of a colour, by way of linear RGB and XYZ (sRGB's primaries, D65). */
struct lab {
    double l, a, b;
};

static double decoded(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4);
}

static void linear_of(const char *colour, double rgb[3])
{
    assert_int_equal(strlen(colour), 7);
    long value = strtol(colour + 1, NULL, 16);
    for (int i = 0; i < 3; i++)
        rgb[i] = decoded((double)(value >> (16 - 8 * i) & 0xff) / 255);
}

static double root(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

static struct lab lab_of(const double rgb[3])
{
    double x = (0.4124564 * rgb[0] + 0.3575761 * rgb[1] + 0.1804375 * rgb[2]) / 0.95047;
    double y = 0.2126729 * rgb[0] + 0.7151522 * rgb[1] + 0.0721750 * rgb[2];
    double z = (0.0193339 * rgb[0] + 0.1191920 * rgb[1] + 0.9503041 * rgb[2]) / 1.08883;
    return (struct lab){116 * root(y) - 16, 500 * (root(x) - root(y)), 200 * (root(y) - root(z))};
}

static struct lab colour_lab(int i)
{
    double rgb[3];
    linear_of(palette_colours[i], rgb);
    return lab_of(rgb);
}

static double distance(struct lab one, struct lab other)
{
    return sqrt(pow(one.l - other.l, 2) + pow(one.a - other.a, 2) + pow(one.b - other.b, 2));
}

static void test_equal_steps_look_equal(void **state)
{
    (void)state;
    double step = (colour_lab(PALETTE_COLOURS - 1).l - colour_lab(0).l) / (PALETTE_COLOURS - 1);
    assert_true(step > 7);
    for (int i = 1; i < PALETTE_COLOURS; i++) {
        assert_near(colour_lab(i).l - colour_lab(i - 1).l, step, 0.4);
        assert_near(distance(colour_lab(i), colour_lab(i - 1)), 18.4, 1);
    }
}

/* Viénot, Brettel and Mollon (1999): what dichromats see, in linear RGB. */
static void test_colour_blind_people_see_the_same_order(void **state)
{
    (void)state;
    static const double sights[][3][3] = {
        {{0.11238, 0.88762, 0}, {0.11238, 0.88762, 0}, {0.00401, -0.00401, 1}},    /* protanopes */
        {{0.29275, 0.70725, 0}, {0.29275, 0.70725, 0}, {-0.02234, 0.02234, 1.0}}}; /* deuteranopes */
    for (size_t sight = 0; sight < 2; sight++) {
        struct lab before = {0};
        for (int i = 0; i < PALETTE_COLOURS; i++) {
            double rgb[3], seen[3];
            linear_of(palette_colours[i], rgb);
            for (int row = 0; row < 3; row++)
                seen[row] =
                    sights[sight][row][0] * rgb[0] + sights[sight][row][1] * rgb[1] + sights[sight][row][2] * rgb[2];
            struct lab lab = lab_of(seen);
            assert_true(i == 0 || lab.l - before.l > 4);
            before = lab;
        }
    }
}

/* WCAG 2 asks for a contrast of 4.5; black or white has it on any colour. */
static void test_text_is_readable_on_every_colour(void **state)
{
    (void)state;
    for (int i = 0; i < PALETTE_COLOURS; i++) {
        double rgb[3];
        linear_of(palette_colours[i], rgb);
        double own = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] + 0.05;
        double black = own / 0.05, white = 1.05 / own;
        bool light = palette_is_light((double)i / (PALETTE_COLOURS - 1));
        assert_int_equal(light, black > white);
        assert_true((light ? black : white) > 4.5);
    }
    assert_false(palette_is_light(-3));
    assert_true(palette_is_light(7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_steps_look_equal),
        cmocka_unit_test(test_colour_blind_people_see_the_same_order),
        cmocka_unit_test(test_text_is_readable_on_every_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
