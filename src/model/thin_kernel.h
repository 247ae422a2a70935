/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Template of one instruction set's kernel, included by thin.c once for each. It wants
 *
 *     KERNEL(name)     names of its functions
 *     KERNEL_TARGET    attribute that turns the instructions on
 *     VECTOR           a vector of doubles, VECTOR_SIZE many
 *     VECTOR_FILL(x)   one with x in all places
 *     VECTOR_FMA(a, b, c)   a · b + c
 *     BLOCK_VECTORS, BLOCK_COLUMNS   sums kept in registers: vectors of a panel times columns
 */

/* Loops over the block must be unrolled whole, or its sums are not kept in registers. */
KERNEL_TARGET static inline __attribute__((always_inline)) void KERNEL(block)(size_t inner, const double *panel,
                                                                              size_t panel_stride, const double *thin,
                                                                              size_t thin_stride, int columns,
                                                                              double *out, size_t out_stride, bool add)
{
    VECTOR sum[BLOCK_COLUMNS][BLOCK_VECTORS];
    THIN_UNROLL
    for (int c = 0; c < columns; c++) {
        THIN_UNROLL
        for (int v = 0; v < BLOCK_VECTORS; v++)
            sum[c][v] = add ? *(const VECTOR *)(out + (size_t)c * out_stride + v * VECTOR_SIZE) : VECTOR_FILL(0.0);
    }
    for (size_t l = 0; l < inner; l++) {
        VECTOR row[BLOCK_VECTORS];
        THIN_UNROLL
        for (int v = 0; v < BLOCK_VECTORS; v++)
            row[v] = *(const VECTOR *)(panel + l * panel_stride + v * VECTOR_SIZE);
        THIN_UNROLL
        for (int c = 0; c < columns; c++) {
            VECTOR factor = VECTOR_FILL(thin[l * thin_stride + (size_t)c]);
            THIN_UNROLL
            for (int v = 0; v < BLOCK_VECTORS; v++)
                sum[c][v] = VECTOR_FMA(row[v], factor, sum[c][v]);
        }
    }
    THIN_UNROLL
    for (int c = 0; c < columns; c++) {
        THIN_UNROLL
        for (int v = 0; v < BLOCK_VECTORS; v++)
            *(VECTOR *)(out + (size_t)c * out_stride + v * VECTOR_SIZE) = sum[c][v];
    }
}

KERNEL_TARGET static void KERNEL(multiply)(size_t inner, const double *panel, size_t panel_stride, const double *thin,
                                           size_t thin_stride, size_t columns, double *out, size_t out_stride, bool add)
{
    enum { STRIP = BLOCK_VECTORS * VECTOR_SIZE };
    for (size_t done = 0; done < columns; done += BLOCK_COLUMNS) {
        for (size_t i = 0; i < THIN_PANEL; i += STRIP) {
            const double *p = panel + i;
            const double *q = thin + done;
            double *o = out + done * out_stride + i;
            switch (columns - done) {
            case 1:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 1, o, out_stride, add);
                break;
            case 2:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 2, o, out_stride, add);
                break;
            case 3:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 3, o, out_stride, add);
                break;
#if BLOCK_COLUMNS > 4
            case 4:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 4, o, out_stride, add);
                break;
            case 5:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 5, o, out_stride, add);
                break;
            case 6:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 6, o, out_stride, add);
                break;
            case 7:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 7, o, out_stride, add);
                break;
#endif
            default:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, BLOCK_COLUMNS, o, out_stride, add);
            }
        }
    }
}

KERNEL_TARGET static void KERNEL(gram)(size_t rows, size_t padded, double scale, const double *x, const double *y,
                                       double *gram)
{
    for (size_t a = 0; a < rows; a++)
        for (size_t b = 0; b < rows; b++) {
            VECTOR sum[2] = {VECTOR_FILL(0.0), VECTOR_FILL(0.0)};
            for (size_t i = 0; i < padded; i += 2 * VECTOR_SIZE) {
                const VECTOR *p = (const VECTOR *)(x + a * padded + i);
                const VECTOR *q = (const VECTOR *)(y + b * padded + i);
                sum[0] = VECTOR_FMA(p[0], q[0], sum[0]);
                sum[1] = VECTOR_FMA(p[1], q[1], sum[1]);
            }
            sum[0] += sum[1];
            double total = 0;
            THIN_UNROLL
            for (int v = 0; v < VECTOR_SIZE; v++)
                total += sum[0][v];
            gram[a * rows + b] = scale * total;
        }
}

KERNEL_TARGET static void KERNEL(descend)(size_t count, double rate, const double *y, double *x)
{
    VECTOR minus = VECTOR_FILL(-rate);
    for (size_t i = 0; i < count; i += VECTOR_SIZE)
        *(VECTOR *)(x + i) = VECTOR_FMA(minus, *(const VECTOR *)(y + i), *(const VECTOR *)(x + i));
}

KERNEL_TARGET static void KERNEL(subtract)(size_t count, const double *x, const double *y, double *out)
{
    for (size_t i = 0; i < count; i += VECTOR_SIZE)
        *(VECTOR *)(out + i) = *(const VECTOR *)(x + i) - *(const VECTOR *)(y + i);
}

#undef KERNEL
#undef KERNEL_TARGET
#undef VECTOR
#undef VECTOR_SIZE
#undef VECTOR_FILL
#undef VECTOR_FMA
#undef BLOCK_VECTORS
#undef BLOCK_COLUMNS
