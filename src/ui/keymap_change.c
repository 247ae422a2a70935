/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/keymap_change.h"

#include "base/text.h"
#include "ui/rune.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The screens' own keymaps. */
static const struct keymap *const screen_keymaps[SCREEN_COUNT] = {
    [SCREEN_LAB] = &lab_keymap,           [SCREEN_TRADEOFFS] = &tradeoffs_keymap, [SCREEN_LANDSCAPE] = &terrain_keymap,
    [SCREEN_RUNS] = &shelf_keymap,        [SCREEN_DIALOGUE] = &dialogue_keymap,   [SCREEN_OPTIONS] = &options_keymap,
    [SCREEN_LESSONS] = &classroom_keymap,
};

/* A keymap that may be changed. */
struct copy {
    struct keymap keymap;
    struct binding *binding;
    char (*shown)[KEYMAP_KEYS_SIZE]; /* by binding; "": as the table has it */
};

struct keymaps {
    struct copy common;
    struct copy screen[SCREEN_COUNT];
};

/* ---- names ---- */

bool keymap_action(const struct binding *binding, char name[KEYMAP_ACTION_SIZE])
{
    size_t used = 0;
    if (binding->context != KEYMAP_WATCHING || binding->hint == NULL)
        return false;
    for (const char *at = binding->hint; *at != '\0' && *at != '/' && used + 1 < KEYMAP_ACTION_SIZE; at++)
        name[used++] = *at == ' ' ? '-' : (char)tolower((unsigned char)*at);
    name[used] = '\0';
    return true;
}

uint32_t keymap_key_named(const char *name)
{
    static const struct {
        const char *name;
        uint32_t key;
    } table[] = {
        {"Space", ' '},
        {"Enter", EVENT_KEY_ENTER},
        {"Esc", EVENT_KEY_ESCAPE},
        {"Tab", EVENT_KEY_TAB},
        {"Shift-Tab", EVENT_KEY_BACK_TAB},
        {"Backspace", EVENT_KEY_BACKSPACE},
        {"Delete", EVENT_KEY_DELETE},
        {"PgUp", EVENT_KEY_PAGE_UP},
        {"PgDn", EVENT_KEY_PAGE_DOWN},
        {"Home", EVENT_KEY_HOME},
        {"End", EVENT_KEY_END},
        {"↑", EVENT_KEY_UP},
        {"↓", EVENT_KEY_DOWN},
        {"←", EVENT_KEY_LEFT},
        {"→", EVENT_KEY_RIGHT},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].key;
    if (name[0] == 'F' && name[1] >= '1' && name[1] <= '9') {
        char *end;
        long number = strtol(name + 1, &end, 10);
        return *end == '\0' && number <= 12 ? EVENT_KEY_F1 + (uint32_t)number - 1 : 0;
    }
    if (*name == '\0')
        return 0;
    uint32_t rune = rune_decode(&name);
    return *name == '\0' && rune > ' ' && rune_is_narrow(rune) ? rune : 0;
}

static bool find_word(const struct keymap *keymap, const char *action, struct keymap_word *word)
{
    for (int row = 0; row < keymap->count; row++) {
        char name[KEYMAP_ACTION_SIZE];
        const char *shown = keymap->binding[row].shown;
        if (!keymap_action(&keymap->binding[row], name) || strcmp(name, action) != 0)
            continue;
        snprintf(word->text, sizeof word->text, "%.*s", (int)strcspn(shown, " "), shown);
        return true;
    }
    return false;
}

struct keymap_word keymap_word(const struct keymap *keymap, const char *action)
{
    struct keymap_word word;
    const struct keymap *common = keymap->common != NULL ? keymap->common : &frame_keymap;
    if (!find_word(keymap, action, &word) && !find_word(common, action, &word))
        snprintf(word.text, sizeof word.text, "%s", action);
    return word;
}

/* ---- copies ---- */

