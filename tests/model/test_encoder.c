/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/adamw.h"
#include "model/encoder/encoder.h"
#include "support/near.h"
#include "support/program.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Gradients against finite differences of losses, with dropout, and what must not change a number. */

enum { SEQUENCES = 7, TOKENS_MAX = 128, MASKED = 9 };

static const struct encoder_shape shape = {.vocabulary = 53,
                                           .width = 20,
                                           .layers = 2,
                                           .heads = 2,
                                           .intermediate = 29,
                                           .positions = 24,
                                           .types = 2,
                                           .pad = 1,
                                           .labels = 3,
                                           .epsilon = 1e-5};
static const struct encoder_limits limits = {
    .sequences = SEQUENCES, .tokens = TOKENS_MAX, .rank = 3, .learns = true, .masked = MASKED};
static const struct encoder_dropout dropout = {
    .hidden = 0.1, .attention = 0.15, .adapter = 0.2, .classifier = 0.1, .seed = 11, .step = 3};
static const int labels[SEQUENCES] = {0, 2, 1, 1, 0, 2, 0};

struct fixture {
    struct tensors *base, *lm_head;
    struct adapter *adapter;
    struct batch *batch;
    struct encoder *encoder;
    struct pool *pool;
    struct encoder_pass pass;
};

static void fill(struct fixture *f, const char *method)
{
    static const int lengths[SEQUENCES] = {1, 17, 3, 9, 22, 2, 13};
    struct adapter_settings settings = {.rank = 3, .alpha = 5};
    struct err err;
    f->base = encoder_base_new(&shape, &err);
    f->lm_head = encoder_lm_head_new(&shape, &err);
    f->batch = batch_new(SEQUENCES, TOKENS_MAX, &err);
    assert_int_equal(encoder_start(f->base, &shape, 5, &err), ERR_NONE);
    assert_int_equal(encoder_start(f->lm_head, &shape, 5, &err), ERR_NONE);
    for (size_t i = 0; i < f->base->size; i++) /* far enough from zero to matter */
        f->base->value[i] *= f->base->value[i] == 1.0F ? 1 : 7;
    f->adapter = adapter_new(adapter_find(method), &shape, &settings, f->base, 5, 2, &err);
    assert_non_null(f->adapter);
    for (size_t i = 0; f->adapter->maps && i < f->adapter->maps->size; i++)
        f->adapter->maps->value[i] += 0.1F * sinf((float)i);
    for (int s = 0, id = 3; s < SEQUENCES; s++) {
        int32_t ids[32];
        for (int i = 0; i < lengths[s]; i++, id = (id * 7 + 5) % 51)
            ids[i] = 2 + id;
        assert_true(batch_add(f->batch, ids, lengths[s]));
    }
    assert_int_equal(batch_check(f->batch, &shape, &err), ERR_NONE);
    assert_int_equal(tensors_train(f->base, true, &err), ERR_NONE);
    assert_int_equal(tensors_train(f->lm_head, true, &err), ERR_NONE);
    f->pass = (struct encoder_pass){.base = f->base, .adapter = f->adapter, .batch = f->batch, .dropout = &dropout};
}

static struct fixture *begin(const char *method, int threads)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct err err;
    assert_non_null(f);
    fill(f, method);
    f->pool = threads > 1 ? pool_new(threads) : NULL;
    f->encoder = encoder_new(&shape, &limits, f->pool, &err);
    assert_non_null(f->encoder);
    return f;
}

static void end(struct fixture *f)
{
    encoder_free(f->encoder);
    pool_free(f->pool);
    batch_free(f->batch);
    adapter_free(f->adapter);
    tensors_free(f->base);
    tensors_free(f->lm_head);
    free(f);
}

static double label_loss(struct fixture *f)
{
    return encoder_learn(f->encoder, &f->pass, labels, SEQUENCES);
}

static const int places[MASKED] = {1, 2, 11, 18, 30, 31, 40, 50, 66};
static const int32_t wants[MASKED] = {5, 9, 52, 2, 17, 17, 30, 8, 41};
static const struct encoder_masked masked = {.count = MASKED, .place = places, .want = wants};

static double guess_loss(struct fixture *f)
{
    return encoder_guess(f->encoder, &f->pass, f->lm_head, &masked, true);
}

