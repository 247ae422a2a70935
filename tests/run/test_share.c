/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/share.h"

#include "run/key.h"
#include "run/live.h"
#include "support/program.h"
#include "support/trace.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PATIENCE = 120 * 1000 }; /* milliseconds */

/* What stands still tells of every order but one that changes nothing, so a last one says when all were obeyed: it changes a live
 * key to a value that no other had. */
static void settle(struct live *live, struct config *config)
{
    struct pollfd descriptor = {.fd = live_descriptor(live), .events = POLLIN};
    config->adapt.rate *= 1.001;
    live_update(live, config);
    const struct snapshot *snapshot = NULL;
    while (!snapshot || snapshot->config.adapt.rate != config->adapt.rate || live_state(live) == LIVE_RUNNING) {
        assert_true(poll(&descriptor, 1, PATIENCE) == 1);
        live_drain(live);
        snapshot = live_view(live).snapshot;
        if (live_state(live) == LIVE_FAILED)
            fail_msg("%s", live_error(live)->message);
    }
}

static unsigned draw(uint64_t *seed, unsigned limit)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*seed >> 33) % limit;
}

static struct config random_config(uint64_t *seed)
{
    struct config config = trace_config(40 + (int)draw(seed, 60));
    config.problem.dimension = 4 + (int)draw(seed, 6);
    config.problem.tasks = 1 + (int)draw(seed, 4);
    config.problem.truth = (enum problem_truth)draw(seed, 3);
    config.problem.samples = draw(seed, 2) ? 20 + (int)draw(seed, 30) : SAMPLES_POPULATION;
    config.problem.noise = 0.1 * draw(seed, 3);
    config.problem.seed = draw(seed, 1000);
    config.retrain.adapter = (enum adapter_shape)draw(seed, 2);
    config.retrain.solver = (int)draw(seed, (unsigned)solver_count);
    config.retrain.outer_rate = 0.01 + 0.1 * draw(seed, 3);
    config.adapt.samples = draw(seed, 2) ? 25 : SAMPLES_POPULATION;
    config.adapt.solver = (enum adapt_solver)draw(seed, 2);
    config.adapt.steps = 20;
    return config;
}

/* Something that a person may do, at rest. */
static void do_something(struct live *live, struct config *config, uint64_t *seed)
{
    switch (draw(seed, 8)) {
    case 0:
        live_step_phase(live);
        break;
    case 1:
        config->retrain.outer_rate *= 0.5 + 0.1 * draw(seed, 8);
        live_update(live, config);
        break;
    case 2:
        config->retrain.solver = (int)draw(seed, (unsigned)solver_count);
        live_update(live, config);
        break;
    case 3:
        live_rewind(live, -(int)draw(seed, 10));
        break;
    case 4:
        if (draw(seed, 4) == 0)
            live_begin_adapt(live);
        break;
    case 5:
        if (draw(seed, 2))
            live_rewind(live, 3);
        break;
    default:
        for (unsigned i = draw(seed, 12); i > 0; i--)
            live_step(live);
    }
    settle(live, config);
}

static void string_leads_to_the_same_place(struct live *live, struct config *config)
{
    struct err err;
    struct journal journal;
    char *text = share_write(&live_view(live).snapshot->journal, &err);
    if (!text)
        fail_msg("%s", err.message);
    if (share_read(text, &journal, &err))
        fail_msg("%s: %s", text, err.message);
    char *again = share_write(&journal, &err);
    assert_string_equal(again, text);
    struct live *other = live_new_at(&journal, false, &err);
    assert_non_null(other);
    struct pollfd descriptor = {.fd = live_descriptor(other), .events = POLLIN};
    while (live_state(other) == LIVE_BUILDING || live_state(other) == LIVE_RUNNING) {
        assert_true(poll(&descriptor, 1, PATIENCE) == 1);
        live_drain(other);
    }
    if (live_state(other) == LIVE_FAILED)
        fail_msg("%s: %s", text, live_error(other)->message);
    assert_same_snapshot(live_view(other).snapshot, live_view(live).snapshot);

    /* and both go on alike */
    struct config same = *config;
    live_step(live);
    live_step(other);
    settle(live, config);
    settle(other, &same);
    assert_same_snapshot(live_view(other).snapshot, live_view(live).snapshot);
    live_free(other);
    free(again);
    free(text);
}

static void reopens_random_states(void **state)
{
    (void)state;
    uint64_t seed = 2385;
    for (int i = 0; i < 50 / program_slowness() + 1; i++) {
        struct err err;
        struct config config = random_config(&seed);
        struct live *live = live_new(&config, &err);
        assert_non_null(live);
        settle(live, &config);
        for (unsigned left = 2 + draw(&seed, 8); left > 0; left--)
            do_something(live, &config, &seed);
        string_leads_to_the_same_place(live, &config);
        live_free(live);
    }
}

