/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_MEASURE_H
#define RANKSCOPE_MODEL_MEASURE_H

#include "model/method.h"
#include "model/point.h"
#include "model/problem.h"

/* The measures, by the names that scenarios, tables, exports and screens use. W*_t = A* + R_t, W_t = Â + U_t V_t^T,
 * Â the base of a point, T+1 the unseen task. NAN where a number cannot be had. */

/* (1/T) Σ_t ‖Y_t − W_t X_t‖²_F / (2N); population: (1/T) Σ_t ½‖W*_t − W_t‖²_F. */
struct measure;
double measure_train_loss(struct measure *measure, const struct moments *moments, const struct point *point);

/* Of a two-layer network: mean over the tasks of the mean squared error, as train_loss is then too (of `moments`'
 * samples, the problem's own); here of the unseen task's samples without noise. */
double measure_clean_loss(struct measure *measure, const struct point *point);

/* ½‖W*_t − W_t‖²_F, mean over the point's tasks; `target` is T × d × d. */
double measure_excess_risk(struct measure *measure, const double *target, const struct point *point);

/* Σ over the samples of ‖(W* − W) x‖², mean over tasks: the axis of the paper's figures. NAN in population. */
double measure_paper_loss(struct measure *measure, const struct moments *moments, const double *target,
                          const struct point *point);

/* Frobenius norm of the gradient of the objective in solver.h with respect to everything that retraining moves. */
double measure_gradient_norm(struct measure *measure, const struct moments *moments, const struct point *point);

/* ‖Â − A*‖_F. */
double measure_base_error(struct measure *measure, const struct problem *problem, const struct point *point);

/* Below these shares a singular value of Â − A* (of ‖A*‖₂) and a risk (of ‖W*_{T+1}‖²_F, unless
 * measure_set_tolerance says otherwise) count as zero. */
#define MEASURE_RANK_TOLERANCE 1e-6
#define MEASURE_RISK_TOLERANCE 1e-6

/* ‖A*‖₂, which error_rank is relative to; known since measure_new. */
double measure_base_norm_two(const struct measure *measure);

enum { SPECTRA_UNKNOWN = -1 }; /* a rank that cannot be told without the truth */

/* What decompositions tell, at one moment of a run. NAN and SPECTRA_UNKNOWN where the problem does not know the truth
 * that is needed: A*, the true adapters, W*_{T+1}. */
struct spectra {
    int error_rank;          /* singular values of Â − A* above 1e-6 ‖A*‖₂ */
    int rank_needed;         /* least r with curve[r] ≤ tolerance · ‖W*_{T+1}‖²_F, as the measure has it */
    double recovery_angle;   /* degrees: worst over tasks of the largest principal angle from the column space of U_t*
                               to that of the recovered adapter; 90 where the adapter has too few directions.
                               Methods without adapters: the best rank-k part of W*_t − Â, with samples of the shortest
                               step from Â to a least-squares fit */
    double *angles;          /* T: that angle for each task */
    double *singular_values; /* d: of Â − A*, descending */
    double *curve; /* d + 1: ½ Σ_{j>r} σ_j²(W*_{T+1} − Â), the least excess risk that a rank-r adapter can
                               reach on the unseen task */
};

/* Workspace for one problem; borrows it. NULL: *err says why. */
struct measure *measure_new(const struct problem *problem, struct err *err);
void measure_free(struct measure *measure); /* NULL is allowed */

/* What rank_needed is judged by from now on, in place of MEASURE_RISK_TOLERANCE. */
void measure_set_tolerance(struct measure *measure, double share);

/* Fills *spectra, whose arrays are the caller's. ERR_NONE, or ERR_MATH if a decomposition failed. */
enum err_code measure_spectra(struct measure *measure, const struct point *point, struct spectra *spectra,
                              struct err *err);

/* Fills the angles alone: all else is the base's, and may be had from another point with the same one. */
enum err_code measure_angles(struct measure *measure, const struct point *point, struct spectra *spectra,
                             struct err *err);

/* The same for a base estimate alone (d × d, Â − A* given as `error`): singular values and curve; used for the
 * theory's prediction, so A* is known. The angles are left alone. */
enum err_code measure_error_spectra(struct measure *measure, const double *error, struct spectra *spectra,
                                    struct err *err);

/* Floating-point operations, roughly, of the two scalar measures and of measure_spectra: a model, so that
 * telemetry can be scheduled without a clock. */
double measure_scalar_flops(const struct measure *measure, const struct point *point);
double measure_spectra_flops(const struct measure *measure, const struct point *point);

#endif
