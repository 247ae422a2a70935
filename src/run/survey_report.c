/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/survey_report.h"

#include "base/text.h"
#include "run/prose.h"
#include "run/result_state.h"
#include "run/tree.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

/* Coordinates of a row or column of the slice. */
static double coordinate(const struct survey *survey, int index)
{
    return survey->request.side > 1 ? survey->span * (2.0 * index / (survey->request.side - 1) - 1) : 0;
}

/* ---- text ---- */

/* A coordinate in the slice; what is rounding is 0. */
static struct prose_number coordinate_text(const struct survey *survey, double at)
{
    return prose_number(fabs(at) <= 1e-12 * survey->span ? 0 : at);
}

static void write_text(FILE *stream, const struct survey *survey)
{
    char text[SURVEY_TEXT_SIZE];
    const struct landscape_place *place = &survey->place;
    fprintf(stream, "%s\n%s after %ld step%s\n\n", survey->request.journal.start.title,
            method_table[survey->request.method].title, survey->step, survey->step == 1 ? "" : "s");
    fprintf(stream, "place          %s\n", landscape_kind_names[place->kind]);
    fprintf(stream, "loss           %s\n", PROSE_NUMBER(place->loss));
    fprintf(stream, "gradient       %s\n", PROSE_NUMBER(place->gradient_norm));
    if (!isnan(place->decrement))
        fprintf(stream, "decrement      %s\n", PROSE_NUMBER(place->decrement));
    if (survey_has_adapters(survey))
        fprintf(stream, "of the base    %s\n", PROSE_NUMBER(place->base_gradient));
    fputs("eigenvalues   ", stream);
    for (int i = 0; i < place->eigenvalues; i++)
        fprintf(stream, " %s", PROSE_NUMBER(place->eigenvalue[i]));
    fprintf(stream, " ...\nunknowns       %zu, of which %zu idle\n", place->unknowns, place->idle);
    if (survey->sliced) {
        fprintf(stream, "slice          %s and %s, %s to each side\n",
                landscape_direction_names[survey->request.direction[0]],
                landscape_direction_names[survey->request.direction[1]], PROSE_NUMBER(survey->span));
        if (isfinite(survey->truth[0]))
            fprintf(stream, "truth          %s across, %s up\n", coordinate_text(survey, survey->truth[0]).text,
                    coordinate_text(survey, survey->truth[1]).text);
    }
    fputc('\n', stream);
    survey_describe(survey, text);
    text_write_wrapped(stream, text, 80);
}

/* ---- CSV and JSON ---- */

static void write_row(FILE *stream, const char *what, long step, const double number[3])
{
    fprintf(stream, "%s,", what);
    if (step >= 0)
        fprintf(stream, "%ld", step);
    for (int i = 0; i < 3; i++) {
        char text[TEXT_REAL_SIZE] = "";
        if (isfinite(number[i]))
            text_format_real(text, number[i]);
        fprintf(stream, ",%s", text);
    }
    fputc('\n', stream);
}

static void write_csv(FILE *stream, const struct survey *survey)
{
    int side = survey->sliced ? survey->request.side : 0;
    fputs("what,step,across,up,loss\n", stream);
    for (int row = 0; row < side; row++)
        for (int column = 0; column < side; column++)
            write_row(stream, "slice", -1,
                      (const double[]){coordinate(survey, column), coordinate(survey, row),
                                       survey->loss[row * side + column]});
    for (int i = 0; i < survey->steps; i++)
        write_row(stream, "path", survey->path[i].step,
                  (const double[]){survey->path[i].at[0], survey->path[i].at[1], survey->path[i].loss});
    write_row(stream, "here", survey->step, (const double[]){0, 0, survey->place.loss});
    if (isfinite(survey->truth[0]))
        write_row(stream, "truth", -1, (const double[]){survey->truth[0], survey->truth[1], (double)NAN});
}

/* jansson answers −1 to NULL, so one flag tells of any failure. */
static json_t *build_slice(const struct survey *survey, bool *failed)
{
    json_t *slice = json_object(), *loss = json_array(), *directions = json_array();
    int side = survey->request.side;
    for (int i = 0; i < 2; i++)
        tree_append(directions, json_string(landscape_direction_names[survey->request.direction[i]]), failed);
    for (int row = 0; row < side; row++)
        tree_append(loss, tree_numbers(survey->loss + (ptrdiff_t)row * side, side, failed), failed);
    tree_put(slice, "directions", directions, failed);
    tree_put(slice, "span", tree_number(survey->span), failed);
    tree_put(slice, "side", json_integer(side), failed);
    tree_put(slice, "loss", loss, failed);
    tree_put(slice, "truth", tree_numbers(survey->truth, 2, failed), failed);
    return slice;
}

static json_t *build_path(const struct survey *survey, bool *failed)
{
    json_t *path = json_array();
    for (int i = 0; i < survey->steps; i++) {
        json_t *step = json_object();
        tree_put(step, "step", json_integer(survey->path[i].step), failed);
        tree_put(step, "at", tree_numbers(survey->path[i].at, 2, failed), failed);
        tree_put(step, "loss", tree_number(survey->path[i].loss), failed);
        tree_append(path, step, failed);
    }
    return path;
}

static enum err_code write_json(FILE *stream, const struct survey *survey, struct err *err)
{
    const struct landscape_place *place = &survey->place;
    bool failed = false;
    json_t *root = json_object();
    tree_put(root, "rankscope", json_string(RANKSCOPE_VERSION), &failed);
    tree_put(root, "title", json_string(survey->request.journal.start.title), &failed);
    tree_put(root, "method", json_string(method_table[survey->request.method].name), &failed);
    tree_put(root, "step", json_integer(survey->step), &failed);
    tree_put(root, "status", json_string(result_status(survey->status)), &failed);
    tree_put(root, "place", json_string(landscape_kind_names[place->kind]), &failed);
    tree_put(root, "train_loss", tree_number(place->loss), &failed);
    tree_put(root, "loss_without", tree_number(place->loss_without), &failed);
    tree_put(root, "gradient_norm", tree_number(place->gradient_norm), &failed);
    tree_put(root, "decrement", tree_number(place->decrement), &failed);
    tree_put(root, "base_gradient", tree_number(place->base_gradient), &failed);
    tree_put(root, "adapters_norm", tree_number(place->adapters_norm), &failed);
    tree_put(root, "unknowns", json_integer((json_int_t)place->unknowns), &failed);
    tree_put(root, "idle", json_integer((json_int_t)place->idle), &failed);
    tree_put(root, "eigenvalues", tree_numbers(place->eigenvalue, place->eigenvalues, &failed), &failed);
    tree_put(root, "zero", tree_number(place->nothing), &failed);
    tree_put(root, "saddle", tree_number(survey->saddle), &failed);
    tree_put(root, "slice", survey->sliced ? build_slice(survey, &failed) : json_null(), &failed);
    tree_put(root, "path", build_path(survey, &failed), &failed);
    return tree_write(stream, root, failed, "the landscape", err);
}

enum err_code survey_write(FILE *stream, enum result_format format, const struct survey *survey, struct err *err)
{
    enum err_code code = ERR_NONE;
    errno = 0;
    switch (format) {
    case RESULT_TEXT:
        write_text(stream, survey);
        break;
    case RESULT_CSV:
        write_csv(stream, survey);
        break;
    case RESULT_JSON:
        code = write_json(stream, survey, err);
        break;
    }
    return code ? code : result_flush(stream, "the landscape", err);
}
