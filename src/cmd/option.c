/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/option.h"

#include "base/file.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "plot/save.h"
#include "run/key.h"
#include "run/scenario.h"
#include "run/share.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What getopt_long returns for a row; above every character. */
enum { ROW = 256 };

int option_refuse(const struct option_usage *usage, const char *format, ...)
{
    char message[sizeof((struct err *)0)->message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    cmd_complain("%s", message);
    fprintf(stderr, "Try '%s --help' for more.\n", usage->command);
    return CMD_USAGE;
}

static int print_help(const struct option_usage *usage)
{
    struct output output;
    if (!output_begin(&output))
        return CMD_FAILURE;
    fprintf(output.stream, "Usage: %s%s%s [OPTION]...\n%s\n", usage->command, *usage->operands ? " " : "",
            usage->operands, usage->text);
    for (int i = 0; i <= usage->count; i++) {
        static const struct option_row help = {"help", NULL, "show this and leave"};
        const struct option_row *row = i < usage->count ? &usage->rows[i] : &help;
        char left[48];
        snprintf(left, sizeof left, "--%s%s%s", row->name, row->argument ? " " : "",
                 row->argument ? row->argument : "");
        fprintf(output.stream, "  %-26s %s\n", left, row->help);
    }
    return output_end(&output);
}

/* Our own messages, since getopt's differ from libc to libc and do not guess. */
static int refuse_option(const struct option_usage *usage, int code, int option, const char *argument)
{
    if (code == ':')
        return option_refuse(usage, "option --%s needs an argument: %s", usage->rows[option - ROW].name,
                             usage->rows[option - ROW].argument);
    char clip[TEXT_CLIP_SIZE];
    if (option >= ROW) {
        bool help = option == ROW + usage->count;
        return option_refuse(usage, "option --%s takes no argument", help ? "help" : usage->rows[option - ROW].name);
    }
    text_clip(clip, argument);
    if (option != 0)
        return option_refuse(usage, "unknown option -%c", option);
    char word[TEXT_CLIP_SIZE];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(clip + 2, "="), clip + 2);
    struct text_guess guess = {.word = word};
    for (int i = 0; i < usage->count; i++)
        text_guess_offer(&guess, usage->rows[i].name);
    if (guess.best)
        return option_refuse(usage, "unknown option --%s; did you mean --%s?", word, guess.best);
    return option_refuse(usage, "unknown option --%s", word);
}

static struct option *long_options(const struct option_usage *usage)
{
    struct option *options = calloc((size_t)usage->count + 2, sizeof *options);
    for (int i = 0; options && i < usage->count; i++) {
        int has_argument = usage->rows[i].argument ? required_argument : no_argument;
        options[i] = (struct option){.name = usage->rows[i].name, .has_arg = has_argument, .val = ROW + i};
    }
    if (options)
        options[usage->count] = (struct option){.name = "help", .val = ROW + usage->count};
    return options;
}

static int read_all(const struct option_usage *usage, const struct option *options, int argc, char **argv,
                    struct option_values *values)
{
    opterr = 0;
    optind = 0; /* begin anew */
    for (;;) {
        int code = getopt_long(argc, argv, ":", options, NULL);
        if (code == -1)
            break;
        if (code == ROW + usage->count)
            return print_help(usage);
        if (code < ROW)
            return refuse_option(usage, code, optopt, argv[optind - 1]);
        const struct option_row *row = &usage->rows[code - ROW];
        values->value[code - ROW] = row->argument ? optarg : "";
        if (row->argument) {
            values->given[values->given_count].row = code - ROW;
            values->given[values->given_count++].argument = optarg;
        }
    }
    for (int i = optind; i < argc; i++)
        values->operand[values->operand_count++] = argv[i];
    return -1;
}

int option_read(const struct option_usage *usage, int argc, char **argv, struct option_values *values)
{
    size_t arguments = (size_t)argc + 1;
    *values = (struct option_values){
        .value = calloc((size_t)usage->count + 1, sizeof *values->value),
        .given = calloc(arguments, sizeof *values->given),
        .operand = calloc(arguments, sizeof *values->operand),
        .set_row = -1,
    };
    for (int i = 0; i < usage->count; i++)
        if (strcmp(usage->rows[i].name, "set") == 0)
            values->set_row = i;
    struct option *options = long_options(usage);
    int status = CMD_FAILURE;
    if (values->value && values->given && values->operand && options)
        status = read_all(usage, options, argc, argv, values);
    else
        cmd_complain("no memory for %d arguments", argc);
    free(options);
    if (status >= 0)
        option_free(values);
    return status;
}

void option_free(struct option_values *values)
{
    free(values->value);
    free(values->given);
    free(values->operand);
    *values = (struct option_values){0};
}

int option_format(const struct option_usage *usage, const char *text, enum result_format *format)
{
    static const char *const names[] = {[RESULT_TEXT] = "text", [RESULT_CSV] = "csv", [RESULT_JSON] = "json"};
    *format = RESULT_TEXT;
    for (int i = 0; text && i < (int)(sizeof names / sizeof *names); i++)
        if (strcmp(names[i], text) == 0) {
            *format = (enum result_format)i;
            return -1;
        }
    return text ? option_refuse(usage, "--format must be text, csv or json, not \"%s\"", text) : -1;
}

int option_whole(const struct option_usage *usage, int row, const char *text, long least, long most, int *number)
{
    if (!text)
        return -1;
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || value < least || value > most)
        return option_refuse(usage, "--%s must be a number from %ld to %ld, not \"%s\"", usage->rows[row].name, least,
                             most, text);
    *number = (int)value;
    return -1;
}

int option_load(const struct option_values *values, const char *scenario, struct config *config)
{
    struct err err;
    config_default(config);
    if (scenario && scenario_load(scenario, config, &err))
        return cmd_fail(&err);
    int at = 0;
    for (const char *set = option_next(values, values->set_row, &at); set;
         set = option_next(values, values->set_row, &at))
        if (key_assign(config, set, &err)) {
            err_prefix(&err, "--set: ");
            return cmd_fail(&err);
        }
    return -1;
}

int option_way(const struct option_usage *usage, const struct option_values *values, const char *text,
               struct journal *way)
{
    struct err err;
    int at = 0;
    if (option_next(values, values->set_row, &at))
        return option_refuse(usage, "--set cannot be given with a run's string, which has all keys in it");
    return share_read(text, way, &err) ? cmd_fail(&err) : -1;
}

int option_config(const struct option_values *values, const char *scenario, struct config *config)
{
    struct err err;
    int status = option_load(values, scenario, config);
    if (status >= 0)
        return status;
    if (config_check(config, NULL, &err)) {
        err_prefix(&err, "--set: ");
        return cmd_fail(&err);
    }
    return -1;
}

int option_output(const char *name, const char *path, bool picture)
{
    struct err err;
    if (!path || ((!picture || !plot_check_path(path, &err)) && !file_check(path, &err)))
        return -1;
    err_prefix(&err, "--%s: ", name);
    return cmd_fail(&err);
}

const char *option_next(const struct option_values *values, int row, int *at)
{
    while (*at < values->given_count) {
        int i = (*at)++;
        if (values->given[i].row == row)
            return values->given[i].argument;
    }
    return NULL;
}

bool option_sets(const struct option_values *values, const char *path)
{
    size_t length = strlen(path);
    int at = 0;
    for (const char *set = option_next(values, values->set_row, &at); set;
         set = option_next(values, values->set_row, &at))
        if (strncmp(set, path, length) == 0 && set[length] == '=')
            return true;
    return false;
}
