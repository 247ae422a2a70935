/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/contrast.h"

#include "base/arena.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* A symmetric matrix is the diagonals from 0 to d / 2. */
static size_t diagonals_of(const struct solver_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension;
    return setup->shape == ADAPTER_GENERAL ? d : d / 2 + 1;
}

static size_t matrices_of(const struct solver_setup *setup)
{
    return (size_t)setup->moments->tasks - (setup->base_frozen ? 0 : 1);
}

/* Kernels write whole vectors: so many doubles beyond the last row. */
static size_t room_of(size_t d)
{
    return thin_padded(d) - d;
}

size_t contrast_size(const struct solver_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension;
    return arena_add(arena_matrices_size(matrices_of(setup), d, diagonals_of(setup)), arena_doubles_size(room_of(d)));
}

enum { PIECES = 10 };

/* What each array takes; one list for the size and for the layout. */
static void list_pieces(const struct solver_setup *setup, size_t sizes[PIECES])
{
    size_t d = (size_t)setup->moments->dimension, rank = (size_t)setup->rank;
    size_t padded = thin_padded(d), stride = thin_cycle_stride(d);
    bool general = setup->shape == ADAPTER_GENERAL;
    size_t diagonals = diagonals_of(setup);
    sizes[0] = diagonals;
    sizes[1] = diagonals * padded;
    sizes[2] = THIN_CHUNK * stride;
    for (int i = 3; i < 7; i++)
        sizes[i] = general || i % 2 ? rank * stride : 0;
    sizes[7] = rank * padded;
    sizes[8] = general ? rank * padded : 0;
    sizes[9] = (size_t)setup->moments->tasks;
}

size_t contrast_workspace(const struct solver_setup *setup)
{
    size_t sizes[PIECES], bytes = 0;
    list_pieces(setup, sizes);
    for (int i = 0; i < PIECES; i++)
        bytes = arena_add(bytes, arena_doubles_size(sizes[i]));
    return bytes;
}

/* Each pair of a symmetric matrix's entries is there once, but for the diagonal and, where d is even, its opposite. */
static void weigh(struct contrast *contrast)
{
    size_t d = contrast->cycle.d;
    for (size_t k = 0; k < contrast->cycle.diagonals; k++)
        contrast->weight[k] = contrast->general || k == 0 || 2 * k == d ? 1 : sqrt(2);
}

void contrast_init(struct contrast *contrast, const struct solver_setup *setup, struct arena *arena)
{
    size_t d = (size_t)setup->moments->dimension;
    size_t sizes[PIECES];
    list_pieces(setup, sizes);
    *contrast = (struct contrast){.kernel = thin_kernel_best(),
                                  .cycle = {.d = d,
                                            .rank = (size_t)setup->rank,
                                            .diagonals = diagonals_of(setup),
                                            .padded = thin_padded(d),
                                            .stride = thin_cycle_stride(d)},
                                  .tasks = (size_t)setup->moments->tasks,
                                  .entries = d * diagonals_of(setup),
                                  .count = matrices_of(setup) * d * diagonals_of(setup) + room_of(d),
                                  .general = setup->shape == ADAPTER_GENERAL,
                                  .turned = !setup->base_frozen};
    double **arrays[PIECES] = {
        &contrast->weight,    &contrast->sum,        &contrast->scratch,    &contrast->left,        &contrast->right,
        &contrast->left_move, &contrast->right_move, &contrast->left_slope, &contrast->right_slope, &contrast->whole};
    for (int i = 0; i < PIECES; i++)
        *arrays[i] = arena_doubles(arena, sizes[i]);
    contrast->cycle.weight = contrast->weight;
    if (!contrast->general) {
        contrast->right = contrast->left;
        contrast->right_move = contrast->left_move;
        contrast->right_slope = contrast->left_slope;
    }
    weigh(contrast);
    for (size_t t = 1; t < contrast->tasks; t++)
        contrast->whole[t] = 1 / sqrt((double)t * (double)(t + 1));
}

/* ---- one task after the other ---- */

/* Where nothing is turned, one that leaves every matrix as it is. */
static struct thin_turn turn_of(const struct contrast *contrast, size_t t)
{
    double whole = contrast->turned ? contrast->whole[t] : 0, own = contrast->turned ? (double)t * whole : -1;
    return (struct thin_turn){.whole = whole, .own = own, .sum = contrast->sum};
}

/* Where task t's contrast is: the first task has none. */
static size_t place_of(const struct contrast *contrast, size_t t)
{
    return (contrast->turned ? t - 1 : t) * contrast->entries;
}

static void clear_end(const struct contrast *contrast, double *out)
{
    size_t room = room_of(contrast->cycle.d);
    memset(out + contrast->count - room, 0, room * sizeof *out);
}

