/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "run/key.h"
#include "support/program.h"
#include "sweep/census.h"
#include "sweep/claim.h"
#include "sweep/outcome.h"
#include "sweep/reproduce_state.h"
#include "sweep/store.h"
#include "sweep/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <sqlite3.h>

static enum failing_outcome outcome_of(enum err_code code)
{
    return code == ERR_NONE ? FAILING_SUCCESS : code == ERR_MEMORY ? FAILING_REPORTED : FAILING_WRONG;
}

/* ---- axes, plans and tables ---- */

static enum failing_outcome make_plan(struct plan *plan)
{
    struct err err = {.code = ERR_NONE};
    *plan = (struct plan){.seeds = 2};
    config_default(&plan->base);
    enum err_code code = plan_add_axis(plan, "rank=1:40", &err);
    code = code ? code : plan_add_axis(plan, "tasks=1:2", &err);
    if (code)
        plan_free(plan);
    return outcome_of(code);
}

static enum failing_outcome plan_and_copy(void *context)
{
    struct plan plan, copy;
    (void)context;
    enum failing_outcome outcome = make_plan(&plan);
    if (outcome != FAILING_SUCCESS)
        return outcome;
    struct err err = {.code = ERR_NONE};
    if (plan_copy(&copy, &plan, &err))
        outcome = outcome_of(err.code);
    else
        plan_free(&copy);
    plan_free(&plan);
    return outcome;
}

/* Once a plan is there, a trial's configuration asks for no memory that could fail unheard. */
static enum failing_outcome configure(void *context)
{
    struct config config;
    for (size_t cell = 0; cell < 32; cell++)
        if (plan_config(context, cell, 1, &config, NULL) || config.problem.rank != 1 + (int)cell / 2 ||
            config.adapt.rank != config.problem.rank || config.problem.tasks != 1 + (int)cell % 2)
            return FAILING_WRONG;
    return FAILING_SUCCESS;
}

static enum failing_outcome fill_table(void *context)
{
    struct err err = {.code = ERR_NONE};
    struct outcome outcome[METHOD_COUNT] = {{.state = OUTCOME_DONE, .value = {1}},
                                            {.state = OUTCOME_DONE, .value = {2}}};
    struct table *table = table_new(context, &err);
    if (!table)
        return outcome_of(err.code);
    table_want(table, 3, 200);
    enum err_code code = ERR_NONE;
    for (int seed = 0; seed < 200 && !code; seed++) {
        size_t done = table->done;
        code = table_put(table, 3, seed, outcome, &err);
        if (code && (table->done != done || table_outcome(table, 3, seed, METHOD_META)))
            code = ERR_IO; /* it is not as it was */
    }
    if (!code && (table_summary(table, 3, METHOD_META, METRIC_RANK_NEEDED).trials != 200 || table->done != 200))
        code = ERR_IO;
    table_free(table);
    return outcome_of(code);
}

static void plans_and_tables(void **state)
{
    (void)state;
    struct plan plan;
    assert_true(failing_every(plan_and_copy, NULL) >= 6);
    assert_int_equal(make_plan(&plan), FAILING_SUCCESS);
    assert_int_equal(failing_every(configure, &plan), 0);
    assert_true(failing_every(fill_table, &plan) >= 5);
    plan_free(&plan);
}

static enum failing_outcome compute(void *context)
{
    struct outcome outcome[METHOD_COUNT];
    struct err err = {.code = ERR_NONE};
    return outcome_of(outcome_compute(context, NULL, outcome, &err));
}

static void trials(void **state)
{
    (void)state;
    struct config config;
    config_default(&config);
    config.problem.dimension = 6;
    config.retrain.steps = 2;
    config.adapt.samples = 20;
    assert_true(failing_every(compute, &config) > 5);
}

/* ---- the store ---- */

/* jansson's memory comes through here, where the linker has put the function that fails. */
static void *take(size_t size)
{
    return malloc(size);
}

