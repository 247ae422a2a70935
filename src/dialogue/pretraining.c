/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/pretraining.h"

#include "dialogue/dice.h"
#include "dialogue/trained.h"
#include "model/encoder/batch.h"
#include "model/encoder/encoder.h"

#include <math.h>
#include <stdlib.h>

const struct pretraining_settings pretraining_small = {
    .seed = 1, .steps = 800, .batch = 48, .rate = 2e-3, .warm = 0.1, .dropout = 0.1, .share = 0.15};

static const char format_name[] = "rankscope pretraining 1";

enum { BASE, HEAD, SETS };
enum { STEP, TOKENS, FINITE, LOSS, NUMBERS };

struct pretraining {
    struct pretraining_setup setup;
    int64_t step, tokens;
    bool finite;
    double loss;
    struct tensors *base, *head;
    struct trained set[SETS];
    struct encoder *encoder;
    struct batch *batch;
    struct dice *dice;
    int32_t *sequence;
    int *order; /* examples */
    int64_t order_number;
    int *place; /* batch->tokens_max */
    int32_t *want;
};

static enum err_code make_sets(struct pretraining *pretraining, struct err *err)
{
    const struct encoder_shape *shape = pretraining->setup.shape;
    uint64_t seed = pretraining->setup.settings->seed;
    pretraining->base = encoder_base_new(shape, err);
    if (pretraining->base == NULL)
        return err->code;
    pretraining->head = encoder_lm_head_new(shape, err);
    if (pretraining->head == NULL)
        return err->code;
    if (encoder_start(pretraining->base, shape, seed, err) || encoder_start(pretraining->head, shape, seed, err))
        return err->code;
    enum err_code code = trained_begin(&pretraining->set[BASE], pretraining->base, "base", 0, 0, err);
    return code ? code : trained_begin(&pretraining->set[HEAD], pretraining->head, "head", 0, 0, err);
}

static enum err_code make_passes(struct pretraining *pretraining, struct err *err)
{
    const struct examples *examples = pretraining->setup.examples;
    int sequences = pretraining->setup.settings->batch;
    if (sequences > examples->count)
        return err_set(err, ERR_INPUT, "a batch of %d is larger than the %d examples there are", sequences,
                       examples->count);
    int tokens = sequences * examples->longest;
    const struct encoder_limits limits = {.sequences = sequences, .tokens = tokens, .learns = true, .masked = tokens};
    pretraining->encoder = encoder_new(pretraining->setup.shape, &limits, pretraining->setup.pool, err);
    pretraining->batch = pretraining->encoder == NULL ? NULL : batch_new(sequences, tokens, err);
    if (pretraining->batch == NULL)
        return err->code;
    pretraining->dice = dice_new();
    pretraining->sequence = calloc((size_t)examples->longest, sizeof *pretraining->sequence);
    pretraining->order = calloc((size_t)examples->count, sizeof *pretraining->order);
    pretraining->place = calloc((size_t)tokens, sizeof *pretraining->place);
    pretraining->want = calloc((size_t)tokens, sizeof *pretraining->want);
    if (pretraining->dice == NULL || pretraining->sequence == NULL || pretraining->order == NULL ||
        pretraining->place == NULL || pretraining->want == NULL)
        return err_set(err, ERR_MEMORY, "no memory to pretrain an encoder");
    return ERR_NONE;
}

struct pretraining *pretraining_new(const struct pretraining_setup *setup, struct err *err)
{
    struct pretraining *pretraining = calloc(1, sizeof *pretraining);
    if (pretraining == NULL) {
        err_set(err, ERR_MEMORY, "no memory to pretrain an encoder");
        return NULL;
    }
    pretraining->setup = *setup;
    pretraining->loss = (double)NAN;
    pretraining->finite = true;
    pretraining->order_number = -1;
    enum err_code code = make_sets(pretraining, err);
    code = code ? code : make_passes(pretraining, err);
    if (code == ERR_NONE)
        return pretraining;
    pretraining_free(pretraining);
    return NULL;
}

void pretraining_free(struct pretraining *pretraining)
{
    if (pretraining == NULL)
        return;
    for (int i = 0; i < SETS; i++)
        trained_free(&pretraining->set[i]);
    tensors_free(pretraining->base);
    tensors_free(pretraining->head);
    encoder_free(pretraining->encoder);
    batch_free(pretraining->batch);
    dice_free(pretraining->dice);
    free(pretraining->sequence);
    free(pretraining->order);
    free(pretraining->place);
    free(pretraining->want);
    free(pretraining);
}

/* ---- steps ---- */

/* Batches go through all examples in an order of each epoch's own; what does not fill the last one is left out. */
static void fill_batch(struct pretraining *pretraining)
{
    const struct examples *examples = pretraining->setup.examples;
    const struct pretraining_settings *settings = pretraining->setup.settings;
    int64_t batches = examples->count / settings->batch;
    int64_t epoch = pretraining->step / batches;
    if (epoch != pretraining->order_number) {
        for (int i = 0; i < examples->count; i++)
            pretraining->order[i] = i;
        dice_begin(pretraining->dice, settings->seed, DICE_ORDER, UINT64_MAX, (uint64_t)epoch);
        dice_shuffle(pretraining->dice, pretraining->order, examples->count);
        pretraining->order_number = epoch;
    }
    const int *order = pretraining->order + pretraining->step % batches * settings->batch;
    batch_clear(pretraining->batch);
    for (int i = 0; i < settings->batch; i++) {
        int length = examples_sequence(examples, order[i], examples->example[order[i]].right, pretraining->sequence);
        batch_add(pretraining->batch, pretraining->sequence, length);
    }
}

