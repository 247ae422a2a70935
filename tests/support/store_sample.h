/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_STORE_SAMPLE_H
#define RANKSCOPE_TESTS_SUPPORT_STORE_SAMPLE_H

#include "sweep/store.h"

/* What tests of the store share. */

enum { STORE_SAMPLE_PATH_SIZE = 512 };

/* For cmocka: *state is a new folder below TMPDIR, and what is in it goes with it. */
int store_sample_set_up(void **state);
int store_sample_tear_down(void **state);

/* The name in that folder. */
void store_sample_path(char path[STORE_SAMPLE_PATH_SIZE], void *const *state, const char *name);

/* Opens the store; fails the test where that does not work. */
struct store *store_sample_open(const char *path);

/* Outcomes that are made up, of all methods, others for each `number`: odd values, infinities and what is not to be had among
 * them. */
void store_sample_outcome(unsigned number, struct outcome outcome[METHOD_COUNT]);

/* Whether they are the same to the last bit. */
bool store_sample_same(const struct outcome *a, const struct outcome *b);

/* Group `group` of `trials` consecutive seeds of one config; their outcomes are those of number group · trials + trial. */
struct config store_sample_config(int group, int trials);

/* Writes it and commits. */
enum err_code store_sample_write(struct store *store, int group, int trials, struct err *err);

/* How many of its trials are there; fails the test where one is not what was written. */
int store_sample_count(struct store *store, int group, int trials);

#endif
