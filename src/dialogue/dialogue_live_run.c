/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "base/halt.h"
#include "base/text.h"
#include "dialogue/dialogue_live_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a turn ---- */

static void copy_text(char text[VIEW_TEXT], const char *from)
{
    size_t length = strlen(from);
    if (length >= VIEW_TEXT)
        for (length = VIEW_TEXT - 1; length > 0 && ((unsigned char)from[length] & 0xc0) == 0x80;)
            length--; /* within a character */
    snprintf(text, VIEW_TEXT, "%.*s", (int)length, from);
    text_clean(text);
}

/* What was said before and is answered, as far as there is room. */
static void copy_dialogue(const struct convai *corpus, int turn, struct dialogue_view_turn *view)
{
    int first = turn;
    for (int i = 0; i < corpus->dialogues; i++)
        if (turn >= corpus->dialogue[i].first && turn < corpus->dialogue[i].first + corpus->dialogue[i].turns)
            first = corpus->dialogue[i].first;
    int lines = 2 * (turn - first) + 1;
    view->said = lines < VIEW_SAID ? lines : VIEW_SAID - 1; /* begins with an utterance */
    for (int i = 0; i < view->said; i++) {
        int line = lines - view->said + i;
        const struct convai_turn *said = &corpus->turn[first + line / 2];
        copy_text(view->text[i], line % 2 == 0 ? said->utterance : said->reply);
    }
}

static void score_turn(struct dialogue_live *live, int number)
{
    double *scores = calloc((size_t)live->project.examples.candidates, sizeof *scores);
    for (int i = 0; i < VIEW_METHODS; i++) {
        struct dialogue_view_method *method = &live->now.method[i];
        if (scores != NULL && live->training[i] != NULL)
            training_score(live->training[i], number, scores);
        for (int j = 0; j < live->now.turn.candidates; j++)
            method->score[j] = scores != NULL && live->training[i] != NULL ? scores[j] : (double)NAN;
    }
    free(scores);
}

void talk_show_turn(struct dialogue_live *live)
{
    struct dialogue_view_turn *view = &live->now.turn;
    pthread_mutex_lock(&live->mutex);
    int wished = live->shown = live->turn;
    pthread_mutex_unlock(&live->mutex);
    if (live->held_outs == 0)
        return;
    const struct examples *examples = &live->project.examples;
    view->turns = live->held_outs;
    view->number = (wished % live->held_outs + live->held_outs) % live->held_outs;
    int number = live->held_out[view->number];
    const struct example *example = &examples->example[number];
    const struct convai_turn *turn = &live->project.corpus.turn[example->turn];
    view->persona = examples->task[examples_task_of(examples, number)].persona + 1;
    view->candidates = turn->candidates < VIEW_CANDIDATES ? turn->candidates : VIEW_CANDIDATES;
    view->right = turn->right;
    copy_dialogue(&live->project.corpus, example->turn, view);
    for (int i = 0; i < view->candidates; i++)
        copy_text(view->candidate[i], turn->candidate[i]);
    score_turn(live, number);
}

static enum err_code find_held_out(struct dialogue_live *live, struct err *err)
{
    const struct examples *examples = &live->project.examples;
    live->held_out = calloc((size_t)examples->count, sizeof *live->held_out);
    if (live->held_out == NULL)
        return err_set(err, ERR_MEMORY, "no memory for held-out turns");
    for (int i = 0; i < examples->retraining; i++)
        for (int j = examples->task[i].training; j < examples->task[i].count; j++)
            live->held_out[live->held_outs++] = examples->task[i].first + j;
    return ERR_NONE;
}

/* ---- what comes first ---- */

static enum err_code pretrain(struct dialogue_live *live, struct err *err)
{
    struct project_pretrain pretrain;
    const struct dialogue_live_setup *setup = &live->setup;
    if (project_pretrain_begin(&pretrain, live->folder, NULL, setup->vocabulary, &setup->shape, &setup->settings,
                               &setup->pretraining, &live->ending, err))
        return err->code;
    live->now.steps = setup->pretraining.steps;
    bool goes_on;
    while ((goes_on = talk_goes_on(live)) && pretraining_step(pretrain.pretraining)) {
        live->now.step = (long)pretraining_steps(pretrain.pretraining);
        live->now.loss = pretraining_loss(pretrain.pretraining);
    }
    enum err_code code = ERR_NONE;
    if (goes_on)
        code = project_pretrain_end(&pretrain, err);
    else if (pretraining_steps(pretrain.pretraining) > 0)
        code = project_pretrain_save(&pretrain, err);
    project_pretrain_free(&pretrain);
    return code;
}

static enum err_code open_project(struct dialogue_live *live, struct err *err)
{
    const struct dialogue_live_setup *setup = &live->setup;
    int lock = -1;
    bool lacks = !project_has_corpus(live->folder) || !project_has_model(live->folder);
    enum err_code code = project_make_folder(live->folder, err);
    if (code == ERR_NONE && lacks)
        code = project_lock(live->folder, &lock, err);
    if (code == ERR_NONE && !project_has_corpus(live->folder))
        code = project_generate(live->folder, NULL, &setup->personas, &live->ending, err);
    if (code == ERR_NONE && !project_has_model(live->folder))
        code = pretrain(live, err);
    project_unlock(lock);
    if (code != ERR_NONE || !talk_goes_on(live))
        return code;
    code = project_open(&live->project, live->folder, NULL, NULL, &setup->settings, &live->ending, err);
    live->opened = code == ERR_NONE;
    live->movement = live->opened ? movement_new(&live->project.encoder.shape) : NULL;
    if (live->opened && live->movement == NULL)
        return err_set(err, ERR_MEMORY, "no memory to measure movements");
    return code ? code : find_held_out(live, err);
}

