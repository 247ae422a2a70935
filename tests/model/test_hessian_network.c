/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/hessian.h"
#include "model/linalg.h"
#include "support/matrix.h"
#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include <cmocka.h>

/* Second derivatives of two-layer networks, against differences and against a dense matrix that is made sample by
 * sample. */

enum { D = 3, T = 2, R = 2, N = 13, STRIDE = 16, SQUARE = D * D, FACTORS = T * D * R, MOST = 2 * FACTORS + SQUARE + D };

struct scene {
    _Alignas(64) double inputs[T * D * STRIDE];
    _Alignas(64) double outputs[T * STRIDE];
    _Alignas(64) double weight[STRIDE];
    double base[SQUARE], top[D], left[FACTORS], right[FACTORS];
    struct moments moments; /* sizes alone */
    struct shallow_data data;
    struct point point;
    struct hessian *hessian;
};

static void stand(struct scene *scene)
{
    assert_true(hessian_stand(scene->hessian, &scene->point));
}

static struct scene *set_up(int rank)
{
    struct scene *scene = aligned_alloc(64, (sizeof *scene + 63) / 64 * 64);
    struct err err = {0};
    uint64_t seed = 2385;
    assert_non_null(scene);
    memset(scene, 0, sizeof *scene);
    matrix_fill(&seed, T * D * STRIDE, scene->inputs); /* the padding too: it must not count */
    matrix_fill(&seed, T * STRIDE, scene->outputs);
    matrix_fill(&seed, SQUARE, scene->base);
    matrix_fill(&seed, D, scene->top);
    matrix_fill(&seed, FACTORS, scene->left);
    matrix_fill(&seed, FACTORS, scene->right);
    for (int i = 0; i < T * D * STRIDE; i++)
        scene->inputs[i] *= 2;
    for (int i = 0; i < N; i++)
        scene->weight[i] = 1;
    scene->moments = (struct moments){.tasks = T, .dimension = D, .samples = N};
    scene->data = (struct shallow_data){D, T, N, STRIDE, scene->inputs, scene->outputs, scene->weight};
    scene->point = (struct point){D, T, rank, ADAPTER_GENERAL, scene->base, scene->left, scene->right, scene->top};
    struct hessian_setup setup = {
        .moments = &scene->moments, .network = &scene->data, .rank = rank, .shape = ADAPTER_GENERAL};
    scene->hessian = hessian_new(&setup, &err);
    if (!scene->hessian)
        fail_msg("%s", err.message);
    stand(scene);
    return scene;
}

static void tear_down(struct scene *scene)
{
    hessian_free(scene->hessian);
    free(scene);
}

/* Goes to coordinates: U, V, A, c. */
static void go(struct scene *scene, const double *x)
{
    size_t factors = (size_t)T * D * (size_t)scene->point.rank;
    memcpy(scene->left, x, factors * sizeof *x);
    memcpy(scene->right, x + factors, factors * sizeof *x);
    memcpy(scene->base, x + 2 * factors, SQUARE * sizeof *x);
    memcpy(scene->top, x + 2 * factors + SQUARE, D * sizeof *x);
    stand(scene);
}

/* Gradient and products against Richardson's differences (of the fourth order) of the loss and of the gradient. */
static void products_are_differences(void **state)
{
    (void)state;
    static const double step = 2e-3, shares[4] = {1, -1, 2, -2}, weights[4] = {8, -8, -1, 1};
    for (int rank = 0; rank <= R; rank++) {
        struct scene *scene = set_up(rank);
        double x[MOST], at[MOST], v[MOST], product[MOST], change[MOST] = {0}, slope = 0, worst = 0;
        size_t n = hessian_unknowns(scene->hessian);
        uint64_t seed = 99;
        assert_int_equal(n, 2 * T * D * rank + SQUARE + D);
        matrix_fill(&seed, n, v);
        hessian_coordinates(scene->hessian, &scene->point, x);
        hessian_times(scene->hessian, v, product);
        double along = linalg_dot(n, hessian_gradient(scene->hessian), v);
        for (int i = 0; i < 4; i++) {
            memcpy(at, x, sizeof at);
            linalg_axpy(n, shares[i] * step, v, at);
            go(scene, at);
            slope += weights[i] * hessian_loss(scene->hessian) / (12 * step);
            linalg_axpy(n, weights[i] / (12 * step), hessian_gradient(scene->hessian), change);
            assert_near(hessian_value(scene->hessian, at), hessian_loss(scene->hessian), 0);
        }
        for (size_t i = 0; i < n; i++)
            worst = fmax(worst, fabs(change[i] - product[i]));
        printf("rank %d: gradient within %.1e, product within %.1e of differences; products to %.2g\n", rank,
               fabs(slope - along), worst, linalg_norm(n, product));
        assert_near(slope, along, 1e-10);
        assert_near(worst, 0, 1e-9);
        assert_true(fabs(along) > 0.01 && linalg_norm(n, product) > 0.1);
        tear_down(scene);
    }
}

