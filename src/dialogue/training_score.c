/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/training_state.h"

#include <math.h>

enum { LABELS = 2 };

/* Mean cross-entropy of right against wrong over an example's pairs; fills in their scores. */
static double score_example(struct training *training, int number)
{
    const struct examples *examples = training->setup.examples;
    const struct example *example = &examples->example[number];
    int task = examples_task_of(examples, number) - training->first;
    const struct encoder_pass pass = {
        .base = training->base,
        .adapter = training->adapter[training->adapters > 1 && task >= 0 && task < training->adapters ? task : 0],
        .batch = training->batch,
    };
    double loss = 0;
    for (int candidate = 0; candidate < example->candidates;) {
        int first = candidate;
        batch_clear(training->batch);
        while (candidate < example->candidates &&
               batch_add(training->batch, training->sequence,
                         examples_sequence(examples, number, candidate, training->sequence)))
            candidate++;
        const float *logits = encoder_score(training->encoder, &pass);
        for (int i = first; i < candidate; i++) {
            double wrong = (double)logits[(size_t)(i - first) * LABELS];
            double right = (double)logits[(size_t)(i - first) * LABELS + 1];
            double other = i == example->right ? wrong - right : right - wrong;
            loss += (other > 0 ? other : 0) + log1p(exp(-fabs(other)));
            training->score[i] = right;
        }
    }
    return loss / example->candidates;
}

void training_score(struct training *training, int example, double *scores)
{
    score_example(training, example);
    for (int i = 0; i < training->setup.examples->example[example].candidates; i++)
        scores[i] = training->score[i];
}

static bool is_held_out(const struct training *training, int number)
{
    const struct examples *examples = training->setup.examples;
    const struct examples_task *task = &examples->task[examples_task_of(examples, number)];
    return number - task->first >= task->training;
}

static struct training_task judge_example(struct training *training, int number)
{
    const struct example *example = &training->setup.examples->example[number];
    double loss = score_example(training, number);
    bool hit = true;
    for (int i = 0; i < example->candidates; i++)
        hit = hit && (i == example->right || training->score[i] < training->score[example->right]);
    return (struct training_task){.loss = loss, .hits = hit, .count = 1};
}

struct training_task training_judge(struct training *training)
{
    const struct examples_task *task = &training->setup.examples->task[training->first];
    struct training_task all = {.loss = 0};
    for (int i = task->training; i < task->count; i++) {
        struct training_task one = judge_example(training, task->first + i);
        all.loss += one.loss;
        all.hits += one.hits;
        all.count++;
    }
    return all;
}

bool training_evaluate(struct training *training)
{
    struct training_position *at = &training->at;
    const struct examples *examples = training->setup.examples;
    const struct examples_task *last = &examples->task[training->first + training->tasks - 1];
    while (at->next < last->first + last->count && !is_held_out(training, at->next))
        at->next++;
    if (at->next >= last->first + last->count)
        return false;
    int number = at->next++;
    struct training_task one = judge_example(training, number);
    struct training_task *task = &training->now[examples_task_of(examples, number)];
    task->loss += one.loss;
    task->hits += one.hits;
    task->count++;
    at->now.loss += one.loss;
    at->now.hits += one.hits;
    at->now.count++;
    return true;
}
