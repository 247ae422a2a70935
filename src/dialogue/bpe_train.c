/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/bpe_train.h"

#include "base/halt.h"
#include "base/text.h"
#include "dialogue/bpe_state.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A piece as it is merged so far, and how often it is seen. */
struct word {
    const char *text;
    int32_t *token;
    int length;
    long count;
};

struct pair {
    int32_t left, right; /* left < 0: free */
    long count;
};

struct made {
    int32_t left, right; /* left < 0: a byte */
};

struct training {
    struct word *word;
    size_t words, word_places; /* hashed by text; a power of two */
    struct pair *pair;
    size_t pair_places;
    struct made *made; /* `size` of them: numbers as in the vocabulary, the special ones unused */
    int count;         /* numbers given so far */
    size_t letters;    /* of all words */
};

enum { FIRST_BYTE = BPE_SPECIALS - 1 };

/* ---- words ---- */

static struct word *find_word(const struct training *training, const char *text, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    for (size_t at = hash ^ hash >> 32;; at++) {
        struct word *word = &training->word[at & (training->word_places - 1)];
        if (word->text == NULL || ((size_t)word->length == length && memcmp(word->text, text, length) == 0))
            return word;
    }
}

static bool grow_words(struct training *training)
{
    if (2 * training->words < training->word_places)
        return true;
    struct training more = {.word_places = training->word_places > 0 ? 2 * training->word_places : 256};
    more.word = calloc(more.word_places, sizeof *more.word);
    if (more.word == NULL)
        return false;
    for (size_t i = 0; i < training->word_places; i++)
        if (training->word[i].text != NULL)
            *find_word(&more, training->word[i].text, (size_t)training->word[i].length) = training->word[i];
    free(training->word);
    training->word = more.word;
    training->word_places = more.word_places;
    return true;
}

static enum err_code count_words(struct training *training, struct pieces *pieces, const struct bpe_text *text,
                                 struct err *err)
{
    const char *piece;
    size_t length;
    enum err_code code = pieces_begin(pieces, text->text, text->size, err);
    while (code == ERR_NONE && (code = pieces_next(pieces, &piece, &length, err)) == ERR_NONE && length > 0) {
        if (!grow_words(training))
            return err_set(err, ERR_MEMORY, "no memory for %zu words", training->words);
        struct word *word = find_word(training, piece, length);
        if (word->text == NULL) {
            *word = (struct word){.text = piece, .length = (int)length};
            training->words++;
            training->letters += length;
        }
        word->count++;
    }
    return code;
}

static bool spell_words(struct training *training)
{
    for (size_t i = 0; i < training->word_places; i++) {
        struct word *word = &training->word[i];
        if (word->text == NULL)
            continue;
        word->token = malloc((size_t)word->length * sizeof *word->token);
        if (word->token == NULL)
            return false;
        for (int j = 0; j < word->length; j++)
            word->token[j] = FIRST_BYTE + (unsigned char)word->text[j];
    }
    return true;
}

/* ---- pairs ---- */

static struct pair *find_pair(const struct training *training, int32_t left, int32_t right)
{
    uint64_t hash = ((uint64_t)(uint32_t)left << 32 | (uint32_t)right) * 0x9e3779b97f4a7c15u;
    for (size_t at = hash >> 32;; at++) {
        struct pair *pair = &training->pair[at & (training->pair_places - 1)];
        if (pair->left < 0 || (pair->left == left && pair->right == right))
            return pair;
    }
}

static bool is_better(const struct pair *a, const struct pair *b)
{
    if (a->count != b->count)
        return a->count > b->count;
    return a->left != b->left ? a->left < b->left : a->right < b->right;
}

/* Counts all anew: the corpora that are trained on here have few words. */
static struct pair best_pair(struct training *training)
{
    for (size_t i = 0; i < training->pair_places; i++)
        training->pair[i] = (struct pair){.left = -1};
    struct pair best = {.left = -1, .count = 0};
    for (size_t i = 0; i < training->word_places; i++) {
        const struct word *word = &training->word[i];
        for (int j = 0; word->text != NULL && j + 1 < word->length; j++) {
            struct pair *pair = find_pair(training, word->token[j], word->token[j + 1]);
            pair->left = word->token[j];
            pair->right = word->token[j + 1];
            pair->count += word->count;
        }
    }
    for (size_t i = 0; i < training->pair_places; i++)
        if (training->pair[i].left >= 0 && is_better(&training->pair[i], &best))
            best = training->pair[i];
    return best;
}

