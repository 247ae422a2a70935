/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/bpe.h"
#include "dialogue/bpe_train.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Any bytes are a vocabulary, merges and a text, with a zero byte between two: each is taken, and then the text comes out again from
 * its tokens, or is refused with one line. Where the vocabulary is empty, one is trained on the text. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_refusal(enum err_code code, const struct err *err)
{
    if (code != ERR_INPUT || err->code != code || strchr(err->message, '\n') || !*err->message)
        abort();
}

static void check_text(struct bpe *bpe, const char *text, size_t size)
{
    struct bpe_tokens tokens = {0};
    struct err err = {.code = ERR_NONE};
    enum err_code code = bpe_encode(bpe, text, size, &tokens, &err);
    if (code)
        check_refusal(code, &err);
    size_t at = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        size_t length;
        const char *token = bpe_token(bpe, tokens.token[i], &length);
        if (length > size - at || memcmp(token, text + at, length) != 0)
            abort();
        at += length;
    }
    if (at != (code ? 0 : size))
        abort();
    free(tokens.token);
}

static size_t part(const char **at, const char *end)
{
    const char *zero = memchr(*at, '\0', (size_t)(end - *at));
    size_t length = (size_t)((zero == NULL ? end : zero) - *at);
    *at += length + (zero == NULL ? 0 : 1);
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data;
    const char *end = at + size;
    struct bpe_source vocab = {"vocab", at, part(&at, end)};
    struct bpe_source merges = {"merges", at, part(&at, end)};
    struct bpe_text text = {at, (size_t)(end - at)};
    char *made[2] = {NULL, NULL};
    struct err err = {.code = ERR_NONE};
    struct bpe *bpe;
    enum err_code code = ERR_NONE;
    if (vocab.size == 0)
        code = bpe_train(&text, 1, 300, NULL, &made[0], &made[1], &err);
    if (made[0] != NULL) {
        vocab = (struct bpe_source){"vocab", made[0], strlen(made[0])};
        if (merges.size == 0)
            merges = (struct bpe_source){"merges", made[1], strlen(made[1])};
    }
    code = code ? code : bpe_parse(&bpe, &vocab, &merges, &err);
    if (code) {
        check_refusal(code, &err);
    } else {
        check_text(bpe, text.text, text.size);
        bpe_free(bpe);
    }
    free(made[0]);
    free(made[1]);
    return 0;
}