static bool is_text(const struct pretraining *pretraining, int32_t token)
{
    return token != bpe_special(pretraining->setup.bpe, BPE_BEGIN) &&
           token != bpe_special(pretraining->setup.bpe, BPE_END);
}

/* Hides some tokens of the batch. Returns how many. */
static int hide(struct pretraining *pretraining)
{
    enum { PARTS = 10000, ANY = 9, KEPT = 10 };
    const struct pretraining_settings *settings = pretraining->setup.settings;
    struct batch *batch = pretraining->batch;
    int share = (int)(settings->share * PARTS);
    int count = 0;
    dice_begin(pretraining->dice, settings->seed, DICE_MASK, (uint64_t)pretraining->step, 0);
    for (int i = 0; i < batch->tokens; i++) {
        if (!is_text(pretraining, batch->ids[i]) || dice_below(pretraining->dice, PARTS) >= share)
            continue;
        pretraining->place[count] = i;
        pretraining->want[count++] = batch->ids[i];
        int how = 1 + dice_below(pretraining->dice, KEPT);
        if (how < ANY)
            batch->ids[i] = bpe_special(pretraining->setup.bpe, BPE_MASK);
        else if (how == ANY)
            batch->ids[i] =
                BPE_SPECIALS - 1 + dice_below(pretraining->dice, bpe_size(pretraining->setup.bpe) - BPE_SPECIALS);
    }
    return count;
}

bool pretraining_step(struct pretraining *pretraining)
{
    const struct pretraining_settings *settings = pretraining->setup.settings;
    if (pretraining->step >= settings->steps || !pretraining->finite)
        return false;
    fill_batch(pretraining);
    const struct encoder_masked masked = {hide(pretraining), pretraining->place, pretraining->want};
    const struct encoder_dropout dropout = {settings->dropout, settings->dropout, settings->dropout,
                                            settings->dropout, settings->seed,    (uint64_t)pretraining->step};
    const struct encoder_pass pass = {pretraining->base, NULL, pretraining->batch, &dropout};
    pretraining->tokens += pretraining->batch->tokens;
    if (masked.count > 0) {
        pretraining->loss = encoder_guess(pretraining->encoder, &pass, pretraining->head, &masked, true);
        pretraining->finite = isfinite(pretraining->loss);
        double rate =
            adamw_rate(settings->rate, pretraining->step, (int64_t)(settings->warm * settings->steps), settings->steps);
        for (int i = 0; i < SETS && pretraining->finite; i++)
            adamw_step(pretraining->set[i].adamw, pretraining->set[i].set, rate, pretraining->setup.pool);
    }
    pretraining->step++;
    return pretraining->finite;
}

int64_t pretraining_steps(const struct pretraining *pretraining)
{
    return pretraining->step;
}

int64_t pretraining_tokens(const struct pretraining *pretraining)
{
    return pretraining->tokens;
}

double pretraining_loss(const struct pretraining *pretraining)
{
    return pretraining->loss;
}

struct tensors *pretraining_base(const struct pretraining *pretraining)
{
    return pretraining->base;
}

struct tensors *pretraining_head(const struct pretraining *pretraining)
{
    return pretraining->head;
}

/* ---- files ---- */

static uint64_t fingerprint(const struct pretraining_setup *setup)
{
    const struct pretraining_settings *settings = setup->settings;
    const struct encoder_shape *shape = setup->shape;
    const double numbers[] = {
        (double)(settings->seed >> 32),
        (double)(settings->seed & UINT32_MAX),
        settings->steps,
        settings->batch,
        settings->rate,
        settings->warm,
        settings->dropout,
        settings->share,
        shape->vocabulary,
        shape->width,
        shape->layers,
        shape->heads,
        shape->intermediate,
        shape->positions,
        shape->types,
        shape->pad,
        shape->epsilon,
    };
    uint64_t hash = TRAINED_HASH;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        trained_hash_number(&hash, numbers[i]);
    const struct examples *examples = setup->examples;
    for (int i = 0; i < examples->count; i++) {
        const struct example *example = &examples->example[i];
        const int *start = examples->start + example->piece;
        trained_hash_number(&hash, example->right);
        trained_hash(&hash, examples->token + start[0],
                     (size_t)(start[example->candidates + 1] - start[0]) * sizeof *examples->token);
    }
    return hash;
}

static struct trained_state state_of(const struct pretraining *pretraining, int64_t number[NUMBERS])
{
    return (struct trained_state){
        .format = format_name,
        .fingerprint = fingerprint(&pretraining->setup),
        .set = (struct trained *)pretraining->set,
        .sets = SETS,
        .number = number,
        .numbers = NUMBERS,
    };
}

enum err_code pretraining_write(const struct pretraining *pretraining, const char *path, struct err *err)
{
    int64_t number[NUMBERS] = {pretraining->step, pretraining->tokens, pretraining->finite,
                               trained_bits(pretraining->loss)};
    struct trained_state state = state_of(pretraining, number);
    return trained_write(&state, path, err);
}

enum err_code pretraining_read(struct pretraining *pretraining, const char *path, struct err *err)
{
    int64_t number[NUMBERS];
    struct trained_state state = state_of(pretraining, number);
    if (trained_read(&state, path, err))
        return err->code;
    if (number[STEP] < 0 || number[STEP] > pretraining->setup.settings->steps || number[TOKENS] < 0 ||
        number[FINITE] < 0 || number[FINITE] > 1)
        return err_set(err, ERR_INPUT, "%s: tensor \"numbers\": no pretraining can have had these", path);
    pretraining->step = number[STEP];
    pretraining->tokens = number[TOKENS];
    pretraining->finite = number[FINITE];
    pretraining->loss = trained_double(number[LOSS]);
    pretraining->order_number = -1;
    return ERR_NONE;
}
