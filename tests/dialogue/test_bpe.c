/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "dialogue/bpe.h"
#include "dialogue/bpe_train.h"
#include "support/program.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void golden_path(char path[512], const char *name)
{
    snprintf(path, 512, "%s/tests/golden/dialogue/%s", getenv("RANKSCOPE_SOURCE"), name);
}

static struct bpe *gpt2(void)
{
    char vocab[512];
    char merges[512];
    struct bpe *bpe;
    struct err err = {.code = ERR_NONE};
    golden_path(vocab, "vocab.json");
    golden_path(merges, "merges.txt");
    if (bpe_read(&bpe, vocab, merges, &err))
        fail_msg("%s", err.message);
    return bpe;
}

/* What all tokens are, put together. */
static char *decoded(const struct bpe *bpe, const struct bpe_tokens *tokens, size_t *size)
{
    char *text = malloc(1 << 20);
    assert_non_null(text);
    *size = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        size_t length;
        const char *token = bpe_token(bpe, tokens->token[i], &length);
        memcpy(text + *size, token, length);
        *size += length;
    }
    return text;
}

static void known_encodings_come_token_for_token(void **state)
{
    (void)state;
    char path[512];
    char *lines;
    size_t size;
    struct err err = {.code = ERR_NONE};
    struct bpe *bpe = gpt2();
    golden_path(path, "golden.jsonl");
    assert_int_equal(file_read(path, 1 << 20, &lines, &size, &err), ERR_NONE);
    assert_int_equal(bpe_size(bpe), 50257);
    assert_int_equal(bpe_special(bpe, BPE_MASK), -1);
    int count = 0;
    for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n"), count++) {
        json_t *root = json_loads(line, 0, NULL);
        const json_t *ids = json_object_get(root, "ids");
        const json_t *text = json_object_get(root, "text");
        struct bpe_tokens tokens = {0};
        assert_int_equal(bpe_encode(bpe, json_string_value(text), json_string_length(text), &tokens, &err), ERR_NONE);
        assert_int_equal(tokens.count, json_array_size(ids));
        for (size_t i = 0; i < tokens.count; i++)
            assert_int_equal(tokens.token[i], json_integer_value(json_array_get(ids, i)));
        size_t length;
        char *again = decoded(bpe, &tokens, &length);
        assert_int_equal(length, json_string_length(text));
        assert_memory_equal(again, json_string_value(text), length);
        free(again);
        free(tokens.token);
        json_decref(root);
    }
    assert_int_equal(count, 75);
    free(lines);
    bpe_free(bpe);
}

static void a_failure_leaves_the_tokens_as_they_were(void **state)
{
    (void)state;
    struct bpe *bpe = gpt2();
    struct bpe_tokens tokens = {0};
    struct err err = {.code = ERR_NONE};
    assert_int_equal(bpe_encode(bpe, "one two", 7, &tokens, &err), ERR_NONE);
    size_t count = tokens.count;
    assert_int_equal(bpe_encode(bpe, "thr\xff\x65", 5, &tokens, &err), ERR_INPUT);
    assert_string_equal(err.message, "byte 4 is no UTF-8");
    assert_int_equal(tokens.count, count);
    assert_int_equal(bpe_encode(bpe, "", 0, &tokens, &err), ERR_NONE);
    assert_int_equal(tokens.count, count);
    free(tokens.token);
    bpe_free(bpe);
}

/* One word of many letters must not take a time that grows with its square: under valgrind that would be hours. */
static void a_long_word_is_merged_too(void **state)
{
    (void)state;
    size_t size = (size_t)100000 / (size_t)program_slowness() * 4;
    char *text = malloc(size);
    struct bpe *bpe = gpt2();
    struct bpe_tokens tokens = {0};
    struct err err = {.code = ERR_NONE};
    assert_non_null(text);
    for (size_t i = 0; i < size; i++)
        text[i] = "abra"[i % 4];
    assert_int_equal(bpe_encode(bpe, text, size, &tokens, &err), ERR_NONE);
    size_t length;
    char *again = decoded(bpe, &tokens, &length);
    assert_int_equal(length, size);
    assert_memory_equal(again, text, size);
    assert_true(tokens.count <= size / 2);
    free(again);
    free(tokens.token);
    free(text);
    bpe_free(bpe);
}

/* ---- a trained one ---- */

static struct bpe *parsed(const char *vocab, const char *merges)
{
    struct bpe *bpe;
    struct err err = {.code = ERR_NONE};
    struct bpe_source sources[2] = {{"v.json", vocab, strlen(vocab)}, {"m.txt", merges, strlen(merges)}};
    if (bpe_parse(&bpe, &sources[0], &sources[1], &err))
        fail_msg("%s", err.message);
    return bpe;
}

static const char *const sentences[] = {"the cat sat on the mat", "that is the hat , \"the\" \\ hat",
                                        "caf\xc3\xa9 the caf\xc3\xa9", "th th th"};
enum { SENTENCES = 4 };

