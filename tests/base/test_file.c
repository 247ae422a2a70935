/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

/* A path in the test's own folder; two can be in use at once. */
static const char *path_of(const char *name)
{
    static char paths[2][128];
    static int turn;
    turn = !turn;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", folder, name);
    return paths[turn];
}

static int entries(void)
{
    DIR *stream = opendir(folder);
    assert_non_null(stream);
    int count = 0;
    while (readdir(stream))
        count++;
    closedir(stream);
    return count - 2;
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/rankscope-test-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void expect_content(const char *path, const char *content, size_t size)
{
    char *data = NULL;
    size_t got = 0;
    struct err err = {0};
    assert_int_equal(file_read(path, 1 << 20, &data, &got, &err), ERR_NONE);
    assert_int_equal(got, size);
    assert_memory_equal(data, content, size);
    assert_int_equal(data[size], '\0');
    free(data);
}

static void expect_refusal(const char *path, size_t limit, enum err_code code, const char *part)
{
    char *data = NULL;
    size_t size = 0;
    struct err err = {0};
    assert_int_equal(file_read(path, limit, &data, &size, &err), code);
    assert_null(data);
    assert_int_equal(err.code, code);
    assert_non_null(strstr(err.message, path));
    assert_non_null(strstr(err.message, part));
}

static void write_then_read_gives_the_same_bytes(void **state)
{
    (void)state;
    struct err err = {0};
    char content[70001];
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (char)(i * 31 + i / 256);
    const size_t sizes[] = {0, 1, 4094, 4095, 4096, 4097, sizeof content};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(file_write(path_of("a"), content, sizes[i], &err), ERR_NONE);
        expect_content(path_of("a"), content, sizes[i]);
    }
    assert_int_equal(entries(), 1);
}

static void limit_is_exact(void **state)
{
    (void)state;
    struct err err = {0};
    assert_int_equal(file_write(path_of("a"), "2.385", 5, &err), ERR_NONE);
    char *data = NULL;
    size_t size = 0;
    assert_int_equal(file_read(path_of("a"), 5, &data, &size, &err), ERR_NONE);
    free(data);
    expect_refusal(path_of("a"), 4, ERR_INPUT, "5 bytes are too many, the limit is 4");
}

static void a_file_whose_size_is_not_told_is_bounded_too(void **state)
{
    (void)state;
    char *data = NULL;
    size_t size = 0;
    struct err err = {0};
    assert_int_equal(file_read("/proc/self/limits", 1 << 20, &data, &size, &err), ERR_NONE);
    assert_true(size > 100);
    free(data);
    expect_refusal("/proc/self/limits", 100, ERR_INPUT, "too large, the limit is 100 bytes");
}

static void what_is_no_readable_file_is_refused(void **state)
{
    (void)state;
    expect_refusal(path_of("none"), 10, ERR_INPUT, "there is no such file");
    expect_refusal(folder, 10, ERR_INPUT, "this is a folder");
    expect_refusal("/dev/null", 10, ERR_INPUT, "not a regular file");

    const char *pipe_path = path_of("pipe"); /* nobody writes to it: must not wait */
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    expect_refusal(pipe_path, 10, ERR_INPUT, "not a regular file");

    const char *closed = path_of("closed");
    struct err err = {0};
    assert_int_equal(file_write(closed, "x", 1, &err), ERR_NONE);
    assert_int_equal(chmod(closed, 0), 0);
    if (geteuid() != 0)
        expect_refusal(closed, 10, ERR_INPUT, "no permission");
}

