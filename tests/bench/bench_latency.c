/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "support/screen.h"
#include "support/timing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What a person feels, through a pseudo-terminal: how soon the first frame is there, how soon a key shows while the
 * solvers run flat out, and how much of the solvers' speed is left in the lab. A bar that is missed is a
 * failure. */

enum { STARTS = 21, KEYS = 600, RUNS = 5 };

static double milliseconds_since(int64_t time)
{
    return (double)(clock_now() - time) / CLOCK_MILLISECOND;
}

static void quit(struct screen *screen)
{
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
}

static void time_to_the_first_frame(void **state)
{
    (void)state;
    static const int size[][2] = {{80, 24}, {120, 36}, {200, 60}};
    for (size_t s = 0; s < sizeof size / sizeof size[0]; s++) {
        double time[STARTS];
        for (int i = 0; i < STARTS; i++) {
            int64_t start = clock_now();
            struct screen *screen = screen_start(&(struct screen_options){.width = size[s][0], .height = size[s][1]});
            screen_wait(screen, "F1 Lab");
            time[i] = milliseconds_since(start);
            quit(screen);
        }
        double median = timing_quantile(time, STARTS, 0.5);
        printf("start to first frame, %3d x %2d      median %6.1f ms   max %6.1f ms   (bar: 50 ms)\n", size[s][0],
               size[s][1], median, time[STARTS - 1]);
    }
}

static void time_from_key_to_screen(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *arguments[14];
    } load[] = {
        {"d = 16, T = 3", {"three-tasks", "--set", "retrain.steps=1000000000", NULL}},
        {"d = 256, T = 3",
         {"three-tasks", "--set", "retrain.steps=1000000000", "--set", "problem.dimension=256", NULL}},
        {"d = 1024, T = 16, k = 8",
         {"three-tasks", "--set", "retrain.steps=1000000000", "--set", "problem.dimension=1024", "--set",
          "problem.tasks=16", "--set", "problem.rank=8", "--set", "retrain.rank=8", "--set", "adapt.rank=8", NULL}},
    };
    static const char *const key[2] = {"\033[B", "\033[A"}; /* the focus down to the rank and up to the dimension */
    static const char *const shown[2] = {"rank k: ", "dimension d: "};
    bool kept = true;
    for (size_t l = 0; l < sizeof load / sizeof load[0]; l++) {
        double time[KEYS];
        struct screen *screen =
            screen_start(&(struct screen_options){.width = 120, .height = 36, .arguments = load[l].arguments});
        screen_wait(screen, "paused");
        screen_send(screen, " ");
        screen_wait(screen, "steps/s");
        for (int i = 0; i < KEYS; i++) {
            for (int reads = i * 7 % 5; reads > 0; reads--) /* at any moment between two frames */
                screen_read(screen, 3);
            int64_t start = clock_now();
            screen_send(screen, key[i % 2]);
            screen_wait(screen, shown[i % 2]);
            time[i] = milliseconds_since(start);
        }
        quit(screen);
        double median = timing_quantile(time, KEYS, 0.5);
        double p99 = timing_quantile(time, KEYS, 0.99);
        printf("key to screen, flat out, %-23s median %6.1f ms   p99 %6.1f ms   (bar: 20 ms)   max %.1f ms\n",
               load[l].name, median, p99, time[KEYS - 1]);
        kept = kept && p99 <= 20;
    }
    assert_true(kept);
}

/* ---- throughput ---- */

static double headless_time(long steps)
{
    char command[256];
    snprintf(command, sizeof command, "\"$RANKSCOPE_PROGRAM\" run paper --set retrain.steps=%ld >/dev/null", steps);
    int64_t start = clock_now();
    assert_int_equal(system(command), 0);
    return milliseconds_since(start);
}

static double lab_time(long steps)
{
    char set[64];
    const char *const arguments[] = {"paper", "--set", set, NULL};
    snprintf(set, sizeof set, "retrain.steps=%ld", steps);
    struct screen *screen = screen_start(&(struct screen_options){.width = 120, .height = 36, .arguments = arguments});
    screen_wait(screen, "paused");
    int64_t start = clock_now();
    screen_send(screen, " ");
    while (strstr(screen_text(screen), "fine-tuning") == NULL && strstr(screen_text(screen), "done") == NULL)
        screen_read(screen, 100);
    screen_wait(screen, "done");
    double time = milliseconds_since(start);
    quit(screen);
    return time;
}

/* Side by side, and as differences of two lengths, so that starting, drawing the problem and fine-tuning drop out. */
static void throughput_in_the_lab(void **state)
{
    (void)state;
    static const long steps[2] = {100000, 500000};
    double ratio[RUNS];
    double rate[RUNS];
    for (int i = 0; i < RUNS; i++) {
        double headless = headless_time(steps[1]) - headless_time(steps[0]);
        double lab = lab_time(steps[1]) - lab_time(steps[0]);
        ratio[i] = headless / lab;
        rate[i] = (double)(steps[1] - steps[0]) / lab;
    }
    double part = timing_quantile(ratio, RUNS, 0.5);
    printf("throughput in the lab, paper        median %6.1f k steps/s, %.0f%% of headless   (bar: 95%%)\n",
           timing_quantile(rate, RUNS, 0.5), 100 * part);
    assert_true(part >= 0.95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_to_the_first_frame),
        cmocka_unit_test(time_from_key_to_screen),
        cmocka_unit_test(throughput_in_the_lab),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
