/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "cmd/runs.h"
#include "model/linalg.h"
#include "support/trace.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Until the present run has come to its end, one way or another. */
static struct lab_status ended(struct runs *runs)
{
    struct lab_status status = runs_status(runs);
    while (status.state != LIVE_DONE && status.state != LIVE_FAILED) {
        struct pollfd descriptor = {.fd = runs_descriptor(runs), .events = POLLIN};
        int timeout = runs_timeout(runs);
        assert_true(poll(&descriptor, 1, timeout < 0 ? 120 * 1000 : timeout) >= 0);
        runs_tend(runs);
        status = runs_status(runs);
    }
    return status;
}

/* One run, and another in its place, as the lab has them. A failure is told where it is looked for, and never loses the
 * lab its view. */
static enum failing_outcome run_and_restart(void *context)
{
    (void)context;
    struct config config = trace_config(2);
    struct runs runs;
    struct err err = {.code = ERR_NONE};
    struct journal way;
    journal_begin(&way, &config);
    bool failed = runs_begin(&runs, &way, LIVE_FLAT_OUT, &err) != ERR_NONE;
    if (!failed) {
        runs_command(&runs, LAB_RUN, &config, LIVE_FLAT_OUT, 0);
        failed = ended(&runs).state == LIVE_FAILED;
        config.problem.seed++;
        journal_begin(&way, &config);
        runs_restart(&runs, &way);
        runs_command(&runs, LAB_RUN, &config, LIVE_FLAT_OUT, 0);
        struct lab_status status = ended(&runs);
        failed = failed || status.state == LIVE_FAILED;
        assert_true(failed || status.state == LIVE_DONE);
        assert_int_equal(status.state == LIVE_FAILED, status.message[0] != '\0');
        assert_non_null(runs_view(&runs).history[0][0]);
    } else {
        assert_int_equal(err.code, ERR_MEMORY);
    }
    assert_true(runs_free(&runs));
    return failed ? FAILING_REPORTED : FAILING_SUCCESS;
}

static void every_allocation_of_runs_that_follow_each_other(void **state)
{
    (void)state;
    assert_in_range(failing_every(run_and_restart, NULL), 40, 900);
}

int main(void)
{
    linalg_set_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_runs_that_follow_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
