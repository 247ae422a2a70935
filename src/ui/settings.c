/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/settings.h"

#include "base/text.h"
#include "run/scenario.h"
#include "ui/theme.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *theme_name(int index)
{
    return index < THEME_COUNT ? theme_table[index].name : NULL;
}

static const char *glyphs_name(int index)
{
    static const char *const names[] = {"auto", "braille", "blocks", "ascii", NULL};
    return names[index];
}

static const char *switch_name(int index)
{
    static const char *const names[] = {"off", "on", NULL};
    return names[index];
}

#define MEMBER(member) .offset = offsetof(struct settings, member)

const struct setting setting_table[SETTING_COUNT] = {
    [SETTING_THEME] = {"theme", "theme", "Colours: the terminal's own background, or a painted one.", SETTING_CHOICE,
                       MEMBER(theme), .choice = theme_name},
    [SETTING_GLYPHS] = {"glyphs", "glyphs", "What charts are drawn with; auto goes by the locale and the terminal.",
                        SETTING_CHOICE, MEMBER(glyphs), .choice = glyphs_name},
    [SETTING_FRAMES] = {"frame-rate", "frame rate",
                        "Pictures a second, at most, while something runs; keys show at once.", SETTING_NUMBER,
                        MEMBER(frames), .minimum = 1, .maximum = 60},
    [SETTING_MOTION] = {"reduced-motion", "reduced motion", "While something runs, the picture changes once a second.",
                        SETTING_CHOICE, MEMBER(reduced_motion), .choice = switch_name},
    [SETTING_MOUSE] = {"mouse", "mouse", "Off leaves the mouse to the terminal, for selecting text.", SETTING_CHOICE,
                       MEMBER(mouse), .choice = switch_name},
    [SETTING_GNUPLOT] = {"gnuplot", "gnuplot", "What gnuplot draws with, such as qt or x11; auto is its own choice.",
                         SETTING_TEXT, MEMBER(gnuplot), .maximum = SETTINGS_GNUPLOT_SIZE},
    [SETTING_SCENARIO] = {"scenario", "scenario", "What the lab opens with: a built-in's name, or a file.",
                          SETTING_TEXT, MEMBER(scenario), .maximum = SETTINGS_SCENARIO_SIZE},
};

void settings_default(struct settings *settings)
{
    *settings = (struct settings){.frames = 60, .mouse = 1, .scenario = SCENARIO_DEFAULT};
}

int setting_find(const char *name)
{
    for (int id = 0; id < SETTING_COUNT; id++)
        if (strcmp(setting_table[id].name, name) == 0)
            return id;
    return -1;
}

/* ---- values ---- */

static int get(const struct settings *settings, enum setting_id id)
{
    int value;
    memcpy(&value, (const char *)settings + setting_table[id].offset, sizeof value);
    return value;
}

static void put(struct settings *settings, enum setting_id id, int value)
{
    memcpy((char *)settings + setting_table[id].offset, &value, sizeof value);
}

void setting_format(const struct settings *settings, enum setting_id id, char text[SETTING_VALUE_SIZE])
{
    const struct setting *row = &setting_table[id];
    const char *own = (const char *)settings + row->offset;
    if (row->type == SETTING_TEXT)
        snprintf(text, SETTING_VALUE_SIZE, "%s", *own != '\0' ? own : "auto");
    else if (row->type == SETTING_NUMBER)
        snprintf(text, SETTING_VALUE_SIZE, "%d", get(settings, id));
    else
        snprintf(text, SETTING_VALUE_SIZE, "%s", row->choice(get(settings, id)));
}

void setting_allowed(enum setting_id id, char text[SETTING_ALLOWED_SIZE])
{
    const struct setting *row = &setting_table[id];
    size_t used = 0;
    if (row->type == SETTING_NUMBER) {
        snprintf(text, SETTING_ALLOWED_SIZE, "a whole number from %d to %d", row->minimum, row->maximum);
        return;
    }
    if (row->type == SETTING_TEXT) {
        snprintf(text, SETTING_ALLOWED_SIZE, "a name of at most %d bytes", row->maximum - 1);
        return;
    }
    for (int i = 0; row->choice(i) != NULL && used < SETTING_ALLOWED_SIZE; i++)
        used += (size_t)snprintf(text + used, SETTING_ALLOWED_SIZE - used, "%s%s",
                                 i == 0                       ? ""
                                 : row->choice(i + 1) != NULL ? ", "
                                                              : " or ",
                                 row->choice(i));
}