static void products_are_symmetric(void **state)
{
    (void)state;
    struct scene *scene = set_up(R);
    double v[MOST], w[MOST], hv[MOST], hw[MOST];
    uint64_t seed = 5;
    for (int pair = 0; pair < 20; pair++) {
        matrix_fill(&seed, MOST, v);
        matrix_fill(&seed, MOST, w);
        hessian_times(scene->hessian, v, hv);
        hessian_times(scene->hessian, w, hw);
        assert_near(linalg_dot(MOST, v, hw), linalg_dot(MOST, w, hv), 1e-13);
    }
    tear_down(scene);
}

/* ---- the dense matrix ---- */

/* Rows of ∂W_t/∂θ: the row of W_jl has at θ's places how W_jl moves with each. */
static void jacobian_of(const struct scene *scene, int t, double jacobian[SQUARE][MOST])
{
    int rank = scene->point.rank, factors = T * D * rank;
    memset(jacobian, 0, sizeof(double[SQUARE][MOST]));
    for (int j = 0; j < D; j++)
        for (int l = 0; l < D; l++) {
            double *row = jacobian[j * D + l];
            row[2 * factors + j * D + l] = 1;
            for (int r = 0; r < rank; r++) {
                row[(t * D + j) * rank + r] = scene->right[(t * D + l) * rank + r];
                row[factors + (t * D + l) * rank + r] = scene->left[(t * D + j) * rank + r];
            }
        }
}

/* Adds a sample's part: of e², 2 ∇ŷ ∇ŷ^T + 2 e ∇²ŷ, with ŷ = Σ_j c_j σ(z_j), z_j = Σ_l W_jl x_l, written out. */
static void add_sample(const struct scene *scene, int t, int i, double jacobian[SQUARE][MOST],
                       double hessian[MOST][MOST])
{
    int rank = scene->point.rank, factors = T * D * rank, n = 2 * factors + SQUARE + D;
    double x[D], h[D], first[D], second[D], error = -scene->outputs[t * STRIDE + i], slope[MOST] = {0};
    for (int l = 0; l < D; l++)
        x[l] = scene->inputs[(t * D + l) * STRIDE + i];
    for (int j = 0; j < D; j++) {
        double z = 0;
        for (int l = 0; l < D; l++) {
            double w = scene->base[j * D + l];
            for (int r = 0; r < rank; r++)
                w += scene->left[(t * D + j) * rank + r] * scene->right[(t * D + l) * rank + r];
            z += w * x[l];
        }
        h[j] = 1 / (1 + exp(-z));
        first[j] = exp(-z) * h[j] * h[j];
        second[j] = first[j] * (exp(-z) - 1) * h[j];
        error += scene->top[j] * h[j];
    }
    double share = 2.0 / N / T;
    for (int a = 0; a < n; a++)
        for (int jl = 0; jl < SQUARE; jl++)
            slope[a] += scene->top[jl / D] * first[jl / D] * x[jl % D] * jacobian[jl][a];
    for (int j = 0; j < D; j++)
        slope[n - D + j] += h[j];
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++) {
            double bent = 0;
            for (int j = 0; j < D; j++) {
                double za = 0, zb = 0; /* how z_j moves with either */
                for (int l = 0; l < D; l++) {
                    za += jacobian[j * D + l][a] * x[l];
                    zb += jacobian[j * D + l][b] * x[l];
                }
                bent += scene->top[j] * second[j] * za * zb;
                bent += first[j] * ((a == n - D + j) * zb + (b == n - D + j) * za);
            }
            hessian[a][b] += share * (slope[a] * slope[b] + error * bent);
        }
    for (int j = 0; j < D; j++) /* W_jl moves twice along U_jr and V_lr */
        for (int l = 0; l < D; l++)
            for (int r = 0; r < rank; r++) {
                int u = (t * D + j) * rank + r, v = factors + (t * D + l) * rank + r;
                double bent = share * error * scene->top[j] * first[j] * x[l];
                hessian[u][v] += bent;
                hessian[v][u] += bent;
            }
}

