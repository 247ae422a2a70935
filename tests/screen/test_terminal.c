/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"
#include "support/screen.h"

#include <errno.h>
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

/* What the lab does to a terminal, and how it leaves it. */

static struct screen *start_in(const char *term, const char *locale, const char *const *environment)
{
    struct screen *screen = screen_start(&(struct screen_options){
        .width = 100, .height = 30, .term = term, .locale = locale, .environment = environment});
    screen_wait(screen, "paused");
    return screen;
}

static struct screen *start(void)
{
    return start_in(NULL, NULL, NULL);
}

static void assert_taken(struct screen *screen)
{
    while (!screen_mouse(screen)) /* what the terminal shall report comes after the picture */
        screen_read(screen, 10);
    struct termios modes = screen_modes(screen);
    assert_int_equal(modes.c_lflag & (ICANON | ECHO | ISIG), 0);
    assert_true(screen_alternate(screen));
    assert_true(screen_mouse(screen));
    assert_false(screen_cursor(screen));
}

static void assert_given_back(const struct screen *screen)
{
    struct termios modes = screen_modes(screen);
    assert_int_equal(modes.c_lflag & (ICANON | ECHO | ISIG), ICANON | ECHO | ISIG);
    assert_true(modes.c_iflag & ICRNL);
    assert_true(modes.c_oflag & OPOST);
    assert_false(screen_alternate(screen));
    assert_false(screen_mouse(screen));
    assert_true(screen_cursor(screen));
}

static void assert_leaves(struct screen *screen)
{
    int status = screen_wait_end(screen);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_given_back(screen);
    screen_free(screen);
}

static void keys_leave_the_terminal_as_it_was(void **state)
{
    (void)state;
    struct screen *screen = start();
    assert_taken(screen);
    screen_send(screen, "q");
    assert_leaves(screen);

    screen = start();
    screen_send(screen, "m"); /* whatever is on the screen */
    screen_wait(screen, "Type to filter");
    screen_send(screen, "\003");
    assert_leaves(screen);
}

static void signals_leave_the_terminal_as_it_was(void **state)
{
    (void)state;
    static const int number[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < sizeof number / sizeof number[0]; i++) {
        struct screen *screen = start();
        screen_send(screen, " ");
        screen_signal(screen, number[i]);
        assert_leaves(screen);
    }
}

static void a_lost_terminal_ends_the_program(void **state)
{
    (void)state;
    struct screen *screen = start();
    screen_send(screen, " ");
    screen_hang_up(screen);
    int status = screen_wait_end(screen);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    screen_free(screen);
}

static void it_suspends_and_comes_back(void **state)
{
    (void)state;
    struct screen *screen = start();
    char *before = strdup(screen_text(screen));
    for (int i = 0; i < 2; i++) {
        if (i == 0)
            screen_send(screen, "\032");
        else
            screen_signal(screen, SIGTSTP);
        screen_wait_stopped(screen);
        assert_given_back(screen);
        screen_continue(screen);
        screen_wait_same(screen, before);
        assert_taken(screen);
    }
    free(before);
    screen_send(screen, " ");
    screen_wait(screen, "✓ done");
    screen_send(screen, "q");
    assert_leaves(screen);
}

static void in_the_background_it_leaves_the_terminal_alone(void **state)
{
    (void)state;
    struct screen *screen = start();
    char *before = strdup(screen_text(screen));
    screen_send(screen, "\032");
    screen_wait_stopped(screen);
    screen_continue_behind(screen);
    screen_wait_stopped(screen);
    assert_given_back(screen);
    screen_continue(screen);
    screen_wait_same(screen, before);
    assert_taken(screen);
    free(before);
    screen_send(screen, "q");
    assert_leaves(screen);
}

