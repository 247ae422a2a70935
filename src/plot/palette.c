/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/palette.h"

#include <math.h>
#include <stdlib.h>

const char *const palette_colours[PALETTE_COLOURS] = {"#351B4E", "#113573", "#004D7A", "#03637C", "#007A7B", "#009179",
                                                      "#34A670", "#66BA63", "#94CB55", "#C4DB4A", "#F6E944"};

void palette_write(FILE *stream)
{
    fputs("set palette defined (", stream);
    for (int i = 0; i < PALETTE_COLOURS; i++)
        fprintf(stream, "%s%d '%s'", i > 0 ? ", " : "", i, palette_colours[i]);
    fputs(")\n", stream);
}

static double channel(int colour, int shift)
{
    unsigned long rgb = strtoul(palette_colours[colour] + 1, NULL, 16);
    return (double)(rgb >> shift & 0xff) / 255;
}

static double linear(double encoded)
{
    return encoded <= 0.04045 ? encoded / 12.92 : pow((encoded + 0.055) / 1.055, 2.4);
}

/* Between two colours as gnuplot has it: channel by channel. */
static double luminance(double place)
{
    static const double weight[] = {0.2126, 0.7152, 0.0722};
    double at = fmin(fmax(place, 0), 1) * (PALETTE_COLOURS - 1);
    int below = at < PALETTE_COLOURS - 1 ? (int)at : PALETTE_COLOURS - 2;
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double from = channel(below, 16 - 8 * i), to = channel(below + 1, 16 - 8 * i);
        sum += weight[i] * linear(from + (at - below) * (to - from));
    }
    return sum;
}

bool palette_is_light(double place)
{
    static const double flare = 0.05;
    double own = luminance(place) + flare;
    return own / flare > (1 + flare) / own;
}
