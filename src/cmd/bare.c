/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/cmd.h"
#include "cmd/headless.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "run/scenario.h"
#include "run/share.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OPTION_SET,
    OPTION_ASCII,
    OPTION_BLOCKS,
    OPTION_BRAILLE,
    OPTION_NO_COLOR,
    OPTION_THEME,
    OPTION_GNUPLOT,
    OPTION_PLAIN,
    OPTION_RECORD,
    OPTION_VERSION,
    OPTION_COUNT
};

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_SET] = {"set", "KEY=VALUE", "change a key, as in problem.seed=11; may be repeated"},
    [OPTION_ASCII] = {"ascii", NULL, "draw with ASCII characters alone"},
    [OPTION_BLOCKS] = {"blocks", NULL, "draw with block characters"},
    [OPTION_BRAILLE] = {"braille", NULL, "draw with braille patterns, the finest"},
    [OPTION_NO_COLOR] = {"no-color", NULL, "no colours, as with NO_COLOR in the environment"},
    [OPTION_THEME] = {"theme", "NAME", "terminal, dark, light or high-contrast"},
    [OPTION_GNUPLOT] = {"gnuplot-terminal", "NAME", "what gnuplot draws with, such as qt or x11"},
    [OPTION_PLAIN] = {"plain", NULL, "text line by line instead of the screen, as with ACCESSIBLE=1"},
    [OPTION_RECORD] = {"record", "FILE.cast", "record the visit as an asciicast"},
    [OPTION_VERSION] = {"version", NULL, "show the version and leave"},
};

/* The commands stand in the help, so it is put together when it is wanted. The caller frees it; NULL: no memory. */
static char *help_text(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return NULL;
    for (int i = 0; i < cmd_count; i++)
        fprintf(stream, "  or:  rankscope %s%s%s [OPTION]...\n", cmd_table[i].name, *cmd_table[i].usage ? " " : "",
                cmd_table[i].usage);
    fprintf(stream,
            "A lab for retraining models so that low-rank adapters are enough. It opens in the\n"
            "terminal; where standard input or output is none, the scenario runs to its end and\n"
            "a table of its measures is printed. SCENARIO is a built-in's name or a file, and\n"
            "%s where it is left out; or the line that y shows in somebody's lab.\n\n",
            SCENARIO_DEFAULT);
    for (int i = 0; i < cmd_count; i++)
        fprintf(stream, "  %-26s %s\n", cmd_table[i].name, cmd_table[i].summary);
    bool whole = !ferror(stream);
    if (fclose(stream) != 0 || !whole) {
        free(text);
        return NULL;
    }
    return text;
}

static int print_version(void)
{
    struct output output;
    if (!output_begin(&output))
        return CMD_FAILURE;
    fprintf(output.stream,
            "rankscope %s\nLicence GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\n"
            "This is free software: you may change and redistribute it. There is no warranty.\n",
            RANKSCOPE_VERSION);
    return output_end(&output);
}

static int run_headless(const struct config *config, const struct journal *way)
{
    struct headless headless;
    struct err err;
    int status;
    struct headless_job job = {.config = config, .way = way, .rules = stop_none()};
    if (headless_run(&headless, &job, &err))
        status = cmd_fail(&err);
    else
        status = headless_print(&headless, RESULT_TEXT);
    headless_free(&headless);
    return status;
}

/* ACCESSIBLE, as some programs for terminals know it: set, and neither empty nor 0. */
static bool wants_plain(void)
{
    const char *accessible = getenv("ACCESSIBLE");
    return accessible && *accessible && strcmp(accessible, "0") != 0;
}

