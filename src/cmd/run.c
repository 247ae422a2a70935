/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/headless.h"
#include "cmd/option.h"
#include "plot/save.h"
#include "run/export.h"
#include "run/key.h"
#include "run/share.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_SET,
    OPTION_TASKS,
    OPTION_INIT,
    OPTION_STEPS,
    OPTION_UNTIL,
    OPTION_STALL,
    OPTION_TIME,
    OPTION_THREADS,
    OPTION_FORMAT,
    OPTION_EXPORT,
    OPTION_PLOT,
    OPTION_COUNT
};

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_SET] = {"set", "KEY=VALUE", "change a key, as in problem.seed=11; may be repeated"},
    [OPTION_TASKS] = {"tasks", "FILE.npz", "the tasks of this file, instead of drawing them"},
    [OPTION_INIT] = {"init", "FILE.npz", "begin where this file says, not at random"},
    [OPTION_STEPS] = {"steps", "N", "retrain for N steps"},
    [OPTION_UNTIL] = {"until", "LOSS", "end retraining once the train_loss is at most LOSS"},
    [OPTION_STALL] = {"stall", NULL, "end retraining, and fine-tuning, once no loss falls"},
    [OPTION_TIME] = {"time", "SECONDS", "end the run after so much time"},
    [OPTION_THREADS] = {"threads", "N", "threads that share large steps (as many as there are cores)"},
    [OPTION_FORMAT] = {"format", "FORMAT", "text (as is), csv or json"},
    [OPTION_EXPORT] = {"export", "FILE.npz", "also write what was found as NumPy arrays"},
    [OPTION_PLOT] = {"plot", "FILE", "also draw the figures into FILE.png, .svg, .pdf or .gp"},
};

static const struct option_usage usage = {
    .command = "rankscope run",
    .operands = "[SCENARIO]",
    .text = "Run a scenario, a built-in or a file, to its end without the lab and print its measures;\n"
            "or a run of somebody's lab, by the line that y shows there, to where it is.\n"
            "With --tasks it may be left out: every key then has its default, or what the file says.\n",
    .rows = rows,
    .count = OPTION_COUNT,
};

struct request {
    struct config config;
    struct journal way; /* where a run's string leads */
    bool shared;        /* it is one */
    struct given given;
    struct stop_rules rules;
    int threads; /* 0: not asked for */
    enum result_format format;
    const char *plot, *export; /* or NULL */
};

static bool read_number(const char *text, double *number)
{
    char *end;
    *number = strtod(text, &end);
    return *text && text[strspn(text, "0123456789+-.eE")] == '\0' && *end == '\0' && *number >= 0 && isfinite(*number);
}

static int read_rules(const char *const *value, struct stop_rules *rules)
{
    *rules = stop_none();
    rules->stall = value[OPTION_STALL] != NULL;
    if (value[OPTION_UNTIL] && !read_number(value[OPTION_UNTIL], &rules->until))
        return option_refuse(&usage, "--until must be a number from 0 up, not \"%s\"", value[OPTION_UNTIL]);
    if (value[OPTION_TIME] && !read_number(value[OPTION_TIME], &rules->seconds))
        return option_refuse(&usage, "--time must be a number of seconds from 0 up, not \"%s\"", value[OPTION_TIME]);
    return -1;
}

/* What a file determines, --set must not say otherwise. */
static enum err_code check_agreement(const struct option_values *values, const struct request *request, struct err *err)
{
    int at = 0;
    for (const char *set = option_next(values, OPTION_SET, &at); set; set = option_next(values, OPTION_SET, &at)) {
        struct config config = request->config;
        char there[KEY_VALUE_SIZE];
        char wanted[KEY_VALUE_SIZE];
        if (key_assign(&config, set, err))
            return err->code;
        for (int key = 0; key < key_count; key++) {
            key_format(&request->config, key, there);
            key_format(&config, key, wanted);
            if (strcmp(there, wanted) != 0 && given_determines(&request->given, key))
                return key_applies(&request->config, key)
                           ? err_set(err, ERR_INPUT, "--set: %s must be %s, as the given file has it, not %s",
                                     key_table[key].path, there, wanted)
                           : err_set(err, ERR_INPUT, "--set: %s says nothing of tasks that a file gives",
                                     key_table[key].path);
        }
    }
    return ERR_NONE;
}

static void name_after(const char *path, struct config *config)
{
    char name[TEXT_CLIP_SIZE];
    const char *slash = strrchr(path, '/');
    text_clip(name, slash ? slash + 1 : path);
    text_clean(name);
    snprintf(config->title, sizeof config->title, "Tasks of %s", name);
}

/* Most arrays of other names are misspelt ones, and none is an error. */
static void warn_of_unknown(const struct npz *file, const char *path)
{
    enum { MOST = 8 };
    char note[GIVEN_NOTE_SIZE];
    int said = 0;
    for (int at = 0; given_next_unknown(file, &at, note); said++)
        if (said < MOST)
            cmd_complain("%s: %s", path, note);
    if (said > MOST)
        cmd_complain("%s: %d more arrays are passed over", path, said - MOST);
}

