/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/patience.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Has ended when it was looked at so often. */
struct thing {
    int asked, until;
};

static bool has_ended(void *what)
{
    struct thing *thing = what;
    return ++thing->asked >= thing->until;
}

static void what_has_ended_costs_no_time(void **state)
{
    (void)state;
    struct thing thing = {0, 1};
    assert_true(patience_wait(has_ended, &thing));
    assert_int_equal(thing.asked, 1);
}

static void it_is_looked_at_until_it_has(void **state)
{
    (void)state;
    struct thing thing = {0, 5};
    int64_t start = clock_now();
    assert_true(patience_wait(has_ended, &thing));
    assert_int_equal(thing.asked, 5);
    assert_true(clock_now() - start >= 4LL * PATIENCE_LOOK * (CLOCK_SECOND / 1000));
}

static void patience_has_an_end(void **state)
{
    (void)state;
    struct thing thing = {0, 1000000};
    int64_t start = clock_now();
    assert_false(patience_wait(has_ended, &thing));
    assert_true(clock_now() - start >= CLOCK_SECOND);
    assert_true(thing.asked > 1);
    assert_true(thing.asked <= 1001 / PATIENCE_LOOK + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_ended_costs_no_time),
        cmocka_unit_test(it_is_looked_at_until_it_has),
        cmocka_unit_test(patience_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
