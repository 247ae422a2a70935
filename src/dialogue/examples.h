/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_EXAMPLES_H
#define RANKSCOPE_DIALOGUE_EXAMPLES_H

#include "base/err.h"
#include "dialogue/bpe.h"
#include "dialogue/convai.h"
#include "dialogue/settings.h"
#include "model/encoder/shape.h"

#include <stdatomic.h>

/* Tasks made of dialogues: a task is a persona, an example one of its turns. What the encoder sees of a candidate is
 *
 *     <s> the dialogue so far, its turns' texts joined by blanks </s> <s> the candidate </s>
 *
 * and never the persona's own sentences. */
struct example {
    int piece;      /* of `start`: the dialogue so far; the candidates follow it */
    int candidates; /* ≥ 2 */
    int right;      /* which of them the persona said */
    int turn;       /* of the corpus */
};

struct examples_task {
    int persona; /* of the corpus */
    int first;   /* of `example`; the examples to train on come first */
    int training, count;
};

struct examples {
    struct examples_task *task; /* retraining's, then the unseen ones */
    int retraining, tasks;
    struct example *example;
    int count;
    int32_t *token; /* of all pieces */
    int *start;     /* pieces + 1 */
    int longest;    /* tokens of the longest sequence */
    int candidates; /* of the example that has most */
};

/* Takes `corpus` apart by the settings' tasks, unseen, held_out and history. Errors: ERR_INPUT: too few personas have
 * dialogues enough; the vocabulary has no special tokens or is not the encoder's; a turn (file and line) is longer than
 * the encoder's positions; ERR_MEMORY; ERR_STOPPED, where *stop was set meanwhile (NULL: never). *examples is then
 * empty. Free with examples_free. */
enum err_code examples_make(struct examples *examples, const struct convai *corpus, struct bpe *bpe,
                            const struct dialogue_settings *settings, const struct encoder_shape *shape,
                            const atomic_bool *stop, struct err *err);

/* The same of all personas that are neither retrained on nor unseen, with nothing held out: to pretrain on. */
enum err_code examples_make_rest(struct examples *examples, const struct convai *corpus, struct bpe *bpe,
                                 const struct dialogue_settings *settings, const struct encoder_shape *shape,
                                 const atomic_bool *stop, struct err *err);
void examples_free(struct examples *examples); /* zeroed is allowed */

/* Writes the sequence of an example's candidate: `longest` at most. Returns how many tokens. */
int examples_sequence(const struct examples *examples, int example, int candidate, int32_t *tokens);

/* The task of which this is an example. */
int examples_task_of(const struct examples *examples, int example);

#endif