static enum err_code read_files(const struct option_values *values, struct request *request, struct err *err)
{
    const char *tasks = values->value[OPTION_TASKS], *init = values->value[OPTION_INIT];
    enum adapt_solver solver = request->config.adapt.solver;
    enum err_code code = ERR_NONE;
    if (tasks && values->operand_count == 0 && !option_sets(values, "title"))
        name_after(tasks, &request->config);
    if (tasks)
        code = given_read_tasks(&request->given, tasks, &request->config, err);
    if (!code && init)
        code = given_read_start(&request->given, init, &request->config, err);
    warn_of_unknown(&request->given.tasks_file, tasks);
    if (init && (!tasks || strcmp(tasks, init) != 0))
        warn_of_unknown(&request->given.start_file, init);
    if (option_sets(values, "adapt.solver"))
        request->config.adapt.solver = solver;
    return code ? code : check_agreement(values, request, err);
}

static enum err_code finish_config(const struct option_values *values, struct request *request, struct err *err)
{
    enum err_code code = read_files(values, request, err);
    const char *steps = values->value[OPTION_STEPS];
    if (!code && config_check(&request->config, NULL, err))
        return err_prefix(err, "--set: ");
    if (!code && steps && key_set(&request->config, key_find("retrain.steps"), steps, err))
        return err_prefix(err, "--steps: ");
    return code;
}

static bool ends_in_npz(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".npz") == 0;
}

/* What a run's string says already must not be asked for otherwise. Returns −1, or the exit status. */
static int read_way(const struct option_values *values, struct request *request)
{
    static const int barred[] = {OPTION_TASKS, OPTION_INIT, OPTION_STEPS, OPTION_UNTIL, OPTION_STALL};
    for (size_t i = 0; i < sizeof barred / sizeof *barred; i++)
        if (values->value[barred[i]])
            return option_refuse(&usage, "--%s cannot be given with a run's string, which says where the run is",
                                 rows[barred[i]].name);
    request->shared = true;
    int status = option_way(&usage, values, values->operand[0], &request->way);
    if (status < 0)
        request->config = request->way.start;
    return status;
}

/* Returns −1, or the exit status after saying what is wrong; nothing has been run then. */
static int read_request(const struct option_values *values, struct request *request)
{
    const char *const *value = values->value;
    struct err err;
    *request = (struct request){.format = RESULT_TEXT, .plot = value[OPTION_PLOT], .export = value[OPTION_EXPORT]};
    if (values->operand_count > 1)
        return option_refuse(&usage, "run takes one SCENARIO");
    if (values->operand_count == 0 && !value[OPTION_TASKS])
        return option_refuse(&usage, "run needs a SCENARIO, or --tasks");
    int status = option_format(&usage, value[OPTION_FORMAT], &request->format);
    if (status < 0)
        status = read_rules(value, &request->rules);
    if (status < 0)
        status = option_whole(&usage, OPTION_THREADS, value[OPTION_THREADS], 1, EXPERIMENT_THREADS, &request->threads);
    if (status >= 0)
        return status;
    if (request->export && !ends_in_npz(request->export))
        return option_refuse(&usage, "--export must be a name that ends in .npz, not \"%s\"", request->export);
    status = option_output("plot", request->plot, true);
    if (status < 0)
        status = option_output("export", request->export, false);
    if (status >= 0)
        return status;
    if (values->operand_count > 0 && share_looks_like(values->operand[0]))
        return read_way(values, request);
    status = option_load(values, values->operand_count > 0 ? values->operand[0] : NULL, &request->config);
    if (status >= 0)
        return status;
    return finish_config(values, request, &err) ? cmd_fail(&err) : -1;
}

static int worse(int status, int other)
{
    return other > status ? other : status;
}

static int show(const struct request *request, const struct headless *headless)
{
    struct err err;
    struct view view = headless_view(headless);
    int status = headless_print(headless, request->format);
    const struct given *given = request->given.has_tasks ? &request->given : NULL;
    if (request->export && export_write(request->export, headless->experiment, &view, given, &err))
        status = worse(status, cmd_fail(&err));
    if (request->plot && plot_save(request->plot, &view, &err))
        status = worse(status, cmd_fail(&err));
    return status;
}

static int run(struct request *request)
{
    struct headless headless;
    struct headless_job job = {.config = &request->config,
                               .way = request->shared ? &request->way : NULL,
                               .given = &request->given,
                               .keep_tasks = request->export != NULL,
                               .rules = request->rules,
                               .threads = request->threads};
    struct err err;
    int status = headless_run(&headless, &job, &err) ? cmd_fail(&err) : show(request, &headless);
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
    given_free(&request.given);
    option_free(&values);
    return status;
}
