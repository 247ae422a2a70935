/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/chance.h"
#include "support/dialogue_sample.h"
#include "support/golden.h"
#include "support/program.h"
#include "ui/dialogue_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
    dialogue_sample_view(&view);
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
    dialogue_sample_view(&view);
    assert_true(says(&view, "standard's is of higher rank, as the linear theory has it"));
    for (int i = 0; i < 2; i++)
        view.method[0].layer[i].rank = 1;
    assert_true(says(&view, "which is not what the linear theory has"));
    for (int i = 0; i < 2; i++)
        view.method[1].layer[i].rank = 1;
    assert_true(says(&view, "hardly a difference, where the linear theory"));
    for (int i = 0; i < 2; i++) {
        view.method[0].layer[i].rank = 12;
        view.method[1].layer[i].rank = 11 + i;
    }
    assert_true(says(&view, "in 11.5: hardly a difference"));
    assert_true(says(&view, "(chance 0.05); their intervals overlap"));
    view.method[1].epoch[5].hits = 80;
    assert_true(says(&view, "(chance 0.05). "));
    assert_true(says(&view, "Adapted to 1 of 3 new personas by LoRA of rank 8: hit@1 is 0.44"));
    assert_true(says(&view, "from Meta-LoRA's; their intervals overlap"));
    for (int i = 0; i < 2; i++) {
        struct dialogue_view_epoch *adapted = &view.method[i].adapt[view.method[i].adapt_epochs - 1];
        adapted->hits = i * adapted->count;
    }
    assert_true(says(&view, "from Meta-LoRA's. "));
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
    dialogue_sample_view(&view);
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
