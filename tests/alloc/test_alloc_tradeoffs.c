/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "cmd/sweeps.h"
#include "run/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct visit {
    struct sweeps sweeps;
    struct tradeoffs *tradeoffs;
    struct grid grid;
};

/* Without memory of its own; `text` is ASCII. */
static bool shows(const struct visit *visit, const char *text)
{
    int cells = visit->grid.width * visit->grid.height;
    for (int i = 0; i < cells; i++) {
        int at = 0;
        while (text[at] != '\0' && i + at < cells && visit->grid.cell[i + at].rune == (unsigned char)text[at])
            at++;
        if (text[at] == '\0')
            return true;
    }
    return false;
}

static void draw(struct visit *visit)
{
    struct tradeoffs_view view = sweeps_view(&visit->sweeps);
    tradeoffs_draw(visit->tradeoffs, &visit->grid, &view);
}

/* One trial comes in, that nobody computed. */
static void finish_one(struct sweep *sweep)
{
    struct outcome outcome[METHOD_COUNT] = {{.state = OUTCOME_DONE}, {.state = OUTCOME_DONE}};
    struct trial trial;
    struct config config;
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int metric = 0; metric < METRIC_COUNT; metric++)
            outcome[method].value[metric] = outcome[method].predicted[metric] = 2.385;
    if (sweep_take(sweep, &trial, &config))
        sweep_give(sweep, &trial, outcome, NULL);
    sweep_tend(sweep);
}

/* False: the person was told that there is no memory, or sees that something is not there. */
static bool sweep_once(struct visit *visit, const struct config *config)
{
    struct err err = {.code = ERR_NONE};
    bool before = visit->sweeps.sweep != NULL;
    if (!(tradeoffs_propose(visit->tradeoffs, config) & TRADEOFFS_SWEEP)) {
        draw(visit);
        assert_true(shows(visit, "no memory"));
        return false;
    }
    if (sweeps_begin(&visit->sweeps, tradeoffs_plan(visit->tradeoffs), &err)) {
        assert_int_equal(err.code, ERR_MEMORY);
        tradeoffs_refuse(visit->tradeoffs, &err);
        draw(visit);
        return false;
    }
    tradeoffs_taken(visit->tradeoffs);
    draw(visit);
    bool told = shows(visit, "no memory");
    finish_one(visit->sweeps.sweep);
    draw(visit);
    struct tradeoffs_view view = sweeps_view(&visit->sweeps);
    bool kept = visit->sweeps.kept && view.status.why->code == ERR_NONE;
    return kept && !told && !shows(visit, "no memory") && (!before || view.former != NULL);
}

/* Two sweeps, one after the other, as the screen has them. */
static enum failing_outcome sweep_twice(void *context)
{
    (void)context;
    static const struct tradeoffs_options options = {GLYPHS_BRAILLE};
    struct visit visit = {.sweeps = {.threads = SWEEP_NO_THREADS}};
    struct config config;
    struct err err = {.code = ERR_NONE};
    config_default(&config);
    visit.tradeoffs = tradeoffs_new(&options, &err);
    bool good = visit.tradeoffs != NULL && grid_resize(&visit.grid, 80, 24);
    assert_true(visit.tradeoffs != NULL || err.code == ERR_MEMORY);
    for (int i = 0; i < 2 && good; i++)
        good = sweep_once(&visit, &config);
    assert_true(sweeps_free(&visit.sweeps));
    tradeoffs_free(visit.tradeoffs);
    failing_pause();
    grid_free(&visit.grid);
    return good ? FAILING_SUCCESS : FAILING_REPORTED;
}

static void every_allocation_of_the_screen_and_its_sweeps(void **state)
{
    (void)state;
    assert_in_range(failing_every(sweep_twice, NULL), 15, 900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_of_the_screen_and_its_sweeps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
