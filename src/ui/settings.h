/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_SETTINGS_H
#define RANKSCOPE_UI_SETTINGS_H

#include "base/err.h"
#include "ui/keymap_change.h"

#include <stdbool.h>
#include <stddef.h>

/* What a person sets once and for all, not for a run: one table, which the file, the options' screen, and the man page read. */

enum setting_id {
    SETTING_THEME,
    SETTING_GLYPHS,
    SETTING_FRAMES,
    SETTING_MOTION,
    SETTING_MOUSE,
    SETTING_GNUPLOT,
    SETTING_SCENARIO,
    SETTING_COUNT,
};

enum { SETTINGS_GNUPLOT_SIZE = 32, SETTINGS_SCENARIO_SIZE = 96 };
enum settings_glyphs { SETTINGS_GLYPHS_AUTO, SETTINGS_GLYPHS_BRAILLE, SETTINGS_GLYPHS_BLOCKS, SETTINGS_GLYPHS_ASCII };

struct settings {
    int theme;  /* row of theme_table */
    int glyphs; /* enum settings_glyphs */
    int frames; /* drawn a second, at most, of what nobody asked for with a key */
    int reduced_motion, mouse;
    char gnuplot[SETTINGS_GNUPLOT_SIZE];   /* what it draws with; "": its own choice */
    char scenario[SETTINGS_SCENARIO_SIZE]; /* that the lab opens with */
    struct keymap_change keys[KEYMAP_CHANGES];
    int key_count;
};

enum setting_type { SETTING_CHOICE, SETTING_NUMBER, SETTING_TEXT };

struct setting {
    const char *name;  /* in the file: "frame-rate" */
    const char *label; /* on the screen: "frame rate" */
    const char *help;  /* a sentence */
    enum setting_type type;
    size_t offset;                    /* of the member in struct settings */
    int minimum, maximum;             /* of a number; of a text, maximum is its member's size */
    const char *(*choice)(int index); /* NULL after the last */
};
extern const struct setting setting_table[SETTING_COUNT];

void settings_default(struct settings *settings);
int setting_find(const char *name); /* row, or −1 */

/* Reads the text, blanks around it left away; "auto" is the empty text. On ERR_INPUT, which names the option, the value and what is
 * allowed, nothing has changed. */
enum err_code setting_set(struct settings *settings, enum setting_id id, const char *text, struct err *err);

enum { SETTING_VALUE_SIZE = 96, SETTING_ALLOWED_SIZE = 128 };
void setting_format(const struct settings *settings, enum setting_id id, char text[SETTING_VALUE_SIZE]);
void setting_allowed(enum setting_id id, char text[SETTING_ALLOWED_SIZE]);

/* The next choice or number up (1) or down (−1), going round among choices. ERR_INPUT: there is none. */
enum err_code setting_nudge(struct settings *settings, enum setting_id id, int direction, struct err *err);

/* Other keys for what keys do (keymap_change.h); "": as they are without the change. On success *keymaps are those that count from now
 * on, the caller's to free. ERR_INPUT: they would mean two things at once, or are none; nothing has changed. */
enum err_code settings_set_keys(struct settings *settings, const char *action, const char *keys,
                                struct keymaps **keymaps, struct err *err);

/* ---- settings_file.c ---- */

enum { SETTINGS_FILE_MAX = 65536 };

/* Reads YAML text. What is right in it counts, whatever else is wrong; of what is wrong, *err has the first, beginning with
 * NAME:LINE:COLUMN:. Text that is no YAML changes nothing. */
enum err_code settings_parse(const char *name, const char *text, size_t size, struct settings *settings,
                             struct err *err);

/* ---- settings_edit.c ---- */

/* The text of a file of options with one option set, or other keys for one action ("": as they are without it), and
 * all else as it was, comments too. The caller frees it. NULL: settings_parse refuses the text, the change is none,
 * or the text is written in a way that it cannot be made in (ERR_INPUT), or ERR_MEMORY. */
char *settings_edit_option(const char *name, const char *text, size_t size, enum setting_id id, const char *value,
                           struct err *err);
char *settings_edit_keys(const char *name, const char *text, size_t size, const char *action, const char *keys,
                         struct err *err);

#endif
