/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The lab's command line as a person uses it. */

static void commands_are_typed(void **state)
{
    (void)state;
    struct screen *screen = screen_start(&(struct screen_options){.width = 120, .height = 36});
    screen_wait(screen, "paused");
    screen_send(screen, ":");
    screen_wait(screen, "A command; Tab shows which there are.");
    screen_send(screen, "set ta\t4\r");
    screen_wait(screen, "problem.tasks is 4.");
    screen_send(screen, ":step 7\r");
    screen_wait(screen, "step 7 of 3000");
    screen_send(screen, ":set tasks many\r");
    screen_wait(screen, "problem.tasks must be");
    screen_wait(screen, ":set tasks many"); /* to be mended */
    screen_send(screen, "\x7f\x7f\x7f\x7f"
                        "5\r");
    screen_wait(screen, "problem.tasks is 5.");
    screen_send(screen, ":goto trade\r");
    screen_wait(screen, "seeds");
    screen_send(screen, ":set seed 11\r"); /* of the lab, wherever it is typed */
    screen_wait(screen, "problem.seed is 11.");
    screen_send(screen, ":goto lessons\r:set noise 0.25\r"); /* not of a lesson, which has a run of its own */
    screen_wait(screen, "In the lab (F1): problem.noise is 0.25.");
    screen_send(screen, ":goto options\r:gnuplot\r");
    screen_wait(screen, "This screen has no figures in gnuplot.");
    screen_send(screen, ":scenario two-tasks\r:goto lab\r");
    screen_wait(screen, "Two tasks");
    screen_send(screen, ":sweep tasks=2:3 seeds=1\r");
    screen_wait(screen, "no key \"seeds\" for an axis");
    screen_send(screen, "\033"); /* Esc */
    screen_wait_gone(screen, "no key");
    screen_send(screen, ":set dimension 8\r:sweep tasks=2:3\r");
    screen_wait(screen, "tasks=2:3 ");
    screen_wait(screen, "✓ done");
    screen_send(screen, ":run\r");
    screen_wait(screen, "every cell is done");
    screen_send(screen, "\033");
    screen_wait_gone(screen, ":run");
    screen_send(screen, ":goto lab\r:help run\r");
    screen_wait(screen, "run: run, or go on.");
    screen_send(screen, ":goto runs\r:gnuplot\r");
    screen_wait(screen, "This screen has no figures in gnuplot.");
    screen_send(screen, ":quit\r");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(commands_are_typed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
