/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/axis.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any text is either refused with one line, and the axis is empty, or an axis whose values all its keys take, each value as its
 * first key writes it, and none of them twice. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_value(const struct axis *axis, size_t index)
{
    struct config config;
    struct err err;
    char text[KEY_VALUE_SIZE];
    config_default(&config);
    for (int i = 0; i < axis->keys; i++)
        if (key_set(&config, axis->key[i], axis->value[index], &err))
            abort();
    key_format(&config, axis->key[0], text);
    if (strcmp(text, axis->value[index]) != 0)
        abort();
    struct config applied;
    config_default(&applied);
    axis_apply(axis, index, &applied);
    for (int key = 0; key < key_count; key++) {
        char value[KEY_VALUE_SIZE];
        key_format(&config, key, text);
        key_format(&applied, key, value);
        if (strcmp(text, value) != 0)
            abort();
    }
    double number = axis_number(axis, index);
    if (isinf(number) || (index > 0 && strcmp(axis->value[index], axis->value[index - 1]) == 0))
        abort();
}

static void check_axis(const struct axis *axis)
{
    char title[AXIS_TITLE_SIZE];
    if (axis->keys < 1 || axis->keys > AXIS_KEYS || axis->count < 1 || axis->count > AXIS_VALUES)
        abort();
    for (size_t i = 0; i < axis->count; i++)
        check_value(axis, i);
    axis_title(axis, title);
    if (*title == '\0' || (axis_is_geometric(axis) && axis->count < 3))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct axis axis;
    struct err err = {.code = ERR_NONE};
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (!axis_parse(&axis, text, &err))
        check_axis(&axis);
    else if (err.code == ERR_NONE || !*err.message || strchr(err.message, '\n') || axis.value || axis.count ||
             axis.keys)
        abort();
    axis_free(&axis);
    free(text);
    return 0;
}
