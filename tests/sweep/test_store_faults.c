/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/store.h"

#include "base/clock.h"
#include "support/child.h"
#include "support/program.h"
#include "support/store_sample.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

/* Disks that are full, programs that hold the file, and processes that die: what was committed is there, in whole groups. */

enum { TRIALS = 5 };

/* ---- other programs ---- */

static void another_program_that_writes(void **state)
{
    enum { SHORT = 30 };
    char path[STORE_SAMPLE_PATH_SIZE];
    struct err err = {.code = ERR_NONE}, again = {.code = ERR_NONE};
    struct config config = store_sample_config(1, 1);
    struct outcome outcome[METHOD_COUNT];
    store_sample_path(path, state, "results.db");
    store_sample_outcome(1, outcome);
    struct store *other = store_sample_open(path), *store = store_sample_open(path);
    store_set_patience(store, SHORT);
    assert_int_equal(store_begin(other, &err), ERR_NONE);
    int64_t start = clock_now();
    assert_int_equal(store_begin(store, &err), ERR_IO);
    assert_true(clock_now() - start >= (int64_t)SHORT * CLOCK_MILLISECOND);
    assert_non_null(strstr(err.message, path));
    assert_non_null(strstr(err.message, "another program keeps it locked"));

    /* harmless from here on, and reading still works */
    assert_int_equal(store_write(store, &config, outcome, &again), ERR_IO);
    assert_string_equal(again.message, err.message);
    assert_int_equal(store_commit(store, NULL), ERR_IO);
    assert_int_equal(store_sample_count(store, 1, 1), 0);
    assert_int_equal(store_commit(other, &err), ERR_NONE);
    assert_int_equal(store_sample_count(store, 1, 1), 0);
    assert_int_equal(store_sample_write(store, 1, 1, &err), ERR_NONE);
    assert_int_equal(store_sample_count(other, 1, 1), 1);
    store_close(store);
    store_close(other);
}

/* Nothing can be read then, and to open it takes as long as a store is patient. */
static void another_program_that_keeps_all_to_itself(void **state)
{
    char path[STORE_SAMPLE_PATH_SIZE];
    struct err err = {.code = ERR_NONE};
    sqlite3 *other;
    store_sample_path(path, state, "results.db");
    store_close(store_sample_open(path));
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT", NULL, NULL, NULL),
                     0);
    int64_t start = clock_now();
    assert_null(store_open(path, &err));
    int64_t waited = (clock_now() - start) / CLOCK_SECOND;
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.message, "another program keeps it locked"));
    assert_true(waited >= 2);
    sqlite3_close(other);
    store_close(store_sample_open(path));
}

struct writer {
    const char *path;
    int first, groups;
    int pipe; /* gets a byte for each group that was committed; −1: none does */
};

static const char *write_groups(void *context)
{
    static struct err err;
    const struct writer *writer = context;
    struct store *store = store_open(writer->path, &err);
    if (!store)
        return err.message;
    for (int group = writer->first; group < writer->first + writer->groups; group++) {
        if (store_sample_write(store, group, TRIALS, &err))
            return err.message;
        if (writer->pipe >= 0 && write(writer->pipe, "", 1) != 1)
            return "the pipe took nothing";
    }
    store_close(store);
    return "";
}

/* All at once make the file and write, some of it the same. */
static void several_programs_at_once(void **state)
{
    enum { ROUNDS = 5, PROGRAMS = 4, GROUPS = 12, APART = 8 };
    int rounds = program_slowness() > 1 ? 1 : ROUNDS;
    for (int round = 0; round < rounds; round++) {
        char path[STORE_SAMPLE_PATH_SIZE], name[32];
        struct writer writer[PROGRAMS];
        pid_t child[PROGRAMS];
        snprintf(name, sizeof name, "results-%d.db", round);
        store_sample_path(path, state, name);
        for (int i = 0; i < PROGRAMS; i++) {
            writer[i] = (struct writer){path, i * APART, GROUPS, -1};
            child[i] = child_start(write_groups, &writer[i]);
        }
        for (int i = 0; i < PROGRAMS; i++)
            assert_int_equal(child_wait(child[i]), 0);
        struct store *store = store_sample_open(path);
        for (int group = 0; group < (PROGRAMS - 1) * APART + GROUPS; group++)
            assert_int_equal(store_sample_count(store, group, TRIALS), TRIALS);
        store_close(store);
    }
}