static enum err_code refuse(enum setting_id id, const char *text, struct err *err)
{
    char allowed[SETTING_ALLOWED_SIZE];
    char clip[TEXT_CLIP_SIZE];
    setting_allowed(id, allowed);
    text_clip(clip, text);
    return err_set(err, ERR_INPUT, "%s must be %s, not \"%s\"", setting_table[id].name, allowed, clip);
}

/* A file's name may have anything that a terminal can show; what gnuplot draws with are letters and digits. */
static enum err_code set_text(struct settings *settings, enum setting_id id, const char *text, struct err *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    char clean[SETTINGS_SCENARIO_SIZE];
    const struct setting *row = &setting_table[id];
    if (strlen(text) >= (size_t)row->maximum)
        return refuse(id, text, err);
    snprintf(clean, sizeof clean, "%s", text);
    text_clean(clean);
    if (strcmp(clean, text) != 0 || (id == SETTING_GNUPLOT && text[strspn(text, letters)] != '\0'))
        return refuse(id, text, err);
    if (strcmp(text, "auto") == 0 || *text == '\0')
        text = id == SETTING_SCENARIO ? SCENARIO_DEFAULT : "";
    snprintf((char *)settings + row->offset, (size_t)row->maximum, "%s", text);
    return ERR_NONE;
}

enum err_code setting_set(struct settings *settings, enum setting_id id, const char *text, struct err *err)
{
    const struct setting *row = &setting_table[id];
    char value[SETTING_VALUE_SIZE];
    text += strspn(text, " ");
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length >= sizeof value)
        return refuse(id, text, err);
    memcpy(value, text, length);
    value[length] = '\0';
    if (row->type == SETTING_TEXT)
        return set_text(settings, id, value, err);
    if (row->type == SETTING_NUMBER) {
        char *end;
        errno = 0;
        long number = strtol(value, &end, 10);
        if (*value < '0' || *value > '9' || *end != '\0' || errno != 0 || number < row->minimum ||
            number > row->maximum)
            return refuse(id, value, err);
        put(settings, id, (int)number);
        return ERR_NONE;
    }
    for (int i = 0; row->choice(i) != NULL; i++) {
        if (strcmp(row->choice(i), value) != 0)
            continue;
        put(settings, id, i);
        return ERR_NONE;
    }
    return refuse(id, value, err);
}

enum err_code setting_nudge(struct settings *settings, enum setting_id id, int direction, struct err *err)
{
    const struct setting *row = &setting_table[id];
    int value = row->type == SETTING_TEXT ? 0 : get(settings, id) + direction;
    int count = 0;
    if (row->type == SETTING_TEXT)
        return err_set(err, ERR_INPUT, "%s is typed: Enter begins", row->label);
    if (row->type == SETTING_NUMBER && (value < row->minimum || value > row->maximum))
        return err_set(err, ERR_INPUT, "%s goes from %d to %d", row->label, row->minimum, row->maximum);
    if (row->type == SETTING_NUMBER) {
        put(settings, id, value);
        return ERR_NONE;
    }
    while (row->choice(count) != NULL)
        count++;
    put(settings, id, value < 0 ? count - 1 : value >= count ? 0 : value);
    return ERR_NONE;
}

/* ---- keys ---- */

static void remove_change(struct settings *settings, int at)
{
    settings->key_count--;
    memmove(&settings->keys[at], &settings->keys[at + 1],
            (size_t)(settings->key_count - at) * sizeof settings->keys[0]);
}

enum err_code settings_set_keys(struct settings *settings, const char *action, const char *keys,
                                struct keymaps **keymaps, struct err *err)
{
    int bad;
    struct settings next = *settings;
    *keymaps = NULL;
    if (strlen(action) >= KEYMAP_ACTION_SIZE || strlen(keys) >= KEYMAP_KEYS_SIZE)
        return err_set(err, ERR_INPUT, "keys have at most %d bytes", KEYMAP_KEYS_SIZE - 1);
    for (int i = next.key_count - 1; i >= 0; i--)
        if (strcmp(next.keys[i].action, action) == 0)
            remove_change(&next, i);
    if (*keys != '\0' && next.key_count == KEYMAP_CHANGES)
        return err_set(err, ERR_INPUT, "at most %d keys can be changed", KEYMAP_CHANGES);
    if (*keys != '\0') {
        struct keymap_change *change = &next.keys[next.key_count++];
        snprintf(change->action, sizeof change->action, "%s", action);
        snprintf(change->keys, sizeof change->keys, "%s", keys);
    }
    *keymaps = keymaps_new(next.keys, next.key_count, &bad, err);
    if (*keymaps == NULL)
        return err->code;
    *settings = next;
    return ERR_NONE;
}
