/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_CENSUS_H
#define RANKSCOPE_SWEEP_CENSUS_H

#include "run/result.h"
#include "sweep/statistics.h"
#include "sweep/store.h"

#include <stdio.h>

/* Where many starts of Meta-LoRA retraining end: start i has the configuration's seed plus i, and so a problem and a start of its own. */
struct census {
    struct config config;
    int starts;
    struct ending *ending; /* starts: ENDING_MISSING where not known yet */
    int known;
};

/* With nothing known. The caller calls census_free. ERR_MEMORY, or ERR_INPUT: the seeds would go beyond what the store can have. */
enum err_code census_begin(struct census *census, const struct config *config, int starts, struct err *err);
void census_free(struct census *census);

/* Takes in what the store has. */
enum err_code census_read(struct census *census, struct store *store, struct err *err);

/* Computes the start `index` into `ending`; any thread may. */
enum err_code census_compute(const struct census *census, int index, struct ending *ending, struct err *err);

/* Takes in an ending that was computed; also into the store where there is one, between its begin and commit. */
enum err_code census_take(struct census *census, struct store *store, int index, const struct ending *ending,
                          struct err *err);

/* What is known of one kind. */
struct census_kind {
    int count;
    struct interval rate; /* 95% of count / known (Clopper and Pearson); NAN where nothing is known */
    double least_loss, greatest_loss, greatest_gradient, lowest_eigenvalue, greatest_adapters; /* NAN: count is 0 */
};
struct census_kind census_of_kind(const struct census *census, enum ending_kind kind);

/* For people: a table, and the seeds of what is no global minimum, with a line that opens one. CSV: a line for each start. JSON: the
 * table, and those that are not global. ERR_IO or ERR_MEMORY. */
enum err_code census_write(FILE *stream, enum result_format format, const struct census *census, struct err *err);

/* "rankscope three-tasks --set …": what opens a configuration in the lab, built-ins being where they usually are. */
enum { CENSUS_COMMAND_SIZE = 1024 };
void census_command(const struct config *config, char command[CENSUS_COMMAND_SIZE]);

#endif