static bool make_copy(struct copy *copy, const struct keymap *from)
{
    size_t count = (size_t)from->count;
    copy->keymap = *from;
    copy->binding = calloc(count, sizeof *copy->binding);
    copy->shown = calloc(count, sizeof *copy->shown);
    if (copy->binding == NULL || copy->shown == NULL)
        return false;
    memcpy(copy->binding, from->binding, count * sizeof *copy->binding);
    copy->keymap.binding = copy->binding;
    return true;
}

static void free_copy(struct copy *copy)
{
    free(copy->binding);
    free(copy->shown);
}

void keymaps_free(struct keymaps *keymaps)
{
    if (keymaps == NULL)
        return;
    free_copy(&keymaps->common);
    for (int i = 0; i < SCREEN_COUNT; i++)
        free_copy(&keymaps->screen[i]);
    free(keymaps);
}

const struct keymap *keymaps_of(const struct keymaps *keymaps, enum screen_id screen)
{
    return keymaps != NULL ? &keymaps->screen[screen].keymap : screen_keymaps[screen];
}

static bool entry_of(const struct keymap *keymap, const char *screen, int *index, struct keymap_entry *entry)
{
    for (int row = 0; row < keymap->count; row++) {
        char name[KEYMAP_ACTION_SIZE];
        if (!keymap_action(&keymap->binding[row], name) || (*index)-- > 0)
            continue;
        entry->binding = &keymap->binding[row];
        snprintf(entry->action, sizeof entry->action, "%.12s%s%.24s", screen, *screen != '\0' ? "." : "", name);
        for (char *at = entry->action; *at != '\0'; at++)
            *at = (char)tolower((unsigned char)*at);
        return true;
    }
    return false;
}

static int count_entries(const struct keymap *keymap)
{
    int count = 0;
    char unused[KEYMAP_ACTION_SIZE];
    for (int row = 0; row < keymap->count; row++)
        count += keymap_action(&keymap->binding[row], unused);
    return count;
}

int keymaps_count(const struct keymaps *keymaps)
{
    int count = count_entries(keymaps != NULL ? &keymaps->common.keymap : &frame_keymap);
    for (int screen = 0; screen < SCREEN_COUNT; screen++)
        count += count_entries(keymaps_of(keymaps, (enum screen_id)screen));
    return count;
}

bool keymaps_entry(const struct keymaps *keymaps, int index, struct keymap_entry *entry)
{
    if (entry_of(keymaps != NULL ? &keymaps->common.keymap : &frame_keymap, "", &index, entry))
        return true;
    for (int screen = 0; screen < SCREEN_COUNT; screen++)
        if (entry_of(keymaps_of(keymaps, (enum screen_id)screen), screen_names[screen], &index, entry))
            return true;
    return false;
}

/* ---- changes ---- */

enum { ALL_SCREENS = -1 };

/* What a change is for: the action's name, and the screen that stands before it. */
static const char *target_of(const struct keymap_change *change, int *screen)
{
    const char *dot = strchr(change->action, '.');
    *screen = ALL_SCREENS;
    if (dot == NULL)
        return change->action;
    for (int i = 0; i < SCREEN_COUNT; i++) {
        size_t length = strlen(screen_names[i]);
        if (length == (size_t)(dot - change->action) && strncasecmp(screen_names[i], change->action, length) == 0)
            *screen = i;
    }
    return *screen == ALL_SCREENS ? change->action : dot + 1;
}

static bool is_target(const struct binding *binding, const char *action)
{
    char name[KEYMAP_ACTION_SIZE];
    return keymap_action(binding, name) && strcmp(name, action) == 0;
}

/* The arguments of a binding in the order in which they come first; returns how many. */
static int distinct_arguments(const struct binding *binding, int argument[KEYMAP_KEYS])
{
    int count = 0;
    for (int i = 0; i < KEYMAP_KEYS && binding->key[i].key != 0; i++) {
        bool known = false;
        for (int j = 0; j < count; j++)
            known = known || argument[j] == binding->key[i].argument;
        if (!known)
            argument[count++] = binding->key[i].argument;
    }
    return count;
}

