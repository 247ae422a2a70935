/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/interrupt.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "cmd/progress.h"
#include "cmd/results.h"
#include "plot/save.h"
#include "sweep/crew.h"
#include "sweep/estimate.h"
#include "sweep/ranks.h"
#include "sweep/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_OVER,
    OPTION_SEEDS,
    OPTION_SET,
    OPTION_METRIC,
    OPTION_STATISTIC,
    OPTION_JOBS,
    OPTION_DB,
    OPTION_FORMAT,
    OPTION_PLOT,
    OPTION_YES,
    OPTION_COUNT
};

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_OVER] = {"over", "KEY=VALUES", "an axis, as in tasks=1:8 or rank=1,2,4; up to four times"},
    [OPTION_SEEDS] = {"seeds", "N", "draws of every cell (20)"},
    [OPTION_SET] = {"set", "KEY=VALUE", "change a key, as in problem.noise=0.1; may be repeated"},
    [OPTION_METRIC] = {"metric", "NAME", "what the table shows (rank_needed; of networks excess_risk)"},
    [OPTION_STATISTIC] = {"statistic", "NAME", "median (as is), mean, least, greatest or spread"},
    [OPTION_JOBS] = {"jobs", "N", "trials computed at once (as many as there are cores)"},
    [OPTION_DB] = {"db", "FILE", "where results are kept; :memory: for nowhere"},
    [OPTION_FORMAT] = {"format", "FORMAT", "text (as is), csv or json"},
    [OPTION_PLOT] = {"plot", "FILE.png|svg|pdf|gp", "draw heatmaps and slices, or write a gnuplot script that does"},
    [OPTION_YES] = {"yes", NULL, "begin even a very large sweep"},
};

static const struct option_usage usage = {
    .command = "rankscope sweep",
    .operands = "SCENARIO",
    .text = "Run a scenario for all values of some keys and several draws of each, and print a\n"
            "table. VALUES are values and ranges with commas between: 1:8 by ones, 0:1:0.1 by\n"
            "tenths, 10:1000:x10 by factors. KEY is a key, several with + between, or a short\n"
            "name such as tasks; rank stands for the ranks of tasks, retraining and fine-tuning\n"
            "together. Results are kept: the same command, or another that needs some of the\n"
            "same results, goes on where this one was ended.\n",
    .rows = rows,
    .count = OPTION_COUNT,
};

/* Trials that need a yes. */
enum { MANY_TRIALS = 1000000 };

struct request {
    struct plan plan;
    int metric;    /* enum metric */
    int statistic; /* enum statistic */
    enum result_format format;
    int jobs; /* 0: not asked for */
    const char *db;
    const char *plot; /* NULL: nowhere */
};

/* ---- what is asked for ---- */

static const char *metric_name(int row)
{
    return metric_table[row].name;
}

static const char *statistic_name(int row)
{
    return statistic_names[row];
}

/* Reads one of `count` names into *row; NULL leaves it. Returns −1, or the exit status after saying which there are. */
static int read_name(int option, const char *name, int count, const char *(*name_of)(int row), int *row)
{
    char clip[TEXT_CLIP_SIZE], all[256] = "";
    for (int i = 0; name && i < count; i++) {
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", name_of(i));
        if (strcmp(name_of(i), name) == 0) {
            *row = i;
            return -1;
        }
    }
    if (!name)
        return -1;
    text_clip(clip, name);
    return option_refuse(&usage, "--%s must be %s, not \"%s\"", rows[option].name, all, clip);
}

static int read_axes(const struct option_values *values, struct plan *plan)
{
    struct err err;
    int at = 0;
    for (const char *over = option_next(values, OPTION_OVER, &at); over; over = option_next(values, OPTION_OVER, &at))
        if (plan_add_axis(plan, over, &err)) {
            err_prefix(&err, "--over: ");
            return cmd_fail(&err);
        }
    return plan->axes > 0 ? -1 : option_refuse(&usage, "sweep needs an axis: --over KEY=VALUES");
}

/* A very large sweep is more often a slip than a wish. */
static int ask_for_yes(const struct request *request)
{
    double trials = (double)plan_cells(&request->plan) * request->plan.seeds;
    if (trials < MANY_TRIALS)
        return -1;
    char time[PROGRESS_TIME_SIZE];
    int threads = request->jobs > 0 ? request->jobs : crew_cores();
    progress_format_time(time, estimate_seconds(&request->plan) / threads);
    return option_refuse(&usage, "%.3g trials would take some %s on %d thread%s; --yes begins them", trials, time,
                         threads, threads > 1 ? "s" : "");
}

/* Returns −1, or the exit status after saying what is wrong; nothing has been run then. */
static int read_request(const struct option_values *values, struct request *request)
{
    enum { SEEDS = 20 };
    const char *const *value = values->value;
    *request = (struct request){.plan = {.seeds = SEEDS}, .db = value[OPTION_DB], .plot = value[OPTION_PLOT]};
    if (values->operand_count != 1)
        return option_refuse(&usage, "sweep takes one SCENARIO");
    int status = option_output("plot", request->plot, true);
    if (status < 0)
        status = option_format(&usage, value[OPTION_FORMAT], &request->format);
    if (status < 0)
        status = read_name(OPTION_METRIC, value[OPTION_METRIC], METRIC_COUNT, metric_name, &request->metric);
    if (status < 0)
        status =
            read_name(OPTION_STATISTIC, value[OPTION_STATISTIC], STATISTIC_COUNT, statistic_name, &request->statistic);
    if (status < 0)
        status = option_whole(&usage, OPTION_SEEDS, value[OPTION_SEEDS], 1, PLAN_SEEDS, &request->plan.seeds);
    if (status < 0)
        status = option_whole(&usage, OPTION_JOBS, value[OPTION_JOBS], 1, CREW_THREADS, &request->jobs);
    if (status < 0)
        status = option_load(values, values->operand[0], &request->plan.base);
    if (status < 0 && !value[OPTION_METRIC])
        request->metric = (int)metric_usual(&request->plan.base);
    if (status < 0)
        status = read_axes(values, &request->plan);
    if (status < 0 && !value[OPTION_YES])
        status = ask_for_yes(request);
    return status;
}

