/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/settings.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any file of options is read as far as it is right, says in one line what is wrong, and what was read is written so that it reads back to
 * the same. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(const struct settings *settings)
{
    struct settings back;
    struct err err = {.code = ERR_NONE};
    char *text = settings_write(settings);
    if (!text)
        return;
    settings_default(&back);
    if (settings_parse("again", text, strlen(text), &back, &err))
        abort();
    char *again = settings_write(&back);
    if (again && strcmp(text, again) != 0)
        abort();
    free(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings settings;
    struct err err = {.code = ERR_NONE};
    settings_default(&settings);
    enum err_code code = settings_parse("config.yaml", (const char *)data, size, &settings, &err);
    if (code != err.code || strchr(err.message, '\n') ||
        (code == ERR_INPUT && strncmp(err.message, "config.yaml:", 12) != 0))
        abort();
    write_again(&settings);
    return 0;
}
