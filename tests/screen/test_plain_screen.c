/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The plain mode at a terminal, where a person types while something runs. */

static void a_person_may_pause_after_other_lines(void **state)
{
    (void)state;
    size_t size;
    static const char *const arguments[] = {"--plain", "--set", "retrain.steps=1000000000", NULL};
    struct screen *screen = screen_start(&(struct screen_options){.width = 80, .height = 40, .arguments = arguments});
    screen_wait(screen, "Ready.");
    screen_send(screen, "run\nshow error_rank\n");
    screen_wait(screen, "That is done when the run has ended; pause ends it now.");
    screen_send(screen, "pause\n");
    screen_wait(screen, "Paused.");
    screen_wait(screen, "error_rank: standard");
    assert_false(screen_alternate(screen));
    assert_false(screen_mouse(screen));
    assert_null(strchr(screen_bytes(screen, &size), '\033')); /* no cursor is moved, nothing has a colour */
    screen_send(screen, "quit\n");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_person_may_pause_after_other_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
