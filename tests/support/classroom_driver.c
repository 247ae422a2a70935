/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/classroom_driver.h"

#include "base/clock.h"
#include "run/key.h"
#include "support/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SMALL "set: {problem.dimension: 9, problem.rank: 1, retrain.rank: 1, adapt.rank: 1, retrain.steps: 40}\n"

static const char *const texts[] = {
    "title: The first\nsummary: About one thing.\norder: 1\n" SMALL
    "controls: {show: [problem.tasks, problem.rank], lock: [problem.rank]}\nsteps:\n"
    "  - text: Some *words* of A* and {problem.tasks} tasks, on more than a line so that it has to be broken "
    "somewhere.\n"
    "    hint: Space runs.\n"
    "    question: {ask: Which one?, choices: {One: meta.error_rank == 0, Two: meta.error_rank == 1, Three: "
    "meta.error_rank == 2}}\n"
    "    until: done\n    explain: The error's rank is {meta.error_rank}.\n    claim: meta.error_rank == 0\n"
    "  - text: What comes next.\n    claim: meta.error_rank == 7\n",
    "title: The second\nsummary: About another.\norder: 2\n" SMALL "steps:\n"
    "  - text: How much?\n    question: {ask: A number., number: problem.tasks, within: 0.1}\n"
    "  - text: Change it.\n    until: changed problem.tasks\n    explain: Changed.\n",
    "title: A demo\nsummary: By itself.\nkind: demo\n" SMALL "steps:\n"
    "  - text: It begins.\n    until: done\n    pause: 3\n    do: [zoom risk, run]\n    notes: Say it.\n"
    "  - text: It ends.\n    pause: 2\n    do: [charts]\n",
};
enum { LESSONS = sizeof texts / sizeof *texts };

static void draw(struct classroom_driver *driver)
{
    classroom_draw(driver->classroom, &driver->grid, &driver->run);
}

/* As the program does it. */
static void grant(struct classroom_driver *driver, screen_wish wish)
{
    if (wish & LAB_RESTART) {
        view_sample_free(driver->sample);
        driver->sample = view_sample_new(classroom_config(driver->classroom));
        assert_non_null(driver->sample);
        driver->run.view = view_sample_view(driver->sample);
        driver->run.status.state = LIVE_PAUSED;
        driver->run.begun = true;
    }
    if (wish & LAB_RUN)
        driver->run.status.state = LIVE_DONE;
}

/* Until nothing more follows from it. */
static void look(struct classroom_driver *driver)
{
    for (int i = 0; i < 5; i++)
        grant(driver, classroom_look(driver->classroom, &driver->run, driver->now));
    draw(driver);
}

struct classroom_driver *classroom_driver_new(int width, int height)
{
    static const struct classroom_options options = {GLYPHS_BRAILLE};
    struct classroom_driver *driver = calloc(1, sizeof *driver);
    struct config config;
    struct err err;
    assert_non_null(driver);
    driver->lessons.lesson = calloc(LESSONS, sizeof *driver->lessons.lesson);
    assert_non_null(driver->lessons.lesson);
    for (size_t i = 0; i < LESSONS; i++) {
        struct lesson *lesson = &driver->lessons.lesson[driver->lessons.count++];
        if (lesson_parse("a.yaml", texts[i], strlen(texts[i]), lesson, &err))
            fail_msg("%s", err.message);
        snprintf(lesson->name, sizeof lesson->name, "lesson-%zu", i);
    }
    config_default(&config);
    driver->sample = view_sample_new(&config);
    assert_non_null(driver->sample);
    driver->run.view = view_sample_view(driver->sample);
    driver->run.status = (struct lab_status){LIVE_BUILDING, true, 0, 0, ""};
    driver->classroom = classroom_new(&driver->lessons, &driver->course, &options, &err);
    assert_non_null(driver->classroom);
    assert_true(grid_resize(&driver->grid, width, height));
    driver->now = CLOCK_SECOND;
    draw(driver);
    return driver;
}

void classroom_driver_free(struct classroom_driver *driver)
{
    if (driver == NULL)
        return;
    classroom_free(driver->classroom);
    grid_free(&driver->grid);
    view_sample_free(driver->sample);
    lesson_list_free(&driver->lessons);
    free(driver);
}

void classroom_driver_event(struct classroom_driver *driver, const struct event *event)
{
    if (event->type == EVENT_RESIZE)
        assert_true(grid_resize(&driver->grid, event->x, event->y));
    driver->wish = classroom_handle(driver->classroom, event, &driver->run, driver->now);
    grant(driver, driver->wish);
    look(driver);
}

void classroom_driver_key(struct classroom_driver *driver, uint32_t key)
{
    classroom_driver_event(driver, &(struct event){.type = EVENT_KEY, .key = key});
}

void classroom_driver_type(struct classroom_driver *driver, const char *keys)
{
    for (; *keys; keys++)
        classroom_driver_key(driver, (unsigned char)*keys);
}

void classroom_driver_wait(struct classroom_driver *driver, int milliseconds)
{
    driver->now += milliseconds * (int64_t)CLOCK_MILLISECOND;
    look(driver);
}

bool classroom_driver_shows(const struct classroom_driver *driver, const char *text)
{
    int x;
    int y;
    return golden_find(&driver->grid, text, &x, &y);
}

void classroom_driver_golden(const struct classroom_driver *driver, const char *name)
{
    char *text = golden_screen(&driver->grid);
    golden_check(name, text);
    free(text);
}