/* Along its own gradient a loss rises by the gradient's length: a wrong number anywhere makes that length wrong. */
static void check_set(struct fixture *f, struct tensors *set, double (*loss)(struct fixture *), const char *name)
{
    double square = 0;
    tensors_clear_gradient(set);
    loss(f);
    float *along = malloc(set->size * sizeof *along), *before = malloc(set->size * sizeof *before);
    assert_true(along && before);
    memcpy(along, set->gradient, set->size * sizeof *along);
    memcpy(before, set->value, set->size * sizeof *before);
    for (size_t i = 0; i < set->size; i++)
        square += (double)along[i] * (double)along[i];
    double length = sqrt(square), step = 1e-2, risen[2];
    assert_true(length > 1e-3);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < set->size; i++)
            set->value[i] = (float)((double)before[i] + (side ? step : -step) * (double)along[i] / length);
        risen[side] = loss(f);
    }
    memcpy(set->value, before, set->size * sizeof *before);
    double slope = (risen[1] - risen[0]) / (2 * step);
    print_message("%-10s %.6g, by differences %.6g\n", name, length, slope);
    assert_near(slope, length, 2e-3 * length + 1e-4);
    free(along);
    free(before);
}

static void test_differences(void **state)
{
    (void)state;
    struct fixture *f = begin("lora", 2);
    check_set(f, f->base, label_loss, "base");
    check_set(f, f->adapter->maps, label_loss, "maps");
    check_set(f, f->adapter->head, label_loss, "head");
    check_set(f, f->base, guess_loss, "base, guessing");
    check_set(f, f->adapter->maps, guess_loss, "maps, guessing");
    check_set(f, f->lm_head, guess_loss, "head, guessing");
    end(f);
}

/* Tensor by tensor: an error in a small one would be lost in the whole set's length. */
static void test_differences_each(void **state)
{
    (void)state;
    struct fixture *f = begin("lora", 2);
    int each = program_slowness() > 1 ? 5 : 1; /* of 37: not the same of every layer */
    for (int i = 0; i < f->base->count; i += each) {
        const struct tensor *tensor = &f->base->of[i];
        if (strstr(tensor->name, "key.bias")) /* zero but for rounding */
            continue;
        tensors_clear_gradient(f->base);
        label_loss(f);
        size_t count = tensors_length(tensor);
        float *value = tensors_at(f->base, i), *gradient = f->base->gradient + tensor->offset;
        double square = 0, risen[2], step = 0.02;
        float *along = malloc(count * sizeof *along), *before = malloc(count * sizeof *before);
        assert_true(along && before);
        memcpy(along, gradient, count * sizeof *along);
        memcpy(before, value, count * sizeof *before);
        for (size_t j = 0; j < count; j++)
            square += (double)along[j] * (double)along[j];
        for (int side = 0; side < 2; side++) {
            for (size_t j = 0; j < count; j++)
                value[j] = (float)((double)before[j] + (side ? step : -step) * (double)along[j] / sqrt(square));
            risen[side] = label_loss(f);
        }
        memcpy(value, before, count * sizeof *before);
        free(along);
        free(before);
        double slope = (risen[1] - risen[0]) / (2 * step);
        if (!(fabs(slope - sqrt(square)) <= 1e-2 * sqrt(square) + 1e-4))
            fail_msg("%s: %g, by differences %g", tensor->name, sqrt(square), slope);
    }
    end(f);
}

static void check_same(const struct tensors *a, const struct tensors *b)
{
    assert_int_equal(a->size, b->size);
    assert_memory_equal(a->gradient, b->gradient, a->size * sizeof *a->gradient);
}

static void test_threads(void **state)
{
    (void)state;
    struct fixture *one = begin("lora", 1);
    double labelled = label_loss(one), guessed = guess_loss(one);
    for (int threads = 2; threads < (program_slowness() > 1 ? 4 : 5); threads++) {
        struct fixture *many = begin("lora", threads);
        assert_true(label_loss(many) == labelled);
        assert_true(guess_loss(many) == guessed);
        check_same(one->base, many->base);
        check_same(one->adapter->maps, many->adapter->maps);
        check_same(one->adapter->head, many->adapter->head);
        check_same(one->lm_head, many->lm_head);
        end(many);
    }
    end(one);
}

/* A frozen base takes nothing from what is trained, and gets nothing. */
static void test_frozen(void **state)
{
    (void)state;
    struct err err;
    struct fixture *trained = begin("lora", 1), *frozen = begin("lora", 1);
    assert_int_equal(tensors_train(frozen->base, false, &err), ERR_NONE);
    assert_null(frozen->base->gradient);
    assert_true(label_loss(trained) == label_loss(frozen));
    double whole = encoder_operations(trained->encoder), part = encoder_operations(frozen->encoder);
    assert_true(part < 0.8 * whole);
    check_same(trained->adapter->maps, frozen->adapter->maps);
    check_same(trained->adapter->head, frozen->adapter->head);
    end(trained);
    end(frozen);
}

