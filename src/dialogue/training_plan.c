/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/training_state.h"

static int batches_of(const struct training *training, int task)
{
    int batch = training->setup.settings->batch;
    return (training->setup.examples->task[training->first + task].training + batch - 1) / batch;
}

static int fewest_batches(const struct training *training)
{
    int fewest = batches_of(training, 0);
    for (int i = 1; i < training->tasks; i++)
        fewest = batches_of(training, i) < fewest ? batches_of(training, i) : fewest;
    return fewest;
}

static int64_t all_batches(const struct training *training)
{
    int64_t all = 0;
    for (int i = 0; i < training->tasks; i++)
        all += batches_of(training, i);
    return all;
}

int64_t training_epoch_length(const struct training *training)
{
    int64_t inner = training->setup.settings->inner;
    int64_t all = all_batches(training);
    switch (training->setup.kind) {
    case TRAINING_META:
        return (int64_t)fewest_batches(training) * training->tasks;
    case TRAINING_REPTILE:
        return 2 * all < inner ? inner : (all + inner / 2) / inner * inner;
    default:
        return all;
    }
}

/* Rounds over the tasks; who has no batch left is passed over. */
static struct training_slot in_turn(const struct training *training, int64_t at)
{
    for (int round = 0;; round++)
        for (int task = 0; task < training->tasks; task++)
            if (round < batches_of(training, task) && at-- == 0)
                return (struct training_slot){.task = task, .batch = round};
}

struct training_slot training_slot(const struct training *training, int64_t step)
{
    int64_t inner = training->setup.settings->inner;
    struct training_slot slot;
    if (training->setup.kind == TRAINING_REPTILE) {
        int64_t loop = step / inner;
        slot.task = (int)(loop % training->tasks);
        int64_t seen = loop / training->tasks * inner + step % inner; /* batches of this task before */
        slot.batch = (int)(seen % batches_of(training, slot.task));
        slot.order = seen / batches_of(training, slot.task);
        return slot;
    }
    slot = in_turn(training, step % training->epoch_steps);
    slot.order = step / training->epoch_steps;
    return slot;
}
