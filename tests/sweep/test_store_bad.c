/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/store.h"

#include "base/file.h"
#include "support/child.h"
#include "support/store_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

/* Files that are no results, damaged, or not ours to write. Each is one line that names the file, and nothing is lost. */

enum { TRIALS = 5, GROUPS = 30 };

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    char *wrong = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &wrong) != SQLITE_OK)
        fail_msg("%s: %s", sql, wrong);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* A file with all groups, closed. */
static void make_results(const char *path)
{
    struct err err = {.code = ERR_NONE};
    struct store *store = store_sample_open(path);
    for (int group = 0; group < GROUPS; group++)
        if (store_sample_write(store, group, TRIALS, &err))
            fail_msg("%s", err.message);
    store_close(store);
}

/* Without waiting for the disk. */
static void write_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void check_message(const struct err *err, const char *path, const char *want)
{
    if (strncmp(err->message, path, strlen(path)) != 0 || !strstr(err->message, want) || strchr(err->message, '\n'))
        fail_msg("\"%s\" is not: %s: … %s …", err->message, path, want);
}

static void check_refused(const char *path, enum err_code code, const char *want)
{
    struct err err = {.code = ERR_NONE};
    assert_null(store_open(path, &err));
    assert_int_equal(err.code, code);
    check_message(&err, path, want);
}

/* ---- what is no file of results ---- */

