/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/shallow.h"

#include "model/linalg.h"

#include <string.h>

size_t shallow_padded(int samples)
{
    return ((size_t)samples + SHALLOW_LINE - 1) / SHALLOW_LINE * SHALLOW_LINE;
}

size_t shallow_work_size(int dimension, size_t stride)
{
    size_t d = (size_t)dimension;
    size_t square = arena_matrices_size(1, d, d);
    size_t bytes = arena_add(arena_matrices_size(1, d, stride), arena_matrices_size(1, d, SHALLOW_LINE));
    return arena_add(bytes, arena_add(square, square));
}

struct shallow_work shallow_work_take(struct arena *arena, int dimension, size_t stride)
{
    size_t d = (size_t)dimension;
    return (struct shallow_work){.hidden = arena_doubles(arena, d * stride),
                                 .matrix = arena_doubles(arena, d * d),
                                 .slope = arena_doubles(arena, d * d),
                                 .sums = arena_doubles(arena, d * SHALLOW_LINE)};
}

/* The task's own matrix: the base itself where there are no adapters. */
static const double *matrix_of(struct shallow_work *work, const struct point *point, int task)
{
    int d = point->dimension;
    size_t at = (size_t)task * point_factor_size(point);
    if (point->rank == 0)
        return point->base;
    memcpy(work->matrix, point->base, point_base_size(point) * sizeof(double));
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, point->rank, 1, point->left + at, point->right + at, 1,
                work->matrix);
    return work->matrix;
}

static const double *inputs_of(const struct shallow_data *data, int task)
{
    return data->inputs + (size_t)task * (size_t)data->dimension * data->stride;
}

/* slope = work->hidden X^T, and the parts of the sums together. */
static void gather(struct shallow_work *work, const struct shallow_data *data, int task, double *top_slope)
{
    int d = data->dimension, stride = (int)data->stride;
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, stride, 1, work->hidden, inputs_of(data, task), 0, work->slope);
    for (size_t j = 0; j < (size_t)d; j++)
        for (size_t i = 0; i < SHALLOW_LINE; i++)
            top_slope[j] += work->sums[j * SHALLOW_LINE + i];
}

double shallow_task(struct shallow_work *work, const struct shallow_data *data, const struct point *point, int task,
                    double *top_slope)
{
    int d = data->dimension, stride = (int)data->stride;
    size_t rows = (size_t)d;
    bool back = top_slope != NULL;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, stride, d, 1, matrix_of(work, point, task), inputs_of(data, task), 0,
                work->hidden);
    if (back)
        memset(work->sums, 0, rows * SHALLOW_LINE * sizeof(double));
    double squares = shallow_kernel_at(0)->pass(rows, data->stride, data->stride, work->hidden,
                                                data->outputs + (size_t)task * data->stride, data->weight, point->top,
                                                2.0 / data->samples, back, work->sums);
    if (back)
        gather(work, data, task, top_slope);
    return squares / data->samples;
}

void shallow_hidden(struct shallow_work *work, const struct shallow_data *data, const struct point *point, int task,
                    double *hidden)
{
    int d = data->dimension, stride = (int)data->stride;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, stride, d, 1, matrix_of(work, point, task), inputs_of(data, task), 0,
                hidden);
    shallow_kernel_at(0)->pass((size_t)d, data->stride, data->stride, hidden,
                               data->outputs + (size_t)task * data->stride, data->weight, point->top, 1, false, NULL);
}

void shallow_bend(struct shallow_work *work, const struct shallow_data *data, int task, const double *hidden,
                  const double *top, const double *move, const double *top_move, double *top_bend)
{
    int d = data->dimension, stride = (int)data->stride;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, stride, d, 1, move, inputs_of(data, task), 0, work->hidden);
    memset(work->sums, 0, (size_t)d * SHALLOW_LINE * sizeof(double));
    shallow_kernel_at(0)->bend((size_t)d, data->stride, data->stride, hidden, work->hidden,
                               data->outputs + (size_t)task * data->stride, data->weight, top, top_move,
                               2.0 / data->samples, work->sums);
    gather(work, data, task, top_bend);
}

double shallow_loss(struct shallow_work *work, const struct shallow_data *data, const struct point *point)
{
    double sum = 0;
    for (int task = 0; task < data->tasks; task++)
        sum += shallow_task(work, data, point, task, NULL);
    return sum / data->tasks;
}
