/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/examples.h"

#include "base/halt.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct making {
    struct examples *examples;
    const struct convai *corpus;
    struct bpe *bpe;
    const struct dialogue_settings *settings;
    const struct encoder_shape *shape;
    const atomic_bool *stop;
    bool rest;     /* of personas that are no tasks */
    int *dialogue; /* work: a persona's */
    struct bpe_tokens tokens;
    int pieces;
    struct err *err;
};

static enum err_code no_memory(const struct making *making)
{
    return err_set(making->err, ERR_MEMORY, "%s: no memory for its examples", making->corpus->name);
}

/* ---- which personas ---- */

static bool fits(const struct making *making, int persona)
{
    return making->corpus->persona[persona].dialogues > making->settings->held_out;
}

/* Marks the personas with most examples in turn: 1 + their place among them. ERR_INPUT: there are not so many. */
static enum err_code rank_personas(struct making *making, int *place)
{
    const struct convai *corpus = making->corpus;
    int wanted = making->settings->tasks + making->settings->unseen;
    int fit = 0;
    for (int i = 0; i < corpus->personas; i++)
        fit += fits(making, i);
    if (fit < wanted)
        return err_set(
            making->err, ERR_INPUT,
            "%s: %d personas have more dialogues than the %d that are held out; %d to retrain on and %d unseen ones "
            "are wanted",
            corpus->name, fit, making->settings->held_out, making->settings->tasks, making->settings->unseen);
    for (int task = 1; task <= wanted; task++) {
        int best = -1;
        for (int i = 0; i < corpus->personas; i++)
            if (place[i] == 0 && fits(making, i) &&
                (best < 0 || corpus->persona[i].turns > corpus->persona[best].turns))
                best = i;
        place[best] = task;
    }
    return ERR_NONE;
}

static enum err_code choose_tasks(struct making *making)
{
    struct examples *examples = making->examples;
    size_t personas = (size_t)making->corpus->personas;
    int *place = calloc(personas, sizeof *place);
    examples->task = calloc(personas, sizeof *examples->task);
    if (place == NULL || examples->task == NULL) {
        free(place);
        return no_memory(making);
    }
    enum err_code code = rank_personas(making, place);
    for (int i = 0; i < making->corpus->personas && code == ERR_NONE; i++) {
        if (making->rest && place[i] == 0)
            examples->task[examples->tasks++].persona = i;
        if (!making->rest && place[i] > 0) {
            examples->task[place[i] - 1].persona = i;
            examples->tasks++;
        }
    }
    if (code == ERR_NONE && examples->tasks == 0)
        code = err_set(making->err, ERR_INPUT, "%s: no persona is left to pretrain on", making->corpus->name);
    examples->retraining = making->rest ? examples->tasks : making->settings->tasks;
    free(place);
    return code;
}

/* ---- examples ---- */

static enum err_code room_for_all(struct making *making)
{
    const struct convai *corpus = making->corpus;
    struct examples *examples = making->examples;
    size_t count = 0;
    size_t pieces = 1;
    int *persona = calloc((size_t)corpus->personas, sizeof *persona); /* 1: it is a task's */
    if (persona == NULL)
        return no_memory(making);
    for (int i = 0; i < examples->tasks; i++)
        persona[examples->task[i].persona] = 1;
    for (int i = 0; i < corpus->dialogues; i++)
        for (int j = 0; j < corpus->dialogue[i].turns && persona[corpus->dialogue[i].persona]; j++) {
            count++;
            pieces += 1 + (size_t)corpus->turn[corpus->dialogue[i].first + j].candidates;
        }
    free(persona);
    examples->example = calloc(count + 1, sizeof *examples->example);
    examples->start = calloc(pieces, sizeof *examples->start);
    making->dialogue = calloc((size_t)corpus->dialogues, sizeof *making->dialogue);
    if (examples->example == NULL || examples->start == NULL || making->dialogue == NULL)
        return no_memory(making);
    return ERR_NONE;
}

