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

/* Diagonals k to k + count − 1, which what is on the left is loaded for once. Their ends go first: what is beyond the end of
 * one is written over by the next. Of `pairs`, `rank`, `count` and `first` the compiler must know the numbers, but for a rank
 * of which it need not. */
KERNEL_TARGET static inline __attribute__((always_inline)) void
KERNEL(cycle_rows)(const struct thin_cycle cycle, const struct thin_pair *of, int pairs, size_t rank, bool first,
                   size_t k, int count, size_t begin, size_t end, const struct thin_turn turn, double *out)
{
    VECTOR whole = VECTOR_FILL(turn.whole), minus_own = VECTOR_FILL(-turn.own), weight[CYCLE_ROWS];
    THIN_UNROLL
    for (int c = 0; c < count; c++)
        weight[c] = VECTOR_FILL(cycle.weight[k + (size_t)c]);
    for (size_t i = end; i > begin;) {
        i -= VECTOR_SIZE;
        VECTOR x[CYCLE_ROWS];
        THIN_UNROLL
        for (int c = 0; c < count; c++)
            x[c] = VECTOR_FILL(0.0);
        THIN_UNROLL
        for (int p = 0; p < pairs; p++) {
            const double *left = of[p].left + i, *right = of[p].right + i + k;
            for (size_t l = 0; l < rank; l++, left += cycle.stride, right += cycle.stride) {
                VECTOR here = *(const VECTOR *)left;
                THIN_UNROLL
                for (int c = 0; c < count; c++)
                    x[c] = VECTOR_FMA(here, KERNEL(get)(right + c), x[c]);
            }
        }
        double *sum = turn.sum + k * cycle.padded + i, *to = out + k * cycle.d + i;
        THIN_UNROLL
        for (int c = 0; c < count; c++, sum += cycle.padded, to += cycle.d) {
            x[c] *= weight[c];
            if (first) {
                *(VECTOR *)sum = x[c];
                continue;
            }
            VECTOR before = *(VECTOR *)sum;
            *(VECTOR *)sum = before + x[c];
            KERNEL(put)(VECTOR_FMA(whole, before, minus_own * x[c]), to);
        }
    }
}

KERNEL_TARGET static inline __attribute__((always_inline)) void
KERNEL(cycle_tiles)(const struct thin_cycle cycle, const struct thin_pair *of, int pairs, size_t rank, bool first,
                    const struct thin_turn turn, double *out)
{
    for (size_t end = (cycle.d + VECTOR_SIZE - 1) / VECTOR_SIZE * VECTOR_SIZE; end > 0;) {
        size_t begin = (end - 1) / CYCLE_TILE * CYCLE_TILE, k = 0;
        for (; k + CYCLE_ROWS <= cycle.diagonals; k += CYCLE_ROWS)
            KERNEL(cycle_rows)(cycle, of, pairs, rank, first, k, CYCLE_ROWS, begin, end, turn, out);
        for (; k < cycle.diagonals; k++)
            KERNEL(cycle_rows)(cycle, of, pairs, rank, first, k, 1, begin, end, turn, out);
        end = begin;
    }
}

KERNEL_TARGET static void KERNEL(cycle_outer)(const struct thin_cycle *cycle, const struct thin_pair *of, int pairs,
                                              const struct thin_turn *turn, double *out)
{
    if (pairs == 1)
        out ? KERNEL(cycle_tiles)(*cycle, of, 1, cycle->rank, false, *turn, out)
            : KERNEL(cycle_tiles)(*cycle, of, 1, cycle->rank, true, *turn, turn->sum);
    else if (cycle->rank == 1)
        out ? KERNEL(cycle_tiles)(*cycle, of, 2, 1, false, *turn, out)
            : KERNEL(cycle_tiles)(*cycle, of, 2, 1, true, *turn, turn->sum);
    else
        out ? KERNEL(cycle_tiles)(*cycle, of, 2, cycle->rank, false, *turn, out)
            : KERNEL(cycle_tiles)(*cycle, of, 2, cycle->rank, true, *turn, turn->sum);
}

/* Of `count` diagonals from `first` on: what the turn makes of them, each twice over. The last entries of a row go first: what
 * is beyond its end is written over. */
