/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The part of an instruction set's kernel that works on cyclic diagonals, included by thin_kernel.h with the macros that it
 * wants. Nothing is aligned but sums, what is gathered, and each row's first entry. */

KERNEL_TARGET static inline __attribute__((always_inline)) VECTOR KERNEL(get)(const double *x)
{
    VECTOR vector;
    memcpy(&vector, x, sizeof vector);
    return vector;
}

KERNEL_TARGET static inline __attribute__((always_inline)) void KERNEL(put)(VECTOR vector, double *x)
{
    memcpy(x, &vector, sizeof vector);
}

/* What cycle_outer makes of a vector of pairs' sums; each pointer NULL where there is nothing. */
KERNEL_TARGET static inline __attribute__((always_inline)) void
KERNEL(cycle_leave)(VECTOR x, VECTOR whole, VECTOR own, double *sum, const double *minus, double *out)
{
    VECTOR before = sum && out ? *(VECTOR *)sum : VECTOR_FILL(0.0);
    if (sum)
        *(VECTOR *)sum = before + x;
    if (!out)
        return;
    if (sum)
        x = VECTOR_FMA(whole, before, -own * x);
    if (minus)
        x -= KERNEL(get)(minus);
    KERNEL(put)(x, out);
}

/* Diagonals k to k + count − 1, which what is on the left is loaded for once; the number must be known to the compiler.
 * Their ends go first: what is beyond the end of one is written over by the next. What is in `cycle` and `turn` is copied:
 * for all the compiler knows, a vector is written over it. */
KERNEL_TARGET static inline __attribute__((always_inline)) void
KERNEL(cycle_rows)(const struct thin_cycle cycle, const struct thin_pair *pairs, int pair_count, size_t k, int count,
                   size_t begin, size_t end, const struct thin_turn turn, const double *minus, double *out)
{
    VECTOR whole = VECTOR_FILL(turn.whole), own = VECTOR_FILL(turn.own), weight[CYCLE_ROWS];
    THIN_UNROLL
    for (int c = 0; c < count; c++)
        weight[c] = VECTOR_FILL(cycle.weight[k + (size_t)c]);
    for (size_t i = end; i > begin;) {
        i -= VECTOR_SIZE;
        VECTOR x[CYCLE_ROWS];
        THIN_UNROLL
        for (int c = 0; c < count; c++)
            x[c] = VECTOR_FILL(0.0);
        for (int p = 0; p < pair_count; p++) {
            const double *left = pairs[p].left + i, *right = pairs[p].right + i + k;
            for (size_t l = 0; l < cycle.rank; l++, left += cycle.stride, right += cycle.stride) {
                VECTOR here = *(const VECTOR *)left;
                THIN_UNROLL
                for (int c = 0; c < count; c++)
                    x[c] = VECTOR_FMA(here, KERNEL(get)(right + c), x[c]);
            }
        }
        THIN_UNROLL
        for (int c = 0; c < count; c++) {
            size_t at = (k + (size_t)c) * cycle.d + i;
            KERNEL(cycle_leave)
            (x[c] * weight[c], whole, own, turn.sum ? turn.sum + (k + (size_t)c) * cycle.padded + i : NULL,
             minus ? minus + at : NULL, out ? out + at : NULL);
        }
    }
}

KERNEL_TARGET static void KERNEL(cycle_outer)(const struct thin_cycle *cycle, const struct thin_pair *pairs, int count,
                                              const struct thin_turn *turn, const double *minus, double *out)
{
    const struct thin_turn none = {0};
    for (size_t end = (cycle->d + VECTOR_SIZE - 1) / VECTOR_SIZE * VECTOR_SIZE; end > 0;) {
        size_t begin = (end - 1) / CYCLE_TILE * CYCLE_TILE, k = 0;
        for (; k + CYCLE_ROWS <= cycle->diagonals; k += CYCLE_ROWS)
            KERNEL(cycle_rows)(*cycle, pairs, count, k, CYCLE_ROWS, begin, end, turn ? *turn : none, minus, out);
        for (; k < cycle->diagonals; k++)
            KERNEL(cycle_rows)(*cycle, pairs, count, k, 1, begin, end, turn ? *turn : none, minus, out);
        end = begin;
    }
}

/* Of `count` diagonals from `first` on: what the turn makes of them, each twice over. The last entries of a
 * row go first: what is beyond its end is written over. */
