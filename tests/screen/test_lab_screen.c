/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The lab as a person uses it, by keys and mouse, in a terminal. */

static struct screen *start_with(int width, int height, const char *const *arguments)
{
    struct screen *screen =
        screen_start(&(struct screen_options){.width = width, .height = height, .arguments = arguments});
    screen_wait(screen, "paused");
    return screen;
}

static struct screen *start(void)
{
    return start_with(120, 36, NULL);
}

static void quit(struct screen *screen)
{
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
}

static void the_first_frame_is_whole(void **state)
{
    (void)state;
    static const char *const seen[] = {"┌ F1 Lab F2",
                                       "── Three tasks are enough ─",
                                       "step 0 of 3000",
                                       "seed 7",
                                       "‖ paused ┐",
                                       "dimension d         ◂ 16 ▸",
                                       "Retraining loss",
                                       "Risk by rank",
                                       "Recovery",
                                       "Spectrum",
                                       "Meta-LoRA retraining should recover A* exactly",
                                       "? help ──┘"};
    struct screen *screen = start();
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++)
        screen_wait(screen, seen[i]);
    assert_true(screen_alternate(screen));
    assert_true(screen_mouse(screen));
    assert_false(screen_cursor(screen));
    quit(screen);
}

static void a_run_goes_to_its_end(void **state)
{
    (void)state;
    struct screen *screen = start();
    screen_send(screen, " ");
    screen_wait(screen, "✓ done");
    screen_wait(screen, "step 3000 of 3000");
    screen_wait(screen, "it has, to ");
    screen_wait(screen, "its error has rank 6");
    screen_send(screen, " ");
    screen_wait(screen, "The run is done: r takes it back");
    screen_send(screen, "r");
    screen_wait(screen, "step 0 of 3000");
    screen_wait(screen, "paused");
    quit(screen);
}

/* ---- the same numbers as without the lab ---- */

/* All words, one blank between them: texts that were broken into lines differently become alike. */
static char *words(const char *text)
{
    char *clean = malloc(strlen(text) + 1);
    char *to = clean;
    assert_non_null(clean);
    for (; *text != '\0'; text++) {
        bool blank = *text == ' ' || *text == '\n' || strncmp(text, "│", 3) == 0;
        if (!blank)
            *to++ = *text;
        else if (to > clean && to[-1] != ' ')
            *to++ = ' ';
        text += strncmp(text, "│", 3) == 0 ? 2 : 0;
    }
    *to = '\0';
    return clean;
}

/* What `rankscope run` says in its last paragraph. */
static char *headless_sentence(const char *arguments)
{
    char command[512];
    char output[8192] = "";
    snprintf(command, sizeof command, "\"$RANKSCOPE_PROGRAM\" run %s 2>&1", arguments);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    output[fread(output, 1, sizeof output - 1, pipe)] = '\0';
    assert_int_equal(pclose(pipe), 0);
    while (output[strlen(output) - 1] == '\n')
        output[strlen(output) - 1] = '\0';
    char *paragraph = strstr(output, "\n\n");
    for (char *next = paragraph; next != NULL; next = strstr(paragraph + 2, "\n\n"))
        paragraph = next;
    assert_non_null(paragraph);
    return words(paragraph + 2);
}

static void assert_sentence(struct screen *screen, const char *sentence)
{
    char *seen = words(screen_text(screen));
    if (strstr(seen, sentence) == NULL)
        fprintf(stderr, "headless: %s\nseen: %s\n", sentence, seen);
    assert_non_null(strstr(seen, sentence));
    free(seen);
}

static void numbers_are_those_of_a_headless_run(void **state)
{
    (void)state;
    static const struct {
        const char *headless;
        const char *const arguments[6];
    } table[] = {
        {"three-tasks --set retrain.steps=137", {"three-tasks", "--set", "retrain.steps=137", NULL}},
        {"few-samples --set retrain.steps=211", {"few-samples", "--set", "retrain.steps=211", NULL}},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char *sentence = headless_sentence(table[i].headless);
        struct screen *screen = start_with(200, 60, table[i].arguments);
        screen_send(screen, "s");
        screen_wait(screen, "step 1 of");
        screen_send(screen, "[[[");
        screen_wait(screen, "Speed: ");
        screen_send(screen, " ");
        screen_wait(screen, "●");
        screen_send(screen, "]]]");
        screen_wait(screen, "✓ done");
        screen_send(screen, "\014");
        screen_wait_gone(screen, "Speed: ");
        assert_sentence(screen, sentence);
        quit(screen);
        free(sentence);
    }
}

