/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"
#include "ui/frame.h"

/* What the options say is brought about here, when the lab opens and whenever one changes. */

static void apply_to(struct session *session, struct frame *frame, enum screen_id keys, bool glyphs)
{
    if (frame == NULL)
        return;
    frame->keymap = keymaps_of(session->keymaps, keys);
    if (glyphs)
        frame->glyphs = frame->best_glyphs = terminal_glyphs();
}

static void apply(struct session *session, bool glyphs)
{
    const struct settings *settings = &session->options->preferences->now;
    if (glyphs)
        terminal_set_glyphs(settings->glyphs != SETTINGS_GLYPHS_AUTO, settings->glyphs != SETTINGS_GLYPHS_AUTO
                                                                          ? (enum glyphs)(settings->glyphs - 1)
                                                                          : GLYPHS_ASCII);
    terminal_set_theme(&theme_table[settings->theme]);
    terminal_set_mouse(settings->mouse != 0);
    for (int screen = 0; screen < SCREEN_COUNT; screen++) {
        enum screen_id id = (enum screen_id)screen;
        apply_to(session, session_frame(session, id), id, glyphs);
    }
    apply_to(session, session_lessons_lab(session), SCREEN_LAB, glyphs);
    session->draw = session->whole = true;
}

void session_apply_options(struct session *session)
{
    int bad;
    struct err err;
    const struct settings *settings = &session->options->preferences->now;
    if (settings->key_count > 0 && session->keymaps == NULL) {
        session->keymaps = keymaps_new(settings->keys, settings->key_count, &bad, &err);
        if (session->keymaps == NULL)
            session_say(session, err.message);
    }
    apply(session, true);
}

enum err_code session_change_option(struct session *session, enum setting_id id, const char *text, struct err *err)
{
    enum err_code code = preferences_change(session->options->preferences, id, text, err);
    if (code == ERR_INPUT)
        return code;
    apply(session, id == SETTING_GLYPHS);
    return code;
}

enum err_code session_change_keys(struct session *session, const char *action, const char *keys, struct err *err)
{
    struct keymaps *keymaps;
    struct keymaps *before = session->keymaps;
    enum err_code code = preferences_change_keys(session->options->preferences, action, keys, &keymaps, err);
    if (keymaps == NULL)
        return code;
    session->keymaps = keymaps;
    apply(session, false);
    keymaps_free(before); /* nobody has it any more */
    return code;
}
