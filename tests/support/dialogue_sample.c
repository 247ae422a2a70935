/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/dialogue_sample.h"

#include "dialogue/bpe_train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct personas_settings dialogue_sample_personas(void)
{
    return (struct personas_settings){
        .seed = 3, .personas = 8, .dialogues = 5, .turns = 2, .facts = 3, .candidates = 4};
}

struct dialogue_settings dialogue_sample_settings(void)
{
    struct dialogue_settings settings = dialogue_small;
    settings.tasks = 3;
    settings.unseen = 2;
    settings.held_out = 2;
    settings.batch = 2;
    settings.epochs = 3;
    settings.adapt_epochs = 2;
    settings.rank = 2;
    settings.inner = 4;
    settings.rate = 2e-3;
    settings.adapt_rate = 2.5e-3;
    settings.dropout = 0.1;
    settings.pass = 130; /* so that batches come in parts */
    return settings;
}

static const struct encoder_shape shape = {
    .width = 8, .layers = 1, .heads = 2, .intermediate = 12, .positions = 66, .types = 1, .labels = 2, .epsilon = 1e-5};

static enum err_code make_corpus(struct dialogue_sample *sample, struct err *err)
{
    char *text;
    size_t size;
    struct personas_settings personas = dialogue_sample_personas();
    if (personas_write(&personas, NULL, &text, &size, err))
        return err->code;
    const struct bpe_text whole = {text, size};
    if (bpe_train(&whole, 1, 400, NULL, &sample->vocab, &sample->merges, err)) {
        free(text);
        return err->code;
    }
    return convai_parse(&sample->project.corpus, "sample.txt", text, size, NULL, err);
}

static enum err_code make_encoder(struct dialogue_sample *sample, struct err *err)
{
    const struct bpe_source sources[2] = {{"vocab.json", sample->vocab, strlen(sample->vocab)},
                                          {"merges.txt", sample->merges, strlen(sample->merges)}};
    struct encoder_file *encoder = &sample->project.encoder;
    if (bpe_parse(&sample->project.bpe, &sources[0], &sources[1], err))
        return err->code;
    encoder->shape = shape;
    encoder->shape.vocabulary = bpe_size(sample->project.bpe);
    encoder->shape.pad = bpe_special(sample->project.bpe, BPE_PAD);
    encoder->base = encoder_base_new(&encoder->shape, err);
    return encoder->base == NULL ? err->code : encoder_start(encoder->base, &encoder->shape, 5, err);
}

bool dialogue_sample_make(struct dialogue_sample *sample, struct err *err)
{
    *sample = (struct dialogue_sample){.vocab = NULL};
    struct project *project = &sample->project;
    project->settings = dialogue_sample_settings();
    enum err_code code = make_corpus(sample, err);
    code = code ? code : make_encoder(sample, err);
    code = code ? code
                : examples_make(&project->examples, &project->corpus, project->bpe, &project->settings,
                                &project->encoder.shape, NULL, err);
    if (code != ERR_NONE)
        dialogue_sample_free(sample);
    return code == ERR_NONE;
}

void dialogue_sample_free(struct dialogue_sample *sample)
{
    project_close(&sample->project);
    free(sample->vocab);
    free(sample->merges);
    sample->vocab = sample->merges = NULL;
}

struct training_setup dialogue_sample_setup(const struct dialogue_sample *sample, enum training_kind kind)
{
    return (struct training_setup){
        .kind = kind,
        .examples = &sample->project.examples,
        .shape = &sample->project.encoder.shape,
        .settings = &sample->project.settings,
        .base = sample->project.encoder.base,
        .scheme = adapter_find("lora"),
        .rank = 2,
        .task = sample->project.examples.retraining,
        .seed = 11,
    };
}

void dialogue_sample_view(struct dialogue_view *view)
{
    *view = (struct dialogue_view){
        .stage = DIALOGUE_ADAPTING, .steps = 100, .step = 100, .rank = 8, .unseen = 3, .chance = 0.05};
    for (int i = 0; i < VIEW_METHODS; i++) {
        struct dialogue_view_method *method = &view->method[i];
        *method = (struct dialogue_view_method){.step = 90, .steps = 90, .loss = 0.17, .tokens = 45200 - 7300 * i};
        method->epochs = 6;
        method->adapted = 1;
        method->adapt_epochs = 4;
        method->layers = 2;
        for (int j = 0; j < method->epochs; j++)
            method->epoch[j] =
                (struct dialogue_view_epoch){0.2 - 0.01 * j, 0.2 - 0.004 * j * (i + 1), 4 + (3 + 2 * i) * j, 90};
        for (int j = 0; j < method->adapt_epochs; j++)
            method->adapt[j] = (struct dialogue_view_epoch){0.2, 0.19, 1 + (1 + i) * j, 9};
        for (int j = 0; j < method->layers; j++) {
            method->layer[j] = (struct dialogue_view_layer){.values = 12, .rank = 9 - 4 * i + j};
            for (int k = 0; k < 12; k++)
                method->layer[j].value[k] = 2.385 * pow(i == 0 ? 0.8 : 0.5, k);
        }
        for (int j = 0; j < 20; j++)
            method->score[j] = ((j * 7 + i * 3) % 20) * 0.1;
    }
    struct dialogue_view_turn *turn = &view->turn;
    *turn =
        (struct dialogue_view_turn){.number = 4, .turns = 90, .persona = 12, .said = 3, .candidates = 20, .right = 19};
    snprintf(turn->text[0], VIEW_TEXT, "do you have pets ?");
    snprintf(turn->text[1], VIEW_TEXT, "well , i have a goat at home .");
    snprintf(turn->text[2], VIEW_TEXT, "what do you drink ?");
    for (int i = 0; i < 20; i++)
        snprintf(turn->candidate[i], VIEW_TEXT, "candidate number %d drinks a lot of tea", i + 1);
}
