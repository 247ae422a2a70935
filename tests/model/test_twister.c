/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/twister.h"

#include <gsl/gsl_randist.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MANY = 5000 }; /* eight blocks */

/* GSL's own, number for number, from seeds that it treats alike and from one that it does not. */
static void test_it_is_gsl_s_mt19937(void **state)
{
    (void)state;
    static const unsigned long seeds[] = {0, 1, 2385, 0x7fffffffUL, 0x80000000UL, 0xffffffffUL};
    gsl_rng *ours = gsl_rng_alloc(&twister_type), *theirs = gsl_rng_alloc(gsl_rng_mt19937);
    assert_true(ours && theirs);
    assert_true(gsl_rng_max(ours) == gsl_rng_max(theirs) && gsl_rng_min(ours) == gsl_rng_min(theirs));
    for (size_t s = 0; s < sizeof seeds / sizeof *seeds; s++) {
        gsl_rng_set(ours, seeds[s]);
        gsl_rng_set(theirs, seeds[s]);
        for (int i = 0; i < MANY; i++)
            if (gsl_rng_get(ours) != gsl_rng_get(theirs))
                fail_msg("seed %lu, number %d", seeds[s], i);
        for (int i = 0; i < MANY; i++) {
            assert_true(gsl_rng_uniform(ours) == gsl_rng_uniform(theirs));
            assert_true(gsl_ran_gaussian_ziggurat(ours, 2.385) == gsl_ran_gaussian_ziggurat(theirs, 2.385));
        }
    }
    gsl_rng_free(ours);
    gsl_rng_free(theirs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_gsl_s_mt19937),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