/* What the line says counts for this visit. */
static void override(struct settings *settings, const struct option_values *values)
{
    static const struct {
        int option;
        enum settings_glyphs glyphs;
    } table[] = {{OPTION_ASCII, SETTINGS_GLYPHS_ASCII},
                 {OPTION_BLOCKS, SETTINGS_GLYPHS_BLOCKS},
                 {OPTION_BRAILLE, SETTINGS_GLYPHS_BRAILLE}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (values->value[table[i].option])
            settings->glyphs = (int)table[i].glyphs;
    if (values->value[OPTION_THEME])
        settings->theme = theme_find(values->value[OPTION_THEME]);
    if (values->value[OPTION_GNUPLOT])
        snprintf(settings->gnuplot, sizeof settings->gnuplot, "%s", values->value[OPTION_GNUPLOT]);
}

/* Where a scenario begins or a shared run stands. −1, or the exit status. */
static int way_to(const struct option_usage *usage, const struct option_values *values, const char *scenario,
                  struct journal *way)
{
    struct config config;
    if (share_looks_like(scenario))
        return option_way(usage, values, scenario, way);
    int status = option_config(values, scenario, &config);
    journal_begin(way, &config);
    return status;
}

/* The lab or the plain mode, with the options that are kept. A scenario of theirs that is not there gives way to the usual one. */
static int visit(const struct option_usage *usage, const struct option_values *values, bool plain)
{
    struct preferences preferences;
    struct config config;
    struct journal way;
    struct err err;
    preferences_load(&preferences);
    const char *message = preferences.err.code != ERR_NONE ? preferences.err.message : "";
    const char *scenario = values->operand_count ? values->operand[0] : preferences.now.scenario;
    if (!values->operand_count && scenario_load(scenario, &config, &err)) {
        err_prefix(&err, "the options' scenario: ");
        scenario = SCENARIO_DEFAULT;
        message = err.message;
    }
    int status = way_to(usage, values, scenario, &way);
    if (status < 0) {
        override(&preferences.now, values);
        struct cmd_lab_options options = {.terminal = cmd_terminal_options(&preferences.now),
                                          .preferences = &preferences,
                                          .record = values->value[OPTION_RECORD],
                                          .message = message};
        options.terminal.kept = options.record != NULL;
        options.terminal.no_color = options.terminal.no_color || values->value[OPTION_NO_COLOR];
        status = plain ? cmd_plain(&way, message) : cmd_lab(&way, &options);
    }
    preferences_free(&preferences);
    return status;
}

static int start(const struct option_usage *usage, const struct option_values *values)
{
    const char *const *value = values->value;
    if (value[OPTION_VERSION])
        return print_version();
    if (values->operand_count > 1)
        return option_refuse(usage, "one SCENARIO at a time, and \"%s\" is a second", values->operand[1]);
    if ((value[OPTION_ASCII] != NULL) + (value[OPTION_BLOCKS] != NULL) + (value[OPTION_BRAILLE] != NULL) > 1)
        return option_refuse(usage, "--ascii, --blocks and --braille exclude each other");
    if (value[OPTION_THEME] && theme_find(value[OPTION_THEME]) < 0)
        return option_refuse(usage, "--theme must be %s, not \"%s\"", rows[OPTION_THEME].help, value[OPTION_THEME]);
    bool plain = value[OPTION_PLAIN] || wants_plain();
    if (plain || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
        return visit(usage, values, plain);
    if (value[OPTION_RECORD])
        return option_refuse(usage, "--record needs the lab, and that a terminal");
    const char *scenario = values->operand_count ? values->operand[0] : SCENARIO_DEFAULT;
    struct journal way;
    int status = way_to(usage, values, scenario, &way);
    return status >= 0 ? status : run_headless(&way.start, share_looks_like(scenario) ? &way : NULL);
}

int cmd_bare(int argc, char **argv)
{
    char *text = help_text();
    if (!text) {
        cmd_complain("no memory");
        return CMD_FAILURE;
    }
    struct option_usage usage = {
        .command = "rankscope", .operands = "[SCENARIO]", .text = text, .rows = rows, .count = OPTION_COUNT};
    struct option_values values;
    int status = option_read(&usage, argc, argv, &values);
    if (status < 0) {
        status = start(&usage, &values);
        option_free(&values);
    }
    free(text);
    return status;
}
