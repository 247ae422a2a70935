/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/figure.h"
#include "plot/windows.h"
#include "run/key.h"
#include "support/fake_gnuplot.h"
#include "support/program.h"
#include "support/view_sample.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* The real gnuplot with real windows; skipped where there is no X server to open them on. */

static bool have_server(void)
{
    struct program_result tools = program_shell(
        "command -v Xvfb; command -v xwininfo; ls /usr/lib/gnuplot/gnuplot_x11 /usr/libexec/gnuplot/*/gnuplot_x11");
    bool there =
        strstr(tools.output, "/Xvfb") && strstr(tools.output, "/xwininfo") && strstr(tools.output, "gnuplot_x11");
    program_free(&tools);
    return there;
}

/* Starts a server on a display of its own choice; 0: it did not start. */
static pid_t start_server(char display[16])
{
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t server = fork();
    if (server == 0) {
        char number[16];
        snprintf(number, sizeof number, "%d", pipes[1]);
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* a test that fails leaves no server behind */
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        close(pipes[0]);
        execlp("Xvfb", "Xvfb", "-displayfd", number, "-screen", "0", "1400x1100x24", "-nolisten", "tcp", (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    char number[12] = "";
    size_t size = 0;
    ssize_t got = 1; /* the number comes, with a newline, once the server is ready */
    while (got > 0 && !strchr(number, '\n') && size + 1 < sizeof number) {
        got = read(pipes[0], number + size, sizeof number - 1 - size);
        size += got > 0 ? (size_t)got : 0;
    }
    close(pipes[0]);
    number[strcspn(number, "\n")] = '\0';
    snprintf(display, 16, ":%s", number);
    return *number ? server : 0;
}

static int windows_shown(void)
{
    struct program_result result = program_shell("xwininfo -root -tree | grep -c '\"Rankscope: '");
    int count = (int)strtol(result.output, NULL, 10);
    program_free(&result);
    return count;
}

static void turn(struct windows *windows)
{
    struct pollfd descriptors[WINDOWS_POLL_MAX];
    poll(descriptors, (nfds_t)windows_poll(windows, descriptors), 20);
    windows_service(windows);
    char text[256];
    if (windows_message(windows, text, sizeof text))
        fail_msg("gnuplot was said to: %s", text);
}

static void test_four_windows_open_and_follow(void **state)
{
    (void)state;
    char display[16];
    if (!have_server())
        skip();
    pid_t server = start_server(display);
    assert_int_not_equal(server, 0);
    signal(SIGPIPE, SIG_IGN);
    setenv("DISPLAY", display, 1);
    struct config config;
    struct err err = {0};
    config_default(&config);
    struct view_sample *sample = view_sample_new(&config);
    struct view view = view_sample_view(sample);
    struct windows *windows = windows_new(&figures_of_run, "x11", "unused.png", &err);
    assert_non_null(windows);

    time_t limit = time(NULL) + 40; /* against hanging alone, on however busy a machine */
    int frames = 0;
    while ((frames < 5 || windows_shown() != FIGURE_COUNT) && time(NULL) < limit) {
        turn(windows);
        if (windows_ready(windows)) {
            windows_offer(windows, &view);
            frames++;
        }
    }
    assert_true(frames >= 5);
    assert_int_equal(windows_shown(), FIGURE_COUNT);
    windows_free(windows);
    while (windows_shown() != 0 && time(NULL) < limit)
        ; /* their programs end a moment after gnuplot */
    assert_int_equal(windows_shown(), 0);
    view_sample_free(sample);
    kill(server, SIGTERM);
    assert_int_equal(waitpid(server, NULL, 0), server);
    assert_int_equal(fake_gnuplot_children(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_four_windows_open_and_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