KERNEL_TARGET static inline __attribute__((always_inline)) void
KERNEL(cycle_turn_back)(const struct thin_cycle cycle, size_t first, size_t count, const double *in,
                        const struct thin_turn turn, double *out)
{
    VECTOR whole = VECTOR_FILL(turn.whole), minus_own = VECTOR_FILL(-turn.own);
    for (size_t k = first; k < first + count; k++, out += cycle.stride) {
        VECTOR weight = VECTOR_FILL(cycle.weight[k]);
        double *sums = turn.sum + k * cycle.padded;
        for (size_t i = (cycle.d - 1) / VECTOR_SIZE * VECTOR_SIZE; i < cycle.d; i -= VECTOR_SIZE) {
            VECTOR after = *(VECTOR *)(sums + i);
            if (in) {
                VECTOR x = KERNEL(get)(in + k * cycle.d + i);
                *(VECTOR *)(sums + i) = VECTOR_FMA(whole, x, after);
                after = VECTOR_FMA(minus_own, x, after);
            }
            after *= weight;
            *(VECTOR *)(out + i) = after;
            KERNEL(put)(after, out + cycle.d + i);
        }
    }
}

/* `columns` rows of the outputs from these diagonals; the number must be known to the compiler. */
KERNEL_TARGET static inline __attribute__((always_inline)) void
KERNEL(cycle_gather)(const struct thin_cycle cycle, size_t first, size_t count, const double *rows, const double *left,
                     const double *right, int columns, size_t begin, size_t end, double *out_left, double *out_right)
{
    bool together = out_left == out_right;
    for (size_t i = begin; i < end; i += VECTOR_SIZE) {
        VECTOR by_left[THIN_STEP_RANK], by_right[THIN_STEP_RANK];
        THIN_UNROLL
        for (int c = 0; c < columns; c++) {
            by_right[c] = *(const VECTOR *)(out_left + (size_t)c * cycle.padded + i);
            by_left[c] = together ? VECTOR_FILL(0.0) : *(const VECTOR *)(out_right + (size_t)c * cycle.padded + i);
        }
        const double *here = rows + i, *there = rows + cycle.d + i - first, *ahead = right + i + first,
                     *behind = left + cycle.d + i - first;
        for (size_t k = 0; k < count; k++, here += cycle.stride, there += cycle.stride - 1, ahead++, behind--) {
            VECTOR x = *(const VECTOR *)here, y = KERNEL(get)(there);
            THIN_UNROLL
            for (int c = 0; c < columns; c++) {
                by_right[c] = VECTOR_FMA(x, KERNEL(get)(ahead + (size_t)c * cycle.stride), by_right[c]);
                by_left[c] = VECTOR_FMA(y, KERNEL(get)(behind + (size_t)c * cycle.stride), by_left[c]);
            }
        }
        THIN_UNROLL
        for (int c = 0; c < columns; c++) {
            if (together)
                by_right[c] += by_left[c];
            else
                *(VECTOR *)(out_right + (size_t)c * cycle.padded + i) = by_left[c];
            *(VECTOR *)(out_left + (size_t)c * cycle.padded + i) = by_right[c];
        }
    }
}

KERNEL_TARGET static void KERNEL(cycle_back)(const struct thin_cycle *cycle, const double *in,
                                             const struct thin_turn *turn, const double *left, const double *right,
                                             double *scratch, double *out_left, double *out_right)
{
    for (size_t first = 0; first < cycle->diagonals; first += THIN_CHUNK) {
        size_t count = cycle->diagonals - first < THIN_CHUNK ? cycle->diagonals - first : THIN_CHUNK;
        KERNEL(cycle_turn_back)(*cycle, first, count, in, *turn, scratch);
        for (size_t begin = 0; begin < cycle->d; begin += CYCLE_TILE)
            for (size_t l = 0; l < cycle->rank; l += THIN_STEP_RANK) {
                size_t end = begin + CYCLE_TILE < cycle->d ? begin + CYCLE_TILE : cycle->d;
                const double *x = left + l * cycle->stride, *y = right + l * cycle->stride;
                double *p = out_left + l * cycle->padded, *q = out_right + l * cycle->padded;
                switch (cycle->rank - l) {
                case 1:
                    KERNEL(cycle_gather)(*cycle, first, count, scratch, x, y, 1, begin, end, p, q);
                    break;
                case 2:
                    KERNEL(cycle_gather)(*cycle, first, count, scratch, x, y, 2, begin, end, p, q);
                    break;
                case 3:
                    KERNEL(cycle_gather)(*cycle, first, count, scratch, x, y, 3, begin, end, p, q);
                    break;
                default:
                    KERNEL(cycle_gather)(*cycle, first, count, scratch, x, y, THIN_STEP_RANK, begin, end, p, q);
                }
            }
    }
}
