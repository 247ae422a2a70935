/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/thin.h"

#include <stdbool.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#ifdef __clang__
#define THIN_UNROLL _Pragma("unroll")
#else
#define THIN_UNROLL _Pragma("GCC unroll 16")
#endif

/* Of cyclic diagonals: how many are in registers at a time, and how many entries of each are done with while the factors'
 * rows are in the first-level cache. */
enum { CYCLE_ROWS = 4, CYCLE_TILE = 64 };

/* Any machine: a pair of doubles at a time. */
typedef double pair __attribute__((vector_size(16), may_alias));
static inline double pair_sum(pair x)
{
    return x[0] + x[1];
}

#define KERNEL(name) portable_##name
#define KERNEL_TARGET
#define VECTOR              pair
#define VECTOR_SIZE         2
#define VECTOR_FILL(x)      ((pair){(x), (x)})
#define VECTOR_FMA(a, b, c) ((a) * (b) + (c))
#define VECTOR_SUM(x)       pair_sum(x)
#define BLOCK_VECTORS       2
#define BLOCK_COLUMNS       4
#include "model/thin_kernel.h"

#ifdef __x86_64__
__attribute__((target("avx2,fma"))) static inline double avx2_sum(__m256d x)
{
    return (x[0] + x[1]) + (x[2] + x[3]);
}

#define KERNEL(name)        avx2_##name
#define KERNEL_TARGET       __attribute__((target("avx2,fma")))
#define VECTOR              __m256d
#define VECTOR_SIZE         4
#define VECTOR_FILL(x)      _mm256_set1_pd(x)
#define VECTOR_FMA(a, b, c) _mm256_fmadd_pd((a), (b), (c))
#define VECTOR_SUM(x)       avx2_sum(x)
#define BLOCK_VECTORS       2
#define BLOCK_COLUMNS       4
#include "model/thin_kernel.h"

#define KERNEL(name)        avx512_##name
#define KERNEL_TARGET       __attribute__((target("avx512f")))
#define VECTOR              __m512d
#define VECTOR_SIZE         8
#define VECTOR_FILL(x)      _mm512_set1_pd(x)
#define VECTOR_FMA(a, b, c) _mm512_fmadd_pd((a), (b), (c))
#define VECTOR_SUM(x)       _mm512_reduce_add_pd(x)
#define BLOCK_VECTORS       2
#define BLOCK_COLUMNS       8
#include "model/thin_kernel.h"
#endif

static const struct thin_kernel kernels[] = {
#ifdef __x86_64__
    {"AVX-512", avx512_multiply, avx512_gram, avx512_descend, avx512_subtract, avx512_propose, avx512_step,
     avx512_cycle_outer, avx512_cycle_back},
    {"AVX2", avx2_multiply, avx2_gram, avx2_descend, avx2_subtract, avx2_propose, avx2_step, avx2_cycle_outer,
     avx2_cycle_back},
#endif
    {"portable", portable_multiply, portable_gram, portable_descend, portable_subtract, portable_propose, portable_step,
     portable_cycle_outer, portable_cycle_back},
};

enum {
    LINE = 8, /* doubles in a cache line */
    KERNELS = sizeof kernels / sizeof *kernels
};

static bool can_run(const struct thin_kernel *kernel)
{
#ifdef __x86_64__
    if (kernel->multiply == avx512_multiply)
        return __builtin_cpu_supports("avx512f");
    if (kernel->multiply == avx2_multiply)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return kernel->multiply == portable_multiply;
}

const struct thin_kernel *thin_kernel_at(int i)
{
    for (int row = 0; row < KERNELS; row++)
        if (can_run(&kernels[row]) && i-- == 0)
            return &kernels[row];
    return NULL;
}

const struct thin_kernel *thin_kernel_best(void)
{
    return thin_kernel_at(0);
}

size_t thin_padded(size_t n)
{
    return (n + THIN_PANEL - 1) / THIN_PANEL * THIN_PANEL;
}

size_t thin_cycle_stride(size_t d)
{
    return 2 * thin_padded(d) + THIN_PANEL;
}

void thin_pack(size_t d, const double *a, double *packed)
{
    for (size_t start = 0; start < d; start += THIN_PANEL) {
        size_t width = d - start < THIN_PANEL ? d - start : THIN_PANEL;
        double *panel = packed + start * d;
        for (size_t l = 0; l < d; l++) {
            memcpy(panel + l * THIN_PANEL, a + l * d + start, width * sizeof *a);
            memset(panel + l * THIN_PANEL + width, 0, (THIN_PANEL - width) * sizeof *a);
        }
    }
}

void thin_pack_subtract(size_t d, const double *a, double *packed)
{
    for (size_t start = 0; start < d; start += THIN_PANEL) {
        size_t width = d - start < THIN_PANEL ? d - start : THIN_PANEL;
        double *panel = packed + start * d;
        for (size_t l = 0; l < d; l++)
            for (size_t i = 0; i < width; i++)
                panel[l * THIN_PANEL + i] -= a[l * d + start + i];
    }
}

/* A cache line of each of the panel's columns at a time: columns far apart would drive each other from the cache. */
static void add_transposed(size_t d, double sign, const double *a, double *packed)
{
    for (size_t start = 0; start < d; start += THIN_PANEL) {
        size_t width = d - start < THIN_PANEL ? d - start : THIN_PANEL;
        double *panel = packed + start * d;
        for (size_t line = 0; line < d; line += LINE) {
            size_t end = d - line < LINE ? d : line + LINE;
            for (size_t i = 0; i < width; i++)
                for (size_t l = line; l < end; l++)
                    panel[l * THIN_PANEL + i] += sign * a[(start + i) * d + l];
        }
    }
}

void thin_pack_add_transposed(size_t d, const double *a, double *packed)
{
    add_transposed(d, 1, a, packed);
}

void thin_pack_subtract_transposed(size_t d, const double *a, double *packed)
{
    add_transposed(d, -1, a, packed);
}

void thin_pack_transposed(size_t d, const double *a, double *packed)
{
    memset(packed, 0, d * thin_padded(d) * sizeof *packed);
    thin_pack_add_transposed(d, a, packed);
}