static void merge_words(struct training *training, const struct pair *pair)
{
    for (size_t i = 0; i < training->word_places; i++) {
        struct word *word = &training->word[i];
        int kept = 0;
        for (int j = 0; word->text != NULL && j < word->length; j++) {
            bool merges = j + 1 < word->length && word->token[j] == pair->left && word->token[j + 1] == pair->right;
            word->token[kept++] = merges ? training->count : word->token[j];
            j += merges ? 1 : 0;
        }
        word->length = word->text == NULL ? 0 : kept;
    }
}

static enum err_code no_memory(int size, struct err *err)
{
    return err_set(err, ERR_MEMORY, "no memory to train %d tokens", size);
}

static enum err_code learn(struct training *training, int size, const atomic_bool *stop, struct err *err)
{
    for (training->pair_places = 2; training->pair_places < 2 * training->letters;)
        training->pair_places *= 2;
    training->pair = malloc(training->pair_places * sizeof *training->pair);
    training->made = calloc((size_t)size, sizeof *training->made);
    if (training->pair == NULL || training->made == NULL || !spell_words(training))
        return no_memory(size, err);
    training->count = FIRST_BYTE + BPE_BYTES;
    for (struct pair best = best_pair(training); training->count + 1 < size && best.count > 1;
         best = best_pair(training)) {
        if (halt_asked(stop, err))
            return err->code;
        merge_words(training, &best);
        training->made[training->count++] = (struct made){best.left, best.right};
    }
    return ERR_NONE;
}

/* ---- writing ---- */

/* Without recursion a long token would need a list; its depth is its length at most, and that is a word's. */
static void write_token(FILE *stream, const struct training *training, int32_t token, bool json)
{
    if (token >= FIRST_BYTE + BPE_BYTES) {
        write_token(stream, training, training->made[token].left, json);
        write_token(stream, training, training->made[token].right, json);
        return;
    }
    char text[TEXT_RUNE_SIZE];
    unsigned char byte = (unsigned char)(token - FIRST_BYTE);
    if (json && (byte == '"' || byte == '\\'))
        fputc('\\', stream);
    fwrite(text, 1, text_encode(bpe_byte_rune(byte), text), stream);
}

static void write_vocab(FILE *stream, const struct training *training)
{
    for (int32_t token = 0; token < training->count; token++) {
        fprintf(stream, "%s\"", token == 0 ? "{" : ", ");
        if (token < FIRST_BYTE)
            fputs(bpe_special_names[token], stream);
        else
            write_token(stream, training, token, true);
        fprintf(stream, "\": %d", token);
    }
    fprintf(stream, ", \"%s\": %d}\n", bpe_special_names[BPE_MASK], training->count);
}

static void write_merges(FILE *stream, const struct training *training)
{
    fputs("#version: 0.2\n", stream);
    for (int32_t token = FIRST_BYTE + BPE_BYTES; token < training->count; token++) {
        write_token(stream, training, training->made[token].left, false);
        fputc(' ', stream);
        write_token(stream, training, training->made[token].right, false);
        fputc('\n', stream);
    }
}

static char *written(const struct training *training, void (*write)(FILE *stream, const struct training *training))
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    write(stream, training);
    bool whole = !ferror(stream);
    if (fclose(stream) == 0 && whole)
        return text;
    free(text);
    return NULL;
}

static void free_training(struct training *training)
{
    for (size_t i = 0; i < training->word_places; i++)
        free(training->word[i].token);
    free(training->word);
    free(training->pair);
    free(training->made);
}

static enum err_code write_both(const struct training *training, int size, char **vocab, char **merges, struct err *err)
{
    *vocab = written(training, write_vocab);
    *merges = written(training, write_merges);
    if (*vocab != NULL && *merges != NULL)
        return ERR_NONE;
    free(*vocab);
    free(*merges);
    *vocab = *merges = NULL;
    return no_memory(size, err);
}

enum err_code bpe_train(const struct bpe_text *texts, size_t count, int size, const atomic_bool *stop, char **vocab,
                        char **merges, struct err *err)
{
    struct training training = {0};
    struct pieces *pieces = pieces_new();
    enum err_code code = pieces == NULL ? no_memory(size, err) : ERR_NONE;
    *vocab = *merges = NULL;
    for (size_t i = 0; i < count && code == ERR_NONE; i++) {
        code = halt_asked(stop, err) ? err->code : count_words(&training, pieces, &texts[i], err);
        if (code == ERR_INPUT)
            err_prefix(err, "text %zu: ", i + 1);
    }
    code = code ? code : learn(&training, size, stop, err);
    code = code ? code : write_both(&training, size, vocab, merges, err);
    free_training(&training);
    pieces_free(pieces);
    return code;
}
