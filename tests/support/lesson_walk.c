/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/lesson_walk.h"

#include "lesson/lesson.h"
#include "support/program.h"
#include "support/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct lesson_list load(void)
{
    struct lesson_list list;
    struct err err;
    const char *source = getenv("RANKSCOPE_SOURCE");
    setenv("RANKSCOPE_DATA", source ? source : ".", 1);
    if (lesson_list_load(&list, &err))
        fail_msg("%s", err.message);
    return list;
}

static void answer(struct screen *screen, const struct lesson_question *question)
{
    screen_wait(screen, question->choices > 0 ? "▸1  " : "Your answer:");
    screen_send(screen, question->choices > 0 ? "1" : "1\r");
}

static void walk_step(struct screen *screen, const struct lesson *lesson, int i)
{
    const struct lesson_step *step = &lesson->step[i];
    bool asks = *step->question.ask.text != '\0';
    char where[64];
    snprintf(where, sizeof where, "Step %d of %d", i + 1, lesson->steps);
    screen_wait(screen, where);
    if (asks)
        answer(screen, &step->question);
    if (*step->until.text)
        screen_send(screen, "a");
    screen_wait(screen, "Enter: next");
    const char *seen = screen_text(screen);
    if (strstr(seen, "Here it is otherwise") != NULL || strstr(seen, "None of the answers") != NULL)
        fail_msg("%s, step %d:\n%s", lesson->name, i + 1, seen);
    if (asks && strstr(seen, "Right: ") == NULL && strstr(seen, "Not so: ") == NULL)
        fail_msg("%s, step %d has no verdict:\n%s", lesson->name, i + 1, seen);
    screen_send(screen, "\r");
}

static void walk_lesson(const struct lesson *lesson)
{
    const char *const arguments[] = {"lessons", lesson->name, NULL};
    struct screen *screen = screen_start(&(struct screen_options){.width = 80, .height = 24, .arguments = arguments});
    screen_wait(screen, "F7 Lessons");
    for (int i = 0; i < lesson->steps; i++)
        walk_step(screen, lesson, i);
    screen_wait(screen, "This lesson is done.");
    screen_send(screen, "\033");
    screen_wait(screen, "The course");
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);

    char done[96];
    struct program_result result = program_shell("cat \"$HOME/.local/state/rankscope/lessons\"");
    snprintf(done, sizeof done, "\n%s 0 done\n", lesson->name);
    assert_non_null(strstr(result.output, done));
    program_free(&result);
}

void lesson_walk(size_t first, size_t count)
{
    struct lesson_list list = load();
    size_t most = program_slowness() > 1 ? 1 : count;
    for (size_t i = first; i < list.count && i < first + most; i++)
        if (!list.lesson[i].demo)
            walk_lesson(&list.lesson[i]);
    lesson_list_free(&list);
}

size_t lesson_walk_count(void)
{
    struct lesson_list list = load();
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++)
        count += !list.lesson[i].demo;
    lesson_list_free(&list);
    return count;
}