/* SQLite's is counted by itself, since it can do without some of it. Each block has its size in front, which SQLite asks for. */
enum { HEAD = 16, NEVER = -1 };
static int sqlite_countdown = NEVER;

void *__real_malloc(size_t size); /* the one that does not fail */

static void *sqlite_take(int size)
{
    bool fails = sqlite_countdown >= 0 && sqlite_countdown-- == 0;
    char *block = fails ? NULL : __real_malloc((size_t)size + HEAD);
    if (!block)
        return NULL;
    memcpy(block, &size, sizeof size);
    return block + HEAD;
}

static void sqlite_release(void *memory)
{
    if (memory)
        free((char *)memory - HEAD);
}

static int sqlite_size(void *memory)
{
    int size = 0;
    if (memory)
        memcpy(&size, (char *)memory - HEAD, sizeof size);
    return size;
}

static void *sqlite_retake(void *memory, int size)
{
    void *larger = sqlite_take(size);
    if (!larger)
        return NULL;
    int kept = sqlite_size(memory);
    memcpy(larger, memory, (size_t)(kept < size ? kept : size));
    sqlite_release(memory);
    return larger;
}

static int sqlite_round(int size)
{
    return (size + 7) & ~7;
}

static int sqlite_begin(void *context)
{
    (void)context;
    return SQLITE_OK;
}

static void sqlite_end(void *context)
{
    (void)context;
}

/* Opens, writes and reads. A group whose commit failed is not there, and one that was committed is. */
static enum failing_outcome use_store(void *context)
{
    static unsigned seed;
    const char *path = context;
    struct err err = {.code = ERR_NONE};
    struct outcome outcome[METHOD_COUNT] = {{.state = OUTCOME_DONE, .steps = 1}, {.state = OUTCOME_DONE, .steps = 2}};
    struct config config;
    config_default(&config);
    config.problem.seed = ++seed;
    struct store *store = store_open(path, &err);
    if (!store)
        return outcome_of(err.code);
    enum err_code code = store_begin(store, NULL);
    store_write(store, &config, outcome, NULL);
    code = store_commit(store, &err);
    struct outcome found[METHOD_COUNT];
    struct err other = {.code = ERR_NONE};
    enum err_code read = store_read(store, &config, 1, found, &other);
    bool there = !read && found[METHOD_META].state == OUTCOME_DONE && found[METHOD_META].steps == 2;
    store_close(store);
    if (!read && there != !code)
        return FAILING_WRONG;
    return outcome_of(code ? code : read);
}

static enum failing_outcome find_place(void *context)
{
    struct err err = {.code = ERR_NONE};
    (void)context;
    char *place = store_default_path(&err);
    enum failing_outcome outcome = place ? FAILING_SUCCESS : outcome_of(err.code);
    free(place);
    return outcome;
}

static enum failing_outcome refuse_folder(void *context)
{
    struct err err = {.code = ERR_NONE};
    struct store *store = store_open(context, &err);
    store_close(store);
    return !store && err.code == ERR_INPUT && strstr(err.message, "no folder") ? FAILING_SUCCESS : outcome_of(err.code);
}

/* The n-th allocation of SQLite fails, for every n: that is reported, or it went without. */
static void lack_sqlite_s_memory(char *path, int stride)
{
    int reported = 0, n = 0;
    for (;; n += stride) {
        sqlite_countdown = n;
        enum failing_outcome outcome = use_store(path);
        bool none_failed = sqlite_countdown >= 0;
        sqlite_countdown = NEVER;
        assert_int_not_equal(outcome, FAILING_WRONG);
        assert_int_equal(sqlite3_memory_used(), 0);
        if (none_failed)
            break;
        reported += outcome == FAILING_REPORTED;
    }
    assert_true(n > 200);
    assert_true(reported * stride > n / 2);
}

