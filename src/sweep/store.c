/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/store_state.h"

#include "run/result_state.h"
#include "sweep/store_path.h"
#include "sweep/store_sql.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATIENCE = 5000 /* milliseconds */ };

/* ---- what went wrong ---- */

enum err_code store_damaged(const struct store *store, const char *what, struct err *err)
{
    return err_set(err, ERR_INPUT,
                   "%s: the results are damaged (%s): move the file away, or mend it with sqlite3's .recover",
                   store->path, what);
}

/* What an SQLite result means here. */
enum err_code store_refuse(const struct store *store, int result, struct err *err)
{
    const char *path = store->path;
    int failure = sqlite3_system_errno(store->db); /* 0 where it was a commit that failed */
    failure = failure ? failure : errno;
    switch (result & 0xff) {
    case SQLITE_NOMEM:
        return err_set(err, ERR_MEMORY, "%s: no memory for the results", path);
    case SQLITE_NOTADB:
        return err_set(err, ERR_INPUT, "%s: this is no file of results, nor any SQLite database; move it away", path);
    case SQLITE_CORRUPT:
    case SQLITE_FORMAT:
        return store_damaged(store, sqlite3_errstr(result), err);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(err, ERR_IO, "%s: another program keeps it locked; wait until that has ended", path);
    case SQLITE_READONLY:
        if (result == SQLITE_READONLY_DIRECTORY)
            return store_path_refuse(path, failure, err);
        return err_set(err, ERR_IO, "%s: it can only be read; let it be written, or move it away", path);
    case SQLITE_FULL:
        return err_set(err, ERR_IO, "%s: there is no room left for it; what it has is kept", path);
    case SQLITE_CANTOPEN:
        return store_path_refuse(path, failure, err);
    case SQLITE_IOERR:
        return err_set(err, ERR_IO, "%s: %s; what it has is kept", path,
                       failure ? strerror(failure) : sqlite3_errstr(result));
    default:
        return err_set(err, ERR_IO, "%s: %s", path, sqlite3_errmsg(store->db));
    }
}

/* ---- the schema ---- */

int store_run_text(struct store *store, const char *sql)
{
    errno = 0;
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL);
}

static int make_schema(struct store *store)
{
    char sql[STORE_SQL_SIZE];
    int result = store_run_text(store, store_sql_make_scenario);
    store_sql_make_trial(sql);
    result = result ? result : store_run_text(store, sql);
    result = result ? result : store_run_text(store, store_sql_make_run);
    store_sql_make_result(sql);
    result = result ? result : store_run_text(store, sql);
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", STORE_SQL_APPLICATION,
             STORE_SQL_SCHEMA);
    return result ? result : store_run_text(store, sql);
}

/* The first column of the first row, or 0 where there is none. */
static int ask(struct store *store, const char *sql, const char *argument, int *answer)
{
    sqlite3_stmt *statement = NULL;
    *answer = 0;
    int result = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);
    if (!result && argument)
        result = sqlite3_bind_text(statement, 1, argument, -1, SQLITE_STATIC);
    if (!result && sqlite3_step(statement) == SQLITE_ROW)
        *answer = sqlite3_column_int(statement, 0);
    int end = sqlite3_finalize(statement);
    return result ? result : end;
}

/* What a file says of itself. */
struct identity {
    int objects; /* tables and the like */
    int application, schema;
};

static int ask_identity(struct store *store, struct identity *identity)
{
    int result = ask(store, "SELECT count(*) FROM sqlite_master", NULL, &identity->objects);
    if (!result)
        result = ask(store, "PRAGMA application_id", NULL, &identity->application);
    if (!result)
        result = ask(store, "PRAGMA user_version", NULL, &identity->schema);
    return result;
}

/* SQLite keeps the text that a table was made with: the columns are this program's where that is. */
static int ask_columns(struct store *store, bool *same)
{
    static const char question[] = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND sql = ?1";
    char sql[STORE_SQL_SIZE];
    int scenario = 0, trial = 0, run = 0;
    store_sql_make_trial(sql);
    int result = ask(store, question, store_sql_make_scenario, &scenario);
    if (!result)
        result = ask(store, question, sql, &trial);
    if (!result)
        result = ask(store, question, store_sql_make_run, &run);
    *same = scenario == 1 && trial == 1 && run == 1;
    return result;
}

