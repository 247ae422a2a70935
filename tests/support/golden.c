/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/golden.h"

#include "base/file.h"
#include "base/text.h"
#include "ui/rune.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { GOLDEN_LIMIT = 1 << 20 };

char *golden_screen(const struct grid *grid)
{
    char *text = malloc((size_t)(grid->width * 4 + 1) * (size_t)grid->height + 1);
    assert_non_null(text);
    char *at = text;
    for (int i = 0; i < grid->width * grid->height; i++) {
        at += text_encode(grid->cell[i].rune, at);
        if ((i + 1) % grid->width == 0)
            *at++ = '\n';
    }
    *at = '\0';
    return text;
}

bool golden_find(const struct grid *grid, const char *text, int *x, int *y)
{
    for (*y = 0; *y < grid->height; ++*y) {
        const struct grid line = {grid->width, 1, grid->cell + (size_t)*y * (size_t)grid->width};
        char *row = golden_screen(&line);
        const char *found = strstr(row, text);
        *x = 0;
        for (const char *at = row; found != NULL && at < found; ++*x)
            rune_decode(&at);
        free(row);
        if (found != NULL)
            return true;
    }
    return false;
}

void golden_check(const char *name, const char *text)
{
    const char *source = getenv("RANKSCOPE_SOURCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/golden/%s", source ? source : ".", name);
    struct err err;
    if (getenv("RANKSCOPE_REFRESH")) {
        if (file_write(path, text, strlen(text), &err) != ERR_NONE)
            fail_msg("%s", err.message);
        return;
    }
    char *expected = NULL;
    size_t size = 0;
    if (file_read(path, GOLDEN_LIMIT, &expected, &size, &err) != ERR_NONE)
        fail_msg("%s; RANKSCOPE_REFRESH=1 writes it", err.message);
    bool same = strcmp(expected, text) == 0;
    if (!same)
        print_error("%s was\n%s\nand is\n%s\nRANKSCOPE_REFRESH=1 takes it as it is\n", path, expected, text);
    free(expected);
    assert_true(same);
}
