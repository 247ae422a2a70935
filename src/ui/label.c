/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/label.h"
#include "ui/rune.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void label_power(char text[LABEL_SIZE], enum glyphs glyphs, int exponent)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    if (glyphs == GLYPHS_ASCII) {
        snprintf(text, LABEL_SIZE, "1e%d", exponent);
        return;
    }
    char digits[16];
    snprintf(digits, sizeof digits, "%d", abs(exponent));
    int used = snprintf(text, LABEL_SIZE, "10%s", exponent < 0 ? "⁻" : "");
    for (const char *digit = digits; *digit != '\0'; digit++)
        used += snprintf(text + used, (size_t)(LABEL_SIZE - used), "%s", raised[*digit - '0']);
}

/* "2.4e-09" → "2.4e-9", "1e+05" → "1e5". */
static void shorten_exponent(char *text)
{
    char *exponent = strchr(text, 'e');
    if (exponent == NULL)
        return;
    char *to = exponent + 1;
    const char *from = to;
    if (*from == '-')
        to++;
    from++;
    while (*from == '0' && from[1] != '\0')
        from++;
    memmove(to, from, strlen(from) + 1);
}

void label_number(char text[LABEL_SIZE], double value, int digits)
{
    if (value == 0 || !isfinite(value)) {
        snprintf(text, LABEL_SIZE, "%s", value == 0 ? "0" : isnan(value) ? "-" : value > 0 ? "inf" : "-inf");
        return;
    }
    double size = fabs(value);
    bool plain = size >= 1e-3 && size < 1e5;
    if (plain && (size == floor(size) || size >= pow(10, digits) - 0.5))
        snprintf(text, LABEL_SIZE, "%.0f", value);
    else if (plain)
        snprintf(text, LABEL_SIZE, "%.*g", digits, value);
    else
        snprintf(text, LABEL_SIZE, "%.*e", digits - 1, value);
    char *exponent = strchr(text, 'e');
    if (exponent != NULL && strchr(text, '.') != NULL) { /* no zeros at the end of the mantissa */
        char *end = exponent;
        while (end[-1] == '0')
            end--;
        if (end[-1] == '.')
            end--;
        memmove(end, exponent, strlen(exponent) + 1);
    }
    shorten_exponent(text);
}

void label_count(char text[LABEL_SIZE], double count)
{
    static const struct {
        double size;
        char letter;
    } unit[] = {{1e9, 'G'}, {1e6, 'M'}, {1e3, 'k'}};
    for (size_t i = 0; count >= 1e4 && i < sizeof unit / sizeof unit[0]; i++) {
        if (count >= unit[i].size) {
            snprintf(text, LABEL_SIZE, "%.4g%c", count / unit[i].size, unit[i].letter);
            return;
        }
    }
    snprintf(text, LABEL_SIZE, "%.0f", count);
}

enum { SHAPES = 6 };

/* ● ▲ ■ ◆ ▼ ★, then ○ △ □ ◇ ▽ ☆ */
static uint32_t marker(size_t index, enum glyphs glyphs)
{
    static const uint32_t table[2 * SHAPES] = {0x25CF, 0x25B2, 0x25A0, 0x25C6, 0x25BC, 0x2605,
                                               0x25CB, 0x25B3, 0x25A1, 0x25C7, 0x25BD, 0x2606};
    uint32_t rune = table[index];
    return glyphs == GLYPHS_ASCII ? (uint32_t)rune_ascii(rune)[0] : rune;
}

uint32_t label_marker(int method, enum glyphs glyphs)
{
    return marker((size_t)method % SHAPES, glyphs);
}

uint32_t label_hollow_marker(int method, enum glyphs glyphs)
{
    return marker((size_t)method % SHAPES + SHAPES, glyphs);
}