/* ---- trainings ---- */

static void note_epochs(const struct training *training, struct dialogue_view_epoch *epoch, int *epochs)
{
    *epochs = training_at(training)->epoch < VIEW_EPOCHS ? training_at(training)->epoch : VIEW_EPOCHS;
    for (int i = 0; i < *epochs; i++) {
        const struct training_epoch *from = training_epoch(training, i);
        epoch[i] = (struct dialogue_view_epoch){from->training_loss, from->loss, from->hits, from->count};
    }
}

static void note(struct dialogue_live *live, int number)
{
    const struct training *training = live->training[number];
    const struct training_position *at = training_at(training);
    struct dialogue_view_method *method = &live->now.method[number];
    int before = method->epochs;
    method->step = (long)at->step;
    method->steps = (long)training_steps(training);
    method->loss = at->loss;
    method->diverged = at->diverged;
    if (at->next < 0 && live->seconds[number] > 0)
        method->tokens = (double)at->tokens / live->seconds[number];
    note_epochs(training, method->epoch, &method->epochs);
    if (method->epochs > before) {
        movement_measure(live->movement, live->project.encoder.base, training_base(training), method->layer,
                         &method->layers);
        talk_show_turn(live);
    }
}

/* A step of a training, whose time counts where it trained. */
static void step(struct dialogue_live *live, int number)
{
    int64_t start = clock_now();
    int64_t before = training_at(live->training[number])->step;
    training_step(live->training[number]);
    if (training_at(live->training[number])->step > before)
        live->seconds[number] += (double)(clock_now() - start) / CLOCK_SECOND;
}

static struct training_setup setup_of(const struct dialogue_live *live, enum training_kind kind)
{
    return (struct training_setup){
        .kind = kind,
        .examples = &live->project.examples,
        .shape = &live->project.encoder.shape,
        .settings = &live->project.settings,
        .base = live->project.encoder.base,
    };
}

static bool goes_on(const struct training *training)
{
    return training_status(training) == TRAINING_GOES_ON;
}

static enum err_code retrain(struct dialogue_live *live, struct err *err)
{
    live->now.stage = DIALOGUE_RETRAINING;
    live->now.chance = 1.0 / live->project.examples.candidates;
    for (int i = 0; i < VIEW_METHODS; i++) {
        if (halt_asked(&live->ending, err))
            return err->code;
        struct training_setup setup = setup_of(live, (enum training_kind)i);
        live->training[i] = training_new(&setup, err);
        if (live->training[i] == NULL)
            return err->code;
    }
    talk_show_turn(live);
    talk_publish(live);
    while ((goes_on(live->training[0]) || goes_on(live->training[1])) && talk_goes_on(live))
        for (int i = 0; i < VIEW_METHODS; i++)
            if (goes_on(live->training[i]) && !atomic_load(&live->ending)) {
                step(live, i);
                note(live, i);
            }
    return ERR_NONE;
}

/* Both bases to one persona. */
static enum err_code adapt_to(struct dialogue_live *live, int persona, struct err *err)
{
    for (int i = 0; i < VIEW_METHODS; i++) {
        if (halt_asked(&live->ending, err))
            return err->code;
        struct training_setup setup = setup_of(live, TRAINING_ADAPT);
        setup.base = training_best(live->training[i]);
        setup.scheme = adapter_find("lora");
        setup.rank = live->setup.rank;
        setup.task = live->project.examples.retraining + persona;
        struct training *training = training_new(&setup, err);
        if (training == NULL)
            return err->code;
        while (goes_on(training) && talk_goes_on(live))
            training_step(training);
        struct dialogue_view_method *method = &live->now.method[i];
        for (int j = 0; !goes_on(training) && j < training_at(training)->epoch && j < VIEW_EPOCHS; j++) {
            const struct training_epoch *epoch = training_epoch(training, j);
            method->adapt_epochs = j + 1 > method->adapt_epochs ? j + 1 : method->adapt_epochs;
            method->adapt[j].hits += epoch->hits;
            method->adapt[j].count += epoch->count;
        }
        method->adapted += !goes_on(training);
        training_free(training);
    }
    return ERR_NONE;
}

enum err_code talk_run(struct dialogue_live *live, struct err *err)
{
    enum err_code code = open_project(live, err);
    if (code != ERR_NONE || !live->opened)
        return code;
    code = retrain(live, err);
    live->now.stage = DIALOGUE_ADAPTING;
    live->now.unseen = live->project.examples.tasks - live->project.examples.retraining;
    for (int i = 0; i < live->now.unseen && code == ERR_NONE && talk_goes_on(live); i++)
        code = adapt_to(live, i, err);
    live->now.stage = DIALOGUE_DONE;
    return code;
}

void talk_end(struct dialogue_live *live)
{
    for (int i = 0; i < VIEW_METHODS; i++)
        training_free(live->training[i]);
    movement_free(live->movement);
    free(live->held_out);
    if (live->opened)
        project_close(&live->project);
}
