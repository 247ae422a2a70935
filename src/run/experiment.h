/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_EXPERIMENT_H
#define RANKSCOPE_RUN_EXPERIMENT_H

#include "base/err.h"
#include "model/point.h"
#include "model/problem.h"
#include "run/position.h"
#include "run/sample.h"
#include "run/snapshot.h"

/* One experiment: a problem, and every active method retrained on it side by side, then fine-tuned. It neither
 * knows threads nor time; the lab's worker and the headless command both drive it, so both get the same numbers. */
struct experiment;

/* Draws the problem and sets every method at its start. Large steps are shared by as many threads as there
 * are cores. The caller frees it. NULL: *err says why. */
struct experiment *experiment_new(const struct config *config, struct err *err);

/* Where solvers begin, instead of at A = 0 and adapters drawn at random; NULL: there. All row-major and borrowed for as
 * long as the experiment lives. r is retrain.rank; of symmetric adapters `right` is not looked at. */
struct experiment_start {
    const double *base;                     /* d × d: of every method */
    const double *left, *right;             /* T × d × r: of methods with adapters */
    const double *adapt_left, *adapt_right; /* d × adapt.rank, in fine-tuning */
};

/* The same on tasks from outside, whose sizes the config has (problem.source says that there are such), and from a given
 * start. Each may be NULL; the tasks' arrays are not needed afterwards. `threads` share large steps, at most
 * EXPERIMENT_THREADS; 0: as many as there are cores. Their number changes no bit of a result. */
enum { EXPERIMENT_THREADS = 64 };
int experiment_threads(const struct config *config, int threads); /* that will, of those asked for */
struct experiment *experiment_new_from(const struct config *config, const struct problem_tasks *tasks,
                                       const struct experiment_start *start, int threads, struct err *err);
void experiment_free(struct experiment *experiment); /* NULL is allowed */

/* One step of every active method that still runs, in the present stage. After the last retraining step, where
 * adapt.solver or samples ask for it, a call moves on to step 0 of fine-tuning and does nothing else, so
 * that both ends can be measured. False: there was nothing left to do, or moving on failed, see experiment_error. */
bool experiment_step(struct experiment *experiment);

/* The same for the next phase of a step alone. */
bool experiment_step_phase(struct experiment *experiment);

/* Why experiment_step could not move on to fine-tuning (ERR_MEMORY); code ERR_NONE if nothing went wrong. */
const struct err *experiment_error(const struct experiment *experiment);

/* Ends retraining here, be it in mid-step, and begins fine-tuning of every method that has not diverged: by adapt.solver,
 * but in population by gradient descent, whatever that says. Nothing happens where it has begun already, or where all
 * methods diverged. ERR_NONE or ERR_MEMORY. */
enum err_code experiment_begin_adapt(struct experiment *experiment, struct err *err);

/* Values of `config` that may change in mid-run (keys marked live in key.h) are taken over from the next step on, except
 * adapt.rank and retrain.solver once fine-tuning has begun. Another solver goes on where each method stands, be it in
 * mid-step, at rest too, and counts on; a method that diverged stays where it is. ERR_MEMORY: there is none for another
 * solver, and nothing has changed. */
enum err_code experiment_update(struct experiment *experiment, const struct config *config, struct err *err);

struct position experiment_position(const struct experiment *experiment);

enum stage experiment_stage(const struct experiment *experiment);
long experiment_steps(const struct experiment *experiment);                  /* steps taken in the present stage */
bool experiment_stage_done(const struct experiment *experiment);             /* the present stage has no further step */
bool experiment_done(const struct experiment *experiment);                   /* nor does another stage follow */
const struct config *experiment_config(const struct experiment *experiment); /* with the live values as they are now */

/* Measures one active method now. Without `spectra` only what is cheap: the rest is NAN. False: not active, or it
 * has come to an end and that was sampled already. */
bool experiment_sample(struct experiment *experiment, int method, bool spectra, struct sample *sample);

/* Measures everything of every active method now. The snapshot was bound with this experiment's config.
 * ERR_NONE, or ERR_MATH. */
enum err_code experiment_snapshot(struct experiment *experiment, struct snapshot *snapshot, struct err *err);

/* The problem, and where a method's solver stands in a stage: NULL where it has none. Both are the experiment's. */
const struct problem *experiment_problem(const struct experiment *experiment);
const struct point *experiment_point(const struct experiment *experiment, int method, enum stage stage);

/* How far a method that takes part has retrained, and with what status. */
long experiment_retrain_steps(const struct experiment *experiment, int method);
enum solver_status experiment_retrain_status(const struct experiment *experiment, int method);

/* Models of cost in floating-point operations, for the recorder: one step, scalar samples and samples with
 * spectra of all active methods together. */
struct experiment_flops {
    double step, scalars, spectra;
};
struct experiment_flops experiment_flops(const struct experiment *experiment);

#endif
