/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_PRETRAINING_H
#define RANKSCOPE_DIALOGUE_PRETRAINING_H

#include "base/err.h"
#include "base/pool.h"
#include "dialogue/bpe.h"
#include "dialogue/examples.h"
#include "model/encoder/tensors.h"

#include <stdbool.h>
#include <stdint.h>

/* Masked language modelling (Devlin et al. 2019; Liu et al. 2019) on dialogues and the replies that were given: 15% of a batch's
 * tokens are to be guessed, of which 80% are masked, 10% are any token and 10% stay; which ones is drawn anew in every step. */
struct pretraining_settings {
    uint64_t seed;
    int steps;
    int batch; /* sequences a step */
    double rate, warm, dropout;
    double share; /* of tokens that are to be guessed */
};
extern const struct pretraining_settings pretraining_small;

struct pretraining_setup {
    const struct examples *examples; /* examples_make_rest */
    const struct bpe *bpe;
    const struct encoder_shape *shape;
    const struct pretraining_settings *settings;
    struct pool *pool; /* NULL: none */
};

/* From BERT's starting values. Borrows the setup's. NULL: ERR_INPUT, ERR_MEMORY. */
struct pretraining;
struct pretraining *pretraining_new(const struct pretraining_setup *setup, struct err *err);
void pretraining_free(struct pretraining *pretraining); /* NULL is allowed */

/* One step; false: all are taken, or the loss was not finite. Nothing is allocated. */
bool pretraining_step(struct pretraining *pretraining);
int64_t pretraining_steps(const struct pretraining *pretraining); /* taken */
int64_t pretraining_tokens(const struct pretraining *pretraining);
double pretraining_loss(const struct pretraining *pretraining); /* newest step's; NAN before the first */

struct tensors *pretraining_base(const struct pretraining *pretraining); /* still the pretraining's */
struct tensors *pretraining_head(const struct pretraining *pretraining); /* of masked modelling */

/* As training_write and training_read. */
enum err_code pretraining_write(const struct pretraining *pretraining, const char *path, struct err *err);
enum err_code pretraining_read(struct pretraining *pretraining, const char *path, struct err *err);

#endif
