/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/preferences.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* NULL: neither folder is known, or no memory, which *err says. Paths that do not begin at the root are passed over, by the XDG base
 * directory specification. */
static char *find_path(struct err *err)
{
    char *path = NULL;
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    int size = 0;
    if (config != NULL && config[0] == '/')
        size = asprintf(&path, "%s/rankscope/config.yaml", config);
    else if (home != NULL && home[0] == '/')
        size = asprintf(&path, "%s/.config/rankscope/config.yaml", home);
    if (size < 0)
        err_set(err, ERR_MEMORY, "no memory for the options");
    return size > 0 ? path : NULL;
}

void preferences_load(struct preferences *preferences)
{
    struct stat status;
    char *text = NULL;
    size_t size = 0;
    *preferences = (struct preferences){.path = NULL};
    preferences->path = find_path(&preferences->err);
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

/* Makes the two last folders of the path, if they are missing. */
static enum err_code make_folders(const char *path, struct err *err)
{
    char *folder = strdup(path);
    enum err_code code = folder != NULL ? ERR_NONE : err_set(err, ERR_MEMORY, "no memory to keep the options");
    char *last = folder != NULL ? strrchr(folder, '/') : NULL;
    if (last != NULL)
        *last = '\0';
    for (int up = 1; up >= 0 && last != NULL && !code; up--) {
        char *slash = strrchr(folder, '/');
        if (up == 1 && slash != NULL && slash != folder)
            *slash = '\0';
        if (mkdir(folder, S_IRWXU) != 0 && errno != EEXIST)
            code = err_set(err, ERR_IO, "%s: cannot make this folder for the options: %s", folder, strerror(errno));
        if (up == 1 && slash != NULL && slash != folder)
            *slash = '/';
    }
    free(folder);
    return code;
}

static enum err_code keep(const struct preferences *preferences, struct err *err)
{
    if (preferences->path == NULL && preferences->err.code == ERR_MEMORY)
        return err_set(err, ERR_MEMORY, "%s", preferences->err.message);
    if (preferences->path == NULL)
        return err_set(err, ERR_IO, "HOME is not set, so there is no place to keep options");
    if (preferences->broken && preferences->err.code == ERR_MEMORY)
        return err_set(err, ERR_MEMORY, "%s", preferences->err.message);
    if (preferences->broken)
        return err_set(err, ERR_IO, "not kept, since the file has a mistake: %s", preferences->err.message);
    if (make_folders(preferences->path, err))
        return err->code;
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
