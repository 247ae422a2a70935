/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "run/scenario.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any bytes are either a scenario, which then is a checked config that survives being written and read again, or are
 * refused with a place. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(const struct config *a, const struct config *b)
{
    for (int key = 0; key < key_count; key++) {
        char text_a[KEY_VALUE_SIZE];
        char text_b[KEY_VALUE_SIZE];
        key_format(a, key, text_a);
        key_format(b, key, text_b);
        if (strcmp(text_a, text_b) != 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char name[] = "fuzz.yaml";
    struct config config;
    struct err err = {.code = ERR_NONE};
    enum err_code code = scenario_parse(name, (const char *)data, size, &config, &err);
    if (code) {
        if (err.code != code || strchr(err.message, '\n'))
            abort();
        if (code == ERR_INPUT && strncmp(err.message, "fuzz.yaml:", strlen(name) + 1) != 0)
            abort();
        return 0;
    }
    if (config_check(&config, NULL, &err))
        abort();
    char *text = scenario_write(&config);
    struct config again;
    if (!text || scenario_parse(name, text, strlen(text), &again, &err))
        abort();
    same(&config, &again);
    free(text);
    return 0;
}