static void make_dense(const struct scene *scene, double hessian[MOST][MOST])
{
    double jacobian[SQUARE][MOST];
    memset(hessian, 0, sizeof(double[MOST][MOST]));
    for (int t = 0; t < T; t++) {
        jacobian_of(scene, t, jacobian);
        for (int i = 0; i < N; i++)
            add_sample(scene, t, i, jacobian, hessian);
    }
}

static void products_are_the_dense_matrix(void **state)
{
    (void)state;
    for (int rank = 0; rank <= R; rank++) {
        struct scene *scene = set_up(rank);
        double hessian[MOST][MOST], unit[MOST], product[MOST], worst = 0, largest = 0;
        size_t n = hessian_unknowns(scene->hessian);
        make_dense(scene, hessian);
        for (size_t i = 0; i < n; i++) {
            memset(unit, 0, sizeof unit);
            unit[i] = 1;
            hessian_times(scene->hessian, unit, product);
            for (size_t j = 0; j < n; j++) {
                worst = fmax(worst, fabs(product[j] - hessian[i][j]));
                largest = fmax(largest, fabs(product[j]));
            }
        }
        printf("rank %d: within %.1e of the dense matrix, whose largest is %.2g\n", rank, worst, largest);
        assert_near(worst, 0, 1e-14 * N);
        assert_true(largest > 0.1);
        tear_down(scene);
    }
}

/* All eigenvalues but those of what idles, against Jacobi's of the dense matrix between projections that are made
 * from the directions themselves: with rank 1 each task has one, (U_t, −V_t). */
static void eigenvalues_are_the_dense_matrixs(void **state)
{
    (void)state;
    enum { OWN = 2 * T * D + SQUARE + D };
    struct scene *scene = set_up(1);
    double hessian[MOST][MOST], square[OWN * OWN], all[OWN], values[OWN], vectors[OWN * OWN], worst = 0;
    int found = 0;
    make_dense(scene, hessian);
    for (int t = 0; t < T; t++) {
        double idle[OWN] = {0}, along[OWN] = {0}, inner = 0;
        for (int i = 0; i < D; i++) {
            idle[t * D + i] = scene->left[t * D + i];
            idle[T * D + t * D + i] = -scene->right[t * D + i];
        }
        double length = linalg_norm(OWN, idle);
        for (int i = 0; i < OWN; i++)
            idle[i] /= length;
        for (int i = 0; i < OWN; i++)
            for (int j = 0; j < OWN; j++)
                along[i] += hessian[i][j] * idle[j];
        for (int i = 0; i < OWN; i++)
            inner += idle[i] * along[i];
        for (int i = 0; i < OWN; i++) /* (I − p p^T) H (I − p p^T) + 100 p p^T */
            for (int j = 0; j < OWN; j++)
                hessian[i][j] += (inner + 100) * idle[i] * idle[j] - idle[i] * along[j] - along[i] * idle[j];
    }
    for (int i = 0; i < OWN; i++)
        for (int j = 0; j < OWN; j++)
            square[i * OWN + j] = -hessian[i][j];
    matrix_eigenvalues(OWN, square, all);
    assert_int_equal(hessian_unknowns(scene->hessian), OWN);
    assert_int_equal(hessian_most(scene->hessian), OWN);
    assert_int_equal(hessian_idle(scene->hessian), T);
    assert_true(hessian_lowest(scene->hessian, OWN, NULL, values, vectors, &found));
    assert_int_equal(found, OWN - T);
    for (int i = 0; i < found; i++)
        worst = fmax(worst, fabs(values[i] + all[i]));
    printf("eigenvalues from %.2g to %.2g within %.1e\n", values[0], values[found - 1], worst);
    assert_near(worst, 0, 1e-13);
    assert_true(values[0] < -0.01);
    tear_down(scene);
}

/* Where all adapters are 0, U_t and V_t meet nothing but each other: (H (u, v))_U = G_t v / T and (H (u, v))_V =
 * G_t^T u / T, so that the eigenvalues along them are those of [0 G_t; G_t^T 0] / T: plus and minus G_t's singular
 * values over T. */