static void is_short(void **state)
{
    (void)state;
    struct err err;
    struct config config;
    struct journal journal;
    config_default(&config);
    config.problem.tasks = 5;
    strcpy(config.title, "Five tasks = enough?");
    journal_begin(&journal, &config);
    journal.position.step = 1200;
    char *text = share_write(&journal, &err);
    assert_true(strlen(text) < 120);
    struct journal back;
    assert_int_equal(share_read(text, &back, &err), ERR_NONE);
    assert_string_equal(back.start.title, config.title);
    assert_int_equal(back.start.problem.tasks, 5);
    assert_int_equal(back.position.step, 1200);
    free(text);
}

/* Another solver begins the step anew, whose phases are counted from 0 then. */
static void a_solver_may_change_within_a_step(void **state)
{
    (void)state;
    struct err err;
    struct config config;
    struct journal journal, back;
    config_default(&config);
    journal_begin(&journal, &config);
    config.retrain.solver = solver_find("gd");
    journal_note(&journal, JOURNAL_UPDATE, (struct position){.step = 4, .phases = 1}, &config);
    config.adapt.rate = 0.002385;
    journal_note(&journal, JOURNAL_UPDATE, (struct position){.step = 4}, &config);
    config.retrain.solver = solver_find("paper");
    journal_note(&journal, JOURNAL_UPDATE, (struct position){.step = 5}, &config);
    journal.position.step = 7;
    char *text = share_write(&journal, &err);
    assert_int_equal(share_read(text, &back, &err), ERR_NONE);
    assert_int_equal(back.count, 3);
    free(text);
    journal.event[2].at.step = 3;
    text = share_write(&journal, &err);
    assert_int_equal(share_read(text, &back, &err), ERR_INPUT);
    free(text);
}

/* Another solver in mid-step begins that step anew, so what is done next is done at an earlier phase. */
static void a_step_may_begin_anew(void **state)
{
    (void)state;
    struct err err;
    struct config config = trace_config(60);
    struct live *live = live_new(&config, &err);
    assert_non_null(live);
    settle(live, &config);
    live_step(live);
    live_step_phase(live);
    settle(live, &config);
    config.retrain.solver = solver_find("gd");
    live_update(live, &config);
    settle(live, &config);
    config.retrain.outer_rate *= 0.5;
    live_update(live, &config);
    settle(live, &config);
    string_leads_to_the_same_place(live, &config);
    live_free(live);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    struct err err;
    struct config config;
    struct journal journal;
    config_default(&config);
    config.problem.seed = 2385;
    journal_begin(&journal, &config);
    char *text = share_write(&journal, &err);
    assert_true(share_looks_like(text));
    for (size_t cut = 0; cut < strlen(text); cut++) {
        char *part = strndup(text, cut);
        struct journal back;
        assert_int_equal(share_read(part, &back, &err), ERR_INPUT);
        free(part);
    }
    for (size_t at = 4; at < strlen(text); at++) {
        char *altered = strdup(text);
        struct journal back;
        altered[at] = altered[at] == 'A' ? 'B' : 'A';
        assert_int_equal(share_read(altered, &back, &err), ERR_INPUT);
        assert_non_null(strstr(err.message, "cut or altered"));
        free(altered);
    }
    char *longer;
    struct journal back;
    assert_true(asprintf(&longer, "%sA", text) > 0);
    assert_int_equal(share_read(longer, &back, &err), ERR_INPUT);
    free(longer);
    assert_int_equal(share_read("rs2:AAAA", &back, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "another version"));
    assert_int_equal(share_read("rs1:AA.AA", &back, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "a letter that none of them has"));
    char *broken = NULL;
    assert_true(asprintf(&broken, "%.9s\n  %s \n", text, text + 9) > 0); /* as marked with the mouse */
    assert_int_equal(share_read(broken, &back, &err), ERR_NONE);
    assert_true(back.start.problem.seed == 2385);
    free(broken);
    assert_false(share_looks_like("rs1"));
    assert_false(share_looks_like("rs:1"));
    assert_false(share_looks_like("three-tasks"));
    free(text);

    journal.full = true;
    assert_null(share_write(&journal, &err));
    assert_int_equal(err.code, ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reopens_random_states),
        cmocka_unit_test(a_step_may_begin_anew),
        cmocka_unit_test(is_short),
        cmocka_unit_test(a_solver_may_change_within_a_step),
        cmocka_unit_test(says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
