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

#define KERNEL(name)         avx512_##name
#define KERNEL_TARGET        __attribute__((target("avx512f")))
#define VECTOR               __m512d
#define LONGS                eight_longs
#define VECTOR_SIZE          8
#define VECTOR_FILL(x)       _mm512_set1_pd(x)
#define VECTOR_FMA(a, b, c)  _mm512_fmadd_pd((a), (b), (c))
#define VECTOR_MIN(a, b)     _mm512_min_pd((a), (b))
#define VECTOR_MAX(a, b)     _mm512_max_pd((a), (b))
#define VECTOR_RECIPROCAL(x) avx512_reciprocal(x)
#include "model/shallow_kernel.h"
#endif

static const struct shallow_kernel kernels[] = {
#ifdef __x86_64__
    {"AVX-512", avx512_pass},
    {"AVX2", avx2_pass},
#endif
    {"portable", portable_pass},
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
