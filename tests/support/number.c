/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

double number_next(const char **text)
{
    const char *start = *text + strcspn(*text, "0123456789");
    if (!*start)
        fail_msg("there is no number in \"%s\"", *text);
    char *end;
    double value = strtod(start, &end);
    value = start > *text && start[-1] == '-' ? -value : value;
    *text = end;
    return value;
}