/* ---- processes that die ---- */

/* Kills a writer after it has said that so many groups are there, which is in the midst of another. */
static void a_writer_that_is_killed(void **state)
{
    enum { ROUNDS = 15, MANY = 100000 };
    int rounds = program_slowness() > 1 ? 5 : ROUNDS;
    char path[STORE_SAMPLE_PATH_SIZE];
    store_sample_path(path, state, "results.db");
    int first = 0;
    for (int round = 0; round < rounds; round++) {
        int ends[2], said = 0;
        char byte;
        assert_int_equal(pipe(ends), 0);
        struct writer writer = {path, first, MANY, ends[1]};
        pid_t child = child_start(write_groups, &writer);
        close(ends[1]);
        while (said < round * 7 % 40 + 1 && read(ends[0], &byte, 1) == 1)
            said++;
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(child_wait(child), -SIGKILL);
        while (read(ends[0], &byte, 1) == 1)
            said++;
        close(ends[0]);

        struct store *store = store_sample_open(path);
        int there = 0;
        for (int group = 0; group < first + said; group++)
            assert_int_equal(store_sample_count(store, group, TRIALS), TRIALS);
        while ((there = store_sample_count(store, first + said, TRIALS)) > 0) {
            assert_int_equal(there, TRIALS);
            said++;
        }
        store_close(store);
        first += said;
    }
    assert_true(first > rounds);
}

/* Killed at any moment of its making, it can be opened, and has what was committed. */
static void a_file_whose_making_is_killed(void **state)
{
    enum { ROUNDS = 20 };
    int rounds = program_slowness() > 1 ? 8 : ROUNDS;
    for (int round = 0; round < rounds; round++) {
        char path[STORE_SAMPLE_PATH_SIZE], name[32];
        snprintf(name, sizeof name, "results-%d.db", round);
        store_sample_path(path, state, name);
        struct writer writer = {path, 0, 1, -1};
        pid_t child = child_start(write_groups, &writer);
        struct stat status;
        if (round % 2)
            while (stat(path, &status) != 0 || status.st_size < (off_t)round * 256)
                sched_yield();
        for (int i = 0; i < round * 4; i++)
            sched_yield();
        kill(child, SIGKILL);
        child_wait(child);
        struct store *store = store_sample_open(path);
        int count = store_sample_count(store, 0, TRIALS);
        assert_true(count == 0 || count == TRIALS);
        store_close(store);
    }
}

/* ---- disks that are full ---- */

/* A place where nothing larger fits, from now on. */
struct spot {
    const char *folder;
    bool (*fill)(const char *folder);
    void (*clear)(const char *folder);
    const char *want[2]; /* one of these is in the message */
};

