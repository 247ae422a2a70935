/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_BPE_STATE_H
#define RANKSCOPE_DIALOGUE_BPE_STATE_H

#include "dialogue/bpe.h"
#include "dialogue/pieces.h"

/* What a struct bpe holds. The files bpe*.c share it. */

enum { BPE_BYTES = 256, BPE_TOKENS_MAX = 1 << 20 };

/* How files write bytes: each is a character that can be seen. `rune` is one to one. */
uint32_t bpe_byte_rune(unsigned char byte);

struct bpe_merge {
    int32_t left, right; /* left < 0: the place is free */
    int32_t rank, made;
};

/* A place of a piece that is being merged. */
struct bpe_place {
    int32_t token; /* −1: gone into the one before */
    int32_t before, after;
};

/* A pair that could be merged, in a heap by rank, then from the left. */
struct bpe_chance {
    int32_t rank, place, left, right, made;
};

struct bpe {
    int size;
    char *bytes;   /* of all tokens, each followed by a NUL */
    size_t *first; /* size + 1: where a token's bytes begin */
    int32_t byte[BPE_BYTES];
    int32_t special[BPE_SPECIALS];
    struct bpe_merge *merge; /* hashed by pair, merge_places of them, a power of two */
    size_t merge_places;
    struct pieces *pieces;
    struct bpe_place *place; /* work: place_count of them, and twice as many chances */
    struct bpe_chance *chance;
    size_t place_count;
};

/* The place in the table where a pair is, or would be. */
struct bpe_merge *bpe_merge_find(const struct bpe *bpe, int32_t left, int32_t right);

#endif