/* A fresh LoRA changes nothing; "full" has a base of its own and leaves the common one alone. */
static void test_schemes(void **state)
{
    (void)state;
    struct err err;
    struct fixture *head = begin("head", 1), *full = begin("full", 1);
    struct adapter_settings settings = {.rank = 2, .alpha = 16};
    struct adapter *fresh = adapter_new(adapter_find("lora"), &shape, &settings, head->base, 5, 2, &err);
    assert_non_null(fresh);
    head->pass.dropout = full->pass.dropout = NULL;
    float want[SEQUENCES * 3];
    memcpy(want, encoder_score(head->encoder, &head->pass), sizeof want);
    head->pass.adapter = fresh;
    assert_memory_equal(encoder_score(head->encoder, &head->pass), want, sizeof want);
    assert_memory_equal(encoder_score(full->encoder, &full->pass), want, sizeof want);
    label_loss(full);
    for (size_t i = 0; i < full->base->size; i++)
        assert_true(full->base->gradient[i] == 0.0F);
    head->pass.adapter = head->adapter;
    label_loss(head);
    check_same(head->base, full->adapter->base);
    adapter_free(fresh);
    end(head);
    end(full);
}

/* In parts with the whole's divisor: the same loss and gradients but for the order of sums. Without dropout, which
 * depends on the place in a batch. */
static void test_parts(void **state)
{
    (void)state;
    struct fixture *whole = begin("lora", 1), *parts = begin("lora", 1);
    whole->pass.dropout = parts->pass.dropout = NULL;
    double want = label_loss(whole), got = 0;
    struct batch *batch = parts->batch, rest = *batch;
    for (int s = 0; s < SEQUENCES; s++) {
        int start[2] = {0, batch->start[s + 1] - batch->start[s]};
        rest = (struct batch){.sequences = 1, .tokens = start[1], .ids = batch->ids + batch->start[s], .start = start};
        parts->pass.batch = &rest;
        got += encoder_learn(parts->encoder, &parts->pass, &labels[s], SEQUENCES);
    }
    assert_near(got, want, 1e-6);
    for (size_t i = 0; i < whole->base->size; i++)
        assert_near((double)parts->base->gradient[i], (double)whole->base->gradient[i], 2e-6);
    end(whole);
    end(parts);
}

/* An encoder with room for part of a batch takes it in parts. */
static void test_small(void **state)
{
    (void)state;
    struct err err;
    struct encoder_limits small = {.sequences = SEQUENCES, .tokens = 22, .rank = 3, .learns = true};
    struct fixture *f = begin("lora", 2), *whole = begin("lora", 2);
    struct encoder *encoder = encoder_new(&shape, &small, f->pool, &err);
    assert_non_null(encoder);
    assert_true(encoder_memory(&shape, &small) < encoder_memory(&shape, &limits) / 2);
    encoder_free(f->encoder);
    f->encoder = encoder;
    assert_true(label_loss(f) != label_loss(whole)); /* other numbers are dropped */
    check_set(f, f->base, label_loss, "in parts");
    tensors_clear_gradient(f->base);
    tensors_clear_gradient(whole->base);
    f->pass.dropout = whole->pass.dropout = NULL;
    assert_near(label_loss(f), label_loss(whole), 1e-6);
    for (int i = 0; i < SEQUENCES * 3; i++) /* the order of a product's sums may depend on its size */
        assert_near((double)encoder_logits(f->encoder)[i], (double)encoder_logits(whole->encoder)[i], 1e-6);
    const float *score = encoder_score(f->encoder, &f->pass);
    for (int i = 0; i < SEQUENCES * 3; i++)
        assert_near((double)score[i], (double)encoder_logits(whole->encoder)[i], 1e-6);
    for (size_t i = 0; i < whole->base->size; i++)
        assert_near((double)f->base->gradient[i], (double)whole->base->gradient[i], 2e-6);
    end(f);
    end(whole);
}

/* All states and those of the first tokens alone are the same, and dropout moves with its step. */
static void test_passes(void **state)
{
    (void)state;
    struct fixture *f = begin("lora", 1);
    struct encoder_dropout later = dropout;
    double loss = label_loss(f), again = label_loss(f);
    assert_true(loss == again);
    later.step++;
    f->pass.dropout = &later;
    assert_true(label_loss(f) != loss);
    f->pass.dropout = NULL;
    double guessed = encoder_guess(f->encoder, &f->pass, f->lm_head, &masked, false);
    assert_true(isfinite(guessed) && guessed > 0);
    struct encoder_limits small = limits;
    small.learns = false;
    struct err err;
    struct encoder *reader = encoder_new(&shape, &small, NULL, &err);
    assert_non_null(reader);
    assert_true(encoder_memory(&shape, &small) < encoder_memory(&shape, &limits));
    size_t size = (size_t)f->batch->tokens * (size_t)shape.width * sizeof(float);
    float *states = malloc(size);
    assert_non_null(states);
    memcpy(states, encoder_forward(f->encoder, &f->pass), size);
    assert_memory_equal(encoder_forward(reader, &f->pass), states, size);
    float scores[SEQUENCES * 3];
    memcpy(scores, encoder_score(f->encoder, &f->pass), sizeof scores);
    assert_memory_equal(encoder_score(reader, &f->pass), scores, sizeof scores);
    free(states);
    encoder_free(reader);
    end(f);
}

