/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/solver_state.h"

#include "model/linalg.h"
#include "model/residual.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multilarge_nlinear.h>
#include <math.h>
#include <string.h>

/* Gauss–Newton in a trust region, its linear systems by the conjugate gradients of Steihaug and Toint, on the residual of
 * residual.h: products with the Jacobian alone. GSL does the iteration, and allocates nothing in it. */
struct newton {
    struct residual residual;
    gsl_multilarge_nlinear_fdf function;
    gsl_multilarge_nlinear_workspace *workspace; /* NULL without adapters */
    long mark;                                   /* the step after which to compare with the last mark */
    double loss, adapters;                       /* norms at the last mark */
};

/* How far a step's linear system is solved, and by how much the trust region grows after a good step. Further takes fewer
 * steps and no fewer products; GSL's own growth of 3 overshoots, and takes a fifth more of them. */
static const double inner_tolerance = 0.02, region_growth = 1.5;

/* What counts as rounding: of the residual and the gradient, in units of DBL_EPSILON times the terms they are sums of. */
static const double rounding = 32;

/* Where the loss no longer falls in the last digit, the gradient is as small as the loss can tell: its square root of a
 * digit, and some. */
static const double flat = 1e-6;

/* Adapters run off that are so many times as large as what they are to hold; or fewer times, where from one mark to the
 * next, twice as many steps on, they grew by this much and the loss kept this share. */
static const double far = 1e3, farther = 5, growth = 1.2, kept = 0.9;
enum { FIRST_MARK = 32 };

/* A residual below this share of the data, which can fall no further, is none. */
static const double vanished = 1e-11;

size_t solver_newton_workspace(const struct solver_setup *setup)
{
    return arena_add(residual_workspace(setup), arena_struct_size(sizeof(struct newton)));
}

double solver_newton_flops(const struct solver_setup *setup)
{
    enum { PAIRS = 8 }; /* of products with the Jacobian and its transpose in a step: measured 5 to 15 */
    double d = setup->moments->dimension;
    bool half = setup->shape == ADAPTER_SYMMETRIC && !setup->moments->covariance;
    double pair = (half ? 0.5 : 1) * d * d * (8.0 * setup->rank + 6);
    if (setup->moments->covariance)
        pair += (setup->base_frozen ? 4 : 6) * d * d * d;
    return setup->moments->tasks * (setup->rank > 0 ? PAIRS * pair : d * d);
}

/* ---- what GSL asks for ---- */

/* GSL wants at least as many residuals as unknowns: what is more than there are is 0. */
static int value(const gsl_vector *x, void *context, gsl_vector *f)
{
    struct newton *newton = context;
    size_t count = residual_count(&newton->residual);
    residual_value(&newton->residual, x->data, f->data);
    memset(f->data + count, 0, (f->size - count) * sizeof *f->data);
    return GSL_SUCCESS;
}

static int product(CBLAS_TRANSPOSE_t transposed, const gsl_vector *x, const gsl_vector *u, void *context, gsl_vector *v,
                   gsl_matrix *square)
{
    struct newton *newton = context;
    (void)square; /* this method asks for none */
    if (transposed == CblasTrans) {
        residual_back(&newton->residual, x->data, u->data, v->data);
        return GSL_SUCCESS;
    }
    size_t count = residual_count(&newton->residual);
    residual_along(&newton->residual, x->data, u->data, v->data);
    memset(v->data + count, 0, (v->size - count) * sizeof *v->data);
    return GSL_SUCCESS;
}

bool solver_newton_init(struct solver_state *state)
{
    struct newton *newton = arena_struct(state->arena, sizeof(struct newton));
    state->own = newton;
    if (!residual_init(&newton->residual, &state->setup, state->arena))
        return false;
    size_t unknowns = residual_unknowns(&newton->residual), count = residual_count(&newton->residual);
    if (unknowns == 0)
        return true;
    if (count < unknowns)
        count = unknowns;
    newton->function =
        (gsl_multilarge_nlinear_fdf){.f = value, .df = product, .n = count, .p = unknowns, .params = newton};
    gsl_multilarge_nlinear_parameters parameters = gsl_multilarge_nlinear_default_parameters();
    parameters.trs = gsl_multilarge_nlinear_trs_cgst;
    parameters.solver = gsl_multilarge_nlinear_solver_none;
    parameters.scale = gsl_multilarge_nlinear_scale_levenberg;
    parameters.factor_up = region_growth;
    parameters.tol = inner_tolerance;
    newton->workspace = gsl_multilarge_nlinear_alloc(gsl_multilarge_nlinear_trust, &parameters, count, unknowns);
    return newton->workspace != NULL;
}

