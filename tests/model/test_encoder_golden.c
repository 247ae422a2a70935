/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/adamw.h"
#include "model/encoder/encoder.h"
#include "model/encoder/state.h"
#include "support/near.h"
#include "support/roberta.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The encoder against the same computed in double precision by an independent program
 * (tests/golden/roberta/README.md). */

struct fixture {
    struct roberta roberta;
    struct encoder *encoder;
    struct pool *pool;
};

static const struct encoder_limits limits = {.sequences = ROBERTA_ROWS, .tokens = 345, .rank = 4, .learns = true};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct err err;
    *state = fixture;
    roberta_set_up(&fixture->roberta);
    fixture->pool = pool_new(2);
    fixture->encoder = encoder_new(&fixture->roberta.file.shape, &limits, fixture->pool, &err);
    assert_non_null(fixture->encoder);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    encoder_free(fixture->encoder);
    pool_free(fixture->pool);
    roberta_tear_down(&fixture->roberta);
    free(fixture);
    return 0;
}

static struct encoder_pass pass_of(struct fixture *fixture, int task)
{
    return (struct encoder_pass){.base = fixture->roberta.file.base,
                                 .adapter = fixture->roberta.adapter[task],
                                 .batch = fixture->roberta.batch[task]};
}

static double farthest(size_t count, const float *got, const double *want)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs((double)got[i] - want[i]));
    return most;
}

/* A state depends on scores up to 80 through their exponentials: in single precision, where two keys are nearly
 * alike, an error of 1e-7 of a score is 1e-5 of the weights. So states are held to the largest of them; all but a few
 * are better. */
static double largest_of(size_t count, const double *x)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs(x[i]));
    return most;
}

static void check(const char *name, double got, double bar)
{
    print_message("%-52s %.1e\n", name, got);
    if (!(got <= bar))
        fail_msg("%s: %g is more than %g", name, got, bar);
}

static void check_states(struct fixture *fixture)
{
    for (int task = 0; task < ROBERTA_TASKS; task++) {
        char name[32];
        snprintf(name, sizeof name, "encoder_%d", task);
        const struct batch *batch = fixture->roberta.batch[task];
        struct encoder_pass pass = pass_of(fixture, task);
        const float *states = encoder_forward(fixture->encoder, &pass);
        size_t all;
        double *want = roberta_golden(&fixture->roberta, name, &all), most = 0;
        size_t w = (size_t)fixture->roberta.file.shape.width, columns = (size_t)fixture->roberta.columns[task];
        for (int s = 0; s < batch->sequences; s++) {
            size_t tokens = (size_t)(batch->start[s + 1] - batch->start[s]);
            most =
                fmax(most, farthest(tokens * w, states + (size_t)batch->start[s] * w, want + (size_t)s * columns * w));
        }
        check(name, most, 1e-5 * largest_of(all, want));
        free(want);
    }
}

/* In every instruction set that this machine has. */
static void test_states(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; encoder_kernel_at(i); i++) {
        fixture->encoder->kernel = encoder_kernel_at(i);
        print_message("%s:\n", fixture->encoder->kernel->name);
        check_states(fixture);
    }
}

static void test_logits(void **state)
{
    struct fixture *fixture = *state;
    for (int task = 0; task < ROBERTA_TASKS; task++) {
        char name[32];
        snprintf(name, sizeof name, "logits_%d", task);
        struct encoder_pass pass = pass_of(fixture, task);
        double *want = roberta_golden(&fixture->roberta, name, NULL);
        check(name, farthest(30, encoder_score(fixture->encoder, &pass), want), 1e-5);
        free(want);
    }
}

static void test_plain(void **state)
{
    struct fixture *fixture = *state;
    struct err err;
    struct adapter *head =
        adapter_new(adapter_find("head"), &fixture->roberta.file.shape, NULL, fixture->roberta.file.base, 7, 0, &err);
    assert_non_null(head);
    tensors_assign(head->head, fixture->roberta.file.head);
    struct encoder_pass pass = pass_of(fixture, 0);
    pass.adapter = head;
    double *want = roberta_golden(&fixture->roberta, "plain_logits_0", NULL);
    check("plain_logits_0", farthest(30, encoder_score(fixture->encoder, &pass), want), 1e-5);
    free(want);
    adapter_free(head);
}