void contrast_load(struct contrast *contrast, size_t t, const double *matrix, double *out)
{
    size_t d = contrast->cycle.d;
    struct thin_turn turn = turn_of(contrast, t);
    for (size_t k = 0; k < contrast->cycle.diagonals; k++)
        for (size_t i = 0; i < d; i++) {
            double x = contrast->weight[k] * matrix[i * d + (i + k) % d];
            double *sum = contrast->sum + k * contrast->cycle.padded + i;
            double before = t > 0 ? *sum : 0;
            *sum = before + x;
            if (contrast->turned && t > 0)
                x = turn.whole * before - turn.own * x;
            if (!contrast->turned || t > 0)
                out[place_of(contrast, t) + k * d + i] = x;
        }
}

/* A task's factor (d × r) as rows, each twice over. */
static const double *lay(const struct contrast *contrast, const double *factor, double *rows)
{
    size_t d = contrast->cycle.d, rank = contrast->cycle.rank;
    for (size_t l = 0; l < rank; l++) {
        double *row = rows + l * contrast->cycle.stride;
        for (size_t j = 0; j < d; j++)
            row[j] = row[j + d] = factor[j * rank + l];
    }
    return rows;
}

static void outer(struct contrast *contrast, size_t t, const struct thin_pair *pair, int pairs, double *out)
{
    struct thin_turn turn = turn_of(contrast, t);
    bool first = contrast->turned && t == 0;
    contrast->kernel->cycle_outer(&contrast->cycle, pair, pairs, &turn, first ? NULL : out + place_of(contrast, t));
}

void contrast_value(struct contrast *contrast, const double *x, const double *minus, double *out)
{
    size_t factor = contrast->cycle.d * contrast->cycle.rank, factors = contrast->tasks * factor;
    for (size_t t = 0; t < contrast->tasks; t++, x += factor) {
        lay(contrast, x, contrast->left);
        if (contrast->general)
            lay(contrast, x + factors, contrast->right);
        const struct thin_pair pair = {contrast->left, contrast->right};
        outer(contrast, t, &pair, 1, out);
    }
    clear_end(contrast, out);
    if (minus)
        linalg_axpy(contrast->count, -1, minus, out);
}

void contrast_sum(struct contrast *contrast, const double *x, double *sum)
{
    const struct thin_cycle *cycle = &contrast->cycle;
    size_t factor = cycle->d * cycle->rank, factors = contrast->tasks * factor;
    for (size_t t = 0; t < contrast->tasks; t++, x += factor) {
        lay(contrast, x, contrast->left);
        if (contrast->general)
            lay(contrast, x + factors, contrast->right);
        for (size_t i = 0; i < cycle->d; i += THIN_PANEL)
            contrast->kernel->multiply(cycle->rank, contrast->right + i, cycle->stride, contrast->left, cycle->stride,
                                       cycle->d, sum + i, cycle->padded, t > 0);
    }
}

void contrast_along(struct contrast *contrast, const double *x, const double *u, double *out)
{
    size_t factor = contrast->cycle.d * contrast->cycle.rank, factors = contrast->tasks * factor;
    for (size_t t = 0; t < contrast->tasks; t++, x += factor, u += factor) {
        lay(contrast, x, contrast->left);
        lay(contrast, u, contrast->left_move);
        if (contrast->general) {
            lay(contrast, x + factors, contrast->right);
            lay(contrast, u + factors, contrast->right_move);
        }
        const struct thin_pair pairs[] = {{contrast->left_move, contrast->right},
                                          {contrast->left, contrast->right_move}};
        outer(contrast, t, pairs, 2, out);
    }
    clear_end(contrast, out);
}

/* Rows that were summed up, as a factor. */
static void take(const struct contrast *contrast, const double *rows, double *factor)
{
    size_t rank = contrast->cycle.rank;
    for (size_t l = 0; l < rank; l++)
        for (size_t j = 0; j < contrast->cycle.d; j++)
            factor[j * rank + l] = rows[l * contrast->cycle.padded + j];
}

void contrast_back(struct contrast *contrast, const double *x, const double *v, double *u)
{
    size_t factor = contrast->cycle.d * contrast->cycle.rank, factors = contrast->tasks * factor;
    size_t bytes = contrast->cycle.rank * contrast->cycle.padded * sizeof(double);
    memset(contrast->sum, 0, contrast->cycle.diagonals * contrast->cycle.padded * sizeof(double));
    for (size_t t = contrast->tasks; t-- > 0;) {
        struct thin_turn turn = turn_of(contrast, t);
        lay(contrast, x + t * factor, contrast->left);
        memset(contrast->left_slope, 0, bytes);
        if (contrast->general) {
            lay(contrast, x + factors + t * factor, contrast->right);
            memset(contrast->right_slope, 0, bytes);
        }
        contrast->kernel->cycle_back(&contrast->cycle, contrast->turned && t == 0 ? NULL : v + place_of(contrast, t),
                                     &turn, contrast->left, contrast->right, contrast->scratch, contrast->left_slope,
                                     contrast->right_slope);
        take(contrast, contrast->left_slope, u + t * factor);
        if (contrast->general)
            take(contrast, contrast->right_slope, u + factors + t * factor);
    }
}
