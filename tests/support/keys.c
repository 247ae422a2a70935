/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/keys.h"

int keys_of(const struct keymap *keymap, const struct binding *binding[KEYMAP_LINES])
{
    struct keymap_line line[KEYMAP_LINES];
    int lines = keymap_lines(keymap, line);
    int count = 0;
    for (int i = 0; i < lines; i++)
        if (line[i].binding != NULL)
            binding[count++] = line[i].binding;
    return count;
}

void keys_line(const struct binding *binding, char text[128], const char *before, const char *after)
{
    int pad = 17 - grid_text_width(GLYPHS_BRAILLE, binding->shown);
    snprintf(text, 128, "%s%s%*s%s%s", before, binding->shown, pad, "", binding->help, after);
}
