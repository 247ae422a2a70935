/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_SURVEY_H
#define RANKSCOPE_RUN_SURVEY_H

#include "model/landscape.h"
#include "model/solver.h"
#include "run/journal.h"

#include <stdatomic.h>

/* The landscape where a run stands: the place, a slice of the loss around it, and the way there projected onto the slice. The run itself is
 * not touched: another experiment is brought to the same place by the journal, step by step, which is the same to the last bit. */

enum { SURVEY_SIDE_MOST = 81, SURVEY_PATH = 64 };

struct survey_request {
    struct journal journal;                /* where to look; fine-tuning counts as retraining's end */
    bool as_far;                           /* where the run comes to rest before, there; else that is an error */
    int method;                            /* row of method_table that takes part */
    enum landscape_direction direction[2]; /* to the right, and upwards */
    int side;    /* points of the slice along each; odd, so that one is the place; 1: no slice */
    double zoom; /* the slice is so many times as wide as what it must hold */
};

/* What was found. Plain values. */
struct survey {
    struct survey_request request; /* direction[] as they could be had */
    long step;                     /* of retraining */
    enum solver_status status;     /* of the method's solver there */
    struct landscape_place place;
    double saddle; /* the theory's least eigenvalue where all adapters are 0; NAN elsewhere, or where it says nothing */
    bool sliced;   /* there are two directions */
    double span;   /* the slice goes from −span to span along both, in units of ‖(U, V)‖ */
    double loss[SURVEY_SIDE_MOST * SURVEY_SIDE_MOST]; /* side × side, from the lower left, row by row */
    double truth[2];                                  /* NAN: not known */
    int steps;                                        /* of the path */
    struct survey_step {
        long step;
        double at[2];
        double loss;     /* F there, not in the slice */
    } path[SURVEY_PATH]; /* from the start to here */
};

/* Keeps an experiment, so that a later place of the same run is not walked to from its start. */
struct surveyor;
struct surveyor *surveyor_new(void);           /* NULL: out of memory */
void surveyor_free(struct surveyor *surveyor); /* NULL is allowed */

/* Between steps and between products it looks at *stop (NULL: never), and ends with ERR_NONE and *done false. ERR_INPUT: the journal
 * leads nowhere, or the method takes no part; ERR_MEMORY; ERR_MATH. */
enum err_code surveyor_survey(struct surveyor *surveyor, const struct survey_request *request, const atomic_bool *stop,
                              struct survey *survey, bool *done, struct err *err);

/* Whether two journals lead to the same place on the same way. */
bool survey_same_way(const struct journal *a, const struct journal *b);

bool survey_has_adapters(const struct survey *survey); /* the method trains them */

/* At a minimum above the least loss, which is known to be 0: in population, where adapters can be what the tasks' are. */
bool survey_is_spurious(const struct survey *survey);

/* What was found, in sentences: what kind of place it is and why, and what the theory says of it. */
enum { SURVEY_TEXT_SIZE = 1024 };
void survey_describe(const struct survey *survey, char text[SURVEY_TEXT_SIZE]);

#endif
