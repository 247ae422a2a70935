/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/prose.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void prose_begin(struct prose *prose, char *text, size_t size)
{
    *prose = (struct prose){.text = text, .size = size};
    text[0] = '\0';
}

/* Ends the text before the character that `from` is in or begins. */
static void cut_before(struct prose *prose, size_t from)
{
    static const char mark[] = "…";
    size_t end = from > sizeof mark - 1 ? from - (sizeof mark - 1) : 0;
    while (end > 0 && ((unsigned char)prose->text[end] & 0xC0) == 0x80)
        end--;
    prose->text[end] = '\0';
    if (end + sizeof mark <= prose->size) {
        memcpy(prose->text + end, mark, sizeof mark);
        end += sizeof mark - 1;
    }
    prose->used = end;
    prose->cut = true;
}

void prose_add(struct prose *prose, const char *format, ...)
{
    if (prose->cut)
        return;
    va_list arguments;
    va_start(arguments, format);
    int added = vsnprintf(prose->text + prose->used, prose->size - prose->used, format, arguments);
    va_end(arguments);
    if (added < 0)
        prose->text[prose->used] = '\0';
    else if ((size_t)added >= prose->size - prose->used)
        cut_before(prose, prose->size - 1);
    else
        prose->used += (size_t)added;
}

void prose_end(struct prose *prose)
{
    while (prose->used > 0 && prose->text[prose->used - 1] == ' ')
        prose->text[--prose->used] = '\0';
}

struct prose_number prose_number(double value)
{
    struct prose_number number;
    double size = fabs(value);
    bool plain = value == 0 || (size >= 1e-3 && size < 1e5);
    snprintf(number.text, sizeof number.text, plain ? (size >= 1000 ? "%.0f" : "%.3g") : "%.1e", value);
    return number;
}
