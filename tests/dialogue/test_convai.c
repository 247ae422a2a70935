/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "dialogue/convai.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void the_sample_is_read_whole(void **state)
{
    (void)state;
    char path[512];
    struct convai corpus;
    struct err err = {.code = ERR_NONE};
    snprintf(path, sizeof path, "%s/tests/golden/dialogue/sample.txt", getenv("RANKSCOPE_SOURCE"));
    if (convai_read(&corpus, path, NULL, &err))
        fail_msg("%s", err.message);
    assert_int_equal(corpus.dialogues, 67);
    assert_int_equal(corpus.turns, 524);
    assert_int_equal(corpus.personas, 61);
    int dialogues = 0;
    int turns = 0;
    for (int i = 0; i < corpus.personas; i++) {
        dialogues += corpus.persona[i].dialogues;
        turns += corpus.persona[i].turns;
    }
    assert_int_equal(dialogues, 67);
    assert_int_equal(turns, 524);
    for (int i = 0; i < corpus.turns; i++) {
        const struct convai_turn *turn = &corpus.turn[i];
        assert_int_equal(turn->candidates, 20);
        assert_int_equal(turn->right, 19);
        assert_string_equal(turn->candidate[turn->right], turn->reply);
    }
    assert_string_equal(corpus.persona[0].sentence[1], "i have a turtle named timothy.");
    assert_string_equal(corpus.turn[0].utterance, "hello , how are you doing tonight ?");
    assert_string_equal(corpus.turn[0].candidate[0], "god help you and make you rich one day .");
    assert_int_equal(corpus.turn[0].line, 6);
    convai_free(&corpus);
}

