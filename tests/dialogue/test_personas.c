/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/convai.h"
#include "dialogue/personas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void generate(const struct personas_settings *settings, struct convai *corpus)
{
    char *text;
    size_t size;
    struct err err = {.code = ERR_NONE};
    if (personas_write(settings, NULL, &text, &size, &err) || convai_parse(corpus, "generated", text, size, NULL, &err))
        fail_msg("%s", err.message);
}

static void what_is_generated_is_read_as_what_was_asked_for(void **state)
{
    (void)state;
    struct convai corpus;
    generate(&personas_usual, &corpus);
    assert_int_equal(corpus.personas, personas_usual.personas);
    assert_int_equal(corpus.dialogues, personas_usual.personas * personas_usual.dialogues);
    assert_int_equal(corpus.turns, corpus.dialogues * personas_usual.turns);
    for (int i = 0; i < corpus.turns; i++) {
        const struct convai_turn *turn = &corpus.turn[i];
        assert_int_equal(turn->candidates, personas_usual.candidates);
        assert_int_equal(turn->right, personas_usual.candidates - 1);
        for (int a = 0; a < turn->candidates; a++)
            for (int b = 0; b < a; b++)
                assert_string_not_equal(turn->candidate[a], turn->candidate[b]);
    }
    convai_free(&corpus);
}

static void a_seed_and_a_number_make_a_persona(void **state)
{
    (void)state;
    struct personas_settings settings = personas_usual;
    char *text[3];
    size_t size[3];
    struct err err = {.code = ERR_NONE};
    settings.personas = 3;
    assert_int_equal(personas_write(&settings, NULL, &text[0], &size[0], &err), ERR_NONE);
    settings.personas = 2;
    assert_int_equal(personas_write(&settings, NULL, &text[1], &size[1], &err), ERR_NONE);
    settings.seed++;
    assert_int_equal(personas_write(&settings, NULL, &text[2], &size[2], &err), ERR_NONE);
    assert_true(size[1] < size[0]);
    assert_memory_equal(text[0], text[1], size[1]);
    assert_string_not_equal(text[1], text[2]);
    for (int i = 0; i < 3; i++)
        free(text[i]);
}

/* Remembers nothing but the words of a persona's replies, and picks the candidate with most of those that few others say: better
 * than chance by far on dialogues it has not seen, and no better than chance among answers to one question where the words are
 * another persona's. */
static int hits(const struct convai *corpus, int persona, int memory, int *trials)
{
    int right = 0;
    *trials = 0;
    for (int i = 0, seen = 0; i < corpus->dialogues; i++) {
        const struct convai_dialogue *dialogue = &corpus->dialogue[i];
        if (dialogue->persona != persona || seen++ < corpus->persona[persona].dialogues - 3)
            continue;
        for (int t = dialogue->first; t < dialogue->first + dialogue->turns; t++) {
            const struct convai_turn *turn = &corpus->turn[t];
            double best = -1;
            int choice = 0;
            for (int c = 0; c < turn->candidates; c++) {
                double score = 0;
                for (int j = 0, known = 0; j < corpus->dialogues; j++) {
                    const struct convai_dialogue *from = &corpus->dialogue[j];
                    if (from->persona != memory || known++ >= corpus->persona[memory].dialogues - 3)
                        continue;
                    for (int k = from->first; k < from->first + from->turns; k++)
                        score += strcmp(corpus->turn[k].reply, turn->candidate[c]) == 0;
                }
                if (score > best) {
                    best = score;
                    choice = c;
                }
            }
            right += choice == turn->right;
            ++*trials;
        }
    }
    return right;
}

static void personas_differ_in_what_they_say(void **state)
{
    (void)state;
    struct personas_settings settings = personas_usual;
    struct convai corpus;
    settings.personas = 12;
    settings.dialogues = 24;
    generate(&settings, &corpus);
    int own = 0;
    int other = 0;
    int all = 0;
    for (int i = 0; i < corpus.personas; i++) {
        int trials;
        own += hits(&corpus, i, i, &trials);
        other += hits(&corpus, i, (i + 1) % corpus.personas, &trials);
        all += trials;
    }
    assert_int_equal(all, 12 * 3 * settings.turns);
    assert_true(2 * own > all);
    assert_true(4 * other < all);
    convai_free(&corpus);
}

static void settings_out_of_range_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct personas_settings settings;
        const char *message;
    } bad[] = {
        {{1, 0, 1, 1, 1, 2}, "personas must be from 1 to 10000, not 0"},
        {{1, 1, 0, 1, 1, 2}, "dialogues must be from 1 to 1000, not 0"},
        {{1, 1, 1, 2, 1, 2}, "turns must be from 1 to 1, not 2"},
        {{1, 1, 1, 1, 11, 2}, "facts must be from 1 to 10, not 11"},
        {{1, 1, 1, 1, 1, 41}, "candidates must be from 2 to 40, not 41"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *text;
        size_t size;
        struct err err = {.code = ERR_NONE};
        assert_int_equal(personas_write(&bad[i].settings, NULL, &text, &size, &err), ERR_INPUT);
        assert_string_equal(err.message, bad[i].message);
        assert_null(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_generated_is_read_as_what_was_asked_for),
        cmocka_unit_test(a_seed_and_a_number_make_a_persona),
        cmocka_unit_test(personas_differ_in_what_they_say),
        cmocka_unit_test(settings_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
