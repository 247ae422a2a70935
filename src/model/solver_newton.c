/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/solver_state.h"

#include "model/least_squares.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multilarge_nlinear.h>
#include <string.h>

/* Gauss–Newton in a trust region, its linear systems by the conjugate gradients of Steihaug and Toint: products with the
 * Jacobian alone. GSL does the iteration, and allocates nothing in it. */
struct newton {
    struct least_squares squares;
    gsl_multilarge_nlinear_fdf function;
    gsl_multilarge_nlinear_workspace *workspace; /* NULL without adapters */
};

/* How far a step's linear system is solved, and by how much the trust region grows after a good step. Further takes fewer
 * steps and no fewer products; GSL's own growth of 3 overshoots, and takes a fifth more of them. */
static const double inner_tolerance = 0.02, region_growth = 1.5;

size_t solver_newton_workspace(const struct solver_setup *setup)
{
    return arena_add(residual_workspace(setup), arena_struct_size(sizeof(struct newton)));
}

double solver_newton_flops(const struct solver_setup *setup)
{
    enum { PAIRS = 8 }; /* of products with the Jacobian and its transpose in a step: measured 5 to 15 */
    double d = setup->moments->dimension;
    return setup->rank > 0 ? PAIRS * residual_pair_flops(setup) : setup->moments->tasks * d * d;
}

/* ---- what GSL asks for ---- */

/* GSL wants at least as many residuals as unknowns: what is more than there are is 0. */
static int value(const gsl_vector *x, void *context, gsl_vector *f)
{
    struct least_squares *squares = context;
    size_t count = residual_count(&squares->residual);
    residual_value(&squares->residual, x->data, f->data);
    memset(f->data + count, 0, (f->size - count) * sizeof *f->data);
    return GSL_SUCCESS;
}

static int product(CBLAS_TRANSPOSE_t transposed, const gsl_vector *x, const gsl_vector *u, void *context, gsl_vector *v,
                   gsl_matrix *square)
{
    struct least_squares *squares = context;
    (void)square; /* this method asks for none */
    if (transposed == CblasTrans) {
        residual_back(&squares->residual, x->data, u->data, v->data);
        return GSL_SUCCESS;
    }
    size_t count = residual_count(&squares->residual);
    residual_along(&squares->residual, x->data, u->data, v->data);
    memset(v->data + count, 0, (v->size - count) * sizeof *v->data);
    return GSL_SUCCESS;
}

/* GSL copies the values into a vector of its own. */
static void stand(struct least_squares *squares, const double *x)
{
    struct newton *newton = (struct newton *)squares;
    gsl_vector_const_view view = gsl_vector_const_view_array(x, squares->unknowns);
    gsl_multilarge_nlinear_init(&view.vector, &newton->function, newton->workspace);
}

static bool advance(struct least_squares *squares)
{
    return gsl_multilarge_nlinear_iterate(((struct newton *)squares)->workspace) == GSL_SUCCESS;
}

bool solver_newton_init(struct solver_state *state)
{
    struct newton *newton = arena_struct(state->arena, sizeof(struct newton));
    struct least_squares *squares = &newton->squares;
    state->own = newton;
    if (!least_squares_init(squares, &state->setup, state->arena))
        return false;
    if (squares->unknowns == 0)
        return true;
    if (squares->count < squares->unknowns)
        squares->count = squares->unknowns;
    newton->function = (gsl_multilarge_nlinear_fdf){
        .f = value, .df = product, .n = squares->count, .p = squares->unknowns, .params = newton};
    gsl_multilarge_nlinear_parameters parameters = gsl_multilarge_nlinear_default_parameters();
    parameters.trs = gsl_multilarge_nlinear_trs_cgst;
    parameters.solver = gsl_multilarge_nlinear_solver_none;
    parameters.scale = gsl_multilarge_nlinear_scale_levenberg;
    parameters.factor_up = region_growth;
    parameters.tol = inner_tolerance;
    gsl_multilarge_nlinear_workspace *workspace =
        gsl_multilarge_nlinear_alloc(gsl_multilarge_nlinear_trust, &parameters, squares->count, squares->unknowns);
    if (!workspace)
        return false;
    newton->workspace = workspace;
    squares->x = workspace->x->data;
    squares->f = workspace->f->data;
    squares->slope = workspace->g->data;
    squares->move = workspace->dx->data;
    squares->stand = stand;
    squares->advance = advance;
    return true;
}

void solver_newton_end(struct solver_state *state)
{
    struct newton *newton = state->own;
    if (newton && newton->workspace)
        gsl_multilarge_nlinear_free(newton->workspace);
}

enum solver_status solver_newton_phase(struct solver_state *state, int phase)
{
    (void)phase;
    return least_squares_step(state);
}
