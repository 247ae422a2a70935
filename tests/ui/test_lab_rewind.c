/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/lab_driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Going back along a run, as the lab shows it. */

static struct lab_driver *start(int width, int height)
{
    struct lab_driver *driver = lab_driver_new(width, height, NULL);
    driver->sample->snapshot->place = (struct rewind_place){.mark = 90, .marks = 90};
    driver->sample->snapshot->journal.position.step = 3000;
    driver->status.state = LIVE_PAUSED;
    lab_driver_size(driver, width, height);
    return driver;
}

static void keys_ask_for_marks(void **state)
{
    (void)state;
    static const struct {
        uint32_t key;
        int least, most;
    } table[] = {{'u', -1, -1}, {'U', 1, 1},           {'{', -10, -10},
                 {'}', 10, 10}, {'(', -100000, -1000}, {')', 1000, 100000}};
    struct lab_driver *driver = start(80, 24);
    lab_driver_key(driver, 'U');
    assert_true(lab_driver_shows(driver, "This is where the line ends"));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        lab_driver_key(driver, table[i].key);
        assert_int_equal(driver->wish, LAB_REWIND | WISH_REDRAW);
        assert_in_range(lab_rewind(driver->lab) + 100000, table[i].least + 100000, table[i].most + 100000);
    }
    lab_driver_key(driver, 'w');
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(lab_driver_shows(driver, "There is no other line"));
    driver->sample->snapshot->place.other = true;
    lab_driver_key(driver, 'w');
    assert_int_equal(driver->wish, LAB_SWAP | WISH_REDRAW);
    driver->sample->snapshot->place = (struct rewind_place){0};
    lab_driver_key(driver, 'u');
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(lab_driver_shows(driver, "too large to keep"));
    lab_driver_free(driver);
}

/* Where the run goes by other values after it went elsewhere, the panel has them; what is changed then stays. */
static void values_follow_the_run(void **state)
{
    (void)state;
    char text[96];
    struct lab_driver *driver = start(120, 36);
    driver->sample->snapshot->place.other = true;
    driver->sample->snapshot->config.retrain.outer_rate = 0.2385;
    lab_driver_key(driver, EVENT_KEY_DOWN);
    assert_string_not_equal(lab_driver_value(driver, "retrain.outer_rate", text), "0.2385");
    lab_driver_key(driver, 'w');
    assert_string_equal(lab_driver_value(driver, "retrain.outer_rate", text), "0.2385");
    lab_driver_focus(driver, "retrain.outer_rate");
    lab_driver_key(driver, EVENT_KEY_RIGHT);
    assert_int_equal(driver->wish, LAB_UPDATE | WISH_REDRAW);
    assert_string_equal(lab_driver_value(driver, "retrain.outer_rate", text), "0.5");
    lab_driver_key(driver, EVENT_KEY_DOWN);
    assert_string_equal(lab_driver_value(driver, "retrain.outer_rate", text), "0.5");
    lab_driver_free(driver);
}

/* Both lines, the fork and the place are in the charts. */
static void both_lines_are_seen(void **state)
{
    (void)state;
    static const char *const set[] = {"retrain.steps=1700", NULL};
    struct lab_driver *other = lab_driver_new(80, 24, set);
    struct lab_driver *driver = start(120, 36);
    driver->sample->snapshot->place = (struct rewind_place){.behind = true, .mark = 21, .marks = 90};
    driver->sample->snapshot->journal.position.step = 700;
    lab_driver_size(driver, 120, 36);
    assert_true(lab_driver_shows(driver, "◂ mark 21 of 90"));
    lab_driver_golden(driver, "lab/behind-120x36.txt");

    driver->sample->snapshot->place =
        (struct rewind_place){.line = 1, .fork = 700, .other = true, .mark = 8, .marks = 8};
    driver->sample->snapshot->journal.position.step = 3000;
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            driver->view.left[method][stage] = other->view.history[method][stage];
    lab_driver_size(driver, 120, 36);
    assert_true(lab_driver_shows(driver, "line 2 from step 700"));
    lab_driver_golden(driver, "lab/branch-120x36.txt");
    lab_driver_type(driver, "bb");
    lab_driver_golden(driver, "lab/branch-ascii-120x36.txt");
    lab_driver_free(driver);
    lab_driver_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_ask_for_marks),
        cmocka_unit_test(values_follow_the_run),
        cmocka_unit_test(both_lines_are_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
