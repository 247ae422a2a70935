/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "support/chance.h"
#include "support/program.h"
#include "support/tradeoffs_driver.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* Whatever a person, or a cat, does: no crash, a plan that a table can be made of, and a picture. */

/* Trials come in; numbers may be anything. */
static void disturb(uint64_t *seed, struct tradeoffs_driver *driver)
{
    static const double odd[] = {0, 1e-300, 2.385, 1e300, -1, (double)NAN, (double)INFINITY};
    static const struct err why = {.code = ERR_IO,
                                   .message = "results.db: the disk is full, which is said on a long line"};
    struct table *table = driver->table;
    size_t cell = (size_t)chance_below(seed, (int)table->cells);
    struct table_cell *own = &table->cell[cell];
    if (own->possible && own->done < own->wanted && own->wanted < 1000)
        tradeoffs_driver_put(table, cell, own->done);
    for (int i = 0; own->outcome != NULL && i < 3; i++) {
        struct outcome *outcome = &own->outcome[chance_below(seed, own->room * METHOD_COUNT)];
        outcome->value[chance_below(seed, METRIC_COUNT)] = odd[chance_below(seed, 7)];
        outcome->predicted[chance_below(seed, METRIC_COUNT)] = odd[chance_below(seed, 7)];
        outcome->status = (enum solver_status)chance_below(seed, SOLVER_DIVERGED + 1);
    }
    driver->view.status.rate = odd[chance_below(seed, 4)];
    driver->view.status.seconds_left = odd[chance_below(seed, 7)];
    driver->view.status.failed = chance_below(seed, 3) ? 0 : 17;
    driver->view.status.stores = chance_below(seed, 2) != 0;
    driver->view.status.why = chance_below(seed, 2) ? &why : NULL;
    driver->view.message =
        chance_below(seed, 3) ? "" : "gnuplot ‖ has gone away, and this line is long enough to be broken";
    driver->view.table = chance_below(seed, 20) ? table : NULL;
}

static void check(const struct tradeoffs_driver *driver)
{
    const struct plan *plan = tradeoffs_plan(driver->tradeoffs);
    assert_in_range(plan->axes, 1, 2);
    assert_in_range(plan->seeds, 1, PLAN_SEEDS);
    assert_in_range(plan_cells(plan), 1, TRADEOFFS_CELLS);
    assert_in_range(tradeoffs_metric(driver->tradeoffs), 0, METRIC_COUNT - 1);
    assert_in_range(tradeoffs_statistic(driver->tradeoffs), 0, STATISTIC_COUNT - 1);
    for (int i = 0; i < driver->grid.width * driver->grid.height; i++)
        assert_true(driver->grid.cell[i].style < STYLE_COUNT && driver->grid.cell[i].rune >= ' ' &&
                    driver->grid.cell[i].rune < 0x10000);
    if (driver->wish & TRADEOFFS_OPEN)
        assert_int_equal(config_check(tradeoffs_config(driver->tradeoffs), NULL, NULL), ERR_NONE);
}

static void no_sequence_of_events_does_harm(void **state)
{
    (void)state;
    enum { EVENTS = 12000, SEEDS = 4 };
    static const char *const axes[] = {"samples=1,2,population", "rank=14:18", "noise=0:1:0.25", "",
                                       "solver=paper,newton"};
    int events = EVENTS / SEEDS / program_slowness();
    for (uint64_t run = 0; run < SEEDS; run++) {
        uint64_t seed = 0x2385D1CE + run * 977;
        struct tradeoffs_driver *driver = tradeoffs_driver_new(80, 24);
        for (int i = 0; i < events; i++) {
            struct event event = chance_event(&seed, &driver->grid);
            if (event.type == EVENT_RESIZE)
                assert_true(grid_resize(&driver->grid, event.x, event.y));
            tradeoffs_driver_event(driver, &event);
            check(driver);
            if (chance_below(&seed, 20) == 0)
                disturb(&seed, driver);
            if (chance_below(&seed, 300) == 0) { /* what chance alone would never type */
                tradeoffs_driver_key(driver, EVENT_KEY_ESCAPE);
                tradeoffs_driver_axis(driver, 'y', axes[chance_below(&seed, 5)]);
                check(driver);
            }
        }
        tradeoffs_driver_free(driver);
    }
}

/* Every size, with the map, the slice, the help, a value being typed, and many cells. */
static void every_size_can_be_drawn(void **state)
{
    (void)state;
    static const char *const openings[] = {"", "c", "?", "x", "cdm", "bbmv"};
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        struct tradeoffs_driver *driver = tradeoffs_driver_new(80, 24);
        if (i % 2 == 1)
            tradeoffs_driver_axis(driver, 'x', "tasks=1:90");
        tradeoffs_driver_type(driver, openings[i]);
        for (int width = 1; width <= 250; width += width < 64 ? 7 : 31)
            for (int height = 1; height <= 80; height += height < 18 ? 5 : 13) {
                tradeoffs_driver_size(driver, width, height);
                check(driver);
            }
        tradeoffs_driver_free(driver);
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
