/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linalg.h"

#include <dlfcn.h>
#include <gsl/gsl_cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

void linalg_gemm(enum linalg_op op_a, enum linalg_op op_b, int rows, int columns, int inner, double alpha,
                 const double *a, const double *b, double beta, double *c)
{
    if (rows == 0 || columns == 0)
        return;
    cblas_dgemm(CblasRowMajor, op_a == LINALG_PLAIN ? CblasNoTrans : CblasTrans,
                op_b == LINALG_PLAIN ? CblasNoTrans : CblasTrans, rows, columns, inner, alpha, a,
                larger(1, op_a == LINALG_PLAIN ? inner : rows), b, larger(1, op_b == LINALG_PLAIN ? columns : inner),
                beta, c, columns);
}

void linalg_sgemm(enum linalg_op op_a, enum linalg_op op_b, int rows, int columns, int inner, float alpha,
                  const float *a, int a_stride, const float *b, int b_stride, float beta, float *c, int c_stride)
{
    if (rows == 0 || columns == 0)
        return;
    cblas_sgemm(CblasRowMajor, op_a == LINALG_PLAIN ? CblasNoTrans : CblasTrans,
                op_b == LINALG_PLAIN ? CblasNoTrans : CblasTrans, rows, columns, inner, alpha, a, a_stride, b, b_stride,
                beta, c, c_stride);
}

/* BLAS counts with int: longer vectors go in parts. */
enum { PART = 1 << 30 };

static int part(size_t count)
{
    return count < PART ? (int)count : PART;
}

void linalg_axpy(size_t count, double alpha, const double *x, double *y)
{
    for (size_t i = 0; i < count; i += PART)
        cblas_daxpy(part(count - i), alpha, x + i, 1, y + i, 1);
}

double linalg_dot(size_t count, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < count; i += PART)
        sum += cblas_ddot(part(count - i), x + i, 1, y + i, 1);
    return sum;
}

/* In units of the largest entry, so that no square leaves the numbers. */
static double scaled_norm(size_t count, const double *x)
{
    double scale = 0, sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(x[i]))
            return x[i];
        scale = fmax(scale, fabs(x[i]));
    }
    if (scale == 0 || isinf(scale))
        return scale;
    for (size_t i = 0; i < count; i++)
        sum += x[i] / scale * (x[i] / scale);
    return scale * sqrt(sum);
}

/* BLAS's norm guards every entry against overflow, several times as slowly. */
double linalg_norm(size_t count, const double *x)
{
    static const double least = 0x1p-800, most = 0x1p800;
    double square = linalg_dot(count, x, x);
    return square > least && square < most ? sqrt(square) : scaled_norm(count, x);
}

void linalg_set_threads(int threads)
{
    void (*set)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
    if (set)
        set(threads);
}

const char *linalg_library(void)
{
    Dl_info info;
    void *product = dlsym(RTLD_DEFAULT, "cblas_dgemm");
    if (!product || !dladdr(product, &info) || !info.dli_fname)
        return "unknown";
    void *library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    if (!library)
        return info.dli_fname;
    /* Asked of the library that has the product, not of any that happens to be there. */
    char *(*config)(void) = (char *(*)(void))dlsym(library, "openblas_get_config");
    const char *name = config ? config() : info.dli_fname;
    dlclose(library);
    return name;
}

