/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/tradeoffs_driver.h"

#include "run/key.h"
#include "support/golden.h"
#include "ui/rune.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- tables ---- */

static double rank_needed(const struct problem_config *problem, int method, int seed)
{
    bool odd = problem->tasks == 2 && problem->rank == 4 && seed % 4 == 3;
    double rank = method == METHOD_NONE     ? problem->dimension
                  : method == METHOD_ORACLE ? problem->rank
                  : method != METHOD_META   ? problem->rank * (problem->tasks + 1.0)
                  : problem->tasks >= 3     ? problem->rank
                                            : 3.0 * problem->rank + (odd ? 1 : 0);
    return fmin(rank, problem->dimension);
}

void tradeoffs_driver_put(struct table *table, size_t cell, int seed)
{
    struct outcome outcome[METHOD_COUNT];
    struct config config;
    struct err err;
    assert_int_equal(plan_config(&table->plan, cell, seed, &config, &err), ERR_NONE);
    memset(outcome, 0, sizeof outcome);
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!(config.retrain.methods & 1u << method))
            continue;
        double draw = 1 + 0.2385 * ((seed * 5 + method) % 7);
        bool exact = method == METHOD_META && config.problem.tasks >= 3;
        outcome[method].state = OUTCOME_DONE;
        outcome[method].status = exact ? SOLVER_CONVERGED : SOLVER_RUNNING;
        for (int metric = 0; metric < METRIC_COUNT; metric++) {
            outcome[method].value[metric] = (exact ? 1e-13 : 23.85) * draw * config.problem.rank / config.problem.tasks;
            outcome[method].predicted[metric] = (double)NAN;
        }
        outcome[method].value[METRIC_RANK_NEEDED] = rank_needed(&config.problem, method, seed);
        outcome[method].predicted[METRIC_RANK_NEEDED] = metric_theory(METRIC_RANK_NEEDED, &config, method);
    }
    assert_int_equal(table_put(table, cell, seed, outcome, &err), ERR_NONE);
}

static void fill(struct table *table, int known)
{
    size_t columns = table->plan.axis[table->plan.axes - 1].count;
    for (size_t cell = 0; cell < table->cells; cell++) {
        int draws = cell % columns == columns - 1 && columns > 1 ? known - 1 : known;
        for (int seed = 0; seed < draws && seed < table->cell[cell].wanted; seed++)
            tradeoffs_driver_put(table, cell, seed);
    }
}

static void take_status(struct tradeoffs_driver *driver)
{
    driver->view.table = driver->table;
    driver->view.former = driver->former;
    if (driver->table == NULL)
        return;
    struct sweep_status *status = &driver->view.status;
    status->done = driver->table->done;
    status->wanted = driver->table->wanted;
    status->finished = status->done == status->wanted;
    status->rate = 2385;
    status->seconds_left = (double)(status->wanted - status->done) / 23.85;
    status->stored = 17;
    status->stores = true;
}

static void sweep(struct tradeoffs_driver *driver)
{
    struct err err;
    struct table *table = table_new(tradeoffs_plan(driver->tradeoffs), &err);
    if (table == NULL) {
        tradeoffs_refuse(driver->tradeoffs, &err);
        return;
    }
    tradeoffs_taken(driver->tradeoffs);
    fill(table, driver->known);
    table_free(driver->former);
    driver->former = driver->table;
    driver->table = table;
    driver->view.number++;
    driver->view.paused = false;
    take_status(driver);
}

static void grant(struct tradeoffs_driver *driver, screen_wish wish)
{
    size_t cell;
    int seeds;
    struct config config;
    config_default(&config);
    if (wish & TRADEOFFS_ADOPT)
        wish |= tradeoffs_propose(driver->tradeoffs, &config);
    if (wish & TRADEOFFS_SWEEP)
        sweep(driver);
    if (wish & (TRADEOFFS_RUN | TRADEOFFS_PAUSE))
        driver->view.paused = (wish & TRADEOFFS_PAUSE) != 0;
    if (wish & TRADEOFFS_SEEDS) {
        tradeoffs_more(driver->tradeoffs, &cell, &seeds);
        table_want(driver->table, cell, seeds);
        take_status(driver);
    }
}

