/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/interrupt.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "plot/save.h"
#include "run/survey.h"
#include "run/survey_report.h"

#include <stdlib.h>
#include <string.h>

enum {
    OPTION_AFTER,
    OPTION_METHOD,
    OPTION_DIRECTIONS,
    OPTION_SIDE,
    OPTION_ZOOM,
    OPTION_SET,
    OPTION_FORMAT,
    OPTION_PLOT,
    OPTION_COUNT
};

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_AFTER] = {"after", "STEPS", "of retraining, where to look (its last one)"},
    [OPTION_METHOD] = {"method", "NAME", "whose landscape (meta, if it takes part)"},
    [OPTION_DIRECTIONS] = {"directions", "A,B", "of the slice: gradient, lowest, second, truth, start"},
    [OPTION_SIDE] = {"side", "N", "points of the slice along each (41)"},
    [OPTION_ZOOM] = {"zoom", "FACTOR", "how wide the slice is, 1 holding path and truth"},
    [OPTION_SET] = {"set", "KEY=VALUE", "change a key, as in problem.seed=47; may be repeated"},
    [OPTION_FORMAT] = {"format", "FORMAT", "text (as is), csv or json"},
    [OPTION_PLOT] = {"plot", "FILE.png|svg|pdf|gp", "draw the slice as a surface and as a map"},
};

static const struct option_usage usage = {
    .command = "rankscope landscape",
    .operands = "SCENARIO",
    .text = "Retrain for so many steps and look around there: loss, gradient, the least\n"
            "eigenvalues of the Hessian, and what kind of place that makes; then a slice of the\n"
            "loss along two directions, with the way that was walked. Of linear problems with\n"
            "adapters the base is taken to be at its minimiser; of networks nothing is.\n",
    .rows = rows,
    .count = OPTION_COUNT,
};

struct request {
    struct survey_request survey;
    enum result_format format;
    const char *plot;
};

static int read_method(const char *name, const struct config *config, int *method)
{
    char clip[TEXT_CLIP_SIZE];
    *method = METHOD_META;
    for (int row = METHOD_COUNT - 1; !name && row >= 0 && !(config->retrain.methods & 1u << *method); row--)
        *method = row;
    if (!name)
        return -1;
    int row = method_find(name);
    text_clip(clip, name);
    if (row < 0)
        return option_refuse(&usage, "--method: there is no method \"%s\"", clip);
    *method = row;
    return config->retrain.methods & 1u << row
               ? -1
               : option_refuse(&usage, "--method: %s takes no part in this scenario", name);
}

static int read_direction(const char *name, size_t length, enum landscape_direction *direction)
{
    for (int i = 0; i < LANDSCAPE_DIRECTIONS; i++)
        if (strlen(landscape_direction_names[i]) == length && memcmp(landscape_direction_names[i], name, length) == 0) {
            *direction = (enum landscape_direction)i;
            return -1;
        }
    return option_refuse(&usage, "--directions must be two of gradient, lowest, second, truth and start, as in "
                                 "lowest,truth");
}

static int read_directions(const char *text, enum landscape_direction direction[2])
{
    direction[0] = LANDSCAPE_TRUTH;
    direction[1] = LANDSCAPE_LOWEST;
    if (!text)
        return -1;
    size_t first = strcspn(text, ",");
    int status = read_direction(text, first, &direction[0]);
    if (status < 0)
        status = text[first] ? read_direction(text + first + 1, strlen(text + first + 1), &direction[1])
                             : read_direction("", 0, &direction[1]);
    return status;
}

static int read_zoom(const char *text, double *zoom)
{
    char *end;
    *zoom = 1;
    if (!text)
        return -1;
    *zoom = strtod(text, &end);
    if (text[strspn(text, "0123456789.e+-")] || *end || end == text || !(*zoom >= 1e-6 && *zoom <= 1e6))
        return option_refuse(&usage, "--zoom must be a number from 1e-6 to 1e6, not \"%s\"", text);
    return -1;
}

/* Returns −1, or the exit status after saying what is wrong; nothing has been run then. */
static int read_request(const struct option_values *values, struct request *request)
{
    const char *const *value = values->value;
    struct config config;
    int after = -1;
    *request = (struct request){.survey = {.side = 41, .as_far = true}, .plot = value[OPTION_PLOT]};
    if (values->operand_count != 1)
        return option_refuse(&usage, "landscape takes one SCENARIO");
    int status = option_output("plot", request->plot, true);
    if (status < 0)
        status = option_format(&usage, value[OPTION_FORMAT], &request->format);
    if (status < 0)
        status = option_config(values, values->operand[0], &config);
    if (status < 0)
        status = option_whole(&usage, OPTION_AFTER, value[OPTION_AFTER], 0, config.retrain.steps, &after);
    if (status < 0)
        status = option_whole(&usage, OPTION_SIDE, value[OPTION_SIDE], 1, SURVEY_SIDE_MOST, &request->survey.side);
    if (status < 0)
        status = read_method(value[OPTION_METHOD], &config, &request->survey.method);
    if (status < 0)
        status = read_directions(value[OPTION_DIRECTIONS], request->survey.direction);
    if (status < 0)
        status = read_zoom(value[OPTION_ZOOM], &request->survey.zoom);
    if (status >= 0)
        return status;
    request->survey.side |= 1; /* one point is the place itself */
    if (after >= 0)
        config.retrain.steps = after; /* 0 too, which a scenario may not have */
    journal_begin(&request->survey.journal, &config);
    request->survey.journal.position = (struct position){.stage = STAGE_RETRAIN, .step = config.retrain.steps};
    return -1;
}

static int print(const struct request *request, const struct survey *survey)
{
    struct output output;
    struct err err;
    if (!output_begin(&output))
        return CMD_FAILURE;
    if (survey_write(output.stream, request->format, survey, &err)) {
        output_drop(&output);
        return cmd_fail(&err);
    }
    int status = output_end(&output);
    if (request->plot && plot_save_survey(request->plot, survey, &err)) {
        int failed = cmd_fail(&err);
        status = failed > status ? failed : status;
    }
    return status;
}

static int run(const struct request *request)
{
    struct err err;
    bool done = false;
    struct surveyor *surveyor = surveyor_new();
    struct survey *survey = malloc(sizeof *survey);
    enum err_code code = surveyor && survey ? surveyor_survey(surveyor, &request->survey, NULL, survey, &done, &err)
                                            : err_set(&err, ERR_MEMORY, "no memory for a survey");
    int status = code ? cmd_fail(&err) : print(request, survey);
    free(survey);
    surveyor_free(surveyor);
    return status;
}

int cmd_landscape(int argc, char **argv)
{
    struct option_values values;
    struct request request;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    status = read_request(&values, &request);
    option_free(&values);
    return status < 0 ? run(&request) : status;
}
