/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/lesson_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The last lessons of the course, played to their ends in a terminal. */

enum { FIRST = 8, COUNT = 4 };

static void these_lessons_are_played_to_their_end(void **state)
{
    (void)state;
    assert_in_range(lesson_walk_count(), 8, FIRST + COUNT); /* these programs play all there are */
    lesson_walk(FIRST, COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(these_lessons_are_played_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
