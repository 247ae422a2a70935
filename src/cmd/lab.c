/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include <stdlib.h>
#include <unistd.h>

struct terminal_options cmd_terminal_options(const struct settings *settings)
{
    const char *no_color = getenv("NO_COLOR"); /* https://no-color.org: set and not empty */
    bool given = settings->glyphs != SETTINGS_GLYPHS_AUTO;
    return (struct terminal_options){
        .no_color = no_color && *no_color,
        .no_mouse = !settings->mouse,
        .theme = &theme_table[settings->theme],
        .glyphs = given ? (enum glyphs)(settings->glyphs - 1) : GLYPHS_BRAILLE,
        .glyphs_given = given,
    };
}

int cmd_lab(const struct journal *way, const struct cmd_lab_options *options)
{
    struct session session = {.options = options};
    if (session_enter(&session, way) == ERR_NONE)
        session_loop(&session);
    terminal_close();
    session_record(&session);
    terminal_forget();
    int status = session.err.code != ERR_NONE ? cmd_fail(&session.err) : CMD_SUCCESS;
    if (!session_leave(&session))
        _exit(status);
    return status;
}
