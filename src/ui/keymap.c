/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/keymap.h"

#include <string.h>

/* Bindings for what has the focus come before those for the whole screen. */
static bool counts_in(const struct binding *binding, enum keymap_context context)
{
    bool watching = context == KEYMAP_PARAMETERS || context == KEYMAP_CHARTS;
    return binding->context == context || (watching && binding->context == KEYMAP_WATCHING);
}

static bool run_binding(struct lab *lab, enum keymap_context context, uint32_t key, const struct view *view,
                        lab_wish *wish)
{
    for (int row = 0; row < keymap_count; row++) {
        const struct binding *binding = &keymap_table[row];
        if (binding->context != context)
            continue;
        for (int i = 0; i < KEYMAP_KEYS && binding->key[i].key != 0; i++) {
            if (binding->key[i].key == key) {
                *wish = binding->action(lab, binding->key[i].argument, view);
                return true;
            }
        }
    }
    return false;
}

bool keymap_dispatch(struct lab *lab, enum keymap_context context, uint32_t key, const struct view *view,
                     lab_wish *wish)
{
    bool watching = context == KEYMAP_PARAMETERS || context == KEYMAP_CHARTS;
    return run_binding(lab, KEYMAP_ALWAYS, key, view, wish) || run_binding(lab, context, key, view, wish) ||
           (watching && run_binding(lab, KEYMAP_WATCHING, key, view, wish));
}

static int hint_width(const struct binding *binding, enum glyphs glyphs)
{
    return grid_text_width(glyphs, binding->shown) + 1 + grid_text_width(glyphs, binding->hint);
}

enum { HINT_GAP = 2 };

int keymap_hints(enum keymap_context context, int left, int right, enum glyphs glyphs, struct hint hint[KEYMAP_HINTS])
{
    int count = 0;
    int total = 0;
    for (int row = 0; row < keymap_count && count < KEYMAP_HINTS; row++) {
        const struct binding *binding = &keymap_table[row];
        if (binding->hint == NULL || !counts_in(binding, context))
            continue;
        hint[count] = (struct hint){binding, 0, hint_width(binding, glyphs)};
        total += hint[count].width + (count > 0 ? HINT_GAP : 0);
        count++;
    }
    while (count > 1 && total > right - left) { /* the last but one goes */
        total -= hint[count - 2].width + HINT_GAP;
        hint[count - 2] = hint[count - 1];
        count--;
    }
    if (count == 1 && total > right - left)
        count = 0;
    for (int i = 0, x = left; i < count; x += hint[i].width + HINT_GAP, i++)
        hint[i].x = x;
    return count;
}

uint32_t keymap_hint_key(const struct hint *hint, enum glyphs glyphs, int x)
{
    const struct binding *binding = hint->binding;
    int at = hint->x;
    int index = 0;
    for (const char *word = binding->shown;; index++) {
        size_t length = strcspn(word, " ");
        char name[32];
        if (length >= sizeof name)
            break;
        memcpy(name, word, length);
        name[length] = '\0';
        at += grid_text_width(glyphs, name) + 1;
        if (x < at || word[length] == '\0')
            break;
        word += length + 1;
    }
    while (index > 0 && (index >= KEYMAP_KEYS || binding->key[index].key == 0))
        index--;
    return binding->key[index].key;
}
