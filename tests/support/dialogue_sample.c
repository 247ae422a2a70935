/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/dialogue_sample.h"

#include "dialogue/bpe_train.h"

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
    if (personas_write(&personas, &text, &size, err))
        return err->code;
    const struct bpe_text whole = {text, size};
    if (bpe_train(&whole, 1, 400, &sample->vocab, &sample->merges, err)) {
        free(text);
        return err->code;
    }
    return convai_parse(&sample->project.corpus, "sample.txt", text, size, err);
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
                                &project->encoder.shape, err);
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