/* ---- on its way ---- */

static void show_progress(struct progress *progress, const struct sweep *sweep)
{
    if (!progress_due(progress))
        return;
    char text[160], left[PROGRESS_TIME_SIZE] = "";
    struct sweep_status status = sweep_status(sweep);
    if (isfinite(status.seconds_left))
        progress_format_time(left, status.seconds_left);
    snprintf(text, sizeof text, "%zu of %zu trials (%.0f%%), %.3g a second%s%s%s", status.done, status.wanted,
             floor(100.0 * (double)status.done / (double)status.wanted), status.rate, *left ? ", " : "", left,
             *left ? " left" : "");
    progress_say(progress, text);
}

/* Drives it to its end. False: a signal came first. */
static bool drive(struct sweep *sweep, struct ranks *ranks, const struct interrupt *interrupt)
{
    enum { LOOK = 200, RANKS_LOOK = 1 }; /* ms */
    struct progress progress;
    bool came = false;
    progress_begin(&progress);
    while (!sweep_status(sweep).finished && !(came = interrupt_came(interrupt))) {
        struct pollfd descriptor = {.fd = sweep_descriptor(sweep), .events = POLLIN};
        bool busy = ranks->size > 1 && ranks_tend(ranks, sweep);
        if (!busy)
            interrupt_poll(interrupt, &descriptor, descriptor.fd >= 0, ranks->size > 1 ? RANKS_LOOK : LOOK);
        sweep_tend(sweep);
        show_progress(&progress, sweep);
    }
    progress_end(&progress);
    return !came;
}

/* ---- what came of it ---- */

static int print(const struct request *request, const struct table *table)
{
    struct output output;
    struct err err;
    if (!output_begin(&output))
        return CMD_FAILURE;
    if (report_write(output.stream, request->format, table, (enum metric)request->metric,
                     (enum statistic)request->statistic, &err)) {
        output_drop(&output);
        return cmd_fail(&err);
    }
    return output_end(&output);
}

static int plot(const struct request *request, const struct table *table)
{
    struct err err;
    struct sweep_choice choice = sweep_choice_default(table, (enum metric)request->metric);
    choice.statistic = (enum statistic)request->statistic;
    if (request->plot && plot_save_sweep(request->plot, &choice, &err))
        return cmd_fail(&err);
    return CMD_SUCCESS;
}

/* Complaints about what is not as it should be; the exit status. */
static int judge(const struct sweep *sweep, bool ended)
{
    struct sweep_status status = sweep_status(sweep);
    if (!ended)
        cmd_complain("interrupted after %zu of %zu trials%s", status.done, status.wanted,
                     status.stores ? "; the same command goes on from there" : "");
    if (status.why->code)
        cmd_complain("%s", status.why->message);
    if (status.failed > 0)
        cmd_complain("%zu trials could not be computed", status.failed);
    return ended && status.why->code == ERR_NONE ? CMD_SUCCESS : CMD_FAILURE;
}

static int sweep_over(const struct request *request, struct store *store, struct ranks *ranks,
                      const struct interrupt *interrupt)
{
    struct err err;
    int threads = ranks->size > 1 ? SWEEP_NO_THREADS : request->jobs;
    struct sweep *sweep = sweep_new(&request->plan, store, threads, false, &err);
    if (!sweep)
        return cmd_fail(&err);
    bool ended = drive(sweep, ranks, interrupt);
    int status = print(request, sweep_table(sweep));
    int plotted = plot(request, sweep_table(sweep));
    int verdict = judge(sweep, ended);
    sweep_free(sweep);
    status = plotted > status ? plotted : status;
    return status > verdict ? status : verdict;
}

static int run(const struct request *request, struct ranks *ranks)
{
    struct err err;
    struct interrupt interrupt;
    interrupt_begin(&interrupt);
    struct store *store = results_open(request->db, &err);
    int status = store ? sweep_over(request, store, ranks, &interrupt) : cmd_fail(&err);
    store_close(store);
    interrupt_end(&interrupt);
    return status;
}

static int command(const struct option_values *values, struct ranks *ranks)
{
    struct request request;
    int status = read_request(values, &request);
    if (status < 0 && ranks->refused)
        status = option_refuse(&usage, "this was begun as one of several ranks, and is built without MPI: make MPI=1");
    if (status < 0)
        status = run(&request, ranks);
    plan_free(&request.plan);
    return status;
}

int cmd_sweep(int argc, char **argv)
{
    struct option_values values;
    struct ranks ranks;
    struct err err;
    if (ranks_begin(&ranks, &err)) {
        ranks_end(&ranks);
        return cmd_fail(&err);
    }
    int status = CMD_SUCCESS;
    if (ranks.rank > 0) {
        ranks_work(&ranks);
    } else {
        status = option_read(&usage, argc, argv, &values);
        if (status < 0) {
            status = command(&values, &ranks);
            option_free(&values);
        }
    }
    ranks_end(&ranks);
    return status;
}
