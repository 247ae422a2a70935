/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "cmd/session.h"
#include "lesson/course.h"

#include <stdlib.h>
#include <string.h>

/* The notes of the demo that runs, in the folder for state, where `rankscope notes` in another terminal finds them. */

enum err_code session_notes_write(const char *text, struct err *err)
{
    char *path = course_path("notes", true, err);
    if (path == NULL)
        return err->code;
    enum err_code code = file_write(path, text, strlen(text), err);
    free(path);
    return code;
}

void session_notes_end(void)
{
    struct err unheard;
    session_notes_write("The demo is over.\n", &unheard);
}
