/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/align.h"
#include "support/matrix.h"
#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { D = 9 };

/* Rows shuffled, turned round and disturbed a little go back to where they were. */
static void shuffled_units_go_back(void **state)
{
    (void)state;
    double truth[D * D], base[D * D], aligned[D * D], distance[D * D], noise[D * D];
    uint64_t seed = 2385;
    matrix_fill(&seed, (size_t)D * D, truth);
    matrix_fill(&seed, (size_t)D * D, noise);
    for (int i = 0; i < D; i++)
        for (int l = 0; l < D; l++)
            base[(4 * i + 5) % D * D + l] = (i % 2 ? -1 : 1) * (truth[i * D + l] + 1e-3 * noise[i * D + l]);
    align_units(D, base, truth, aligned, distance);
    for (int i = 0; i < D * D; i++)
        assert_near(aligned[i], truth[i] + 1e-3 * noise[i], 1e-15);
}

/* Every row goes somewhere, and to one place, even where all are alike. */
static void every_unit_has_a_place(void **state)
{
    (void)state;
    double truth[D * D], base[D * D], aligned[D * D], distance[D * D];
    uint64_t seed = 71;
    matrix_fill(&seed, (size_t)D * D, truth);
    for (int i = 0; i < D; i++)
        for (int l = 0; l < D; l++) {
            base[i * D + l] = i + 1;
            aligned[i * D + l] = (double)NAN;
        }
    align_units(D, base, truth, aligned, distance);
    double sum = 0;
    for (int i = 0; i < D; i++)
        sum += fabs(aligned[i * D]);
    assert_near(sum, D * (D + 1) / 2.0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shuffled_units_go_back),
        cmocka_unit_test(every_unit_has_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
