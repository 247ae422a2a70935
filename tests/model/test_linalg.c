/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linalg.h"
#include "support/matrix.h"
#include "support/near.h"

#include <dlfcn.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static double entry(enum linalg_op op, int rows, int columns, const double *a, int i, int j)
{
    return op == LINALG_PLAIN ? a[i * columns + j] : a[j * rows + i];
}

static void test_product_equals_three_plain_loops(void **state)
{
    (void)state;
    static const int shapes[][3] = {{1, 1, 1}, {7, 5, 3}, {3, 11, 13}, {17, 1, 9}, {1, 19, 6}, {23, 21, 1}, {4, 3, 0}};
    double a[600], b[600], c[600], want[600];
    uint64_t seed = 2385;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        int rows = shapes[s][0], columns = shapes[s][1], inner = shapes[s][2];
        for (int op = 0; op < 4; op++) {
            enum linalg_op op_a = op & 1 ? LINALG_TRANSPOSED : LINALG_PLAIN;
            enum linalg_op op_b = op & 2 ? LINALG_TRANSPOSED : LINALG_PLAIN;
            matrix_fill(&seed, 600, a);
            matrix_fill(&seed, 600, b);
            matrix_fill(&seed, 600, c);
            memcpy(want, c, sizeof c);
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++) {
                    double sum = 0;
                    for (int m = 0; m < inner; m++)
                        sum += entry(op_a, rows, inner, a, i, m) * entry(op_b, inner, columns, b, m, j);
                    want[i * columns + j] = 2.385 * sum - 0.617 * want[i * columns + j];
                }
            linalg_gemm(op_a, op_b, rows, columns, inner, 2.385, a, b, -0.617, c);
            for (int i = 0; i < 600; i++) /* what lies behind the result stays as it was */
                assert_near(c[i], want[i], 1e-12);
        }
    }
}

static void test_empty_product_touches_nothing(void **state)
{
    (void)state;
    double c = 2.385;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, 0, 3, 2, 1, NULL, NULL, 0, &c);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, 3, 0, 2, 1, NULL, NULL, 0, &c);
    assert_near(c, 2.385, 0);
}

static void test_vector_kernels(void **state)
{
    (void)state;
    double x[37], y[37], want[37], dot = 0, square = 0;
    uint64_t seed = 11;
    matrix_fill(&seed, 37, x);
    matrix_fill(&seed, 37, y);
    for (int i = 0; i < 37; i++) {
        dot += x[i] * y[i];
        square += x[i] * x[i];
        want[i] = y[i] - 0.731 * x[i];
    }
    assert_near(linalg_dot(37, x, y), dot, 1e-13);
    assert_near(linalg_norm(37, x), sqrt(square), 1e-13);
    linalg_axpy(37, -0.731, x, y);
    for (int i = 0; i < 37; i++)
        assert_near(y[i], want[i], 1e-14);
    for (int exponent = -200; exponent <= 200;
         exponent += 50) { /* whose squares are no numbers, or none worth having */
        double unit = pow(10, exponent);
        const double pair[2] = {3 * unit, 4 * unit};
        assert_near(linalg_norm(2, pair) / (5 * unit), 1, 1e-14);
    }
    const double infinite[2] = {3, (double)INFINITY}, none[2] = {(double)NAN, 4};
    assert_true(isinf(linalg_norm(2, infinite)) && isnan(linalg_norm(2, none)));
    assert_near(linalg_norm(0, NULL), 0, 0);
    assert_near(linalg_dot(0, NULL, NULL), 0, 0);
}

static void check_svd(struct linalg_svd *svd, int rows, int columns, const double *a)
{
    enum { MOST = 400 };
    int least = rows < columns ? rows : columns;
    double kept[MOST], values[20], alone[20], u[MOST], vt[MOST], one[MOST];
    size_t bytes = (size_t)(rows * columns) * sizeof *a;
    memcpy(kept, a, bytes);
    assert_true(linalg_svd(svd, rows, columns, a, values, u, vt));
    assert_memory_equal(kept, a, bytes);
    for (int j = 0; j < least; j++)
        assert_true(values[j] >= 0 && (j == 0 || values[j] <= values[j - 1]));
    double scale = values[0] > 0 ? values[0] : 1;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            double sum = 0;
            for (int m = 0; m < least; m++)
                sum += u[i * least + m] * values[m] * vt[m * columns + j];
            assert_near(sum, a[i * columns + j], 1e-13 * scale);
        }
    for (int i = 0; i < least; i++)
        for (int j = 0; j < least; j++) {
            double left = 0, right = 0;
            for (int m = 0; m < rows; m++)
                left += u[m * least + i] * u[m * least + j];
            for (int m = 0; m < columns; m++)
                right += vt[i * columns + m] * vt[j * columns + m];
            assert_near(left, i == j, 1e-13);
            assert_near(right, i == j, 1e-13);
        }
    assert_true(linalg_svd(svd, rows, columns, a, alone, NULL, NULL));
    for (int j = 0; j < least; j++)
        assert_near(alone[j], values[j], 1e-13 * scale);
    assert_true(linalg_svd(svd, rows, columns, a, alone, one, NULL));
    assert_memory_equal(one, u, (size_t)(rows * least) * sizeof *u);
    assert_true(linalg_svd(svd, rows, columns, a, alone, NULL, one));
    assert_memory_equal(one, vt, (size_t)(least * columns) * sizeof *vt);
}

