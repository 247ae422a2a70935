/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/windows.h"

#include "plot/figure.h"
#include "plot/link.h"
#include "plot/sweep_figure.h"
#include "run/key.h"
#include "support/fake_gnuplot.h"
#include "support/program.h"
#include "support/table_sample.h"
#include "support/view_sample.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* What one conversation left behind. */
struct story {
    struct windows *windows;
    struct view_sample *sample;
    char said[2048]; /* messages, a line each */
    int messages;
    int descriptors; /* open before it */
    double slowest;  /* longest call, seconds */
};

/* Against hanging alone, on however busy a machine: nothing that stands in for gnuplot lets itself be waited for in
 * less. */
enum { PATIENCE = 40 /* seconds */ };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static char *in_temporary(const char *name)
{
    static char path[512];
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "/tmp", name);
    return path;
}

static void slower(struct story *story, double since)
{
    double took = seconds() - since;
    story->slowest = took > story->slowest ? took : story->slowest;
}

static void begin(struct story *story, const char *fake, const char *terminal)
{
    struct err err = {0};
    struct config config;
    *story = (struct story){0};
    signal(SIGPIPE, SIG_IGN);
    unsetenv("GNUTERM");
    setenv("DISPLAY", ":1234", 1);
    struct program_result cleared = program_shell("rm -f \"$TMPDIR\"/frames-*");
    program_free(&cleared);
    fake_gnuplot(fake);
    config_default(&config);
    story->sample = view_sample_new(&config);
    assert_non_null(story->sample);
    story->descriptors = fake_gnuplot_descriptors();
    double start = seconds();
    story->windows = windows_new(&figures_of_run, terminal, in_temporary("live.png"), &err);
    slower(story, start);
    if (!story->windows)
        fail_msg("gnuplot did not start: %s", err.message);
}

/* As the lab's loop does it: waits for descriptors or time, services, collects messages. */
static void turn(struct story *story)
{
    struct pollfd descriptors[WINDOWS_POLL_MAX];
    int count = windows_poll(story->windows, descriptors);
    assert_in_range(count, 0, WINDOWS_POLL_MAX);
    int timeout = windows_timeout(story->windows);
    poll(descriptors, (nfds_t)count, timeout >= 0 && timeout < 50 ? timeout : 50);
    double start = seconds();
    windows_service(story->windows);
    slower(story, start);
    char text[256];
    while (windows_message(story->windows, text, sizeof text)) {
        size_t used = strlen(story->said);
        snprintf(story->said + used, sizeof story->said - used, "%s\n", text);
        story->messages++;
    }
}

static void offer(struct story *story)
{
    struct view view = view_sample_view(story->sample);
    double start = seconds();
    windows_offer(story->windows, &view);
    slower(story, start);
}

/* Turns until `done` says so; fails after a while. */
static void until(struct story *story, bool (*done)(const struct story *story))
{
    double limit = seconds() + PATIENCE;
    while (!done(story)) {
        turn(story);
        if (seconds() > limit)
            fail_msg("it took too long; so far gnuplot was said to: %s", story->said);
    }
}

static bool ready(const struct story *story)
{
    return windows_ready(story->windows) || !windows_alive(story->windows);
}

static bool said_something(const struct story *story)
{
    return story->messages > 0;
}

static bool over(const struct story *story)
{
    return !windows_alive(story->windows);
}

/* Ends it: in bounded time, with nothing left behind, and no call blocked meanwhile. */
static void end(struct story *story)
{
    double start = seconds();
    windows_free(story->windows);
    assert_true(seconds() - start < PATIENCE);
    view_sample_free(story->sample);
    assert_int_equal(fake_gnuplot_descriptors(), story->descriptors);
    assert_int_equal(fake_gnuplot_children(), 0);
    assert_true(story->slowest < PATIENCE);
    fake_gnuplot(NULL);
}

