/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/store_runs.h"

#include "run/curves.h"
#include "support/child.h"
#include "support/store_sample.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>
#include <sqlite3.h>

static struct store_run run_named(const char *name)
{
    struct store_run run = {.title = "Étude of σ",
                            .way = (char *)(uintptr_t) "rs1:AAAA",
                            .summary = (char *)(uintptr_t) "It has, to 1e-15."};
    snprintf(run.name, sizeof run.name, "%s", name);
    return run;
}

static void keep(struct store *store, const char *name, const char *curves)
{
    struct err err;
    struct store_run run = run_named(name);
    if (store_keep_run(store, &run, (const unsigned char *)curves, strlen(curves), &err))
        fail_msg("%s", err.message);
}

static struct store_run_list list_of(struct store *store)
{
    struct err err;
    struct store_run_list list;
    if (store_list_runs(store, &list, &err))
        fail_msg("%s", err.message);
    return list;
}

static void runs_are_kept(void **state)
{
    char path[STORE_SAMPLE_PATH_SIZE];
    struct err err;
    store_sample_path(path, state, "runs.db");
    struct store *store = store_sample_open(path);
    struct store_run_list list = list_of(store);
    assert_int_equal(list.count, 0);
    store_run_list_free(&list);
    keep(store, "first", "curves of the first");
    keep(store, "zweiter Lauf", "");
    store_close(store);

    store = store_sample_open(path);
    list = list_of(store);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.run[0].name, "zweiter Lauf"); /* the newest first */
    assert_string_equal(list.run[1].name, "first");
    assert_string_equal(list.run[1].title, "Étude of σ");
    assert_string_equal(list.run[1].way, "rs1:AAAA");
    assert_string_equal(list.run[1].summary, "It has, to 1e-15.");
    assert_string_equal(list.run[1].version, RANKSCOPE_VERSION);
    assert_int_equal(strlen(list.run[1].kept), strlen("2026-11-26 17:05"));
    unsigned char *curves;
    size_t size;
    assert_int_equal(store_read_curves(store, list.run[1].id, &curves, &size, &err), ERR_NONE);
    assert_int_equal(size, strlen("curves of the first"));
    assert_memory_equal(curves, "curves of the first", size);
    free(curves);
    assert_int_equal(store_read_curves(store, list.run[0].id, &curves, &size, &err), ERR_NONE);
    assert_int_equal(size, 0);
    free(curves);
    long long first = list.run[1].id, second = list.run[0].id;
    store_run_list_free(&list);

    assert_int_equal(store_rename_run(store, first, "zweiter Lauf", &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "already"));
    assert_int_equal(store_rename_run(store, first, "", &err), ERR_INPUT);
    assert_int_equal(store_rename_run(store, first, "first", &err), ERR_NONE);
    assert_int_equal(store_rename_run(store, first, "erster", &err), ERR_NONE);
    struct store_run again = run_named("erster");
    assert_int_equal(store_keep_run(store, &again, NULL, 0, &err), ERR_INPUT);
    assert_int_equal(store_delete_run(store, second, &err), ERR_NONE);
    assert_int_equal(store_delete_run(store, second, &err), ERR_NONE);
    assert_int_equal(store_read_curves(store, second, &curves, &size, &err), ERR_INPUT);
    assert_null(curves);
    list = list_of(store);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.run[0].name, "erster");
    store_run_list_free(&list);
    store_close(store);
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* What others wrote into the file is refused, or made fit for a terminal. */
static void odd_rows_do_no_harm(void **state)
{
    static const char *const rows[] = {
        "UPDATE run SET way = x'00'",
        "UPDATE run SET summary = zeroblob(3)",
        "UPDATE run SET title = 3.5; UPDATE run SET title = x'41'",
        "UPDATE run SET way = printf('%.*c', 20000, 'a')",
    };
    struct err err;
    char path[STORE_SAMPLE_PATH_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[32];
        struct store_run_list list;
        snprintf(name, sizeof name, "odd-%zu.db", i);
        store_sample_path(path, state, name);
        struct store *store = store_sample_open(path);
        keep(store, "first", "c");
        store_close(store);
        run_sql(path, rows[i]);
        store = store_sample_open(path);
        assert_int_equal(store_list_runs(store, &list, &err), ERR_INPUT);
        assert_non_null(strstr(err.message, "are damaged (a run that was kept is no run)"));
        store_run_list_free(&list);
        store_close(store);
    }
    store_sample_path(path, state, "clean.db");
    struct store *store = store_sample_open(path);
    keep(store, "first", "c");
    store_close(store);
    run_sql(path, "UPDATE run SET name = 'a' || char(27) || '[2Jb', curves = 'text'");
    store = store_sample_open(path);
    struct store_run_list list = list_of(store);
    assert_string_equal(list.run[0].name, "a?[2Jb");
    unsigned char *curves;
    size_t size;
    assert_int_equal(store_read_curves(store, list.run[0].id, &curves, &size, &err), ERR_INPUT);
    store_run_list_free(&list);
    store_close(store);
}

static void a_file_that_is_locked_says_so(void **state)
{
    char path[STORE_SAMPLE_PATH_SIZE];
    struct err err;
    store_sample_path(path, state, "locked.db");
    struct store *store = store_sample_open(path);
    keep(store, "first", "c");
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    store_set_patience(store, 0);
    struct store_run run = run_named("second");
    assert_int_equal(store_keep_run(store, &run, NULL, 0, &err), ERR_IO);
    assert_non_null(strstr(err.message, "another program keeps it locked"));
    assert_int_equal(store_delete_run(store, 1, &err), ERR_IO);
    sqlite3_close(other);
    assert_int_equal(store_keep_run(store, &run, NULL, 0, &err), ERR_NONE);
    struct store_run_list list = list_of(store);
    assert_int_equal(list.count, 2); /* nothing was lost */
    store_run_list_free(&list);
    store_close(store);
}

/* What was kept stays, and there is no half a run; once there is room it can be kept after all. */
static const char *fill_the_disk(void *context)
{
    static unsigned char curves[300000];
    struct err err;
    struct store_run run = run_named("large");
    struct store_run_list list;
    struct rlimit small = {100000, RLIM_INFINITY}, none = {RLIM_INFINITY, RLIM_INFINITY};
    struct store *store = store_open(context, &err);
    if (!store)
        return "the store does not open";
    for (size_t i = 0; i < sizeof curves; i++)
        curves[i] = (unsigned char)(i * 2654435761u >> 7);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    if (store_keep_run(store, &run, curves, sizeof curves, &err) != ERR_IO)
        return "there was room for it";
    if (store_list_runs(store, &list, &err) || list.count != 1 || strcmp(list.run[0].name, "first") != 0)
        return "what was kept is not there";
    store_run_list_free(&list);
    setrlimit(RLIMIT_FSIZE, &none);
    if (store_keep_run(store, &run, curves, sizeof curves, &err) || store_list_runs(store, &list, &err) ||
        list.count != 2)
        return "it cannot be kept later";
    store_run_list_free(&list);
    store_close(store);
    return "";
}

static void a_full_disk_loses_nothing(void **state)
{
    char path[STORE_SAMPLE_PATH_SIZE];
    store_sample_path(path, state, "full.db");
    struct store *store = store_sample_open(path);
    keep(store, "first", "curves");
    store_close(store);
    child_run(fill_the_disk, path);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, store_sample_set_up, store_sample_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(runs_are_kept),
        IN_FOLDER(odd_rows_do_no_harm),
        IN_FOLDER(a_file_that_is_locked_says_so),
        IN_FOLDER(a_full_disk_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
