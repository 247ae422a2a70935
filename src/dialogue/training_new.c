/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/training_state.h"

#include <math.h>
#include <stdlib.h>

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_MEMORY, "no memory to train an encoder");
}

static enum err_code add_set(struct training *training, struct tensors *set, const char *kind, int number,
                             struct err *err)
{
    static const unsigned keeps[TRAINING_KINDS] = {[TRAINING_STANDARD] = TRAINED_BEST,
                                                   [TRAINING_META] = TRAINED_BEST,
                                                   [TRAINING_REPTILE] = TRAINED_BEST | TRAINED_ANCHOR};
    return trained_begin(&training->set[training->sets++], set, kind, number, keeps[training->setup.kind], err);
}

static enum err_code make_base(struct training *training, struct err *err)
{
    training->owns_base = training->setup.kind != TRAINING_ADAPT;
    if (!training->owns_base) { /* a pass does not write where there is no gradient */
        training->base = (struct tensors *)training->setup.base;
        return ERR_NONE;
    }
    training->base = tensors_copy(training->setup.base, err);
    return training->base == NULL ? err->code : add_set(training, training->base, "base", 0, err);
}

/* Learning that most candidates are wrong would take a small training half of its steps. */
static void begin_at_prior(const struct training *training, struct tensors *head)
{
    int bias = tensors_find(head, "classifier.out_proj.bias");
    float odds = (float)log((double)training->setup.examples->candidates - 1);
    if (bias < 0 || !training->setup.settings->prior)
        return;
    tensors_at(head, bias)[0] = odds / 2;
    tensors_at(head, bias)[1] = -odds / 2;
}

static enum err_code make_adapter(struct training *training, int number, struct err *err)
{
    const struct training_setup *setup = &training->setup;
    const struct adapter_method *scheme = setup->scheme;
    struct adapter_settings settings = {.rank = setup->rank, .alpha = setup->settings->alpha};
    if (setup->kind != TRAINING_ADAPT) {
        scheme = adapter_find(setup->kind == TRAINING_META ? "lora" : "head");
        settings.rank = setup->settings->rank;
    }
    int task = training->adapters > 1 ? training->first + number : training->first;
    training->adapter[number] = adapter_new(scheme, setup->shape, &settings, setup->base, setup->seed, task, err);
    if (training->adapter[number] == NULL)
        return err->code;
    begin_at_prior(training, training->adapter[number]->head);
    struct tensors *sets[ADAPTER_SETS];
    static const char *const kinds[ADAPTER_SETS] = {"first", "second", "third"};
    int count = adapter_sets(training->adapter[number], sets);
    training->adapter_set[number] = training->sets;
    enum err_code code = ERR_NONE;
    for (int i = 0; i < count && i < ADAPTER_SETS && code == ERR_NONE; i++)
        code = add_set(training, sets[i], kinds[i], number, err);
    training->adapter_set[number + 1] = training->sets;
    return code;
}

static enum err_code make_passes(struct training *training, struct err *err)
{
    const struct examples *examples = training->setup.examples;
    const struct dialogue_settings *settings = training->setup.settings;
    int sequences = settings->batch * examples->candidates;
    int tokens = settings->pass > examples->longest ? settings->pass : examples->longest;
    bool all_fits = (int64_t)sequences * examples->longest <= tokens;
    tokens = all_fits ? sequences * examples->longest : tokens;
    int rank = training->setup.kind == TRAINING_ADAPT ? training->setup.rank : settings->rank;
    const struct encoder_limits limits = {.sequences = sequences, .tokens = tokens, .rank = rank, .learns = true};
    training->encoder = encoder_new(training->setup.shape, &limits, training->setup.pool, err);
    training->batch = training->encoder == NULL ? NULL : batch_new(sequences, tokens, err);
    if (training->batch == NULL)
        return err->code;
    size_t tasks = (size_t)examples->tasks;
    training->label = calloc((size_t)sequences, sizeof *training->label);
    training->sequence = calloc((size_t)examples->longest, sizeof *training->sequence);
    training->order = calloc((size_t)examples->count, sizeof *training->order);
    training->order_number = calloc(tasks, sizeof *training->order_number);
    training->score = calloc((size_t)examples->candidates, sizeof *training->score);
    training->epoch = calloc((size_t)training->epochs, sizeof *training->epoch);
    training->now = calloc(tasks, sizeof *training->now);
    training->best = calloc(tasks, sizeof *training->best);
    training->dice = dice_new();
    if (training->label == NULL || training->sequence == NULL || training->order == NULL ||
        training->order_number == NULL || training->score == NULL || training->epoch == NULL || training->now == NULL ||
        training->best == NULL || training->dice == NULL)
        return no_memory(err);
    for (size_t i = 0; i < tasks; i++)
        training->order_number[i] = -1;
    return ERR_NONE;
}

static enum err_code make_all(struct training *training, struct err *err)
{
    const struct training_setup *setup = &training->setup;
    bool adapts = setup->kind == TRAINING_ADAPT;
    training->first = adapts ? setup->task : 0;
    training->tasks = adapts ? 1 : setup->examples->retraining;
    training->epochs = adapts ? setup->settings->adapt_epochs : setup->settings->epochs;
    training->adapters = setup->kind == TRAINING_META ? training->tasks : 1;
    training->epoch_steps = training_epoch_length(training);
    training->steps = training->epoch_steps * training->epochs;
    training->at = (struct training_position){.next = -1, .best = -1, .loss = (double)NAN};
    training->adapter = calloc((size_t)training->adapters, sizeof(struct adapter *));
    training->adapter_set = calloc((size_t)training->adapters + 1, sizeof *training->adapter_set);
    training->set = calloc(1 + (size_t)training->adapters * ADAPTER_SETS, sizeof *training->set);
    if (training->adapter == NULL || training->adapter_set == NULL || training->set == NULL)
        return no_memory(err);
    enum err_code code = make_base(training, err);
    for (int i = 0; i < training->adapters && code == ERR_NONE; i++)
        code = make_adapter(training, i, err);
    return code ? code : make_passes(training, err);
}

struct training *training_new(const struct training_setup *setup, struct err *err)
{
    struct training *training = calloc(1, sizeof *training);
    if (training == NULL) {
        no_memory(err);
        return NULL;
    }
    training->setup = *setup;
    if (make_all(training, err) == ERR_NONE)
        return training;
    training_free(training);
    return NULL;
}

void training_free(struct training *training)
{
    if (training == NULL)
        return;
    for (int i = 0; i < training->sets; i++)
        trained_free(&training->set[i]);
    for (int i = 0; training->adapter != NULL && i < training->adapters; i++)
        adapter_free(training->adapter[i]);
    if (training->owns_base)
        tensors_free(training->base);
    free((void *)training->adapter);
    free(training->adapter_set);
    free(training->set);
    encoder_free(training->encoder);
    batch_free(training->batch);
    free(training->label);
    free(training->sequence);
    free(training->order);
    free(training->order_number);
    free(training->score);
    free(training->epoch);
    free(training->now);
    free(training->best);
    dice_free(training->dice);
    free(training);
}