bool linalg_invert_definite(int d, const double *a, double *inverse)
{
    static const double least_pivot = 1e-4;
    size_t n = (size_t)d;
    memcpy(inverse, a, n * n * sizeof *a);
    if (LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', d, inverse, d) != 0)
        return false;
    double least = inverse[0], most = inverse[0];
    for (size_t i = 1; i < n; i++) {
        least = fmin(least, inverse[i * n + i]);
        most = fmax(most, inverse[i * n + i]);
    }
    if (!(least > least_pivot * most) || LAPACKE_dpotri_work(LAPACK_COL_MAJOR, 'L', d, inverse, d) != 0)
        return false;
    for (size_t i = 0; i < n; i++) /* by columns the lower triangle, so by rows the upper one */
        for (size_t j = 0; j < i; j++)
            inverse[i * n + j] = inverse[j * n + i];
    return true;
}

bool linalg_solve_definite(int d, double *a, double *b)
{
    /* by rows the lower triangle, so by columns the upper one */
    return LAPACKE_dposv_work(LAPACK_COL_MAJOR, 'U', d, 1, a, d, b, d) == 0;
}

struct linalg_svd {
    struct arena *arena;
    double *copy, *left, *right, *work;
    lapack_int work_count;
    lapack_int integers[]; /* 8 · min(rows, columns) */
};

/* What LAPACK would like for values of the whole shape and for vectors of rows × thin, and at least what its manual asks
 * of any smaller one. */
static lapack_int work_count(int rows, int columns, int thin)
{
    double values = 0, vectors = 0, symmetric = 0, none = 0;
    int most = larger(rows, columns), least = smaller(rows, columns);
    lapack_int integer = 0;
    LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, 'N', columns, rows, &none, columns, &none, &none, columns, &none, least,
                        &values, -1, &integer);
    LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, 'S', thin, most, &none, thin, &none, &none, thin, &none, thin, &vectors, -1,
                        &integer);
    LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'N', 'U', least, &none, least, &none, &symmetric, -1, &integer, 1);
    double floor = fmax(4.0 * thin * thin + 10.0 * thin, 10.0 * least) + most;
    double count = fmax(fmax(values, vectors), fmax(symmetric, floor));
    return count < INT32_MAX ? (lapack_int)count : -1;
}

struct linalg_svd *linalg_svd_new(int rows, int columns)
{
    return linalg_svd_new_thin(rows, columns, smaller(rows, columns));
}

struct linalg_svd *linalg_svd_new_thin(int rows, int columns, int thin)
{
    rows = larger(rows, 1);
    columns = larger(columns, 1);
    thin = larger(1, smaller(thin, smaller(rows, columns)));
    size_t least = (size_t)smaller(rows, columns);
    lapack_int count = work_count(rows, columns, thin);
    if (count < 0)
        return NULL;
    struct linalg_svd *svd = calloc(1, sizeof *svd + 8 * least * sizeof(lapack_int));
    if (!svd)
        return NULL;
    size_t full = (size_t)rows * (size_t)columns, left = (size_t)rows * (size_t)thin,
           right = (size_t)thin * (size_t)columns;
    size_t bytes = arena_add(arena_doubles_size(full), arena_doubles_size(left));
    bytes = arena_add(bytes, arena_doubles_size(right));
    bytes = arena_add(bytes, arena_doubles_size((size_t)count));
    svd->arena = arena_new(bytes);
    if (!svd->arena) {
        free(svd);
        return NULL;
    }
    svd->copy = arena_doubles(svd->arena, full);
    svd->left = arena_doubles(svd->arena, left);
    svd->right = arena_doubles(svd->arena, right);
    svd->work = arena_doubles(svd->arena, (size_t)count);
    svd->work_count = count;
    return svd;
}

void linalg_svd_free(struct linalg_svd *svd)
{
    if (!svd)
        return;
    arena_free(svd->arena);
    free(svd);
}

static bool all_finite(size_t count, const double *x)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

static bool is_symmetric(size_t n, const double *a)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (a[i * n + j] != a[j * n + i])
                return false;
    return true;
}

static int by_falling_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* A symmetric matrix's singular values are what its eigenvalues are without their signs. */
static bool symmetric_values(struct linalg_svd *svd, int n, double *values)
{
    if (LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'N', 'U', n, svd->copy, n, values, svd->work, svd->work_count,
                            svd->integers, n) != 0)
        return false;
    for (int i = 0; i < n; i++)
        values[i] = fabs(values[i]);
    qsort(values, (size_t)n, sizeof *values, by_falling_value);
    return true;
}

/* LAPACK reads our rows as columns: it sees A^T = V Σ U^T, so its left vectors are our right ones, and each comes
 * out packed by rows just as we want it. */
bool linalg_svd(struct linalg_svd *svd, int rows, int columns, const double *a, double *values, double *u, double *vt)
{
    size_t count = (size_t)rows * (size_t)columns;
    if (!all_finite(count, a))
        return false;
    if (count == 0)
        return true;
    int least = smaller(rows, columns);
    memcpy(svd->copy, a, count * sizeof *a);
    if (!u && !vt && rows == columns && is_symmetric((size_t)rows, a))
        return symmetric_values(svd, rows, values);
    return LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, u || vt ? 'S' : 'N', columns, rows, svd->copy, columns, values,
                               vt ? vt : svd->right, columns, u ? u : svd->left, least, svd->work, svd->work_count,
                               svd->integers) == 0;
}

