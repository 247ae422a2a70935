/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/cmd.h"
#include "cmd/folder.h"
#include "cmd/headless.h"
#include "cmd/option.h"
#include "run/share.h"

#include <stdio.h>
#include <string.h>

enum { OPTION_SET, OPTION_COUNT };

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_SET] = {"set", "KEY=VALUE", "change a key of the scenario; may be repeated"},
};

static const struct option_usage usage = {
    .command = "rankscope report",
    .operands = "SCENARIO FOLDER",
    .text = "Run a scenario to its end, or a run of somebody's lab (the line that y shows there) to\n"
            "where it is, and write all of it into a new folder: a report in Markdown with pictures,\n"
            "the scenario, the data and gnuplot's script.\n",
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

static int read_way(const struct option_values *values, struct journal *way, bool *placed)
{
    const char *what = values->operand[0];
    struct config config;
    *placed = share_looks_like(what);
    if (*placed)
        return option_way(&usage, values, what, way);
    int status = option_config(values, what, &config);
    journal_begin(way, &config);
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
        status = option_refuse(&usage, "report takes a SCENARIO and a FOLDER");
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
