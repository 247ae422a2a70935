/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/figure.h"
#include "plot/windows.h"
#include "run/key.h"
#include "support/fake_gnuplot.h"
#include "support/program.h"
#include "support/screen.h"
#include "support/timing.h"
#include "support/view_sample.h"

#include <dirent.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What a gnuplot may cost who types while it draws, is stopped or never answers: how long a call into its windows
 * takes, the one that gives it up among them, and how soon a key shows in the lab beside it, or beside none. Starting
 * and ending it is asked for, and not measured. A bar that is missed is a failure. */

enum { CONVERSATIONS = 5, LASTING = 6 /* seconds: longer than the windows' patience */, CALLS = 65536 };
enum { BEAT = 50, BAR = 20 }; /* milliseconds */
enum { SITTINGS = 3, KEYS = 300 };

/* Each says that it is there and waits, so that its pipe is narrow before a figure comes. */
#define COME ": >\"$TMPDIR/come-$$\"; while [ ! -e \"$TMPDIR/gate\" ]; do sleep 0.01; done\n"

/* Stand-ins; they say yes to their terminal. The good one reads in blocks: a shell takes a core for its lines. */
static const struct kind {
    const char *name;
    const char *fake; /* NULL: no gnuplot */
    bool given_up;    /* for want of an answer */
} kinds[] = {
    {"none", NULL, false},
    {"good",
     COME "grep --line-buffered -o 'ACK [0-9]*' | while read -r word number; do echo \"$word $number 0 \"; done",
     false},
    {"stopped", COME FAKE_ANSWER("[ $n -eq 1 ] && echo 'ACK 1 0 ' && kill -STOP $$"), true},
    {"never answers", "trap '' TERM\n" COME FAKE_ANSWER("[ $n -gt 1 ] && exec cat 3>&1 >/dev/null"), true},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static char folder[] = "/tmp/rankscope-windows-XXXXXX"; /* TMPDIR */

static int count_come(void)
{
    int count = 0;
    DIR *all = opendir(folder);
    assert_non_null(all);
    for (const struct dirent *entry = readdir(all); entry != NULL; entry = readdir(all))
        count += strncmp(entry->d_name, "come-", 5) == 0;
    closedir(all);
    return count;
}

/* Waits for the gnuplots of this process, and lets them begin. The screen is read meanwhile where it has one. */
static void let_begin(pid_t pid, struct screen *screen)
{
    char gate[sizeof folder + 8];
    while (count_come() < FIGURE_COUNT)
        if (screen != NULL)
            screen_read(screen, 5);
        else
            poll(NULL, 0, 5);
    fake_gnuplot_narrow(pid);
    snprintf(gate, sizeof gate, "%s/gate", folder);
    fclose(fopen(gate, "we"));
}

static void clear_folder(void)
{
    struct program_result cleared = program_shell("rm -f \"$TMPDIR\"/*");
    program_free(&cleared);
}

/* Milliseconds at the 99th percentile. */
static double report(const struct kind *kind, const char *what, double *seconds, int count)
{
    double p99 = 1e3 * timing_quantile(seconds, count, 0.99);
    printf("gnuplot %-13s  %-13s  median %6.2f ms   p99 %6.2f ms   (bar: %d ms)   max %6.2f ms   of %d\n", kind->name,
           what, 1e3 * timing_quantile(seconds, count, 0.5), p99, BAR, 1e3 * seconds[count - 1], count);
    return p99;
}

/* ---- calls into the windows ---- */

/* Seconds. */
struct times {
    double offer[CALLS], service[CALLS];
    double last[CONVERSATIONS]; /* service: it gives up, where that is to be */
    int offers, services;
};

static void service(struct windows *windows, struct times *times)
{
    struct pollfd descriptors[WINDOWS_POLL_MAX];
    int count = windows_poll(windows, descriptors);
    int timeout = windows_timeout(windows);
    poll(descriptors, (nfds_t)count, timeout >= 0 && timeout < BEAT ? timeout : BEAT);
    double start = timing_now();
    windows_service(windows);
    times->service[times->services++] = timing_now() - start;
}

static void offer(struct windows *windows, const struct view *view, struct times *times)
{
    double start = timing_now();
    windows_offer(windows, view);
    times->offer[times->offers++] = timing_now() - start;
}

/* As the lab's loop has it, but that one which has not answered is offered frames, too. */
static void converse(const struct kind *kind, const struct view *view, struct times *times, double *last)
{
    struct err err = {.code = ERR_NONE};
    clear_folder();
    fake_gnuplot(kind->fake);
    struct windows *windows = windows_new(&figures_of_run, "x11", "unused.png", &err);
    if (windows == NULL)
        fail_msg("%s", err.message);
    let_begin(getpid(), NULL);
    double end = timing_now() + LASTING;
    double due = 0;
    while (windows_alive(windows) && timing_now() < end && times->services < CALLS) {
        service(windows, times);
        if (timing_now() < due)
            continue;
        offer(windows, view, times);
        due = timing_now() + 1e-3 * BEAT;
    }
    *last = times->service[times->services - 1];
    char said[256] = "";
    windows_message(windows, said, sizeof said);
    assert_string_equal(said, kind->given_up ? "gnuplot does not answer" : "");
    windows_free(windows);
}

static void calls_into_the_windows(void **state)
{
    (void)state;
    static struct times times;
    struct config config;
    bool kept = true;
    config_default(&config);
    struct view_sample *sample = view_sample_new(&config);
    assert_non_null(sample);
    struct view view = view_sample_view(sample);
    for (const struct kind *kind = kinds + 1; kind < kinds + KINDS; kind++) {
        times.offers = times.services = 0;
        for (int i = 0; i < CONVERSATIONS; i++)
            converse(kind, &view, &times, &times.last[i]);
        double offer = report(kind, "offer", times.offer, times.offers);
        double service = report(kind, "service", times.service, times.services);
        double last = 0;
        if (kind->given_up)
            last = report(kind, "giving up", times.last, CONVERSATIONS);
        kept = kept && offer <= BAR && service <= BAR && last <= BAR;
    }
    fake_gnuplot(NULL);
    view_sample_free(sample);
    assert_true(kept);
}

/* ---- the lab ---- */

/* One lab, so many keys while it runs flat out. */
static void type(const struct kind *kind, double time[KEYS])
{
    static const char *const key[2] = {"\033[B", "\033[A"}; /* the focus down to the rank and up to the dimension */
    static const char *const shown[2] = {"rank k               ◂ 2 ▸", "dimension d         ◂ 16 ▸"};
    static const char *const environment[] = {"DISPLAY=:1234", "GNUTERM=x11", NULL};
    static const char *const arguments[] = {"three-tasks", "--set", "retrain.steps=1000000000", NULL};
    clear_folder();
    fake_gnuplot(kind->fake);
    struct screen *screen = screen_start(
        &(struct screen_options){.width = 120, .height = 36, .environment = environment, .arguments = arguments});
    screen_wait(screen, "paused");
    screen_send(screen, " ");
    screen_wait(screen, "steps/s");
    if (kind->fake != NULL) {
        screen_send(screen, "g");
        let_begin(screen_program(screen), screen);
    }
    for (int i = 0; i < KEYS; i++) {
        for (int reads = i * 7 % 5; reads > 0; reads--) /* at any moment between two frames */
            screen_read(screen, 3);
        double start = timing_now();
        screen_send(screen, key[i % 2]);
        screen_wait(screen, shown[i % 2]);
        time[i] = timing_now() - start;
    }
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
}

static void keys_of_the_lab(void **state)
{
    (void)state;
    static double time[KINDS][SITTINGS * KEYS];
    bool kept = true;
    for (int sitting = 0; sitting < SITTINGS; sitting++)
        for (int i = 0; i < KINDS; i++) /* in turn: the machine is slower now and faster then */
            type(&kinds[i], time[i] + (ptrdiff_t)sitting * KEYS);
    for (int i = 0; i < KINDS; i++)
        kept = report(&kinds[i], "key to screen", time[i], SITTINGS * KEYS) <= BAR && kept;
    fake_gnuplot(NULL);
    assert_true(kept);
}

static int make_folder(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    return mkdtemp(folder) != NULL && setenv("TMPDIR", folder, 1) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    struct program_result removed = program_shell("rm -r \"$TMPDIR\"");
    program_free(&removed);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_into_the_windows),
        cmocka_unit_test(keys_of_the_lab),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
