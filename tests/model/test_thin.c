/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/random.h"
#include "model/thin.h"

#include <math.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { INNER = 37, COLUMNS = 21, ROWS = 5, PADDED = 48 };

static void fill(int index, size_t count, double *x)
{
    struct random_stream *stream = random_new(7, RANDOM_INPUTS, index);
    assert_non_null(stream);
    random_normal(stream, 2.385, count, x);
    random_free(stream);
}

static void assert_near(const struct thin_kernel *kernel, double got, double want)
{
    if (!(fabs(got - want) < 1e-12 * 300))
        fail_msg("%s: %.17g is not %.17g", kernel->name, got, want);
}

static void test_there_is_a_kernel_for_every_machine(void **state)
{
    (void)state;
    int count = 0;
    while (thin_kernel_at(count))
        count++;
    assert_in_range(count, 1, 3);
    assert_string_equal(thin_kernel_at(count - 1)->name, "portable");
    assert_ptr_equal(thin_kernel_best(), thin_kernel_at(0));
    for (int i = 0; i < count; i++)
        print_message("%s\n", thin_kernel_at(i)->name);
}

static void check_multiply(const struct thin_kernel *kernel, size_t inner, size_t columns, bool add)
{
    alignas(64) static double panel[INNER * THIN_PANEL];
    alignas(64) static double out[COLUMNS * PADDED];
    static double before[COLUMNS * PADDED];
    static double thin[INNER * COLUMNS + 1];
    fill(1, INNER * THIN_PANEL, panel);
    fill(2, INNER * COLUMNS + 1, thin);
    fill(3, COLUMNS * PADDED, out);
    memcpy(before, out, sizeof out);
    /* `thin` has a stride of its own and starts anywhere; out is the middle panel of three. */
    kernel->multiply(inner, panel, THIN_PANEL, thin + 1, COLUMNS, columns, out + THIN_PANEL, PADDED, add);
    for (size_t c = 0; c < COLUMNS; c++)
        for (size_t i = 0; i < PADDED; i++) {
            size_t at = c * PADDED + i;
            if (c >= columns || i / THIN_PANEL != 1) {
                assert_true(out[at] == before[at]);
                continue;
            }
            double want = add ? before[at] : 0.0;
            for (size_t l = 0; l < inner; l++)
                want += panel[l * THIN_PANEL + i - THIN_PANEL] * thin[1 + l * COLUMNS + c];
            assert_near(kernel, out[at], want);
        }
}

static void test_multiply_is_the_product_for_any_number_of_columns(void **state)
{
    (void)state;
    for (int i = 0; thin_kernel_at(i); i++)
        for (size_t columns = 0; columns <= COLUMNS; columns++) {
            check_multiply(thin_kernel_at(i), INNER, columns, false);
            check_multiply(thin_kernel_at(i), columns, columns, true);
        }
}

static void test_gram_is_all_scalar_products(void **state)
{
    (void)state;
    alignas(64) static double x[ROWS * PADDED];
    alignas(64) static double y[ROWS * PADDED];
    double gram[ROWS * ROWS];
    fill(1, ROWS * PADDED, x);
    fill(2, ROWS * PADDED, y);
    for (int i = 0; thin_kernel_at(i); i++)
        for (size_t rows = 1; rows <= ROWS; rows++) {
            thin_kernel_at(i)->gram(rows, PADDED, 2.385, x, y, gram);
            for (size_t a = 0; a < rows; a++)
                for (size_t b = 0; b < rows; b++) {
                    double want = 0;
                    for (size_t j = 0; j < PADDED; j++)
                        want += 2.385 * x[a * PADDED + j] * y[b * PADDED + j];
                    assert_near(thin_kernel_at(i), gram[a * rows + b], want);
                }
            double squares = 0;
            for (size_t j = 0; j < PADDED; j++)
                squares += x[j] * x[j];
            thin_kernel_at(i)->gram(rows, PADDED, 1.0, x, x, gram);
            assert_near(thin_kernel_at(i), gram[0], squares);
            for (size_t a = 0; a < rows; a++)
                for (size_t b = 0; b < rows; b++)
                    assert_true(gram[a * rows + b] == gram[b * rows + a]);
        }
}

static void test_descend_and_subtract_do_as_they_say(void **state)
{
    (void)state;
    alignas(64) double x[PADDED];
    alignas(64) double y[PADDED];
    alignas(64) double out[PADDED];
    for (int i = 0; thin_kernel_at(i); i++) {
        double before[PADDED];
        fill(1, PADDED, x);
        fill(2, PADDED, y);
        memcpy(before, x, sizeof x);
        thin_kernel_at(i)->subtract(PADDED, x, y, out);
        thin_kernel_at(i)->descend(PADDED, 0.385, y, x);
        for (int j = 0; j < PADDED; j++) {
            assert_near(thin_kernel_at(i), out[j], before[j] - y[j]);
            assert_near(thin_kernel_at(i), x[j], before[j] - 0.385 * y[j]);
        }
    }
}

