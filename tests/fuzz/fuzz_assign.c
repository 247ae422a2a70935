/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any KEY=VALUE is either refused, and the config stays as it was, or sets a value that reads back to the same text. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void set_again(const struct config *config)
{
    for (int key = 0; key < key_count; key++) {
        char text[KEY_VALUE_SIZE];
        char back[KEY_VALUE_SIZE];
        struct config copy = *config;
        struct err err;
        key_format(config, key, text);
        if (strcmp(key_table[key].path, "title") == 0 && *text == '\0')
            continue; /* the default */
        if (key_set(&copy, key, text, &err))
            abort();
        key_format(&copy, key, back);
        if (strcmp(text, back) != 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';

    struct config config;
    struct err err = {.code = ERR_NONE};
    config_default(&config);
    struct config before;
    memcpy(&before, &config, sizeof before);
    if (key_assign(&config, text, &err)) {
        if (err.code == ERR_NONE || strchr(err.message, '\n') || memcmp(&before, &config, sizeof before) != 0)
            abort();
    } else {
        set_again(&config);
    }
    free(text);
    return 0;
}