/* <s> text </s> as one more piece; the texts are joined. */
static enum err_code add_piece(struct making *making, const char *const *text, int texts, int line)
{
    struct bpe_tokens *tokens = &making->tokens;
    size_t first = tokens->count;
    bool room = bpe_tokens_add(tokens, bpe_special(making->bpe, BPE_BEGIN));
    size_t size = 1;
    for (int i = 0; i < texts; i++)
        size += strlen(text[i]) + 1;
    char *joined = malloc(size);
    if (!room || joined == NULL) {
        free(joined);
        return no_memory(making);
    }
    size = 0;
    for (int i = 0; i < texts; i++) {
        size_t length = strlen(text[i]);
        if (i > 0)
            joined[size++] = ' ';
        memcpy(joined + size, text[i], length);
        size += length;
    }
    enum err_code code = bpe_encode(making->bpe, joined, size, tokens, making->err);
    free(joined);
    if (code != ERR_NONE)
        return err_prefix(making->err, "%s:%d: ", making->corpus->name, line);
    if (!bpe_tokens_add(tokens, bpe_special(making->bpe, BPE_END)))
        return no_memory(making);
    if (tokens->count > INT_MAX)
        return err_set(making->err, ERR_INPUT, "%s:%d: there are more tokens than can be counted", making->corpus->name,
                       line);
    making->examples->start[making->pieces++] = (int)first;
    making->examples->start[making->pieces] = (int)tokens->count;
    return ERR_NONE;
}

/* Texts of the dialogue before turn number `turn`, and its utterance, that are within the history. Returns how many. */
static int history(const struct making *making, const struct convai_dialogue *dialogue, int turn, const char **text)
{
    int first = making->settings->history > 0 && turn + 1 > making->settings->history
                    ? turn + 1 - making->settings->history
                    : 0;
    int count = 0;
    for (int i = first; i <= turn; i++) {
        text[count++] = making->corpus->turn[dialogue->first + i].utterance;
        if (i < turn)
            text[count++] = making->corpus->turn[dialogue->first + i].reply;
    }
    return count;
}

static int piece_length(const struct examples *examples, int piece)
{
    return examples->start[piece + 1] - examples->start[piece];
}

static enum err_code check_length(struct making *making, const struct example *example, int line)
{
    struct examples *examples = making->examples;
    for (int i = 1; i <= example->candidates; i++) {
        int length = piece_length(examples, example->piece) + piece_length(examples, example->piece + i);
        if (length > encoder_shape_longest(making->shape))
            return err_set(making->err, ERR_INPUT,
                           "%s:%d: the dialogue so far and candidate %d are %d tokens, the encoder has positions for "
                           "%d; a shorter "
                           "history is wanted",
                           making->corpus->name, line, i, length, encoder_shape_longest(making->shape));
        examples->longest = length > examples->longest ? length : examples->longest;
    }
    return ERR_NONE;
}

static enum err_code add_example(struct making *making, const struct convai_dialogue *dialogue, int number,
                                 const char **text)
{
    struct examples *examples = making->examples;
    const struct convai_turn *turn = &making->corpus->turn[dialogue->first + number];
    struct example *example = &examples->example[examples->count];
    *example = (struct example){making->pieces, turn->candidates, turn->right, dialogue->first + number};
    enum err_code code = add_piece(making, text, history(making, dialogue, number, text), turn->line);
    for (int i = 0; i < turn->candidates && code == ERR_NONE; i++)
        code = add_piece(making, &turn->candidate[i], 1, turn->line);
    code = code ? code : check_length(making, example, turn->line);
    if (code == ERR_NONE) {
        examples->count++;
        examples->candidates = turn->candidates > examples->candidates ? turn->candidates : examples->candidates;
    }
    return code;
}

static enum err_code add_dialogue(struct making *making, const struct convai_dialogue *dialogue)
{
    enum err_code code = ERR_NONE;
    const char **text = calloc(2 * (size_t)dialogue->turns, sizeof *text);
    if (text == NULL)
        return no_memory(making);
    for (int i = 0; i < dialogue->turns && code == ERR_NONE; i++)
        code = halt_asked(making->stop, making->err) ? making->err->code : add_example(making, dialogue, i, text);
    free(text);
    return code;
}

