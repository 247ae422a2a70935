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

static enum err_code change_keys(struct session *session, const char *action, const char *keys, struct err *err)
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

/* ---- the screen ---- */

static enum err_code make(struct session *session, const struct journal *way, struct err *err)
{
    (void)way;
    session->options_screen = options_new(terminal_glyphs(), err);
    return session->options_screen == NULL ? err->code : ERR_NONE;
}

static bool free_all(struct session *session)
{
    options_free(session->options_screen);
    return true;
}

static struct frame *frame(struct session *session)
{
    return session->options_screen != NULL ? options_frame(session->options_screen) : NULL;
}

static struct options_view view_of(const struct session *session)
{
    const struct preferences *preferences = session->options->preferences;
    return (struct options_view){&preferences->now, session->keymaps, preferences->path};
}

static screen_wish handle(struct session *session, const struct event *event)
{
    struct err err;
    enum setting_id id;
    struct options_view view = view_of(session);
    screen_wish wish = options_handle(session->options_screen, event, &view);
    if (wish & OPTIONS_CHANGE) {
        const char *text = options_wanted(session->options_screen, &id);
        if (session_change_option(session, id, text, &err))
            options_refuse(session->options_screen, &err);
    }
    if (wish & OPTIONS_KEYS) {
        char action[KEYMAP_ACTION_SIZE];
        const char *keys = options_wanted_keys(session->options_screen, action);
        if (change_keys(session, action, keys, &err))
            options_refuse(session->options_screen, &err);
    }
    return wish;
}

static void draw(struct session *session)
{
    struct options_view view = view_of(session);
    options_draw(session->options_screen, &session->grid, &view);
}

const struct session_screen session_options = {
    .make = make,
    .free = free_all,
    .frame = frame,
    .handle = handle,
    .draw = draw,
};
