/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "run/key.h"
#include "ui/classroom.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any bytes as keys, mouse, resizes and time, three bytes an event: the screen stays alive, draws every size, and
 * its config can always be run. Nothing is measured: what a lesson says of that is fuzz_lesson's. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] =
    "title: A\nset: {problem.dimension: 9}\nsteps:\n"
    "  - text: Read *this*.\n"
    "  - text: Choose.\n    question: {ask: Which?, choices: {a: done, b: not done}}\n    until: done\n"
    "  - text: Guess.\n    fresh: true\n    question: {ask: How much?, number: problem.tasks}\n"
    "    until: changed problem.tasks\n    hint: Change it.\n    do: [zoom risk, set problem.tasks=5]\n";

static struct event decode(const uint8_t bytes[3])
{
    struct event event = {.type = EVENT_KEY};
    switch (bytes[0] & 7) {
    case 0:
        event.type = EVENT_RESIZE;
        event.x = bytes[1] % 250 + 1;
        event.y = bytes[2] % 80 + 1;
        break;
    case 1:
        event.type = EVENT_MOUSE;
        event.mouse = (enum event_mouse)((bytes[0] >> 3) % (EVENT_MOUSE_WHEEL_DOWN + 1));
        event.x = bytes[1];
        event.y = bytes[2] % 100;
        break;
    case 2:
        event.key = EVENT_KEY_UP + bytes[1] % (EVENT_KEY_F12 - EVENT_KEY_UP + 1);
        break;
    default:
        event.key = bytes[1] % 0x80;
    }
    return event;
}

static void drive(struct classroom *classroom, struct grid *grid, struct classroom_run *run, const uint8_t *data,
                  size_t size)
{
    int64_t now = CLOCK_SECOND;
    for (size_t i = 0; i + 3 <= size; i += 3) {
        struct event event = decode(data + i);
        if (event.type == EVENT_RESIZE && !grid_resize(grid, event.x, event.y))
            return;
        now += (int64_t)data[i + 2] * 40 * CLOCK_MILLISECOND;
        screen_wish wish = classroom_handle(classroom, &event, run, now);
        if (wish & (LAB_RUN | LAB_PAUSE | LAB_RESTART))
            run->status.state = wish & LAB_RUN ? LIVE_DONE : LIVE_PAUSED;
        classroom_look(classroom, run, now);
        classroom_draw(classroom, grid, run);
        if (config_check(classroom_config(classroom), NULL, NULL))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct classroom_options options = {GLYPHS_BRAILLE};
    struct lesson lesson[2];
    struct lesson_list list = {.count = 1, .lesson = lesson};
    struct course course = {.count = 0};
    struct grid grid = {0, 0, NULL};
    struct classroom_run run = {.status = {.state = LIVE_BUILDING, .message = ""}, .begun = true};
    struct history *empty = history_new();
    if (empty == NULL || lesson_parse("a.yaml", text, strlen(text), lesson, NULL))
        abort();
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            run.view.history[method][stage] = empty;
    memcpy(lesson[0].name, "a", 2);
    struct classroom *classroom = classroom_new(&list, &course, &options, NULL);
    if (classroom != NULL && grid_resize(&grid, 80, 24))
        drive(classroom, &grid, &run, data, size < 3000 ? size : 3000);
    classroom_free(classroom);
    grid_free(&grid);
    lesson_free(lesson);
    history_free(empty);
    return 0;
}