static void test_svd_reconstructs_every_shape_up_to_its_workspace(void **state)
{
    (void)state;
    static const int shapes[][2] = {{1, 1}, {1, 17}, {19, 1}, {7, 5}, {5, 17}, {19, 17}, {17, 17}, {19, 2}};
    struct linalg_svd *svd = linalg_svd_new(19, 17);
    uint64_t seed = 5;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        double a[400];
        matrix_fill(&seed, 400, a);
        check_svd(svd, shapes[s][0], shapes[s][1], a);
    }
    linalg_svd_free(svd);
    linalg_svd_free(NULL);
}

static void test_svd_of_deficient_matrices(void **state)
{
    (void)state;
    struct linalg_svd *svd = linalg_svd_new(13, 11);
    double left[13 * 3], right[3 * 11], a[13 * 11], values[11];
    uint64_t seed = 17;
    matrix_fill(&seed, 13 * 3, left);
    matrix_fill(&seed, 3 * 11, right);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, 13, 11, 3, 1, left, right, 0, a);
    check_svd(svd, 13, 11, a);
    assert_true(linalg_svd(svd, 13, 11, a, values, NULL, NULL));
    assert_true(values[2] > 1e-3 * values[0]);
    assert_true(values[3] < 1e-14 * values[0]);
    memset(a, 0, sizeof a);
    check_svd(svd, 13, 11, a);
    linalg_svd_free(svd);
}

static void test_svd_of_a_diagonal_is_known(void **state)
{
    (void)state;
    struct linalg_svd *svd = linalg_svd_new(3, 3);
    double a[9] = {0, 0, 2.385, -0.5, 0, 0, 0, 7.25, 0}, values[3];
    assert_true(linalg_svd(svd, 3, 3, a, values, NULL, NULL));
    assert_near(values[0], 7.25, 1e-15);
    assert_near(values[1], 2.385, 1e-15);
    assert_near(values[2], 0.5, 1e-15);
    linalg_svd_free(svd);
}

static void test_svd_refuses_what_is_not_finite(void **state)
{
    (void)state;
    struct linalg_svd *svd = linalg_svd_new(5, 4);
    double a[20], values[4], u[20], vt[16];
    uint64_t seed = 3;
    static const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    for (int i = 0; i < 20; i++)
        for (int b = 0; b < 3; b++) {
            matrix_fill(&seed, 20, a);
            a[i] = bad[b];
            assert_false(linalg_svd(svd, 5, 4, a, values, u, vt));
            assert_false(linalg_svd(svd, 5, 4, a, values, NULL, NULL));
        }
    linalg_svd_free(svd);
}

static void test_too_large_a_workspace_is_refused(void **state)
{
    (void)state;
    assert_null(linalg_svd_new(1 << 24, 1 << 24));
}

/* GSL's own CBLAS is linked as well; it must have lost every symbol. */
static void test_products_run_in_openblas(void **state)
{
    (void)state;
    assert_non_null(strstr(linalg_library(), "OpenBLAS"));
    static const char *const names[] = {"cblas_dgemm", "cblas_daxpy", "cblas_ddot", "cblas_dnrm2", "dgesdd_"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Dl_info info;
        void *symbol = dlsym(RTLD_DEFAULT, names[i]);
        assert_non_null(symbol);
        assert_true(dladdr(symbol, &info));
        assert_non_null(strstr(info.dli_fname, "openblas"));
    }
}

static void test_threads_are_set(void **state)
{
    (void)state;
    int (*threads)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, "openblas_get_num_threads");
    assert_non_null(threads);
    linalg_set_threads(2);
    assert_int_equal(threads(), 2);
    linalg_set_threads(1);
    assert_int_equal(threads(), 1);
}

/* X X^T of more columns than rows has an inverse, one of fewer has none. */
static void test_definite_matrices_are_inverted(void **state)
{
    (void)state;
    enum { MOST = 17 };
    uint64_t seed = 385;
    for (int d = 1; d <= MOST; d += 4) {
        double x[3 * MOST * MOST], a[MOST * MOST], inverse[MOST * MOST], product[MOST * MOST];
        matrix_fill(&seed, sizeof x / sizeof *x, x);
        matrix_times_transposed(d, d, 3 * d, x, x, a);
        assert_true(linalg_invert_definite(d, a, inverse));
        matrix_times_transposed(d, d, d, a, inverse, product); /* the inverse is symmetric to the bit */
        for (int i = 0; i < d; i++)
            for (int j = 0; j < d; j++) {
                assert_near(product[i * d + j] + 1, i == j ? 2 : 1, 1e-10);
                assert_true(inverse[i * d + j] == inverse[j * d + i]);
            }
        matrix_times_transposed(d, d, d / 2, x, x, a);
        assert_false(linalg_invert_definite(d, a, inverse));
        a[0] = (double)NAN;
        assert_false(linalg_invert_definite(d, a, inverse));
    }
    double nearly[4] = {1, 0, 0, 1e-9}, inverse[4];
    assert_false(linalg_invert_definite(2, nearly, inverse));
}

