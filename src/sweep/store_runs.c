/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/store_runs.h"

#include "base/text.h"
#include "run/curves.h"
#include "run/share.h"
#include "sweep/store_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SUMMARY_MAX = 1 << 16 };

static enum err_code no_memory(const struct store *store, struct err *err)
{
    return err_set(err, ERR_MEMORY, "%s: no memory for the runs that are kept", store->path);
}

/* NULL: *code has why, and *err. */
static sqlite3_stmt *prepare(struct store *store, const char *sql, enum err_code *code, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    errno = 0;
    int result = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);
    *code = result ? store_refuse(store, result, err) : ERR_NONE;
    return statement;
}

/* Steps a statement that gives no rows, and ends it. */
static enum err_code finish(struct store *store, sqlite3_stmt *statement, int bound, struct err *err)
{
    int result = bound ? bound : sqlite3_step(statement);
    enum err_code code = result == SQLITE_DONE ? ERR_NONE : store_refuse(store, result, err);
    sqlite3_finalize(statement);
    return code;
}

/* ---- reading ---- */

/* The column's text, cleaned and cut. False: it is no text. */
static bool take_text(sqlite3_stmt *row, int column, char *text, size_t size)
{
    if (sqlite3_column_type(row, column) != SQLITE_TEXT)
        return false;
    const char *there = (const char *)sqlite3_column_text(row, column);
    snprintf(text, size, "%s", there ? there : "");
    text_clean(text);
    return there != NULL;
}

static bool is_text(sqlite3_stmt *row, int column, int most)
{
    return sqlite3_column_type(row, column) == SQLITE_TEXT && sqlite3_column_bytes(row, column) <= most;
}

/* The same as a copy; NULL: no memory. */
static char *copy_text(sqlite3_stmt *row, int column)
{
    const char *there = (const char *)sqlite3_column_text(row, column);
    char *text = there ? strdup(there) : NULL;
    if (text)
        text_clean(text);
    return text;
}

static enum err_code take_run(struct store *store, sqlite3_stmt *row, struct store_run_list *list, struct err *err)
{
    enum { ID, NAME, KEPT, VERSION, TITLE, WAY, SUMMARY };
    struct store_run *larger = realloc(list->run, (list->count + 1) * sizeof *larger);
    if (!larger)
        return no_memory(store, err);
    list->run = larger;
    struct store_run *run = &list->run[list->count++];
    *run = (struct store_run){.id = sqlite3_column_int64(row, ID)};
    bool good = take_text(row, NAME, run->name, sizeof run->name) &&
                take_text(row, KEPT, run->kept, sizeof run->kept) &&
                take_text(row, VERSION, run->version, sizeof run->version) &&
                take_text(row, TITLE, run->title, sizeof run->title);
    if (!good || !is_text(row, WAY, SHARE_SIZE_MAX) || !is_text(row, SUMMARY, SUMMARY_MAX))
        return store_damaged(store, "a run that was kept is no run", err);
    run->way = copy_text(row, WAY);
    run->summary = copy_text(row, SUMMARY);
    return run->way && run->summary ? ERR_NONE : no_memory(store, err);
}

enum err_code store_list_runs(struct store *store, struct store_run_list *list, struct err *err)
{
    enum err_code code;
    *list = (struct store_run_list){0, NULL};
    sqlite3_stmt *find =
        prepare(store, "SELECT id, name, kept, version, title, way, summary FROM run ORDER BY id DESC", &code, err);
    int result = SQLITE_ROW;
    while (!code && list->count < STORE_RUNS_MAX && (result = sqlite3_step(find)) == SQLITE_ROW)
        code = take_run(store, find, list, err);
    if (!code && result != SQLITE_DONE && result != SQLITE_ROW)
        code = store_refuse(store, result, err);
    sqlite3_finalize(find);
    return code;
}

void store_run_list_free(struct store_run_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->run[i].way);
        free(list->run[i].summary);
    }
    free(list->run);
    *list = (struct store_run_list){0, NULL};
}