/* Reads the keys' names. */
static enum err_code read_keys(const struct keymap_change *change, uint32_t key[KEYMAP_KEYS], int *count,
                               struct err *err)
{
    char text[KEYMAP_KEYS_SIZE];
    char *rest = NULL;
    *count = 0;
    snprintf(text, sizeof text, "%s", change->keys);
    for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        char clip[TEXT_CLIP_SIZE];
        text_clip(clip, word);
        uint32_t named = keymap_key_named(word);
        if (named == 0)
            return err_set(err, ERR_INPUT,
                           "keys.%s: no key is called \"%s\"; there are characters, Space, Tab, Enter, Home, PgUp, F9 "
                           "and the like",
                           change->action, clip);
        if (*count == KEYMAP_KEYS)
            return err_set(err, ERR_INPUT, "keys.%s: at most %d keys", change->action, KEYMAP_KEYS);
        key[(*count)++] = named;
    }
    return *count > 0 ? ERR_NONE : err_set(err, ERR_INPUT, "keys.%s needs a key", change->action);
}

static enum err_code change_binding(struct copy *copy, int row, const struct keymap_change *change, struct err *err)
{
    struct binding *binding = &copy->binding[row];
    uint32_t key[KEYMAP_KEYS];
    int argument[KEYMAP_KEYS];
    int count;
    int arguments = distinct_arguments(binding, argument);
    if (read_keys(change, key, &count, err))
        return err->code;
    if (arguments == 0 || count % arguments != 0)
        return err_set(err, ERR_INPUT, "keys.%s needs %d keys, in the order of \"%s\" (%s)", change->action, arguments,
                       binding->shown, binding->help);
    memset(binding->key, 0, sizeof binding->key);
    for (int i = 0; i < count; i++) {
        binding->key[i].key = key[i];
        binding->key[i].argument = argument[i % arguments];
    }
    snprintf(copy->shown[row], sizeof copy->shown[row], "%s", change->keys);
    binding->shown = copy->shown[row];
    return ERR_NONE;
}

/* In one keymap; *found becomes true where it has the action. */
static enum err_code apply_to(struct copy *copy, const char *action, const struct keymap_change *change, bool *found,
                              struct err *err)
{
    for (int row = 0; row < copy->keymap.count; row++) {
        if (!is_target(&copy->binding[row], action))
            continue;
        *found = true;
        if (change_binding(copy, row, change, err))
            return err->code;
    }
    return ERR_NONE;
}

static void offer_names(const struct keymap *keymap, struct text_guess *guess, char known[][KEYMAP_ACTION_SIZE],
                        int *count)
{
    for (int row = 0; row < keymap->count && *count < KEYMAP_LINES; row++)
        if (keymap_action(&keymap->binding[row], known[*count]))
            text_guess_offer(guess, known[(*count)++]);
}

static enum err_code refuse_action(const struct keymap_change *change, struct err *err)
{
    char known[KEYMAP_LINES][KEYMAP_ACTION_SIZE];
    int count = 0;
    struct text_guess guess = {.word = change->action};
    offer_names(&frame_keymap, &guess, known, &count);
    for (int i = 0; i < SCREEN_COUNT; i++)
        offer_names(screen_keymaps[i], &guess, known, &count);
    return err_set(err, ERR_INPUT, "keys.%s: no key does that%s%s%s", change->action,
                   guess.best ? "; did you mean " : "; names are those of the hints, such as run, step or new-seed",
                   guess.best ? guess.best : "", guess.best ? "?" : "");
}

static enum err_code apply(struct keymaps *keymaps, const struct keymap_change *change, struct err *err)
{
    bool found = false;
    int screen;
    const char *action = target_of(change, &screen);
    enum err_code code = screen == ALL_SCREENS ? apply_to(&keymaps->common, action, change, &found, err) : ERR_NONE;
    for (int i = 0; i < SCREEN_COUNT && !code; i++)
        if (screen == ALL_SCREENS || screen == i)
            code = apply_to(&keymaps->screen[i], action, change, &found, err);
    return code || found ? code : refuse_action(change, err);
}

/* ---- conflicts ---- */

