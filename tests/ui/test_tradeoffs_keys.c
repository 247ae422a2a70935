/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/golden.h"
#include "support/keys.h"
#include "support/tradeoffs_driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the whole table ---- */

/* A screen where the bindings of `context` count. */
static struct tradeoffs_driver *in_context(enum keymap_context context, int variant)
{
    struct tradeoffs_driver *driver = tradeoffs_driver_new(80, 24);
    tradeoffs_driver_axis(driver, 'y',
                          "rank=1:5,2"); /* refused: so that there is a message, and nothing else happens */
    tradeoffs_driver_key(driver, EVENT_KEY_ESCAPE);
    tradeoffs_driver_key(driver, EVENT_KEY_RIGHT);
    tradeoffs_driver_key(driver, EVENT_KEY_UP);
    switch (context) {
    case KEYMAP_PARAMETERS:
        tradeoffs_driver_key(driver, EVENT_KEY_BACK_TAB);
        tradeoffs_driver_key(driver, EVENT_KEY_DOWN);
        if (variant == 0)
            tradeoffs_driver_key(driver, EVENT_KEY_DOWN); /* seeds */
        break;
    case KEYMAP_EDITING:
        tradeoffs_driver_key(driver, 'x');
        tradeoffs_driver_key(driver, EVENT_KEY_LEFT);
        if (variant == 0)
            tradeoffs_driver_type(driver, "0");
        break;
    case KEYMAP_HELP:
        tradeoffs_driver_key(driver, '?');
        tradeoffs_driver_key(driver, EVENT_KEY_DOWN);
        break;
    default:
        break;
    }
    return driver;
}

static bool does_something(enum keymap_context context, int variant, uint32_t key)
{
    struct tradeoffs_driver *driver = in_context(context, variant);
    struct cell *cells = malloc(80 * 24 * sizeof *cells);
    assert_non_null(cells);
    memcpy(cells, driver->grid.cell, 80 * 24 * sizeof *cells);
    tradeoffs_driver_key(driver, key);
    bool done = (driver->wish & ~(screen_wish)WISH_REDRAW) != 0;
    for (int i = 0; i < 80 * 24 && !done; i++)
        done = cells[i].rune != driver->grid.cell[i].rune || cells[i].style != driver->grid.cell[i].style;
    free(cells);
    tradeoffs_driver_free(driver);
    return done;
}

static void every_key_of_the_table_does_something(void **state)
{
    (void)state;
    const struct binding *binding[KEYMAP_LINES];
    int count = keys_of(&tradeoffs_keymap, binding);
    for (int row = 0; row < count; row++) {
        for (int i = 0; i < KEYMAP_KEYS && binding[row]->key[i].key != 0; i++) {
            uint32_t key = binding[row]->key[i].key;
            enum keymap_context context = binding[row]->context;
            if (context == KEYMAP_COMMAND) /* no screen's own: see test_command.c */
                continue;
            if (!does_something(context, 0, key) && !does_something(context, 1, key))
                fail_msg("key %d of \"%s\" (%s) does nothing", i, binding[row]->shown, binding[row]->help);
        }
    }
}

/* ---- what some keys are for ---- */

static void enter_opens_the_cell_of_the_cursor(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(80, 24);
    for (int i = 0; i < 4; i++)
        tradeoffs_driver_key(driver, EVENT_KEY_RIGHT);
    tradeoffs_driver_key(driver, EVENT_KEY_UP);
    tradeoffs_driver_key(driver, EVENT_KEY_UP);
    tradeoffs_driver_key(driver, EVENT_KEY_ENTER);
    assert_int_equal(driver->wish, WISH_REDRAW | TRADEOFFS_OPEN);
    const struct config *config = tradeoffs_config(driver->tradeoffs);
    assert_int_equal(config->problem.tasks, 5);
    assert_int_equal(config->problem.rank, 3);
    assert_int_equal(config->retrain.rank, 3);
    assert_int_equal(config->adapt.rank, 3);
    assert_true(config->problem.seed == 7);
    tradeoffs_driver_axis(driver, 'y', "rank=15:18");
    tradeoffs_driver_key(driver, EVENT_KEY_PAGE_UP);
    tradeoffs_driver_key(driver, EVENT_KEY_ENTER); /* there is no rank 18 of dimension 16 */
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(tradeoffs_driver_says(driver, "There is no cell at rank 18, tasks 5: "));
    tradeoffs_driver_free(driver);
}