static enum err_code check_identity(struct store *store, const struct identity *identity, struct err *err)
{
    bool same = false;
    if (identity->application != STORE_SQL_APPLICATION)
        return err_set(err, ERR_INPUT, "%s: this database is another program's; move it away", store->path);
    if (identity->schema != STORE_SQL_SCHEMA)
        return err_set(
            err, ERR_INPUT,
            "%s: these results have schema version %d, and this program reads and writes version %d; move the file "
            "away",
            store->path, identity->schema, STORE_SQL_SCHEMA);
    int result = ask_columns(store, &same);
    if (result)
        return store_refuse(store, result, err);
    if (!same)
        return err_set(err, ERR_INPUT, "%s: these results have other columns than this program's; move the file away",
                       store->path);
    return ERR_NONE;
}

/* Within a transaction, so that a file which another program is just making is seen before or after. `make`: where it is empty,
 * the schema comes to be. */
static enum err_code check_or_make(struct store *store, bool make, bool *empty, struct err *err)
{
    struct identity identity = {.objects = 0};
    enum err_code code = ERR_NONE;
    int result = store_run_text(store, make ? "BEGIN IMMEDIATE" : "BEGIN");
    if (!result)
        result = ask_identity(store, &identity);
    *empty = identity.objects == 0 && identity.application == 0 && identity.schema == 0;
    if (!result && !*empty)
        code = check_identity(store, &identity, err);
    else if (!result && make)
        result = make_schema(store);
    if (!result && !code)
        result = store_run_text(store, "COMMIT");
    if (result)
        code = store_refuse(store, result, err);
    if (!sqlite3_get_autocommit(store->db))
        store_run_text(store, "ROLLBACK");
    return code;
}

/* ---- opening ---- */

/* Whatever the file has been made to be, it runs nothing. */
static int settle(struct store *store)
{
    static const int off[] = {SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW,
                              SQLITE_DBCONFIG_TRUSTED_SCHEMA};
    sqlite3_extended_result_codes(store->db, 1);
    int result = sqlite3_busy_timeout(store->db, PATIENCE);
    for (size_t i = 0; i < sizeof off / sizeof *off && !result; i++)
        result = sqlite3_db_config(store->db, off[i], 0, NULL);
    if (!result)
        result = sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return result ? result : store_run_text(store, "PRAGMA cell_size_check = 1");
}

int store_prepare(struct store *store, enum statement which, const char *sql)
{
    return sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &store->statement[which], NULL);
}

static int prepare_all(struct store *store)
{
    char sql[STORE_SQL_SIZE];
    int result = store_prepare(store, BEGIN, "BEGIN IMMEDIATE");
    result = result ? result : store_prepare(store, COMMIT, "COMMIT");
    result = result
                 ? result
                 : store_prepare(store, FIND_SCENARIO, "SELECT id FROM scenario WHERE version = ?1 AND settings = ?2");
    result = result ? result
                    : store_prepare(store, ADD_SCENARIO, "INSERT INTO scenario (version, settings) VALUES (?1, ?2)");
    store_sql_find_trials(sql);
    result = result ? result : store_prepare(store, FIND_TRIALS, sql);
    store_sql_add_trial(sql);
    return result ? result : store_prepare(store, ADD_TRIAL, sql);
}

/* Whether there is a log beside the file, whose pages count more than the file's own. */
static bool has_log(const struct store *store)
{
    struct stat status;
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s-wal", store->path);
    return length >= PATH_MAX || (stat(path, &status) == 0 && status.st_size > 0);
}

/* SQLite takes what is missing of the last page for zeros. */
static enum err_code check_last_page(struct store *store, struct err *err)
{
    struct stat status;
    int page = 0;
    int result = ask(store, "PRAGMA page_size", NULL, &page);
    if (result)
        return store_refuse(store, result, err);
    bool cut = page > 0 && stat(store->path, &status) == 0 && status.st_size % page != 0;
    return cut ? store_damaged(store, "it was cut off in the middle of a page", err) : ERR_NONE;
}

