/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/headless.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "run/key.h"
#include "run/share.h"
#include "ui/lab.h"
#include "ui/picture.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_SET,
    OPTION_SIZE,
    OPTION_AFTER,
    OPTION_FORMAT,
    OPTION_ASCII,
    OPTION_BLOCKS,
    OPTION_NO_COLOR,
    OPTION_COUNT
};

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_SET] = {"set", "KEY=VALUE", "change a key, as in problem.seed=11; may be repeated"},
    [OPTION_SIZE] = {"size", "WxH", "columns and rows of the screen (80x24)"},
    [OPTION_AFTER] = {"after", "STEPS", "after so many steps of retraining (at the run's end)"},
    [OPTION_FORMAT] = {"format", "FORMAT", "text (as is), ansi or svg"},
    [OPTION_ASCII] = {"ascii", NULL, "draw with ASCII characters alone"},
    [OPTION_BLOCKS] = {"blocks", NULL, "draw with block characters, not braille"},
    [OPTION_NO_COLOR] = {"no-color", NULL, "no colours"},
};

static const struct option_usage usage = {
    .command = "rankscope snapshot",
    .operands = "SCENARIO",
    .text = "Print the lab's screen at one moment of a run, without a terminal. SCENARIO is a\n"
            "built-in's name or a file, or the line that y shows in the lab.\n",
    .rows = rows,
    .count = OPTION_COUNT,
};

enum { SIZE_MOST = 1000 };

struct request {
    struct journal way;
    bool placed; /* at the way's position, else at the end */
    int width, height;
    enum picture_format format;
    enum glyphs glyphs;
    bool colors;
};

static int read_size(const char *text, struct request *request)
{
    char *end;
    request->width = 80;
    request->height = 24;
    if (!text)
        return -1;
    long width = strtol(text, &end, 10), height = 0;
    bool good = *end == 'x' && end > text;
    if (good)
        height = strtol(end + 1, &end, 10);
    if (!good || *end != '\0' || width < 1 || height < 1 || width > SIZE_MOST || height > SIZE_MOST)
        return option_refuse(&usage, "--size must be columns x rows, as 120x36, each from 1 to %d, not \"%s\"",
                             SIZE_MOST, text);
    request->width = (int)width;
    request->height = (int)height;
    return -1;
}

static int read_format(const char *text, enum picture_format *format)
{
    *format = PICTURE_TEXT;
    for (int i = 0; text && i < PICTURE_FORMATS; i++)
        if (strcmp(text, picture_format_names[i]) == 0) {
            *format = (enum picture_format)i;
            return -1;
        }
    return text ? option_refuse(&usage, "--format must be text, ansi or svg, not \"%s\"", text) : -1;
}

static int read_place(const struct option_values *values, struct request *request)
{
    const char *scenario = values->operand[0], *after = values->value[OPTION_AFTER];
    struct config config;
    int steps = 0;
    if (share_looks_like(scenario)) {
        request->placed = true;
        if (after)
            return option_refuse(&usage, "--after cannot be given with a run's string, which says where the run is");
        return option_way(&usage, values, scenario, &request->way);
    }
    int status = option_config(values, scenario, &config);
    if (status < 0)
        status = option_whole(&usage, OPTION_AFTER, after, 0, INT_MAX, &steps);
    if (status >= 0)
        return status;
    if (after && steps > config.retrain.steps)
        return option_refuse(&usage, "--after: the scenario has %d steps, not %d", config.retrain.steps, steps);
    journal_begin(&request->way, &config);
    request->way.position.step = steps;
    request->placed = after != NULL;
    return -1;
}

static int read_request(const struct option_values *values, struct request *request)
{
    const char *const *value = values->value;
    const char *no_color = getenv("NO_COLOR");
    *request = (struct request){.glyphs = value[OPTION_ASCII]    ? GLYPHS_ASCII
                                          : value[OPTION_BLOCKS] ? GLYPHS_BLOCK
                                                                 : GLYPHS_BRAILLE,
                                .colors = !value[OPTION_NO_COLOR] && !(no_color && *no_color)};
    if (values->operand_count != 1)
        return option_refuse(&usage, "snapshot takes one SCENARIO");
    if (value[OPTION_ASCII] && value[OPTION_BLOCKS])
        return option_refuse(&usage, "--ascii and --blocks exclude each other");
    int status = read_size(value[OPTION_SIZE], request);
    if (status < 0)
        status = read_format(value[OPTION_FORMAT], &request->format);
    return status < 0 ? read_place(values, request) : status;
}

/* The screen of a run that stands still. */
static int print_screen(const struct request *request, const struct headless *headless)
{
    struct err err;
    struct grid grid = {0, 0, NULL};
    struct output output;
    struct view view = headless_view(headless);
    struct lab_options options = {.glyphs = request->glyphs};
    struct lab_status status = {.state = view.snapshot->done ? LIVE_DONE : LIVE_PAUSED, .message = ""};
    struct lab *lab = lab_new(&view.snapshot->config, NULL, &options, &err);
    if (lab == NULL)
        return cmd_fail(&err);
    int result = CMD_FAILURE;
    if (!grid_resize(&grid, request->width, request->height)) {
        cmd_complain("no memory for a screen of %d x %d", request->width, request->height);
    } else if (output_begin(&output)) {
        lab_draw(lab, &grid, &view, &status);
        picture_write(output.stream, &grid, request->format, request->colors);
        result = output_end(&output);
    }
    grid_free(&grid);
    lab_free(lab);
    return result;
}

int cmd_snapshot(int argc, char **argv)
{
    struct option_values values;
    struct request request;
    struct headless headless;
    struct err err;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    status = read_request(&values, &request);
    option_free(&values);
    if (status >= 0)
        return status;
    struct headless_job job = {
        .config = &request.way.start, .way = request.placed ? &request.way : NULL, .rules = stop_none()};
    status = headless_run(&headless, &job, &err) ? cmd_fail(&err) : print_screen(&request, &headless);
    headless_free(&headless);
    return status;
}
