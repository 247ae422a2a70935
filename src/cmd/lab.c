/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include <unistd.h>

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
