/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/preferences.h"

#include "base/file.h"
#include "base/home.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void preferences_load(struct preferences *preferences)
{
    struct stat status;
    char *text = NULL;
    size_t size = 0;
    *preferences = (struct preferences){.path = NULL};
    preferences->path = home_path(HOME_CONFIG, "config.yaml", false, "the options", &preferences->err);
    if (preferences->err.code == ERR_INPUT)
        preferences->err.code = ERR_NONE; /* who has no place for a file misses none */
    settings_default(&preferences->saved);
    preferences->now = preferences->saved;
    if (preferences->path == NULL || (stat(preferences->path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)))
        return;
    if (file_read(preferences->path, SETTINGS_FILE_MAX, &text, &size, &preferences->err) == ERR_NONE)
        settings_parse(preferences->path, text, size, &preferences->saved, &preferences->err);
    free(text);
    preferences->broken = preferences->err.code != ERR_NONE;
    preferences->now = preferences->saved;
}

void preferences_free(struct preferences *preferences)
{
    free(preferences->path);
    preferences->path = NULL;
}

/* ---- keeping ---- */

static enum err_code keep(const struct preferences *preferences, struct err *err)
{
    if (preferences->path == NULL && preferences->err.code == ERR_MEMORY)
        return err_set(err, ERR_MEMORY, "%s", preferences->err.message);
    if (preferences->path == NULL)
        return err_set(err, ERR_IO, "HOME is not set, so there is no place for the options");
    if (preferences->broken && preferences->err.code == ERR_MEMORY)
        return err_set(err, ERR_MEMORY, "%s", preferences->err.message);
    if (preferences->broken)
        return err_set(err, ERR_IO, "not kept, since the file has a mistake: %s", preferences->err.message);
    char *made = home_path(HOME_CONFIG, "config.yaml", true, "the options", err);
    if (made == NULL)
        return err->code;
    free(made);
    char *text = settings_write(&preferences->saved);
    if (text == NULL)
        return err_set(err, ERR_MEMORY, "no memory to keep the options");
    enum err_code code = file_write(preferences->path, text, strlen(text), err);
    free(text);
    return code;
}

enum err_code preferences_change(struct preferences *preferences, enum setting_id id, const char *text, struct err *err)
{
    struct settings next = preferences->now;
    if (setting_set(&next, id, text, err))
        return err->code;
    preferences->now = next;
    setting_set(&preferences->saved, id, text, err); /* which was right just now */
    return keep(preferences, err);
}

/* No line of the command changes keys, so those that are saved are those that count. */
enum err_code preferences_change_keys(struct preferences *preferences, const char *action, const char *keys,
                                      struct keymaps **keymaps, struct err *err)
{
    if (settings_set_keys(&preferences->now, action, keys, keymaps, err))
        return err->code;
    memcpy(preferences->saved.keys, preferences->now.keys, sizeof preferences->saved.keys);
    preferences->saved.key_count = preferences->now.key_count;
    return keep(preferences, err);
}
