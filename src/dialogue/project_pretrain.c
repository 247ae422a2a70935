/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "dialogue/bpe_train.h"
#include "dialogue/project.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct encoder_shape project_small_shape = {
    .width = 128,
    .layers = 2,
    .heads = 4,
    .intermediate = 512,
    .positions = 514,
    .types = 1,
    .labels = 2,
    .epsilon = 1e-5,
};

static enum err_code no_memory(const struct project_pretrain *pretrain, struct err *err)
{
    return err_set(err, ERR_MEMORY, "%s: no memory to pretrain on it", pretrain->data);
}

/* Learns the tokens from all that anybody says; personas' sentences are not read by any model. */
static enum err_code train_tokenizer(struct project_pretrain *pretrain, int vocabulary, const atomic_bool *stop,
                                     struct err *err)
{
    const struct convai *corpus = &pretrain->corpus;
    size_t count = 0;
    for (int i = 0; i < corpus->turns; i++)
        count += 1 + (size_t)corpus->turn[i].candidates;
    struct bpe_text *text = calloc(count + 1, sizeof *text);
    if (text == NULL)
        return no_memory(pretrain, err);
    count = 0;
    for (int i = 0; i < corpus->turns; i++) {
        const struct convai_turn *turn = &corpus->turn[i];
        text[count++] = (struct bpe_text){turn->utterance, strlen(turn->utterance)};
        for (int j = 0; j < turn->candidates; j++)
            text[count++] = (struct bpe_text){turn->candidate[j], strlen(turn->candidate[j])};
    }
    enum err_code code = bpe_train(text, count, vocabulary, stop, &pretrain->vocab, &pretrain->merges, err);
    free(text);
    if (code != ERR_NONE)
        return code;
    const struct bpe_source sources[2] = {{"vocab.json", pretrain->vocab, strlen(pretrain->vocab)},
                                          {"merges.txt", pretrain->merges, strlen(pretrain->merges)}};
    return bpe_parse(&pretrain->bpe, &sources[0], &sources[1], err);
}

static enum err_code make(struct project_pretrain *pretrain, const struct dialogue_settings *split,
                          const atomic_bool *stop, struct err *err)
{
    pretrain->shape.vocabulary = bpe_size(pretrain->bpe);
    pretrain->shape.pad = bpe_special(pretrain->bpe, BPE_PAD);
    if (encoder_shape_check(&pretrain->shape, err))
        return err->code;
    if (examples_make_rest(&pretrain->examples, &pretrain->corpus, pretrain->bpe, split, &pretrain->shape, stop, err))
        return err->code;
    if (pretrain->settings.batch > pretrain->examples.count)
        pretrain->settings.batch = pretrain->examples.count;
    const struct pretraining_setup setup = {.examples = &pretrain->examples,
                                            .bpe = pretrain->bpe,
                                            .shape = &pretrain->shape,
                                            .settings = &pretrain->settings};
    pretrain->pretraining = pretraining_new(&setup, err);
    if (pretrain->pretraining == NULL)
        return err->code;
    return access(pretrain->state, F_OK) == 0 ? pretraining_read(pretrain->pretraining, pretrain->state, err)
                                              : ERR_NONE;
}

enum err_code project_pretrain_begin(struct project_pretrain *pretrain, const char *folder, const char *data,
                                     int vocabulary, const struct encoder_shape *shape,
                                     const struct dialogue_settings *split, const struct pretraining_settings *settings,
                                     const atomic_bool *stop, struct err *err)
{
    *pretrain = (struct project_pretrain){.shape = *shape, .settings = *settings};
    pretrain->folder = strdup(folder);
    pretrain->data = data == NULL ? project_path(folder, "corpus.txt") : strdup(data);
    pretrain->state = project_path(folder, "pretrain.state");
    enum err_code code = ERR_NONE;
    if (pretrain->folder == NULL || pretrain->data == NULL || pretrain->state == NULL)
        code = err_set(err, ERR_MEMORY, "%s: no memory for its files", folder);
    code = code ? code : convai_read(&pretrain->corpus, pretrain->data, stop, err);
    code = code ? code : train_tokenizer(pretrain, vocabulary, stop, err);
    code = code ? code : make(pretrain, split, stop, err);
    if (code != ERR_NONE)
        project_pretrain_free(pretrain);
    return code;
}

enum err_code project_pretrain_save(struct project_pretrain *pretrain, struct err *err)
{
    return pretraining_write(pretrain->pretraining, pretrain->state, err);
}

static enum err_code write_text(const char *folder, const char *name, const char *text, struct err *err)
{
    char *path = project_path(folder, name);
    if (path == NULL)
        return err_set(err, ERR_MEMORY, "%s: no memory for its files", folder);
    enum err_code code = file_write(path, text, strlen(text), err);
    free(path);
    return code;
}

/* The tensors come last: a folder that has them is whole. */
enum err_code project_pretrain_end(struct project_pretrain *pretrain, struct err *err)
{
    char *model = project_path(pretrain->folder, "model");
    const struct encoder_file file = {pretrain->shape, pretraining_base(pretrain->pretraining), NULL,
                                      pretraining_head(pretrain->pretraining)};
    enum err_code code = model == NULL ? no_memory(pretrain, err) : project_make_folder(model, err);
    code = code ? code : write_text(model, "vocab.json", pretrain->vocab, err);
    code = code ? code : write_text(model, "merges.txt", pretrain->merges, err);
    code = code ? code : encoder_file_write(&file, model, err);
    free(model);
    if (code == ERR_NONE)
        unlink(pretrain->state);
    return code;
}

void project_pretrain_free(struct project_pretrain *pretrain)
{
    pretraining_free(pretrain->pretraining);
    examples_free(&pretrain->examples);
    bpe_free(pretrain->bpe);
    convai_free(&pretrain->corpus);
    free(pretrain->vocab);
    free(pretrain->merges);
    free(pretrain->folder);
    free(pretrain->data);
    free(pretrain->state);
    *pretrain = (struct project_pretrain){0};
}
