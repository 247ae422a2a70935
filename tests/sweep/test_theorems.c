/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/near.h"
#include "support/program.h"
#include "sweep/theorems.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 100 };

static const struct claim always = {.name = "a", .source = "s", .statement = "x", .settings = "", .predicted = "1, 2"},
                          rate = {.name = "r",
                                  .source = "s",
                                  .statement = "x",
                                  .settings = "",
                                  .predicted = "p",
                                  .kind = CLAIM_RATE,
                                  .low = 0.9,
                                  .high = 0.95},
                          mean = {.name = "m",
                                  .source = "s",
                                  .statement = "x",
                                  .settings = "",
                                  .predicted = "p",
                                  .kind = CLAIM_MEAN,
                                  .low = 2,
                                  .high = 3,
                                  .limit = true};

/* So many that agree, then so many that do not, then so many that do not count; values 2.385, 3.385, 2.385, … */
static struct theorem judged(const struct claim *claim, int agree, int disagree, int others)
{
    struct claim_observation observation[MOST] = {{0}};
    double scratch[MOST];
    int draws = agree + disagree + others;
    assert_true(draws <= MOST);
    for (int i = 0; i < draws; i++)
        observation[i] =
            (struct claim_observation){.counts = i < agree + disagree, .agrees = i < agree, .value = 2.385 + i % 2};
    return theorem_judge(claim, observation, draws, scratch);
}

static void judges_each_kind(void **state)
{
    (void)state;
    assert_true(judged(&always, 7, 0, 0).as_predicted);
    assert_true(judged(&always, 7, 0, 7).as_predicted);
    assert_false(judged(&always, 7, 0, 8).as_predicted); /* most draws say nothing of it */
    assert_false(judged(&always, 7, 1, 0).as_predicted);
    assert_false(judged(&always, 0, 0, 5).as_predicted);
    assert_true(judged(&rate, 92, 8, 0).as_predicted);
    assert_true(judged(&rate, 88, 12, 0).as_predicted); /* its interval reaches to 93.6% */
    assert_true(judged(&rate, 3, 0, 0).as_predicted);
    assert_false(judged(&rate, 80, 20, 0).as_predicted);
    assert_false(judged(&rate, 100, 0, 0).as_predicted); /* 96.4% at the least */
    assert_true(judged(&mean, 0, 2, 0).as_predicted);
    assert_true(judged(&mean, 0, 1, 0).as_predicted);  /* 2.385 by itself */
    assert_true(judged(&mean, 0, 90, 0).as_predicted); /* 2.885 */
}

static void judges_means_by_their_interval(void **state)
{
    (void)state;
    struct claim_observation observation[MOST] = {{0}};
    double scratch[MOST];
    for (int i = 0; i < MOST; i++)
        observation[i] = (struct claim_observation){.counts = true, .value = 3.1 + 0.01 * (i % 2)};
    struct theorem theorem = theorem_judge(&mean, observation, MOST, scratch);
    assert_near(theorem.statistics.mean, 3.105, 1e-12);
    assert_false(theorem.as_predicted);
    for (int i = 0; i < MOST; i++)
        observation[i].value = 3.1 + (i % 2 ? 5 : -5); /* by chance */
    assert_true(theorem_judge(&mean, observation, MOST, scratch).as_predicted);
    observation[3].value = (double)NAN;
    assert_false(theorem_judge(&mean, observation, MOST, scratch).as_predicted);
}

/* Settings that are right, names that are unique, and text that fits. */
static void the_table_is_sound(void **state)
{
    (void)state;
    struct err err = {0};
    bool limits = false;
    assert_in_range(claim_count, 20, 64);
    for (int i = 0; i < claim_count; i++) {
        const struct claim *claim = &claim_table[i];
        struct config first, second;
        if (claim_config(claim, 0, &first, &err) || claim_config(claim, 1, &second, &err))
            fail_msg("%s: %s", claim->name, err.message);
        assert_true(second.problem.seed == first.problem.seed + 1);
        assert_int_equal(claim_find(claim->name), i);
        assert_true(strlen(claim->statement) <= 78);
        assert_null(strchr(claim->predicted, '"')); /* CSV quotes it as it is */
        assert_true(claim->limit || !limits);
        limits = claim->limit;
        assert_true(claim->kind == CLAIM_ALWAYS || claim->low < claim->high);
    }
    assert_int_equal(claim_find("no-such"), -1);
}

