/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/screen.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

/* A long run without the lab, on a terminal. */

static struct screen *start(int width, const char *rule, const char *value)
{
    const char *const arguments[] = {"run", "three-tasks", "--steps", "1000000000", rule, value, NULL};
    return screen_start(&(struct screen_options){.width = width, .height = 40, .arguments = arguments});
}

/* The line goes, and the results take its place. */
static void expect_results(struct screen *screen, const char *message)
{
    int status = screen_wait_end(screen);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    screen_wait(screen, message);
    screen_wait(screen, "recovery_angle");
    assert_null(strstr(screen_text(screen), "steps/s"));
    screen_free(screen);
}

static void a_long_run_says_how_far_it_is(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM};
    for (int i = 0; i < 2; i++) {
        struct screen *screen = start(120, NULL, NULL);
        screen_wait(screen, " of 1000000000 (");
        screen_wait(screen, " steps/s, loss standard ");
        screen_wait(screen, ", meta ");
        screen_wait(screen, " left");
        screen_signal(screen, signals[i]);
        expect_results(screen, "rankscope: interrupted; the results are of the step that it was at");
    }
}

static void the_line_stays_one_where_there_is_little_room(void **state)
{
    (void)state;
    struct screen *screen = start(50, NULL, NULL);
    int x = -1;
    int y = -1;
    for (int shown = 0; shown < 3; shown++) {
        screen_wait(screen, "retraining: step ");
        assert_true(screen_find(screen, "retraining: step ", &x, &y));
        assert_int_equal(x, 0);
        assert_int_equal(y, 0);
        while (!screen_read(screen, 100))
            ;
    }
    assert_null(strstr(screen_text(screen), "loss"));
    screen_signal(screen, SIGINT);
    assert_true(WIFEXITED(screen_wait_end(screen)));
    screen_free(screen);
}

static void time_ends_the_run(void **state)
{
    (void)state;
    struct screen *screen = start(120, "--time", "50");
    screen_wait(screen, " s left"); /* not the hours that its steps would take */
    screen_signal(screen, SIGINT);
    expect_results(screen, "rankscope: interrupted; the results are of the step that it was at");
    expect_results(start(120, "--time", "1.1"), "The run ended early: its time was up.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_run_says_how_far_it_is),
        cmocka_unit_test(the_line_stays_one_where_there_is_little_room),
        cmocka_unit_test(time_ends_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
