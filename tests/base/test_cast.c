/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/cast.h"

#include "base/file.h"
#include "support/child.h"

#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static char *path_of(const char *name)
{
    char *path;
    assert_true(asprintf(&path, "%s/%s", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", name) > 0);
    unlink(path);
    return path;
}

/* All output of a recording, put together; checks that every line is JSON and times never go back. */
static char *replay(const char *path, int *lines)
{
    struct err err;
    char *text, *rest = NULL;
    size_t size;
    double before = 0;
    char *all = calloc(1, 1 << 16);
    assert_int_equal(file_read(path, 1u << 20, &text, &size, &err), ERR_NONE);
    assert_true(size > 0 && text[size - 1] == '\n');
    *lines = 0;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest), ++*lines) {
        json_t *event = json_loads(line, 0, NULL);
        assert_non_null(event);
        if (*lines == 0) {
            assert_int_equal(json_integer_value(json_object_get(event, "version")), 2);
            assert_int_equal(json_integer_value(json_object_get(event, "width")), 80);
        } else {
            double now = json_real_value(json_array_get(event, 0));
            assert_true(now >= before);
            before = now;
            if (strcmp(json_string_value(json_array_get(event, 1)), "o") == 0)
                strcat(all, json_string_value(json_array_get(event, 2)));
            else
                strcat(strcat(all, "|"), json_string_value(json_array_get(event, 2)));
        }
        json_decref(event);
    }
    free(text);
    return all;
}

static void what_was_written_comes_back(void **state)
{
    (void)state;
    struct err err;
    int lines;
    char *path = path_of("a.cast");
    struct cast *cast = cast_new(path, 80, 24, "\"Étude\" \\ of\tσ", &err);
    assert_non_null(cast);
    cast_output(cast, "\033[H\"a\\b\"\177", 9);
    cast_output(cast, "", 0);
    cast_resize(cast, 80, 24);
    cast_resize(cast, 120, 36);
    cast_output(cast, "\xe2\xa0", 2); /* a braille pattern in three parts */
    cast_output(cast, "\x81x\xf0", 3);
    cast_output(cast, "\x9f\x90\x84", 3);
    cast_output(cast, "\xff\xc3(", 3); /* no UTF-8 */
    assert_false(cast_failed(cast, &err));
    cast_free(cast);
    char *all = replay(path, &lines);
    assert_string_equal(all, "\033[H\"a\\b\"\177|120x36\xe2\xa0\x81x\xf0\x9f\x90\x84\xef\xbf\xbd\xef\xbf\xbd(");
    assert_int_equal(lines, 7);
    assert_null(cast_new(path, 80, 24, "", &err)); /* nothing is written over */
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "it is there already"));
    free(all);
    unlink(path);
    free(path);
    assert_null(cast_new("/nowhere/a.cast", 80, 24, "", &err));
    assert_int_equal(err.code, ERR_INPUT);
    cast_free(NULL);
}

/* /dev/full has no room for anything. */
static void a_full_disk_is_told_once(void **state)
{
    (void)state;
    struct err err = {.code = ERR_NONE};
    struct cast *cast = cast_new("/dev/full", 80, 24, "", &err);
    assert_non_null(cast);
    cast_output(cast, "a", 1);
    assert_true(cast_failed(cast, &err));
    assert_int_equal(err.code, ERR_IO);
    assert_non_null(strstr(err.message, "/dev/full: the recording ends here: No space left"));
    cast_output(cast, "b", 1);
    cast_resize(cast, 1, 2);
    assert_false(cast_failed(cast, &err));
    cast_free(cast);
}

/* A disk that fills up: what is there is whole events, and no half of one. */
static const char *fill_the_disk(void *context)
{
    static char much[5000];
    struct err err;
    struct rlimit small = {4000, RLIM_INFINITY};
    memset(much, 'x', sizeof much - 1);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    struct cast *cast = cast_new(context, 80, 24, "", &err);
    if (!cast)
        return "it does not begin";
    cast_output(cast, "first", 5);
    cast_output(cast, much, sizeof much - 1);
    if (!cast_failed(cast, &err) || !strstr(err.message, "the recording ends here"))
        return "nobody said that it ends";
    cast_output(cast, "last", 4);
    cast_free(cast);
    return "";
}

static void a_disk_that_fills_up_keeps_whole_events(void **state)
{
    (void)state;
    int lines;
    char *path = path_of("full.cast");
    child_run(fill_the_disk, path);
    char *all = replay(path, &lines);
    assert_int_equal(lines, 2);
    assert_string_equal(all, "first");
    free(all);
    unlink(path);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_comes_back),
        cmocka_unit_test(a_full_disk_is_told_once),
        cmocka_unit_test(a_disk_that_fills_up_keeps_whole_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
