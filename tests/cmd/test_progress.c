/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/progress.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct progress_state usual(void)
{
    struct progress_state usual = {
        .stage = STAGE_RETRAIN, .step = 1250, .steps = 3000, .rate = 238.5, .seconds = (double)INFINITY};
    for (int method = 0; method < METHOD_COUNT; method++)
        usual.loss[method] = (double)NAN;
    usual.loss[METHOD_STANDARD] = 12.34;
    usual.loss[METHOD_META] = 4.567e-7;
    return usual;
}

static void check(const struct progress_state *state, int width, const char *want)
{
    char text[200];
    progress_format(text, sizeof text, state, width);
    assert_string_equal(text, want);
}

static void the_line_says_how_far_how_fast_and_how_long(void **state)
{
    (void)state;
    struct progress_state progress = usual();
    check(&progress, 150,
          "retraining: step 1250 of 3000 (41%), 238 steps/s, loss standard 12.3, meta 4.57e-07, 8 s left");
    progress.stage = STAGE_ADAPT;
    progress.loss[METHOD_STANDARD] = (double)NAN;
    progress.seconds = 2.5; /* sooner than the steps */
    check(&progress, 150, "fine-tuning: step 1250 of 3000 (41%), 238 steps/s, loss meta 4.57e-07, 3 s left");
    progress.rate = (double)NAN;
    progress.loss[METHOD_META] = (double)NAN;
    check(&progress, 150, "fine-tuning: step 1250 of 3000 (41%), 3 s left");
    progress.seconds = (double)INFINITY;
    check(&progress, 150, "fine-tuning: step 1250 of 3000 (41%)");
}

static void what_does_not_fit_is_left_out(void **state)
{
    (void)state;
    struct progress_state progress = usual();
    char text[200];
    for (int width = -1; width < 120; width++) {
        progress_format(text, sizeof text, &progress, width);
        assert_true((int)strlen(text) <= (width > 0 ? width : 0));
    }
    check(&progress, 50, "retraining: step 1250 of 3000 (41%), 238 steps/s");
    char small[20];
    progress_format(small, sizeof small, &progress, 150);
    assert_true(strlen(small) < sizeof small);
}

static void times_are_said_in_what_they_are_long_in(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } table[] = {{-3, "0 s left"},
                 {0.2, "1 s left"},
                 {59, "59 s left"},
                 {61, "1 min 1 s left"},
                 {3599, "59 min 59 s left"},
                 {3660, "1 h 1 min left"},
                 {86400 * 2.5, "2 days left"},
                 {1e12, "years left"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char text[200];
        struct progress_state progress = usual();
        progress.seconds = table[i].seconds;
        progress.step = 0;
        progress.rate = 1e-12;
        progress_format(text, sizeof text, &progress, 150);
        assert_non_null(strstr(text, table[i].text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_says_how_far_how_fast_and_how_long),
        cmocka_unit_test(what_does_not_fit_is_left_out),
        cmocka_unit_test(times_are_said_in_what_they_are_long_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