static void expect_said(const struct story *story, const char *text)
{
    if (!strstr(story->said, text))
        fail_msg("nobody said \"%s\", but: %s", text, story->said);
}

/* All that the stand-ins were told, one after the other. */
static const char *frames(void)
{
    static char content[1 << 20];
    struct program_result all = program_shell("cat \"$TMPDIR\"/frames-*");
    snprintf(content, sizeof content, "%s", all.output);
    program_free(&all);
    return content;
}

static int count_of(const char *text, const char *part)
{
    int count = 0;
    for (const char *c = text; (c = strstr(c, part)) != NULL; c += strlen(part))
        count++;
    return count;
}

/* ---- a gnuplot that does as it should ---- */

static void test_every_figure_gets_its_window(void **state)
{
    (void)state;
    struct story story;
    begin(&story, FAKE_ANSWER(""), NULL); /* says that it has x11 */
    assert_false(windows_ready(story.windows));
    until(&story, ready);
    offer(&story);
    assert_false(windows_ready(story.windows));
    until(&story, ready);
    assert_string_equal(story.said, "");
    assert_true(windows_alive(story.windows));
    assert_int_equal(count_of(frames(), "set terminal x11"), FIGURE_COUNT);
    assert_int_equal(count_of(frames(), "noraise"), FIGURE_COUNT);
    assert_int_equal(count_of(frames(), "\nplot "), FIGURE_COUNT);
    assert_int_equal(count_of(frames(), " << EOD"), count_of(frames(), "\nEOD\n"));
    assert_int_equal(count_of(frames(), "pause"), 0);
    end(&story);
}

static void watch_sweep(const struct sweep_choice *choice)
{
    struct story story;
    struct err err = {0};
    begin(&story, FAKE_ANSWER(""), "x11");
    windows_free(story.windows); /* those of a run */
    struct program_result cleared = program_shell("rm -f \"$TMPDIR\"/frames-*");
    program_free(&cleared);
    story.windows = windows_new(sweep_figures(choice), "x11", in_temporary("live.png"), &err);
    assert_non_null(story.windows);
    struct sweep_grid *grid = sweep_grid_new(choice, &err);
    assert_non_null(grid);
    until(&story, ready);
    windows_offer(story.windows, grid);
    sweep_grid_free(grid);
    until(&story, ready);
    assert_string_equal(story.said, "");
    end(&story);
}

static void test_a_sweep_is_shown_in_windows(void **state)
{
    (void)state;
    struct table *table =
        table_sample_new((const char *const[]){"tasks=1:6", "rank=1:3", NULL}, 2, 2, table_sample_theory);
    struct sweep_choice choice = sweep_choice_default(table, METRIC_RANK_NEEDED);
    watch_sweep(&choice);
    assert_int_equal(count_of(frames(), "set terminal x11"), SWEEP_FIGURE_COUNT);
    assert_int_equal(count_of(frames(), "size 1200, 480"), SWEEP_FIGURE_COUNT);
    assert_int_equal(count_of(frames(), "heatmap_standard_value << EOD"), 1);
    assert_int_equal(count_of(frames(), "slices_standard_value << EOD"), 3);
    assert_int_equal(count_of(frames(), "unset multiplot"), SWEEP_FIGURE_COUNT);
    assert_int_equal(count_of(frames(), "set encoding utf8"), 0); /* for x11 */
    table_free(table);

    table = table_sample_new((const char *const[]){"tasks=1:6", NULL}, 2, 2, table_sample_theory);
    choice = sweep_choice_default(table, METRIC_RANK_NEEDED);
    watch_sweep(&choice);
    assert_int_equal(count_of(frames(), "set terminal x11"), 1);
    assert_int_equal(count_of(frames(), "heatmap"), 0);
    assert_int_equal(count_of(frames(), "slices_standard_value << EOD"), 1);
    table_free(table);
}

