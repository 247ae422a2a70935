/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_TRADEOFFS_DRIVER_H
#define RANKSCOPE_TESTS_SUPPORT_TRADEOFFS_DRIVER_H

#include "ui/tradeoffs.h"

/* The Trade-offs screen over tables that are filled by hand, driven by events as a person would; what it wishes for is done as the
 * program does it, but for computing. Every event is followed by a new picture. */
struct tradeoffs_driver {
    struct tradeoffs *tradeoffs;
    struct grid grid;
    struct table *table, *former;
    struct tradeoffs_view view;
    screen_wish wish; /* of the last event, or of all that a text took */
    int known;        /* draws that a new table has of every cell; those of the last column one less */
};

/* With the sweep that the screen proposes for three-tasks' values. Fails the test when memory is short. */
struct tradeoffs_driver *tradeoffs_driver_new(int width, int height);
struct tradeoffs_driver *tradeoffs_driver_new_of(int width, int height, const char *methods);
void tradeoffs_driver_free(struct tradeoffs_driver *driver);

void tradeoffs_driver_size(struct tradeoffs_driver *driver, int width, int height);
void tradeoffs_driver_event(struct tradeoffs_driver *driver, const struct event *event);
void tradeoffs_driver_key(struct tradeoffs_driver *driver, uint32_t key);
void tradeoffs_driver_type(struct tradeoffs_driver *driver, const char *text); /* UTF-8, a key for every character */
void tradeoffs_driver_mouse(struct tradeoffs_driver *driver, enum event_mouse mouse, int x, int y);

/* Types `value` over the axis that `key` edits ('x' or 'y'), and Enter. */
void tradeoffs_driver_axis(struct tradeoffs_driver *driver, uint32_t key, const char *value);

bool tradeoffs_driver_shows(const struct tradeoffs_driver *driver, const char *text);

/* The same, whatever lines the text was broken into. */
bool tradeoffs_driver_says(const struct tradeoffs_driver *driver, const char *text);

/* One draw of a cell as the theory has it: standard retraining needs min(k(T+1), d), Meta-LoRA 3k up to two tasks and k from three
 * on; every fourth draw of two tasks at rank 4 needs more. Other measures are numbers of odd sizes. */
void tradeoffs_driver_put(struct table *table, size_t cell, int seed);

#endif
