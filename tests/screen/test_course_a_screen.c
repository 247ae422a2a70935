/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/lesson_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The first four lessons of the course, played to their ends in a terminal. */

enum { FIRST = 0, COUNT = 4 };

static void these_lessons_are_played_to_their_end(void **state)
{
    (void)state;
    lesson_walk(FIRST, COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(these_lessons_are_played_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