static void test_only_the_newest_frame_waits(void **state)
{
    (void)state;
    struct story story;
    char gate[600];
    snprintf(gate, sizeof gate, "%s", in_temporary("gate"));
    unlink(gate);
    /* Every frame after the first waits for the gate. */
    begin(&story, FAKE_ANSWER("[ $n -gt 1 ] && while [ ! -e \"$TMPDIR/gate\" ]; do sleep 0.01; done"), "qt");
    until(&story, ready);
    for (int i = 0; i < 20; i++) {
        offer(&story);
        windows_service(story.windows);
    }
    fclose(fopen(gate, "w"));
    until(&story, ready);
    assert_int_equal(count_of(frames(), "\nplot "), 2 * FIGURE_COUNT); /* the first and the last */
    assert_int_equal(count_of(frames(), " << EOD"), count_of(frames(), "\nEOD\n"));
    assert_int_equal(story.messages, 0);
    unlink(gate);
    end(&story);
}

static void test_without_a_display_it_draws_a_picture(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, "png size 1600,1200");
    unlink(in_temporary("live.png"));
    until(&story, ready);
    expect_said(&story, "gnuplot draws into ");
    offer(&story);
    until(&story, ready);
    assert_int_equal(story.messages, 1);
    assert_int_equal(access(in_temporary("live.png"), R_OK), 0);
    char begin_of_file[4] = "";
    FILE *stream = fopen(in_temporary("live.png"), "r");
    assert_int_equal(fread(begin_of_file, 1, 4, stream), 4);
    fclose(stream);
    assert_memory_equal(begin_of_file, "\x89PNG", 4);
    end(&story);
    struct program_result left = program_shell("ls \"$TMPDIR\" | grep -c '\\.tmp$'");
    assert_string_equal(left.output, "0\n");
    program_free(&left);
}

static void test_the_display_decides(void **state)
{
    (void)state;
    struct err err = {0};
    fake_gnuplot(FAKE_ANSWER(""));
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    struct windows *windows = windows_new(&figures_of_run, NULL, in_temporary("a.png"), &err);
    char text[256];
    assert_true(windows_message(windows, text, sizeof text));
    assert_non_null(strstr(text, "a.png"));
    windows_free(windows);
    setenv("GNUTERM", "wxt", 1); /* the person says so */
    windows = windows_new(&figures_of_run, NULL, in_temporary("a.png"), &err);
    assert_false(windows_message(windows, text, sizeof text));
    windows_free(windows);
    static const char *const not_meant_for_us[] = {"dumb", ""};
    for (int i = 0; i < 2; i++) {
        setenv("GNUTERM", not_meant_for_us[i], 1);
        windows = windows_new(&figures_of_run, NULL, in_temporary("a.png"), &err);
        assert_true(windows_message(windows, text, sizeof text));
        windows_free(windows);
    }
    unsetenv("GNUTERM");
    fake_gnuplot(NULL);
}

static void test_a_window_that_was_closed_stays_closed(void **state)
{
    (void)state;
    struct story story;
    /* The figure on recovery says in its second answer that its window was closed. */
    begin(&story,
          "while IFS= read -r line; do case $line in"
          " *Recovery*) mine=yes;;"
          " *\"ACK \"*) n=${line#*ACK }; n=${n%% *}; [ \"$mine$n\" = yes2 ] && echo CLOSED; echo \"ACK $n 0 \";;"
          " plot*) echo x >>\"$TMPDIR/frames-$$\";; esac; done",
          "x11");
    until(&story, ready);
    offer(&story);
    until(&story, said_something);
    until(&story, ready);
    assert_true(windows_alive(story.windows));
    for (int i = 0; i < 3; i++) {
        offer(&story);
        until(&story, ready);
    }
    assert_string_equal(story.said, "gnuplot's window \"recovery\" was closed\n");
    assert_int_equal(count_of(frames(), "x\n"), FIGURE_COUNT + 3 * (FIGURE_COUNT - 1));
    end(&story);
}