static void a_failed_write_leaves_the_old_content_and_nothing_else(void **state)
{
    (void)state;
    struct err err = {0};
    assert_int_equal(file_write(path_of("a"), "old", 3, &err), ERR_NONE);

    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = {.rlim_cur = 100, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    char content[1000] = {0};
    enum err_code code = file_write(path_of("a"), content, sizeof content, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);

    assert_int_equal(code, ERR_IO);
    assert_non_null(strstr(err.message, path_of("a")));
    expect_content(path_of("a"), "old", 3);
    assert_int_equal(entries(), 1);

    assert_int_equal(file_write(path_of("no/such/folder"), "x", 1, &err), ERR_IO);
    assert_int_equal(file_write(folder, "x", 1, &err), ERR_IO);
    assert_int_equal(file_write("/dev/null", "x", 1, &err), ERR_IO);
    assert_string_equal(err.message, "/dev/null: cannot write it: this is not a regular file");
    assert_int_equal(access("/dev/null", W_OK), 0);
}

static void pieces_are_whole_or_nothing(void **state)
{
    (void)state;
    struct err err;
    struct file_writer *writer = file_begin(path_of("pieces"), &err);
    assert_non_null(writer);
    file_append(writer, "one ", 4);
    assert_int_equal(access(path_of("pieces"), F_OK), -1);
    file_append(writer, "two", 3);
    assert_int_equal(file_finish(writer, &err), ERR_NONE);
    expect_content(path_of("pieces"), "one two", 7);
    writer = file_begin(path_of("pieces"), &err);
    assert_non_null(writer);
    file_append(writer, "three", 5);
    file_abandon(writer);
    file_abandon(NULL);
    expect_content(path_of("pieces"), "one two", 7);
    assert_int_equal(entries(), 1);
    assert_null(file_begin(path_of("nowhere/pieces"), &err));
    assert_int_equal(err.code, ERR_IO);
}

static void a_check_leaves_nothing(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(file_check(path_of("later"), &err), ERR_NONE);
    assert_int_equal(entries(), 0);
    assert_int_equal(file_write(path_of("now"), "one", 3, &err), ERR_NONE);
    assert_int_equal(file_check(path_of("now"), &err), ERR_NONE);
    expect_content(path_of("now"), "one", 3);
    assert_int_equal(entries(), 1);
    assert_int_equal(file_check(path_of("nowhere/later"), &err), ERR_IO);
    assert_non_null(strstr(err.message, "nowhere/later: cannot write it"));
}

static void parts_are_read_from_anywhere(void **state)
{
    (void)state;
    struct err err;
    int descriptor;
    size_t size;
    char data[4] = "";
    assert_int_equal(file_write(path_of("parts"), "one two", 7, &err), ERR_NONE);
    assert_int_equal(file_open(path_of("parts"), 6, &descriptor, &size, &err), ERR_INPUT);
    assert_int_equal(file_open(path_of("parts"), 7, &descriptor, &size, &err), ERR_NONE);
    assert_int_equal(size, 7);
    assert_int_equal(file_read_at(descriptor, "parts", 4, data, 3, &err), ERR_NONE);
    assert_string_equal(data, "two");
    assert_int_equal(file_read_at(descriptor, "parts", 5, data, 3, &err), ERR_INPUT);
    close(descriptor);
}

static void permissions_and_links_are_kept(void **state)
{
    (void)state;
    struct err err = {0};
    assert_int_equal(file_write(path_of("a"), "1", 1, &err), ERR_NONE);
    assert_int_equal(chmod(path_of("a"), 0640), 0);
    assert_int_equal(symlink(path_of("a"), path_of("link")), 0);
    assert_int_equal(file_write(path_of("link"), "2", 1, &err), ERR_NONE);
    struct stat status;
    assert_int_equal(lstat(path_of("link"), &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(stat(path_of("a"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    expect_content(path_of("a"), "2", 1);

    mode_t mask = umask(027);
    assert_int_equal(file_write(path_of("b"), "1", 1, &err), ERR_NONE);
    umask(mask);
    assert_int_equal(stat(path_of("b"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

int main(void)
{
    signal(SIGXFSZ, SIG_IGN);
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(write_then_read_gives_the_same_bytes),
        TEST(limit_is_exact),
        TEST(a_file_whose_size_is_not_told_is_bounded_too),
        TEST(what_is_no_readable_file_is_refused),
        TEST(a_failed_write_leaves_the_old_content_and_nothing_else),
        TEST(pieces_are_whole_or_nothing),
        TEST(a_check_leaves_nothing),
        TEST(parts_are_read_from_anywhere),
        TEST(permissions_and_links_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
