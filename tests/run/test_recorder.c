/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/recorder.h"

#include "model/linalg.h"
#include "support/trace.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

enum { MANY = 20000 };

/* What was due after each step of a run. */
struct dues {
    long count; /* of steps, those that only moved on among them */
    unsigned due[MANY];
    double scalars, spectra, stepped; /* operations */
};

static void follow(const struct config *config, bool (*step)(struct experiment *experiment), struct dues *dues)
{
    struct err err;
    struct experiment *experiment = experiment_new(config, &err);
    assert_non_null(experiment);
    struct recorder recorder;
    recorder_init(&recorder);
    memset(dues, 0, sizeof *dues);
    do {
        struct experiment_flops flops = experiment_flops(experiment);
        long before = recorder.step;
        unsigned due = recorder_due(&recorder, experiment);
        bool counts = recorder.step != before; /* false in mid-step */
        assert_true(counts || due == RECORD_NOTHING);
        if (!counts)
            continue;
        assert_in_range(dues->count, 0, MANY - 1);
        dues->due[dues->count++] = due;
        dues->stepped += flops.step;
        dues->scalars += due & RECORD_SCALARS ? flops.scalars : 0;
        dues->spectra += due & RECORD_SPECTRA ? flops.spectra : 0;
    } while (step(experiment));
    experiment_free(experiment);
}

static void test_both_ends_and_the_first_steps_are_recorded(void **state)
{
    (void)state;
    static struct dues dues;
    struct config config = trace_config(300);
    follow(&config, experiment_step, &dues);
    assert_int_equal(dues.count, 301);
    for (long i = 0; i <= 16; i++)
        assert_int_equal(dues.due[i], RECORD_SCALARS | RECORD_SPECTRA);
    assert_int_equal(dues.due[300], RECORD_SCALARS | RECORD_SPECTRA);
}

static void test_a_single_step_is_recorded_at_both_ends(void **state)
{
    (void)state;
    static struct dues dues;
    struct config config = trace_config(1);
    follow(&config, experiment_step, &dues);
    assert_int_equal(dues.count, 2);
    assert_int_equal(dues.due[0], RECORD_SCALARS | RECORD_SPECTRA);
    assert_int_equal(dues.due[1], RECORD_SCALARS | RECORD_SPECTRA);
}

static void test_fine_tuning_starts_afresh(void **state)
{
    (void)state;
    struct config config = trace_config(2000);
    config.adapt.solver = ADAPT_PAPER;
    config.adapt.steps = 100;
    static struct dues dues;
    follow(&config, experiment_step, &dues);
    assert_int_equal(dues.count, 2001 + 101);
    assert_int_equal(dues.due[2000], RECORD_SCALARS | RECORD_SPECTRA);
    for (long i = 2001; i < 2102; i++) /* it has no spectra to pay for */
        assert_int_equal(dues.due[i], RECORD_SCALARS | RECORD_SPECTRA);
}

static void test_phases_are_recorded_where_steps_are(void **state)
{
    (void)state;
    static struct dues steps, phases;
    struct config config = trace_config(700);
    follow(&config, experiment_step, &steps);
    follow(&config, experiment_step_phase, &phases);
    assert_memory_equal(&steps, &phases, sizeof steps);
}

/* Records thin out with the steps, so that any run leaves some thousand, evenly enough for a curve on a log axis. */
static void test_records_thin_out(void **state)
{
    (void)state;
    static struct dues dues;
    struct config config = trace_config(MANY - 1);
    config.problem.dimension = 4;
    config.retrain.inner_steps = 1;
    follow(&config, experiment_step, &dues);
    long records = 0, last = 0, last_spectra = 0;
    for (long i = 1; i < dues.count; i++) {
        if (dues.due[i] & RECORD_SCALARS) {
            assert_true(i - last <= 1 + i / 64);
            last = i;
            records++;
        }
        if (dues.due[i] & RECORD_SPECTRA) {
            assert_true(i <= 16 || i - last_spectra <= 1 + i / 4);
            last_spectra = i;
        }
    }
    assert_in_range(records, 1000, 3000);
}

/* Whatever the size, measuring takes its share of stepping, the advance, and what is recorded in any case. */
static void test_measuring_costs_a_share(void **state)
{
    (void)state;
    static struct dues dues;
    static const int dimensions[] = {2, 16, 96};
    for (size_t i = 0; i < sizeof dimensions / sizeof *dimensions; i++) {
        struct config config = trace_config(dimensions[i] > 16 ? 800 : 4000);
        config.problem.dimension = dimensions[i];
        config.retrain.inner_steps = 1;
        struct err err;
        struct experiment *experiment = experiment_new(&config, &err);
        assert_non_null(experiment);
        struct experiment_flops flops = experiment_flops(experiment);
        experiment_free(experiment);
        follow(&config, experiment_step, &dues);
        assert_true(dues.scalars <= 0.02 * dues.stepped + 1e8 + 18 * flops.scalars);
        assert_true(dues.spectra <= 0.004 * dues.stepped + 4e9 + 2 * flops.spectra);
    }
}

/* Steps so cheap beside a decomposition that few are paid for: the advance must not all go at the start. */
static void test_spectra_are_spread_over_a_short_run(void **state)
{
    (void)state;
    static struct dues dues;
    struct config config = trace_config(1000);
    config.problem.dimension = 24;
    config.retrain.inner_steps = 1;
    follow(&config, experiment_step, &dues);
    long late = 0;
    for (long i = 500; i < 1000; i++)
        late += (dues.due[i] & RECORD_SPECTRA) != 0;
    assert_in_range(late, 3, 30);
}

int main(void)
{
    linalg_set_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ends_and_the_first_steps_are_recorded),
        cmocka_unit_test(test_a_single_step_is_recorded_at_both_ends),
        cmocka_unit_test(test_fine_tuning_starts_afresh),
        cmocka_unit_test(test_phases_are_recorded_where_steps_are),
        cmocka_unit_test(test_records_thin_out),
        cmocka_unit_test(test_measuring_costs_a_share),
        cmocka_unit_test(test_spectra_are_spread_over_a_short_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
