/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/kernel.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { LANES = 16 };
typedef float lanes __attribute__((vector_size(64), may_alias));
typedef float lanes_at __attribute__((vector_size(64), aligned(4), may_alias)); /* in memory, anywhere */
typedef int32_t ilanes __attribute__((vector_size(64), may_alias));
typedef uint32_t ulanes __attribute__((vector_size(64), may_alias));
static const ulanes lane_numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static inline lanes portable_roots(lanes x)
{
    lanes root;
    for (int i = 0; i < LANES; i++)
        root[i] = sqrtf(x[i]);
    return root;
}

#define KERNEL(name) portable_##name
#define KERNEL_NAME  "portable"
#define KERNEL_TARGET
#define VECTOR_SQRT(x) portable_roots(x)
#include "model/encoder/kernel_template.h"

#ifdef __x86_64__
__attribute__((target("avx2,fma"))) static inline lanes avx2_roots(lanes x)
{
    float s[LANES];
    *(lanes_at *)s = x;
    _mm256_storeu_ps(s, _mm256_sqrt_ps(_mm256_loadu_ps(s)));
    _mm256_storeu_ps(s + 8, _mm256_sqrt_ps(_mm256_loadu_ps(s + 8)));
    return *(lanes_at *)s;
}

#define KERNEL(name)   avx2_##name
#define KERNEL_NAME    "AVX2"
#define KERNEL_TARGET  __attribute__((target("avx2,fma")))
#define VECTOR_SQRT(x) avx2_roots(x)
#include "model/encoder/kernel_template.h"

#define KERNEL(name)   avx512_##name
#define KERNEL_NAME    "AVX-512"
#define KERNEL_TARGET  __attribute__((target("avx512f,avx512dq")))
#define VECTOR_SQRT(x) ((lanes)_mm512_sqrt_ps((__m512)(x)))
#include "model/encoder/kernel_template.h"
#endif

#ifdef __x86_64__
enum { KERNELS = 3 };
static const struct encoder_kernel *const kernels[KERNELS] = {&avx512_kernel, &avx2_kernel, &portable_kernel};
#else
enum { KERNELS = 1 };
static const struct encoder_kernel *const kernels[KERNELS] = {&portable_kernel};
#endif

static bool runs(int kernel)
{
#ifdef __x86_64__
    if (kernel == 0)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
    if (kernel == 1)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return kernel < KERNELS;
}

const struct encoder_kernel *encoder_kernel_at(int i)
{
    for (int kernel = 0; kernel < KERNELS; kernel++)
        if (runs(kernel) && i-- == 0)
            return kernels[kernel];
    return NULL;
}

const struct encoder_kernel *encoder_kernel_best(void)
{
    return encoder_kernel_at(0);
}

/* SplitMix64's finalizer: every bit of the input moves every bit of the output. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

struct drop drop_make(double probability, uint64_t seed, uint64_t step, uint32_t site, uint32_t index)
{
    enum { WHOLE = 1 << 24 };
    if (!(probability > 0))
        return (struct drop){.scale = 1};
    uint64_t key = mix(mix(mix(seed) ^ step) ^ ((uint64_t)site << 32 | index));
    double threshold = fmin(probability * WHOLE, WHOLE - 1.0);
    return (struct drop){.key = {(uint32_t)key, (uint32_t)(key >> 32)},
                         .threshold = (int32_t)threshold,
                         .scale = (float)(1 / (1 - probability))};
}
