/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/replay.h"

#include "base/file.h"
#include "base/text.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vterm.h>

#include <cmocka.h>

static int count_outputs(const char *text)
{
    int count = 0;
    while ((text = strstr(text, ", \"o\", \"")) != NULL) {
        count++;
        text++;
    }
    return count;
}

static char *picture(VTerm *vterm)
{
    int rows, columns;
    vterm_get_size(vterm, &rows, &columns);
    char *text = malloc((size_t)rows * ((size_t)columns * TEXT_RUNE_SIZE + 1) + 1), *to = text;
    assert_non_null(text);
    for (int row = 0; row < rows; row++) {
        char *end = to;
        for (int column = 0; column < columns; column++) {
            VTermScreenCell cell;
            vterm_screen_get_cell(vterm_obtain_screen(vterm), (VTermPos){row, column}, &cell);
            uint32_t rune = cell.chars[0] ? cell.chars[0] : ' ';
            to += text_encode(rune, to);
            end = rune != ' ' ? to : end;
        }
        to = end;
        *to++ = '\n';
    }
    *to = '\0';
    return text;
}

char *replay_text(const char *path, int left_out)
{
    struct err err;
    char *text, *rest = NULL;
    size_t size;
    if (file_read(path, 64u << 20, &text, &size, &err))
        fail_msg("%s", err.message);
    int outputs = count_outputs(text) - left_out;
    VTerm *vterm = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line && outputs > 0; line = strtok_r(NULL, "\n", &rest)) {
        json_t *event = json_loads(line, 0, NULL);
        assert_non_null(event);
        if (vterm == NULL) {
            vterm = vterm_new((int)json_integer_value(json_object_get(event, "height")),
                              (int)json_integer_value(json_object_get(event, "width")));
            vterm_set_utf8(vterm, 1);
            vterm_screen_enable_altscreen(vterm_obtain_screen(vterm), 1);
            vterm_screen_reset(vterm_obtain_screen(vterm), 1);
        } else {
            const char *data = json_string_value(json_array_get(event, 2));
            char *end = NULL;
            if (strcmp(json_string_value(json_array_get(event, 1)), "o") == 0) {
                vterm_input_write(vterm, data, strlen(data));
                outputs--;
            } else {
                long width = strtol(data, &end, 10);
                assert_int_equal(*end, 'x');
                vterm_set_size(vterm, (int)strtol(end + 1, NULL, 10), (int)width);
            }
        }
        json_decref(event);
    }
    assert_non_null(vterm);
    char *seen = picture(vterm);
    vterm_free(vterm);
    free(text);
    return seen;
}
