/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/problem_state.h"

#include "model/random.h"

#include <math.h>
#include <string.h>

/* The samples of two-layer networks: x ~ N(0, I), y = c*ᵀ sigmoid(W*_t x) + ε. All of them are kept, for no moments
 * tell of them. */

static size_t data_size(size_t tasks, size_t d, size_t stride)
{
    size_t bytes = arena_add(arena_matrices_size(tasks, d, stride), arena_matrices_size(tasks, 1, stride));
    return arena_add(bytes, arena_doubles_size(stride));
}

size_t problem_network_size(const struct problem_config *config, int adapt_samples)
{
    size_t d = (size_t)config->dimension, tasks = (size_t)config->tasks, unseen = shallow_padded(adapt_samples);
    if (config->kind != PROBLEM_NETWORK)
        return 0;
    size_t bytes = arena_add(arena_doubles_size(d), data_size(tasks, d, shallow_padded(config->samples)));
    bytes = arena_add(bytes, arena_add(data_size(1, d, unseen), arena_matrices_size(1, 1, unseen)));
    return bytes;
}

/* y without noise, sample by sample. */
static double output_of(const double *target, const double *top, size_t d, const double *input)
{
    double sum = 0;
    for (size_t j = 0; j < d; j++) {
        double z = 0;
        for (size_t l = 0; l < d; l++)
            z += target[j * d + l] * input[l];
        sum += top[j] / (1 + exp(-z));
    }
    return sum;
}

/* One task's samples; `clean` is where its outputs are without noise as well, or NULL. */
static enum err_code draw_samples(const struct problem *problem, const double *target, bool unseen, int index,
                                  const struct shallow_data *data, double *inputs, double *outputs, double *clean)
{
    const struct problem_config *config = &problem->config;
    struct random_stream *x = random_new(config->seed, unseen ? RANDOM_UNSEEN_INPUTS : RANDOM_INPUTS, index);
    struct random_stream *noise = random_new(config->seed, unseen ? RANDOM_UNSEEN_NOISE : RANDOM_NOISE, index);
    struct arena *arena = arena_new(arena_doubles_size((size_t)data->dimension));
    bool ready = x && noise && arena;
    size_t d = (size_t)data->dimension;
    double *input = ready ? arena_doubles(arena, d) : NULL;
    for (size_t i = 0; ready && i < (size_t)data->samples; i++) {
        double disturbance = 0;
        random_normal(x, 1, d, input);
        if (config->noise > 0)
            random_normal(noise, config->noise, 1, &disturbance);
        for (size_t l = 0; l < d; l++)
            inputs[l * data->stride + i] = input[l];
        double value = output_of(target, problem->top, d, input);
        outputs[i] = value + disturbance;
        if (clean)
            clean[i] = value;
    }
    random_free(x);
    random_free(noise);
    arena_free(arena);
    return ready ? ERR_NONE : ERR_MEMORY;
}

static struct shallow_data make_data(struct arena *arena, int tasks, int dimension, int samples, double **inputs,
                                     double **outputs)
{
    size_t stride = shallow_padded(samples), d = (size_t)dimension, count = (size_t)tasks;
    double *weight = arena_doubles(arena, stride);
    *inputs = arena_doubles(arena, count * d * stride);
    *outputs = arena_doubles(arena, count * stride);
    for (int i = 0; i < samples; i++)
        weight[i] = 1;
    return (struct shallow_data){dimension, tasks, samples, stride, *inputs, *outputs, weight};
}

enum err_code problem_draw_network(struct problem *problem, struct arena *arena, const double *target)
{
    const struct problem_config *config = &problem->config;
    size_t d = (size_t)config->dimension, square = d * d;
    double *top = arena_doubles(arena, d), *inputs, *outputs, *clean;
    struct random_stream *stream = random_new(config->seed, RANDOM_TOP, 0);
    if (!stream)
        return ERR_MEMORY;
    random_normal(stream, 1, d, top);
    random_free(stream);
    problem->top = top;
    problem->network = make_data(arena, config->tasks, config->dimension, config->samples, &inputs, &outputs);
    enum err_code code = ERR_NONE;
    for (size_t t = 0; t < (size_t)config->tasks && !code; t++)
        code = draw_samples(problem, target + t * square, false, (int)t, &problem->network,
                            inputs + t * d * problem->network.stride, outputs + t * problem->network.stride, NULL);
    problem->network_unseen = make_data(arena, 1, config->dimension, problem->adapt_samples, &inputs, &outputs);
    clean = arena_doubles(arena, problem->network_unseen.stride);
    problem->network_clean = problem->network_unseen;
    problem->network_clean.outputs = clean;
    if (!code)
        code = draw_samples(problem, target + (size_t)config->tasks * square, true, 0, &problem->network_unseen, inputs,
                            outputs, clean);
    return code;
}