static enum err_code parse(struct convai *corpus, const char *text, size_t size, struct err *err)
{
    char *copy = malloc(size + 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    copy[size] = '\0';
    return convai_parse(corpus, "c.txt", copy, size, NULL, err);
}

static void a_persona_is_known_by_its_sentences_in_any_order(void **state)
{
    (void)state;
    static const char text[] =
        "\xef\xbb\xbf"
        "1 your persona: a.\r\n2 your persona: b.\r\n3 hi\tyes\t\tno|yes\r\n4 so\tno\t\tno|yes|no\r\n"
        "1 your persona: b.\n2 partner's persona: z.\n3 your persona: a.\n4 hi\tyes\t\tyes|no\n"
        "1 your persona: ab.\n2 your persona: .\n3 hi\tyes\t\tno|yes";
    struct convai corpus;
    struct err err = {.code = ERR_NONE};
    if (parse(&corpus, text, sizeof text - 1, &err))
        fail_msg("%s", err.message);
    assert_int_equal(corpus.dialogues, 3);
    assert_int_equal(corpus.personas, 2);
    assert_int_equal(corpus.dialogue[1].persona, 0);
    assert_int_equal(corpus.dialogue[2].persona, 1);
    assert_int_equal(corpus.persona[0].dialogues, 2);
    assert_int_equal(corpus.persona[0].turns, 3);
    assert_int_equal(corpus.turn[1].right, 2); /* the last of equal ones */
    assert_int_equal(corpus.turn[2].right, 0);
    assert_string_equal(corpus.turn[0].candidate[1], "yes");
    convai_free(&corpus);
}

#define START "1 your persona: a.\n"

static void what_is_wrong_is_said_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"", "c.txt: there is no dialogue in it"},
        {"\n\n", "c.txt: there is no dialogue in it"},
        {"your persona: a.\n", "c.txt:1: must begin with the line's number"},
        {"2 your persona: a.\n", "c.txt:1: the line's number is 2; 1 is wanted"},
        {START "3 hi\tyes\t\tno|yes\n", "c.txt:2: the line's number is 3; 2, or 1 where a dialogue begins is wanted"},
        {START "99999999999999999999999 hi\tyes\t\tno|yes\n", "c.txt:2: the line's number is 99999999999999999999"},
        {"1 your persona: \n", "c.txt:1: the persona's sentence is empty"},
        {START "2 hi\n", "c.txt:2: must be NUMBER your persona: SENTENCE, or NUMBER UTTERANCE<tab>REPLY<tab><tab>"},
        {START "2 hi\tyes\n", "c.txt:2: the turn has no candidates"},
        {START "2 hi\tyes\t0.5\tno|yes\n", "c.txt:2: there must be two tabs between"},
        {START "2 hi\tyes\t\tno|yes\tmore\n", "c.txt:2: there must be two tabs between"},
        {START "2 \tyes\t\tno|yes\n", "c.txt:2: the utterance is empty"},
        {START "2 hi\t\t\tno|yes\n", "c.txt:2: the reply is empty"},
        {START "2 hi\tyes\t\tno|oh\n", "c.txt:2: the reply is not among the candidates"},
        {START "2 hi\tyes\t\tyes\n", "c.txt:2: there must be two candidates at least"},
        {START "2 hi\tyes\t\tno||yes\n", "c.txt:2: a candidate is empty"},
        {START "2 hi\tyes\t\tno|yes\n3 your persona: b.\n", "c.txt:3: a sentence of the persona must come before"},
        {"1 hi\tyes\t\tno|yes\n", "c.txt:1: the dialogue has no \"your persona:\""},
        {START START "2 hi\tyes\t\tno|yes\n", "c.txt:2: the dialogue before this line has no turn"},
        {START, "c.txt:2: the last dialogue has no turn"},
        {START "2 caf\xe9\tyes\t\tno|yes\n", "c.txt:2:6: byte 0xe9 is no text in UTF-8"},
        {"\xff\xfe\x31\x20", "c.txt: is UTF-16"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct convai corpus;
        struct err err = {.code = ERR_NONE};
        assert_int_equal(parse(&corpus, bad[i].text, strlen(bad[i].text), &err), ERR_INPUT);
        assert_null(corpus.text);
        if (strncmp(err.message, bad[i].message, strlen(bad[i].message)) != 0)
            fail_msg("\"%s\" should begin with \"%s\"", err.message, bad[i].message);
    }
    struct convai corpus;
    struct err err = {.code = ERR_NONE};
    assert_int_equal(parse(&corpus, "1 a\0b", 5, &err), ERR_INPUT);
    assert_string_equal(err.message, "c.txt:1:4: byte 0x00 is no text in UTF-8");
}

static void limits_are_said(void **state)
{
    (void)state;
    struct convai corpus;
    struct err err = {.code = ERR_NONE};
    size_t size = CONVAI_LINE_MAX + 100;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, 'a', size);
    assert_int_equal(parse(&corpus, text, size, &err), ERR_INPUT);
    assert_string_equal(err.message, "c.txt:1: the line is longer than 65536 bytes");
    size = 0;
    for (int i = 1; i <= 65; i++)
        size += (size_t)sprintf(text + size, "%d your persona: a.\n", i);
    assert_int_equal(parse(&corpus, text, size, &err), ERR_INPUT);
    assert_string_equal(err.message, "c.txt:65: a persona has more than 64 sentences");
    size = (size_t)sprintf(text, START "2 a\tb\t\t");
    for (int i = 0; i < 257; i++)
        size += (size_t)sprintf(text + size, "b|");
    assert_int_equal(parse(&corpus, text, size, &err), ERR_INPUT);
    assert_string_equal(err.message, "c.txt:2: there are more than 256 candidates");
    free(text);
    assert_int_equal(convai_read(&corpus, "/nowhere/c.txt", NULL, &err), ERR_INPUT);
    convai_free(&corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_is_read_whole),
        cmocka_unit_test(a_persona_is_known_by_its_sentences_in_any_order),
        cmocka_unit_test(what_is_wrong_is_said_with_its_line),
        cmocka_unit_test(limits_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
