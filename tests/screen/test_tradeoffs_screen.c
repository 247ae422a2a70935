/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"
#include "support/screen.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The Trade-offs screen as a person uses it, with a sweep that is really computed. */

/* Trials of a few milliseconds; another seed for each test, since what one has computed the next one would find in the store. */
static struct screen *start_as(int width, int height, const char *seed, const struct screen_options *more)
{
    char assignment[64];
    snprintf(assignment, sizeof assignment, "problem.seed=%s", seed);
    const char *const arguments[] = {"three-tasks",
                                     "--set",
                                     assignment,
                                     "--set",
                                     "retrain.solver=newton",
                                     "--set",
                                     "retrain.steps=20",
                                     "--set",
                                     "retrain.init_scale=0.5",
                                     "--set",
                                     "problem.dimension=12",
                                     NULL};
    struct screen_options options = {.width = width, .height = height, .arguments = arguments};
    if (more != NULL) {
        options.term = more->term;
        options.locale = more->locale;
        options.environment = more->environment;
    }
    struct screen *screen = screen_start(&options);
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

static void click_on(struct screen *screen, const char *text, int right)
{
    int x = 0;
    int y = 0;
    screen_wait(screen, text);
    assert_true(screen_find(screen, text, &x, &y));
    screen_click(screen, x + right, y);
}

/* Theorems 1 to 3 in a picture: k(T+1) up to the dimension, and k from three tasks on. */
static void a_sweep_fills_and_shows_the_theory(void **state)
{
    (void)state;
    struct screen *screen = start_as(80, 24, "2385", NULL);
    screen_send(screen, "t");
    screen_wait(screen, "x axis        tasks=1:8");
    screen_wait(screen, "✓ done");
    screen_wait(screen, "theory k(T+1), d");
    screen_wait(screen, "1   2    3  │ 4    5    6    7    8    9");
    screen_wait(screen, "1   3  │ 3  │ 1    1    1    1    1    1");
    screen_wait(screen, "theory 3k, k");
    screen_wait(screen, "160 of 160");
    screen_send(screen, "\033[C\033[C\033[C\033[A");
    screen_wait(screen, "Rank needed at rank 2, tasks 4, 5 of 5 draws.");
    quit(screen);
}

/* Enter: the same draw in the lab, run to its end. */
static void a_cell_opens_in_the_lab(void **state)
{
    (void)state;
    struct screen *screen = start_as(120, 36, "2386", NULL);
    screen_send(screen, "\033OQ"); /* F2 */
    screen_wait(screen, "✓ done");
    screen_send(screen, "\033[C\033[C\033[C\033[A\r");
    screen_wait(screen, "rank k                 2");
    screen_wait(screen, "tasks T                4");
    screen_wait(screen, "seed 2386");
    screen_wait(screen, "✓ done");
    screen_wait(screen, "needs rank 10 = k(T+1)");
    screen_send(screen, "t");
    screen_wait(screen, "Rank needed at rank 2, tasks 4"); /* as it was left */
    quit(screen);
}

static void both_screens_go_on(void **state)
{
    (void)state;
    static const char *const arguments[] = {"three-tasks", "--set", "retrain.steps=1000000000", NULL};
    struct screen *screen = screen_start(&(struct screen_options){.width = 120, .height = 36, .arguments = arguments});
    screen_wait(screen, "paused");
    screen_send(screen, " ");
    screen_wait(screen, "steps/s");
    click_on(screen, "F2", 1);
    screen_wait(screen, "0 of 160"); /* its trials never end */
    screen_wait(screen, "● running");
    screen_send(screen, " ");
    screen_wait(screen, "‖ paused");
    click_on(screen, "F1", 0);
    screen_wait(screen, "steps/s");
    screen_wait_gone(screen, "step 0 of");
    quit(screen);
}

static void axes_change_and_the_sweep_before_is_compared(void **state)
{
    (void)state;
    struct screen *screen = start_as(120, 36, "2387", NULL);
    screen_send(screen, "t");
    screen_wait(screen, "✓ done");
    screen_send(screen, "y\b\b\b\b\b\b\b\b");
    screen_send(screen, "noise=0:0.2:0.1\r");
    screen_wait(screen, "noise=0:0.2:0.1");
    screen_wait(screen, "120 of 120");
    screen_wait(screen, "✓ done");
    screen_send(screen, "+");
    screen_wait(screen, "This cell gets 10 seeds.");
    screen_wait(screen, "125 of 125");
    screen_send(screen, "xx\r");
    screen_wait(screen, "the axis tasks: the range \"1:8x\" must be");
    screen_send(screen, "\033");
    screen_wait_gone(screen, "leave as it was");
    quit(screen);
}

/* What one visit has computed the next finds; it may be killed at any moment. */
static void results_outlive_the_program(void **state)
{
    (void)state;
    struct screen *screen = start_as(120, 36, "2388", NULL);
    screen_send(screen, "t");
    screen_wait(screen, "✓ done");
    kill(screen_program(screen), SIGKILL);
    assert_true(WIFSIGNALED(screen_wait_end(screen)));
    screen_free(screen);
    screen = start_as(120, 36, "2388", NULL);
    screen_send(screen, "t");
    screen_wait(screen, "✓ done");
    screen_wait(screen, "from store             160");
    quit(screen);
}

static void without_a_store_it_says_so_and_sweeps(void **state)
{
    (void)state;
    static const char *const environment[] = {"XDG_DATA_HOME=/dev/null/nowhere", NULL};
    struct screen *screen = start_as(120, 36, "2389", &(struct screen_options){.environment = environment});
    screen_send(screen, "t");
    screen_wait(screen, "/dev/null/nowhere");
    screen_wait(screen, "✓ done");
    screen_wait(screen, "not kept");
    quit(screen);
}

/* Without a display gnuplot keeps a picture of what is shown; another key's windows are the lab's own. */
static void gnuplot_draws_the_sweep(void **state)
{
    (void)state;
    static const char *const environment[] = {"DISPLAY=", "WAYLAND_DISPLAY=", "GNUTERM=png", NULL};
    struct screen *screen = start_as(120, 36, "2392", &(struct screen_options){.environment = environment});
    screen_send(screen, "t");
    screen_wait(screen, "✓ done");
    unlink("rankscope-sweep.png");
    screen_send(screen, "g");
    screen_wait(screen, "rankscope-sweep.png");
    for (int i = 0; i < 400 * program_slowness() && access("rankscope-sweep.png", R_OK) != 0; i++)
        screen_read(screen, 50);
    assert_int_equal(access("rankscope-sweep.png", R_OK), 0);
    screen_send(screen, "y\b\b\b\b\b\b\b\b\r"); /* one axis has other figures */
    screen_wait(screen, "40 of 40");
    screen_send(screen, "g");
    screen_wait(screen, "gnuplot's figures are closed");
    unlink("rankscope-sweep.png");
    quit(screen);
}

static bool writes(struct screen *screen, const char *part)
{
    size_t size;
    const char *bytes = screen_bytes(screen, &size);
    return memmem(bytes, size, part, strlen(part)) != NULL;
}

/* Backgrounds where the terminal has colours, and everything readable where it has none. */
static void every_terminal_can_show_it(void **state)
{
    (void)state;
    static const char *const no_color[] = {"NO_COLOR=1", NULL};
    static const struct {
        struct screen_options options;
        const char *background; /* NULL: none */
    } table[] = {
        {{.term = "xterm-256color"}, "48;5;17m"},
        {{.term = "xterm"}, "44m"},
        {{.term = "vt100", .locale = "C"}, NULL},
        {{.term = "xterm-256color", .environment = no_color}, NULL},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        bool ascii = table[i].options.locale != NULL;
        struct screen *screen = start_as(80, 24, "2390", &table[i].options);
        screen_send(screen, "t");
        screen_wait(screen, ascii ? "ok done" : "✓ done");
        screen_wait(screen,
                    ascii ? "1   3  | 3  | 1    1    1    1    1    1" : "1   3  │ 3  │ 1    1    1    1    1    1");
        if (table[i].background != NULL)
            assert_true(writes(screen, table[i].background));
        else
            assert_false(writes(screen, "48;5;") || writes(screen, "[44m") || writes(screen, ";44m"));
        quit(screen);
    }
}

static void sizes_change_at_any_moment(void **state)
{
    (void)state;
    struct screen *screen = start_as(120, 36, "2391", NULL);
    screen_send(screen, "t");
    screen_wait(screen, "x axis"); /* a key that comes after the last size does nothing there */
    screen_wait(screen, "x axis"); /* else the last size, which hears no keys, may come before this one */
    for (int i = 0; i < 12; i++) {
        screen_resize(screen, 60 + 13 * i, 16 + 4 * i);
        screen_send(screen, i % 2 == 0 ? "m" : "c");
    }
    screen_wait(screen, "x axis"); /* all keys have come: those that come on too small a screen are for nothing */
    screen_resize(screen, 40, 10);
    screen_wait(screen, "needs 60 × 16");
    screen_resize(screen, 60, 16);
    screen_wait(screen, "✓ done");
    screen_wait(screen, "x axis        tasks=1:8");
    quit(screen);
}

static void quitting_does_not_wait_for_a_giant_trial(void **state)
{
    (void)state;
    static const char *const arguments[] = {
        "three-tasks", "--set", "problem.dimension=1024", "--set", "retrain.inner_steps=90", NULL};
    struct screen *screen = screen_start(&(struct screen_options){.width = 100, .height = 30, .arguments = arguments});
    screen_wait(screen, "F1 Lab");
    screen_send(screen, "t");
    screen_wait(screen, "0 of 160");
    quit(screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sweep_fills_and_shows_the_theory),
        cmocka_unit_test(a_cell_opens_in_the_lab),
        cmocka_unit_test(both_screens_go_on),
        cmocka_unit_test(axes_change_and_the_sweep_before_is_compared),
        cmocka_unit_test(results_outlive_the_program),
        cmocka_unit_test(without_a_store_it_says_so_and_sweeps),
        cmocka_unit_test(gnuplot_draws_the_sweep),
        cmocka_unit_test(every_terminal_can_show_it),
        cmocka_unit_test(sizes_change_at_any_moment),
        cmocka_unit_test(quitting_does_not_wait_for_a_giant_trial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
