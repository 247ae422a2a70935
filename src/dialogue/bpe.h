/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_BPE_H
#define RANKSCOPE_DIALOGUE_BPE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Byte-level byte-pair encoding as GPT-2 and RoBERTa have it (Sennrich et al. 2016; Radford et al. 2019): a text's pieces
 * (pieces.h) begin as bytes, and of neighbours the pair that stands first in `merges.txt` is merged until none is left.
 * `vocab.json` says which number a token has. */
struct bpe;

/* RoBERTa's tokens that are no text. */
enum bpe_special { BPE_BEGIN, BPE_PAD, BPE_END, BPE_UNKNOWN, BPE_MASK, BPE_SPECIALS };
extern const char *const bpe_special_names[BPE_SPECIALS]; /* "<s>", … */

/* Reads both files. Errors: what file_read says; ERR_INPUT naming file and line, byte or token; ERR_MEMORY. Free with bpe_free. */
enum err_code bpe_read(struct bpe **bpe, const char *vocab_path, const char *merges_path, struct err *err);

/* The same from bytes in memory; the names stand in messages. */
struct bpe_source {
    const char *name;
    const char *text;
    size_t size;
};
enum err_code bpe_parse(struct bpe **bpe, const struct bpe_source *vocab, const struct bpe_source *merges,
                        struct err *err);
void bpe_free(struct bpe *bpe); /* NULL is allowed */

int bpe_size(const struct bpe *bpe);                                /* numbers are below this, each is a token's */
int32_t bpe_special(const struct bpe *bpe, enum bpe_special which); /* −1: the vocabulary has none */

/* The bytes of a token, borrowed. 0 ≤ token < bpe_size. */
const char *bpe_token(const struct bpe *bpe, int32_t token, size_t *length);

/* A list that grows; begins zeroed, free() its `token`. */
struct bpe_tokens {
    int32_t *token;
    size_t count, capacity;
};

/* Puts a text's tokens behind those that are there; no special ones, whatever the text says. ERR_INPUT: the text is no UTF-8;
 * ERR_MEMORY. The list is then as it was. Two threads must not encode with one bpe. */
enum err_code bpe_encode(struct bpe *bpe, const char *text, size_t size, struct bpe_tokens *tokens, struct err *err);

/* Puts one token behind them. False: out of memory. */
bool bpe_tokens_add(struct bpe_tokens *tokens, int32_t token);

#endif
