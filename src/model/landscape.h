/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_LANDSCAPE_H
#define RANKSCOPE_MODEL_LANDSCAPE_H

#include "model/hessian.h"
#include "model/problem.h"

/* The objective around a point: what kind of place it is, directions to look along, and a slice of it along two of
 * them. Of linear problems with adapters the base is eliminated, as in the theory; without, it is all there is. Of
 * networks all that is trained is kept. What the objective is, hessian.h knows, and nothing here. */

enum landscape_kind {
    LANDSCAPE_SLOPE,   /* the gradient does not vanish: hessian_limits says where it does */
    LANDSCAPE_SADDLE,  /* it does, and the Hessian has a negative eigenvalue */
    LANDSCAPE_MINIMUM, /* it does, and all eigenvalues but those of idle directions are positive */
    LANDSCAPE_FLAT,    /* it does, none is negative, and more are 0: a family of minima */
    LANDSCAPE_RUNAWAY, /* the adapters are far beyond what they are to hold, and the gradient does not vanish */
    LANDSCAPE_KINDS
};
extern const char *const landscape_kind_names[LANDSCAPE_KINDS]; /* "slope", … */

struct landscape_place {
    enum landscape_kind kind;
    bool global;          /* the loss is 0, or next to nothing and on its way there */
    bool eliminated;      /* the base is at its minimiser, wherever the run has it */
    bool convex;          /* and one minimum, or one family, is all there is */
    double loss;          /* F, with an eliminated base at its minimiser */
    double loss_without;  /* L0: the least loss without adapters; NAN: it is not known */
    double gradient_norm; /* of F */
    double base_gradient; /* ‖∂F/∂A‖ at the point, before an eliminated base moved */
    double decrement;     /* ½ g^T |H|^-1 g, what is left to win to second order; NAN: it is not asked */
    double adapters_norm; /* (Σ_t ‖U_t V_t^T‖²)^½ */
    double held;          /* what that is to be: (2 T L0)^½, or else the true adapters'; NAN: neither is known */
    double nothing;       /* eigenvalues of at most this size are 0 */
    double size;          /* how long a way is that leads somewhere */
    size_t unknowns, idle;
    int eigenvalues;                   /* how many there are below */
    double eigenvalue[HESSIAN_LOWEST]; /* the least, ascending; idle directions aside */
};

enum landscape_direction {
    LANDSCAPE_GRADIENT, /* straight down */
    LANDSCAPE_LOWEST,   /* eigenvector of the least eigenvalue */
    LANDSCAPE_SECOND,   /* of the next one */
    LANDSCAPE_TRUTH,    /* towards the true adapters (turned so that they are near), or A*, and c* */
    LANDSCAPE_START,    /* back to where the run began */
    LANDSCAPE_DIRECTIONS
};
extern const char *const landscape_direction_names[LANDSCAPE_DIRECTIONS]; /* "gradient", … */

/* A place to look from; opaque. */
struct landscape;

/* For one problem (borrowed) and adapters of this rank and shape, 0: standard retraining. NULL: ERR_MEMORY or ERR_MATH. */
struct landscape *landscape_new(const struct problem *problem, int rank, enum adapter_shape shape, struct err *err);
void landscape_free(struct landscape *landscape); /* NULL is allowed */

size_t landscape_unknowns(const struct landscape *landscape);
void landscape_coordinates(const struct landscape *landscape, const struct point *point, double *x);

/* Stands at the point and looks around. `start` (unknowns numbers) is where the run began; NULL: here. ERR_MATH, or
 * ERR_STOPPED where *stop (NULL: never) became true before it had its eigenvalues: then it stands nowhere. */
enum err_code landscape_stand(struct landscape *landscape, const struct point *point, const double *start,
                              const atomic_bool *stop, struct landscape_place *place, struct err *err);

/* Unit vectors along two directions from there, the second one orthogonal to the first. Where a wanted one does not exist (no gradient
 * at a minimum, no way to the truth at the truth) another is taken, and wanted[] becomes what they are. False: there are no two. */
bool landscape_choose(struct landscape *landscape, enum landscape_direction wanted[2]);

/* Coordinates in that plane of what lies at x; the truth's, NAN where it is not known. */
void landscape_project(const struct landscape *landscape, const double *x, double at[2]);
void landscape_truth(const struct landscape *landscape, double at[2]);

/* F at these coordinates in the plane, and at x, which need not lie in it. */
double landscape_value(struct landscape *landscape, double across, double up);
double landscape_loss_at(struct landscape *landscape, const double *x);

#endif
