/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "lesson/course.h"

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

/* How far somebody is, kept in a file. */

static void what_is_noted_is_read_again(void **state)
{
    (void)state;
    struct course course = {.count = 0};
    struct course again;
    struct err err;
    assert_true(course_note(&course, "adapter", 2, false));
    assert_false(course_note(&course, "adapter", 2, false));
    assert_true(course_note(&course, "two", 0, false));
    assert_true(course_note(&course, "two", 3, true));
    assert_true(course_note(&course, "two", 1, false)); /* again from the beginning: it stays done */
    assert_false(course_note(&course, "no name", 1, false));
    assert_false(course_note(&course, "two", 1000, false));
    char *text = course_write(&course);
    assert_string_equal(text, "rankscope lessons 1\nadapter 2\ntwo 1 done\n");
    assert_int_equal(course_parse("a", text, strlen(text), &again, &err), ERR_NONE);
    assert_int_equal(again.count, 2);
    assert_true(course_of(&again, "two")->done);
    assert_int_equal(course_of(&again, "adapter")->step, 2);
    assert_null(course_of(&again, "three"));
    free(text);
}

static void what_is_none_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } table[] = {
        {"", "a:1:1: it is empty"},
        {"rankscope lessons 2\n", "a:1:1: this is no file of progress that begins with"},
        {"rankscope lessons 1\nadapter\n", "a:2:1: here must be a lesson's name"},
        {"rankscope lessons 1\nadapter x\n", "a:2:1: here"},
        {"rankscope lessons 1\nadapter -1\n", "a:2:1: here"},
        {"rankscope lessons 1\nadapter 1000\n", "a:2:1: here"},
        {"rankscope lessons 1\nadapter 1 dne\n", "a:2:1: here"},
        {"rankscope lessons 1\nadapter 1 done x\n", "a:2:1: here"},
        {"rankscope lessons 1\na/b 1\n", "a:2:1: here"},
        {"rankscope lessons 1\n\n", "a:2:1: here"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct course course;
        struct err err = {.code = ERR_NONE};
        assert_int_equal(course_parse("a", table[i].text, strlen(table[i].text), &course, &err), ERR_INPUT);
        if (strncmp(err.message, table[i].says, strlen(table[i].says)) != 0)
            fail_msg("%s: %s", table[i].text, err.message);
        assert_int_equal(course.count, 0);
    }
}

static void more_lessons_than_there_is_room_for(void **state)
{
    (void)state;
    struct course course = {.count = 0};
    char name[32];
    for (int i = 0; i < COURSE_LESSONS + 3; i++) {
        snprintf(name, sizeof name, "lesson-%d", i);
        assert_int_equal(course_note(&course, name, 1, false), i < COURSE_LESSONS);
    }
    assert_int_equal(course.count, COURSE_LESSONS);
}

static void it_is_kept_in_the_folder_for_state(void **state)
{
    (void)state;
    char folder[256];
    struct course course;
    struct err err;
    snprintf(folder, sizeof folder, "%s/state", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    setenv("XDG_STATE_HOME", folder, 1);
    assert_int_equal(course_load(&course, &err), ERR_NONE); /* there is none */
    assert_int_equal(course.count, 0);
    course_note(&course, "adapter", 2, true);
    assert_int_equal(course_save(&course, &err), ERR_NONE);
    assert_int_equal(course_load(&course, &err), ERR_NONE);
    assert_true(course_of(&course, "adapter")->done);

    /* something else is not written over */
    char *path = course_path("lessons", true, &err);
    char *text;
    size_t size;
    assert_int_equal(file_write(path, "mine\n", 5, &err), ERR_NONE);
    assert_int_equal(course_load(&course, &err), ERR_INPUT);
    course_note(&course, "adapter", 1, false);
    assert_int_equal(course_save(&course, &err), ERR_NONE);
    assert_int_equal(file_read(path, 100, &text, &size, &err), ERR_NONE);
    assert_string_equal(text, "mine\n");
    free(text);
    unlink(path);

    /* a folder that cannot be written to: an error that names the file */
    if (getuid() != 0) {
        course_load(&course, &err);
        course_note(&course, "adapter", 1, false);
        *strrchr(path, '/') = '\0';
        chmod(path, 0500);
        assert_int_equal(course_save(&course, &err), ERR_IO);
        assert_non_null(strstr(err.message, "lessons: cannot write it"));
        chmod(path, 0700);
    }
    free(path);
}

static void without_a_home_there_is_no_place(void **state)
{
    (void)state;
    struct course course;
    struct err err;
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_int_equal(course_load(&course, &err), ERR_INPUT);
    assert_int_equal(course_save(&course, &err), ERR_INPUT);
    setenv("XDG_STATE_HOME", "relative", 1);
    assert_int_equal(course_load(&course, &err), ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_noted_is_read_again),         cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(more_lessons_than_there_is_room_for), cmocka_unit_test(it_is_kept_in_the_folder_for_state),
        cmocka_unit_test(without_a_home_there_is_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
