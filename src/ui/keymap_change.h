/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_KEYMAP_CHANGE_H
#define RANKSCOPE_UI_KEYMAP_CHANGE_H

#include "base/err.h"
#include "ui/keymap.h"

/* Keys that a person has changed. What a key does on every screen has a name, made of its hint: "run/pause" is run, "new seed" new-seed;
 * keys without a hint, and those for moving and typing, cannot be changed. Before the name a screen may stand, and a dot: "lab.run". */

enum { KEYMAP_CHANGES = 48, KEYMAP_ACTION_SIZE = 40, KEYMAP_KEYS_SIZE = 48 };

struct keymap_change {
    char action[KEYMAP_ACTION_SIZE];
    char keys[KEYMAP_KEYS_SIZE]; /* as they are shown, with a blank between two: "x", "Space F9" */
};

/* The name of what a binding does; false: it has none, and cannot be changed. */
bool keymap_action(const struct binding *binding, char name[KEYMAP_ACTION_SIZE]);

/* The keymaps of all screens, changed. */
struct keymaps;

/* Makes them; none of them may mean two things at once. ERR_INPUT: *bad is the change to blame, and *err says what is wrong and what is
 * allowed. NULL then, and where there is no memory. */
struct keymaps *keymaps_new(const struct keymap_change *change, int count, int *bad, struct err *err);
void keymaps_free(struct keymaps *keymaps); /* NULL is allowed */

/* NULL keymaps: as the tables have it. */
const struct keymap *keymaps_of(const struct keymaps *keymaps, enum screen_id screen);

/* What can be changed, one after the other: those of every screen, then each screen's with its name before it. False: there is none of
 * this index. */
struct keymap_entry {
    char action[KEYMAP_ACTION_SIZE];
    const struct binding *binding; /* as it is now */
};
int keymaps_count(const struct keymaps *keymaps);
bool keymaps_entry(const struct keymaps *keymaps, int index, struct keymap_entry *entry);

/* What sentences call the key that does this on a screen with this keymap: the first of them. The action's name where there is none. */
struct keymap_word {
    char text[KEYMAP_KEYS_SIZE];
};
struct keymap_word keymap_word(const struct keymap *keymap, const char *action);
#define KEYMAP_WORD(keymap, action) (keymap_word(keymap, action).text)

/* A key by its name, as tables show it: "x", "Space", "PgUp", "F9". 0: there is none. */
uint32_t keymap_key_named(const char *name);

#endif