static void the_store(void **state)
{
    (void)state;
    sqlite3_mem_methods methods = {sqlite_take,  sqlite_release, sqlite_retake, sqlite_size,
                                   sqlite_round, sqlite_begin,   sqlite_end,    NULL};
    static char nowhere[] = "/nowhere/at/all/results.db", memory[] = ":memory:", path[512];
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/alloc-%ld.db", folder ? folder : "/tmp", (long)getpid());
    setenv("HOME", folder ? folder : "/tmp", 1);
    unsetenv("XDG_DATA_HOME");
    json_set_alloc_funcs(take, free);
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods), SQLITE_OK);
    assert_int_equal(failing_every(find_place, NULL), 1);
    assert_int_equal(failing_every(refuse_folder, nowhere), 3);
    assert_true(failing_every(use_store, memory) > 100);
    lack_sqlite_s_memory(memory, 1);
    assert_int_equal(use_store(path), FAILING_SUCCESS);
    lack_sqlite_s_memory(path, 7 * program_slowness());
    assert_int_equal(use_store(path), FAILING_SUCCESS);
    unlink(path);
}

/* ---- claims ---- */

static enum failing_outcome observe(void *context)
{
    struct claim_observation observation;
    struct err err = {.code = ERR_NONE};
    return outcome_of(claim_observe(&claim_table[claim_find(context)], 0, &observation, &err));
}

static void claims(void **state)
{
    (void)state;
    static char names[][24] = {"saddle", "shared-space", "standard-risk"}; /* the longest last */
    size_t count = program_slowness() > 2 ? 2 : sizeof names / sizeof *names;
    for (size_t i = 0; i < count; i++)
        assert_in_range(failing_every(observe, names[i]), 4, 999);
}

/* ---- the paper's figures ---- */

static const struct reproduce_request short_figure = {.runs = 1, .steps = 1, .adapt_steps = 1, .threads = 1};

static enum failing_outcome draw(void *context)
{
    struct err err = {.code = ERR_NONE};
    struct reproduction *reproduction = context;
    if (reproduction->info->network)
        reproduce_network(reproduction, 0, 0, &err);
    else
        reproduce_linear(reproduction, 0, 0, &err);
    return outcome_of(err.code);
}

/* One draw of the few samples of a figure's first value. */
static void figures(void **state)
{
    (void)state;
    static const char *const names[] = {"vary-N", "networks-vary-N"};
    for (int i = 0; i < 2; i++) {
        struct reproduce_request request = short_figure;
        request.figure = reproduce_find(names[i]);
        struct reproduction *reproduction = reproduce_new(&request, NULL);
        assert_non_null(reproduction);
        assert_true(failing_every(draw, reproduction) > 20);
        reproduce_free(reproduction);
    }
}

/* ---- a census ---- */

/* One start, stored, read and written. */
static enum failing_outcome take_census(void *context)
{
    struct census census;
    struct ending ending;
    struct err err = {.code = ERR_NONE};
    struct config config;
    char *text = NULL;
    size_t size = 0;
    (void)context;
    config_default(&config);
    config.retrain.steps = 3;
    enum err_code code = census_begin(&census, &config, 2, &err);
    struct store *store = code ? NULL : store_open(":memory:", &err);
    code = store ? census_compute(&census, 1, &ending, &err) : err.code;
    code = code ? code : store_begin(store, &err);
    code = code ? code : census_take(&census, store, 1, &ending, &err);
    code = code ? code : store_commit(store, &err);
    code = code ? code : census_read(&census, store, &err);
    FILE *stream = code ? NULL : open_memstream(&text, &size);
    if (!code && !stream)
        code = ERR_MEMORY;
    if (stream) {
        code = census_write(stream, RESULT_JSON, &census, &err);
        fclose(stream);
    }
    free(text);
    store_close(store);
    census_free(&census);
    return outcome_of(code);
}

static void a_census(void **state)
{
    (void)state;
    assert_in_range(failing_every(take_census, NULL), 10, 999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims),    cmocka_unit_test(plans_and_tables), cmocka_unit_test(trials),
        cmocka_unit_test(the_store), /* before any other that opens one: it gives SQLite its memory */
        cmocka_unit_test(figures),   cmocka_unit_test(a_census),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
