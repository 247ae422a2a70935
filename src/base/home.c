/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/home.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *variable;
    const char *below_home[3]; /* folders; the later ones may be NULL */
} homes[] = {
    [HOME_CONFIG] = {"XDG_CONFIG_HOME", {"/.config"}},
    [HOME_DATA] = {"XDG_DATA_HOME", {"/.local", "/share"}},
    [HOME_STATE] = {"XDG_STATE_HOME", {"/.local", "/state"}},
};

static enum err_code make_folder(const char *path, const char *what, struct err *err)
{
    if (mkdir(path, S_IRWXU) == 0 || errno == EEXIST)
        return ERR_NONE;
    return err_set(err, ERR_IO, "%s: cannot make this folder for %s: %s", path, what, strerror(errno));
}

char *home_path(enum home_kind kind, const char *name, bool making, const char *what, struct err *err)
{
    static const char *const none[] = {"", NULL};
    const char *given = getenv(homes[kind].variable), *home = getenv("HOME");
    bool is_given = given && given[0] == '/'; /* others are to be passed over, by the specification */
    if (!is_given && !(home && *home)) {
        err_set(err, ERR_INPUT, "HOME is not set, so there is no place for %s", what);
        return NULL;
    }
    const char *root = is_given ? given : home;
    size_t size = strlen(root) + sizeof "/.local/share/rankscope/" + strlen(name);
    char *path = malloc(size);
    if (!path) {
        err_set(err, ERR_MEMORY, "no memory for the path of %s", what);
        return NULL;
    }
    int used = snprintf(path, size, "%s", root);
    bool made = true;
    for (const char *const *folder = is_given ? none : homes[kind].below_home; *folder && made; folder++) {
        used += snprintf(path + used, size - (size_t)used, "%s", *folder);
        made = !making || make_folder(path, what, err) == ERR_NONE;
    }
    if (made) {
        used += snprintf(path + used, size - (size_t)used, "/rankscope");
        made = !making || make_folder(path, what, err) == ERR_NONE;
    }
    if (!made) {
        free(path);
        return NULL;
    }
    snprintf(path + used, size - (size_t)used, "/%s", name);
    return path;
}
