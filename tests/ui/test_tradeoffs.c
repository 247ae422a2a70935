/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/golden.h"
#include "support/tradeoffs_driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void golden(const struct tradeoffs_driver *driver, const char *name)
{
    char *text = golden_screen(&driver->grid);
    golden_check(name, text);
    free(text);
}

static void every_size_has_its_screen(void **state)
{
    (void)state;
    static const struct {
        int width, height;
        const char *name;
    } sizes[] = {
        {120, 36, "tradeoffs/120x36.txt"}, {80, 24, "tradeoffs/80x24.txt"}, {200, 60, "tradeoffs/200x60.txt"},
        {60, 16, "tradeoffs/60x16.txt"},   {59, 16, "tradeoffs/59x16.txt"},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct tradeoffs_driver *driver = tradeoffs_driver_new(sizes[i].width, sizes[i].height);
        golden(driver, sizes[i].name);
        tradeoffs_driver_free(driver);
    }
}

/* Maps side by side and below each other, as many as there is room for; else one, and its name says which. */
static void all_methods_have_their_screens(void **state)
{
    (void)state;
    static const struct {
        int width, height;
        const char *name;
    } sizes[] = {{200, 60, "tradeoffs/methods-200x60.txt"}, {80, 24, "tradeoffs/methods-80x24.txt"}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct tradeoffs_driver *driver =
            tradeoffs_driver_new_of(sizes[i].width, sizes[i].height, "standard,meta,reptile,fomaml,oracle,none");
        golden(driver, sizes[i].name);
        tradeoffs_driver_free(driver);
    }
}

static void what_is_unusual_has_its_screen(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(80, 24);
    tradeoffs_driver_type(driver, "bb");
    golden(driver, "tradeoffs/ascii-80x24.txt");
    tradeoffs_driver_type(driver, "m");
    golden(driver, "tradeoffs/powers-80x24.txt");
    tradeoffs_driver_type(driver, "c");
    golden(driver, "tradeoffs/slice-80x24.txt");
    tradeoffs_driver_type(driver, "bcvv");
    tradeoffs_driver_type(driver, "mmmmm"); /* back to the first */
    tradeoffs_driver_axis(driver, 'x', "tasks=1:60");
    tradeoffs_driver_axis(driver, 'y', "rank=1:7");
    golden(driver, "tradeoffs/many-80x24.txt");
    tradeoffs_driver_axis(driver, 'y', "rank=15:18"); /* more than the dimension */
    golden(driver, "tradeoffs/impossible-80x24.txt");
    tradeoffs_driver_axis(driver, 'x', "tasks1:8");
    golden(driver, "tradeoffs/refused-80x24.txt");
    tradeoffs_driver_key(driver, EVENT_KEY_ESCAPE);
    tradeoffs_driver_size(driver, 120, 36);
    tradeoffs_driver_type(driver, "?");
    golden(driver, "tradeoffs/help-120x36.txt");
    tradeoffs_driver_free(driver);
}

static void a_sweep_before_is_compared_with(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(120, 36);
    tradeoffs_driver_type(driver, "o");
    assert_true(tradeoffs_driver_shows(driver, "There is no sweep before this one yet."));
    tradeoffs_driver_type(driver, "o");
    assert_false(tradeoffs_driver_shows(driver, "○"));
    tradeoffs_driver_axis(driver, 'x', "tasks=1:9");
    assert_int_equal(driver->wish, WISH_REDRAW | TRADEOFFS_SWEEP);
    tradeoffs_driver_type(driver, "m");
    /* As the sweep before had it, but for one number. */
    struct outcome *outcome = &driver->former->cell[2].outcome[METHOD_STANDARD];
    for (int seed = 0; seed < driver->known; seed++)
        outcome[seed * METHOD_COUNT].value[METRIC_EXCESS_RISK] = 2.385e-7;
    tradeoffs_driver_type(driver, "mmmmmm"); /* looks at the metric anew */
    golden(driver, "tradeoffs/former-120x36.txt");
    tradeoffs_driver_type(driver, "o");
    assert_true(tradeoffs_driver_shows(driver, "The sweep before is not shown."));
    assert_false(tradeoffs_driver_shows(driver, "○"));
    tradeoffs_driver_free(driver);
}

/* ---- what is said of the cursor's cell ---- */

static void the_sentences_are_of_what_was_measured(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(200, 60);
    assert_true(tradeoffs_driver_says(
        driver, "Rank needed at rank 1, tasks 1, 4 of 5 draws. Standard retraining: 2 in all 4 draws; "
                "theory k(T+1) = 2, as in all 4 draws (95%: 39.8% to 100%). Meta-LoRA retraining: 3 in all 4 draws; "
                "theory 3k = 3,"));
    tradeoffs_driver_key(driver, EVENT_KEY_END);
    tradeoffs_driver_key(driver, EVENT_KEY_PAGE_UP);
    assert_true(tradeoffs_driver_says(driver, "Rank needed at rank 4, tasks 8, 3 of 5 draws."));
    assert_true(tradeoffs_driver_says(driver, "16 in all 3 draws; theory d = 16, as in all 3 draws"));
    tradeoffs_driver_key(driver, EVENT_KEY_HOME);
    tradeoffs_driver_key(driver, EVENT_KEY_RIGHT);
    /* Three draws need 12, one 13: quantiles between order statistics, t and Clopper-Pearson by hand. */
    assert_true(tradeoffs_driver_says(
        driver,
        "median 12, 80% from 12 to 12.7, all from 12 to 13, mean 12.2 (95%: 11.5 to 13); theory 3k = 12, as in 3"));
    assert_true(tradeoffs_driver_says(driver, "of 4 draws (95%: 19.4% to 99.4%)."));
    driver->table->cell[25].outcome[METHOD_META].status = SOLVER_DIVERGED; /* row 3, column 1 */
    tradeoffs_driver_size(driver, 200, 60);
    assert_true(tradeoffs_driver_says(driver, "; 1 diverged."));
    tradeoffs_driver_free(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_has_its_screen),
        cmocka_unit_test(all_methods_have_their_screens),
        cmocka_unit_test(what_is_unusual_has_its_screen),
        cmocka_unit_test(a_sweep_before_is_compared_with),
        cmocka_unit_test(the_sentences_are_of_what_was_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
