/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/shallow.h"

#include <stdint.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* Any machine: a pair of doubles at a time. */
typedef double pair __attribute__((vector_size(16), may_alias));
typedef int64_t pair_of_longs __attribute__((vector_size(16)));

static inline pair pair_choose(pair_of_longs first, pair a, pair b)
{
    return (pair)((first & (pair_of_longs)a) | (~first & (pair_of_longs)b));
}

#define KERNEL(name) portable_##name
#define KERNEL_TARGET
#define VECTOR               pair
#define LONGS                pair_of_longs
#define VECTOR_SIZE          2
#define VECTOR_FILL(x)       ((pair){(x), (x)})
#define VECTOR_FMA(a, b, c)  ((a) * (b) + (c))
#define VECTOR_MIN(a, b)     pair_choose((pair_of_longs)((a) < (b)), (a), (b))
#define VECTOR_MAX(a, b)     pair_choose((pair_of_longs)((a) > (b)), (a), (b))
#define VECTOR_RECIPROCAL(x) (one / (x))
#include "model/shallow_kernel.h"

#ifdef __x86_64__
typedef int64_t four_longs __attribute__((vector_size(32)));
typedef int64_t eight_longs __attribute__((vector_size(64)));

/* 14 bits and two steps of Newton's, faster than a division. */
__attribute__((target("avx512f"))) static inline __m512d avx512_reciprocal(__m512d x)
{
    const __m512d one = _mm512_set1_pd(1);
    __m512d y = _mm512_rcp14_pd(x);
    y = _mm512_fmadd_pd(y, _mm512_fnmadd_pd(x, y, one), y);
    return _mm512_fmadd_pd(y, _mm512_fnmadd_pd(x, y, one), y);
}

#define KERNEL(name)         avx2_##name
#define KERNEL_TARGET        __attribute__((target("avx2,fma")))
#define VECTOR               __m256d
#define LONGS                four_longs
#define VECTOR_SIZE          4
#define VECTOR_FILL(x)       _mm256_set1_pd(x)
#define VECTOR_FMA(a, b, c)  _mm256_fmadd_pd((a), (b), (c))
#define VECTOR_MIN(a, b)     _mm256_min_pd((a), (b))
#define VECTOR_MAX(a, b)     _mm256_max_pd((a), (b))
#define VECTOR_RECIPROCAL(x) (one / (x))
#include "model/shallow_kernel.h"

/* x = (16 m + j) ln 2 / 16 + r: 2^m · 2^(j/16) · e^r, the second factor from a table in registers, so that the series
 * may end with the 7th power; what it leaves out is below 2e-18 (Tang 1989). */
__attribute__((target("avx512f"))) static inline __m512d avx512_exponential(__m512d x)
{
    static const _Alignas(64) double power[16] = {
        0x1.0000000000000p+0, 0x1.0b5586cf9890fp+0, 0x1.172b83c7d517bp+0, 0x1.2387a6e756238p+0,
        0x1.306fe0a31b715p+0, 0x1.3dea64c123422p+0, 0x1.4bfdad5362a27p+0, 0x1.5ab07dd485429p+0,
        0x1.6a09e667f3bcdp+0, 0x1.7a11473eb0187p+0, 0x1.8ace5422aa0dbp+0, 0x1.9c49182a3f090p+0,
        0x1.ae89f995ad3adp+0, 0x1.c199bdd85529cp+0, 0x1.d5818dcfba487p+0, 0x1.ea4afa2a490dap+0};
    const __m512d shift = _mm512_set1_pd(6755399441055744.0);
    __m512d turned = _mm512_fmadd_pd(x, _mm512_set1_pd(16 * 1.4426950408889634), shift);
    __m512d n = turned - shift;
    __m512d r = _mm512_fmadd_pd(n, _mm512_set1_pd(-0x1.62e42fee00000p-5), x);
    r = _mm512_fmadd_pd(n, _mm512_set1_pd(-0x1.a39ef35793c76p-37), r);
    __m512i place = _mm512_castpd_si512(turned);
    __m512d root = _mm512_permutex2var_pd(_mm512_load_pd(power), place, _mm512_load_pd(power + 8));
    __m512d series = _mm512_set1_pd(1.0 / 5040);
    series = _mm512_fmadd_pd(series, r, _mm512_set1_pd(1.0 / 720));
    series = _mm512_fmadd_pd(series, r, _mm512_set1_pd(1.0 / 120));
    series = _mm512_fmadd_pd(series, r, _mm512_set1_pd(1.0 / 24));
    series = _mm512_fmadd_pd(series, r, _mm512_set1_pd(1.0 / 6));
    series = _mm512_fmadd_pd(series, r, _mm512_set1_pd(0.5));
    series = _mm512_fmadd_pd(series, r, _mm512_set1_pd(1));
    __m512d value = _mm512_fmadd_pd(root, series * r, root);
    __m512i exponent = _mm512_slli_epi64(_mm512_srli_epi64(place, 4), 52);
    return _mm512_castsi512_pd(_mm512_add_epi64(_mm512_castpd_si512(value), exponent));
}

#define VECTOR_EXPONENTIAL(x) avx512_exponential(x)
#define KERNEL(name)          avx512_##name
#define KERNEL_TARGET         __attribute__((target("avx512f")))
#define VECTOR                __m512d
#define LONGS                 eight_longs
#define VECTOR_SIZE           8
#define VECTOR_FILL(x)        _mm512_set1_pd(x)
#define VECTOR_FMA(a, b, c)   _mm512_fmadd_pd((a), (b), (c))
#define VECTOR_MIN(a, b)      _mm512_min_pd((a), (b))
#define VECTOR_MAX(a, b)      _mm512_max_pd((a), (b))
#define VECTOR_RECIPROCAL(x)  avx512_reciprocal(x)
#include "model/shallow_kernel.h"
#endif

static const struct shallow_kernel kernels[] = {
#ifdef __x86_64__
    {"AVX-512", avx512_pass, avx512_bend},
    {"AVX2", avx2_pass, avx2_bend},
#endif
    {"portable", portable_pass, portable_bend},
};

static bool can_run(const struct shallow_kernel *kernel)
{
#ifdef __x86_64__
    if (kernel->pass == avx512_pass)
        return __builtin_cpu_supports("avx512f");
    if (kernel->pass == avx2_pass)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return true;
}

const struct shallow_kernel *shallow_kernel_at(int i)
{
    for (size_t row = 0; row < sizeof kernels / sizeof *kernels; row++)
        if (can_run(&kernels[row]) && i-- == 0)
            return &kernels[row];
    return NULL;
}