static void zero_adapters_are_a_saddle(void **state)
{
    (void)state;
    struct scene *scene = set_up(1);
    double slope[SQUARE], squares[D], unit[MOST], product[MOST], values[MOST], vectors[MOST * MOST], most = 0;
    int found = 0, seen = 0;
    memset(scene->left, 0, sizeof scene->left);
    memset(scene->right, 0, sizeof scene->right);
    stand(scene);
    size_t n = hessian_unknowns(scene->hessian);
    assert_int_equal(hessian_idle(scene->hessian), 0);
    for (int t = 0; t < T; t++) { /* G_t / T, read off the products with the units of V_t */
        for (int l = 0; l < D; l++) {
            memset(unit, 0, sizeof unit);
            unit[T * D + t * D + l] = 1;
            hessian_times(scene->hessian, unit, product);
            for (int j = 0; j < D; j++)
                slope[j * D + l] = product[t * D + j];
            memset(product + (ptrdiff_t)t * D, 0, D * sizeof *product);
            assert_near(linalg_norm(n, product), 0, 0);
        }
        /* and against the loss: G_t is what A's gradient would be of this task alone */
        double x[MOST];
        for (int i = 0; i < SQUARE; i++) {
            static const double step = 1e-4;
            double loss[2];
            for (int side = 0; side < 2; side++) { /* U_t V_t^T = ± step at (j, l): U_t = step e_j, V_t = ± e_l */
                hessian_coordinates(scene->hessian, &scene->point, x);
                x[t * D + i / D] = step;
                x[T * D + t * D + i % D] = side ? 1 : -1;
                loss[side] = hessian_value(scene->hessian, x);
            }
            assert_near((loss[1] - loss[0]) / (2 * step), slope[i], 1e-8);
        }
        stand(scene);
        matrix_squared_singular_values(D, slope, squares);
        most = fmax(most, sqrt(squares[0]));
    }
    assert_true(hessian_lowest(scene->hessian, (int)n, NULL, values, vectors, &found));
    for (int i = 0; i < found; i++)
        seen += fabs(values[i] + most) < 1e-13;
    assert_int_equal(seen, 1);
    assert_true(values[0] <= -most + 1e-13 && most > 0.01);
    tear_down(scene);
}

/* Above HESSIAN_DENSE_NETWORK unknowns: pairs satisfy their equation, and the eigenvalues are those that LAPACK
 * finds of all products. */
static void lanczos_finds_the_lowest(void **state)
{
    (void)state;
    enum { SIDE = 32, ALL = SIDE * SIDE + SIDE, SAMPLES = 24 };
    struct err err = {0};
    uint64_t seed = 17;
    double *inputs = aligned_alloc(64, SIDE * SAMPLES * sizeof *inputs);
    double *outputs = aligned_alloc(64, SAMPLES * sizeof *outputs),
           *weight = aligned_alloc(64, SAMPLES * sizeof *weight);
    double *base = calloc(SIDE * SIDE, sizeof *base), *top = calloc(SIDE, sizeof *top), *none = calloc(1, sizeof *none);
    double *vectors = calloc((size_t)HESSIAN_LOWEST * ALL, sizeof *vectors), *product = calloc(ALL, sizeof *product);
    double *square = calloc((size_t)ALL * ALL, sizeof *square), *unit = calloc(ALL, sizeof *unit);
    double values[HESSIAN_LOWEST], lapack[3];
    int found = 0;
    assert_true(inputs && outputs && weight && base && top && none && vectors && product && square && unit);
    matrix_fill(&seed, SIDE * SAMPLES, inputs);
    matrix_fill(&seed, SAMPLES, outputs);
    matrix_fill(&seed, SIDE * SIDE, base);
    matrix_fill(&seed, SIDE, top);
    for (int i = 0; i < SAMPLES; i++)
        weight[i] = 1;
    struct moments moments = {.tasks = 1, .dimension = SIDE, .samples = SAMPLES};
    struct shallow_data data = {SIDE, 1, SAMPLES, SAMPLES, inputs, outputs, weight};
    struct point point = {SIDE, 1, 0, ADAPTER_GENERAL, base, none, none, top};
    struct hessian *hessian =
        hessian_new(&(struct hessian_setup){.moments = &moments, .network = &data, .shape = ADAPTER_GENERAL}, &err);
    assert_non_null(hessian);
    assert_int_equal(hessian_unknowns(hessian), ALL);
    assert_true(hessian_unknowns(hessian) > HESSIAN_DENSE_NETWORK);
    assert_int_equal(hessian_most(hessian), HESSIAN_LOWEST);
    assert_true(hessian_stand(hessian, &point));
    assert_true(hessian_lowest(hessian, 3, NULL, values, vectors, &found));
    assert_int_equal(found, 3);
    for (int i = 0; i < found; i++) {
        hessian_times(hessian, vectors + (ptrdiff_t)i * ALL, product);
        linalg_axpy(ALL, -values[i], vectors + (ptrdiff_t)i * ALL, product);
        assert_near(linalg_norm(ALL, product), 0, 2e-4 * fabs(values[0]));
    }
    for (int i = 0; i < ALL; i++) {
        unit[i] = -1;
        hessian_times(hessian, unit, square + (ptrdiff_t)i * ALL);
        unit[i] = 0;
    }
    struct linalg_eigen *eigen = linalg_eigen_new(ALL);
    double *full = calloc((size_t)3 * ALL, sizeof *full);
    assert_true(eigen && full && linalg_eigen(eigen, ALL, square, 3, lapack, full));
    for (int i = 0; i < 3; i++)
        assert_near(values[i], -lapack[i], 1e-6 * fabs(lapack[0]));
    linalg_eigen_free(eigen);
    hessian_free(hessian);
    double *arrays[] = {inputs, outputs, weight, base, top, none, vectors, product, square, unit, full};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
}

