/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "support/chance.h"
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

/* A view as it may be at any moment: not begun, diverged, with numbers that could not be had. */
static void disturb_view(uint64_t *seed, struct lab_driver *driver)
{
    static const double odd[] = {0, 1e-300, 2.385, 1e300, -1, (double)NAN, (double)INFINITY};
    struct snapshot *snapshot = driver->sample->snapshot;
    driver->view = view_sample_view(driver->sample);
    if (chance_below(seed, 8) == 0)
        driver->view.snapshot = NULL;
    struct method_snapshot *method = &snapshot->method[chance_below(seed, METHOD_COUNT)];
    method->status = chance_below(seed, 2) ? SOLVER_RUNNING : SOLVER_DIVERGED;
    method->active = chance_below(seed, 4) != 0;
    method->train_loss = odd[chance_below(seed, 7)];
    method->spectra.curve[chance_below(seed, snapshot->config.problem.dimension + 1)] = odd[chance_below(seed, 7)];
    method->spectra.singular_values[chance_below(seed, snapshot->config.problem.dimension)] =
        odd[chance_below(seed, 7)];
    snapshot->stage = (enum stage)chance_below(seed, STAGE_COUNT);
    driver->status.state = (enum live_state)chance_below(seed, LIVE_FAILED + 1);
    driver->status.steps_per_second = odd[chance_below(seed, 5)];
    driver->status.dropped = chance_below(seed, 3) ? 0 : 2385;
    driver->status.message =
        chance_below(seed, 3) ? "" : "gnuplot ‖ has gone away, and this line is long enough to be broken";
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
            struct event event = chance_event(&seed, &driver->grid);
            struct config before = *lab_config(driver->lab);
            screen_wish wish = lab_handle(driver->lab, &event, &driver->view);
            check_config(driver, &before, wish);
            if (event.type == EVENT_RESIZE)
                assert_true(grid_resize(&driver->grid, event.x, event.y));
            if (chance_below(&seed, 50) == 0)
                disturb_view(&seed, driver);
            if (event.type == EVENT_RESIZE || chance_below(&seed, 25) == 0) {
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
