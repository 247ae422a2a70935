/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_METHOD_H
#define RANKSCOPE_MODEL_METHOD_H

#include "model/config.h"
#include "model/problem.h"
#include "model/solver.h"

enum { THEORY_SILENT = -1 }; /* no theorem covers this configuration */

/* A way of retraining. A new method is one row: the screens, tables, figures and tests read the table. */
struct method {
    const char *name;                                          /* as in scenarios: "meta" */
    const char *brief;                                         /* where there is little room: "meta" */
    const char *title;                                         /* "Meta-LoRA retraining" */
    const char *way;                                           /* of fine-tuning: "after Meta-LoRA" */
    int (*adapter_rank)(const struct retrain_config *retrain); /* rank of each task's adapter in training; 0: none */

    /* How it retrains where retrain.solver does not say that; NULL: it does. */
    const struct solver_type *solver;

    /* Where its base (and top layer) stand from the start, whatever was asked for; NULL: where that is. A* is to be
     * known. */
    void (*place)(const struct problem *problem, const struct point *point);

    /* What the theory says of its minimiser, for generic adapters and without noise, or THEORY_SILENT. */
    int (*error_rank)(const struct config *config);      /* rank of Â − A* */
    int (*rank_needed)(const struct config *config);     /* of an adapter that solves the unseen task */
    const char *(*theorem)(const struct config *config); /* where the paper says so: "Theorem 1" */

    /* Predicted Â − A* (d × d) for this draw; false: the theory does not determine it. */
    bool (*predict_error)(const struct config *config, const struct problem *problem, double *error);
};

enum { METHOD_STANDARD, METHOD_META, METHOD_REPTILE, METHOD_FOMAML, METHOD_ORACLE, METHOD_NONE, METHOD_COUNT };
extern const struct method method_table[METHOD_COUNT];
int method_find(const char *name); /* its row; −1: there is none, as for NULL */

/* The solver that a method retrains with: its own, a network's, or retrain.solver. */
const struct solver_type *method_solver(int method, const struct config *config);

/* Whether it moves with inner steps: its adapters, or copies of the base. */
bool method_has_inner_steps(int method, const struct retrain_config *retrain);

/* How the theory writes the rank of a method's error ("kT", "2k", "d") and the rank that the unseen task needs
 * ("k(T+1)", "k", "3k", "d"); "" where no formula of its own gives it. */
const char *method_error_formula(const struct config *config, int method, int rank);
const char *method_needed_formula(const struct config *config, int method, int rank);

#endif