KERNEL_TARGET static inline __attribute__((always_inline)) void
KERNEL(cycle_turn_back)(const struct thin_cycle *cycle, size_t first, size_t count, const double *in,
                        const struct thin_turn *turn, double *out)
{
    size_t d = cycle->d;
    VECTOR whole = VECTOR_FILL(turn ? turn->whole : 0.0), minus_own = VECTOR_FILL(turn ? -turn->own : 0.0);
    for (size_t k = first; k < first + count; k++, out += cycle->stride) {
        VECTOR weight = VECTOR_FILL(cycle->weight[k]);
        for (size_t i = (d - 1) / VECTOR_SIZE * VECTOR_SIZE; i < d; i -= VECTOR_SIZE) {
            VECTOR x = in ? KERNEL(get)(in + k * d + i) : VECTOR_FILL(0.0);
            if (turn) {
                VECTOR *sum = (VECTOR *)(turn->sum + k * cycle->padded + i);
                VECTOR after = *sum;
                *sum = VECTOR_FMA(whole, x, after);
                x = VECTOR_FMA(minus_own, x, after);
            }
            x *= weight;
            *(VECTOR *)(out + i) = x;
            KERNEL(put)(x, out + d + i);
        }
    }
}

/* `columns` rows of the outputs from these diagonals; the number must be known to the compiler. */
KERNEL_TARGET static inline __attribute__((always_inline)) void
KERNEL(cycle_gather)(const struct thin_cycle *cycle, size_t first, size_t count, const double *rows, const double *left,
                     const double *right, int columns, size_t begin, size_t end, double *out_left, double *out_right)
{
    size_t d = cycle->d, padded = cycle->padded;
    for (size_t i = begin; i < end; i += VECTOR_SIZE) {
        VECTOR by_left[THIN_STEP_RANK], by_right[THIN_STEP_RANK];
        THIN_UNROLL
        for (int c = 0; c < columns; c++) {
            by_right[c] = *(const VECTOR *)(out_left + (size_t)c * padded + i);
            by_left[c] =
                out_left == out_right ? VECTOR_FILL(0.0) : *(const VECTOR *)(out_right + (size_t)c * padded + i);
        }
        for (size_t k = first; k < first + count; k++) {
            const double *row = rows + (k - first) * cycle->stride;
            VECTOR here = *(const VECTOR *)(row + i), there = KERNEL(get)(row + d + i - k);
            THIN_UNROLL
            for (int c = 0; c < columns; c++) {
                by_right[c] = VECTOR_FMA(here, KERNEL(get)(right + (size_t)c * cycle->stride + i + k), by_right[c]);
                by_left[c] = VECTOR_FMA(there, KERNEL(get)(left + (size_t)c * cycle->stride + d + i - k), by_left[c]);
            }
        }
        THIN_UNROLL
        for (int c = 0; c < columns; c++) {
            if (out_left == out_right)
                by_right[c] += by_left[c];
            else
                *(VECTOR *)(out_right + (size_t)c * padded + i) = by_left[c];
            *(VECTOR *)(out_left + (size_t)c * padded + i) = by_right[c];
        }
    }
}

KERNEL_TARGET static void KERNEL(cycle_back)(const struct thin_cycle *cycle, const double *in,
                                             const struct thin_turn *turn, const double *left, const double *right,
                                             double *scratch, double *out_left, double *out_right)
{
    for (size_t first = 0; first < cycle->diagonals; first += THIN_CHUNK) {
        size_t count = cycle->diagonals - first < THIN_CHUNK ? cycle->diagonals - first : THIN_CHUNK;
        KERNEL(cycle_turn_back)(cycle, first, count, in, turn, scratch);
        for (size_t begin = 0; begin < cycle->d; begin += CYCLE_TILE)
            for (size_t l = 0; l < cycle->rank; l += THIN_STEP_RANK) {
                size_t end = begin + CYCLE_TILE < cycle->d ? begin + CYCLE_TILE : cycle->d;
                const double *x = left + l * cycle->stride, *y = right + l * cycle->stride;
                double *p = out_left + l * cycle->padded, *q = out_right + l * cycle->padded;
                switch (cycle->rank - l) {
                case 1:
                    KERNEL(cycle_gather)(cycle, first, count, scratch, x, y, 1, begin, end, p, q);
                    break;
                case 2:
                    KERNEL(cycle_gather)(cycle, first, count, scratch, x, y, 2, begin, end, p, q);
                    break;
                case 3:
                    KERNEL(cycle_gather)(cycle, first, count, scratch, x, y, 3, begin, end, p, q);
                    break;
                default:
                    KERNEL(cycle_gather)(cycle, first, count, scratch, x, y, THIN_STEP_RANK, begin, end, p, q);
                }
            }
    }
}