static void test_errors_are_said_once(void **state)
{
    (void)state;
    struct story story;
    begin(
        &story,
        "while IFS= read -r line; do case $line in"
        " *\"ACK \"*) n=${line#*ACK }; n=${n%% *}; [ $n -gt 1 ] && echo \"ACK $n 1 bad thing\" || echo \"ACK $n 0 \";;"
        " esac; done",
        "qt");
    until(&story, ready);
    for (int i = 0; i < 4; i++) {
        offer(&story);
        until(&story, ready);
    }
    assert_true(windows_alive(story.windows));
    assert_string_equal(story.said, "gnuplot: bad thing\n");
    end(&story);
}

/* ---- a gnuplot that does not ---- */

struct fault {
    const char *fake;
    const char *said;
};

static void expect_fault(const struct fault *fault, const char *terminal)
{
    struct story story;
    begin(&story, fault->fake, terminal);
    for (int i = 0; i < 3; i++) {
        offer(&story);
        turn(&story);
    }
    until(&story, over);
    offer(&story); /* what comes later does nothing */
    turn(&story);
    expect_said(&story, fault->said);
    if (story.messages != 1)
        fail_msg("more than one message: %s", story.said);
    assert_null(strpbrk(story.said, "\x1b\a\r"));
    assert_false(windows_ready(story.windows));
    assert_int_equal(windows_timeout(story.windows), -1);
    end(&story);
}