enum err_code store_read_curves(struct store *store, long long id, unsigned char **curves, size_t *size,
                                struct err *err)
{
    enum err_code code;
    *curves = NULL;
    *size = 0;
    sqlite3_stmt *find = prepare(store, "SELECT curves FROM run WHERE id = ?1", &code, err);
    if (code)
        return code;
    int result = sqlite3_bind_int64(find, 1, id);
    result = result ? result : sqlite3_step(find);
    if (result == SQLITE_DONE) {
        code = err_set(err, ERR_INPUT, "%s: the run is not there any more", store->path);
    } else if (result != SQLITE_ROW) {
        code = store_refuse(store, result, err);
    } else if (sqlite3_column_type(find, 0) != SQLITE_BLOB || sqlite3_column_bytes(find, 0) > CURVES_SIZE_MAX) {
        code = store_damaged(store, "a run's curves are none", err);
    } else {
        const void *bytes = sqlite3_column_blob(find, 0);
        *size = (size_t)sqlite3_column_bytes(find, 0);
        *curves = malloc(*size + 1);
        if (*curves && bytes)
            memcpy(*curves, bytes, *size);
        else if (*size > 0 || !*curves)
            code = no_memory(store, err);
    }
    sqlite3_finalize(find);
    return code;
}

/* ---- writing ---- */

/* Whether a run may be called so; `id` is the one that has the name already, or 0. */
static enum err_code check_name(struct store *store, const char *name, long long id, struct err *err)
{
    enum err_code code;
    if (name[0] == '\0' || strlen(name) >= STORE_NAME_SIZE)
        return err_set(err, ERR_INPUT, "a run's name has 1 to %d bytes", STORE_NAME_SIZE - 1);
    sqlite3_stmt *find = prepare(store, "SELECT count(*) FROM run WHERE name = ?1 AND id <> ?2", &code, err);
    if (code)
        return code;
    int result = sqlite3_bind_text(find, 1, name, -1, SQLITE_STATIC);
    result = result ? result : sqlite3_bind_int64(find, 2, id);
    result = result ? result : sqlite3_step(find);
    if (result != SQLITE_ROW)
        code = store_refuse(store, result, err);
    else if (sqlite3_column_int(find, 0) > 0)
        code = err_set(err, ERR_INPUT, "there is a run of the name \"%s\" already", name);
    sqlite3_finalize(find);
    return code;
}

enum err_code store_keep_run(struct store *store, const struct store_run *run, const unsigned char *curves, size_t size,
                             struct err *err)
{
    enum { NAME = 1, KEPT, VERSION, TITLE, WAY, SUMMARY, CURVES };
    char kept[sizeof run->kept];
    time_t now = time(NULL);
    struct tm utc;
    enum err_code code = check_name(store, run->name, 0, err);
    if (code)
        return code;
    sqlite3_stmt *add = prepare(store,
                                "INSERT INTO run (name, kept, version, title, way, summary, curves) "
                                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                                &code, err);
    if (code)
        return code;
    if (!gmtime_r(&now, &utc) || strftime(kept, sizeof kept, "%Y-%m-%d %H:%M", &utc) == 0)
        snprintf(kept, sizeof kept, "some time");
    int result = sqlite3_bind_text(add, NAME, run->name, -1, SQLITE_STATIC);
    result = result ? result : sqlite3_bind_text(add, KEPT, kept, -1, SQLITE_STATIC);
    result = result ? result : sqlite3_bind_text(add, VERSION, RANKSCOPE_VERSION, -1, SQLITE_STATIC);
    result = result ? result : sqlite3_bind_text(add, TITLE, run->title, -1, SQLITE_STATIC);
    result = result ? result : sqlite3_bind_text(add, WAY, run->way, -1, SQLITE_STATIC);
    result = result ? result : sqlite3_bind_text(add, SUMMARY, run->summary, -1, SQLITE_STATIC);
    result = result ? result
                    : sqlite3_bind_blob(add, CURVES, size > 0 ? (const void *)curves : "", (int)size, SQLITE_STATIC);
    return finish(store, add, result, err);
}

enum err_code store_rename_run(struct store *store, long long id, const char *name, struct err *err)
{
    enum err_code code = check_name(store, name, id, err);
    if (code)
        return code;
    sqlite3_stmt *rename = prepare(store, "UPDATE run SET name = ?1 WHERE id = ?2", &code, err);
    if (code)
        return code;
    int result = sqlite3_bind_text(rename, 1, name, -1, SQLITE_STATIC);
    return finish(store, rename, result ? result : sqlite3_bind_int64(rename, 2, id), err);
}

enum err_code store_delete_run(struct store *store, long long id, struct err *err)
{
    enum err_code code;
    sqlite3_stmt *remove = prepare(store, "DELETE FROM run WHERE id = ?1", &code, err);
    return code ? code : finish(store, remove, sqlite3_bind_int64(remove, 1, id), err);
}