static enum err_code open_file(struct store *store, struct err *err)
{
    bool alone = !has_log(store); /* opening it makes one */
    enum { FLAGS = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX };
    bool empty = false;
    int result = sqlite3_open_v2(store->path, &store->db, FLAGS, NULL);
    if (!result)
        result = settle(store);
    if (result)
        return store_refuse(store, result, err);
    enum err_code code = check_or_make(store, false, &empty, err);
    if (!code && alone)
        code = check_last_page(store, err);
    if (!code && empty)
        code = check_or_make(store, true, &empty, err);
    if (code)
        return code;
    if (sqlite3_db_readonly(store->db, "main") == 1)
        return store_refuse(store, SQLITE_READONLY, err);
    result = store_run_text(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    if (!result)
        result = prepare_all(store);
    return result ? store_refuse(store, result, err) : ERR_NONE;
}

struct store *store_open(const char *path, struct err *err)
{
    if (store_path_check(path, err))
        return NULL;
    struct store *store = calloc(1, sizeof *store);
    if (!store || asprintf(&store->path, "%s%s", strncmp(path, "file:", 5) == 0 ? "./" : "", path) < 0) {
        free(store);
        err_set(err, ERR_MEMORY, "%s: no memory to open it", path);
        return NULL;
    }
    if (open_file(store, err)) {
        store_close(store);
        return NULL;
    }
    return store;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(store->statement[i]);
    sqlite3_close(store->db);
    free(store->path);
    free(store);
}

void store_set_patience(struct store *store, int milliseconds)
{
    sqlite3_busy_timeout(store->db, milliseconds);
}

/* ---- reading ---- */

int store_bind_settings(sqlite3_stmt *statement, const char *settings)
{
    int result = sqlite3_bind_text(statement, 1, RANKSCOPE_VERSION, -1, SQLITE_STATIC);
    return result ? result : sqlite3_bind_text(statement, 2, settings, -1, SQLITE_STATIC);
}

static bool find_status(const char *name, enum solver_status *status)
{
    for (int i = SOLVER_RUNNING; i <= SOLVER_DIVERGED && name; i++) {
        *status = (enum solver_status)i;
        if (strcmp(result_status(*status), name) == 0)
            return true;
    }
    return false;
}

/* What NULL stands for is NAN. False: text. */
static bool take_number(sqlite3_stmt *row, int column, double *value)
{
    int type = sqlite3_column_type(row, column);
    *value = type == SQLITE_NULL ? (double)NAN : sqlite3_column_double(row, column);
    return type == SQLITE_NULL || type == SQLITE_FLOAT || type == SQLITE_INTEGER;
}

/* What is wrong with the row; NULL: nothing. */
static const char *take_outcome(sqlite3_stmt *row, struct outcome *outcome)
{
    enum { STATUS = 2, STEPS, VALUES };
    struct outcome taken = {.state = OUTCOME_DONE};
    sqlite3_int64 steps = sqlite3_column_int64(row, STEPS);
    if (!find_status((const char *)sqlite3_column_text(row, STATUS), &taken.status))
        return "a trial's status is none";
    if (steps < 0 || steps > INT_MAX || sqlite3_column_type(row, STEPS) != SQLITE_INTEGER)
        return "a trial's steps are no number of steps";
    taken.steps = (long)steps;
    int column = VALUES;
    bool numbers = true;
    for (int metric = 0; metric < METRIC_COUNT; metric++)
        numbers = take_number(row, column++, &taken.value[metric]) && numbers;
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        taken.predicted[metric] = (double)NAN;
        if (metric_table[metric].predicted)
            numbers = take_number(row, column++, &taken.predicted[metric]) && numbers;
    }
    if (!numbers)
        return "a trial's measure is no number";
    *outcome = taken;
    return NULL;
}

/* The seeds from `low` to `high`, which are in order as SQLite's signed integers too; outcome[0] is of the seed `first`. */
static enum err_code read_range(struct store *store, const struct config *config, const char *settings, uint64_t low,
                                uint64_t high, struct outcome *outcome, struct err *err)
{
    sqlite3_stmt *find = store->statement[FIND_TRIALS];
    const char *wrong = NULL;
    int result = store_bind_settings(find, settings);
    result = result ? result : sqlite3_bind_int64(find, 3, (sqlite3_int64)low);
    result = result ? result : sqlite3_bind_int64(find, 4, (sqlite3_int64)high);
    while (!result && !wrong && (result = sqlite3_step(find)) == SQLITE_ROW) {
        result = SQLITE_OK;
        int method = method_find((const char *)sqlite3_column_text(find, 1));
        uint64_t seed = (uint64_t)sqlite3_column_int64(find, 0);
        if (seed < low || seed > high)
            wrong = "a trial is out of order";
        else if (method >= 0 && config->retrain.methods & 1u << method)
            wrong = take_outcome(find, &outcome[(seed - config->problem.seed) * METHOD_COUNT + (uint64_t)method]);
    }
    sqlite3_reset(find);
    if (wrong)
        return store_damaged(store, wrong, err);
    return result && result != SQLITE_DONE ? store_refuse(store, result, err) : ERR_NONE;
}