static enum err_code add_task(struct making *making, struct examples_task *task)
{
    const struct convai *corpus = making->corpus;
    enum err_code code = ERR_NONE;
    int dialogues = 0;
    for (int i = 0; i < corpus->dialogues; i++)
        if (corpus->dialogue[i].persona == task->persona)
            making->dialogue[dialogues++] = i;
    task->first = making->examples->count;
    for (int i = 0; i < dialogues && code == ERR_NONE; i++) {
        if (i == dialogues - making->settings->held_out && !making->rest)
            task->training = making->examples->count - task->first;
        code = add_dialogue(making, &corpus->dialogue[making->dialogue[i]]);
    }
    task->count = making->examples->count - task->first;
    if (making->rest || making->settings->held_out == 0)
        task->training = task->count;
    return code;
}

static enum err_code check_vocabulary(const struct making *making)
{
    for (int i = 0; i < BPE_SPECIALS; i++)
        if (i != BPE_UNKNOWN && bpe_special(making->bpe, (enum bpe_special)i) < 0)
            return err_set(making->err, ERR_INPUT, "the vocabulary has no token %s, so it is not RoBERTa's",
                           bpe_special_names[i]);
    if (bpe_size(making->bpe) > making->shape->vocabulary)
        return err_set(making->err, ERR_INPUT, "the vocabulary has %d tokens, the model only %d", bpe_size(making->bpe),
                       making->shape->vocabulary);
    if (bpe_special(making->bpe, BPE_PAD) != making->shape->pad)
        return err_set(making->err, ERR_INPUT, "padding is token %d of the vocabulary, but %d of the model",
                       (int)bpe_special(making->bpe, BPE_PAD), making->shape->pad);
    return ERR_NONE;
}

static enum err_code make(struct making *making)
{
    struct examples *examples = making->examples;
    *examples = (struct examples){0};
    enum err_code code = check_vocabulary(making);
    code = code ? code : choose_tasks(making);
    code = code ? code : room_for_all(making);
    for (int i = 0; i < examples->tasks && making->dialogue != NULL && code == ERR_NONE; i++)
        code = add_task(making, &examples->task[i]);
    examples->token = making->tokens.token;
    free(making->dialogue);
    if (code != ERR_NONE)
        examples_free(examples);
    return code;
}

enum err_code examples_make(struct examples *examples, const struct convai *corpus, struct bpe *bpe,
                            const struct dialogue_settings *settings, const struct encoder_shape *shape,
                            const atomic_bool *stop, struct err *err)
{
    struct making making = {examples, corpus, bpe, settings, shape, stop, .rest = false, .err = err};
    return make(&making);
}

enum err_code examples_make_rest(struct examples *examples, const struct convai *corpus, struct bpe *bpe,
                                 const struct dialogue_settings *settings, const struct encoder_shape *shape,
                                 const atomic_bool *stop, struct err *err)
{
    struct making making = {examples, corpus, bpe, settings, shape, stop, .rest = true, .err = err};
    return make(&making);
}

void examples_free(struct examples *examples)
{
    free(examples->task);
    free(examples->example);
    free(examples->token);
    free(examples->start);
    *examples = (struct examples){0};
}

int examples_sequence(const struct examples *examples, int example, int candidate, int32_t *tokens)
{
    int piece = examples->example[example].piece;
    int before = piece_length(examples, piece);
    int after = piece_length(examples, piece + 1 + candidate);
    memcpy(tokens, examples->token + examples->start[piece], (size_t)before * sizeof *tokens);
    memcpy(tokens + before, examples->token + examples->start[piece + 1 + candidate], (size_t)after * sizeof *tokens);
    return before + after;
}

int examples_task_of(const struct examples *examples, int example)
{
    int task = 0;
    while (task + 1 < examples->tasks && examples->task[task + 1].first <= example)
        task++;
    return task;
}