/* Few draws of each, and those that must all agree do; again they give the same bits. */
static void claims_hold(void **state)
{
    (void)state;
    int draws = program_slowness() > 2 ? 1 : 3;
    for (int i = 0; i < claim_count; i++)
        for (int draw = 0; draw < draws; draw++) {
            struct claim_observation one, two;
            struct err err = {0};
            if (claim_observe(&claim_table[i], draw, &one, &err))
                fail_msg("%s: %s", claim_table[i].name, err.message);
            if (claim_table[i].kind == CLAIM_ALWAYS && !(one.counts && one.agrees))
                fail_msg("%s, draw %d: %.17g", claim_table[i].name, draw, one.value);
            if (draw > 0)
                continue;
            assert_int_equal(claim_observe(&claim_table[i], draw, &two, &err), ERR_NONE);
            assert_memory_equal(&one.value, &two.value, sizeof one.value);
        }
}

static char *written(enum result_format format, const struct theorem *theorem, int count)
{
    char *text = NULL;
    size_t size = 0;
    struct err err = {0};
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    assert_int_equal(theorems_write(stream, format, theorem, count, &err), ERR_NONE);
    fclose(stream);
    return text;
}

static void writes_what_it_found(void **state)
{
    (void)state;
    const struct theorem theorem[] = {judged(&always, 7, 0, 2), judged(&rate, 80, 20, 0), judged(&mean, 0, 90, 0),
                                      judged(&always, 0, 0, 3)};
    char *text = written(RESULT_TEXT, theorem, 4);
    assert_string_equal(text, "What the paper claims\n\n"
                              "a (s)\n  x\n  predicted 1, 2; measured 2.38 to 3.38\n"
                              "  as predicted: 7 of 7; 2 more did not end at a minimum\n\n"
                              "r (s)\n  x\n  predicted p; measured 80% (70.82 to 87.33)\n"
                              "  NOT AS PREDICTED: 80 of 100\n\n"
                              "Where claims stop holding, and what holds instead\n\n"
                              "m (s)\n  x\n  predicted p; measured 2.885 (2.78 to 2.99)\n  as predicted: 90 draws\n\n"
                              "a (s)\n  x\n  predicted 1, 2; measured nothing: no run ended at a minimum\n"
                              "  NOT AS PREDICTED: 0 of 0; 3 more did not end at a minimum\n\n"
                              "2 of 4 as predicted\n");
    free(text);
    text = written(RESULT_CSV, theorem, 4);
    assert_non_null(strstr(text, "\na,s,0,always,\"1, 2\",9,7,7,0.59"));
    assert_non_null(strstr(text, "\na,s,0,always,\"1, 2\",3,0,0,,,,,,,,,0\n"));
    free(text);
    text = written(RESULT_JSON, theorem, 4);
    json_t *root = json_loads(text, 0, NULL);
    json_t *last = json_array_get(json_object_get(root, "claims"), 3);
    assert_true(json_is_null(json_object_get(last, "mean")));
    assert_true(json_is_false(json_object_get(last, "as_predicted")));
    json_decref(root);
    free(text);
    const struct theorem single = judged(&mean, 0, 1, 0);
    text = written(RESULT_TEXT, &single, 1);
    assert_non_null(strstr(text, "measured 2.385\n  as predicted: 1 draw\n"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_each_kind),     cmocka_unit_test(judges_means_by_their_interval),
        cmocka_unit_test(the_table_is_sound),   cmocka_unit_test(claims_hold),
        cmocka_unit_test(writes_what_it_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
