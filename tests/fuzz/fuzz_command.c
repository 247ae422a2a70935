/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/command_line.h"
#include "ui/rune.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any line is a command or is refused in one line, its completions begin as it was typed, and any keys leave the line a line. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct scenario_entry entries[] = {{.name = "three-tasks"}, {.name = "two-tasks"}, {.name = "tiny-café"}};
static const struct scenario_list scenarios = {3, entries};

static void parse(const char *text, unsigned where)
{
    struct command command;
    struct completion completion;
    struct err err = {.code = ERR_NONE};
    bool there;
    int found;
    long number;
    if (command_parse(text, where, &command, &there, &err)) {
        if (there || strchr(err.message, '\n'))
            abort();
    } else if (there) {
        command_key(command.word, &found, &err);
        command_screen(command.word, &found, &err);
        command_topic(command.word, &found, &err);
        command_number(&command, 1, 1, 100, &number, &err);
        command_scenario(&scenarios, command.word, &err);
    }
    char hint[COMMAND_HINT_SIZE];
    command_hint(text, where, hint);
    command_complete(text, where, &scenarios, &completion);
    if (completion.start > strlen(text))
        abort();
}

/* Keys that do more than type come as bytes below a blank. */
static void edit(const char *text)
{
    static const uint32_t keys[] = {EVENT_KEY_TAB,    EVENT_KEY_UP,   EVENT_KEY_DOWN, EVENT_KEY_LEFT,
                                    EVENT_KEY_RIGHT,  EVENT_KEY_HOME, EVENT_KEY_END,  EVENT_KEY_BACKSPACE,
                                    EVENT_KEY_DELETE, EVENT_KEY_ENTER};
    static struct command_line line;
    struct grid grid = {0, 0, NULL};
    screen_wish wish = 0;
    memset(&line, 0, sizeof line);
    line.scenarios = &scenarios;
    command_line_open(&line);
    while (*text != '\0') {
        uint32_t rune = rune_decode(&text);
        uint32_t key = rune < ' ' ? keys[rune % (sizeof keys / sizeof *keys)] : rune;
        command_line_handle(&line, &(struct event){.type = EVENT_KEY, .key = key}, &wish);
        if (strlen(line.field.text) > line.field.limit || line.field.cursor > strlen(line.field.text))
            abort();
        if (!line.open)
            command_line_open(&line);
    }
    if (grid_resize(&grid, 70, 20))
        command_line_draw(&line, &grid, GLYPHS_BRAILLE);
    grid_free(&grid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    parse(text, COMMAND_IN_LAB);
    parse(text, COMMAND_IN_PLAIN);
    edit(text);
    free(text);
    return 0;
}