/* SIGSTOP cannot be caught: the terminal's modes are lost, and come back with SIGCONT. */
static void it_comes_back_after_a_stop_that_cannot_be_caught(void **state)
{
    (void)state;
    struct screen *screen = start();
    char *before = strdup(screen_text(screen));
    screen_signal(screen, SIGSTOP);
    while (screen_modes(screen).c_lflag == 0 || !(screen_modes(screen).c_lflag & ICANON)) /* the shell's */
        screen_read(screen, 10);
    size_t mark = 0;
    screen_bytes(screen, &mark);
    screen_continue(screen);
    for (size_t size = 0; strstr(screen_bytes(screen, &size) + mark, "\033[?1006h") == NULL;) /* the mouse, again */
        screen_read(screen, 10);
    screen_wait_same(screen, before);
    assert_taken(screen);
    free(before);
    screen_send(screen, "q");
    assert_leaves(screen);
}

static void a_size_that_changed_meanwhile_is_taken_over(void **state)
{
    (void)state;
    struct screen *screen = start();
    screen_send(screen, "\032");
    screen_wait_stopped(screen);
    screen_resize(screen, 50, 9);
    screen_continue(screen);
    screen_wait(screen, "This terminal has 50 × 9.");
    screen_resize(screen, 100, 30);
    screen_wait(screen, "paused");
    screen_send(screen, "q");
    assert_leaves(screen);
}

/* ---- resizing ---- */

static char *fresh_screen(int width, int height)
{
    struct screen *screen = screen_start(&(struct screen_options){.width = width, .height = height});
    screen_wait(screen, width >= 60 && height >= 16 ? "paused" : "need");
    char *text = strdup(screen_text(screen));
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
    return text;
}

static void a_storm_of_sizes_leaves_a_correct_screen(void **state)
{
    (void)state;
    int rounds = program_slowness() > 1 ? 3 : 10;
    unsigned random = 2385;
    struct screen *screen = start();
    for (int i = 0; i < rounds; i++) {
        int width = 0;
        int height = 0;
        for (int k = 0; k < 20; k++) {
            random = random * 1664525u + 1013904223u;
            width = 20 + (int)(random >> 16) % 231;
            random = random * 1664525u + 1013904223u;
            height = 5 + (int)(random >> 16) % 76;
            screen_resize(screen, width, height);
            screen_read(screen, 5);
        }
        char *expected = fresh_screen(width, height);
        screen_wait_same(screen, expected);
        free(expected);
    }
    screen_send(screen, "q");
    assert_leaves(screen);
}

static void a_storm_while_it_runs_does_no_harm(void **state)
{
    (void)state;
    static const char *const arguments[] = {"three-tasks", "--set", "retrain.steps=1000000000", NULL};
    struct screen *screen = screen_start(&(struct screen_options){.width = 100, .height = 30, .arguments = arguments});
    screen_wait(screen, "paused");
    screen_send(screen, " ");
    screen_wait(screen, "steps/s");
    for (int i = 0; i < 60; i++) {
        screen_resize(screen, 20 + i * 37 % 231, 5 + i * 29 % 76);
        screen_read(screen, 5);
    }
    screen_resize(screen, 120, 36);
    screen_wait(screen, "? help ──┘");
    screen_wait(screen, "steps/s");
    screen_send(screen, "q");
    assert_leaves(screen);
}

/* ---- what the terminal can do ---- */

static void without_unicode_all_is_ascii(void **state)
{
    (void)state;
    size_t size = 0;
    struct screen *screen = start_in(NULL, "C", NULL);
    screen_send(screen, " ");
    screen_wait(screen, "done");
    screen_send(screen, "?");
    screen_wait(screen, "run or pause");
    const char *bytes = screen_bytes(screen, &size);
    for (size_t i = 0; i < size; i++)
        assert_true((unsigned char)bytes[i] < 0x80);
    screen_send(screen, "qq");
    assert_leaves(screen);
}