/* ---- parameters ---- */

static void a_value_is_typed(void **state)
{
    (void)state;
    struct screen *screen = start();
    screen_send(screen, "2");
    screen_wait(screen, "Enter accepts");
    screen_send(screen, "3\r");
    screen_wait(screen, "◂ 23 ▸");
    screen_wait(screen, "paused");
    screen_send(screen, "\033[B\033[B\033[C"); /* down twice, right: T */
    screen_wait(screen, "◂ 4 ▸");
    screen_wait(screen, "kT=8");
    quit(screen);
}

static void a_wrong_value_is_refused_with_reason(void **state)
{
    (void)state;
    struct screen *screen = start();
    screen_send(screen, "99999\r");
    screen_wait(screen, "problem.dimension must be a whole number from 1 to 4096");
    screen_send(screen, "\033");
    screen_wait(screen, "◂ 16 ▸");
    screen_send(screen, "\033[B17\r"); /* the rank: at most the dimension */
    screen_wait(screen, "problem.rank 17 is above problem.dimension 16");
    screen_send(screen, "\033");
    screen_wait(screen, "◂ 2 ▸");
    quit(screen);
}

static void steps_phases_and_seeds(void **state)
{
    (void)state;
    struct screen *screen = start();
    screen_send(screen, "s");
    screen_wait(screen, "step 1 of 3000");
    screen_send(screen, "s");
    screen_wait(screen, "step 2 of 3000");
    screen_send(screen, "pp"); /* both phases of the third */
    screen_wait(screen, "step 3 of 3000");
    screen_send(screen, "n");
    screen_wait(screen, "seed 8");
    screen_wait(screen, "step 0 of 3000");
    screen_send(screen, "f");
    screen_wait(screen, "fine-tuning 0 of 1000");
    screen_send(screen, "r");
    screen_wait(screen, "step 0 of 3000");
    quit(screen);
}

static void a_parameter_changes_as_it_runs(void **state)
{
    (void)state;
    static const char *const arguments[] = {"three-tasks", "--set", "retrain.steps=1000000000", NULL};
    struct screen *screen = start_with(120, 36, arguments);
    screen_send(screen, " ");
    screen_wait(screen, "steps/s");
    screen_send(screen,
                "\033[F\033[A\033[A\033[A\033[A\033[A\033[A\033[A"); /* the last, and seven up: the outer rate */
    screen_wait(screen, "It may change as it runs.");
    screen_send(screen, "\033[C");
    screen_wait(screen, "steps/s");
    screen_wait_gone(screen, "step 0 of"); /* it was not started anew */
    screen_send(screen, " ");
    screen_wait(screen, "‖ paused");
    quit(screen);
}

/* Each change begins another run, and the last one is what is seen. */
static void a_hundred_restarts(void **state)
{
    (void)state;
    /* Long enough not to be done, and then rest, between two keys. */
    static const char *const arguments[] = {"three-tasks", "--set", "retrain.steps=60000", NULL};
    struct screen *screen = start_with(120, 36, arguments);
    screen_send(screen, " ");
    for (int i = 0; i < 100; i++)
        screen_send(screen, "n");
    screen_wait(screen, "seed 107");
    screen_wait(screen, "✓ done");
    screen_wait(screen, "it has, to ");
    quit(screen);
}

static void a_reset_takes_back_what_was_wished_before(void **state)
{
    (void)state;
    static const char *const arguments[] = {"three-tasks", "--set", "retrain.steps=1000000000", NULL};
    struct screen *screen = start_with(120, 36, arguments);
    screen_send(screen, " ");
    screen_wait(screen, "steps/s");
    screen_send(screen, "nnr"); /* two that would run on, and one that does not */
    screen_wait(screen, "seed 9");
    screen_wait(screen, "step 0 of");
    screen_wait(screen, "‖ paused");
    screen_send(screen, "s");
    screen_wait(screen, "step 1 of");
    quit(screen);
}

/* ---- overlays and mouse ---- */

static void help_and_scenarios_open_and_close(void **state)
{
    (void)state;
    struct screen *screen = start();
    screen_send(screen, "?");
    screen_wait(screen, "run or pause");
    screen_send(screen, "\033[F"); /* End */
    screen_wait(screen, "leave, whatever is on the screen");
    screen_send(screen, "\033");
    screen_wait_gone(screen, "run or pause");
    screen_send(screen, "m");
    screen_wait(screen, "diverging-step");
    screen_send(screen, "two-t");
    screen_wait_gone(screen, "diverging-step");
    screen_send(screen, "\r");
    screen_wait(screen, "── Two tasks leave");
    screen_wait(screen, "paused");
    quit(screen);
}