/* ---- the screen ---- */

static void draw(struct tradeoffs_driver *driver)
{
    tradeoffs_draw(driver->tradeoffs, &driver->grid, &driver->view);
}

struct tradeoffs_driver *tradeoffs_driver_new_of(int width, int height, const char *methods)
{
    static const struct tradeoffs_options options = {GLYPHS_BRAILLE};
    struct tradeoffs_driver *driver = calloc(1, sizeof *driver);
    struct config config;
    struct err err;
    assert_non_null(driver);
    driver->known = 4;
    driver->view.message = "";
    driver->view.status.seconds_left = (double)NAN;
    driver->tradeoffs = tradeoffs_new(&options, &err);
    assert_non_null(driver->tradeoffs);
    config_default(&config);
    assert_int_equal(key_assign(&config, "title=Three tasks are enough", &err), ERR_NONE);
    assert_int_equal(key_set(&config, key_find("retrain.methods"), methods, &err), ERR_NONE);
    grant(driver, tradeoffs_propose(driver->tradeoffs, &config));
    assert_non_null(driver->table);
    assert_true(grid_resize(&driver->grid, width, height));
    draw(driver);
    return driver;
}

struct tradeoffs_driver *tradeoffs_driver_new(int width, int height)
{
    return tradeoffs_driver_new_of(width, height, "standard,meta");
}

void tradeoffs_driver_free(struct tradeoffs_driver *driver)
{
    if (driver == NULL)
        return;
    tradeoffs_free(driver->tradeoffs);
    grid_free(&driver->grid);
    table_free(driver->table);
    table_free(driver->former);
    free(driver);
}

void tradeoffs_driver_event(struct tradeoffs_driver *driver, const struct event *event)
{
    driver->wish = tradeoffs_handle(driver->tradeoffs, event, &driver->view);
    grant(driver, driver->wish);
    draw(driver);
}

void tradeoffs_driver_size(struct tradeoffs_driver *driver, int width, int height)
{
    assert_true(grid_resize(&driver->grid, width, height));
    tradeoffs_driver_event(driver, &(struct event){.type = EVENT_RESIZE, .x = width, .y = height});
}

void tradeoffs_driver_key(struct tradeoffs_driver *driver, uint32_t key)
{
    tradeoffs_driver_event(driver, &(struct event){.type = EVENT_KEY, .key = key});
}

void tradeoffs_driver_type(struct tradeoffs_driver *driver, const char *text)
{
    screen_wish wish = 0;
    while (*text != '\0') {
        tradeoffs_driver_key(driver, rune_decode(&text));
        wish |= driver->wish;
    }
    driver->wish = wish;
}

void tradeoffs_driver_mouse(struct tradeoffs_driver *driver, enum event_mouse mouse, int x, int y)
{
    tradeoffs_driver_event(driver, &(struct event){.type = EVENT_MOUSE, .mouse = mouse, .x = x, .y = y});
}

void tradeoffs_driver_axis(struct tradeoffs_driver *driver, uint32_t key, const char *value)
{
    tradeoffs_driver_key(driver, key);
    for (int i = 0; i < 96; i++)
        tradeoffs_driver_key(driver, EVENT_KEY_BACKSPACE);
    tradeoffs_driver_type(driver, value);
    tradeoffs_driver_key(driver, EVENT_KEY_ENTER);
}

bool tradeoffs_driver_shows(const struct tradeoffs_driver *driver, const char *text)
{
    int x;
    int y;
    return golden_find(&driver->grid, text, &x, &y);
}

bool tradeoffs_driver_says(const struct tradeoffs_driver *driver, const char *text)
{
    char *screen = golden_screen(&driver->grid);
    char *to = screen;
    for (const char *from = screen; *from != '\0'; from++) {
        bool line = strncmp(from, "│", strlen("│")) == 0;
        bool blank = line || *from == ' ' || *from == '\n';
        if (!blank)
            *to++ = *from;
        else if (to > screen && to[-1] != ' ')
            *to++ = ' ';
        from += line ? strlen("│") - 1 : 0;
    }
    *to = '\0';
    bool said = strstr(screen, text) != NULL;
    free(screen);
    return said;
}