bool linalg_pseudo_inverse(struct linalg_svd *svd, int d, const double *a, double *inverse, double *left, double *right,
                           double *values)
{
    static const double rounding = 1e-12; /* of the largest singular value */
    size_t columns = (size_t)d;
    if (linalg_invert_definite(d, a, inverse)) /* the usual case, and far cheaper */
        return true;
    if (!linalg_svd(svd, d, d, a, values, left, right))
        return false;
    for (size_t j = 0; j < columns; j++) {
        bool counts = values[j] > rounding * values[0];
        for (size_t i = 0; i < columns; i++)
            right[j * columns + i] *= counts ? 1 / values[j] : 0;
    }
    linalg_gemm(LINALG_TRANSPOSED, LINALG_TRANSPOSED, d, d, d, 1, right, left, 0, inverse);
    return true;
}

struct linalg_eigen {
    struct arena *arena;
    double *copy, *values, *vectors, *work;
    lapack_int *support, *integers;
    lapack_int work_count, integer_count;
};

/* The same workspace does for all smaller sizes and counts. */
static bool eigen_counts(int d, lapack_int *work_count, lapack_int *integer_count)
{
    double best = 0, none = 0;
    lapack_int integer = 0, found = 0;
    LAPACKE_dsyevr_work(LAPACK_COL_MAJOR, 'V', 'I', 'L', d, &none, d, 0, 0, 1, d, 0, &found, &none, &none, d, &integer,
                        &best, -1, &integer, -1);
    double work = fmax(best, 26.0 * d);
    *work_count = work < INT32_MAX ? (lapack_int)work : -1;
    double integers = fmax(integer, 10.0 * d);
    *integer_count = integers < INT32_MAX ? (lapack_int)integers : -1;
    return *work_count > 0 && *integer_count > 0;
}

struct linalg_eigen *linalg_eigen_new(int d)
{
    d = larger(d, 1);
    lapack_int work_count, integer_count;
    if (!eigen_counts(d, &work_count, &integer_count))
        return NULL;
    struct linalg_eigen *eigen = calloc(1, sizeof *eigen);
    size_t n = (size_t)d;
    size_t bytes = arena_add(arena_matrices_size(2, n, n), arena_doubles_size(n));
    bytes = arena_add(bytes, arena_doubles_size((size_t)work_count));
    bytes = arena_add(bytes, arena_add(arena_doubles_size(2 * n), arena_doubles_size((size_t)integer_count)));
    struct arena *arena = eigen ? arena_new(bytes) : NULL;
    if (!arena) {
        free(eigen);
        return NULL;
    }
    *eigen = (struct linalg_eigen){.arena = arena, .work_count = work_count, .integer_count = integer_count};
    eigen->copy = arena_doubles(arena, 2 * n * n);
    eigen->vectors = eigen->copy + n * n;
    eigen->values = arena_doubles(arena, n);
    eigen->work = arena_doubles(arena, (size_t)work_count);
    eigen->support = (lapack_int *)(void *)arena_doubles(arena, 2 * n);
    eigen->integers = (lapack_int *)(void *)arena_doubles(arena, (size_t)integer_count);
    return eigen;
}

void linalg_eigen_free(struct linalg_eigen *eigen)
{
    if (!eigen)
        return;
    arena_free(eigen->arena);
    free(eigen);
}

bool linalg_eigen(struct linalg_eigen *eigen, int d, const double *a, int count, double *values, double *vectors)
{
    size_t n = (size_t)d;
    if (!all_finite(n * n, a))
        return false;
    if (d == 0 || count == 0)
        return true;
    lapack_int found = 0;
    memcpy(eigen->copy, a, n * n * sizeof *a);
    if (LAPACKE_dsyevr_work(LAPACK_COL_MAJOR, 'V', 'I', 'L', d, eigen->copy, d, 0, 0, d - count + 1, d, 0, &found,
                            eigen->values, eigen->vectors, d, eigen->support, eigen->work, eigen->work_count,
                            eigen->integers, eigen->integer_count) != 0 ||
        found != count)
        return false;
    for (size_t i = 0; i < (size_t)count; i++) { /* they come ascending */
        size_t from = (size_t)count - 1 - i;
        values[i] = eigen->values[from];
        memcpy(vectors + i * n, eigen->vectors + from * n, n * sizeof *vectors);
    }
    return true;
}
