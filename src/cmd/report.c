/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/cmd.h"
#include "cmd/folder.h"
#include "cmd/headless.h"
#include "cmd/option.h"
#include "run/scenario.h"
#include "run/share.h"
#include "sweep/store_runs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPTION_SET, OPTION_COUNT };

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_SET] = {"set", "KEY=VALUE", "change a key of the scenario; may be repeated"},
};

static const struct option_usage usage = {
    .command = "rankscope report",
    .operands = "RUN FOLDER",
    .text = "Write a run into a new folder: a report in Markdown with pictures, the scenario, the data\n"
            "and gnuplot's script. RUN is the name of one that was kept in the lab, the line that y\n"
            "shows there, or a scenario, which is run to its end.\n",
    .rows = rows,
    .count = OPTION_COUNT,
};

/* A run that went to its end is where its last step was. */
static void settle_way(struct journal *way, const struct headless *headless, bool placed)
{
    if (!placed)
        way->position = experiment_position(headless->experiment);
}

static int write_folder(const char *path, const struct headless *headless, const struct journal *way)
{
    struct err err, why;
    bool pictures = false;
    if (headless->end == RUN_INTERRUPTED) {
        cmd_complain("interrupted; there is no report");
        return CMD_FAILURE;
    }
    if (folder_write(path, headless, way, &pictures, &why, &err))
        return cmd_fail(&err);
    if (!pictures)
        cmd_complain("the report is without pictures: %s", why.message);
    return CMD_SUCCESS;
}

/* The line of the run that was kept under this name; the caller frees it. NULL: there is none, or *err says why that
 * cannot be told; begins as ERR_NONE. */
static char *kept_line(const char *name, struct err *err)
{
    struct store_run_list list = {0, NULL};
    char *line = NULL, *path = store_default_path(err);
    bool there = path && (access(path, F_OK) == 0 || errno != ENOENT);
    struct store *store = there ? store_open(path, err) : NULL;
    if (store && !store_list_runs(store, &list, err))
        for (size_t i = 0; i < list.count && !line; i++)
            if (strcmp(list.run[i].name, name) == 0 && !(line = strdup(list.run[i].way)))
                err_set(err, ERR_MEMORY, "%s: no memory for the line of %s", path, name);
    store_run_list_free(&list);
    store_close(store);
    free(path);
    return line;
}

static int read_kept(const struct option_values *values, const char *line, struct journal *way)
{
    if (*line)
        return option_way(&usage, values, line, way);
    cmd_complain("\"%s\" was kept without the line that leads to it", values->operand[0]);
    return CMD_FAILURE;
}

static int read_way(const struct option_values *values, struct journal *way, bool *placed)
{
    const char *what = values->operand[0];
    struct config config;
    *placed = share_looks_like(what);
    if (*placed)
        return option_way(&usage, values, what, way);
    struct err why = {.code = ERR_NONE}, unheard;
    char *line = kept_line(what, &why);
    *placed = line != NULL;
    int status = line ? read_kept(values, line, way) : option_config(values, what, &config);
    if (why.code && scenario_load(what, &config, &unheard))
        cmd_complain("nor can the runs that were kept be read: %s", why.message);
    if (!line)
        journal_begin(way, &config);
    free(line);
    return status;
}

int cmd_report(int argc, char **argv)
{
    struct option_values values;
    struct journal way;
    struct headless headless;
    struct err err;
    bool placed = false;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    if (values.operand_count != 2)
        status = option_refuse(&usage, "report takes a RUN and a FOLDER");
    else
        status = read_way(&values, &way, &placed);
    const char *path = values.operand_count > 1 ? values.operand[1] : NULL;
    option_free(&values);
    if (status >= 0)
        return status;
    struct headless_job job = {.config = &way.start, .way = placed ? &way : NULL, .rules = stop_none()};
    if (headless_run(&headless, &job, &err)) {
        status = cmd_fail(&err);
    } else {
        settle_way(&way, &headless, placed);
        status = write_folder(path, &headless, &way);
    }
    headless_free(&headless);
    return status;
}
