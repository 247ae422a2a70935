/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_PLAIN_INPUT_H
#define RANKSCOPE_CMD_PLAIN_INPUT_H

#include "ui/command.h"

#include <stdbool.h>
#include <stddef.h>

/* Lines of text from standard input, looked at without waiting. Begins zeroed. */

enum { PLAIN_INPUT_SIZE = 8192 };

struct plain_input {
    char text[PLAIN_INPUT_SIZE];
    size_t used;
    bool ended;  /* there will be no more */
    bool beyond; /* in the rest of a line that was too long */
};

bool plain_input_wants(const struct plain_input *input); /* there is room to read more */
void plain_input_read(struct plain_input *input);        /* what there is; it may wait if nothing is */

/* The first line, without its end; what is no text in it is '?', and one that is too long is cut there. False: there is none yet. */
bool plain_input_look(const struct plain_input *input, char line[COMMAND_SIZE + 1]);
/* Takes the first whole line that is wanted away from among those that wait. */
bool plain_input_remove(struct plain_input *input, bool (*wanted)(const char *line));

bool plain_input_take(struct plain_input *input, char line[COMMAND_SIZE + 1]);

#endif