static void plus_and_w_ask_for_seeds(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(80, 24);
    size_t cell;
    int seeds;
    tradeoffs_driver_key(driver, EVENT_KEY_RIGHT);
    tradeoffs_driver_type(driver, "+");
    assert_int_equal(driver->wish, WISH_REDRAW | TRADEOFFS_SEEDS);
    tradeoffs_more(driver->tradeoffs, &cell, &seeds);
    assert_int_equal(cell, 1);
    assert_int_equal(seeds, 10);
    assert_true(tradeoffs_driver_says(driver, "4 of 10 draws"));
    tradeoffs_driver_type(driver, "w");
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(tradeoffs_driver_shows(driver, "No cell that is done has any spread."));
    driver->known = 5;
    tradeoffs_driver_axis(driver, 'x', "tasks=1:4");
    tradeoffs_driver_type(driver, "w"); /* two tasks at rank 4: the only one where draws differ */
    tradeoffs_more(driver->tradeoffs, &cell, &seeds);
    assert_int_equal(cell, 3 * 4 + 1);
    assert_true(tradeoffs_driver_says(driver, "Rank needed at rank 4, tasks 2, 5 of 10 draws."));
    tradeoffs_driver_free(driver);
}

static void axes_are_typed_and_nothing_is_lost(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *said;
    } bad[] = {
        {"tasks1:8", "an axis must be KEY=VALUES, as in tasks=1:8, not"},
        {"taks=1:8", "did you mean tasks?"},
        {"seed=1:8", "every cell has several seeds"},
        {"tasks=8:9:-1", "needs a step above 0"},
        {"rank=1:2", "are both over problem.rank"},
        {"noise=0:1:0.00002", "has more than 10000 values"},
        {"problem.dimension=1,1", "has the value 1 twice"},
        {"", "an axis must be KEY=VALUES"},
    };
    struct tradeoffs_driver *driver = tradeoffs_driver_new(120, 36);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tradeoffs_driver_axis(driver, 'x', bad[i].typed);
        assert_int_equal(driver->wish, WISH_REDRAW);
        assert_true(tradeoffs_driver_says(driver, bad[i].said));
        assert_true(bad[i].typed[0] == '\0' || tradeoffs_driver_shows(driver, bad[i].typed)); /* still being typed */
        assert_int_equal(driver->table->cells, 32);
        tradeoffs_driver_key(driver, EVENT_KEY_ESCAPE);
        assert_true(tradeoffs_driver_shows(driver, "tasks=1:8"));
    }
    tradeoffs_driver_axis(driver, 'y', "samples=1:9999"); /* with eight tasks that is room enough, with 60 it is not */
    assert_int_equal(driver->table->cells, 8 * 9999);
    tradeoffs_driver_axis(driver, 'x', "tasks=1:60");
    assert_true(tradeoffs_driver_says(driver, "these axes have 599940 cells, and here at most 100000 are swept"));
    tradeoffs_driver_key(driver, EVENT_KEY_ESCAPE);
    tradeoffs_driver_axis(driver, 'y', "");
    assert_int_equal(driver->table->cells, 8);
    assert_int_equal(tradeoffs_plan(driver->tradeoffs)->axes, 1);
    tradeoffs_driver_free(driver);
}