static void test_definite_systems_are_solved_from_the_lower_triangle(void **state)
{
    (void)state;
    enum { MOST = 17 };
    uint64_t seed = 38;
    for (int d = 1; d <= MOST; d += 4) {
        double x[3 * MOST * MOST], a[MOST * MOST], whole[MOST * MOST], b[MOST], solution[MOST];
        matrix_fill(&seed, sizeof x / sizeof *x, x);
        matrix_fill(&seed, MOST, b);
        matrix_times_transposed(d, d, 3 * d, x, x, whole);
        memcpy(a, whole, sizeof a);
        memcpy(solution, b, sizeof b);
        for (int i = 0; i < d; i++)
            for (int j = i + 1; j < d; j++)
                a[i * d + j] = (double)NAN;
        assert_true(linalg_solve_definite(d, a, solution));
        for (int i = 0; i < d; i++)
            assert_near(linalg_dot((size_t)d, whole + i * d, solution), b[i], 1e-11);
        memcpy(a, whole, sizeof a);
        a[d * d - 1] = -1;
        assert_false(linalg_solve_definite(d, a, solution));
    }
}

/* Against Jacobi's rotations, by a v = λ v, and by length and angle. */
static void check_eigen(struct linalg_eigen *eigen, int d, int count, uint64_t seed)
{
    double a[400], kept[400], want[20], values[20], vectors[400];
    matrix_fill(&seed, (size_t)d * (size_t)d, a);
    for (int i = 0; i < d; i++)
        for (int j = 0; j < i; j++)
            a[i * d + j] = a[j * d + i];
    memcpy(kept, a, sizeof kept);
    assert_true(linalg_eigen(eigen, d, a, count, values, vectors));
    assert_memory_equal(kept, a, (size_t)(d * d) * sizeof *a);
    matrix_eigenvalues(d, a, want);
    for (int c = 0; c < count; c++) {
        const double *v = vectors + (ptrdiff_t)c * d;
        assert_near(values[c], want[c], 1e-12);
        for (int i = 0; i < d; i++)
            assert_near(linalg_dot((size_t)d, a + (ptrdiff_t)i * d, v), values[c] * v[i], 1e-12);
        for (int other = 0; other <= c; other++)
            assert_near(linalg_dot((size_t)d, v, vectors + (ptrdiff_t)other * d), other == c ? 1 : 0, 1e-12);
    }
}

static void test_largest_eigenvalues_come_with_their_vectors(void **state)
{
    (void)state;
    struct linalg_eigen *eigen = linalg_eigen_new(19);
    assert_non_null(eigen);
    static const int sizes[] = {1, 2, 7, 16, 19};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int count = 0; count <= sizes[i]; count += 3)
            check_eigen(eigen, sizes[i], count, 2385 + i);
    check_eigen(eigen, 19, 19, 11);
    linalg_eigen_free(eigen);
    linalg_eigen_free(NULL);
}

static void test_eigenvalues_of_what_is_not_finite_are_refused(void **state)
{
    (void)state;
    struct linalg_eigen *eigen = linalg_eigen_new(2);
    assert_non_null(eigen);
    double a[4] = {2.385, (double)NAN, (double)NAN, 1.5}, values[2], vectors[4];
    assert_false(linalg_eigen(eigen, 2, a, 2, values, vectors));
    linalg_eigen_free(eigen);
    assert_null(linalg_eigen_new(1 << 30));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_product_equals_three_plain_loops),
        cmocka_unit_test(test_empty_product_touches_nothing),
        cmocka_unit_test(test_vector_kernels),
        cmocka_unit_test(test_svd_reconstructs_every_shape_up_to_its_workspace),
        cmocka_unit_test(test_svd_of_deficient_matrices),
        cmocka_unit_test(test_svd_of_a_diagonal_is_known),
        cmocka_unit_test(test_svd_refuses_what_is_not_finite),
        cmocka_unit_test(test_definite_matrices_are_inverted),
        cmocka_unit_test(test_definite_systems_are_solved_from_the_lower_triangle),
        cmocka_unit_test(test_largest_eigenvalues_come_with_their_vectors),
        cmocka_unit_test(test_eigenvalues_of_what_is_not_finite_are_refused),
        cmocka_unit_test(test_too_large_a_workspace_is_refused),
        cmocka_unit_test(test_products_run_in_openblas),
        cmocka_unit_test(test_threads_are_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
