/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void sizes_add_up_and_saturate(void **state)
{
    (void)state;
    assert_int_equal(arena_doubles_size(0), 0);
    assert_int_equal(arena_doubles_size(1), 64);
    assert_int_equal(arena_doubles_size(8), 64);
    assert_int_equal(arena_doubles_size(9), 128);
    assert_true(arena_doubles_size(SIZE_MAX / 8) == SIZE_MAX);
    assert_true(arena_doubles_size(SIZE_MAX) == SIZE_MAX);
    assert_int_equal(arena_struct_size(1), 64);
    assert_int_equal(arena_struct_size(65), 128);
    assert_true(arena_struct_size(SIZE_MAX) == SIZE_MAX);
    assert_int_equal(arena_add(3, 4), 7);
    assert_true(arena_add(SIZE_MAX - 3, 4) == SIZE_MAX);
    assert_null(arena_new(SIZE_MAX));
    assert_null(arena_new(SIZE_MAX / 2));
    arena_free(NULL);
}

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_new(arena_add(arena_doubles_size(3), arena_doubles_size(17)));
    assert_non_null(arena);
    double *a = arena_doubles(arena, 3);
    double *b = arena_doubles(arena, 17);
    assert_int_equal((uintptr_t)a % 64, 0);
    assert_int_equal((uintptr_t)b % 64, 0);
    assert_true(b >= a + 3);
    for (int i = 0; i < 17; i++) {
        assert_true(b[i] == 0);
        b[i] = 2.385;
    }
    for (int i = 0; i < 3; i++)
        assert_true(a[i] == 0);
    arena_free(arena);
}

static void asking_for_more_than_was_sized_aborts(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct arena *arena = arena_new(arena_doubles_size(8));
        arena_doubles(arena, 9);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_add_up_and_saturate),
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(asking_for_more_than_was_sized_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
