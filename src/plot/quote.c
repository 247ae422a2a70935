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

void quote_radix(char *number)
{
    char *kept = number;
    bool point = false;
    for (const char *c = number; *c; c++) {
        if (strchr("0123456789+-e", *c)) {
            *kept++ = *c;
        } else if (!point) {
            *kept++ = '.';
            point = true;
        }
    }
    *kept = '\0';
}

void quote_number(FILE *stream, double value)
{
    char digits[64] = "NaN";
    if (isfinite(value)) {
        snprintf(digits, sizeof digits, "%.8e", value);
        quote_radix(digits);
    }
    fputs(digits, stream);
}
