/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_CLASSROOM_DRIVER_H
#define RANKSCOPE_TESTS_SUPPORT_CLASSROOM_DRIVER_H

#include "support/view_sample.h"
#include "ui/classroom.h"

/* The Lessons screen over two small lessons and a demo, driven by events as a person would, over runs that nobody
 * computed: one that is begun is paused, and one that runs is done at the next look. Every event is followed by a
 * new picture. */
struct classroom_driver {
    struct classroom *classroom;
    struct grid grid;
    struct lesson_list lessons;
    struct course course;
    struct view_sample *sample;
    struct classroom_run run;
    int64_t now;
    screen_wish wish; /* of the last event */
};

/* Fails the test when memory is short. */
struct classroom_driver *classroom_driver_new(int width, int height);
void classroom_driver_free(struct classroom_driver *driver);

void classroom_driver_event(struct classroom_driver *driver, const struct event *event);
void classroom_driver_key(struct classroom_driver *driver, uint32_t key);
void classroom_driver_type(struct classroom_driver *driver, const char *keys); /* ASCII */
void classroom_driver_wait(struct classroom_driver *driver, int milliseconds); /* time goes on, and it looks */
bool classroom_driver_shows(const struct classroom_driver *driver, const char *text);
void classroom_driver_golden(const struct classroom_driver *driver, const char *name);

#endif
