/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_BPE_TRAIN_H
#define RANKSCOPE_DIALOGUE_BPE_TRAIN_H

#include "base/err.h"

#include <stdatomic.h>
#include <stddef.h>

/* Learns byte pairs from texts (Sennrich et al. 2016, algorithm 1): the pair that is seen most often is merged, of
 * equal ones the one whose tokens were made first, until there are `size` tokens or no pair is seen twice. RoBERTa's
 * order of numbers: the five special tokens but <mask>, the bytes, the merges, and <mask> at the end. 262 ≤ size. The
 * caller frees *vocab and *merges, which are the text of `vocab.json` and `merges.txt`. Between texts and between
 * merges it looks at *stop (NULL: never), and ends with ERR_STOPPED. ERR_INPUT: a text is no UTF-8. */
struct bpe_text {
    const char *text;
    size_t size;
};
enum err_code bpe_train(const struct bpe_text *texts, size_t count, int size, const atomic_bool *stop, char **vocab,
                        char **merges, struct err *err);

#endif
