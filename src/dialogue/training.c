/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/training.h"

#include "dialogue/training_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const training_names[TRAINING_KINDS] = {"standard", "meta", "reptile", "adapt"};

/* ---- steps ---- */

/* The order of a task's examples in its present epoch. */
static const int *order_of(struct training *training, const struct training_slot *slot)
{
    const struct examples_task *task = &training->setup.examples->task[training->first + slot->task];
    int *order = training->order + task->first;
    if (training->order_number[slot->task] != slot->order) {
        for (int i = 0; i < task->training; i++)
            order[i] = task->first + i;
        dice_begin(training->dice, training->setup.seed, DICE_ORDER, (uint64_t)training->first + (uint64_t)slot->task,
                   (uint64_t)slot->order);
        dice_shuffle(training->dice, order, task->training);
        training->order_number[slot->task] = slot->order;
    }
    return order;
}

static double learn_part(struct training *training, int adapter, double pairs)
{
    const struct dialogue_settings *settings = training->setup.settings;
    const struct encoder_dropout dropout = {settings->dropout, settings->dropout,    settings->dropout,
                                            settings->dropout, training->setup.seed, (uint64_t)training->at.pass++};
    const struct encoder_pass pass = {training->base, training->adapter[adapter], training->batch, &dropout};
    training->at.tokens += training->batch->tokens;
    return encoder_learn(training->encoder, &pass, training->label, pairs);
}

/* Adds the gradients of a batch, which comes in parts where it is large. Returns its loss. */
static double learn_batch(struct training *training, const int *example, int count, int adapter)
{
    const struct examples *examples = training->setup.examples;
    struct batch *batch = training->batch;
    double pairs = 0;
    double loss = 0;
    for (int i = 0; i < count; i++)
        pairs += examples->example[example[i]].candidates;
    batch_clear(batch);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < examples->example[example[i]].candidates; j++) {
            int length = examples_sequence(examples, example[i], j, training->sequence);
            if (!batch_add(batch, training->sequence, length)) {
                loss += learn_part(training, adapter, pairs);
                batch_clear(batch);
                batch_add(batch, training->sequence, length);
            }
            training->label[batch->sequences - 1] = j == examples->example[example[i]].right;
        }
    return loss + learn_part(training, adapter, pairs);
}

/* Reptile: where the inner steps begin, and what is made of them. */
static void drop_anchor(struct training *training)
{
    for (int i = 0; i < training->sets; i++) {
        tensors_assign(training->set[i].anchor, training->set[i].set);
        adamw_reset(training->set[i].adamw);
    }
}

static void move_outward(struct training *training)
{
    float part = (float)training->setup.settings->outer_rate;
    for (int i = 0; i < training->sets; i++) {
        const float *from = training->set[i].anchor->value;
        float *to = training->set[i].set->value;
        for (size_t j = 0; j < training->set[i].set->size; j++)
            to[j] = from[j] + part * (to[j] - from[j]);
    }
}

static void step_set(struct training *training, int set, double rate)
{
    adamw_step(training->set[set].adamw, training->set[set].set, rate, training->setup.pool);
}

static void train(struct training *training)
{
    const struct dialogue_settings *settings = training->setup.settings;
    struct training_position *at = &training->at;
    bool reptile = training->setup.kind == TRAINING_REPTILE;
    struct training_slot slot = training_slot(training, at->step);
    const int *order = order_of(training, &slot) + (size_t)slot.batch * (size_t)settings->batch;
    int left = training->setup.examples->task[training->first + slot.task].training - slot.batch * settings->batch;
    int adapter = training->adapters > 1 ? slot.task : 0;
    if (reptile && at->step % settings->inner == 0)
        drop_anchor(training);
    at->loss = learn_batch(training, order, left < settings->batch ? left : settings->batch, adapter);
    if (!isfinite(at->loss)) {
        at->diverged = 1;
        return;
    }
    double peak = training->setup.kind == TRAINING_ADAPT ? settings->adapt_rate : settings->rate;
    double rate = adamw_rate(peak, at->step, (int64_t)(settings->warm * (double)training->steps), training->steps);
    for (int i = 0; i < training->adapter_set[0]; i++)
        step_set(training, i, rate);
    for (int i = training->adapter_set[adapter]; i < training->adapter_set[adapter + 1]; i++)
        step_set(training, i, rate);
    at->loss_sum += at->loss;
    at->step++;
    if (reptile && at->step % settings->inner == 0)
        move_outward(training);
    if (at->step % training->epoch_steps == 0)
        at->next = training->setup.examples->task[training->first].first;
}

/* ---- epochs ---- */

static void begin_epoch(struct training *training)
{
    training->at.next = -1;
    training->at.loss_sum = 0;
    training->at.now = (struct training_epoch){0};
    memset(training->now, 0, (size_t)training->setup.examples->tasks * sizeof *training->now);
}

static bool is_best(const struct training *training, const struct training_epoch *epoch)
{
    if (training->setup.kind == TRAINING_ADAPT || training->at.best < 0)
        return true;
    const struct training_epoch *best = &training->epoch[training->at.best];
    return epoch->hits > best->hits || (epoch->hits == best->hits && epoch->loss < best->loss);
}

static void end_epoch(struct training *training)
{
    struct training_position *at = &training->at;
    struct training_epoch *epoch = &training->epoch[at->epoch];
    *epoch = at->now;
    epoch->training_loss = at->loss_sum / (double)training->epoch_steps;
    epoch->loss = epoch->count > 0 ? epoch->loss / epoch->count : (double)NAN;
    if (is_best(training, epoch)) {
        at->best = at->epoch;
        memcpy(training->best, training->now, (size_t)training->setup.examples->tasks * sizeof *training->best);
        for (int i = 0; i < training->sets; i++)
            if (training->set[i].best != NULL)
                tensors_assign(training->set[i].best, training->set[i].set);
    }
    at->epoch++;
    begin_epoch(training);
}

enum training_status training_status(const struct training *training)
{
    if (training->at.diverged)
        return TRAINING_DIVERGED;
    return training->at.epoch == training->epochs ? TRAINING_DONE : TRAINING_GOES_ON;
}

enum training_status training_step(struct training *training)
{
    if (training_status(training) != TRAINING_GOES_ON)
        return training_status(training);
    if (training->at.next < 0)
        train(training);
    else if (!training_evaluate(training))
        end_epoch(training);
    return training_status(training);
}

/* ---- what can be asked ---- */

const struct training_setup *training_setup_of(const struct training *training)
{
    return &training->setup;
}

const struct training_position *training_at(const struct training *training)
{
    return &training->at;
}

int training_epochs(const struct training *training)
{
    return training->epochs;
}

int64_t training_steps(const struct training *training)
{
    return training->steps;
}

const struct training_epoch *training_epoch(const struct training *training, int epoch)
{
    return &training->epoch[epoch];
}

const struct training_task *training_results(const struct training *training)
{
    return training->best;
}

const struct tensors *training_base(const struct training *training)
{
    return training->base;
}

struct adapter *training_adapter(const struct training *training)
{
    return training->adapter[0];
}

const struct tensors *training_best(const struct training *training)
{
    bool kept = training->owns_base && training->at.best >= 0;
    return kept ? training->set[0].best : training->base;
}