static void names_that_are_no_files(void **state)
{
    char path[STORE_SAMPLE_PATH_SIZE];
    struct err err = {.code = ERR_NONE};
    assert_null(store_open("", &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "empty"));
    check_refused(*state, ERR_INPUT, "a folder");
    check_refused("/dev/zero", ERR_INPUT, "no regular file");
    store_sample_path(path, state, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    check_refused(path, ERR_INPUT, "no regular file");
    store_sample_path(path, state, "no/results.db");
    check_refused(path, ERR_INPUT, "there is no folder ");
    store_sample_path(path, state, "pipe/results.db");
    check_refused(path, ERR_INPUT, "there is no folder ");
}

static const char *use_a_name_like_a_uri(void *context)
{
    struct err err = {.code = ERR_NONE};
    if (chdir(context) != 0)
        return "chdir";
    struct store *store = store_open("file:results.db?mode=memory", &err);
    if (!store)
        return "it is not opened";
    store_close(store);
    return access("file:results.db?mode=memory", F_OK) == 0 ? "" : "there is no such file";
}

static void a_name_is_never_a_uri(void **state)
{
    child_run(use_a_name_like_a_uri, *state);
}

/* They are as they were afterwards. */
static void files_that_are_no_results(void **state)
{
    static const struct {
        const char *sql, *text, *want;
    } cases[] = {
        {NULL, "A diary\n", "no file of results"},
        {NULL, "1", "no file of results"},
        {"CREATE TABLE own (a)", NULL, "another program's"},
        {"PRAGMA application_id = 77", NULL, "another program's"},
        {"PRAGMA user_version = 3", NULL, "another program's"},
        {"PRAGMA journal_mode = wal; CREATE TABLE own (a)", NULL, "another program's"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[STORE_SAMPLE_PATH_SIZE], name[32], *before, *after;
        size_t size = 0, size_after = 0;
        snprintf(name, sizeof name, "other-%zu", i);
        store_sample_path(path, state, name);
        if (cases[i].sql)
            run_sql(path, cases[i].sql);
        else
            write_file(path, cases[i].text, strlen(cases[i].text));
        assert_int_equal(file_read(path, SIZE_MAX, &before, &size, NULL), ERR_NONE);
        check_refused(path, ERR_INPUT, cases[i].want);
        assert_int_equal(file_read(path, SIZE_MAX, &after, &size_after, NULL), ERR_NONE);
        assert_int_equal(size, size_after);
        assert_memory_equal(before, after, size);
        free(before);
        free(after);
    }
}

static void results_of_another_schema(void **state)
{
    static const struct {
        const char *sql, *want;
    } cases[] = {
        {"PRAGMA user_version = 1",
         "have schema version 1, and this program reads and writes version 2; move the file away"},
        {"ALTER TABLE run ADD COLUMN loss", "other columns than this program's; move the file away"},
        {"PRAGMA user_version = -1", "have schema version -1"},
        {"ALTER TABLE trial ADD COLUMN loss", "other columns"},
        {"ALTER TABLE trial RENAME COLUMN steps TO step", "other columns"},
        {"DROP VIEW result; DROP TABLE trial", "other columns"},
        {"DROP VIEW result; DROP TABLE scenario; CREATE TABLE scenario (id)", "other columns"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[STORE_SAMPLE_PATH_SIZE], name[32];
        snprintf(name, sizeof name, "schema-%zu", i);
        store_sample_path(path, state, name);
        store_close(store_sample_open(path));
        run_sql(path, cases[i].sql);
        check_refused(path, ERR_INPUT, cases[i].want);
    }
}

/* What people add for themselves is no other schema. */
static void an_index_of_ones_own_is_allowed(void **state)
{
    char path[STORE_SAMPLE_PATH_SIZE];
    store_sample_path(path, state, "results.db");
    make_results(path);
    run_sql(path, "CREATE INDEX own ON trial (base_error); DROP VIEW result; VACUUM; ANALYZE");
    struct store *store = store_sample_open(path);
    for (int group = 0; group < GROUPS; group++)
        assert_int_equal(store_sample_count(store, group, TRIALS), TRIALS);
    store_close(store);
}

static void an_empty_file_becomes_results(void **state)
{
    char path[STORE_SAMPLE_PATH_SIZE];
    store_sample_path(path, state, "results.db");
    write_file(path, "", 0);
    make_results(path);
}

/* ---- damage ---- */

static void rows_that_are_none(void **state)
{
    static const struct {
        const char *sql, *want;
    } cases[] = {
        {"UPDATE trial SET status = 'fine'", "status"},
        {"UPDATE trial SET status = x'00'", "status"},
        {"UPDATE trial SET steps = -1", "steps"},
        {"UPDATE trial SET steps = 'many'", "steps"},
        {"UPDATE trial SET rank_needed = 'four'", "measure"},
        {"UPDATE trial SET train_loss = x'00'", "measure"},
        {"UPDATE trial SET predicted_rank_needed = ''", "measure"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[STORE_SAMPLE_PATH_SIZE], name[32];
        struct outcome found[TRIALS * METHOD_COUNT];
        struct err err = {.code = ERR_NONE};
        struct config config = store_sample_config(0, TRIALS);
        snprintf(name, sizeof name, "rows-%zu", i);
        store_sample_path(path, state, name);
        make_results(path);
        run_sql(path, cases[i].sql);
        struct store *store = store_sample_open(path);
        assert_int_equal(store_read(store, &config, TRIALS, found, &err), ERR_INPUT);
        check_message(&err, path, "damaged");
        check_message(&err, path, cases[i].want);
        for (int j = 0; j < TRIALS * METHOD_COUNT; j++)
            assert_int_equal(found[j].state, OUTCOME_MISSING);
        store_close(store);
    }
    char path[STORE_SAMPLE_PATH_SIZE];
    store_sample_path(path, state, "method");
    make_results(path);
    run_sql(path, "UPDATE trial SET method = 'distill' WHERE method = 'meta'"); /* of a program that knows more */
    struct outcome found[TRIALS * METHOD_COUNT];
    struct config config = store_sample_config(0, TRIALS);
    struct store *store = store_sample_open(path);
    assert_int_equal(store_read(store, &config, TRIALS, found, NULL), ERR_NONE);
    assert_int_equal(found[METHOD_STANDARD].state, OUTCOME_DONE);
    assert_int_equal(found[METHOD_META].state, OUTCOME_MISSING);
    store_close(store);
}

/* Opens what is there and reads every group; what is refused must say so, and what is read must be what was written. Returns how
 * many trials there are, or −1 where it is refused. */
static int survey(const char *path, bool honest)
{
    struct err err = {.code = ERR_NONE};
    struct store *store = store_open(path, &err);
    int count = 0;
    if (!store) {
        check_message(&err, path, "");
        return -1;
    }
    for (int group = 0; group < GROUPS && count >= 0; group++) {
        struct config config = store_sample_config(group, TRIALS);
        struct outcome found[TRIALS * METHOD_COUNT];
        if (store_read(store, &config, TRIALS, found, &err)) {
            check_message(&err, path, "");
            count = -1;
        } else {
            count += honest ? store_sample_count(store, group, TRIALS) : 0;
        }
    }
    if (!honest && store_sample_write(store, GROUPS, TRIALS, &err))
        check_message(&err, path, "");
    store_close(store);
    return count;
}

/* A part of a file is never taken for the whole of it. */
static void a_file_that_was_cut(void **state)
{
    enum { STEP = 997 };
    char whole[STORE_SAMPLE_PATH_SIZE], path[STORE_SAMPLE_PATH_SIZE], *data;
    size_t size = 0;
    store_sample_path(whole, state, "whole.db");
    store_sample_path(path, state, "cut.db");
    make_results(whole);
    assert_int_equal(file_read(whole, SIZE_MAX, &data, &size, NULL), ERR_NONE);
    assert_true(size > 20000);
    for (size_t kept = 1; kept < size; kept += STEP) {
        write_file(path, data, kept);
        assert_int_equal(survey(path, true), -1);
    }
    write_file(path, data, size);
    assert_int_equal(survey(path, true), GROUPS * TRIALS);
    free(data);
}

/* Bytes that are others: it may be refused, or numbers may be others, as SQLite has no checksums; nothing worse. */
static void a_file_with_other_bytes(void **state)
{
    enum { ROUNDS = 150, BYTES = 4 };
    char whole[STORE_SAMPLE_PATH_SIZE], path[STORE_SAMPLE_PATH_SIZE], *data;
    size_t size = 0;
    unsigned seed = 2385;
    store_sample_path(whole, state, "whole.db");
    make_results(whole);
    assert_int_equal(file_read(whole, SIZE_MAX, &data, &size, NULL), ERR_NONE);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
        char name[32], old[BYTES];
        size_t place[BYTES];
        snprintf(name, sizeof name, "other-%d.db", round);
        store_sample_path(path, state, name);
        for (int i = 0; i < BYTES; i++) {
            seed = seed * 1664525u + 1013904223u;
            place[i] = (round % 2 ? seed >> 4 : seed >> 4 & 0xfffu) % size; /* every other time in the first page */
            old[i] = data[place[i]];
            data[place[i]] = (char)(seed >> 20);
        }
        write_file(path, data, size);
        refused += survey(path, false) < 0;
        unlink(path);
        for (int i = BYTES - 1; i >= 0; i--)
            data[place[i]] = old[i];
    }
    assert_true(refused > ROUNDS / 10);
    free(data);
}

/* The write-ahead log of a process that was killed, cut anywhere: whole groups from the first on. */
static void a_log_that_was_cut(void **state)
{
    enum { STEP = 11001 };
    char path[STORE_SAMPLE_PATH_SIZE], copy[STORE_SAMPLE_PATH_SIZE], *data, *log;
    char log_path[STORE_SAMPLE_PATH_SIZE], log_copy[STORE_SAMPLE_PATH_SIZE];
    size_t size = 0, log_size = 0;
    struct err err = {.code = ERR_NONE};
    store_sample_path(path, state, "live.db");
    store_sample_path(log_path, state, "live.db-wal");
    store_sample_path(copy, state, "copy.db");
    store_sample_path(log_copy, state, "copy.db-wal");
    store_close(store_sample_open(path));
    struct store *store = store_sample_open(path);
    for (int group = 0; group < GROUPS; group++)
        assert_int_equal(store_sample_write(store, group, TRIALS, &err), ERR_NONE);
    assert_int_equal(file_read(path, SIZE_MAX, &data, &size, NULL), ERR_NONE);
    assert_int_equal(file_read(log_path, SIZE_MAX, &log, &log_size, NULL), ERR_NONE);
    store_close(store);
    int before = 0;
    for (size_t kept = 0; kept < log_size; kept += STEP) {
        write_file(copy, data, size);
        write_file(log_copy, log, kept);
        int count = survey(copy, true);
        assert_true(count >= before && count % TRIALS == 0);
        before = count;
        unlink(log_copy);
    }
    assert_true(before > GROUPS * TRIALS / 2);
    free(data);
    free(log);
}

/* ---- not ours to write ---- */

/* A file or a folder without the right to write. */
struct locked {
    const char *path, *want;
};

static const char *open_without_rights(void *context)
{
    static struct err err;
    const struct locked *locked = context;
    child_drop_rights();
    struct store *store = store_open(locked->path, &err);
    if (store)
        return "it was opened";
    if (err.code != ERR_IO || strncmp(err.message, locked->path, strlen(locked->path)) != 0 ||
        !strstr(err.message, locked->want))
        return err.message;
    return "";
}

static void without_the_right_to_write(void **state)
{
    char folder[STORE_SAMPLE_PATH_SIZE], path[STORE_SAMPLE_PATH_SIZE], fresh[STORE_SAMPLE_PATH_SIZE];
    store_sample_path(folder, state, "folder");
    store_sample_path(path, state, "folder/results.db");
    store_sample_path(fresh, state, "folder/fresh.db");
    assert_int_equal(mkdir(folder, 0700), 0);
    make_results(path);

    /* first the folder: whoever may only read leaves files beside it that others can use */
    assert_int_equal(chmod(folder, 0500), 0);
    child_run(open_without_rights, &(struct locked){path, "cannot write in the folder"});
    child_run(open_without_rights, &(struct locked){fresh, "cannot write in the folder"});
    assert_int_equal(chmod(folder, 0), 0);
    child_run(open_without_rights, &(struct locked){fresh, "cannot write in the folder"});
    assert_int_equal(chmod(folder, 0700), 0);
    assert_int_equal(chmod(path, 0400), 0);
    child_run(open_without_rights, &(struct locked){path, "it can only be read"});
    assert_int_equal(chmod(path, 0), 0);
    child_run(open_without_rights, &(struct locked){path, "cannot read and write it: Permission denied"});
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(survey(path, true), GROUPS * TRIALS);
}

static const char *open_without_home(void *context)
{
    struct err err = {.code = ERR_NONE};
    unsetenv("XDG_DATA_HOME");
    setenv("HOME", context, 1);
    child_drop_rights();
    char *path = store_default_path(&err);
    return !path && err.code == ERR_IO && strstr(err.message, "cannot make this folder") ? "" : "it was made";
}

static void a_home_without_the_right_to_write(void **state)
{
    assert_int_equal(chmod(*state, 0500), 0);
    child_run(open_without_home, *state);
    assert_int_equal(chmod(*state, 0700), 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, store_sample_set_up, store_sample_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(names_that_are_no_files),
        IN_FOLDER(a_name_is_never_a_uri),
        IN_FOLDER(files_that_are_no_results),
        IN_FOLDER(results_of_another_schema),
        IN_FOLDER(an_index_of_ones_own_is_allowed),
        IN_FOLDER(an_empty_file_becomes_results),
        IN_FOLDER(rows_that_are_none),
        IN_FOLDER(a_file_that_was_cut),
        IN_FOLDER(a_file_with_other_bytes),
        IN_FOLDER(a_log_that_was_cut),
        IN_FOLDER(without_the_right_to_write),
        IN_FOLDER(a_home_without_the_right_to_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