static bool looked_up_together(enum keymap_context a, enum keymap_context b)
{
    bool watching_a = a == KEYMAP_PARAMETERS || a == KEYMAP_CHARTS;
    bool watching_b = b == KEYMAP_PARAMETERS || b == KEYMAP_CHARTS;
    return a == b || a == KEYMAP_ALWAYS || b == KEYMAP_ALWAYS || (a == KEYMAP_WATCHING && watching_b) ||
           (b == KEYMAP_WATCHING && watching_a);
}

static bool share_a_key(const struct binding *a, const struct binding *b)
{
    for (int i = 0; i < KEYMAP_KEYS && a->key[i].key != 0; i++)
        for (int j = 0; j < KEYMAP_KEYS && b->key[j].key != 0; j++)
            if (a->key[i].key == b->key[j].key)
                return true;
    return false;
}

static bool repeats_a_key(const struct binding *binding)
{
    for (int i = 0; i < KEYMAP_KEYS && binding->key[i].key != 0; i++)
        for (int j = 0; j < i; j++)
            if (binding->key[i].key == binding->key[j].key)
                return true;
    return false;
}

/* Another binding of these that shares a key with this one; NULL: none. */
static const struct binding *rival_in(const struct copy *copy, const struct binding *binding)
{
    for (int row = 0; row < copy->keymap.count; row++) {
        const struct binding *other = &copy->binding[row];
        if (other != binding && looked_up_together(binding->context, other->context) && share_a_key(binding, other))
            return other;
    }
    return NULL;
}

static enum err_code check_copy(const struct keymaps *keymaps, const struct copy *own, enum screen_id screen,
                                const struct keymap_change *change, struct err *err)
{
    int only;
    const char *action = target_of(change, &only);
    for (int row = 0; row < own->keymap.count && (only == ALL_SCREENS || only == (int)screen); row++) {
        const struct binding *binding = &own->binding[row];
        if (!is_target(binding, action))
            continue;
        const struct binding *rival = rival_in(&keymaps->screen[screen], binding);
        rival = rival != NULL ? rival : rival_in(&keymaps->common, binding);
        if (rival != NULL)
            return err_set(err, ERR_INPUT, "keys.%s: \"%s\" would also be %s (%s); give that another key first",
                           change->action, change->keys, rival->help, screen_names[screen]);
        if (repeats_a_key(binding))
            return err_set(err, ERR_INPUT, "keys.%s: \"%s\" has a key twice", change->action, change->keys);
    }
    return ERR_NONE;
}

static enum err_code check(const struct keymaps *keymaps, const struct keymap_change *change, struct err *err)
{
    enum err_code code = ERR_NONE;
    for (int i = 0; i < SCREEN_COUNT && !code; i++) {
        code = check_copy(keymaps, &keymaps->screen[i], (enum screen_id)i, change, err);
        if (!code)
            code = check_copy(keymaps, &keymaps->common, (enum screen_id)i, change, err);
    }
    return code;
}

/* Copies of the tables; NULL: no memory. */
static struct keymaps *make_copies(void)
{
    struct keymaps *keymaps = calloc(1, sizeof *keymaps);
    if (keymaps == NULL)
        return NULL;
    bool made = make_copy(&keymaps->common, &frame_keymap);
    for (int i = 0; i < SCREEN_COUNT && made; i++) {
        made = make_copy(&keymaps->screen[i], screen_keymaps[i]);
        keymaps->screen[i].keymap.common = &keymaps->common.keymap;
    }
    if (made)
        return keymaps;
    keymaps_free(keymaps);
    return NULL;
}

struct keymaps *keymaps_new(const struct keymap_change *change, int count, int *bad, struct err *err)
{
    enum err_code code = ERR_NONE;
    struct keymaps *keymaps = make_copies();
    *bad = 0;
    if (keymaps == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the keys");
        return NULL;
    }
    for (int i = 0; i < count && !code; i++) {
        *bad = i;
        code = apply(keymaps, &change[i], err);
    }
    for (int i = 0; i < count && !code; i++) { /* all of them first, so that keys can change places */
        *bad = i;
        code = check(keymaps, &change[i], err);
    }
    if (!code)
        return keymaps;
    keymaps_free(keymaps);
    return NULL;
}