static void click_on(struct screen *screen, const char *text, int right)
{
    int x = 0;
    int y = 0;
    screen_wait(screen, text);
    assert_true(screen_find(screen, text, &x, &y));
    screen_click(screen, x + right, y);
}

static void everything_has_a_place_for_the_mouse(void **state)
{
    (void)state;
    struct screen *screen = start();
    click_on(screen, "▸", 0);
    screen_wait(screen, "◂ 17 ▸");
    click_on(screen, "◂", 0);
    screen_wait(screen, "◂ 16 ▸");
    click_on(screen, "tasks T", 0);
    screen_wait(screen, "◂ 3 ▸");
    screen_send(screen, "\033[<64;5;5M"); /* the wheel */
    click_on(screen, "Space run/pause", 1);
    screen_wait(screen, "✓ done");
    click_on(screen, "Spectrum", 9);
    screen_wait(screen, "Esc back");
    click_on(screen, "? help", 0);
    screen_wait(screen, "run or pause");
    screen_send(screen, "q");
    screen_wait_gone(screen, "run or pause");
    quit(screen);
}

/* The line on the screen, as the mouse marks it. */
static char *marked_line(struct screen *screen)
{
    const char *from = strstr(screen_text(screen), "rs1:");
    char *line = calloc(1, 4096);
    assert_non_null(from);
    assert_non_null(line);
    size_t length = 0;
    for (; strncmp(from, "│ │", strlen("│ │")) != 0 && length < 4000; from++)
        if ((unsigned char)*from < 0x80)
            line[length++] = *from;
        else if (strncmp(from, "│\n│                ", strlen("│\n│                ")) == 0)
            break;
    return line;
}

static void a_run_goes_to_another_lab_as_a_line(void **state)
{
    (void)state;
    struct screen *screen = start_with(80, 24, NULL);
    screen_send(screen, "sssps");
    screen_wait(screen, "step 4 ");
    screen_send(screen, "u");
    screen_wait(screen, "◂ mark 3 of 4");
    screen_send(screen, "y");
    screen_wait(screen, "Share this run: step ");
    char *line = marked_line(screen);
    size_t size = 0;
    assert_non_null(strstr(screen_bytes(screen, &size), "\033]52;c;cnMxO")); /* "rs1:" */
    screen_send(screen, "q");
    screen_wait(screen, "loss  2 adaptation");
    char *seen = words(screen_text(screen));
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);

    const char *const arguments[] = {line, NULL};
    screen = start_with(80, 24, arguments);
    char *again = words(screen_text(screen));
    char *sentence = strstr(seen, "Meta-LoRA"), *other = strstr(again, "Meta-LoRA");
    assert_non_null(sentence);
    assert_non_null(other);
    *strstr(sentence, "dimension d:") = '\0';
    *strstr(other, "dimension d:") = '\0';
    assert_string_equal(sentence, other);
    quit(screen);
    free(again);
    free(seen);
    free(line);
}

static void quitting_does_not_wait_for_a_giant_step(void **state)
{
    (void)state;
    static const char *const arguments[] = {"three-tasks",           "--set", "problem.dimension=1024", "--set",
                                            "problem.tasks=16",      "--set", "problem.rank=8",         "--set",
                                            "retrain.inner_steps=9", NULL};
    struct screen *screen = screen_start(&(struct screen_options){.width = 100, .height = 30, .arguments = arguments});
    screen_wait(screen, "F1 Lab"); /* it is drawing the problem */
    screen_send(screen, "s");
    quit(screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_frame_is_whole),
        cmocka_unit_test(a_run_goes_to_its_end),
        cmocka_unit_test(numbers_are_those_of_a_headless_run),
        cmocka_unit_test(a_value_is_typed),
        cmocka_unit_test(a_wrong_value_is_refused_with_reason),
        cmocka_unit_test(steps_phases_and_seeds),
        cmocka_unit_test(a_parameter_changes_as_it_runs),
        cmocka_unit_test(a_hundred_restarts),
        cmocka_unit_test(a_reset_takes_back_what_was_wished_before),
        cmocka_unit_test(help_and_scenarios_open_and_close),
        cmocka_unit_test(everything_has_a_place_for_the_mouse),
        cmocka_unit_test(a_run_goes_to_another_lab_as_a_line),
        cmocka_unit_test(quitting_does_not_wait_for_a_giant_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