static void check_refused(enum err_code code, const struct err *err, const char *word)
{
    assert_int_equal(code, ERR_INPUT);
    if (!strstr(err->message, word))
        fail_msg("'%s' does not say '%s'", err->message, word);
}

static void test_refused(void **state)
{
    (void)state;
    struct err err;
    struct encoder_shape wrong = shape;
    wrong.heads = 3;
    check_refused(encoder_shape_check(&wrong, &err), &err, "does not divide");
    wrong = shape;
    wrong.width = 0;
    check_refused(encoder_shape_check(&wrong, &err), &err, "hidden_size");
    wrong = shape;
    wrong.pad = 60;
    check_refused(encoder_shape_check(&wrong, &err), &err, "pad_token_id");
    wrong = shape;
    wrong.positions = 2;
    check_refused(encoder_shape_check(&wrong, &err), &err, "max_position_embeddings");
    wrong = shape;
    wrong.epsilon = (double)NAN;
    check_refused(encoder_shape_check(&wrong, &err), &err, "layer_norm_eps");
    struct batch *batch = batch_new(2, 40, &err);
    assert_false(batch_add(batch, (int32_t[41]){0}, 41));
    assert_true(batch_add(batch, (int32_t[]){3, 53}, 2));
    check_refused(batch_check(batch, &shape, &err), &err, "token 2: 53");
    batch_clear(batch);
    assert_true(batch_add(batch, (int32_t[]){3, 1}, 2));
    check_refused(batch_check(batch, &shape, &err), &err, "padding");
    batch_clear(batch);
    assert_true(batch_add(batch, (int32_t[]){3}, 1) && batch_add(batch, NULL, 0));
    check_refused(batch_check(batch, &shape, &err), &err, "sequence 2 has no tokens");
    batch_clear(batch);
    assert_true(batch_add(batch, (int32_t[23]){3}, 23));
    check_refused(batch_check(batch, &shape, &err), &err, "positions for 22");
    batch_free(batch);
    struct adapter_settings settings = {.rank = 21, .alpha = 16};
    assert_null(adapter_new(adapter_find("lora"), &shape, &settings, NULL, 1, 0, &err));
    check_refused(err.code, &err, "rank");
    settings = (struct adapter_settings){.rank = 2, .alpha = (double)NAN};
    assert_null(adapter_new(adapter_find("lora"), &shape, &settings, NULL, 1, 0, &err));
    check_refused(err.code, &err, "alpha");
    assert_null(adapter_find("nothing"));
}

static void test_rate(void **state)
{
    (void)state;
    assert_near(adamw_rate(5e-5, 0, 10, 100), 0, 0);
    assert_near(adamw_rate(5e-5, 4, 10, 100), 2e-5, 1e-18);
    assert_near(adamw_rate(5e-5, 10, 10, 100), 5e-5, 1e-18);
    assert_near(adamw_rate(5e-5, 55, 10, 100), 2.5e-5, 1e-18);
    assert_near(adamw_rate(5e-5, 100, 10, 100), 0, 0);
    assert_near(adamw_rate(5e-5, 200, 10, 100), 0, 0);
    assert_near(adamw_rate(5e-5, 0, 0, 4), 5e-5, 1e-18);
}

/* A few steps lower both losses. */
static void test_learns(void **state)
{
    (void)state;
    struct err err;
    struct fixture *f = begin("head", 2);
    struct tensors *sets[] = {f->base, f->adapter->head, f->lm_head};
    struct adamw *adamw[3];
    double first = label_loss(f) + guess_loss(f), last = first;
    for (int i = 0; i < 3; i++)
        adamw[i] = adamw_new(sets[i], &adamw_usual, &err);
    for (int step = 0; step < (program_slowness() > 1 ? 12 : 30); step++) {
        for (int i = 0; i < 3; i++)
            adamw_step(adamw[i], sets[i], 3e-3, f->pool);
        last = label_loss(f) + guess_loss(f);
    }
    print_message("%g, and at last %g\n", first, last);
    assert_true(last < 0.6 * first);
    adamw_reset(adamw[0]);
    assert_true(adamw[0]->steps == 0 && adamw[0]->first[7] == 0.0F);
    for (int i = 0; i < 3; i++)
        adamw_free(adamw[i]);
    end(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences), cmocka_unit_test(test_differences_each),
        cmocka_unit_test(test_threads),     cmocka_unit_test(test_frozen),
        cmocka_unit_test(test_schemes),     cmocka_unit_test(test_parts),
        cmocka_unit_test(test_passes),      cmocka_unit_test(test_small),
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_rate),
        cmocka_unit_test(test_learns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
