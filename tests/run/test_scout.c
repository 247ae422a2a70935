/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/scout.h"

#include "model/method.h"
#include "run/key.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct survey_request request_of(long step)
{
    struct survey_request request = {
        .method = METHOD_META, .direction = {LANDSCAPE_TRUTH, LANDSCAPE_LOWEST}, .side = 5, .zoom = 1};
    struct config config;
    config_default(&config);
    config.problem.dimension = 7;
    config.retrain.steps = 1000000;
    journal_begin(&request.journal, &config);
    request.journal.position.step = step;
    return request;
}

static struct scout *begin(void)
{
    struct err err = {.code = ERR_NONE};
    struct scout *scout = scout_new(&err);
    if (!scout)
        fail_msg("%s", err.message);
    return scout;
}

/* Waits until the scout has an answer, and takes it. */
static enum err_code await(struct scout *scout, struct survey *survey)
{
    struct err err = {.code = ERR_NONE};
    struct pollfd descriptor = {.fd = scout_descriptor(scout), .events = POLLIN};
    while (!scout_take(scout, survey, &err))
        poll(&descriptor, 1, -1);
    return err.code;
}

static void answers_what_is_asked(void **state)
{
    (void)state;
    struct scout *scout = begin();
    struct survey *survey = calloc(1, sizeof *survey);
    struct err err;
    assert_non_null(survey);
    assert_false(scout_busy(scout));
    assert_false(scout_take(scout, survey, &err));
    for (long step = 3; step < 30; step += 13) {
        struct survey_request request = request_of(step);
        scout_ask(scout, &request, false);
        assert_int_equal(await(scout, survey), ERR_NONE);
        assert_int_equal(survey->step, step);
        assert_false(scout_busy(scout));
    }
    struct survey_request request = request_of(5);
    request.journal.full = true;
    scout_ask(scout, &request, false);
    assert_int_equal(await(scout, survey), ERR_INPUT);
    assert_int_equal(survey->step, 29); /* what was found before is kept */
    scout_free(scout);
    free(survey);
}

/* A long way is given up for something urgent, and the end does not wait for one. */
static void gives_up_for_what_is_urgent(void **state)
{
    (void)state;
    struct scout *scout = begin();
    struct survey *survey = calloc(1, sizeof *survey);
    struct survey_request far = request_of(1000000), near = request_of(4);
    assert_non_null(survey);
    near.journal.start.problem.seed = 8; /* not on the way */
    scout_ask(scout, &far, false);
    assert_true(scout_busy(scout));
    scout_ask(scout, &near, true);
    assert_int_equal(await(scout, survey), ERR_NONE);
    assert_int_equal(survey->step, 4);
    scout_ask(scout, &far, false);
    scout_end(scout);
    scout_free(scout);
    scout_free(NULL);
    free(survey);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_what_is_asked),
        cmocka_unit_test(gives_up_for_what_is_urgent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
