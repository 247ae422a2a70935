/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/settings.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any file of options is read as far as it is right, and says in one line what is wrong. Where nothing is, an option
 * and a key change in it or are refused; the rest, settings_edit compares itself. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_refusal(const struct err *err)
{
    if ((err->code != ERR_INPUT && err->code != ERR_MEMORY) || strchr(err->message, '\n'))
        abort();
}

static void change(const char *text, size_t size, const struct settings *before)
{
    struct err err = {.code = ERR_NONE};
    struct settings after;
    char *option = settings_edit_option("config.yaml", text, size, SETTING_FRAMES, "7", &err);
    settings_default(&after);
    if (!option)
        expect_refusal(&err);
    else if (settings_parse("config.yaml", option, strlen(option), &after, &err) || after.frames != 7 ||
             after.theme != before->theme || after.key_count != before->key_count)
        abort();
    free(option);
    const char *action = before->key_count > 0 ? before->keys[0].action : "help";
    for (int i = 0; i < 2; i++) {
        char *keys = settings_edit_keys("config.yaml", text, size, action, i ? "!" : "", &err);
        if (!keys)
            expect_refusal(&err);
        free(keys);
    }
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
    if (code == ERR_NONE)
        change((const char *)data, size, &settings);
    return 0;
}