void solver_newton_end(struct solver_state *state)
{
    struct newton *newton = state->own;
    if (newton && newton->workspace)
        gsl_multilarge_nlinear_free(newton->workspace);
}

/* ---- a step ---- */

static double norm(const gsl_vector *vector)
{
    return linalg_norm(vector->size, vector->data);
}

/* Without spurious minima: a frozen base leaves a low-rank approximation of each task (Eckart and Young). With samples the
 * least loss is not known. */
static bool rest_is_minimum(const struct newton *newton, double adapters)
{
    return (newton->residual.frozen || newton->residual.root) && adapters > 0;
}

/* `flattened`: GSL found no step that lowers the loss. */
static enum solver_status judge(const struct newton *newton, bool flattened)
{
    const struct residual *residual = &newton->residual;
    const double *x = newton->workspace->x->data;
    double loss = norm(newton->workspace->f), slope = norm(newton->workspace->g), reach = norm(newton->workspace->x);
    double adapters = residual_adapters_norm(residual, x);
    double digit = rounding * DBL_EPSILON * (residual->size + adapters);
    if (loss <= digit || (flattened && loss <= vanished * newton->residual.size))
        return SOLVER_CONVERGED;
    if (slope <= flat * reach * loss && (flattened || slope <= digit * reach))
        return rest_is_minimum(newton, adapters) ? SOLVER_CONVERGED : SOLVER_STALLED;
    return SOLVER_RUNNING;
}

/* After step `step`: whether the adapters run off. The low-rank differences that the tasks' adapters span are no closed
 * set, so there need be no minimum. */
static bool runs_off(struct newton *newton, long step)
{
    double loss = norm(newton->workspace->f);
    double adapters = residual_adapters_norm(&newton->residual, newton->workspace->x->data);
    double spread = newton->residual.spread;
    if (adapters > far * spread)
        return true;
    if (step != newton->mark)
        return false;
    bool creeps = step > FIRST_MARK && adapters > farther * spread && adapters > growth * newton->adapters &&
                  loss * loss > kept * newton->loss * newton->loss;
    newton->mark = 2 * step;
    newton->loss = loss;
    newton->adapters = adapters;
    return creeps;
}

/* Sets GSL at the point. It copies the values into a vector of its own; that of the step is free between two steps. */
static void stand_at_point(struct solver_state *state)
{
    struct newton *newton = state->own;
    gsl_vector *x = newton->workspace->dx;
    memcpy(x->data, state->point.left, newton->residual.factors * sizeof(double));
    if (newton->residual.general)
        memcpy(x->data + newton->residual.factors, state->point.right, newton->residual.factors * sizeof(double));
    gsl_multilarge_nlinear_init(x, &newton->function, newton->workspace);
}

static void begin(struct solver_state *state)
{
    struct newton *newton = state->own;
    residual_begin(&newton->residual, state->point.base);
    newton->mark = FIRST_MARK;
    if (newton->workspace)
        stand_at_point(state);
}

/* Where the loss can tell no more, the gradient can: takes the step that GSL refused if it halves the gradient. */
static bool polish(struct solver_state *state)
{
    gsl_multilarge_nlinear_workspace *workspace = ((struct newton *)state->own)->workspace;
    double before = norm(workspace->g);
    if (before > flat * norm(workspace->x) * norm(workspace->f))
        return false;
    gsl_vector_add(workspace->dx, workspace->x);
    gsl_multilarge_nlinear_init(workspace->dx, workspace->fdf, workspace);
    if (norm(workspace->g) < 0.5 * before)
        return true;
    stand_at_point(state);
    return false;
}

static void take_point(struct solver_state *state)
{
    struct newton *newton = state->own;
    const struct point *point = &state->point;
    const double *x = newton->workspace ? newton->workspace->x->data : NULL;
    if (x)
        memcpy(point->left, x, newton->residual.factors * sizeof(double));
    if (x && newton->residual.general)
        memcpy(point->right, x + newton->residual.factors, newton->residual.factors * sizeof(double));
    residual_base(&newton->residual, x, point->base);
}

enum solver_status solver_newton_phase(struct solver_state *state, int phase)
{
    (void)phase;
    struct newton *newton = state->own;
    if (state->steps == 0)
        begin(state);
    enum solver_status status = SOLVER_CONVERGED; /* without adapters the base is all there is */
    if (newton->workspace)
        status = state->steps == 0 ? judge(newton, false) : SOLVER_RUNNING;
    if (status == SOLVER_RUNNING) {
        bool fell = gsl_multilarge_nlinear_iterate(newton->workspace) == GSL_SUCCESS || polish(state);
        status = judge(newton, !fell);
    }
    if (status == SOLVER_RUNNING && runs_off(newton, state->steps + 1))
        status = SOLVER_UNBOUNDED;
    take_point(state);
    return status;
}
