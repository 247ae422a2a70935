/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linalg.h"
#include "model/problem.h"
#include "model/random.h"
#include "model/solver.h"
#include "model/thin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* A step of each solver against the machine's own limit: the larger of the time DGEMM takes for the same operations and
 * the time it takes to read the same bytes from memory, on as many threads (one). All three are measured in turn,
 * round after round, so that a busy machine slows them alike; printed are medians. Exit status 1: the bar is missed. */

enum { ROUNDS = 11, GEMM_SIZE = 768, READ_SIZE = 1 << 24 };

static const double bar = 1.5;         /* at d = 512, T = 8, k = 8, paper, population */
static const double small_bar = 10e-6; /* seconds, at d = 16, T = 3, k = 2 */

struct size {
    int dimension, tasks, rank, samples;
    const char *solver;
};

static const struct size sizes[] = {
    {512, 8, 8, SAMPLES_POPULATION, "paper"},
    {16, 3, 2, SAMPLES_POPULATION, "paper"},
    {10, 3, 1, 5000, "paper"},
    {64, 4, 4, SAMPLES_POPULATION, "paper"},
    {64, 4, 4, 1000, "paper"},
    {256, 8, 8, SAMPLES_POPULATION, "paper"},
    {512, 8, 8, SAMPLES_POPULATION, "gd"},
    {16, 3, 2, SAMPLES_POPULATION, "gd"},
};

struct machine {
    double *a, *b, *c; /* GEMM_SIZE² */
    double *large;     /* READ_SIZE */
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double *filled(size_t count)
{
    double *x = malloc(count * sizeof *x);
    if (!x) {
        fprintf(stderr, "bench_step: out of memory\n");
        exit(1);
    }
    for (size_t i = 0; i < count; i++)
        x[i] = 1.0 / (double)(i + 2);
    return x;
}

/* Seconds a floating-point operation of a large product takes. */
static double measure_operation(const struct machine *machine)
{
    double start = now();
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, GEMM_SIZE, GEMM_SIZE, GEMM_SIZE, 1.0, machine->a, machine->b, 0.0,
                machine->c);
    return (now() - start) / (2.0 * GEMM_SIZE * GEMM_SIZE * GEMM_SIZE);
}

/* Seconds it takes to read a byte of what no cache holds. */
static double measure_byte(const struct machine *machine)
{
    double start = now();
    volatile double sum = linalg_dot(READ_SIZE / 2, machine->large, machine->large + READ_SIZE / 2);
    (void)sum;
    return (now() - start) / (READ_SIZE * sizeof(double));
}

/* Seconds a step takes. */
static double measure_step(struct solver *solver)
{
    long steps = 0;
    double start = now();
    double elapsed;
    do {
        solver_step(solver);
        steps++;
        elapsed = now() - start;
    } while (elapsed < 0.03);
    return elapsed / (double)steps;
}

static struct solver *make_solver(const struct size *size, const struct problem *problem)
{
    struct solver_setup setup = {.moments = &problem->retrain,
                                 .rank = size->rank,
                                 .shape = ADAPTER_SYMMETRIC,
                                 .rates = {.inner_steps = 10, .inner = 1e-5, .outer = 1e-5}};
    struct err err;
    struct solver *solver = solver_new(&solver_table[solver_find(size->solver)], &setup, &err);
    if (!solver || solver_start(solver, 7, RANDOM_RETRAIN_START, 0.1, &err) != ERR_NONE) {
        fprintf(stderr, "bench_step: %s\n", err.message);
        exit(1);
    }
    return solver;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double values[ROUNDS])
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

/* What a step cannot do without: its products' operations, and reading every task's moments and the base once. */
static double limit_operations(const struct size *size)
{
    double inner = size->solver[0] == 'p' ? 10 : 1;
    double square = (double)size->dimension * size->dimension;
    double factors = size->samples == SAMPLES_POPULATION ? 2 : 4;
    double operations = size->tasks * square * size->rank * (inner * factors + 2);
    return size->samples == SAMPLES_POPULATION ? operations
                                               : operations + 2 * (size->tasks + 1) * square * size->dimension;
}

static double limit_bytes(const struct size *size)
{
    double matrices = size->samples == SAMPLES_POPULATION ? size->tasks : 3 * size->tasks;
    return (matrices + 1) * size->dimension * size->dimension * (double)sizeof(double);
}

/* True when the row keeps its bar. */
static bool bench(const struct machine *machine, const struct size *size)
{
    struct err err;
    struct problem_config config = {.dimension = size->dimension,
                                    .rank = size->rank,
                                    .tasks = size->tasks,
                                    .truth = TRUTH_PSD,
                                    .samples = size->samples,
                                    .seed = 7};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, &err);
    if (!problem) {
        fprintf(stderr, "bench_step: %s\n", err.message);
        exit(1);
    }
    struct solver *solver = make_solver(size, problem);
    double operation[ROUNDS];
    double byte[ROUNDS];
    double step[ROUNDS];
    double ratio[ROUNDS];
    solver_step(solver);
    for (int round = 0; round < ROUNDS; round++) {
        operation[round] = measure_operation(machine);
        byte[round] = measure_byte(machine);
        step[round] = measure_step(solver);
        ratio[round] = step[round] / fmax(limit_operations(size) * operation[round], limit_bytes(size) * byte[round]);
    }
    double gemm_time = limit_operations(size) * median(operation);
    double read_time = limit_bytes(size) * median(byte);
    double step_time = median(step);
    char samples[16] = "population";
    if (size->samples != SAMPLES_POPULATION)
        snprintf(samples, sizeof samples, "N = %d", size->samples);
    printf("%-6s %5d %3d %3d  %-10s %12.2f %12.2f %12.2f %8.2f\n", size->solver, size->dimension, size->tasks,
           size->rank, samples, 1e6 * step_time, 1e6 * gemm_time, 1e6 * read_time, median(ratio));
    solver_free(solver);
    problem_free(problem);
    if (size == &sizes[0])
        return median(ratio) <= bar;
    return size != &sizes[1] || step_time <= small_bar;
}

int main(void)
{
    linalg_set_threads(1);
    struct machine machine = {.a = filled(GEMM_SIZE * GEMM_SIZE),
                              .b = filled(GEMM_SIZE * GEMM_SIZE),
                              .c = filled(GEMM_SIZE * GEMM_SIZE),
                              .large = filled(READ_SIZE)};
    printf("%s; thin products on %s; one thread\n", linalg_library(), thin_kernel_best()->name);
    printf("DGEMM %.1f GFlop/s, reading %.1f GB/s\n", 1e-9 / measure_operation(&machine),
           1e-9 / measure_byte(&machine));
    printf("%-6s %5s %3s %3s  %-10s %12s %12s %12s %8s\n", "solver", "d", "T", "k", "data", "step us", "DGEMM us",
           "read us", "ratio");
    bool kept = true;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        kept = bench(&machine, &sizes[i]) && kept;
    printf("bar: at most %.1f times the limit in the first row, %.0f us in the second: %s\n", bar, 1e6 * small_bar,
           kept ? "kept" : "MISSED");
    free(machine.a);
    free(machine.b);
    free(machine.c);
    free(machine.large);
    return kept ? 0 : 1;
}
