/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/survey_figure.h"

#include "model/method.h"
#include "plot/decades.h"
#include "plot/palette.h"
#include "plot/quote.h"
#include "run/survey.h"

#include <inttypes.h>
#include <math.h>

static const struct figure_info info[SURVEY_FIGURE_COUNT] = {
    [SURVEY_FIGURE_SURFACE] = {"surface", "The loss around here", {0, 0, 720, 560}},
    [SURVEY_FIGURE_MAP] = {"slice", "The loss around here, from above", {740, 0, 640, 560}},
};

/* Below this share of the largest a loss counts as zero; and higher than so many times the losses of the way the surface is cut off, since
 * it grows like the fourth power. */
static const double floor_share = 1e-12, headroom = 1.3, rounding = 1e-18;

static double at(const struct survey *survey, int index)
{
    return survey->span * (2.0 * index / (survey->request.side - 1) - 1);
}

static void put(FILE *stream, double x, double y, double z)
{
    quote_number(stream, x);
    fputc(' ', stream);
    quote_number(stream, y);
    fputc(' ', stream);
    quote_number(stream, z);
    fputc('\n', stream);
}

/* A scale of the slice's losses. */
struct height {
    struct decades decades;
    double cut; /* of the surface */
};

static struct height height_of(const struct survey *survey)
{
    struct height height = {.cut = survey->place.loss_without};
    int count = survey->request.side * survey->request.side;
    double largest = 0;
    for (int i = 0; i < count; i++)
        largest = fmax(largest, survey->loss[i]);
    for (int i = 0; i < count; i++)
        decades_add(&height.decades, survey->loss[i] > rounding * largest ? survey->loss[i] : 0);
    decades_finish(&height.decades, floor_share * largest);
    for (int i = 0; i < survey->steps; i++)
        height.cut = fmax(height.cut, survey->path[i].loss);
    height.cut = fmin(headroom * height.cut, largest);
    if (!(height.cut > 0))
        height.cut = 1;
    return height;
}

/* $surface has the losses; $slice the same for a logarithmic scale; $way the path, $place where it stands, $truth. */
static void write_data(FILE *stream, const struct survey *survey, const struct height *height)
{
    int side = survey->request.side;
    for (int block = 0; block < 2; block++) {
        fputs(block == 0 ? "$surface << EOD\n" : "$slice << EOD\n", stream);
        for (int row = 0; row < side; row++, fputc('\n', stream))
            for (int column = 0; column < side; column++) {
                double loss = survey->loss[row * side + column];
                put(stream, at(survey, column), at(survey, row),
                    block == 0 ? loss : decades_place(&height->decades, loss));
            }
        fputs("EOD\n", stream);
    }
    fputs("$way << EOD\n", stream);
    for (int i = 0; i < survey->steps; i++)
        put(stream, survey->path[i].at[0], survey->path[i].at[1], fmin(survey->path[i].loss, height->cut));
    put(stream, 0, 0, fmin(survey->place.loss, height->cut));
    fputs("EOD\n$place << EOD\n", stream);
    put(stream, 0, 0, fmin(survey->place.loss, height->cut));
    fputs("EOD\n$truth << EOD\n", stream);
    if (isfinite(survey->truth[0]))
        put(stream, survey->truth[0], survey->truth[1], 0);
    else
        put(stream, 0, 0, (double)NAN);
    fputs("EOD\n", stream);
}

static const char *axis_title(const struct survey *survey, int axis)
{
    static const char *const titles[LANDSCAPE_DIRECTIONS] = {[LANDSCAPE_GRADIENT] = "down the gradient",
                                                             [LANDSCAPE_LOWEST] = "lowest eigenvector",
                                                             [LANDSCAPE_SECOND] = "second lowest eigenvector",
                                                             [LANDSCAPE_TRUTH] = "towards the truth",
                                                             [LANDSCAPE_START] = "towards the start"};
    return titles[survey->request.direction[axis]];
}

static void write_axes(FILE *stream, const struct survey *survey)
{
    fprintf(stream, "set xlabel '%s'\nset ylabel '%s'\n", axis_title(survey, 0), axis_title(survey, 1));
    for (int axis = 0; axis < 2; axis++) {
        fprintf(stream, "set %srange [", axis ? "y" : "x");
        quote_number(stream, -survey->span);
        fputc(':', stream);
        quote_number(stream, survey->span);
        fputs("]\n", stream);
    }
    fputs("set border linecolor rgb '#555555'\nset tics textcolor rgb '#333333'\n", stream);
    palette_write(stream);
}

#define WAY   "with linespoints linecolor rgb '#D55E00' linewidth 2 pointtype 7 pointsize 0.45 title 'the way'"
#define PLACE "with points linecolor rgb '#D55E00' pointtype 9 pointsize 2 title 'here'"
#define TRUTH "with points linecolor rgb '#111111' pointtype 3 linewidth 2 pointsize 1.8 title 'truth'"

