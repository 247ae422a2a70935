/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_LAB_DRIVER_H
#define RANKSCOPE_TESTS_SUPPORT_LAB_DRIVER_H

#include "support/view_sample.h"
#include "ui/lab.h"

/* A lab screen with a made-up run and made-up scenarios, driven by events as a person would. Every event is followed
 * by a new picture. */
struct lab_driver {
    struct lab *lab;
    struct grid grid;
    struct view_sample *sample;
    struct view view;
    struct lab_status status;
    struct scenario_list scenarios;
    screen_wish wish; /* of the last event, or of all that a text took */
};

enum { LAB_DRIVER_SCENARIOS = 11 };

/* Fails the test when memory is short. `assignments`: KEY=VALUE for the config, NULL after the last. */
struct lab_driver *lab_driver_new(int width, int height, const char *const *assignments);
void lab_driver_free(struct lab_driver *driver);

void lab_driver_size(struct lab_driver *driver, int width, int height);
void lab_driver_key(struct lab_driver *driver, uint32_t key);
void lab_driver_type(struct lab_driver *driver, const char *text); /* UTF-8, a key for every character */
void lab_driver_mouse(struct lab_driver *driver, enum event_mouse mouse, int x, int y);

/* The cell where `text` is seen first, from the top. False: nowhere. */
bool lab_driver_find(const struct lab_driver *driver, const char *text, int *x, int *y);
bool lab_driver_shows(const struct lab_driver *driver, const char *text);

/* A row of the picture as UTF-8 with a newline; the caller frees it. */
char *lab_driver_row(const struct lab_driver *driver, int y);

/* Moves the focus to the key with this path, from wherever it is. */
void lab_driver_focus(struct lab_driver *driver, const char *path);

/* The value of a key as the lab has it now, as text. */
const char *lab_driver_value(const struct lab_driver *driver, const char *path, char text[96]);

/* Compares the picture with tests/golden/`name`; see golden.h. */
void lab_driver_golden(const struct lab_driver *driver, const char *name);

#endif
