/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/survey_figure.h"

#include "model/method.h"
#include "plot/render.h"
#include "run/key.h"
#include "run/survey.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 7 };

static struct survey *new_survey(void)
{
    struct survey *survey = calloc(1, sizeof *survey);
    struct config config;
    assert_non_null(survey);
    config_default(&config);
    snprintf(config.title, sizeof config.title, "it's `a` title; set output '/nowhere'");
    survey->request = (struct survey_request){
        .method = METHOD_META, .direction = {LANDSCAPE_START, LANDSCAPE_SECOND}, .side = SIDE, .zoom = 1};
    journal_begin(&survey->request.journal, &config);
    survey->place = (struct landscape_place){.loss = 0.5, .loss_without = 2, .unknowns = 3};
    survey->sliced = true;
    survey->span = 1.5;
    survey->truth[0] = survey->truth[1] = (double)NAN;
    for (int i = 0; i < SIDE * SIDE; i++)
        survey->loss[i] = i % 5 ? 0.3 * i : 0;
    survey->steps = 2;
    survey->path[0] = (struct survey_step){0, {1, 1}, 2};
    survey->path[1] = (struct survey_step){3, {0.2, -0.5}, 0.7};
    return survey;
}

static char *sheet_of(const struct survey *survey)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    figures_of_survey.write_sheet(stream, survey);
    for (int figure = 0; figure < figures_of_survey.count; figure++)
        figures_of_survey.write(stream, figure, survey);
    fclose(stream);
    return text;
}

static void check_drawn(const struct survey *survey, const char *wanted)
{
    char *text = sheet_of(survey), *script = NULL, *picture = NULL;
    size_t size = 0;
    struct err err = {.code = ERR_NONE};
    if (!strstr(text, wanted))
        fail_msg("no \"%s\" in:\n%s", wanted, text);
    assert_true(asprintf(&script, "set terminal svg\nset output\n%s\nset output\n", text) > 0);
    if (render_script(script, strlen(script), 60000, NULL, &picture, &size, &err))
        fail_msg("%s", err.message);
    assert_true(size > 1000);
    free(picture);
    free(script);
    free(text);
}

/* gnuplot takes all of it, and a title is never anything but a title. */
static void is_drawn_whatever_there_is(void **state)
{
    (void)state;
    struct survey *survey = new_survey();
    check_drawn(survey, "set ylabel 'second lowest eigenvector'");
    check_drawn(survey, "'it’s `a` title; set output ’/nowhere’'");
    survey->truth[0] = 0.5;
    survey->truth[1] = -0.5;
    check_drawn(survey, "title 'truth'");
    for (int i = 0; i < SIDE * SIDE; i++)
        survey->loss[i] = 0;
    survey->place.loss = survey->place.loss_without = survey->path[0].loss = survey->path[1].loss = 0;
    check_drawn(survey, "splot");
    for (int i = 0; i < SIDE * SIDE; i++)
        survey->loss[i] = i % 2 ? 1e300 : 1e-300;
    check_drawn(survey, "splot");
    survey->sliced = false;
    check_drawn(survey, "There are no two directions to look along.");
    free(survey);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_drawn_whatever_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
