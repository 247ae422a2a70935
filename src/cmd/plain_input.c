/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/plain_input.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool plain_input_wants(const struct plain_input *input)
{
    return !input->ended && input->used < sizeof input->text;
}

/* The rest of a line that is longer than the room is left away. */
static void drop_rest(struct plain_input *input)
{
    if (!input->beyond)
        return;
    const char *end = memchr(input->text, '\n', input->used);
    size_t rest = end != NULL ? (size_t)(end - input->text) + 1 : input->used;
    memmove(input->text, input->text + rest, input->used - rest);
    input->used -= rest;
    input->beyond = end == NULL;
}

void plain_input_read(struct plain_input *input)
{
    if (!plain_input_wants(input))
        return;
    ssize_t count = read(STDIN_FILENO, input->text + input->used, sizeof input->text - input->used);
    if (count > 0)
        input->used += (size_t)count;
    else if (count == 0 || (errno != EINTR && errno != EAGAIN))
        input->ended = true;
    drop_rest(input);
}

/* Bytes of the first line, with its end in *taken; false: it is not there yet. */
static bool find_line(const struct plain_input *input, size_t *length, size_t *taken)
{
    const char *end = memchr(input->text, '\n', input->used);
    *length = end != NULL ? (size_t)(end - input->text) : input->used;
    *taken = *length + (end != NULL);
    return end != NULL || input->used == sizeof input->text || (input->ended && input->used > 0);
}

/* As text that a terminal may get, and a line that is too long cut to where it counts as too long. */
static void copy_line(const char *text, size_t length, char line[COMMAND_SIZE + 1])
{
    length = length < COMMAND_SIZE ? length : COMMAND_SIZE;
    memcpy(line, text, length);
    line[length] = '\0';
    for (size_t i = 0; i < length; i++)
        line[i] = line[i] == '\t' || (line[i] == '\r' && i + 1 == length) ? ' ' : line[i] == '\0' ? '?' : line[i];
    text_clean(line);
}

bool plain_input_look(const struct plain_input *input, char line[COMMAND_SIZE + 1])
{
    size_t length;
    size_t taken;
    if (!find_line(input, &length, &taken))
        return false;
    copy_line(input->text, length, line);
    return true;
}

bool plain_input_remove(struct plain_input *input, bool (*wanted)(const char *line))
{
    char line[COMMAND_SIZE + 1];
    const char *end;
    for (size_t at = 0; (end = memchr(input->text + at, '\n', input->used - at)) != NULL;) {
        size_t length = (size_t)(end - input->text) - at;
        copy_line(input->text + at, length, line);
        if (!wanted(line)) {
            at += length + 1;
            continue;
        }
        input->used -= length + 1;
        memmove(input->text + at, end + 1, input->used - at);
        return true;
    }
    return false;
}

bool plain_input_take(struct plain_input *input, char line[COMMAND_SIZE + 1])
{
    size_t length;
    size_t taken;
    if (!plain_input_look(input, line) || !find_line(input, &length, &taken))
        return false;
    input->beyond = taken == length && !input->ended;
    input->used -= taken;
    memmove(input->text, input->text + taken, input->used);
    return true;
}
