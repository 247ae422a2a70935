/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "base/text.h"
#include "dialogue/bpe_state.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = 64 << 20 };

/* The printable ones of Latin-1 stand for themselves, all others for what follows U+00FF, in order. */
static bool stands_for_itself(unsigned byte)
{
    return (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

uint32_t bpe_byte_rune(unsigned char byte)
{
    uint32_t rune = BPE_BYTES;
    if (stands_for_itself(byte))
        return byte;
    for (unsigned before = 0; before < byte; before++)
        rune += stands_for_itself(before) ? 0 : 1;
    return rune;
}

/* ---- the vocabulary, by its tokens as they are written ---- */

struct entry {
    const char *text; /* the JSON's; NULL: free */
    int32_t token;
    int32_t line; /* of the merge that first makes it; 0: a byte; −1: nothing does */
};

struct reading {
    struct bpe *bpe;
    const struct bpe_source *vocab, *merges;
    json_t *root;
    struct entry *entry; /* hashed by text */
    size_t places;       /* a power of two */
    struct err *err;
};

static struct entry *find(const struct reading *reading, const char *text, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    for (size_t at = hash ^ hash >> 32;; at++) {
        struct entry *entry = &reading->entry[at & (reading->places - 1)];
        if (entry->text == NULL || (strncmp(entry->text, text, length) == 0 && entry->text[length] == '\0'))
            return entry;
    }
}

static enum err_code no_memory(const struct reading *reading)
{
    return err_set(reading->err, ERR_MEMORY, "no memory for the vocabulary of %s", reading->vocab->name);
}

static enum err_code load_json(struct reading *reading)
{
    json_error_t wrong;
    const struct bpe_source *vocab = reading->vocab;
    reading->root = json_loadb(vocab->text, vocab->size, JSON_REJECT_DUPLICATES, &wrong);
    if (reading->root == NULL && json_error_code(&wrong) == json_error_out_of_memory)
        return no_memory(reading);
    if (reading->root == NULL)
        return err_set(reading->err, ERR_INPUT, "%s:%d:%d: %s", vocab->name, wrong.line, wrong.column, wrong.text);
    if (!json_is_object(reading->root) || json_object_size(reading->root) == 0 ||
        json_object_size(reading->root) > BPE_TOKENS_MAX)
        return err_set(reading->err, ERR_INPUT, "%s: must be an object of 1 to %d tokens with their numbers",
                       vocab->name, BPE_TOKENS_MAX);
    return ERR_NONE;
}

static enum err_code enter_tokens(struct reading *reading)
{
    const char *text;
    json_t *value;
    size_t count = json_object_size(reading->root);
    bool *taken = calloc(count, sizeof *taken);
    enum err_code code = ERR_NONE;
    if (taken == NULL)
        return no_memory(reading);
    json_object_foreach(reading->root, text, value)
    {
        json_int_t number = json_integer_value(value);
        if (code != ERR_NONE)
            break;
        if (!json_is_integer(value) || number < 0 || (size_t)number >= count || taken[number])
            code = err_set(reading->err, ERR_INPUT,
                           "%s: token \"%s\": its number must be one from 0 to %zu that no other token has",
                           reading->vocab->name, text, count - 1);
        else
            taken[number] = true;
        *find(reading, text, strlen(text)) = (struct entry){.text = text, .token = (int32_t)number, .line = -1};
    }
    free(taken);
    return code;
}

/* What a token is in bytes: its characters that stand for one, the others as they are. Returns the length. */
static size_t token_bytes(const char *text, const unsigned char byte_of[2 * BPE_BYTES], char *bytes)
{
    size_t length = 0;
    for (size_t at = 0, size = strlen(text); at < size;) {
        uint32_t rune;
        size_t step = text_decode(text + at, size - at, &rune);
        if (step == 0)
            break; /* cannot be: JSON is UTF-8 */
        if (rune < 2 * BPE_BYTES && bpe_byte_rune(byte_of[rune]) == rune) {
            bytes[length++] = (char)byte_of[rune];
        } else {
            memcpy(bytes + length, text + at, step);
            length += step;
        }
        at += step;
    }
    return length;
}

static enum err_code keep_bytes(struct reading *reading)
{
    struct bpe *bpe = reading->bpe;
    unsigned char byte_of[2 * BPE_BYTES] = {0};
    size_t total = 0;
    for (unsigned byte = 0; byte < BPE_BYTES; byte++)
        byte_of[bpe_byte_rune((unsigned char)byte)] = (unsigned char)byte;
    const char **text = calloc((size_t)bpe->size, sizeof *text);
    bpe->first = calloc((size_t)bpe->size + 1, sizeof *bpe->first);
    for (size_t i = 0; text != NULL && i < reading->places; i++)
        if (reading->entry[i].text != NULL) {
            text[reading->entry[i].token] = reading->entry[i].text;
            total += strlen(reading->entry[i].text) + 1;
        }
    bpe->bytes = malloc(total + 1);
    if (text == NULL || bpe->first == NULL || bpe->bytes == NULL) {
        free(text);
        return no_memory(reading);
    }
    for (int i = 0; i < bpe->size; i++) {
        size_t length = token_bytes(text[i], byte_of, bpe->bytes + bpe->first[i]);
        bpe->bytes[bpe->first[i] + length] = '\0';
        bpe->first[i + 1] = bpe->first[i] + length + 1;
    }
    free(text);
    return ERR_NONE;
}

static enum err_code find_bytes(struct reading *reading)
{
    for (unsigned byte = 0; byte < BPE_BYTES; byte++) {
        char text[TEXT_RUNE_SIZE];
        struct entry *entry = find(reading, text, text_encode(bpe_byte_rune((unsigned char)byte), text));
        if (entry->text == NULL)
            return err_set(reading->err, ERR_INPUT, "%s: there is no token for byte %u, and so not every text has one",
                           reading->vocab->name, byte);
        entry->line = 0;
        reading->bpe->byte[byte] = entry->token;
    }
    for (int i = 0; i < BPE_SPECIALS; i++) {
        const struct entry *entry = find(reading, bpe_special_names[i], strlen(bpe_special_names[i]));
        reading->bpe->special[i] = entry->text == NULL ? -1 : entry->token;
    }
    return ERR_NONE;
}

static enum err_code read_vocab(struct reading *reading)
{
    enum err_code code = load_json(reading);
    if (code != ERR_NONE)
        return code;
    reading->bpe->size = (int)json_object_size(reading->root);
    for (reading->places = 2; reading->places < 2 * (size_t)reading->bpe->size;)
        reading->places *= 2;
    reading->entry = calloc(reading->places, sizeof *reading->entry);
    if (reading->entry == NULL)
        return no_memory(reading);
    code = enter_tokens(reading);
    code = code ? code : keep_bytes(reading);
    return code ? code : find_bytes(reading);
}

/* ---- the merges ---- */

static enum err_code wrong_line(const struct reading *reading, int line, const char *what, const char *text,
                                size_t length)
{
    char copy[TEXT_CLIP_SIZE];
    char clip[TEXT_CLIP_SIZE];
    snprintf(copy, sizeof copy, "%.*s", (int)(length < sizeof copy ? length : sizeof copy - 1), text);
    text_clip(clip, copy);
    return err_set(reading->err, ERR_INPUT, "%s:%d: \"%s\" %s", reading->merges->name, line, clip, what);
}

static enum err_code read_merge(struct reading *reading, const char *text, size_t length, int line)
{
    const char *blank = memchr(text, ' ', length);
    size_t left = blank == NULL ? 0 : (size_t)(blank - text);
    if (left == 0 || left + 1 == length || memchr(blank + 1, ' ', length - left - 1) != NULL ||
        memchr(text, '\0', length) != NULL)
        return wrong_line(reading, line, "must be two tokens with one blank between", text, length);
    char *whole = malloc(length);
    if (whole == NULL)
        return no_memory(reading);
    memcpy(whole, text, left);
    memcpy(whole + left, blank + 1, length - left - 1);
    struct entry *made = find(reading, whole, length - 1);
    free(whole);
    const struct entry *part[2] = {find(reading, text, left), find(reading, blank + 1, length - left - 1)};
    for (int i = 0; i < 2; i++)
        if (part[i]->text == NULL || part[i]->line < 0)
            return wrong_line(reading, line, "has a part that is neither a byte nor made by a line before", text,
                              length);
    if (made->text == NULL)
        return wrong_line(reading, line, "makes what the vocabulary does not have", text, length);
    struct bpe_merge *merge = bpe_merge_find(reading->bpe, part[0]->token, part[1]->token);
    if (merge->left >= 0)
        return wrong_line(reading, line, "stands here twice", text, length);
    *merge = (struct bpe_merge){part[0]->token, part[1]->token, line, made->token};
    made->line = made->line < 0 ? line : made->line;
    return ERR_NONE;
}

static enum err_code read_merges(struct reading *reading)
{
    const char *text = reading->merges->text;
    const char *end = text + reading->merges->size;
    size_t lines = 1;
    for (const char *at = text; at < end; at++)
        lines += *at == '\n';
    struct bpe *bpe = reading->bpe;
    for (bpe->merge_places = 2; bpe->merge_places < 2 * lines;)
        bpe->merge_places *= 2;
    bpe->merge = malloc(bpe->merge_places * sizeof *bpe->merge);
    if (bpe->merge == NULL)
        return no_memory(reading);
    for (size_t i = 0; i < bpe->merge_places; i++)
        bpe->merge[i] = (struct bpe_merge){.left = -1};
    enum err_code code = ERR_NONE;
    for (int line = 1; text < end && code == ERR_NONE; line++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((newline == NULL ? end : newline) - text);
        size_t kept = length > 0 && text[length - 1] == '\r' ? length - 1 : length;
        bool version = line == 1 && kept > 0 && strncmp(text, "#version", strlen("#version")) == 0;
        if (kept > 0 && !version)
            code = read_merge(reading, text, kept, line);
        text += length + (newline == NULL ? 0 : 1);
    }
    return code;
}

enum err_code bpe_parse(struct bpe **bpe, const struct bpe_source *vocab, const struct bpe_source *merges,
                        struct err *err)
{
    struct reading reading = {.bpe = calloc(1, sizeof **bpe), .vocab = vocab, .merges = merges, .err = err};
    *bpe = NULL;
    if (reading.bpe == NULL)
        return no_memory(&reading);
    enum err_code code = read_vocab(&reading);
    code = code ? code : read_merges(&reading);
    reading.bpe->pieces = code ? NULL : pieces_new();
    if (code == ERR_NONE && reading.bpe->pieces == NULL)
        code = no_memory(&reading);
    free(reading.entry);
    json_decref(reading.root);
    if (code != ERR_NONE)
        bpe_free(reading.bpe);
    else
        *bpe = reading.bpe;
    return code;
}

enum err_code bpe_read(struct bpe **bpe, const char *vocab_path, const char *merges_path, struct err *err)
{
    char *vocab = NULL;
    char *merges = NULL;
    struct bpe_source vocab_source = {.name = vocab_path};
    struct bpe_source merges_source = {.name = merges_path};
    *bpe = NULL;
    enum err_code code = file_read(vocab_path, FILE_LIMIT, &vocab, &vocab_source.size, err);
    code = code ? code : file_read(merges_path, FILE_LIMIT, &merges, &merges_source.size, err);
    vocab_source.text = vocab;
    merges_source.text = merges;
    code = code ? code : bpe_parse(bpe, &vocab_source, &merges_source, err);
    free(vocab);
    free(merges);
    return code;
}
