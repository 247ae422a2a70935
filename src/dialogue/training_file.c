/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/training_state.h"

#include <stdlib.h>
#include <string.h>

static const char format_name[] = "rankscope training 1";

/* ---- which training it is: FNV-1a over what determines it ---- */

static void hash_task(uint64_t *hash, const struct examples *examples, int number)
{
    const struct examples_task *task = &examples->task[number];
    trained_hash_number(hash, task->training);
    trained_hash_number(hash, task->count);
    for (int i = task->first; i < task->first + task->count; i++) {
        const struct example *example = &examples->example[i];
        const int *start = examples->start + example->piece;
        trained_hash_number(hash, example->right);
        for (int j = 0; j <= example->candidates; j++)
            trained_hash_number(hash, start[j + 1] - start[j]);
        trained_hash(hash, examples->token + start[0],
                     (size_t)(start[example->candidates + 1] - start[0]) * sizeof *examples->token);
    }
}

static void hash_settings(uint64_t *hash, const struct training_setup *setup)
{
    const struct dialogue_settings *settings = setup->settings;
    bool adapts = setup->kind == TRAINING_ADAPT;
    const double numbers[] = {
        setup->kind,
        (double)(setup->seed >> 32),
        (double)(setup->seed & UINT32_MAX),
        settings->batch,
        settings->warm,
        settings->alpha,
        settings->dropout,
        settings->pass,
        settings->prior,
        adapts ? settings->adapt_epochs : settings->epochs,
        adapts ? settings->adapt_rate : settings->rate,
        adapts ? setup->rank : settings->rank,
        adapts ? setup->task : settings->inner,
        adapts ? 0 : settings->outer_rate,
        setup->shape->vocabulary,
        setup->shape->width,
        setup->shape->layers,
        setup->shape->heads,
        setup->shape->intermediate,
        setup->shape->positions,
        setup->shape->types,
        setup->shape->pad,
        setup->shape->epsilon,
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        trained_hash_number(hash, numbers[i]);
    if (adapts)
        trained_hash(hash, setup->scheme->name, strlen(setup->scheme->name));
}

uint64_t training_fingerprint(const struct training_setup *setup)
{
    uint64_t hash = TRAINED_HASH;
    hash_settings(&hash, setup);
    trained_hash_values(&hash, setup->base->value, setup->base->size);
    if (setup->kind == TRAINING_ADAPT)
        hash_task(&hash, setup->examples, setup->task);
    for (int i = 0; i < setup->examples->retraining && setup->kind != TRAINING_ADAPT; i++)
        hash_task(&hash, setup->examples, i);
    return hash;
}

/* ---- numbers, as whole ones, so that bits stay what they are ---- */

enum { POSITION = 13, EPOCH = 4, TASK = 3 };

static size_t count_numbers(const struct training *training)
{
    return POSITION + EPOCH * (size_t)training->epochs + (size_t)(2 * TASK) * (size_t)training->setup.examples->tasks;
}

static int64_t *put_epoch(int64_t *at, const struct training_epoch *epoch)
{
    at[0] = trained_bits(epoch->training_loss);
    at[1] = trained_bits(epoch->loss);
    at[2] = epoch->hits;
    at[3] = epoch->count;
    return at + EPOCH;
}

static const int64_t *get_epoch(const int64_t *at, struct training_epoch *epoch)
{
    *epoch = (struct training_epoch){trained_double(at[0]), trained_double(at[1]), (int)at[2], (int)at[3]};
    return at + EPOCH;
}

static int64_t *put_tasks(int64_t *at, const struct training_task *task, int count)
{
    for (int i = 0; i < count; i++, at += TASK) {
        at[0] = trained_bits(task[i].loss);
        at[1] = task[i].hits;
        at[2] = task[i].count;
    }
    return at;
}

static const int64_t *get_tasks(const int64_t *at, struct training_task *task, int count)
{
    for (int i = 0; i < count; i++, at += TASK)
        task[i] = (struct training_task){trained_double(at[0]), (int)at[1], (int)at[2]};
    return at;
}

static void put_numbers(const struct training *training, int64_t *number)
{
    const struct training_position *at = &training->at;
    const int64_t position[POSITION - EPOCH] = {at->step,
                                                at->pass,
                                                at->tokens,
                                                at->epoch,
                                                at->next,
                                                at->best,
                                                at->diverged,
                                                trained_bits(at->loss),
                                                trained_bits(at->loss_sum)};
    memcpy(number, position, sizeof position);
    number = put_epoch(number + POSITION - EPOCH, &at->now);
    for (int i = 0; i < training->epochs; i++)
        number = put_epoch(number, &training->epoch[i]);
    number = put_tasks(number, training->now, training->setup.examples->tasks);
    put_tasks(number, training->best, training->setup.examples->tasks);
}

static bool within(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

/* Numbers that no training can have had must not become indices. */
static bool get_numbers(struct training *training, const int64_t *number)
{
    const struct examples *examples = training->setup.examples;
    if (!within(number[0], 0, training->steps) || !within(number[1], 0, INT64_MAX) ||
        !within(number[2], 0, INT64_MAX) || !within(number[3], 0, training->epochs) ||
        !within(number[4], -1, examples->count) || !within(number[5], -1, number[3] - 1) || !within(number[6], 0, 1))
        return false;
    training->at = (struct training_position){
        .step = number[0],
        .pass = number[1],
        .tokens = number[2],
        .epoch = (int32_t)number[3],
        .next = (int32_t)number[4],
        .best = (int32_t)number[5],
        .diverged = (int32_t)number[6],
        .loss = trained_double(number[7]),
        .loss_sum = trained_double(number[8]),
    };
    number = get_epoch(number + POSITION - EPOCH, &training->at.now);
    for (int i = 0; i < training->epochs; i++)
        number = get_epoch(number, &training->epoch[i]);
    number = get_tasks(number, training->now, examples->tasks);
    get_tasks(number, training->best, examples->tasks);
    /* steps and epochs go together: all of an epoch's are taken when it is evaluated */
    int64_t least = (training->at.epoch + (training->at.next >= 0)) * training->epoch_steps;
    bool trains = training->at.next < 0 && training->at.epoch < training->epochs;
    return within(training->at.step, least, least + (trains ? training->epoch_steps - 1 : 0));
}

/* ---- files ---- */

static enum err_code state_of(const struct training *training, const char *path, struct trained_state *state,
                              struct err *err)
{
    *state = (struct trained_state){
        .format = format_name,
        .fingerprint = training_fingerprint(&training->setup),
        .set = training->set,
        .sets = training->sets,
        .numbers = count_numbers(training),
    };
    state->number = calloc(state->numbers, sizeof *state->number);
    if (state->number == NULL)
        return err_set(err, ERR_MEMORY, "%s: no memory for the training's numbers", path);
    return ERR_NONE;
}

enum err_code training_write(const struct training *training, const char *path, struct err *err)
{
    struct trained_state state;
    if (state_of(training, path, &state, err))
        return err->code;
    put_numbers(training, state.number);
    enum err_code code = trained_write(&state, path, err);
    free(state.number);
    return code;
}

enum err_code training_read(struct training *training, const char *path, struct err *err)
{
    struct trained_state state;
    if (state_of(training, path, &state, err))
        return err->code;
    enum err_code code = trained_read(&state, path, err);
    if (code == ERR_NONE && !get_numbers(training, state.number))
        code = err_set(err, ERR_INPUT, "%s: tensor \"numbers\": no training can have had these", path);
    for (int i = 0; i < training->tasks; i++)
        training->order_number[i] = -1;
    free(state.number);
    return code;
}
