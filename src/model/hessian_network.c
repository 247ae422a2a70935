/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/hessian_state.h"

#include <math.h>
#include <string.h>

/* L_t = mean (y − c^T sigmoid(W x))² over the task's samples, by shallow.h's passes. What lies behind the sigmoid is
 * kept where it stands, so that a product with a direction is one pass forward and one back. */

struct network {
    struct shallow_work work;
    double *hidden; /* T × d × stride */
};

static size_t layer_of(const struct hessian_setup *setup)
{
    return (size_t)setup->moments->dimension * setup->network->stride;
}

static size_t workspace(const struct hessian_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension, tasks = (size_t)setup->moments->tasks;
    size_t bytes = arena_add(arena_struct_size(sizeof(struct network)),
                             shallow_work_size(setup->moments->dimension, setup->network->stride));
    return arena_add(bytes, arena_matrices_size(tasks, d, setup->network->stride));
}

static enum err_code init(struct hessian *hessian, struct err *err)
{
    (void)err;
    const struct hessian_setup *setup = &hessian->setup;
    struct network *own = arena_struct(hessian->arena, sizeof *own);
    own->work = shallow_work_take(hessian->arena, setup->moments->dimension, setup->network->stride);
    own->hidden = arena_doubles(hessian->arena, hessian->tasks * layer_of(setup));
    hessian->own = own;
    return ERR_NONE;
}

static double value(struct hessian *hessian)
{
    struct network *own = hessian->own;
    return shallow_loss(&own->work, hessian->setup.network, &hessian->point);
}

static double settle(struct hessian *hessian)
{
    struct network *own = hessian->own;
    const struct shallow_data *data = hessian->setup.network;
    size_t square = hessian_square(hessian), d = hessian->dimension;
    double tasks = (double)hessian->tasks, loss = 0;
    double *top = hessian->gradient + hessian->unknowns - d;
    memset(hessian->sum, 0, square * sizeof(double));
    memset(top, 0, d * sizeof *top);
    for (size_t t = 0; t < hessian->tasks; t++) {
        shallow_hidden(&own->work, data, &hessian->point, (int)t, own->hidden + t * layer_of(&hessian->setup));
        loss += shallow_task(&own->work, data, &hessian->point, (int)t, top);
        memcpy(hessian->slope + t * square, own->work.slope, square * sizeof(double));
        linalg_axpy(square, 1, own->work.slope, hessian->sum);
    }
    for (size_t j = 0; j < d; j++)
        top[j] /= tasks;
    hessian->base_slope = linalg_norm(square, hessian->sum) / tasks;
    return loss / tasks;
}

static const double *bend(struct hessian *hessian, size_t t)
{
    struct network *own = hessian->own;
    shallow_bend(&own->work, hessian->setup.network, (int)t, own->hidden + t * layer_of(&hessian->setup),
                 hessian->point.top, hessian->work, hessian->top_move, hessian->top_bend);
    return own->work.slope;
}

/* A base's minimiser is not to be had in closed form. */
static double without(struct hessian *hessian)
{
    (void)hessian;
    return (double)NAN;
}

/* Nothing here has a least value that is known (noise leaves some loss), and AdamW, whose steps do not shrink with
 * the gradient, goes to and fro across steep directions for ever. So places are told by what is to be won or lost,
 * in shares of F: nothing is left to win where that is a hundredth, and a direction is level where going as far
 * along it as to move every parameter by 1 (which is what inputs and the sigmoid are scaled by) changes no more to
 * second order, ½ λ n. Finite samples do not tell more: n parameters fit n / (N T) of the loss by the noise alone, 6
 * in a hundred of the built-in network's. Where parameters have gone so far that the loss is large beside all that a
 * change by 1 does, what is level is told by the largest eigenvalue instead. */
static void limits(const struct hessian *hessian, double without, const double *x, struct hessian_limits *limits)
{
    static const double share = 0.01, level = 1e-3;
    double unknowns = (double)hessian->unknowns;
    (void)without;
    limits->size = sqrt(unknowns);
    limits->still = hessian->resolution * linalg_norm(hessian->unknowns, x); /* as rounding in x would make it */
    limits->beside = 0;
    limits->decrement = share * hessian->loss;
    limits->nothing = fmin(2 * share * hessian->loss / unknowns, level * hessian->largest);
    limits->nothing = fmax(limits->nothing, hessian->resolution);
}

const struct hessian_type hessian_network = {.dense = HESSIAN_DENSE_NETWORK,
                                             .whole = true,
                                             .workspace = workspace,
                                             .init = init,
                                             .value = value,
                                             .settle = settle,
                                             .bend = bend,
                                             .without = without,
                                             .limits = limits};
