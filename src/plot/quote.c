/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/quote.h"

#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

void quote_text(FILE *stream, const char *text)
{
    fputc('\'', stream);
    for (size_t size = strlen(text); size > 0;) {
        uint32_t rune = 0;
        size_t length = text_decode(text, size, &rune);
        if (rune == '\'')
            fputs("’", stream);
        else if (length > 0 && text_printable(rune))
            fwrite(text, 1, length, stream);
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

/* Digits are escaped too: they could be taken for part of an escape before them. */
void quote_path(FILE *stream, const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/._-";
    fputs(path[0] == '/' ? "\"" : "\"./", stream);
    for (const char *c = path; *c; c++) {
        if (strchr(plain, *c))
            fputc(*c, stream);
        else
            fprintf(stream, "\\%03o", (unsigned char)*c);
    }
    fputc('"', stream);
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
