/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_PROJECT_H
#define RANKSCOPE_DIALOGUE_PROJECT_H

#include "base/err.h"
#include "base/pool.h"
#include "dialogue/bpe.h"
#include "dialogue/convai.h"
#include "dialogue/examples.h"
#include "dialogue/personas.h"
#include "dialogue/pretraining.h"
#include "dialogue/settings.h"
#include "run/encoder_file.h"

#include <stdbool.h>

/* What trainings are about, read from files:
 *
 *   FOLDER/corpus.txt                       dialogues, where no other file is given
 *   FOLDER/model/{config.json, model.safetensors, vocab.json, merges.txt}   encoder and tokenizer, where no other folder is
 *   FOLDER/NAME.state                       a training, as far as it is
 *   FOLDER/results.txt                      what was finished */
struct project {
    char *folder;
    struct dialogue_settings settings;
    struct convai corpus;
    struct bpe *bpe;
    struct encoder_file encoder;
    struct examples examples;
    struct pool *pool;  /* shares the work of a pass; NULL: none; the caller's */
    char *data, *model; /* paths in use */
};

/* $XDG_DATA_HOME/rankscope/dialogue or what stands for it; the caller frees it. NULL: *err says why. */
char *project_default_folder(struct err *err);

/* Makes the folder where it is not there (its parent must be). ERR_IO. */
enum err_code project_make_folder(const char *folder, struct err *err);

/* Takes the folder for this program, until project_unlock or its end: what two write would be lost to each other. ERR_INPUT: another
 * has it. Where the file system knows no locks, everybody
 * has it. */
enum err_code project_lock(const char *folder, int *lock, struct err *err);
void project_unlock(int lock);

/* FOLDER/NAME; the caller frees it. NULL: out of memory. */
char *project_path(const char *folder, const char *name);

/* Which of the two usual files are there. */
bool project_has_corpus(const char *folder);
bool project_has_model(const char *folder);

/* What follows looks at *stop (NULL: never) every some milliseconds, and ends with ERR_STOPPED and nothing made when it
 * is set. */

/* Writes FOLDER/corpus.txt, or `path` where that is not NULL. */
enum err_code project_generate(const char *folder, const char *path, const struct personas_settings *settings,
                               const atomic_bool *stop, struct err *err);

/* Reads all. data, model: NULL for the folder's own. Errors: what their readers say. Free with project_close. */
enum err_code project_open(struct project *project, const char *folder, const char *data, const char *model,
                           const struct dialogue_settings *settings, const atomic_bool *stop, struct err *err);
void project_close(struct project *project); /* zeroed is allowed */

/* ---- pretraining, project_pretrain.c ---- */

/* The encoder that is made: vocabulary and padding come from the tokenizer. */
extern const struct encoder_shape project_small_shape;

/* Corpus, a tokenizer trained on it, examples and an encoder at its start. */
struct project_pretrain {
    char *folder;
    struct convai corpus;
    struct bpe *bpe;
    char *vocab, *merges;
    struct encoder_shape shape;
    struct examples examples;
    struct pretraining_settings settings;
    struct pretraining *pretraining;
    char *data, *state; /* paths */
};

/* `vocabulary`: tokens at most. Takes up FOLDER/pretrain.state where it is. */
enum err_code project_pretrain_begin(struct project_pretrain *pretrain, const char *folder, const char *data,
                                     int vocabulary, const struct encoder_shape *shape,
                                     const struct dialogue_settings *split, const struct pretraining_settings *settings,
                                     const atomic_bool *stop, struct err *err);
enum err_code project_pretrain_save(struct project_pretrain *pretrain, struct err *err); /* FOLDER/pretrain.state */
enum err_code project_pretrain_end(struct project_pretrain *pretrain,
                                   struct err *err);           /* FOLDER/model; the state goes */
void project_pretrain_free(struct project_pretrain *pretrain); /* zeroed is allowed */

#endif
