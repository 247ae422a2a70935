/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct piece {
    double *start;
    size_t count;
};

static void test_every_array_has_its_own_room_in_the_block(void **state)
{
    (void)state;
    struct config config = {.problem = {.dimension = 7, .rank = 2, .tasks = 5, .seed = 11}};
    size_t size = snapshot_size(&config);
    size_t guarded = (size + 63) / 64 * 64 + 64;
    unsigned char *memory = aligned_alloc(64, guarded);
    memset(memory, 0, guarded);
    memset(memory + size, 0xa5, guarded - size);
    struct snapshot *snapshot = snapshot_bind(memory, &config);
    assert_ptr_equal(snapshot, memory);
    assert_int_equal(snapshot->config.problem.seed, 11);

    struct piece piece[5 * METHOD_COUNT];
    size_t pieces = 0;
    for (int i = 0; i < METHOD_COUNT; i++) {
        struct method_snapshot *method = &snapshot->method[i];
        assert_null(method->prediction.angles);
        piece[pieces++] = (struct piece){method->spectra.angles, 5};
        piece[pieces++] = (struct piece){method->spectra.singular_values, 7};
        piece[pieces++] = (struct piece){method->spectra.curve, 8};
        piece[pieces++] = (struct piece){method->prediction.singular_values, 7};
        piece[pieces++] = (struct piece){method->prediction.curve, 8};
    }
    for (size_t i = 0; i < pieces; i++)
        for (size_t j = 0; j < piece[i].count; j++) {
            assert_true(piece[i].start[j] == 0); /* nobody else has been here */
            piece[i].start[j] = 2.385 + (double)(100 * i + j);
        }
    for (size_t i = 0; i < pieces; i++)
        for (size_t j = 0; j < piece[i].count; j++)
            assert_true(piece[i].start[j] == 2.385 + (double)(100 * i + j));
    assert_int_equal(snapshot->config.problem.tasks, 5);
    for (size_t i = size; i < guarded; i++)
        assert_int_equal(memory[i], 0xa5);

    double *before = snapshot->method[METHOD_META].spectra.curve;
    snapshot_bind(memory, &config); /* once more, over old content */
    assert_ptr_equal(snapshot->method[METHOD_META].spectra.curve, before);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_array_has_its_own_room_in_the_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
