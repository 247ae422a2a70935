/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_GIVEN_H
#define RANKSCOPE_RUN_GIVEN_H

#include "run/experiment.h"
#include "run/npz.h"

/* Tasks and starts from .npz files, under these names, with T, d, N, k, n, r and s for the sizes:
 *
 *     tasks   X, Y (T, d, N) or W (T, d, d); A_star (d, d), U_star, V_star (T, d, k);
 *             W_test (d, d), X_test, Y_test (d, n)
 *     start   A0 (d, d), U0, V0 (T, d, r), Ut0, Vt0 (d, s)
 */

enum { GIVEN_SIZES = 7 };

struct given {
    struct npz tasks_file, start_file;
    int size[GIVEN_SIZES];         /* by row of a table of letters; 0: no array has it */
    struct problem_tasks tasks;    /* views of tasks_file */
    struct experiment_start start; /* views of start_file */
    bool has_tasks;
};

/* Reads the file and puts what it determines into the config: sizes, problem.source and what follows from them. `given` is all zero or has
 * been read into; given_free is the caller's also after an error. ERR_INPUT: "PATH: array NAME: found …, wanted …". */
enum err_code given_read_tasks(struct given *given, const char *path, struct config *config, struct err *err);

/* The same of a start, whose shapes must be those of the config; so it is read after the tasks. With a start for the
 * unseen task's adapter, adapt.solver becomes paper, as the exact one may begin where it likes. */
enum err_code given_read_start(struct given *given, const char *path, struct config *config, struct err *err);

/* A line on the next array that was passed over and has no name that is read or exported, with the name that may have been
 * meant; *at is 0 before the first. False: there is none. */
enum { GIVEN_NOTE_SIZE = 256 };
bool given_next_unknown(const struct npz *file, int *at, char note[GIVEN_NOTE_SIZE]);

/* The config's value of this key is the files', or says nothing of their tasks. */
bool given_determines(const struct given *given, int key);

/* The arrays of the tasks, once the experiment is made from them. */
void given_release_tasks(struct given *given);
void given_free(struct given *given);

#endif
