/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/option.h"

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "run/key.h"
#include "run/scenario.h"

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
        if (strcmp(row->name, "set") == 0)
            values->set[values->set_count++] = optarg;
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
        .set = calloc(arguments, sizeof *values->set),
        .operand = calloc(arguments, sizeof *values->operand),
    };
    struct option *options = long_options(usage);
    int status = CMD_FAILURE;
    if (values->value && values->set && values->operand && options)
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
    free(values->set);
    free(values->operand);
    *values = (struct option_values){0};
}

int option_load(const struct option_values *values, const char *scenario, struct config *config)
{
    struct err err;
    config_default(config);
    if (scenario && scenario_load(scenario, config, &err))
        return cmd_fail(&err);
    for (int i = 0; i < values->set_count; i++)
        if (key_assign(config, values->set[i], &err)) {
            err_prefix(&err, "--set: ");
            return cmd_fail(&err);
        }
    return -1;
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

bool option_sets(const struct option_values *values, const char *path)
{
    size_t length = strlen(path);
    for (int i = 0; i < values->set_count; i++)
        if (strncmp(values->set[i], path, length) == 0 && values->set[i][length] == '=')
            return true;
    return false;
}
