/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "cmd/progress.h"
#include "plot/save.h"
#include "sweep/crew.h"
#include "sweep/reproduce_report.h"

#include <stdio.h>
#include <string.h>

enum {
    OPTION_RUNS,
    OPTION_SEED,
    OPTION_STEPS,
    OPTION_ADAPT_STEPS,
    OPTION_AS_PUBLISHED,
    OPTION_JOBS,
    OPTION_FORMAT,
    OPTION_PLOT,
    OPTION_COUNT
};

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_RUNS] = {"runs", "N", "draws of every value (5; of networks 10)"},
    [OPTION_SEED] = {"seed", "N", "of the first draw (1)"},
    [OPTION_STEPS] = {"steps", "N", "of retraining, instead of as many as published"},
    [OPTION_ADAPT_STEPS] = {"adapt-steps", "N", "of fine-tuning, instead of as many as published"},
    [OPTION_AS_PUBLISHED] = {"as-published", NULL, "leave the reference code's frozen random adapters in"},
    [OPTION_JOBS] = {"jobs", "N", "draws computed at once (as many as there are cores)"},
    [OPTION_FORMAT] = {"format", "FORMAT", "text (as is), csv or json"},
    [OPTION_PLOT] = {"plot", "FILE.png|svg|pdf|gp", "draw the figure, or write a gnuplot script that does"},
};

static const struct option_usage usage = {
    .command = "rankscope reproduce",
    .operands = "FIGURE",
    .text = "Compute one of the paper's figures with its published settings, and the same draws\n"
            "with exact solvers. FIGURE is vary-T, vary-n, vary-d, vary-N or vary-k: what is\n"
            "varied is the number of tasks, the unseen task's samples, the dimension, the\n"
            "samples of each task, or the rank of their adapters. The same with networks- in\n"
            "front are of two-layer networks and take minutes.\n",
    .rows = rows,
    .count = OPTION_COUNT,
};

static int read_figure(const struct option_values *values, int *figure)
{
    char all[256] = "", clip[TEXT_CLIP_SIZE];
    if (values->operand_count != 1)
        return option_refuse(&usage, "reproduce takes one FIGURE");
    *figure = reproduce_find(values->operand[0]);
    if (*figure >= 0)
        return -1;
    for (int i = 0; i < reproduce_count; i++) {
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s",
                 i == 0                    ? ""
                 : i + 1 < reproduce_count ? ", "
                                           : " or ",
                 reproduce_table[i].name);
    }
    text_clip(clip, values->operand[0]);
    return option_refuse(&usage, "FIGURE must be %s, not \"%s\"", all, clip);
}

/* Returns −1, or the exit status after saying what is wrong; nothing has been run then. */
static int read_request(const struct option_values *values, struct reproduce_request *request,
                        enum result_format *format)
{
    enum { MOST_SEED = 1000000000, MOST_STEPS = 10000000 };
    const char *const *value = values->value;
    int seed = 1;
    *request = (struct reproduce_request){.as_published = value[OPTION_AS_PUBLISHED] != NULL};
    int status = read_figure(values, &request->figure);
    if (status < 0)
        request->runs = reproduce_usual_runs(request->figure);
    if (status < 0 && request->as_published && reproduce_table[request->figure].network)
        status = option_refuse(&usage, "--as-published is for linear figures alone");
    if (status < 0)
        status = option_output("plot", value[OPTION_PLOT], true);
    if (status < 0)
        status = option_format(&usage, value[OPTION_FORMAT], format);
    if (status < 0)
        status = option_whole(&usage, OPTION_RUNS, value[OPTION_RUNS], 1, REPRODUCE_RUNS, &request->runs);
    if (status < 0)
        status = option_whole(&usage, OPTION_SEED, value[OPTION_SEED], 0, MOST_SEED, &seed);
    if (status < 0)
        status = option_whole(&usage, OPTION_JOBS, value[OPTION_JOBS], 1, CREW_THREADS, &request->threads);
    if (status < 0)
        status = option_whole(&usage, OPTION_STEPS, value[OPTION_STEPS], 1, MOST_STEPS, &request->steps);
    if (status < 0)
        status =
            option_whole(&usage, OPTION_ADAPT_STEPS, value[OPTION_ADAPT_STEPS], 1, MOST_STEPS, &request->adapt_steps);
    request->seed = (uint64_t)seed;
    return status;
}

static int print(const struct reproduction *reproduction, enum result_format format)
{
    struct output output;
    struct err err;
    if (!output_begin(&output))
        return CMD_FAILURE;
    if (reproduce_write(output.stream, format, reproduction, &err)) {
        output_drop(&output);
        return cmd_fail(&err);
    }
    return output_end(&output);
}

/* Batch by batch, so that one sees how far it is. */
static enum err_code compute(struct reproduction *reproduction, struct err *err)
{
    struct progress progress;
    enum err_code code = ERR_NONE;
    int draws = reproduce_draws(reproduction), batch = reproduce_batch(reproduction);
    progress_begin(&progress);
    for (int done = 0; done < draws && !code; done += batch) {
        char text[64];
        code = reproduce_compute(reproduction, done, batch, err);
        snprintf(text, sizeof text, "%d of %d draws", done + batch < draws ? done + batch : draws, draws);
        if (progress_due(&progress))
            progress_say(&progress, text);
    }
    progress_end(&progress);
    return code;
}

static int run(const struct reproduce_request *request, enum result_format format, const char *plot)
{
    struct err err;
    struct gnuplot *ready = plot_prepare(plot);
    struct reproduction *reproduction = reproduce_new(request, &err);
    if (!reproduction || compute(reproduction, &err)) {
        gnuplot_free(ready);
        reproduce_free(reproduction);
        return cmd_fail(&err);
    }
    int status = CMD_SUCCESS;
    if (plot && plot_save_reproduction(plot, ready, reproduction, &err))
        status = cmd_fail(&err);
    int printed = print(reproduction, format);
    status = printed > status ? printed : status;
    reproduce_free(reproduction);
    return status;
}

int cmd_reproduce(int argc, char **argv)
{
    struct option_values values;
    struct reproduce_request request;
    enum result_format format = RESULT_TEXT;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    status = read_request(&values, &request, &format);
    if (status < 0)
        status = run(&request, format, values.value[OPTION_PLOT]);
    option_free(&values);
    return status;
}
