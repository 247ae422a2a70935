/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/keymap.h"

#include <string.h>

static bool is_watching(enum keymap_context context)
{
    return context == KEYMAP_PARAMETERS || context == KEYMAP_CHARTS ||
           (context >= KEYMAP_LIST && context <= KEYMAP_DEMO);
}

/* Bindings for what has the focus come before those for the whole screen. */
static bool counts_in(const struct binding *binding, enum keymap_context context)
{
    return binding->context == context || (is_watching(context) && binding->context == KEYMAP_WATCHING);
}

static const struct binding *find_in(const struct keymap *keymap, enum keymap_context context, uint32_t key,
                                     int *argument)
{
    for (int row = 0; row < keymap->count; row++) {
        const struct binding *binding = &keymap->binding[row];
        if (binding->context != context)
            continue;
        for (int i = 0; i < KEYMAP_KEYS && binding->key[i].key != 0; i++) {
            if (binding->key[i].key == key) {
                *argument = binding->key[i].argument;
                return binding;
            }
        }
    }
    return NULL;
}

static const struct keymap *common_of(const struct keymap *keymap)
{
    return keymap->common != NULL ? keymap->common : &frame_keymap;
}

const struct binding *keymap_find(const struct keymap *keymap, enum keymap_context context, uint32_t key, int *argument)
{
    const struct binding *found = find_in(keymap, KEYMAP_ALWAYS, key, argument);
    if (found == NULL)
        found = find_in(keymap, context, key, argument);
    if (found == NULL && is_watching(context))
        found = find_in(keymap, KEYMAP_WATCHING, key, argument);
    return found;
}

/* ---- hints ---- */

static int hint_width(const struct binding *binding, enum glyphs glyphs)
{
    return grid_text_width(glyphs, binding->shown) + 1 + grid_text_width(glyphs, binding->hint);
}

static int collect_hints(const struct keymap *keymap, enum keymap_context context, enum glyphs glyphs, int count,
                         struct hint hint[KEYMAP_HINTS])
{
    for (int row = 0; row < keymap->count && count < KEYMAP_HINTS; row++) {
        const struct binding *binding = &keymap->binding[row];
        if (binding->hint != NULL && counts_in(binding, context))
            hint[count++] = (struct hint){binding, 0, hint_width(binding, glyphs)};
    }
    return count;
}

enum { HINT_GAP = 2 };

int keymap_hints(const struct keymap *keymap, enum keymap_context context, int left, int right, enum glyphs glyphs,
                 struct hint hint[KEYMAP_HINTS])
{
    int count = collect_hints(keymap, context, glyphs, 0, hint);
    count = collect_hints(common_of(keymap), context, glyphs, count, hint);
    int total = 0;
    for (int i = 0; i < count; i++)
        total += hint[i].width + (i > 0 ? HINT_GAP : 0);
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

/* ---- all keys ---- */

static int add_group(const struct keymap *keymap, enum keymap_group group, int count,
                     struct keymap_line line[KEYMAP_LINES])
{
    for (int row = 0; row < keymap->count && count < KEYMAP_LINES; row++)
        if (keymap->binding[row].group == group)
            line[count++] = (struct keymap_line){.binding = &keymap->binding[row]};
    return count;
}

int keymap_lines(const struct keymap *keymap, struct keymap_line line[KEYMAP_LINES])
{
    int count = 0;
    for (int group = 0; group < GROUP_COUNT; group++) {
        const char *title = keymap->titles[group] != NULL ? keymap->titles[group] : frame_keymap.titles[group];
        if (title == NULL)
            continue;
        if (count < KEYMAP_LINES)
            line[count++] = (struct keymap_line){.title = title};
        count = add_group(keymap, (enum keymap_group)group, count, line);
        count = add_group(common_of(keymap), (enum keymap_group)group, count, line);
    }
    return count;
}

void keymap_write(const struct keymap *keymap, FILE *stream)
{
    struct keymap_line line[KEYMAP_LINES];
    int count = keymap_lines(keymap, line);
    for (int i = 0; i < count; i++) {
        if (line[i].title != NULL) {
            fprintf(stream, "%s%s\n", i > 0 ? "\n" : "", line[i].title);
            continue;
        }
        int pad = 17 - grid_text_width(GLYPHS_BRAILLE, line[i].binding->shown);
        fprintf(stream, "  %s%*s%s\n", line[i].binding->shown, pad > 1 ? pad : 1, "", line[i].binding->help);
    }
}
