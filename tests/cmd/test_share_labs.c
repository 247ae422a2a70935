/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/runs.h"
#include "model/linalg.h"
#include "run/key.h"
#include "run/share.h"
#include "support/chance.h"
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

/* A lab as a session has it, but for the terminal: keys go in, and what it wishes for is done. */
struct visit {
    struct lab *lab;
    struct runs runs;
    struct grid grid;
};

static struct visit *visit_new(const struct journal *way, int width, int height)
{
    struct err err;
    struct visit *visit = calloc(1, sizeof *visit);
    assert_non_null(visit);
    visit->lab =
        lab_new(&way->start, NULL, &(struct lab_options){.glyphs = GLYPHS_BRAILLE, .follows = way->count > 0}, &err);
    assert_non_null(visit->lab);
    assert_true(grid_resize(&visit->grid, width, height));
    assert_int_equal(runs_begin(&visit->runs, way, LIVE_FLAT_OUT, &err), ERR_NONE);
    return visit;
}

static void visit_free(struct visit *visit)
{
    assert_true(runs_free(&visit->runs));
    lab_free(visit->lab);
    grid_free(&visit->grid);
    free(visit);
}

static void draw(struct visit *visit)
{
    struct view view = runs_view(&visit->runs);
    struct lab_status status = runs_status(&visit->runs);
    if (status.state == LIVE_FAILED)
        fail_msg("%s", status.message);
    lab_draw(visit->lab, &visit->grid, &view, &status);
}

static void look(struct visit *visit)
{
    struct pollfd descriptor = {.fd = runs_descriptor(&visit->runs), .events = POLLIN};
    int timeout = runs_timeout(&visit->runs);
    assert_true(poll(&descriptor, 1, timeout < 0 ? 120 * 1000 : timeout) >= 0);
    runs_tend(&visit->runs);
    draw(visit);
}

static const struct snapshot *seen(const struct visit *visit)
{
    return runs_view(&visit->runs).snapshot;
}

static bool at_rest(const struct visit *visit)
{
    enum live_state state = runs_status(&visit->runs).state;
    return state == LIVE_PAUSED || state == LIVE_DONE;
}

static screen_wish press(struct visit *visit, uint32_t key)
{
    struct view view = runs_view(&visit->runs);
    screen_wish wish = lab_handle(visit->lab, &(struct event){.type = EVENT_KEY, .key = key}, &view);
    assert_int_equal(wish & LAB_RESTART, 0);
    runs_command(&visit->runs, wish, lab_config(visit->lab), LIVE_FLAT_OUT, lab_rewind(visit->lab));
    return wish;
}

/* A live key is changed last: once the run shows that, it has done all that was asked before. */
static void settle(struct visit *visit)
{
    press(visit, EVENT_KEY_ESCAPE);
    press(visit, EVENT_KEY_END);
    press(visit, EVENT_KEY_UP); /* adapt.rate */
    press(visit, EVENT_KEY_LEFT);
    double rate = lab_config(visit->lab)->adapt.rate;
    while (!at_rest(visit) || seen(visit) == NULL || seen(visit)->config.adapt.rate != rate)
        look(visit);
}

static void live_at_random(struct visit *visit, uint64_t *seed)
{
    static const char keys[] = "ssssssspppuuuU{(w ";
    while (seen(visit) == NULL)
        look(visit);
    for (int left = 5 + chance_below(seed, 25); left > 0; left--) {
        int what = chance_below(seed, 24);
        if (what == 0) {
            press(visit, 'f');
        } else if (what < 3) { /* another solver or rate */
            press(visit, EVENT_KEY_HOME);
            for (int down = key_find(what == 1 ? "retrain.solver" : "retrain.outer_rate"); down > 0; down--)
                press(visit, EVENT_KEY_DOWN);
            press(visit, EVENT_KEY_RIGHT);
        } else {
            press(visit, (uint32_t)keys[chance_below(seed, (int)sizeof keys - 1)]);
        }
        if (chance_below(seed, 3) == 0)
            settle(visit);
    }
    settle(visit);
}

static struct config random_config(uint64_t *seed)
{
    struct config config = trace_config(40 + chance_below(seed, 60));
    config.problem.dimension = 4 + chance_below(seed, 6);
    config.problem.tasks = 1 + chance_below(seed, 4);
    config.problem.truth = (enum problem_truth)chance_below(seed, 3);
    config.problem.samples = chance_below(seed, 2) ? 20 + chance_below(seed, 30) : SAMPLES_POPULATION;
    config.problem.noise = 0.1 * chance_below(seed, 3);
    config.problem.seed = (uint64_t)chance_below(seed, 1000);
    config.retrain.adapter = (enum adapter_shape)chance_below(seed, 2);
    config.adapt.rate = 0.002385;
    return config;
}

