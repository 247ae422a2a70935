/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_ROBERTA_H
#define RANKSCOPE_TESTS_SUPPORT_ROBERTA_H

#include "model/encoder/adapter.h"
#include "model/encoder/batch.h"
#include "run/encoder_file.h"
#include "run/safetensors.h"

/* The small encoder with two tasks' adapters of tests/golden/roberta, and what was computed from it elsewhere, in
 * double precision. Everything fails the test if it cannot be read. */

enum { ROBERTA_TASKS = 2, ROBERTA_QUESTIONS = 3, ROBERTA_CANDIDATES = 5, ROBERTA_ROWS = 15 };

struct roberta {
    struct encoder_file file;
    struct adapter *adapter[ROBERTA_TASKS]; /* lora of rank 4 */
    struct batch *batch[ROBERTA_TASKS];
    int labels[ROBERTA_TASKS][ROBERTA_ROWS]; /* 1: the right candidate */
    int columns[ROBERTA_TASKS];              /* of the padded batch in the golden file */
    struct safetensors *golden;
};

void roberta_set_up(struct roberta *roberta);
void roberta_tear_down(struct roberta *roberta);

/* A file's path, of static memory until the next call. */
const char *roberta_path(const char *name);

/* An array of the golden file and how many numbers it has (count may be NULL); the caller frees it. */
double *roberta_golden(const struct roberta *roberta, const char *name, size_t *count);

/* Where the golden file has a tensor of a set under `front` + "roberta." + name (+ ".TASK" for an adapter's), or
 * NULL. */
double *roberta_golden_tensor(const struct roberta *roberta, const char *front, const struct tensor *tensor, int task);

#endif