/* Relative to the largest number of each gradient. */
static int check_gradients(const struct fixture *fixture, const struct tensors *set, int task, double *most)
{
    int count = 0;
    for (int i = 0; i < set->count; i++) {
        double *want = roberta_golden_tensor(&fixture->roberta, "grad_0.", &set->of[i], task);
        if (!want)
            fail_msg("no gradient of %s", set->of[i].name);
        size_t length = tensors_length(&set->of[i]);
        double largest = largest_of(length, want);
        double error = farthest(length, set->gradient + set->of[i].offset, want);
        /* A key's bias moves all scores of a query alike: its gradient is zero but for rounding. */
        double relative = largest > 1e-12 ? error / largest : error;
        if (!(relative <= 1e-4))
            fail_msg("gradient of %s: off by %g, largest %g", set->of[i].name, error, largest);
        *most = fmax(*most, relative);
        free(want);
        count++;
    }
    return count;
}

static void test_gradients(void **state)
{
    struct fixture *fixture = *state;
    struct encoder_pass pass = pass_of(fixture, 0);
    double *want = roberta_golden(&fixture->roberta, "loss_0", NULL), most = 0;
    double loss = encoder_learn(fixture->encoder, &pass, fixture->roberta.labels[0], ROBERTA_ROWS);
    check("loss_0", fabs(loss - *want), 1e-6);
    free(want);
    int count = check_gradients(fixture, fixture->roberta.file.base, -1, &most);
    count += check_gradients(fixture, fixture->roberta.adapter[0]->maps, 0, &most);
    count += check_gradients(fixture, fixture->roberta.adapter[0]->head, 0, &most);
    assert_int_equal(count, 5 + 2 * 16 + 2 * 12 + 4);
    check("gradients, relative", most, 1e-4);
}

static void check_after(const struct fixture *fixture, const struct tensors *set, int task, int *count)
{
    for (int i = 0; i < set->count; i++) {
        double *want = roberta_golden_tensor(&fixture->roberta, "after4.", &set->of[i], task);
        if (!want)
            continue;
        check(set->of[i].name, farthest(tensors_length(&set->of[i]), tensors_at(set, i), want), 1e-5);
        free(want);
        ++*count;
    }
}

static void test_steps(void **state)
{
    struct fixture *fixture = *state;
    struct roberta *roberta = &fixture->roberta;
    struct err err;
    struct adamw *base = adamw_new(roberta->file.base, &adamw_usual, &err),
                 *own[ROBERTA_TASKS][ADAPTER_SETS] = {{NULL}};
    double *losses = roberta_golden(roberta, "train_losses", NULL), most = 0;
    struct tensors *sets[ADAPTER_SETS];
    for (int step = 0; step < 4; step++) {
        int task = step % ROBERTA_TASKS;
        struct encoder_pass pass = pass_of(fixture, task);
        double loss = encoder_learn(fixture->encoder, &pass, roberta->labels[task], ROBERTA_ROWS);
        most = fmax(most, fabs(loss - losses[step]));
        adamw_step(base, roberta->file.base, 1e-3, fixture->pool);
        int count = adapter_sets(roberta->adapter[task], sets);
        for (int i = 0; i < count; i++) {
            if (!own[task][i])
                own[task][i] = adamw_new(sets[i], &adamw_usual, &err);
            adamw_step(own[task][i], sets[i], 1e-3, fixture->pool);
        }
    }
    check("train_losses", most, 1e-5);
    int count = 0;
    check_after(fixture, roberta->file.base, -1, &count);
    for (int task = 0; task < ROBERTA_TASKS; task++) {
        int sets_count = adapter_sets(roberta->adapter[task], sets);
        for (int i = 0; i < sets_count; i++) {
            check_after(fixture, sets[i], task, &count);
            adamw_free(own[task][i]);
        }
    }
    assert_int_equal(count, 6);
    adamw_free(base);
    free(losses);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_states, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_logits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_plain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gradients, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_steps, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
