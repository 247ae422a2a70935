/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/plain.h"

#include "cmd/cmd.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say_error(struct plain *plain, const struct err *err)
{
    size_t length = strlen(err->message);
    bool ends = length > 0 && strchr(".?!", err->message[length - 1]) != NULL;
    plain_say(plain, "Error: %s%s", err->message, ends ? "" : ".");
}

static void hear(struct plain *plain, const char *line)
{
    struct err err = {.code = ERR_NONE};
    if (plain_perform(plain, line, &err))
        say_error(plain, &err);
    if (!plain->quit)
        plain_say(plain, "Ready.");
    plain_flush(plain);
}

static void greet(struct plain *plain)
{
    plain_say(plain, "Rankscope in plain text. Scenario: %s.", plain->config.title);
    plain_say(plain, "Type run to run it, explain to hear what is seen, help for all commands, quit to leave.");
    plain_say(plain, "Ready.");
    plain_flush(plain);
}

/* The next line; false: there will be none. */
static bool next_line(struct plain *plain, char line[COMMAND_SIZE + 1])
{
    plain->waiting = false;
    while (!plain_input_take(&plain->input, line)) {
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        if (plain->input.ended)
            return false;
        if (interrupt_poll(&plain->interrupt, &input, 1, -1) > 0)
            plain_input_read(&plain->input);
        if (interrupt_came(&plain->interrupt))
            return false;
    }
    return true;
}

static int finish(struct plain *plain)
{
    bool gone = plain->deaf && errno == EPIPE; /* its reader's right */
    interrupt_end(&plain->interrupt);
    plain_reset(plain);
    scenario_list_free(&plain->scenarios);
    if (plain->deaf && !gone)
        cmd_complain("cannot write to standard output");
    int status = plain->deaf && !gone ? CMD_FAILURE : CMD_SUCCESS;
    if (!sweeps_free(&plain->sweeps))
        _exit(status);
    return status;
}

int cmd_plain(const struct journal *way, const char *message)
{
    char line[COMMAND_SIZE + 1];
    struct err err = {.code = ERR_NONE};
    struct plain *plain = calloc(1, sizeof *plain);
    if (plain == NULL) {
        cmd_complain("no memory");
        return CMD_FAILURE;
    }
    plain->way = *way;
    plain->config = way->start;
    plain->ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    interrupt_begin(&plain->interrupt);
    enum err_code code = scenario_list_load(&plain->scenarios, &err);
    if (code != ERR_NONE)
        plain->scenarios = (struct scenario_list){0, NULL};
    if (code != ERR_NONE)
        say_error(plain, &err);
    if (*message != '\0')
        plain_say(plain, "Error: %s.", message);
    greet(plain);
    while (!plain->quit && next_line(plain, line))
        hear(plain, line);
    int status = finish(plain);
    free(plain);
    return status;
}