static void test_each_fault_costs_one_message(void **state)
{
    (void)state;
    static const struct fault faults[] = {
        {"exit 0", "ended by itself (exit status 0)"},
        {"echo 'no display' >&2; exit 3", "exit status 3): no display"},
        {"read a; kill -9 $$", "killed (signal 9)"},
        {FAKE_ANSWER("[ $n -gt 1 ] && kill -9 $$"), "killed (signal 9)"},
        {"printf '\\033[2J\\007\\r\\377 junk' >&2; exit 1", "exit status 1"},
        {"exec yes", "writes without end"},
        {"yes >&2", "writes without end"},
        {"exec tr -dc '\\000-\\377' </dev/urandom", "writes without end"},
        {"exec 1>&-; exec sleep 60", "closed its output"},
        {"echo \"gnuplot: unable to open display ':7'\" >&2; exec sleep 60", "unable to open display ':7'"},
        {"while IFS= read -r line; do case $line in *\"ACK \"*) n=${line#*ACK }; n=${n%% *};"
         " echo \"ACK $n 1 unknown terminal\";; esac; done",
         "unknown terminal"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        expect_fault(&faults[i], "x11");
    expect_fault(&faults[0], NULL);
    expect_fault(&faults[2], NULL);
}

/* The windows' patience is too long for a test: here is a conversation with less. */
static void test_a_gnuplot_without_answers_is_given_up(void **state)
{
    (void)state;
    struct err err = {0};
    struct link_report report = {0};
    fake_gnuplot("trap '' TERM; while :; do sleep 1; done");
    double start = seconds();
    struct link *link = link_new(300, &err);
    assert_non_null(link);
    link_offer(link, strdup("plot x"), strlen("plot x"));
    assert_in_range(link_timeout(link), 1, 301);
    while (!report.ended) {
        struct pollfd descriptors[LINK_POLL_MAX];
        int count = link_poll(link, descriptors);
        poll(descriptors, (nfds_t)count, link_timeout(link));
        link_service(link, &report);
        assert_true(seconds() - start < PATIENCE);
    }
    assert_true(seconds() - start > 0.29);
    assert_string_equal(report.text, "gnuplot does not answer");
    link_free(link);
    assert_int_equal(fake_gnuplot_children(), 0);
    fake_gnuplot(NULL);
}

/* Stopped before a figure that does not fit into the pipe: it is still ended in bounded time. */
static void test_a_stopped_gnuplot_does_not_hold_the_end(void **state)
{
    (void)state;
    struct story story;
    begin(&story, FAKE_ANSWER("[ $n -eq 1 ] && echo 'ACK 1 0 ' && kill -STOP $$"), "x11");
    fake_gnuplot_narrow(getpid());
    until(&story, ready);
    for (int i = 0; i < 5; i++) {
        offer(&story);
        turn(&story);
    }
    assert_false(windows_ready(story.windows));
    assert_in_range(windows_timeout(story.windows), 0, 5000);
    end(&story);
}

static void test_nonsense_between_the_answers_is_borne(void **state)
{
    (void)state;
    struct story story;
    begin(&story,
          FAKE_ANSWER("printf '\\000\\377ACK\\nACK x\\nACK 99 0 \\nACK -1 1 no\\nWORD\\n%5000d\\n' 7;"
                      " echo junk >&2"),
          "x11");
    for (int i = 0; i < 3; i++) {
        until(&story, ready);
        offer(&story);
    }
    until(&story, ready);
    assert_true(windows_alive(story.windows));
    assert_string_equal(story.said, "");
    end(&story);
}

/* Window systems take the time of the last thing a person did from here: an old one does not earn the focus. What it
 * draws with, it has from us. */
static void test_its_environment(void **state)
{
    (void)state;
    struct story story;
    setenv("DESKTOP_STARTUP_ID", "terminal_TIME123456", 1);
    setenv("GNUTERM", "", 1);
    begin(&story, "env | grep -e DESKTOP_STARTUP_ID -e GNUTERM >\"$TMPDIR/environment\"; exit 0", "svg");
    until(&story, over);
    unsetenv("DESKTOP_STARTUP_ID");
    unsetenv("GNUTERM");
    char line[100] = "";
    FILE *stream = fopen(in_temporary("environment"), "r");
    assert_non_null(fgets(line, sizeof line, stream));
    assert_string_equal(line, "DESKTOP_STARTUP_ID=rankscope_TIME1\n");
    assert_null(fgets(line, sizeof line, stream));
    fclose(stream);
    end(&story);
}

static void test_what_cannot_start(void **state)
{
    (void)state;
    struct err err = {0};
    int descriptors = fake_gnuplot_descriptors();
    setenv("RANKSCOPE_GNUPLOT", "/nowhere/gnuplot", 1);
    assert_null(windows_new(&figures_of_run, "x11", "a.png", &err));
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.message, "/nowhere/gnuplot: there is no such program"));
    fake_gnuplot(NULL);
    static const char *const bad[] = {"x11; system('x')", "x11\nplot x", "`x`", "@x", "X11", "x11 # ", " "};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(windows_new(&figures_of_run, bad[i], "a.png", &err));
        assert_int_equal(err.code, ERR_INPUT);
    }
    assert_null(windows_new(&figures_of_run, "x11", "a\nb.png", &err));
    assert_int_equal(err.code, ERR_INPUT);
    windows_free(NULL);
    assert_int_equal(fake_gnuplot_descriptors(), descriptors);
    assert_int_equal(fake_gnuplot_children(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_figure_gets_its_window),
        cmocka_unit_test(test_a_sweep_is_shown_in_windows),
        cmocka_unit_test(test_only_the_newest_frame_waits),
        cmocka_unit_test(test_without_a_display_it_draws_a_picture),
        cmocka_unit_test(test_the_display_decides),
        cmocka_unit_test(test_a_window_that_was_closed_stays_closed),
        cmocka_unit_test(test_errors_are_said_once),
        cmocka_unit_test(test_each_fault_costs_one_message),
        cmocka_unit_test(test_a_gnuplot_without_answers_is_given_up),
        cmocka_unit_test(test_a_stopped_gnuplot_does_not_hold_the_end),
        cmocka_unit_test(test_nonsense_between_the_answers_is_borne),
        cmocka_unit_test(test_its_environment),
        cmocka_unit_test(test_what_cannot_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
