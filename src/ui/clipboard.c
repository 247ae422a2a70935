/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/clipboard.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

bool clipboard_is_safe(const char *term, const char *tmux, const char *screen)
{
    static const char *const known[] = {"xterm",  "tmux",    "alacritty", "contour", "foot", "wezterm",
                                        "mintty", "ghostty", "kitty",     "rio",     "st-",  NULL};
    bool inside_tmux = tmux != NULL && *tmux != '\0';
    if (term == NULL)
        return false;
    if (screen != NULL && *screen != '\0' && !inside_tmux)
        return false; /* GNU screen writes what it has no room for */
    if (strncmp(term, "screen", 6) == 0)
        return inside_tmux;
    for (int i = 0; known[i] != NULL; i++)
        if (strncmp(term, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

/* RFC 4648, section 4. Returns behind what was written. */
static char *write_base64(char *to, const unsigned char *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        unsigned three = (unsigned)bytes[i] << 16;
        three |= i + 1 < size ? (unsigned)bytes[i + 1] << 8 : 0;
        three |= i + 2 < size ? (unsigned)bytes[i + 2] : 0;
        *to++ = digits[three >> 18];
        *to++ = digits[three >> 12 & 63];
        *to++ = i + 1 < size ? digits[three >> 6 & 63] : '=';
        *to++ = i + 2 < size ? digits[three & 63] : '=';
    }
    return to;
}

char *clipboard_sequence(const char *text)
{
    static const char begin[] = "\033]52;c;", end[] = "\a";
    size_t size = strlen(text);
    char *sequence = malloc(sizeof begin + (size + 2) / 3 * 4 + sizeof end);
    if (sequence == NULL)
        return NULL;
    memcpy(sequence, begin, sizeof begin - 1);
    char *to = write_base64(sequence + sizeof begin - 1, (const unsigned char *)text, size);
    memcpy(to, end, sizeof end);
    return sequence;
}
