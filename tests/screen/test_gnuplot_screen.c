/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A gnuplot that fails costs one message and nothing else. Scripts stand in for it; they leave their process number in
 * a file, so that it can be seen that they are gone. */

struct place {
    char folder[256];
    char variable[400]; /* RANKSCOPE_GNUPLOT=... */
    char pid_file[300];
};

static struct place make_place(const char *script)
{
    struct place place;
    const char *root = getenv("TMPDIR");
    snprintf(place.folder, sizeof place.folder, "%.200s/rankscope-XXXXXX", root != NULL ? root : "/tmp");
    assert_non_null(mkdtemp(place.folder));
    snprintf(place.pid_file, sizeof place.pid_file, "%s/pid", place.folder);
    char path[300];
    snprintf(path, sizeof path, "%s/gnuplot", place.folder);
    snprintf(place.variable, sizeof place.variable, "RANKSCOPE_GNUPLOT=%s", path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\necho $$ > '%s.new' && mv '%s.new' '%s'\n%s\n", place.pid_file, place.pid_file,
            place.pid_file, script);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0755), 0);
    return place;
}

static void remove_place(const struct place *place)
{
    char command[400];
    snprintf(command, sizeof command, "rm -r '%s'", place->folder);
    assert_int_equal(system(command), 0);
}

static struct screen *start(const struct place *place)
{
    const char *const environment[] = {place->variable, "DISPLAY=", "WAYLAND_DISPLAY=", "GNUTERM=", NULL};
    static const char *const arguments[] = {"three-tasks", "--set", "retrain.steps=1000000000", NULL};
    struct screen *screen = screen_start(
        &(struct screen_options){.width = 120, .height = 36, .environment = environment, .arguments = arguments});
    screen_wait(screen, "paused");
    screen_send(screen, " ");
    screen_wait(screen, "steps/s");
    return screen;
}

/* The stand-in's process; waits until it has begun. */
static pid_t stand_in(const struct place *place, struct screen *screen)
{
    long pid = 0;
    while (pid <= 0) {
        char text[32] = "";
        FILE *file = fopen(place->pid_file, "r");
        if (file != NULL) {
            if (fgets(text, sizeof text, file) != NULL)
                pid = strtol(text, NULL, 10);
            fclose(file);
        }
        screen_read(screen, 5);
    }
    return (pid_t)pid;
}

static void assert_still_works(struct screen *screen)
{
    screen_send(screen, "\033[B"); /* a message of gnuplot may come before or after */
    screen_wait(screen, "rank k               ◂ 2 ▸");
    screen_wait(screen, "steps/s");
    screen_send(screen, " ");
    screen_wait(screen, "‖ paused");
}

static void leave(struct screen *screen, const struct place *place, pid_t pid)
{
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
    assert_int_equal(kill(pid, 0), -1); /* it is gone, and was reaped */
    assert_int_equal(errno, ESRCH);
    remove_place(place);
}

static void killed_it_costs_one_message(void **state)
{
    (void)state;
    struct place place = make_place("exec cat >/dev/null");
    struct screen *screen = start(&place);
    screen_send(screen, "g");
    pid_t pid = stand_in(&place, screen);
    assert_int_equal(kill(pid, SIGKILL), 0);
    screen_wait(screen, "gnuplot was killed (signal 9)");
    assert_still_works(screen);
    leave(screen, &place, pid);
}

static void ended_at_once_it_costs_one_message(void **state)
{
    (void)state;
    struct place place = make_place("echo 'no licence' >&2; exit 3");
    struct screen *screen = start(&place);
    screen_send(screen, "g");
    pid_t pid = stand_in(&place, screen);
    screen_wait(screen, "gnuplot ended by itself (exit status 3): no licence");
    assert_still_works(screen);
    leave(screen, &place, pid);
}

static void garbage_and_silence_do_no_harm(void **state)
{
    (void)state;
    static const char *const script[] = {
        "printf 'garbage \\033[2J \\377\\n'; exec cat >/dev/null",
        "exec sleep 1000", /* never reads, never answers */
        "trap '' TERM HUP; while :; do read line || sleep 1; done",
    };
    for (size_t i = 0; i < sizeof script / sizeof script[0]; i++) {
        struct place place = make_place(script[i]);
        struct screen *screen = start(&place);
        screen_send(screen, "g");
        pid_t pid = stand_in(&place, screen);
        assert_still_works(screen);
        leave(screen, &place, pid);
    }
}

static void a_missing_one_costs_one_message(void **state)
{
    (void)state;
    struct place place = make_place("");
    snprintf(place.variable, sizeof place.variable, "RANKSCOPE_GNUPLOT=/not/there"); /* fits one line of the screen */
    struct screen *screen = start(&place);
    screen_send(screen, "g");
    screen_wait(screen, "/not/there: there is no such program");
    assert_still_works(screen);
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
    remove_place(&place);
}

static void figures_are_closed_by_the_same_key(void **state)
{
    (void)state;
    struct place place = make_place("exec cat >/dev/null");
    struct screen *screen = start(&place);
    screen_send(screen, "g");
    pid_t pid = stand_in(&place, screen);
    screen_send(screen, "g");
    screen_wait(screen, "gnuplot's figures are closed");
    assert_int_equal(kill(pid, 0), -1);
    assert_still_works(screen);
    leave(screen, &place, pid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_it_costs_one_message),        cmocka_unit_test(ended_at_once_it_costs_one_message),
        cmocka_unit_test(garbage_and_silence_do_no_harm),     cmocka_unit_test(a_missing_one_costs_one_message),
        cmocka_unit_test(figures_are_closed_by_the_same_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
