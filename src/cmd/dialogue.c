/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/dialogue.h"

#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/option.h"
#include "plot/save.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_DIR,
    OPTION_DATA,
    OPTION_MODEL,
    OPTION_METHOD,
    OPTION_SEED,
    OPTION_SEEDS,
    OPTION_RANKS,
    OPTION_SCHEME,
    OPTION_RANK,
    OPTION_TASKS,
    OPTION_UNSEEN,
    OPTION_HELD_OUT,
    OPTION_HISTORY,
    OPTION_BATCH,
    OPTION_EPOCHS,
    OPTION_ADAPT_EPOCHS,
    OPTION_RATE,
    OPTION_ADAPT_RATE,
    OPTION_CHECKPOINT,
    OPTION_JOBS,
    OPTION_FORMAT,
    OPTION_PLOT,
    OPTION_EXPORT,
    OPTION_ADAPTER,
    OPTION_OUTPUT,
    OPTION_PERSONAS,
    OPTION_DIALOGUES,
    OPTION_TURNS,
    OPTION_STEPS,
    OPTION_VOCABULARY,
    OPTION_WIDTH,
    OPTION_LAYERS,
    OPTION_COUNT
};

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_DIR] = {"dir", "FOLDER", "where all is kept (dialogue below rankscope's data)"},
    [OPTION_DATA] = {"data", "FILE", "dialogues in ConvAI2's format (FOLDER/corpus.txt)"},
    [OPTION_MODEL] = {"model", "FOLDER", "encoder and tokenizer, as Hugging Face has them"},
    [OPTION_METHOD] = {"method", "NAMES", "of standard,meta,reptile (all)"},
    [OPTION_SEED] = {"seed", "N", "the first seed (0; 7 to generate, 1 to pretrain)"},
    [OPTION_SEEDS] = {"seeds", "N", "how many, one after the other (5; 1 but to compare)"},
    [OPTION_RANKS] = {"ranks", "RANKS", "compare: LoRA's (1,4,8), beside the head alone"},
    [OPTION_SCHEME] = {"scheme", "NAME", "adapt: lora, head or full (lora)"},
    [OPTION_RANK] = {"rank", "N", "adapt: LoRA's (8)"},
    [OPTION_TASKS] = {"tasks", "N", "personas to retrain on (10)"},
    [OPTION_UNSEEN] = {"unseen", "N", "personas to adapt to (10)"},
    [OPTION_HELD_OUT] = {"held-out", "N", "last dialogues of each that are not trained on (3)"},
    [OPTION_HISTORY] = {"history", "N", "utterances an example goes back; 0: all (0)"},
    [OPTION_BATCH] = {"batch", "N", "examples a step (2; with --model 8)"},
    [OPTION_EPOCHS] = {"epochs", "N", "of retraining (10)"},
    [OPTION_ADAPT_EPOCHS] = {"adapt-epochs", "N", "of adapting (7; with --model 10)"},
    [OPTION_RATE] = {"rate", "RATE", "AdamW's in retraining (5e-4; with --model 5e-5)"},
    [OPTION_ADAPT_RATE] = {"adapt-rate", "RATE", "AdamW's in adapting (2.5e-3; with --model 1e-4)"},
    [OPTION_CHECKPOINT] = {"checkpoint", "STEPS", "between two checkpoints of a training (200)"},
    [OPTION_JOBS] = {"jobs", "N", "trainings at once (cores; with --model 1)"},
    [OPTION_FORMAT] = {"format", "FORMAT", "text (as is), csv or json"},
    [OPTION_PLOT] = {"plot", "FILE", "compare: also draw it into FILE.png, .svg, .pdf or .gp"},
    [OPTION_EXPORT] = {"export", "FOLDER", "retrain, adapt: also write them for use elsewhere"},
    [OPTION_ADAPTER] = {"adapter", "FOLDER", "evaluate: the model with this adapter, as PEFT has it"},
    [OPTION_OUTPUT] = {"output", "FILE", "generate: the file to write (FOLDER/corpus.txt)"},
    [OPTION_PERSONAS] = {"personas", "N", "generate: how many (40)"},
    [OPTION_DIALOGUES] = {"dialogues", "N", "generate: of each persona (18)"},
    [OPTION_TURNS] = {"turns", "N", "generate: of each dialogue (3)"},
    [OPTION_STEPS] = {"steps", "N", "pretrain: how many (800)"},
    [OPTION_VOCABULARY] = {"vocabulary", "N", "pretrain: tokens at most (1000)"},
    [OPTION_WIDTH] = {"width", "N", "pretrain: the encoder's; a multiple of 4 (128)"},
    [OPTION_LAYERS] = {"layers", "N", "pretrain: the encoder's (2)"},
};

