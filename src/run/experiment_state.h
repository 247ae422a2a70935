/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_EXPERIMENT_STATE_H
#define RANKSCOPE_RUN_EXPERIMENT_STATE_H

#include "base/arena.h"
#include "run/experiment.h"

/* What the experiment's own files share: experiment_new.c makes it, experiment.c moves it, experiment_measure.c looks
 * at it. */

/* One method's way through the experiment. */
struct experiment_run {
    bool active;
    struct solver *solver[STAGE_COUNT]; /* NULL: not begun; in fine-tuning also where retraining diverged */
    bool end_sampled[STAGE_COUNT];      /* it runs no more, and that was sampled */
    const char *phase;                  /* done last; NULL before the first */
    struct stability stability;
    double start_loss;
    double predicted_loss; /* or NAN */
    bool predicted;
    struct spectra prediction; /* singular_values and curve lie in the experiment's arena, as do those of: */
    struct spectra spectra;    /* of where retraining stands */
    bool measured;             /* they are */
};

struct experiment {
    struct config config; /* with the live values as they are now */
    struct experiment_start start;
    struct problem *problem;
    struct measure *measure;
    struct arena *arena;
    struct pool *pool; /* the solvers'; NULL: one thread does all */
    struct experiment_run run[METHOD_COUNT];
    enum stage stage;
    bool in_step;     /* a step was begun by phases and is not complete */
    int phases;       /* of it that are done */
    bool rates_stale; /* the config has rates that the solvers have not */
    double base_norm, base_norm_two, unseen_norm;
    struct err err; /* why fine-tuning could not begin */
};

/* The method's solver in the present stage; NULL: it has none. */
static inline struct solver *experiment_solver(const struct experiment *experiment, int method)
{
    return experiment->run[method].solver[experiment->stage];
}

/* ---- experiment_new.c ---- */

/* What retraining steps with, as the config has it. */
struct solver_rates experiment_rates(const struct config *config);

/* Puts a solver's point where it shall begin, as far as that is given: NULL leaves what is there. */
void experiment_place(const struct point *point, const double *base, const double *left, const double *right);

#endif
