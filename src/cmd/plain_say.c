/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "cmd/plain.h"
#include "ui/rune.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 80, TEXT_SIZE = 8192 };

/* A word as the locale can show it; returns its columns. */
static int spell(const struct plain *plain, const char *word, size_t length, char text[TEXT_SIZE])
{
    int columns = 0;
    size_t used = 0;
    const char *end = word + length;
    while (word < end && used + RUNE_SPELLING_MAX < TEXT_SIZE) {
        const char *begin = word;
        uint32_t rune = rune_decode(&word);
        const char *ascii = rune >= 0x80 && plain->ascii ? rune_ascii(rune) : NULL;
        size_t size = ascii != NULL ? strlen(ascii) : (size_t)(word - begin);
        memcpy(text + used, ascii != NULL ? ascii : begin, size);
        columns += ascii != NULL ? (int)size : 1;
        used += size;
    }
    text[used] = '\0';
    return columns;
}

static void write_wrapped(const struct plain *plain, const char *text)
{
    char word[TEXT_SIZE];
    int column = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " \n");
        int width = spell(plain, text, length, word);
        if (column > 0 && width > 0 && column + 1 + width > COLUMNS) {
            putchar('\n');
            column = 0;
        }
        if (width > 0) {
            printf("%s%s", column > 0 ? " " : "", word);
            column += width + (column > 0);
        }
        text += length;
        if (*text == '\n') {
            putchar('\n');
            column = 0;
        }
        text += *text != '\0';
    }
    putchar('\n');
}

void plain_say(struct plain *plain, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    write_wrapped(plain, text);
    plain->told = clock_now();
}

bool plain_is_silent(const struct plain *plain)
{
    static const int64_t long_time = 5 * (int64_t)CLOCK_SECOND;
    return clock_now() - plain->told >= long_time;
}

void plain_flush(struct plain *plain)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return;
    plain->deaf = plain->quit = true;
}
