/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "support/lab_driver.h"
#include "support/program.h"
#include "ui/chart.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Whatever a person, or a cat, does: no crash, a config that an experiment can be made from, and wishes that agree
 * with it. */

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 11;
}

static int below(uint64_t *seed, int limit)
{
    return (int)(next(seed) % (uint64_t)limit);
}

static uint32_t random_key(uint64_t *seed)
{
    static const uint32_t odd[] = {0, 0x7F, 0xE9, 0x3C3, 0x2265, 0x1F600, 0xD800, 0x10FFFF, 0x1FFFFF, UINT32_MAX};
    switch (below(seed, 8)) {
    case 0:
    case 1:
    case 2:
    case 3:
        return EVENT_KEY_UP + (uint32_t)below(seed, EVENT_KEY_F12 - EVENT_KEY_UP + 1);
    case 4:
        return '0' + (uint32_t)below(seed, 10);
    case 5:
        return odd[below(seed, sizeof odd / sizeof *odd)];
    default:
        return ' ' + (uint32_t)below(seed, 95);
    }
}

static struct event random_event(uint64_t *seed, const struct grid *grid)
{
    struct event event = {.type = EVENT_KEY};
    int kind = below(seed, 100);
    if (kind < 60) {
        event.key = random_key(seed);
    } else if (kind < 99) {
        event.type = EVENT_MOUSE;
        event.mouse = (enum event_mouse)below(seed, EVENT_MOUSE_WHEEL_DOWN + 1);
        event.x = below(seed, grid->width + 4) - 2;
        event.y = below(seed, grid->height + 4) - 2;
    } else {
        event.type = EVENT_RESIZE;
        event.x = 1 + below(seed, below(seed, 2) ? 250 : 80);
        event.y = 1 + below(seed, below(seed, 2) ? 80 : 24);
    }
    return event;
}

/* A view as it may be at any moment: not begun, diverged, with numbers that could not be had. */
static void disturb_view(uint64_t *seed, struct lab_driver *driver)
{
    static const double odd[] = {0, 1e-300, 2.385, 1e300, -1, (double)NAN, (double)INFINITY};
    struct snapshot *snapshot = driver->sample->snapshot;
    driver->view = view_sample_view(driver->sample);
    if (below(seed, 8) == 0)
        driver->view.snapshot = NULL;
    struct method_snapshot *method = &snapshot->method[below(seed, METHOD_COUNT)];
    method->status = below(seed, 2) ? SOLVER_RUNNING : SOLVER_DIVERGED;
    method->active = below(seed, 4) != 0;
    method->train_loss = odd[below(seed, 7)];
    method->spectra.curve[below(seed, snapshot->config.problem.dimension + 1)] = odd[below(seed, 7)];
    method->spectra.singular_values[below(seed, snapshot->config.problem.dimension)] = odd[below(seed, 7)];
    snapshot->stage = (enum stage)below(seed, STAGE_COUNT);
    driver->status.state = (enum live_state)below(seed, LIVE_FAILED + 1);
    driver->status.steps_per_second = odd[below(seed, 5)];
    driver->status.dropped = below(seed, 3) ? 0 : 2385;
    driver->status.message = below(seed, 3) ? "" : "gnuplot ‖ has gone away, and this line is long enough to be broken";
}

static void check_config(const struct lab_driver *driver, const struct config *before, screen_wish wish)
{
    struct err err;
    const struct config *now = lab_config(driver->lab);
    if (config_check(now, NULL, &err))
        fail_msg("%s", err.message);
    bool live = false;
    bool other = false;
    for (int key = 0; key < key_count; key++) {
        char was[KEY_VALUE_SIZE];
        char is[KEY_VALUE_SIZE];
        struct config copy = *now;
        key_format(before, key, was);
        key_format(now, key, is);
        assert_int_equal(key_set(&copy, key, is, &err), ERR_NONE); /* it is in its range */
        if (strcmp(was, is) != 0 && key_table[key].live)
            live = true;
        else if (strcmp(was, is) != 0)
            other = true;
    }
    if (other)
        assert_true(wish & LAB_RESTART);
    else if (live)
        assert_true(wish & (LAB_RESTART | LAB_UPDATE));
    assert_in_range(lab_speed(driver->lab), 0, LIVE_SPEED_COUNT - 1);
}

/* Nothing but known styles and characters that take one column. */
static void check_picture(const struct grid *grid)
{
    for (int i = 0; i < grid->width * grid->height; i++)
        assert_true(grid->cell[i].style < STYLE_COUNT && grid->cell[i].rune >= ' ' && grid->cell[i].rune < 0x10000);
}

static void no_sequence_of_events_does_harm(void **state)
{
    (void)state;
    enum { EVENTS = 100000, SEEDS = 5 };
    int events = EVENTS / SEEDS / program_slowness();
    for (uint64_t run = 0; run < SEEDS; run++) {
        uint64_t seed = 0x2385D1CE + run * 977;
        struct lab_driver *driver = lab_driver_new(80, 24, NULL);
        for (int i = 0; i < events; i++) {
            struct event event = random_event(&seed, &driver->grid);
            struct config before = *lab_config(driver->lab);
            screen_wish wish = lab_handle(driver->lab, &event, &driver->view);
            check_config(driver, &before, wish);
            if (event.type == EVENT_RESIZE)
                assert_true(grid_resize(&driver->grid, event.x, event.y));
            if (below(&seed, 50) == 0)
                disturb_view(&seed, driver);
            if (event.type == EVENT_RESIZE || below(&seed, 25) == 0) {
                lab_draw(driver->lab, &driver->grid, &driver->view, &driver->status);
                check_picture(&driver->grid);
            }
        }
        driver->status.message = "";
        lab_driver_free(driver);
    }
}

/* Every size in a storm, with every overlay open. */
static void every_size_can_be_drawn(void **state)
{
    (void)state;
    static const char *const openings[] = {"", "?", "m", "17", "\tz"};
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        struct lab_driver *driver = lab_driver_new(80, 24, NULL);
        for (const char *at = openings[i]; *at != '\0'; at++)
            lab_driver_key(driver, *at == '\t' ? EVENT_KEY_TAB : (uint32_t)*at);
        for (int width = 1; width <= 250; width += width < 64 ? 7 : 31)
            for (int height = 1; height <= 80; height += height < 18 ? 5 : 13) {
                lab_driver_size(driver, width, height);
                check_picture(&driver->grid);
            }
        lab_driver_free(driver);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_sequence_of_events_does_harm),
        cmocka_unit_test(every_size_can_be_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