/* The caller has the last word: what it refuses is as if it had not been asked for, and is still being typed. */
static void a_plan_that_is_refused_can_be_mended(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(120, 36);
    tradeoffs_driver_axis(driver, 'y', "rank=20:22");
    assert_int_equal(driver->wish, WISH_REDRAW | TRADEOFFS_SWEEP);
    assert_true(tradeoffs_driver_says(driver, "no cell of the sweep is possible: "));
    assert_int_equal(driver->table->cells, 32);
    assert_int_equal(tradeoffs_plan(driver->tradeoffs)->axis[0].count, 4);
    for (int i = 0; i < 5; i++)
        tradeoffs_driver_key(driver, EVENT_KEY_BACKSPACE);
    tradeoffs_driver_type(driver, "1:5");
    tradeoffs_driver_key(driver, EVENT_KEY_ENTER);
    assert_int_equal(driver->table->cells, 40);
    tradeoffs_driver_key(driver, EVENT_KEY_RIGHT); /* the map has the focus again */
    assert_true(tradeoffs_driver_says(driver, "Rank needed at rank 1, tasks 2,"));
    tradeoffs_driver_free(driver);
}

static void seeds_are_changed_in_the_panel(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(80, 24);
    tradeoffs_driver_key(driver, EVENT_KEY_BACK_TAB);
    tradeoffs_driver_key(driver, EVENT_KEY_DOWN);
    tradeoffs_driver_key(driver, EVENT_KEY_DOWN);
    tradeoffs_driver_key(driver, EVENT_KEY_RIGHT);
    assert_int_equal(tradeoffs_plan(driver->tradeoffs)->seeds, 6);
    tradeoffs_driver_type(driver, "0");
    tradeoffs_driver_key(driver, EVENT_KEY_ENTER);
    assert_true(tradeoffs_driver_says(driver, "seeds must be a whole number from 1 to 100000"));
    tradeoffs_driver_key(driver, EVENT_KEY_BACKSPACE);
    tradeoffs_driver_type(driver, "12");
    tradeoffs_driver_key(driver, EVENT_KEY_ENTER);
    assert_int_equal(tradeoffs_plan(driver->tradeoffs)->seeds, 12);
    assert_int_equal(driver->table->wanted, 32 * 12);
    tradeoffs_driver_free(driver);
}

static void space_runs_and_pauses(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(80, 24);
    tradeoffs_driver_type(driver, " ");
    assert_int_equal(driver->wish, WISH_REDRAW | TRADEOFFS_PAUSE);
    assert_true(tradeoffs_driver_shows(driver, "‖ paused"));
    tradeoffs_driver_type(driver, " ");
    assert_int_equal(driver->wish, WISH_REDRAW | TRADEOFFS_RUN);
    driver->view.status.finished = true;
    tradeoffs_driver_type(driver, " ");
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(tradeoffs_driver_says(driver, "Every cell is done"));
    assert_true(tradeoffs_driver_shows(driver, "✓ done"));
    tradeoffs_driver_free(driver);
}

static void r_takes_the_labs_scenario_with_the_same_axes(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(80, 24);
    tradeoffs_driver_axis(driver, 'x', "tasks=2:5");
    tradeoffs_driver_type(driver, "r"); /* the driver's lab has one without a title */
    assert_int_equal(driver->wish, WISH_REDRAW | TRADEOFFS_ADOPT);
    assert_true(tradeoffs_driver_shows(driver, "─ Untitled ─"));
    assert_true(tradeoffs_driver_shows(driver, "tasks=2:5"));
    assert_int_equal(driver->table->cells, 16);
    tradeoffs_driver_free(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_of_the_table_does_something),
        cmocka_unit_test(enter_opens_the_cell_of_the_cursor),
        cmocka_unit_test(plus_and_w_ask_for_seeds),
        cmocka_unit_test(axes_are_typed_and_nothing_is_lost),
        cmocka_unit_test(a_plan_that_is_refused_can_be_mended),
        cmocka_unit_test(seeds_are_changed_in_the_panel),
        cmocka_unit_test(space_runs_and_pauses),
        cmocka_unit_test(r_takes_the_labs_scenario_with_the_same_axes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
