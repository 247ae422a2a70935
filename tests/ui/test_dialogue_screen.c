/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/chance.h"
#include "support/golden.h"
#include "support/program.h"
#include "ui/dialogue_state.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A view in the middle of adapting. */
static void make_view(struct dialogue_view *view)
{
    *view = (struct dialogue_view){
        .stage = DIALOGUE_ADAPTING, .steps = 100, .step = 100, .rank = 8, .unseen = 3, .chance = 0.05};
    for (int i = 0; i < VIEW_METHODS; i++) {
        struct dialogue_view_method *method = &view->method[i];
        *method = (struct dialogue_view_method){.step = 90, .steps = 90, .loss = 0.17, .tokens = 45200 - 7300 * i};
        method->epochs = 6;
        method->adapted = 1;
        method->adapt_epochs = 4;
        method->layers = 2;
        for (int j = 0; j < method->epochs; j++)
            method->epoch[j] =
                (struct dialogue_view_epoch){0.2 - 0.01 * j, 0.2 - 0.004 * j * (i + 1), 4 + (3 + 2 * i) * j, 90};
        for (int j = 0; j < method->adapt_epochs; j++)
            method->adapt[j] = (struct dialogue_view_epoch){0.2, 0.19, 1 + (1 + i) * j, 9};
        for (int j = 0; j < method->layers; j++) {
            method->layer[j] = (struct dialogue_view_layer){.values = 12, .rank = 9 - 4 * i + j};
            for (int k = 0; k < 12; k++)
                method->layer[j].value[k] = 2.385 * pow(i == 0 ? 0.8 : 0.5, k);
        }
        for (int j = 0; j < 20; j++)
            method->score[j] = ((j * 7 + i * 3) % 20) * 0.1;
    }
    struct dialogue_view_turn *turn = &view->turn;
    *turn =
        (struct dialogue_view_turn){.number = 4, .turns = 90, .persona = 12, .said = 3, .candidates = 20, .right = 19};
    snprintf(turn->text[0], VIEW_TEXT, "do you have pets ?");
    snprintf(turn->text[1], VIEW_TEXT, "well , i have a goat at home .");
    snprintf(turn->text[2], VIEW_TEXT, "what do you drink ?");
    for (int i = 0; i < 20; i++)
        snprintf(turn->candidate[i], VIEW_TEXT, "candidate number %d drinks a lot of tea", i + 1);
}

static struct dialogue_screen *new_screen(enum glyphs glyphs)
{
    struct err err = {.code = ERR_NONE};
    struct dialogue_screen *screen = dialogue_screen_new(glyphs, &err);
    assert_non_null(screen);
    return screen;
}

static void check(const char *name, int width, int height, enum glyphs glyphs, const struct dialogue_status *status)
{
    struct grid grid = {0};
    struct dialogue_screen *screen = new_screen(glyphs);
    assert_true(grid_resize(&grid, width, height));
    dialogue_screen_draw(screen, &grid, status);
    char *text = golden_screen(&grid);
    golden_check(name, text);
    free(text);
    grid_free(&grid);
    dialogue_screen_free(screen);
}

static void it_looks_as_it_did(void **state)
{
    (void)state;
    static struct dialogue_view view;
    make_view(&view);
    const struct dialogue_status status = {&view, true, false};
    check("dialogue-screen/wide.txt", 120, 36, GLYPHS_BRAILLE, &status);
    check("dialogue-screen/small.txt", 80, 24, GLYPHS_BRAILLE, &status);
    check("dialogue-screen/least.txt", 60, 16, GLYPHS_ASCII, &status);
    const struct dialogue_status nothing = {NULL, false, false};
    check("dialogue-screen/begin.txt", 80, 24, GLYPHS_BRAILLE, &nothing);
}

static screen_wish press(struct dialogue_screen *screen, uint32_t key, const struct dialogue_status *status)
{
    return dialogue_screen_handle(screen, &(struct event){.type = EVENT_KEY, .key = key}, status);
}

static void keys_wish_for_what_they_say(void **state)
{
    (void)state;
    struct dialogue_screen *screen = new_screen(GLYPHS_BRAILLE);
    struct dialogue_status status = {NULL, false, false};
    assert_true(press(screen, ' ', &status) & DIALOGUE_BEGIN);
    status.begun = true;
    assert_true(press(screen, ' ', &status) & DIALOGUE_PAUSE);
    status.paused = true;
    assert_true(press(screen, ' ', &status) & DIALOGUE_RUN);
    assert_true(press(screen, EVENT_KEY_RIGHT, &status) & DIALOGUE_NEXT);
    assert_true(press(screen, EVENT_KEY_LEFT, &status) & DIALOGUE_PREVIOUS);
    assert_true(press(screen, 'q', &status) & WISH_QUIT);
    assert_true(press(screen, EVENT_KEY_F1, &status) & (WISH_GO << SCREEN_LAB));
    dialogue_screen_free(screen);
}

static bool says(const struct dialogue_view *view, const char *wanted)
{
    char text[DIALOGUE_SENTENCE_SIZE];
    const struct dialogue_status status = {view, true, false};
    dialogue_describe(&status, text);
    return strstr(text, wanted) != NULL;
}

/* Whatever is measured is what is said. */
static void the_sentence_follows_the_numbers(void **state)
{
    (void)state;
    static struct dialogue_view view;
    make_view(&view);
    assert_true(says(&view, "standard's is of higher rank, as the linear theory has it"));
    for (int i = 0; i < 2; i++)
        view.method[0].layer[i].rank = 1;
    assert_true(says(&view, "which is not what the linear theory has"));
    for (int i = 0; i < 2; i++)
        view.method[1].layer[i].rank = 1;
    assert_true(says(&view, "no difference, where the linear theory"));
    assert_true(says(&view, "their intervals overlap"));
    view.method[1].epoch[5].hits = 80;
    assert_false(says(&view, "their intervals overlap"));
    assert_true(says(&view, "Adapted to 1 of 3 new personas by LoRA of rank 8: hit@1 is 0.44"));
    view.stage = DIALOGUE_FAILED;
    snprintf(view.why, sizeof view.why, "corpus.txt:3: the reply is empty");
    assert_true(says(&view, "It failed: corpus.txt:3: the reply is empty"));
}

/* Any key, mouse and size draws something, and stays within the grid (which sanitizers watch). */
static void it_survives_whatever_is_done_to_it(void **state)
{
    (void)state;
    static struct dialogue_view view;
    uint64_t seed = 5;
    struct grid grid = {0};
    struct dialogue_screen *screen = new_screen(GLYPHS_BRAILLE);
    make_view(&view);
    assert_true(grid_resize(&grid, 120, 36));
    int count = 2000 / program_slowness();
    for (int i = 0; i < count; i++) {
        const struct dialogue_status status = {chance_below(&seed, 10) ? &view : NULL, true, chance_below(&seed, 2)};
        struct event event = chance_event(&seed, &grid);
        if (event.type == EVENT_RESIZE)
            assert_true(grid_resize(&grid, event.x, event.y));
        dialogue_screen_handle(screen, &event, &status);
        dialogue_screen_draw(screen, &grid, &status);
    }
    grid_free(&grid);
    dialogue_screen_free(screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_looks_as_it_did),
        cmocka_unit_test(keys_wish_for_what_they_say),
        cmocka_unit_test(the_sentence_follows_the_numbers),
        cmocka_unit_test(it_survives_whatever_is_done_to_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