static void write_surface(FILE *stream, const struct survey *survey, const struct height *height)
{
    fputs("set view 52, 32\nset hidden3d front\nset xyplane relative 0.12\nset ztics\nset ylabel rotate parallel\n"
          "set xlabel rotate parallel\nunset colorbox\nset zlabel 'loss' rotate\nset zrange [0:",
          stream);
    quote_number(stream, height->cut);
    fputs("]\nset cbrange [0:", stream);
    quote_number(stream, height->cut);
    fputs("]\nset key at graph 0.02, graph 1, graph 1.18 left\n"
          "set pm3d depthorder clip z border linecolor rgb '#60FFFFFF' linewidth 0.4\n"
          "splot $surface using 1:2:3 with pm3d notitle, $way using 1:2:3 " WAY ", $place using 1:2:3 " PLACE,
          stream);
    if (isfinite(survey->truth[0]))
        fputs(", $truth using 1:2:3 " TRUTH, stream);
    fputc('\n', stream);
}

static void write_map(FILE *stream, const struct survey *survey, const struct height *height)
{
    enum { LINES = 14 };
    const struct decades *decades = &height->decades;
    double step = fmax((double)(decades->to - decades->from) / LINES, 0.25);
    fputs(
        "set view map\nset size ratio -1\nset pm3d corners2color mean\nset format cb '10^{%T}'\nset logscale cb\n"
        "set logscale z\nset cblabel 'loss'\nset contour base\nset cntrlabel onecolor\nset cntrparam levels discrete ",
        stream);
    for (int i = 1; decades->from + i * step < decades->to; i++) {
        fputs(i > 1 ? ", " : "", stream);
        quote_number(stream, pow(10, decades->from + i * step));
    }
    fprintf(stream, "\nset cbrange [1e%d:1e%d]\nset zrange [1e%d:1e%d]\n", decades->from, decades->to, decades->from,
            decades->to);
    fputs("set key at graph 0, graph 1.09 left horizontal maxrows 1\nsplot $slice using 1:2:3 with pm3d nocontour "
          "notitle, "
          "for [i=1:1] $slice using 1:2:3 with lines linecolor rgb '#90FFFFFF' linewidth 1 nosurface notitle, "
          "$way using 1:2:(",
          stream);
    quote_number(stream, pow(10, decades->to));
    fputs(") nocontour " WAY ", $place using 1:2:(", stream);
    quote_number(stream, pow(10, decades->to));
    fputs(") nocontour " PLACE, stream);
    if (isfinite(survey->truth[0])) {
        fputs(", $truth using 1:2:(", stream);
        quote_number(stream, pow(10, decades->to));
        fputs(") nocontour " TRUTH, stream);
    }
    fputc('\n', stream);
}

static void write_nothing(FILE *stream)
{
    fputs("unset border\nunset tics\nunset key\nset xrange [0:1]\nset yrange [0:1]\n"
          "set label 1 'There are no two directions to look along.' at graph 0.5, 0.5 center\nplot NaN notitle\n",
          stream);
}

static void write_panel(FILE *stream, int figure, const struct survey *survey)
{
    struct height height = height_of(survey);
    if (!survey->sliced || survey->request.side < 3) {
        write_nothing(stream);
        return;
    }
    write_data(stream, survey, &height);
    write_axes(stream, survey);
    if (figure == SURVEY_FIGURE_SURFACE)
        write_surface(stream, survey, &height);
    else
        write_map(stream, survey, &height);
}

static void write(FILE *stream, int figure, const void *subject)
{
    fprintf(stream, "reset\nset encoding utf8\nset title '%s'\n", info[figure].title);
    write_panel(stream, figure, subject);
}

static void write_head(FILE *stream, const struct survey *survey)
{
    const struct config *config = &survey->request.journal.start;
    fputs("unset border\nunset tics\nunset key\nset xrange [0:1]\nset yrange [0:1]\nset label 10 ", stream);
    quote_text(stream, config->title);
    fputs(" noenhanced at screen 0.5, 0.968 center font ',17' textcolor rgb '#111111'\n", stream);
    fprintf(stream,
            "set label 11 'd = %d,  k = %d,  T = %d,  %s,  seed %" PRIu64
            ":  %s after %ld steps,  gradient %.2g,  least eigenvalue "
            "%.3g' noenhanced at screen 0.5, 0.938 center textcolor rgb '#555555'\n",
            config->problem.dimension, config->problem.rank, config->problem.tasks,
            method_table[survey->request.method].name, config->problem.seed, landscape_kind_names[survey->place.kind],
            survey->step, survey->place.gradient_norm, survey->place.eigenvalues > 0 ? survey->place.eigenvalue[0] : 0);
    fputs("plot NaN notitle\nunset label\n", stream);
}

static void write_sheet(FILE *stream, const void *subject)
{
    static const char *const places[SURVEY_FIGURE_COUNT] = {"set origin 0, 0.02\nset size 0.55, 0.88\n",
                                                            "set origin 0.53, 0.06\nset size 0.46, 0.82\n"};
    fputs("reset\nset encoding utf8\nset multiplot\n", stream);
    write_head(stream, subject);
    for (int figure = 0; figure < SURVEY_FIGURE_COUNT; figure++) {
        fprintf(stream, "reset\nset encoding utf8\n%s", places[figure]);
        write_panel(stream, figure, subject);
    }
    fputs("unset multiplot\n", stream);
}

static const char *title(const void *subject)
{
    return ((const struct survey *)subject)->request.journal.start.title;
}

const struct figures figures_of_survey = {
    .count = SURVEY_FIGURE_COUNT, .info = info, .write = write, .write_sheet = write_sheet, .title = title};