static void test_propose_steps_along_two_directions_and_sums_squares(void **state)
{
    (void)state;
    double x[PADDED];
    double a[PADDED];
    double before[PADDED];
    fill(1, PADDED, x);
    fill(2, PADDED, a);
    fill(3, PADDED, before);
    for (int i = 0; thin_kernel_at(i); i++)
        for (size_t count = 0; count < PADDED - 1; count++) {
            double y[PADDED];
            memcpy(y, before, sizeof y);
            double sum = thin_kernel_at(i)->propose(count, x + 1, 0.385, a + 1, -2.385, y + 1);
            double squares = 0;
            for (size_t j = 1; j <= count; j++) {
                assert_near(thin_kernel_at(i), y[j], x[j] - 0.385 * a[j] + 2.385 * before[j]);
                squares += y[j] * y[j];
            }
            assert_near(thin_kernel_at(i), sum, squares);
            assert_true(y[0] == before[0] && y[count + 1] == before[count + 1]);
        }
}

/* out (rank × d) = factor (rank rows) · matrix (d rows), as far as d. */
static void plain_product(size_t d, size_t rank, const double *matrix, const double *factor, double *out)
{
    for (size_t c = 0; c < rank; c++)
        for (size_t i = 0; i < d; i++) {
            out[c * THIN_PANEL + i] = 0;
            for (size_t l = 0; l < d; l++)
                out[c * THIN_PANEL + i] += matrix[l * THIN_PANEL + i] * factor[c * THIN_PANEL + l];
        }
}

/* out += (x y^T) z for factors as rows: out_c += Σ_l z_l ⟨x_l, y_c⟩. */
static void plain_bend(size_t d, size_t rank, const double *z, const double *x, const double *y, double *out)
{
    for (size_t c = 0; c < rank; c++)
        for (size_t l = 0; l < rank; l++) {
            double product = 0;
            for (size_t i = 0; i < d; i++)
                product += x[l * THIN_PANEL + i] * y[c * THIN_PANEL + i];
            for (size_t i = 0; i < d; i++)
                out[c * THIN_PANEL + i] += product * z[l * THIN_PANEL + i];
        }
}

enum { STEP_D = 13, MATRIX = STEP_D * THIN_PANEL, FACTOR = THIN_STEP_RANK * THIN_PANEL };

/* `count` rows, of which the columns from STEP_D on are zero. */
static void fill_rows(int index, size_t count, double *rows)
{
    fill(index, count * THIN_PANEL, rows);
    for (size_t i = 0; i < count; i++)
        memset(rows + i * THIN_PANEL + STEP_D, 0, (THIN_PANEL - STEP_D) * sizeof *rows);
}

static void check_step(const struct thin_kernel *kernel, int rank, bool general, bool samples)
{
    alignas(64) static double fixed[MATRIX], other[MATRIX], covariance[MATRIX], left[FACTOR], right[FACTOR];
    static double old_left[FACTOR], old_right[FACTOR], weighted[FACTOR], slope[FACTOR], right_slope[FACTOR];
    const size_t r = (size_t)rank;
    fill_rows(1, STEP_D, fixed);
    fill_rows(2, STEP_D, other);
    fill_rows(3, STEP_D, covariance);
    fill_rows(4, r, left);
    fill_rows(general ? 5 : 4, r, right);
    memcpy(old_left, left, sizeof left);
    memcpy(old_right, right, sizeof right);
    struct thin_step step = {.d = STEP_D,
                             .rank = rank,
                             .rate = 0.00385,
                             .fixed = fixed,
                             .fixed_right = general ? other : NULL,
                             .covariance = samples ? covariance : NULL,
                             .left = left,
                             .right = general ? right : left};
    kernel->step(&step);

    memcpy(weighted, old_right, sizeof weighted);
    if (samples)
        plain_product(STEP_D, r, covariance, old_right, weighted);
    plain_product(STEP_D, r, fixed, old_right, slope);
    plain_bend(STEP_D, r, old_left, weighted, old_right, slope);
    if (!general)
        plain_bend(STEP_D, r, weighted, old_left, old_left, slope);
    plain_product(STEP_D, r, other, old_left, right_slope);
    plain_bend(STEP_D, r, weighted, old_left, old_left, right_slope);
    for (size_t c = 0; c < r; c++)
        for (size_t i = 0; i < THIN_PANEL; i++) {
            size_t at = c * THIN_PANEL + i;
            assert_near(kernel, left[at], i < STEP_D ? old_left[at] - 0.00385 * slope[at] : 0);
            if (general)
                assert_near(kernel, right[at], i < STEP_D ? old_right[at] - 0.00385 * right_slope[at] : 0);
        }
}

