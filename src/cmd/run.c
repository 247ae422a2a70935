/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/cmd.h"
#include "cmd/headless.h"
#include "cmd/option.h"
#include "plot/save.h"
#include "run/key.h"
#include "run/scenario.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_SET, OPTION_STEPS, OPTION_UNTIL, OPTION_FORMAT, OPTION_PLOT, OPTION_COUNT };

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_SET] = {"set", "KEY=VALUE", "change a key, as in problem.seed=11; may be repeated"},
    [OPTION_STEPS] = {"steps", "N", "retrain for N steps"},
    [OPTION_UNTIL] = {"until", "LOSS", "end retraining once a train_loss is at most LOSS"},
    [OPTION_FORMAT] = {"format", "FORMAT", "text (as is), csv or json"},
    [OPTION_PLOT] = {"plot", "FILE", "also draw the figures into FILE.png, .svg, .pdf or .gp"},
};

static const struct option_usage usage = {
    .command = "rankscope run",
    .operands = "SCENARIO",
    .text = "Run a scenario, a built-in or a file, to its end without the lab and print its measures.\n",
    .rows = rows,
    .count = OPTION_COUNT,
};

struct request {
    struct config config;
    double until; /* NAN: not asked for */
    enum result_format format;
    const char *plot; /* or NULL */
};

static bool read_format(const char *text, enum result_format *format)
{
    static const char *const names[] = {[RESULT_TEXT] = "text", [RESULT_CSV] = "csv", [RESULT_JSON] = "json"};
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
        if (strcmp(names[i], text) == 0) {
            *format = (enum result_format)i;
            return true;
        }
    return false;
}

static bool read_loss(const char *text, double *loss)
{
    char *end;
    *loss = strtod(text, &end);
    return *text && text[strspn(text, "0123456789+-.eE")] == '\0' && *end == '\0' && *loss >= 0 && isfinite(*loss);
}

/* Returns −1, or the exit status after saying what is wrong; nothing has been run then. */
static int read_request(const struct option_values *values, struct request *request)
{
    const char *const *value = values->value;
    struct err err;
    *request = (struct request){.until = (double)NAN, .format = RESULT_TEXT, .plot = value[OPTION_PLOT]};
    if (values->operand_count != 1)
        return option_refuse(&usage, values->operand_count == 0 ? "run needs a SCENARIO" : "run takes one SCENARIO");
    if (value[OPTION_FORMAT] && !read_format(value[OPTION_FORMAT], &request->format))
        return option_refuse(&usage, "--format must be text, csv or json, not \"%s\"", value[OPTION_FORMAT]);
    if (value[OPTION_UNTIL] && !read_loss(value[OPTION_UNTIL], &request->until))
        return option_refuse(&usage, "--until must be a number from 0 up, not \"%s\"", value[OPTION_UNTIL]);
    if (request->plot && plot_check_path(request->plot, &err)) {
        err_prefix(&err, "--plot: ");
        return cmd_fail(&err);
    }
    int status = option_config(values, values->operand[0], &request->config);
    if (status >= 0)
        return status;
    if (value[OPTION_STEPS] && key_set(&request->config, key_find("retrain.steps"), value[OPTION_STEPS], &err)) {
        err_prefix(&err, "--steps: ");
        return cmd_fail(&err);
    }
    return -1;
}

static int run(const struct request *request)
{
    struct headless headless;
    struct err err;
    int status;
    if (headless_run(&headless, &request->config, request->until, &err)) {
        status = cmd_fail(&err);
    } else {
        status = headless_print(&headless, request->format);
        struct view view = headless_view(&headless);
        if (request->plot && plot_save(request->plot, &view, &err)) {
            int plot_status = cmd_fail(&err);
            status = plot_status > status ? plot_status : status;
        }
    }
    headless_free(&headless);
    return status;
}

int cmd_run(int argc, char **argv)
{
    struct option_values values;
    struct request request;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    status = read_request(&values, &request);
    if (status < 0)
        status = run(&request);
    option_free(&values);
    return status;
}
