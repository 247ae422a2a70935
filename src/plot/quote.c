/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/quote.h"

#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static void put_quoted(FILE *stream, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\'')
            fputc('\'', stream);
        fputc(bytes[i], stream);
    }
}

void quote_text(FILE *stream, const char *text)
{
    fputc('\'', stream);
    for (size_t size = strlen(text); size > 0;) {
        uint32_t rune = 0;
        size_t length = text_decode(text, size, &rune);
        if (length > 0 && text_printable(rune))
            put_quoted(stream, text, length);
        else
            fputc('?', stream);
        length += length == 0;
        text += length;
        size -= length;
    }
    fputc('\'', stream);
}

bool quote_path_possible(const char *path)
{
    for (const char *c = path; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return false;
    return *path != '\0';
}

void quote_path(FILE *stream, const char *path)
{
    fputc('\'', stream);
    if (path[0] != '/')
        fputs("./", stream);
    put_quoted(stream, path, strlen(path));
    fputc('\'', stream);
}

/* The radix is the locale's, and may have several bytes: whatever it is becomes a point. */
void quote_number(FILE *stream, double value)
{
    if (!isfinite(value)) {
        fputs("NaN", stream);
        return;
    }
    char digits[64];
    snprintf(digits, sizeof digits, "%.8e", value);
    bool point = false;
    for (const char *c = digits; *c; c++) {
        if (strchr("0123456789+-e", *c)) {
            fputc(*c, stream);
        } else if (!point) {
            fputc('.', stream);
            point = true;
        }
    }
}
