/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/dialogue_live.h"
#include "support/dialogue_sample.h"

#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct dialogue_live_setup setup_in(const char *folder)
{
    struct dialogue_live_setup setup = dialogue_live_usual(folder);
    setup.personas = dialogue_sample_personas();
    setup.settings = dialogue_sample_settings();
    setup.pretraining.steps = 5;
    setup.pretraining.batch = 4;
    setup.shape.width = 8;
    setup.shape.layers = 1;
    setup.shape.heads = 2;
    setup.shape.intermediate = 12;
    setup.vocabulary = 500;
    setup.rank = 2;
    return setup;
}

/* Waits for the next view; the thread surely publishes one until it is done. */
static const struct dialogue_view *next(struct dialogue_live *live)
{
    bool fresh = false;
    const struct dialogue_view *view = NULL;
    while (!fresh) {
        poll(&(struct pollfd){.fd = dialogue_live_descriptor(live), .events = POLLIN}, 1, -1);
        view = dialogue_live_view(live, &fresh);
    }
    return view;
}

static struct dialogue_live *begin(const char *name)
{
    char folder[512];
    struct err err = {.code = ERR_NONE};
    snprintf(folder, sizeof folder, "%s/%s", getenv("TMPDIR"), name);
    const struct dialogue_live_setup setup = setup_in(folder);
    struct dialogue_live *live = dialogue_live_new(&setup, &err);
    assert_non_null(live);
    return live;
}

static void it_goes_from_nothing_to_adapted_personas(void **state)
{
    (void)state;
    struct dialogue_live *live = begin("whole");
    const struct dialogue_view *view = next(live);
    assert_int_equal(view->rank, 2); /* figures name it before anything is adapted */
    while (view->stage < DIALOGUE_DONE)
        view = next(live);
    if (view->stage != DIALOGUE_DONE)
        fail_msg("%s", view->why);
    for (int i = 0; i < VIEW_METHODS; i++) {
        const struct dialogue_view_method *method = &view->method[i];
        assert_int_equal(method->epochs, 3);
        assert_int_equal(method->epoch[2].count, 12);
        assert_int_equal(method->adapted, 2);
        assert_int_equal(method->adapt_epochs, 2);
        assert_int_equal(method->adapt[1].count, 8);
        assert_int_equal(method->layers, 1);
        assert_in_range(method->layer[0].rank, 1, 8);
        assert_true(isfinite(method->score[0]) != 0);
        assert_true(method->tokens > 0);
    }
    assert_int_equal(view->turn.turns, 12);
    assert_int_equal(view->turn.number, 0);
    dialogue_live_turn(live, -1);
    while (view->turn.number == 0)
        view = next(live);
    assert_int_equal(view->turn.number, 11);
    assert_int_equal(view->turn.said, 3);
    assert_int_equal(view->turn.candidates, 4);
    dialogue_live_free(live);
}

static void it_can_be_left_at_any_moment(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct dialogue_live *live = begin("left");
        bool done = false; /* after that there are no more views, and a slow watcher sees fewer than were made */
        for (int j = 0; j < i && !done; j++)
            done = next(live)->stage >= DIALOGUE_DONE;
        dialogue_live_pause(live, i % 2 == 0);
        assert_int_equal(dialogue_live_paused(live), i % 2 == 0);
        dialogue_live_free(live);
    }
}

static void a_failure_is_told(void **state)
{
    (void)state;
    struct dialogue_live *live = begin("no/where");
    const struct dialogue_view *view = next(live);
    while (view->stage < DIALOGUE_DONE)
        view = next(live);
    assert_int_equal(view->stage, DIALOGUE_FAILED);
    assert_non_null(strstr(view->why, "no/where: cannot make this folder"));
    dialogue_live_free(live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_from_nothing_to_adapted_personas),
        cmocka_unit_test(it_can_be_left_at_any_moment),
        cmocka_unit_test(a_failure_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
