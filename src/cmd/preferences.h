/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_PREFERENCES_H
#define RANKSCOPE_CMD_PREFERENCES_H

#include "ui/settings.h"

/* The options of a person: in $XDG_CONFIG_HOME/rankscope/config.yaml, or below $HOME/.config. What the command line says besides is
 * for one visit, and not kept. */
struct preferences {
    char *path;          /* NULL: there is no place to keep them */
    struct settings now; /* as they count */
    struct err err;      /* what there is to say of reading it; code ERR_NONE: nothing */
};

/* Never fails: what is wrong is in `err`, and what is right counts. */
void preferences_load(struct preferences *preferences);
void preferences_free(struct preferences *preferences);

/* Changes one, from now on and in the file, where everything else stays as it is. ERR_INPUT: it is no value, and
 * nothing has changed. Any other error, such as a mistake in the file: it counts, but was not kept, and *err says
 * why. */
enum err_code preferences_change(struct preferences *preferences, enum setting_id id, const char *text,
                                 struct err *err);

/* The same for keys; *keymaps are those that count from now on, the caller's to free, or NULL where nothing has changed. */
enum err_code preferences_change_keys(struct preferences *preferences, const char *action, const char *keys,
                                      struct keymaps **keymaps, struct err *err);

#endif
