/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/bpe_state.h"

#include <stdlib.h>
#include <string.h>

const char *const bpe_special_names[BPE_SPECIALS] = {"<s>", "<pad>", "</s>", "<unk>", "<mask>"};

void bpe_free(struct bpe *bpe)
{
    if (bpe == NULL)
        return;
    free(bpe->bytes);
    free(bpe->first);
    free(bpe->merge);
    pieces_free(bpe->pieces);
    free(bpe->place);
    free(bpe->chance);
    free(bpe);
}

int bpe_size(const struct bpe *bpe)
{
    return bpe->size;
}

int32_t bpe_special(const struct bpe *bpe, enum bpe_special which)
{
    return bpe->special[which];
}

const char *bpe_token(const struct bpe *bpe, int32_t token, size_t *length)
{
    *length = bpe->first[token + 1] - bpe->first[token] - 1;
    return bpe->bytes + bpe->first[token];
}

struct bpe_merge *bpe_merge_find(const struct bpe *bpe, int32_t left, int32_t right)
{
    uint64_t hash = ((uint64_t)(uint32_t)left << 32 | (uint32_t)right) * 0x9e3779b97f4a7c15u;
    for (size_t at = hash >> 32;; at++) {
        struct bpe_merge *merge = &bpe->merge[at & (bpe->merge_places - 1)];
        if (merge->left < 0 || (merge->left == left && merge->right == right))
            return merge;
    }
}

bool bpe_tokens_add(struct bpe_tokens *tokens, int32_t token)
{
    if (tokens->count == tokens->capacity) {
        size_t capacity = tokens->capacity > 0 ? 2 * tokens->capacity : 64;
        int32_t *more = realloc(tokens->token, capacity * sizeof *more);
        if (more == NULL)
            return false;
        tokens->token = more;
        tokens->capacity = capacity;
    }
    tokens->token[tokens->count++] = token;
    return true;
}

/* ---- merging: a heap, since a hostile piece may be as long as the text ---- */

static bool is_before(const struct bpe_chance *a, const struct bpe_chance *b)
{
    return a->rank < b->rank || (a->rank == b->rank && a->place < b->place);
}

static void push(struct bpe_chance *heap, size_t *count, struct bpe_chance chance)
{
    size_t at = (*count)++;
    for (; at > 0 && is_before(&chance, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = chance;
}

static struct bpe_chance pop(struct bpe_chance *heap, size_t *count)
{
    struct bpe_chance top = heap[0];
    struct bpe_chance last = heap[--*count];
    size_t at = 0;
    for (size_t child = 1; child < *count; child = 2 * at + 1) {
        if (child + 1 < *count && is_before(&heap[child + 1], &heap[child]))
            child++;
        if (!is_before(&heap[child], &last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return top;
}

static void offer(struct bpe *bpe, size_t *count, int32_t place)
{
    int32_t after = place < 0 ? -1 : bpe->place[place].after;
    if (after < 0)
        return;
    int32_t left = bpe->place[place].token;
    int32_t right = bpe->place[after].token;
    const struct bpe_merge *merge = bpe_merge_find(bpe, left, right);
    if (merge->left >= 0)
        push(bpe->chance, count,
             (struct bpe_chance){
                 .rank = merge->rank, .place = place, .left = left, .right = right, .made = merge->made});
}

/* Room for a piece of `length` bytes. Every merge takes a place and offers two pairs. */
static bool make_room(struct bpe *bpe, size_t length)
{
    if (length <= bpe->place_count)
        return true;
    size_t count = length > 2 * bpe->place_count ? length : 2 * bpe->place_count;
    struct bpe_place *place = realloc(bpe->place, count * sizeof *place);
    if (place != NULL)
        bpe->place = place;
    struct bpe_chance *chance = realloc(bpe->chance, 3 * count * sizeof *chance);
    if (chance != NULL)
        bpe->chance = chance;
    if (place == NULL || chance == NULL)
        return false;
    bpe->place_count = count;
    return true;
}

static void merge_piece(struct bpe *bpe, const char *piece, int32_t length)
{
    struct bpe_place *place = bpe->place;
    size_t chances = 0;
    for (int32_t i = 0; i < length; i++)
        place[i] = (struct bpe_place){bpe->byte[(unsigned char)piece[i]], i - 1, i + 1 < length ? i + 1 : -1};
    for (int32_t i = 0; i < length; i++)
        offer(bpe, &chances, i);
    while (chances > 0) {
        struct bpe_chance chance = pop(bpe->chance, &chances);
        struct bpe_place *left = &place[chance.place];
        if (left->token != chance.left || left->after < 0 || place[left->after].token != chance.right)
            continue; /* one of the two has gone into another pair */
        struct bpe_place *right = &place[left->after];
        left->token = chance.made;
        left->after = right->after;
        right->token = -1;
        if (left->after >= 0)
            place[left->after].before = chance.place;
        offer(bpe, &chances, left->before);
        offer(bpe, &chances, chance.place);
    }
}

enum err_code bpe_encode(struct bpe *bpe, const char *text, size_t size, struct bpe_tokens *tokens, struct err *err)
{
    const char *piece;
    size_t length;
    size_t count = tokens->count;
    if (size > INT32_MAX / 4)
        return err_set(err, ERR_INPUT, "a text of %zu bytes is too long to be encoded", size);
    enum err_code code = pieces_begin(bpe->pieces, text, size, err);
    while (code == ERR_NONE && (code = pieces_next(bpe->pieces, &piece, &length, err)) == ERR_NONE && length > 0) {
        bool room = make_room(bpe, length);
        if (room)
            merge_piece(bpe, piece, (int32_t)length);
        for (int32_t i = 0; room && i >= 0; i = bpe->place[i].after)
            room = bpe_tokens_add(tokens, bpe->place[i].token);
        if (!room)
            code = err_set(err, ERR_MEMORY, "no memory for the tokens of a text of %zu bytes", size);
    }
    if (code != ERR_NONE)
        tokens->count = count;
    return code;
}