static bool limit_files(const char *folder)
{
    enum { LIMIT = 150000 };
    (void)folder;
    struct rlimit limit = {LIMIT, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    return setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

static void lift_limit(const char *folder)
{
    (void)folder;
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
}

static const char *fill_up(const struct spot *spot)
{
    enum { MANY = 3000 };
    static struct err err;
    static char path[2 * STORE_SAMPLE_PATH_SIZE];
    struct err again = {.code = ERR_NONE};
    struct outcome outcome[METHOD_COUNT];
    snprintf(path, sizeof path, "%s/results.db", spot->folder);
    struct store *store = store_open(path, &err);
    if (!store)
        return err.message;
    int group = 0;
    while (group < MANY && !store_sample_write(store, group, TRIALS, &err))
        group++;
    if (group < 3 || group == MANY)
        return "it was never full";
    if (err.code != ERR_IO || strncmp(err.message, path, strlen(path)) != 0 ||
        !(strstr(err.message, spot->want[0]) || strstr(err.message, spot->want[1])))
        return err.message;
    struct config config = store_sample_config(group, TRIALS);
    store_sample_outcome(1, outcome);
    if (store_write(store, &config, outcome, &again) != ERR_IO || strcmp(again.message, err.message) != 0)
        return "a write after the error is not refused";
    for (int i = 0; i < 3; i++)
        if (!store_sample_write(store, group, TRIALS, &err) || err.code != ERR_IO)
            return "a full disk is full no longer";
    for (int i = 0; i < group; i++)
        if (store_sample_count(store, i, TRIALS) != TRIALS)
            return "something was lost";
    if (store_sample_count(store, group, TRIALS) != 0)
        return "a group is there that was not committed";
    spot->clear(spot->folder);
    if (store_sample_write(store, group, TRIALS, &err))
        return err.message;
    store_close(store);
    store = store_open(path, &err);
    if (!store)
        return err.message;
    for (int i = 0; i <= group; i++)
        if (store_sample_count(store, i, TRIALS) != TRIALS)
            return "something was lost when it was closed";
    store_close(store);
    return "";
}

static const char *fill_a_place(void *context)
{
    const struct spot *spot = context;
    return spot->fill(spot->folder) ? fill_up(spot) : "the place cannot be filled";
}

static void a_limit_of_files(void **state)
{
    struct spot spot = {*state, limit_files, lift_limit, {"File too large", "no room left"}};
    child_run(fill_a_place, &spot);
}

/* In a name space of our own, with 300 KB, of which a file takes some that can be removed. */
static bool mount_small(const char *folder)
{
    enum { BALLAST = 60000 };
    static const char bytes[BALLAST];
    char path[2 * STORE_SAMPLE_PATH_SIZE];
    bool mounted = (unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
                   mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                   mount("tmpfs", folder, "tmpfs", 0, "size=300k") == 0;
    snprintf(path, sizeof path, "%s/ballast", folder);
    FILE *file = mounted ? fopen(path, "w") : NULL;
    return file && fwrite(bytes, 1, sizeof bytes, file) == sizeof bytes && fclose(file) == 0;
}

static void remove_ballast(const char *folder)
{
    char path[2 * STORE_SAMPLE_PATH_SIZE];
    snprintf(path, sizeof path, "%s/ballast", folder);
    unlink(path);
}

static const char *try_to_mount(void *context)
{
    return mount_small(context) ? "" : "no file system can be mounted here";
}

/* Where nobody may mount one, the limit of files above has to do. */
static void a_full_disk(void **state)
{
    struct spot spot = {*state, mount_small, remove_ballast, {"no room left", "No space left"}};
    if (child_wait(child_start(try_to_mount, *state)) != 0)
        skip();
    child_run(fill_a_place, &spot);
}

static const char *open_where_nothing_fits(void *context)
{
    static struct err err;
    static char path[2 * STORE_SAMPLE_PATH_SIZE];
    snprintf(path, sizeof path, "%s/results.db", (const char *)context);
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t size = 0; size < 40000; size += 1000) {
        struct rlimit limit = {size, RLIM_INFINITY};
        setrlimit(RLIMIT_FSIZE, &limit);
        struct store *store = store_open(path, &err);
        if (!store && (err.code != ERR_IO || strncmp(err.message, path, strlen(path)) != 0))
            return err.message;
        store_close(store);
        if (size == 0 && store)
            return "it was opened where nothing fits";
    }
    lift_limit(NULL);
    struct store *store = store_open(path, &err);
    if (!store)
        return err.message;
    if (store_sample_write(store, 0, TRIALS, &err) || store_sample_count(store, 0, TRIALS) != TRIALS)
        return "it cannot be used when there is room again";
    store_close(store);
    return "";
}

static void no_room_for_a_new_file(void **state)
{
    child_run(open_where_nothing_fits, *state);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, store_sample_set_up, store_sample_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(another_program_that_writes),
        IN_FOLDER(another_program_that_keeps_all_to_itself),
        IN_FOLDER(several_programs_at_once),
        IN_FOLDER(a_writer_that_is_killed),
        IN_FOLDER(a_file_whose_making_is_killed),
        IN_FOLDER(a_limit_of_files),
        IN_FOLDER(a_full_disk),
        IN_FOLDER(no_room_for_a_new_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