static const struct option_usage usage = {
    .command = "rankscope dialogue",
    .operands = "ACTION",
    .text = "Retrain an encoder on dialogues of several personas and adapt it to new ones.\n"
            "ACTION is what is done, and what it needs first is done where it was not yet:\n"
            "  generate   write dialogues of personas that differ in what they would say\n"
            "  pretrain   learn a tokenizer and an encoder by masked language modelling\n"
            "  retrain    retrain the encoder by each method\n"
            "  adapt      adapt the retrained encoders to unseen personas\n"
            "  evaluate   print what retrained encoders make of their own personas\n"
            "  compare    all methods, several seeds, head and LoRA of several ranks\n"
            "An interrupted command goes on where it was when it is given again.\n",
    .rows = rows,
    .count = OPTION_COUNT,
};

static const char *const action_names[DIALOGUE_ACTIONS] = {"generate", "pretrain", "retrain",
                                                           "adapt",    "evaluate", "compare"};

static int read_action(const struct option_values *values, enum dialogue_action *action)
{
    if (values->operand_count != 1)
        return option_refuse(&usage,
                             "dialogue takes one ACTION: generate, pretrain, retrain, adapt, evaluate or compare");
    struct text_guess guess = {.word = values->operand[0]};
    for (int i = 0; i < DIALOGUE_ACTIONS; i++) {
        if (strcmp(action_names[i], values->operand[0]) == 0) {
            *action = (enum dialogue_action)i;
            return -1;
        }
        text_guess_offer(&guess, action_names[i]);
    }
    char clip[TEXT_CLIP_SIZE];
    text_clip(clip, values->operand[0]);
    if (guess.best)
        return option_refuse(&usage, "there is no action \"%s\"; did you mean %s?", clip, guess.best);
    return option_refuse(
        &usage, "there is no action \"%s\": it is generate, pretrain, retrain, adapt, evaluate or compare", clip);
}

static int read_methods(const char *text, unsigned *methods)
{
    if (text == NULL)
        return -1;
    *methods = 0;
    for (const char *word = text;;) {
        size_t length = strcspn(word, ",");
        int found = -1;
        for (int i = 0; i < TRAINING_METHODS; i++)
            if (strlen(training_names[i]) == length && strncmp(training_names[i], word, length) == 0)
                found = i;
        if (found < 0)
            return option_refuse(&usage, "--method must be of standard,meta,reptile, not \"%s\"", text);
        *methods |= 1u << found;
        if (word[length] == '\0')
            return -1;
        word += length + 1;
    }
}

