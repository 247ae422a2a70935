/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "base/text.h"
#include "cmd/plain.h"
#include "ui/rune.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 80, TEXT_SIZE = 8192, SPELT_SIZE = 2 * TEXT_SIZE };

/* Text as the locale can show it. */
static void spell(const struct plain *plain, const char *text, char spelt[SPELT_SIZE])
{
    size_t used = 0;
    while (*text != '\0' && used + RUNE_SPELLING_MAX < SPELT_SIZE) {
        const char *begin = text;
        uint32_t rune = rune_decode(&text);
        const char *ascii = rune >= 0x80 && plain->ascii ? rune_ascii(rune) : NULL;
        size_t size = ascii != NULL ? strlen(ascii) : (size_t)(text - begin);
        memcpy(spelt + used, ascii != NULL ? ascii : begin, size);
        used += size;
    }
    spelt[used] = '\0';
}

void plain_say(struct plain *plain, const char *format, ...)
{
    char text[TEXT_SIZE];
    char spelt[SPELT_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    spell(plain, text, spelt);
    text_write_wrapped(stdout, spelt, COLUMNS);
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
