/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/course.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any bytes are either progress, which survives being written and read again, or are refused with a line. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct course course;
    struct course again;
    struct err err = {.code = ERR_NONE};
    if (course_parse("fuzz", (const char *)data, size, &course, &err)) {
        if (strncmp(err.message, "fuzz:", 5) != 0 || course.count != 0)
            abort();
        return 0;
    }
    char *text = course_write(&course);
    if (!text || course_parse("again", text, strlen(text), &again, &err) || again.count != course.count)
        abort();
    for (int i = 0; i < course.count; i++)
        if (strcmp(course.entry[i].name, again.entry[i].name) != 0 || course.entry[i].step != again.entry[i].step)
            abort();
    free(text);
    return 0;
}