static int read_rate(int row, const char *text, double *rate)
{
    if (text == NULL)
        return -1;
    char *end;
    *rate = strtod(text, &end);
    if (*text == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0' || *end != '\0' || !(*rate > 0) || *rate > 1)
        return option_refuse(&usage, "--%s must be a number above 0, at most 1, not \"%s\"", rows[row].name, text);
    return -1;
}

static int read_numbers(const char *const *value, struct dialogue_request *request)
{
    enum { MANY = 1000000 };
    const struct {
        int row;
        long least, most;
        int *number;
    } number[] = {
        {OPTION_SEED, 0, MANY, &request->plan.first_seed},
        {OPTION_SEEDS, 1, STUDY_SEEDS, &request->plan.seeds},
        {OPTION_RANK, 1, MANY, &request->rank},
        {OPTION_TASKS, 1, MANY, &request->settings.tasks},
        {OPTION_UNSEEN, 1, MANY, &request->settings.unseen},
        {OPTION_HELD_OUT, 1, MANY, &request->settings.held_out},
        {OPTION_HISTORY, 0, MANY, &request->settings.history},
        {OPTION_BATCH, 1, 1000, &request->settings.batch},
        {OPTION_EPOCHS, 1, 10000, &request->settings.epochs},
        {OPTION_ADAPT_EPOCHS, 1, 10000, &request->settings.adapt_epochs},
        {OPTION_CHECKPOINT, 1, MANY, &request->plan.checkpoint},
        {OPTION_JOBS, 1, 256, &request->jobs},
        {OPTION_PERSONAS, 1, 10000, &request->personas.personas},
        {OPTION_DIALOGUES, 1, 1000, &request->personas.dialogues},
        {OPTION_TURNS, 1, 10, &request->personas.turns},
        {OPTION_STEPS, 1, MANY, &request->pretraining.steps},
        {OPTION_VOCABULARY, 262, MANY, &request->vocabulary},
        {OPTION_WIDTH, 4, 4096, &request->shape.width},
        {OPTION_LAYERS, 1, 64, &request->shape.layers},
    };
    int status = -1;
    for (size_t i = 0; i < sizeof number / sizeof *number && status < 0; i++)
        status = option_whole(&usage, number[i].row, value[number[i].row], number[i].least, number[i].most,
                              number[i].number);
    return status;
}

/* What --seed means depends on what is done, and so does what is usual. */
static void begin_request(const struct option_values *values, struct dialogue_request *request)
{
    enum { VOCABULARY = 1000, RANK = 8 };
    const char *const *value = values->value;
    bool given_model = value[OPTION_MODEL] != NULL;
    request->data = value[OPTION_DATA];
    request->model = value[OPTION_MODEL];
    request->output = value[OPTION_OUTPUT];
    request->plot = value[OPTION_PLOT];
    request->exports = value[OPTION_EXPORT];
    request->adapter = value[OPTION_ADAPTER];
    request->scheme = value[OPTION_SCHEME];
    request->ranks = value[OPTION_RANKS];
    request->personas = personas_usual;
    request->settings = given_model ? dialogue_published : dialogue_small;
    request->pretraining = pretraining_small;
    request->shape = project_small_shape;
    request->vocabulary = VOCABULARY;
    request->plan = study_usual();
    request->rank = RANK;
    if (request->action != DIALOGUE_COMPARE)
        request->plan.seeds = 1;
}

static int read_request(const struct option_values *values, struct dialogue_request *request)
{
    const char *const *value = values->value;
    struct err err;
    *request = (struct dialogue_request){.folder = NULL};
    int status = read_action(values, &request->action);
    if (status >= 0)
        return status;
    begin_request(values, request);
    status = read_numbers(value, request);
    if (status < 0)
        status = read_methods(value[OPTION_METHOD], &request->plan.methods);
    if (status < 0)
        status = read_rate(OPTION_RATE, value[OPTION_RATE],
                           request->action == DIALOGUE_PRETRAIN ? &request->pretraining.rate : &request->settings.rate);
    if (status < 0)
        status = read_rate(OPTION_ADAPT_RATE, value[OPTION_ADAPT_RATE], &request->settings.adapt_rate);
    if (status < 0)
        status = option_format(&usage, value[OPTION_FORMAT], &request->format);
    if (status >= 0)
        return status;
    if (request->exports && request->action != DIALOGUE_RETRAIN && request->action != DIALOGUE_ADAPT)
        return option_refuse(&usage, "--export goes with retrain and adapt, not with %s", values->operand[0]);
    if (request->adapter && request->action != DIALOGUE_EVALUATE)
        return option_refuse(&usage, "--adapter goes with evaluate, not with %s", values->operand[0]);
    if (value[OPTION_SEED]) {
        request->personas.seed =
            request->action == DIALOGUE_GENERATE ? (uint64_t)request->plan.first_seed : personas_usual.seed;
        request->pretraining.seed =
            request->action == DIALOGUE_PRETRAIN ? (uint64_t)request->plan.first_seed : pretraining_small.seed;
    }
    request->shape.intermediate = 4 * request->shape.width;
    status = option_output("plot", request->plot, true);
    if (status >= 0)
        return status;
    request->folder = value[OPTION_DIR] ? strdup(value[OPTION_DIR]) : project_default_folder(&err);
    if (request->folder == NULL && value[OPTION_DIR])
        err_set(&err, ERR_MEMORY, "no memory for a path");
    return request->folder == NULL ? cmd_fail(&err) : -1;
}

int cmd_dialogue(int argc, char **argv)
{
    struct option_values values;
    struct dialogue_request request;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    status = read_request(&values, &request);
    if (status < 0)
        status = dialogue_perform(&request);
    free(request.folder);
    option_free(&values);
    return status;
}