/* Whether a colour is selected anywhere in these bytes: SGR 30 … 49, 90 … 107. */
static bool has_color(const char *bytes)
{
    for (const char *at = strstr(bytes, "\033["); at != NULL; at = strstr(at + 2, "\033[")) {
        const char *parameter = at + 2;
        size_t length = strspn(parameter, "0123456789;");
        if (parameter[length] != 'm')
            continue;
        for (const char *end = parameter + length; parameter < end; parameter++) {
            long value = strtol(parameter, (char **)(uintptr_t)&parameter, 10);
            if ((value >= 30 && value <= 38) || (value >= 40 && value <= 48) || (value >= 90 && value <= 107))
                return true;
        }
    }
    return false;
}

static bool colors_in(const char *term, const char *const *environment)
{
    size_t size = 0;
    struct screen *screen = start_in(term, NULL, environment);
    screen_send(screen, " ");
    screen_wait(screen, "✓ done");
    bool colored = has_color(screen_bytes(screen, &size));
    screen_send(screen, "q");
    assert_leaves(screen);
    return colored;
}

static void colors_are_a_choice(void **state)
{
    (void)state;
    static const char *const no_color[] = {"NO_COLOR=1", NULL};
    static const char *const empty[] = {"NO_COLOR=", NULL};
    assert_true(colors_in("xterm-256color", NULL));
    assert_true(colors_in("xterm-256color", empty));
    assert_false(colors_in("xterm-256color", no_color));
    assert_true(colors_in("xterm", NULL)); /* eight */
    assert_false(colors_in("vt220", NULL));
}

static void themes_paint_their_background(void **state)
{
    (void)state;
    static const struct {
        const char *name, *bytes;
    } table[] = {{"dark", "48;5;234"}, {"light", "48;5;231"}, {"high-contrast", "48;5;16"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t size = 0;
        const char *const arguments[] = {"--theme", table[i].name, NULL};
        struct screen *screen =
            screen_start(&(struct screen_options){.width = 100, .height = 30, .arguments = arguments});
        screen_wait(screen, "paused");
        assert_non_null(strstr(screen_bytes(screen, &size), table[i].bytes));
        screen_send(screen, "q");
        assert_leaves(screen);
    }
    struct program_result result = program_shell("\"$RANKSCOPE\" --theme mauve");
    assert_int_equal(result.status, 2);
    assert_non_null(strstr(result.errors, "--theme must be terminal, dark, light or high-contrast, not \"mauve\""));
    program_free(&result);
}

static void a_terminal_that_cannot_is_refused_untouched(void **state)
{
    (void)state;
    static const struct {
        const char *term, *message;
    } table[] = {
        {"dumb", "rankscope: TERM is \"dumb\": the lab needs a terminal with a screen"},
        {"no-such-thing", "rankscope: TERM is \"no-such-thing\": a terminal of this type is not known"},
        {"", "rankscope: TERM is not set"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        size_t size = 0;
        struct screen *screen =
            screen_start(&(struct screen_options){.width = 100, .height = 30, .term = table[i].term});
        int status = screen_wait_end(screen);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 1);
        screen_wait(screen, table[i].message);
        assert_null(strchr(screen_bytes(screen, &size), '\033'));
        screen_free(screen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_leave_the_terminal_as_it_was),
        cmocka_unit_test(signals_leave_the_terminal_as_it_was),
        cmocka_unit_test(a_lost_terminal_ends_the_program),
        cmocka_unit_test(it_suspends_and_comes_back),
        cmocka_unit_test(in_the_background_it_leaves_the_terminal_alone),
        cmocka_unit_test(it_comes_back_after_a_stop_that_cannot_be_caught),
        cmocka_unit_test(a_size_that_changed_meanwhile_is_taken_over),
        cmocka_unit_test(a_storm_of_sizes_leaves_a_correct_screen),
        cmocka_unit_test(a_storm_while_it_runs_does_no_harm),
        cmocka_unit_test(without_unicode_all_is_ascii),
        cmocka_unit_test(colors_are_a_choice),
        cmocka_unit_test(themes_paint_their_background),
        cmocka_unit_test(a_terminal_that_cannot_is_refused_untouched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