static void test_step_is_the_gradient_written_out(void **state)
{
    (void)state;
    for (int i = 0; thin_kernel_at(i); i++)
        for (int rank = 1; rank <= THIN_STEP_RANK; rank++)
            for (int way = 0; way < 4; way++)
                check_step(thin_kernel_at(i), rank, way % 2, way / 2);
}

/* ---- cyclic diagonals ---- */

enum { CYCLE_D = 83, CYCLE_RANK = 6, CYCLE_STRIDE = 2 * 96 + THIN_PANEL, CYCLE_END = THIN_PANEL };
struct cycle_case {
    size_t d, rank, diagonals;
};
static const struct cycle_case cycle_cases[] = {{1, 1, 1},   {3, 1, 2},  {8, 2, 5},   {10, 1, 6},
                                                {10, 3, 10}, {16, 4, 9}, {17, 5, 17}, {83, 6, 42}};
enum { CYCLE_CASES = sizeof cycle_cases / sizeof *cycle_cases };

/* Rows of a factor, each twice over, and behind them what would show if it were used. */
static void fill_factor(int index, const struct cycle_case *one, double *rows)
{
    static double numbers[CYCLE_RANK * CYCLE_D];
    fill(index, CYCLE_RANK * CYCLE_D, numbers);
    for (size_t i = 0; i < CYCLE_RANK * CYCLE_STRIDE; i++)
        rows[i] = (double)NAN;
    for (size_t l = 0; l < one->rank; l++)
        for (size_t j = 0; j < 2 * one->d; j++)
            rows[l * thin_cycle_stride(one->d) + j] = numbers[l * CYCLE_D + j % one->d];
}

struct cycle_numbers {
    struct thin_cycle cycle;
    alignas(64) double factor[4][CYCLE_RANK * CYCLE_STRIDE];
    alignas(64) double sum[CYCLE_D * 96], scratch[THIN_CHUNK * CYCLE_STRIDE], out[2][CYCLE_RANK * 96];
    double sum_before[CYCLE_D * 96], weight[CYCLE_D];
    double rows[CYCLE_D * CYCLE_D + CYCLE_END];
};

static struct thin_turn cycle_set_up(struct cycle_numbers *numbers, const struct cycle_case *one)
{
    numbers->cycle = (struct thin_cycle){.d = one->d,
                                         .rank = one->rank,
                                         .diagonals = one->diagonals,
                                         .padded = thin_padded(one->d),
                                         .stride = thin_cycle_stride(one->d),
                                         .weight = numbers->weight};
    for (int i = 0; i < 4; i++)
        fill_factor(i, one, numbers->factor[i]);
    fill(4, sizeof numbers->sum / sizeof(double), numbers->sum);
    fill(5, CYCLE_D, numbers->weight);
    fill(6, sizeof numbers->rows / sizeof(double), numbers->rows);
    for (int i = 0; i < 2; i++)
        fill(8 + i, sizeof numbers->out[i] / sizeof(double), numbers->out[i]);
    memcpy(numbers->sum_before, numbers->sum, sizeof numbers->sum);
    return (struct thin_turn){.whole = 0.385, .own = 1.385, .sum = numbers->sum};
}

/* Entry (i, j) of a pair's matrix. */
static double pair_at(const struct cycle_numbers *numbers, int pair, size_t i, size_t j)
{
    double sum = 0;
    for (size_t l = 0; l < numbers->cycle.rank; l++)
        sum += numbers->factor[2 * pair][l * numbers->cycle.stride + i] *
               numbers->factor[2 * pair + 1][l * numbers->cycle.stride + j];
    return sum;
}

static void check_outer(const struct thin_kernel *kernel, const struct cycle_case *one, int pairs, bool first)
{
    static struct cycle_numbers numbers;
    static double before[CYCLE_D * CYCLE_D + CYCLE_END];
    struct thin_turn turn = cycle_set_up(&numbers, one);
    const struct thin_pair pair[] = {{numbers.factor[0], numbers.factor[1]}, {numbers.factor[2], numbers.factor[3]}};
    memcpy(before, numbers.rows, sizeof before);
    kernel->cycle_outer(&numbers.cycle, pair, pairs, &turn, first ? NULL : numbers.rows);
    size_t d = one->d, padded = numbers.cycle.padded;
    for (size_t k = 0; k < one->diagonals; k++)
        for (size_t i = 0; i < d; i++) {
            double x = 0, old = first ? 0 : numbers.sum_before[k * padded + i];
            for (int p = 0; p < pairs; p++)
                x += numbers.weight[k] * pair_at(&numbers, p, i, (i + k) % d);
            assert_near(kernel, numbers.sum[k * padded + i], old + x);
            if (!first)
                assert_near(kernel, numbers.rows[k * d + i], 0.385 * old - 1.385 * x);
        }
    for (size_t i = first ? 0 : one->diagonals * d + padded - d; i < CYCLE_D * CYCLE_D + CYCLE_END; i++)
        assert_true(numbers.rows[i] == before[i]);
}

