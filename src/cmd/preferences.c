/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/preferences.h"

#include "base/file.h"
#include "base/home.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_there(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

void preferences_load(struct preferences *preferences)
{
    char *text = NULL;
    size_t size = 0;
    *preferences = (struct preferences){.path = NULL};
    preferences->path = home_path(HOME_CONFIG, "config.yaml", false, "the options", &preferences->err);
    if (preferences->err.code == ERR_INPUT)
        preferences->err.code = ERR_NONE; /* who has no place for a file misses none */
    settings_default(&preferences->now);
    if (preferences->path == NULL || !is_there(preferences->path))
        return;
    if (file_read(preferences->path, SETTINGS_FILE_MAX, &text, &size, &preferences->err) == ERR_NONE)
        settings_parse(preferences->path, text, size, &preferences->now, &preferences->err);
    free(text);
}

void preferences_free(struct preferences *preferences)
{
    free(preferences->path);
    preferences->path = NULL;
}

/* ---- keeping ---- */

/* What is wrong with the file, or with the change once it is there, does not undo the change. */
static enum err_code refuse(const struct err *why, struct err *err)
{
    if (why->code == ERR_INPUT)
        return err_set(err, ERR_IO, "not kept: %s", why->message);
    *err = *why;
    return err->code;
}

/* One change, as settings_edit_option has it, or with an action, as settings_edit_keys. The file is read anew: it may
 * have been written by hand meanwhile. */
static enum err_code keep(const struct preferences *preferences, enum setting_id id, const char *action,
                          const char *value, struct err *err)
{
    const char *path = preferences->path;
    char *text = NULL, *next = NULL;
    size_t size = 0;
    struct err why = {.code = ERR_NONE};
    if (path == NULL && preferences->err.code == ERR_MEMORY)
        return err_set(err, ERR_MEMORY, "%s", preferences->err.message);
    if (path == NULL)
        return err_set(err, ERR_IO, "HOME is not set, so there is no place for the options");
    char *made = home_path(HOME_CONFIG, "config.yaml", true, "the options", err);
    if (made == NULL)
        return err->code;
    free(made);
    if (is_there(path) && file_read(path, SETTINGS_FILE_MAX, &text, &size, &why))
        return refuse(&why, err);
    next = action ? settings_edit_keys(path, text ? text : "", size, action, value, &why)
                  : settings_edit_option(path, text ? text : "", size, id, value, &why);
    enum err_code code = next ? file_write(path, next, strlen(next), err) : refuse(&why, err);
    free(text);
    free(next);
    return code;
}

enum err_code preferences_change(struct preferences *preferences, enum setting_id id, const char *text, struct err *err)
{
    if (setting_set(&preferences->now, id, text, err))
        return err->code;
    return keep(preferences, id, NULL, text, err);
}

enum err_code preferences_change_keys(struct preferences *preferences, const char *action, const char *keys,
                                      struct keymaps **keymaps, struct err *err)
{
    if (settings_set_keys(&preferences->now, action, keys, keymaps, err))
        return err->code;
    return keep(preferences, SETTING_COUNT, action, keys, err);
}
