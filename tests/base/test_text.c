/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"
#include "base/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void every_character_decodes_and_nothing_else(void **state)
{
    (void)state;
    /* an encoder written from the definition is the oracle */
    for (uint32_t rune = 0; rune <= 0x10ffff; rune++) {
        char bytes[4];
        size_t length = rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
        static const unsigned char heads[] = {0, 0, 0xc0, 0xe0, 0xf0};
        for (size_t i = length; i-- > 1;)
            bytes[i] = (char)(0x80 | ((rune >> 6 * (length - 1 - i)) & 0x3f));
        bytes[0] = (char)(heads[length] | rune >> 6 * (length - 1));
        char encoded[TEXT_RUNE_SIZE];
        assert_int_equal(text_encode(rune, encoded), length);
        assert_memory_equal(encoded, bytes, length);
        uint32_t got = 0;
        size_t decoded = text_decode(bytes, length, &got);
        if (rune >= 0xd800 && rune < 0xe000) {
            assert_int_equal(decoded, 0);
            continue;
        }
        assert_int_equal(decoded, length);
        assert_int_equal(got, rune);
        assert_int_equal(text_decode(bytes, length - 1, &got), 0);
    }
    static const char *const wrong[] = {"\x80",         "\xbf",         "\xc0\x80",         "\xc1\xbf",         "\xc3(",
                                        "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xff"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint32_t rune;
        assert_int_equal(text_decode(wrong[i], strlen(wrong[i]), &rune), 0);
    }
}

static void expect_clean(const char *text, const char *clean)
{
    char copy[128];
    strcpy(copy, text);
    text_clean(copy);
    assert_string_equal(copy, clean);
}

static void what_steers_a_terminal_is_replaced(void **state)
{
    (void)state;
    expect_clean("", "");
    expect_clean("A* + R, Â − A*, 三", "A* + R, Â − A*, 三");
    expect_clean("\x1b]0;own\x07\n\t\x7f", "?]0;own????");
    expect_clean("\xc2\x9b"
                 "31m",
                 "?31m"); /* C1's own escape */
    expect_clean("\xe2\x80\xae"
                 "abc\xe2\x81\xa6",
                 "?abc?"); /* direction overrides */
    expect_clean("a\xff\xe2\x80", "a???");
}

static void a_message_never_carries_control_characters(void **state)
{
    (void)state;
    struct err err = {0};
    assert_int_equal(err_set(&err, ERR_IO, "%s", "a\x1b[2Jb\n"), ERR_IO);
    assert_string_equal(err.message, "a?[2Jb?");
    assert_int_equal(err_prefix(&err, "%s:%d: ", "x\ty", 3), ERR_IO);
    assert_string_equal(err.message, "x?y:3: a?[2Jb?");
    assert_int_equal(err_set(NULL, ERR_MATH, "nothing to fill"), ERR_MATH);

    char longer[2 * sizeof err.message];
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    err_set(&err, ERR_INPUT, "%s", longer);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    err_prefix(&err, "%s", "front ");
    assert_memory_equal(err.message, "front xxx", 9);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
}

static void clipping_keeps_whole_characters(void **state)
{
    (void)state;
    char clip[TEXT_CLIP_SIZE];
    text_clip(clip, "short");
    assert_string_equal(clip, "short");
    char longer[300] = "";
    for (int offset = 0; offset < 3; offset++) {
        memset(longer, 'x', (size_t)offset);
        longer[offset] = '\0';
        for (int i = 0; i < 60; i++)
            strcat(longer, "三");
        text_clip(clip, longer);
        char copy[TEXT_CLIP_SIZE];
        strcpy(copy, clip);
        text_clean(copy);
        assert_string_equal(copy, clip);
        assert_string_equal(clip + strlen(clip) - strlen("…"), "…");
    }
}

static void reals_are_short_and_read_back_to_the_same_bits(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } known[] = {{0.003, "0.003"},
                 {2.385, "2.385"},
                 {0, "0"},
                 {1e-300, "1e-300"},
                 {100000, "100000"},
                 {1.5e15, "1.5e+15"},
                 {1234.5, "1234.5"},
                 {-12, "-12"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {(double)INFINITY, "inf"},
                 {-(double)INFINITY, "-inf"},
                 {1.0 / 3, "0.3333333333333333"}};
    char text[TEXT_REAL_SIZE];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        text_format_real(text, known[i].value);
        assert_string_equal(text, known[i].text);
    }
    text_format_real(text, (double)NAN);
    assert_non_null(strstr(text, "nan"));
    uint64_t bits = 0x9e3779b97f4a7c15;
    for (int i = 0; i < 20000; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        text_format_real(text, value);
        double back = strtod(text, NULL);
        assert_memory_equal(&back, &value, sizeof value);
    }
}

static void lines_are_broken_at_blanks_by_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text, *lines;
    } known[] = {{"", "\n"},
                 {"one two three", "one two\nthree\n"},
                 {"ένα δύο τρία", "ένα δύο\nτρία\n"}, /* characters, not bytes */
                 {"a  b\n\n c", "a b\n\nc\n"},
                 {"in incomprehensibilities of", "in\nincomprehensibilities\nof\n"},
                 {"an \n", "an\n\n"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char *lines = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&lines, &size);
        assert_non_null(stream);
        text_write_wrapped(stream, known[i].text, 8);
        assert_int_equal(fclose(stream), 0);
        assert_string_equal(lines, known[i].lines);
        free(lines);
    }
}

static const char *guess(const char *word)
{
    static const char *const candidates[] = {"dimension",         "rank", "tasks", "truth", "retrain.inner_rate",
                                             "retrain.outer_rate"};
    struct text_guess guessed = {.word = word};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        text_guess_offer(&guessed, candidates[i]);
    return guessed.best ? guessed.best : "";
}

static void typing_errors_are_guessed_and_other_words_are_not(void **state)
{
    (void)state;
    assert_string_equal(guess("dimensoin"), "dimension"); /* swapped */
    assert_string_equal(guess("dimesion"), "dimension");  /* missing */
    assert_string_equal(guess("dimennsion"), "dimension");
    assert_string_equal(guess("ranks"), "rank");
    assert_string_equal(guess("task"), "tasks");
    assert_string_equal(guess("retrain.inner_rtae"), "retrain.inner_rate");
    assert_string_equal(guess("retrain.uoter_rate"), "retrain.outer_rate");
    assert_string_equal(guess("r"), "");
    assert_string_equal(guess("colour"), "");
    assert_string_equal(guess("rate"), "");
    assert_string_equal(guess("a word that is much longer than any key could ever be"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_decodes_and_nothing_else),
        cmocka_unit_test(what_steers_a_terminal_is_replaced),
        cmocka_unit_test(a_message_never_carries_control_characters),
        cmocka_unit_test(clipping_keeps_whole_characters),
        cmocka_unit_test(reals_are_short_and_read_back_to_the_same_bits),
        cmocka_unit_test(lines_are_broken_at_blanks_by_characters),
        cmocka_unit_test(typing_errors_are_guessed_and_other_words_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
