/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/sweep_contour.h"

#include "plot/quote.h"

#include <math.h>

enum { FEWEST = 4, DECADES = 8 }; /* values of each axis; lines, if every decade has one */

/* The highest level is below the end of the scale, the lowest above its lower end, which may stand for zero. */
static void add_level(struct sweep_contours *contours, const struct sweep_scale *scale, double level)
{
    if (level > scale->least * 1.001 && level < scale->most * 0.999 && contours->count < SWEEP_CONTOURS)
        contours->level[contours->count++] = level;
}

struct sweep_contours sweep_contours_of(const struct sweep_grid *grid, const struct sweep_scale *scale)
{
    struct sweep_contours contours = {.title = ""};
    const struct sweep_side *sides[] = {&grid->across, &grid->up};
    for (int i = 0; i < 2; i++)
        if (!scale->logarithmic || !sides[i]->numbers || sides[i]->count < FEWEST)
            return contours;
    int decades = scale->decades.to - scale->decades.from;
    int stride = (decades + DECADES - 1) / DECADES;
    bool between = decades <= 3;
    for (int i = scale->decades.from; i < scale->decades.to; i += stride) {
        add_level(&contours, scale, pow(10, i));
        if (between) {
            add_level(&contours, scale, 2 * pow(10, i));
            add_level(&contours, scale, 5 * pow(10, i));
        }
    }
    contours.title = between       ? "contours at 1, 2, 5, 10, …"
                     : stride == 1 ? "contours at whole decades"
                                   : "contours every few decades";
    return contours;
}

/* Where it lies on the scale, as the surface has it; NAN where there is no value. */
static double height(const struct sweep_grid *grid, const struct sweep_scale *scale, int method, size_t across,
                     size_t up)
{
    const struct sweep_cell *cell = sweep_grid_at(grid, method, across, up);
    return cell->state == SWEEP_VALUE ? sweep_scale_place(scale, cell->value) : (double)NAN;
}

/* Four neighbours with a value each, and a level between the first two: then gnuplot draws something. */
static bool crossed_at(const struct sweep_grid *grid, const struct sweep_scale *scale, int method,
                       const struct sweep_contours *contours, size_t across, size_t up)
{
    double one = height(grid, scale, method, across, up), other = height(grid, scale, method, across + 1, up);
    if (isnan(one + other + height(grid, scale, method, across, up + 1) +
              height(grid, scale, method, across + 1, up + 1)))
        return false;
    for (int i = 0; i < contours->count; i++) {
        double level = sweep_scale_place(scale, contours->level[i]);
        if (fmin(one, other) < level && level < fmax(one, other))
            return true;
    }
    return false;
}

bool sweep_contours_there(const struct sweep_grid *grid, const struct sweep_scale *scale, int method,
                          const struct sweep_contours *contours)
{
    for (size_t up = 0; up + 1 < grid->up.count; up++)
        for (size_t across = 0; across + 1 < grid->across.count; across++)
            if (crossed_at(grid, scale, method, contours, across, up))
                return true;
    return false;
}

static void put_surface(FILE *stream, const struct sweep_grid *grid, const struct sweep_scale *scale, int method)
{
    fputs("$surface << EOD\n", stream);
    for (size_t up = 0; up < grid->up.count; up++) {
        for (size_t across = 0; across < grid->across.count; across++) {
            fprintf(stream, "%zu %zu ", across, up);
            quote_number(stream, height(grid, scale, method, across, up));
            fputc('\n', stream);
        }
        fputc('\n', stream);
    }
    fputs("EOD\n", stream);
}

bool sweep_contours_write(FILE *stream, const struct sweep_grid *grid, const struct sweep_scale *scale, int method,
                          const struct sweep_contours *contours, const char *name)
{
    if (!sweep_contours_there(grid, scale, method, contours))
        return false;
    put_surface(stream, grid, scale, method);
    fputs("reset\nset contour base\nunset surface\nset cntrparam levels discrete ", stream);
    for (int i = 0; i < contours->count; i++) {
        fputs(i > 0 ? ", " : "", stream);
        quote_number(stream, sweep_scale_place(scale, contours->level[i]));
    }
    fprintf(stream, "\nset table $%s\nsplot $surface using 1:2:3 with lines notitle\nunset table\n", name);
    return true;
}
