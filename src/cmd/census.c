/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/census.h"
#include "base/pool.h"
#include "cmd/cmd.h"
#include "cmd/interrupt.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "cmd/progress.h"
#include "cmd/results.h"
#include "model/solver.h"
#include "run/key.h"
#include "sweep/crew.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_DIMENSION,
    OPTION_RANK,
    OPTION_TASKS,
    OPTION_STARTS,
    OPTION_SOLVER,
    OPTION_STEPS,
    OPTION_SEED,
    OPTION_SET,
    OPTION_JOBS,
    OPTION_DB,
    OPTION_FORMAT,
    OPTION_COUNT
};

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_DIMENSION] = {"dimension", "D", "of the model (6)"},
    [OPTION_RANK] = {"rank", "K", "of the tasks' adapters, in truth and in training (2)"},
    [OPTION_TASKS] = {"tasks", "T", "retraining tasks (3)"},
    [OPTION_STARTS] = {"starts", "N", "each with tasks and a start of its own (10000)"},
    [OPTION_SOLVER] = {"solver", "NAME", "lm (as is), newton, paper or another"},
    [OPTION_STEPS] = {"steps", "N", "at most so many (1000 of lm and newton, else 20000)"},
    [OPTION_SEED] = {"seed", "N", "of the first start (1)"},
    [OPTION_SET] = {"set", "KEY=VALUE", "change another key, as in retrain.init_scale=1; may be repeated"},
    [OPTION_JOBS] = {"jobs", "N", "starts followed at once (as many as there are cores)"},
    [OPTION_DB] = {"db", "FILE", "where results are kept; :memory: for nowhere"},
    [OPTION_FORMAT] = {"format", "FORMAT", "text (as is), csv or json"},
};

static const struct option_usage usage = {
    .command = "rankscope census",
    .operands = "",
    .text = "Follow Meta-LoRA retraining in population from many starts, and count where it\n"
            "ends: at the global minimum, at a spurious one, at a saddle, or nowhere. What an\n"
            "end is, is told by gradient and Hessian there. Results are kept: the same command\n"
            "goes on where this one was ended, and one for more starts takes these.\n",
    .rows = rows,
    .count = OPTION_COUNT,
};

struct request {
    struct config config;
    int starts, jobs;
    enum result_format format;
    const char *db;
};

/* ---- what is asked for ---- */

/* Sets a key by an option of its own; NULL leaves it. */
static int set_key(int option, const char *path, const char *text, struct config *config)
{
    struct err err;
    if (text && key_set(config, key_find(path), text, &err)) {
        err_prefix(&err, "--%s: ", rows[option].name);
        return cmd_fail(&err);
    }
    return -1;
}

static bool is_quick(const char *solver)
{
    return strcmp(solver, "lm") == 0 || strcmp(solver, "newton") == 0;
}

/* Steps and rates that bring gradient methods to an end, which quick solvers do not need. */
static void set_defaults(const char *solver, const char *steps, struct config *config)
{
    enum { QUICK_STEPS = 1000, OTHER_STEPS = 20000 };
    bool quick = !solver || is_quick(solver);
    config->retrain.methods = 1u << METHOD_META;
    config->problem.dimension = 6;
    config->problem.rank = config->retrain.rank = config->adapt.rank = 2;
    config->problem.seed = 1;
    config->retrain.solver = solver_find("lm");
    if (!quick) {
        config->retrain.inner_rate = 0.005;
        config->retrain.outer_rate = 0.3;
    }
    if (!steps)
        config->retrain.steps = quick ? QUICK_STEPS : OTHER_STEPS;
}

/* The options first, then --set. */
static int read_config(const struct option_values *values, struct config *config)
{
    static const struct {
        int option;
        const char *path;
    } keys[] = {
        {OPTION_DIMENSION, "problem.dimension"}, {OPTION_RANK, "problem.rank"},
        {OPTION_RANK, "retrain.rank"},           {OPTION_RANK, "adapt.rank"},
        {OPTION_TASKS, "problem.tasks"},         {OPTION_SOLVER, "retrain.solver"},
        {OPTION_STEPS, "retrain.steps"},         {OPTION_SEED, "problem.seed"},
    };
    struct err err;
    int at = 0, status = -1;
    config_default(config);
    set_defaults(values->value[OPTION_SOLVER], values->value[OPTION_STEPS], config);
    for (size_t i = 0; i < sizeof keys / sizeof *keys && status < 0; i++)
        status = set_key(keys[i].option, keys[i].path, values->value[keys[i].option], config);
    for (const char *set = option_next(values, OPTION_SET, &at); set && status < 0;
         set = option_next(values, OPTION_SET, &at))
        if (key_assign(config, set, &err)) {
            err_prefix(&err, "--set: ");
            status = cmd_fail(&err);
        }
    if (status < 0 && config_check(config, NULL, &err))
        status = cmd_fail(&err);
    if (status < 0 && config->problem.samples != SAMPLES_POPULATION)
        status = option_refuse(&usage, "census is of population alone: with samples the least loss is not known");
    bool fits = config->retrain.adapter == ADAPTER_GENERAL || config->problem.truth == TRUTH_PSD;
    if (status < 0 && (!fits || config->retrain.rank < config->problem.rank))
        status =
            option_refuse(&usage, "census needs adapters that can be the tasks': else the least loss is not known");
    if (status < 0 && config->retrain.methods != 1u << METHOD_META)
        status = option_refuse(&usage, "census is of the method meta alone");
    return status;
}