/* What one lab shows as a line leads another one, at 80 x 24, to the same place: the same numbers to the last bit, and the same line
 * again. */
static void random_states_reopen(void **state)
{
    (void)state;
    uint64_t seed = 2385;
    int shared = 0;
    for (int i = 0; i < 50 / program_slowness() + 1; i++) {
        struct err err;
        struct config config = random_config(&seed);
        struct journal way;
        journal_begin(&way, &config);
        struct visit *one = visit_new(&way, 120, 36);
        live_at_random(one, &seed);
        screen_wish wish = press(one, 'y');
        if (wish & LAB_COPY) {
            if (share_read(lab_share_text(one->lab), &way, &err) != ERR_NONE)
                fail_msg("%s: %s", lab_share_text(one->lab), err.message);
            struct visit *other = visit_new(&way, 80, 24);
            while (!at_rest(other) || seen(other) == NULL)
                look(other);
            assert_same_snapshot(seen(other), seen(one));
            press(other, 'y');
            assert_string_equal(lab_share_text(other->lab), lab_share_text(one->lab));
            draw(other);
            assert_true(lab_config(other->lab)->retrain.outer_rate == seen(one)->config.retrain.outer_rate);
            assert_int_equal(lab_config(other->lab)->retrain.solver, seen(one)->config.retrain.solver);
            visit_free(other);
            shared++;
        }
        visit_free(one);
    }
    assert_true(shared >= 40 / program_slowness());
}

/* ---- without the lab ---- */

static char *shared_line(long step)
{
    struct err err;
    struct config config;
    struct journal way;
    config_default(&config);
    config.problem.seed = 2385;
    config.retrain.steps = 90;
    journal_begin(&way, &config);
    struct config faster = config;
    faster.retrain.outer_rate = 0.2385;
    journal_note(&way, JOURNAL_UPDATE, (struct position){.step = 17}, &faster);
    way.position.step = step;
    char *line = share_write(&way, &err);
    assert_non_null(line);
    return line;
}

/* The line of a run that stopped half way prints what the run showed there: as steps by hand do. */
static void headless_goes_to_the_same_place(void **state)
{
    (void)state;
    char *line = shared_line(40);
    setenv("LINE", line, 1);
    struct program_result result = program_shell("\"$RANKSCOPE\" run \"$LINE\" --format json");
    assert_int_equal(result.status, 0);
    assert_non_null(strstr(result.output, "\"steps\": 40"));
    program_free(&result);
    result = program_shell("\"$RANKSCOPE\" \"$LINE\" | head -3");
    assert_int_equal(result.status, 0);
    program_free(&result);
    free(line);
}

static void broken_lines_are_refused(void **state)
{
    (void)state;
    char *line = shared_line(40), *beyond = shared_line(4000);
    static const struct {
        const char *command, *said;
        int status;
    } table[] = {
        {"\"$RANKSCOPE\" \"${LINE%???}\"", "it was cut or altered on its way", 2},
        {"\"$RANKSCOPE\" \"rs1:A${LINE#rs1:?}\"", "it was cut or altered on its way", 2},
        {"\"$RANKSCOPE\" rs9:AAAA", "of another version of Rankscope", 2},
        {"\"$RANKSCOPE\" rs1:", "cut or altered", 2},
        {"\"$RANKSCOPE\" 'rs1:A;B'", "a letter that none of them has", 2},
        {"\"$RANKSCOPE\" \"$LINE\" --set problem.seed=3", "--set cannot be given with a run's string", 2},
        {"\"$RANKSCOPE\" run \"$LINE\" --steps 3", "--steps cannot be given with a run's string", 2},
        {"\"$RANKSCOPE\" \"$BEYOND\"", "the run ends before the step", 2},
    };
    setenv("LINE", line, 1);
    setenv("BEYOND", beyond, 1);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct program_result result = program_shell("%s", table[i].command);
        assert_int_equal(result.status, table[i].status);
        assert_string_equal(result.output, "");
        if (!strstr(result.errors, table[i].said))
            fail_msg("%s: %s", table[i].command, result.errors);
        program_free(&result);
    }
    free(line);
    free(beyond);
}

int main(void)
{
    linalg_set_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_states_reopen),
        cmocka_unit_test(headless_goes_to_the_same_place),
        cmocka_unit_test(broken_lines_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
