/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/telling.h"
#include "ui/telling_draw.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any bytes as a lesson's text, or as a speaker's notes: what comes of them is fit for a terminal, in any width. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char told[TELLING_SIZE];
    struct config config = {.title = ""};
    struct facts facts = {.config = &config, .begin = &config};
    struct grid grid = {0, 0, NULL};
    char *text = strndup((const char *)data, size);
    if (text == NULL || !grid_resize(&grid, 80, 24))
        abort();
    telling_clean(text);
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < ' ' && *at != '\n')
            abort();
    telling_check(text, NULL, NULL);
    telling_write(told, sizeof told, text, NULL, size % 2 ? &facts : NULL);
    for (int width = 1; width < 90; width += 11) {
        int rows = telling_draw(&grid, (struct rect){0, 0, width, 24}, STYLE_TEXT, GLYPHS_ASCII, told);
        if (rows < 0 || rows > TELLING_SIZE || rows != telling_rows(GLYPHS_ASCII, width, told))
            abort();
    }
    telling_strip(told);
    grid_free(&grid);
    free(text);
    return 0;
}