static int read_request(const struct option_values *values, struct request *request)
{
    enum { STARTS = 10000, STARTS_MOST = 10000000 };
    const char *const *value = values->value;
    *request = (struct request){.starts = STARTS, .jobs = crew_cores(), .db = value[OPTION_DB]};
    if (values->operand_count > 0)
        return option_refuse(&usage, "census takes no SCENARIO: its options and --set say what it is of");
    int status = option_format(&usage, value[OPTION_FORMAT], &request->format);
    if (status < 0)
        status = option_whole(&usage, OPTION_STARTS, value[OPTION_STARTS], 1, STARTS_MOST, &request->starts);
    if (status < 0)
        status = option_whole(&usage, OPTION_JOBS, value[OPTION_JOBS], 1, CREW_THREADS, &request->jobs);
    return status < 0 ? read_config(values, &request->config) : status;
}

/* ---- on its way ---- */

enum { BATCH = 64 }; /* between two looks at signals and the clock, and in one transaction */

struct batch {
    const struct census *census;
    int count;
    int index[BATCH];
    struct ending ending[BATCH];
    struct err err[BATCH];
};

static void compute(void *context, int item, int lane)
{
    struct batch *batch = context;
    (void)lane;
    batch->err[item].code = ERR_NONE;
    census_compute(batch->census, batch->index[item], &batch->ending[item], &batch->err[item]);
}

/* What one batch came to. Failing to store is an error: without it the command could not go on where it was. */
static enum err_code take(struct census *census, struct store *store, const struct batch *batch, struct err *err)
{
    enum err_code code = store_begin(store, err);
    for (int i = 0; i < batch->count && !code; i++) {
        if (batch->err[i].code) {
            *err = batch->err[i];
            code = err->code;
        } else {
            code = census_take(census, store, batch->index[i], &batch->ending[i], err);
        }
    }
    struct err second;
    enum err_code end = store_commit(store, code ? &second : err);
    return code ? code : end;
}

static void show_progress(struct progress *progress, const struct census *census)
{
    char text[160];
    if (!progress_due(progress))
        return;
    snprintf(text, sizeof text, "%d of %d starts (%d%%)", census->known, census->starts,
             (int)(100.0 * census->known / census->starts));
    progress_say(progress, text);
}

/* ERR_NONE also where a signal came: then not all is known. */
static enum err_code follow(struct census *census, struct store *store, struct pool *pool, struct err *err)
{
    struct interrupt interrupt;
    struct progress progress;
    struct batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        return err_set(err, ERR_MEMORY, "no memory for a census");
    enum err_code code = census_read(census, store, err);
    progress_begin(&progress);
    interrupt_begin(&interrupt);
    for (int next = 0; next < census->starts && !code && !interrupt_came(&interrupt);) {
        batch->census = census;
        batch->count = 0;
        for (; next < census->starts && batch->count < BATCH; next++)
            if (census->ending[next].kind == ENDING_MISSING)
                batch->index[batch->count++] = next;
        pool_run(pool, batch->count, compute, batch);
        if (batch->count > 0)
            code = take(census, store, batch, err);
        show_progress(&progress, census);
    }
    interrupt_end(&interrupt);
    progress_end(&progress);
    free(batch);
    return code;
}

static int print(const struct census *census, enum result_format format)
{
    struct output output;
    struct err err;
    if (!output_begin(&output))
        return CMD_FAILURE;
    if (census_write(output.stream, format, census, &err)) {
        output_drop(&output);
        return cmd_fail(&err);
    }
    return output_end(&output);
}

static int run(const struct request *request, struct census *census, struct store *store)
{
    struct err err;
    struct pool *pool = request->jobs > 1 ? pool_new(request->jobs) : NULL; /* without threads one does all */
    enum err_code code = follow(census, store, pool, &err);
    pool_free(pool);
    int status = print(census, request->format);
    if (code)
        return cmd_fail(&err);
    if (census->known < census->starts) {
        cmd_complain("interrupted after %d of %d starts; the same command goes on from there", census->known,
                     census->starts);
        return CMD_FAILURE;
    }
    return status;
}

static int command(const struct option_values *values)
{
    struct request request;
    struct census census = {.starts = 0};
    struct err err;
    int status = read_request(values, &request);
    if (status >= 0)
        return status;
    struct store *store = results_open(request.db, &err);
    if (!store || census_begin(&census, &request.config, request.starts, &err))
        status = cmd_fail(&err);
    else
        status = run(&request, &census, store);
    census_free(&census);
    store_close(store);
    return status;
}

int cmd_census(int argc, char **argv)
{
    struct option_values values;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    status = command(&values);
    option_free(&values);
    return status;
}
