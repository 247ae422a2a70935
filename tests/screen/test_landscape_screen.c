/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"
#include "support/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The Landscape screen as a person uses it, over a run that is really taken. */

static const char f3[] = "\033OR";

static struct screen *start(const char *const *arguments)
{
    struct screen *screen = screen_start(&(struct screen_options){.width = 100, .height = 30, .arguments = arguments});
    screen_wait(screen, "paused");
    return screen;
}

static void quit(struct screen *screen)
{
    screen_send(screen, "q");
    int status = screen_wait_end(screen);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    screen_free(screen);
}

/* Steps one by one out of the saddle, then runs to the minimum; the screen follows. */
static void follows_the_run_out_of_the_saddle(void **state)
{
    (void)state;
    static const char *const arguments[] = {"leave-the-saddle", NULL};
    struct screen *screen = start(arguments);
    screen_send(screen, f3);
    screen_wait(screen, "after 0 steps at a saddle");
    screen_wait(screen, "towards the truth");
    screen_send(screen, "s");
    screen_wait(screen, "after 1 step at a saddle");
    screen_send(screen, " ");
    screen_wait(screen, "✓ done");
    screen_wait(screen, "after 3000 steps at a global minimum");
    screen_send(screen, "r"); /* again, from the start */
    screen_wait(screen, "✓ done");
    screen_wait(screen, "after 3000 steps at a global minimum");
    quit(screen);
}

static void turns_and_zooms(void **state)
{
    (void)state;
    static const char *const arguments[] = {"exact", "--set", "problem.seed=47", NULL};
    struct screen *screen = start(arguments);
    screen_send(screen, f3);
    screen_wait(screen, "towards the truth");
    screen_send(screen, " ");
    screen_wait(screen, "at a spurious minimum");
    screen_send(screen, "y");
    screen_wait(screen, "second lowest eigenvector");
    screen_send(screen, "++");
    screen_wait(screen, "zoom                      4");
    screen_send(screen, "v");
    screen_wait(screen, "one without adapters");
    screen_send(screen, "\033OP");
    screen_wait(screen, "F1 Lab");
    quit(screen);
}

/* A network, whose Hessian is looked at beside its run; and keys are answered meanwhile. */
static void looks_at_a_network(void **state)
{
    (void)state;
    static const char *const arguments[] = {"network", "--set", "retrain.steps=300", "--set", "adapt.steps=50", NULL};
    struct screen *screen = start(arguments);
    screen_send(screen, f3);
    screen_wait(screen, "after 0 steps on a slope");
    screen_wait(screen, "towards the truth");
    screen_send(screen, "s");
    screen_wait(screen, "after 1 step on a slope");
    screen_send(screen, " ");
    screen_send(screen, "x");
    screen_wait(screen, "after 300 steps on a slope");
    screen_send(screen, "v");
    screen_wait(screen, "Standard retraining stands after 300 steps");
    quit(screen);
}

/* What cannot be looked at is said; a run that was let go of leaves nothing behind. */
static void leaves_in_the_middle(void **state)
{
    (void)state;
    static const char *const arguments[] = {"three-tasks", "--set", "retrain.steps=1000000000", NULL};
    struct screen *screen = start(arguments);
    screen_send(screen, f3);
    screen_wait(screen, "after 0 steps");
    screen_send(screen, " ");
    screen_wait(screen, "● running");
    screen_send(screen, "r");
    screen_wait(screen, "● running");
    quit(screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_run_out_of_the_saddle),
        cmocka_unit_test(turns_and_zooms),
        cmocka_unit_test(looks_at_a_network),
        cmocka_unit_test(leaves_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
