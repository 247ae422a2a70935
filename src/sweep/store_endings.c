/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/store_state.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* The table comes to be when it is first asked for: files of sweeps alone are as they were. The numbers have no type: as REAL a
 * negative zero would lose its sign. */
static const char make[] = "CREATE TABLE IF NOT EXISTS ending (\n"
                           "    scenario INTEGER NOT NULL REFERENCES scenario (id),\n"
                           "    seed INTEGER NOT NULL,\n"
                           "    kind TEXT NOT NULL,\n"
                           "    steps INTEGER NOT NULL,\n"
                           "    train_loss,\n"
                           "    gradient_norm,\n"
                           "    lowest_eigenvalue,\n"
                           "    adapters_norm,\n"
                           "    PRIMARY KEY (scenario, seed)\n"
                           ") WITHOUT ROWID";
static const char find[] = "SELECT seed, kind, steps, train_loss, gradient_norm, lowest_eigenvalue, adapters_norm "
                           "FROM ending WHERE scenario = (SELECT id FROM scenario WHERE version = ?1 AND settings = ?2)"
                           " AND seed BETWEEN ?3 AND ?4";
static const char add[] = "INSERT INTO ending (scenario, seed, kind, steps, train_loss, gradient_norm, "
                          "lowest_eigenvalue, adapters_norm) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";

static int prepare(struct store *store)
{
    if (store->statement[ADD_ENDING])
        return SQLITE_OK;
    int result = store_run_text(store, make);
    if (!result && !store->statement[FIND_ENDINGS])
        result = store_prepare(store, FIND_ENDINGS, find);
    return result ? result : store_prepare(store, ADD_ENDING, add);
}

/* What NULL stands for is NAN. False: text. */
static bool take_number(sqlite3_stmt *row, int column, double *value)
{
    int type = sqlite3_column_type(row, column);
    *value = type == SQLITE_NULL ? (double)NAN : sqlite3_column_double(row, column);
    return type == SQLITE_NULL || type == SQLITE_FLOAT || type == SQLITE_INTEGER;
}

/* What is wrong with the row; NULL: nothing. */
static const char *take_ending(sqlite3_stmt *row, struct ending *ending)
{
    enum { KIND = 1, STEPS, LOSS, GRADIENT, LOWEST, ADAPTERS };
    struct ending taken = {.kind = ENDING_MISSING};
    const char *name = (const char *)sqlite3_column_text(row, KIND);
    sqlite3_int64 steps = sqlite3_column_int64(row, STEPS);
    for (int kind = ENDING_GLOBAL; kind < ENDING_KINDS && name; kind++)
        if (strcmp(ending_names[kind], name) == 0)
            taken.kind = (enum ending_kind)kind;
    if (taken.kind == ENDING_MISSING)
        return "an ending's kind is none";
    if (steps < 0 || steps > INT_MAX || sqlite3_column_type(row, STEPS) != SQLITE_INTEGER)
        return "an ending's steps are no number of steps";
    taken.steps = (long)steps;
    bool numbers = take_number(row, LOSS, &taken.train_loss);
    numbers = take_number(row, GRADIENT, &taken.gradient_norm) && numbers;
    numbers = take_number(row, LOWEST, &taken.lowest_eigenvalue) && numbers;
    numbers = take_number(row, ADAPTERS, &taken.adapters_norm) && numbers;
    if (!numbers)
        return "an ending's measure is no number";
    *ending = taken;
    return NULL;
}

enum err_code store_read_endings(struct store *store, const struct config *config, int seeds, struct ending *ending,
                                 struct err *err)
{
    char settings[CONFIG_SETTINGS_SIZE];
    const char *wrong = NULL;
    uint64_t first = config->problem.seed, last = first + (uint64_t)seeds - 1;
    memset(ending, 0, (size_t)seeds * sizeof *ending);
    enum err_code code = config_settings(config, settings, err);
    if (code)
        return code;
    int result = prepare(store);
    sqlite3_stmt *rows = store->statement[FIND_ENDINGS];
    result = result ? result : store_bind_settings(rows, settings);
    result = result ? result : sqlite3_bind_int64(rows, 3, (sqlite3_int64)first);
    result = result ? result : sqlite3_bind_int64(rows, 4, (sqlite3_int64)last);
    while (!result && !wrong && (result = sqlite3_step(rows)) == SQLITE_ROW) {
        result = SQLITE_OK;
        uint64_t seed = (uint64_t)sqlite3_column_int64(rows, 0);
        wrong = seed < first || seed > last ? "an ending is out of order" : take_ending(rows, &ending[seed - first]);
    }
    sqlite3_reset(rows);
    if (wrong)
        code = store_damaged(store, wrong, err);
    else if (result && result != SQLITE_DONE)
        code = store_refuse(store, result, err);
    if (code)
        memset(ending, 0, (size_t)seeds * sizeof *ending);
    return code;
}

static int add_ending(struct store *store, uint64_t seed, const struct ending *ending)
{
    enum { SCENARIO = 1, SEED, KIND, STEPS, LOSS, GRADIENT, LOWEST, ADAPTERS };
    sqlite3_stmt *row = store->statement[ADD_ENDING];
    int result = sqlite3_bind_int64(row, SCENARIO, store->scenario);
    result = result ? result : sqlite3_bind_int64(row, SEED, (sqlite3_int64)seed);
    result = result ? result : sqlite3_bind_text(row, KIND, ending_names[ending->kind], -1, SQLITE_STATIC);
    result = result ? result : sqlite3_bind_int64(row, STEPS, ending->steps);
    result = result ? result : sqlite3_bind_double(row, LOSS, ending->train_loss);
    result = result ? result : sqlite3_bind_double(row, GRADIENT, ending->gradient_norm);
    result = result ? result : sqlite3_bind_double(row, LOWEST, ending->lowest_eigenvalue);
    result = result ? result : sqlite3_bind_double(row, ADAPTERS, ending->adapters_norm);
    return result ? result : store_run(store, ADD_ENDING);
}

enum err_code store_write_ending(struct store *store, const struct config *config, const struct ending *ending,
                                 struct err *err)
{
    char settings[CONFIG_SETTINGS_SIZE];
    if (store->failed)
        return store_fail(store, store->failure.code, err);
    enum err_code code = config_settings(config, settings, &store->failure);
    if (code)
        return store_fail(store, code, err);
    int result = prepare(store);
    result = result ? result : store_find_scenario(store, settings);
    result = result ? result : add_ending(store, config->problem.seed, ending);
    return result ? store_fail(store, store_refuse(store, result, &store->failure), err) : ERR_NONE;
}