enum err_code store_read(struct store *store, const struct config *config, int seeds, struct outcome *outcome,
                         struct err *err)
{
    size_t bytes = (size_t)seeds * METHOD_COUNT * sizeof *outcome;
    uint64_t first = config->problem.seed, count = (uint64_t)seeds;
    uint64_t last = count > UINT64_MAX - first ? UINT64_MAX : first + count - 1;
    char settings[CONFIG_SETTINGS_SIZE];
    memset(outcome, 0, bytes);
    enum err_code code = seeds > 0 ? config_settings(config, settings, err) : ERR_NONE;
    bool turns = first <= INT64_MAX && last > INT64_MAX; /* from SQLite's greatest integer to its least */
    if (seeds > 0 && !code)
        code = read_range(store, config, settings, first, turns ? INT64_MAX : last, outcome, err);
    if (seeds > 0 && !code && turns)
        code = read_range(store, config, settings, (uint64_t)INT64_MAX + 1, last, outcome, err);
    if (code)
        memset(outcome, 0, bytes);
    return code;
}

/* ---- writing ---- */

/* The group is undone, and stays so until the next. */
enum err_code store_fail(struct store *store, enum err_code code, struct err *err)
{
    if (!sqlite3_get_autocommit(store->db))
        store_run_text(store, "ROLLBACK");
    store->failed = true;
    if (err)
        *err = store->failure;
    return code;
}

int store_run(struct store *store, enum statement which)
{
    errno = 0;
    int result = sqlite3_step(store->statement[which]);
    sqlite3_reset(store->statement[which]);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

enum err_code store_begin(struct store *store, struct err *err)
{
    store->failed = false;
    store->scenario = 0;
    int result = store_run(store, BEGIN);
    return result ? store_fail(store, store_refuse(store, result, &store->failure), err) : ERR_NONE;
}

/* Sets store->scenario, adding it where it is not there. */
int store_find_scenario(struct store *store, const char *settings)
{
    sqlite3_stmt *find = store->statement[FIND_SCENARIO], *add = store->statement[ADD_SCENARIO];
    if (store->scenario && strcmp(store->settings, settings) == 0)
        return SQLITE_OK;
    memcpy(store->settings, settings, sizeof store->settings);
    int result = store_bind_settings(find, store->settings);
    if (!result)
        result = sqlite3_step(find);
    store->scenario = result == SQLITE_ROW ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_reset(find);
    if (result != SQLITE_DONE)
        return result == SQLITE_ROW ? SQLITE_OK : result;
    result = store_bind_settings(add, store->settings);
    if (!result)
        result = store_run(store, ADD_SCENARIO);
    if (!result)
        store->scenario = sqlite3_last_insert_rowid(store->db);
    return result;
}

static int add_trial(struct store *store, uint64_t seed, int method, const struct outcome *outcome)
{
    enum { SCENARIO = 1, SEED, METHOD, STATUS, STEPS, VALUES };
    sqlite3_stmt *add = store->statement[ADD_TRIAL];
    int column = VALUES;
    int result = sqlite3_bind_int64(add, SCENARIO, store->scenario);
    result = result ? result : sqlite3_bind_int64(add, SEED, (sqlite3_int64)seed);
    result = result ? result : sqlite3_bind_text(add, METHOD, method_table[method].name, -1, SQLITE_STATIC);
    result = result ? result : sqlite3_bind_text(add, STATUS, result_status(outcome->status), -1, SQLITE_STATIC);
    result = result ? result : sqlite3_bind_int64(add, STEPS, outcome->steps);
    for (int metric = 0; metric < METRIC_COUNT && !result; metric++)
        result = sqlite3_bind_double(add, column++, outcome->value[metric]); /* NAN becomes NULL */
    for (int metric = 0; metric < METRIC_COUNT && !result; metric++)
        if (metric_table[metric].predicted)
            result = sqlite3_bind_double(add, column++, outcome->predicted[metric]);
    return result ? result : store_run(store, ADD_TRIAL);
}

enum err_code store_write(struct store *store, const struct config *config, const struct outcome outcome[METHOD_COUNT],
                          struct err *err)
{
    char settings[CONFIG_SETTINGS_SIZE];
    if (store->failed)
        return store_fail(store, store->failure.code, err);
    enum err_code code = config_settings(config, settings, &store->failure);
    if (code)
        return store_fail(store, code, err);
    int result = store_find_scenario(store, settings);
    for (int method = 0; method < METHOD_COUNT && !result; method++)
        if (outcome[method].state == OUTCOME_DONE)
            result = add_trial(store, config->problem.seed, method, &outcome[method]);
    return result ? store_fail(store, store_refuse(store, result, &store->failure), err) : ERR_NONE;
}

enum err_code store_commit(struct store *store, struct err *err)
{
    if (store->failed)
        return store_fail(store, store->failure.code, err);
    int result = store_run(store, COMMIT);
    return result ? store_fail(store, store_refuse(store, result, &store->failure), err) : ERR_NONE;
}