static void test_cycle_outer_is_the_product_written_out(void **state)
{
    (void)state;
    for (int i = 0; thin_kernel_at(i); i++)
        for (int c = 0; c < CYCLE_CASES; c++)
            for (int way = 0; way < 4; way++)
                check_outer(thin_kernel_at(i), &cycle_cases[c], 1 + way / 2, way % 2);
}

/* What the turn makes of a row's entry. */
static double turned_back(const struct cycle_numbers *numbers, bool first, size_t k, size_t i)
{
    double in = first ? 0 : numbers->rows[k * numbers->cycle.d + i];
    return numbers->weight[k] * (numbers->sum_before[k * numbers->cycle.padded + i] - 1.385 * in);
}

static void check_back(const struct thin_kernel *kernel, const struct cycle_case *one, bool first, bool together)
{
    static struct cycle_numbers numbers;
    static double want[2][CYCLE_RANK * 96];
    struct thin_turn turn = cycle_set_up(&numbers, one);
    size_t d = one->d, padded = numbers.cycle.padded;
    memcpy(want, numbers.out, sizeof want);
    kernel->cycle_back(&numbers.cycle, first ? NULL : numbers.rows, &turn, numbers.factor[0], numbers.factor[1],
                       numbers.scratch, numbers.out[0], numbers.out[together ? 0 : 1]);
    for (size_t k = 0; k < one->diagonals; k++)
        for (size_t i = 0; i < d; i++) {
            double g = turned_back(&numbers, first, k, i);
            size_t j = (i + k) % d;
            for (size_t l = 0; l < one->rank; l++) {
                want[0][l * padded + i] += g * numbers.factor[1][l * numbers.cycle.stride + j];
                want[together ? 0 : 1][l * padded + j] += g * numbers.factor[0][l * numbers.cycle.stride + i];
            }
            double sum = numbers.sum_before[k * padded + i];
            assert_near(kernel, numbers.sum[k * padded + i], first ? sum : sum + 0.385 * numbers.rows[k * d + i]);
        }
    for (size_t l = 0; l < one->rank; l++)
        for (size_t i = 0; i < d; i++)
            for (int side = 0; side < 2; side++)
                assert_near(kernel, numbers.out[side][l * padded + i], want[side][l * padded + i]);
}

static void test_cycle_back_is_the_adjoint_written_out(void **state)
{
    (void)state;
    for (int i = 0; thin_kernel_at(i); i++)
        for (int c = 0; c < CYCLE_CASES; c++)
            for (int way = 0; way < 4; way++)
                check_back(thin_kernel_at(i), &cycle_cases[c], way / 2, way % 2);
}

static double packed_at(size_t d, const double *packed, size_t row, size_t column)
{
    return packed[column / THIN_PANEL * THIN_PANEL * d + row * THIN_PANEL + column % THIN_PANEL];
}

static void test_packing_keeps_every_entry_and_fills_up_with_zeros(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 7, 16, 19, 33};
    static double a[33 * 33];
    alignas(64) static double plain[33 * PADDED];
    alignas(64) static double transposed[33 * PADDED];
    alignas(64) static double sum[33 * PADDED];
    fill(1, 33 * 33, a);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t d = sizes[s];
        fill(2, d * thin_padded(d), plain);
        fill(3, d * thin_padded(d), transposed);
        thin_pack(d, a, plain);
        thin_pack_transposed(d, a, transposed);
        thin_pack(d, a, sum);
        thin_pack_add_transposed(d, a, sum);
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < thin_padded(d); j++) {
                double there = j < d ? a[i * d + j] : 0.0;
                double mirrored = j < d ? a[j * d + i] : 0.0;
                assert_true(packed_at(d, plain, i, j) == there);
                assert_true(packed_at(d, transposed, i, j) == mirrored);
                assert_true(packed_at(d, sum, i, j) == there + mirrored);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_is_a_kernel_for_every_machine),
        cmocka_unit_test(test_multiply_is_the_product_for_any_number_of_columns),
        cmocka_unit_test(test_gram_is_all_scalar_products),
        cmocka_unit_test(test_descend_and_subtract_do_as_they_say),
        cmocka_unit_test(test_propose_steps_along_two_directions_and_sums_squares),
        cmocka_unit_test(test_step_is_the_gradient_written_out),
        cmocka_unit_test(test_cycle_outer_is_the_product_written_out),
        cmocka_unit_test(test_cycle_back_is_the_adjoint_written_out),
        cmocka_unit_test(test_packing_keeps_every_entry_and_fills_up_with_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