static void train(int size, char **vocab, char **merges)
{
    struct bpe_text texts[SENTENCES];
    struct err err = {.code = ERR_NONE};
    for (int i = 0; i < SENTENCES; i++)
        texts[i] = (struct bpe_text){sentences[i], strlen(sentences[i])};
    assert_int_equal(bpe_train(texts, SENTENCES, size, NULL, vocab, merges, &err), ERR_NONE);
}

static void training_merges_what_is_seen_most(void **state)
{
    (void)state;
    char *vocab;
    char *merges;
    train(262, &vocab, &merges);
    /* t-h comes 9 times, and nothing else as often */
    assert_string_equal(merges, "#version: 0.2\nt h\n");
    struct bpe *bpe = parsed(vocab, merges);
    assert_int_equal(bpe_size(bpe), 262);
    assert_int_equal(bpe_special(bpe, BPE_BEGIN), 0);
    assert_int_equal(bpe_special(bpe, BPE_PAD), 1);
    assert_int_equal(bpe_special(bpe, BPE_END), 2);
    assert_int_equal(bpe_special(bpe, BPE_UNKNOWN), 3);
    assert_int_equal(bpe_special(bpe, BPE_MASK), 261);
    struct bpe_tokens tokens = {0};
    struct err err = {.code = ERR_NONE};
    assert_int_equal(bpe_encode(bpe, "the", 3, &tokens, &err), ERR_NONE);
    assert_int_equal(tokens.count, 2); /* t-h, e */
    assert_int_equal(tokens.token[0], 4 + 256);
    for (int i = 0; i < SENTENCES; i++) {
        tokens.count = 0;
        assert_int_equal(bpe_encode(bpe, sentences[i], strlen(sentences[i]), &tokens, &err), ERR_NONE);
        size_t length;
        char *again = decoded(bpe, &tokens, &length);
        assert_int_equal(length, strlen(sentences[i]));
        assert_memory_equal(again, sentences[i], length);
        free(again);
    }
    free(tokens.token);
    bpe_free(bpe);
    free(vocab);
    free(merges);
}

static void training_ends_where_nothing_is_seen_twice(void **state)
{
    (void)state;
    char *vocab;
    char *merges;
    train(5000, &vocab, &merges);
    struct bpe *bpe = parsed(vocab, merges);
    assert_in_range(bpe_size(bpe), 265, 300);
    assert_int_equal(bpe_special(bpe, BPE_MASK), bpe_size(bpe) - 1);
    bpe_free(bpe);
    free(vocab);
    free(merges);
}

/* ---- bad files ---- */

static void refused(const char *vocab, const char *merges, const char *message)
{
    struct bpe *bpe;
    struct err err = {.code = ERR_NONE};
    struct bpe_source sources[2] = {{"v.json", vocab, strlen(vocab)}, {"m.txt", merges, strlen(merges)}};
    assert_int_equal(bpe_parse(&bpe, &sources[0], &sources[1], &err), ERR_INPUT);
    assert_null(bpe);
    if (strstr(err.message, message) == NULL)
        fail_msg("\"%s\" should say \"%s\"", err.message, message);
}

static void bad_files_are_refused_by_line_and_token(void **state)
{
    (void)state;
    char *vocab;
    char *merges;
    train(262, &vocab, &merges);
    refused("{\"a\": 0", merges, "v.json:1:7: ");
    refused("{\"a\": 0, \"a\": 1}", merges, "v.json:1:12: duplicate");
    refused("[1, 2]", merges, "v.json: must be an object");
    refused("{\"a\": 1}", merges, "v.json: token \"a\": its number must be one from 0 to 0");
    refused("{\"a\": 0, \"b\": 0}", merges, "token \"b\": its number must be one from 0 to 1 that no other token has");
    refused("{\"a\": 0.5}", merges, "token \"a\"");
    refused("{\"a\": -1}", merges, "token \"a\"");
    refused("{\"a\": 0}", merges, "there is no token for byte 0");
    refused(vocab, "#version: 0.2\nt h\nth\n", "m.txt:3: \"th\" must be two tokens");
    refused(vocab, "t  h\n", "m.txt:1: \"t  h\" must be two tokens");
    refused(vocab, "t h\nt h\n", "m.txt:2: \"t h\" stands here twice");
    refused(vocab, "t q\n", "m.txt:1: \"t q\" makes what the vocabulary does not have");
    refused(vocab, "th e\n", "m.txt:1: \"th e\" has a part that is neither a byte nor made by a line before");
    struct bpe *bpe = parsed(vocab, "t h\r\n\r\n"); /* as some editors leave it */
    bpe_free(bpe);
    free(vocab);
    free(merges);
    struct err err = {.code = ERR_NONE};
    assert_int_equal(bpe_read(&bpe, "/nowhere/vocab.json", "/nowhere/merges.txt", &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "/nowhere/vocab.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_encodings_come_token_for_token),
        cmocka_unit_test(a_failure_leaves_the_tokens_as_they_were),
        cmocka_unit_test(a_long_word_is_merged_too),
        cmocka_unit_test(training_merges_what_is_seen_most),
        cmocka_unit_test(training_ends_where_nothing_is_seen_twice),
        cmocka_unit_test(bad_files_are_refused_by_line_and_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