static atomic_bool told;

static void tell(int signal)
{
    (void)signal;
    atomic_store(&told, true);
}

/* Whether the spectrum of a network with so many samples that it takes many times longer is there, although it was told
 * to stop meanwhile. */
static bool goes_on(int side, int tasks, int rank, bool dense)
{
    enum { SAMPLES = 4096 };
    struct err err = {0};
    size_t d = (size_t)side, factors = (size_t)tasks * d * (size_t)rank, inputs = (size_t)tasks * d * SAMPLES;
    size_t outputs = (size_t)tasks * SAMPLES;
    double *numbers = aligned_alloc(64, (inputs + outputs + SAMPLES) * sizeof *numbers);
    double *base = calloc(d * d + d, sizeof *base), *left = calloc(factors + 1, sizeof *left);
    uint64_t seed = 17;
    assert_true(numbers && base && left);
    matrix_fill(&seed, inputs + outputs + SAMPLES, numbers);
    matrix_fill(&seed, d * d + d, base);
    matrix_fill(&seed, factors, left);
    struct moments moments = {.tasks = tasks, .dimension = side, .samples = SAMPLES};
    struct shallow_data data = {side, tasks, SAMPLES, SAMPLES, numbers, numbers + inputs, numbers + inputs + outputs};
    struct point point = {side, tasks, rank, ADAPTER_GENERAL, base, left, left, base + d * d};
    struct hessian_setup setup = {.moments = &moments, .network = &data, .rank = rank, .shape = ADAPTER_GENERAL};
    struct hessian *hessian = hessian_new(&setup, &err);
    assert_non_null(hessian);
    assert_int_equal(hessian_unknowns(hessian) <= HESSIAN_DENSE_NETWORK, dense);
    int most = hessian_most(hessian), found = 0;
    double *values = calloc((size_t)most, sizeof *values);
    double *vectors = calloc((size_t)most * hessian_unknowns(hessian), sizeof *vectors);
    assert_true(values && vectors && hessian_stand(hessian, &point));
    atomic_store(&told, false);
    struct itimerval soon = {.it_value.tv_usec = 5000};
    signal(SIGALRM, tell);
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
    bool there = hessian_lowest(hessian, most, &told, values, vectors, &found);
    assert_true(atomic_load(&told));
    signal(SIGALRM, SIG_DFL);
    hessian_free(hessian);
    double *arrays[] = {numbers, base, left, values, vectors};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    return there;
}

/* Between two products, and the same is found afterwards as if nobody had. */
static void stops_when_told(void **state)
{
    (void)state;
    struct scene *scene = set_up(R);
    int most = hessian_most(scene->hessian), found = 0, again = 0;
    double values[2][MOST], vectors[MOST * MOST];
    assert_true(hessian_lowest(scene->hessian, most, NULL, values[0], vectors, &found));
    atomic_store(&told, true);
    assert_false(hessian_lowest(scene->hessian, most, &told, values[1], vectors, &again));
    atomic_store(&told, false);
    assert_true(hessian_lowest(scene->hessian, most, &told, values[1], vectors, &again));
    assert_int_equal(again, found);
    assert_memory_equal(values[0], values[1], (size_t)found * sizeof(double));
    tear_down(scene);
    assert_false(goes_on(20, 3, 2, true));
    assert_false(goes_on(32, 3, 1, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_differences),
        cmocka_unit_test(products_are_symmetric),
        cmocka_unit_test(products_are_the_dense_matrix),
        cmocka_unit_test(eigenvalues_are_the_dense_matrixs),
        cmocka_unit_test(zero_adapters_are_a_saddle),
        cmocka_unit_test(lanczos_finds_the_lowest),
        cmocka_unit_test(stops_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
