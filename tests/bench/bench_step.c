/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linalg.h"
#include "model/problem.h"
#include "model/random.h"
#include "model/solver.h"
#include "model/thin.h"
#include "support/timing.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

/* A step of each solver against the machine's own limit: the larger of the time DGEMM takes for the same operations and
 * the time it takes to read the same bytes from memory, on as many threads (one). All three are measured in turn,
 * round after round, so that a busy machine slows them alike; printed are medians. Exit status 1: the bar is missed. */

enum { ROUNDS = 11 };

static const double large_bar = 1 / 0.7; /* at d = 1024, T = 16, k = 8: at least 70% of the limit, the better solver */
static const double bar = 1.5;           /* at d = 512, T = 8, k = 8, paper, population */
static const double small_bar = 10e-6;   /* seconds, at d = 16, T = 3, k = 2 */

struct size {
    int dimension, tasks, rank, samples;
    const char *solver;
    bool shared; /* by as many threads as there are cores */
};

static const struct size sizes[] = {
    {512, 8, 8, SAMPLES_POPULATION, "paper", false},
    {16, 3, 2, SAMPLES_POPULATION, "paper", false},
    {10, 3, 1, 5000, "paper", false},
    {64, 4, 4, SAMPLES_POPULATION, "paper", false},
    {64, 4, 4, 1000, "paper", false},
    {256, 8, 8, SAMPLES_POPULATION, "paper", false},
    {512, 8, 8, SAMPLES_POPULATION, "gd", false},
    {16, 3, 2, SAMPLES_POPULATION, "gd", false},
    {1024, 16, 8, SAMPLES_POPULATION, "gd", false},
    {1024, 16, 8, SAMPLES_POPULATION, "paper", false},
    {1024, 16, 8, SAMPLES_POPULATION, "paper", true},
};

static struct solver *make_solver(const struct size *size, const struct problem *problem, struct pool *pool)
{
    struct solver_setup setup = {.moments = &problem->retrain,
                                 .rank = size->rank,
                                 .shape = ADAPTER_SYMMETRIC,
                                 .rates = {.inner_steps = 10, .inner = 1e-5, .outer = 1e-5},
                                 .pool = pool};
    struct err err;
    struct solver *solver = solver_new(&solver_table[solver_find(size->solver)], &setup, &err);
    if (!solver || solver_start(solver, 7, RANDOM_RETRAIN_START, 0.1, &err) != ERR_NONE)
        timing_fail("%s", err.message);
    return solver;
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

/* How many times its limit a step takes. */
static double bench(const struct timing_machine *machine, const struct size *size)
{
    struct err err;
    struct problem_config config = {.dimension = size->dimension,
                                    .rank = size->rank,
                                    .tasks = size->tasks,
                                    .truth = TRUTH_PSD,
                                    .samples = size->samples,
                                    .seed = 7};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, &err);
    if (!problem)
        timing_fail("%s", err.message);
    int threads = size->shared ? (int)sysconf(_SC_NPROCESSORS_ONLN) : 1;
    struct pool *pool = threads > 1 ? pool_new(threads) : NULL;
    struct solver *solver = make_solver(size, problem, pool);
    linalg_set_threads(threads); /* for DGEMM's limit; a step of this size has no product that would use them */
    double operation[ROUNDS];
    double byte[ROUNDS];
    double step[ROUNDS];
    double ratio[ROUNDS];
    solver_step(solver);
    for (int round = 0; round < ROUNDS; round++) {
        operation[round] = timing_operation(machine);
        byte[round] = timing_byte(machine, threads);
        step[round] = timing_step(solver, 0.03);
        ratio[round] = step[round] / fmax(limit_operations(size) * operation[round], limit_bytes(size) * byte[round]);
    }
    double gemm_time = limit_operations(size) * timing_median(operation, ROUNDS);
    double read_time = limit_bytes(size) * timing_median(byte, ROUNDS);
    double step_time = timing_median(step, ROUNDS);
    char samples[16] = "population";
    if (size->samples != SAMPLES_POPULATION)
        snprintf(samples, sizeof samples, "N = %d", size->samples);
    linalg_set_threads(1);
    printf("%-6s %5d %3d %3d  %-10s %3d %12.2f %12.2f %12.2f %8.2f\n", size->solver, size->dimension, size->tasks,
           size->rank, samples, threads, 1e6 * step_time, 1e6 * gemm_time, 1e6 * read_time,
           timing_median(ratio, ROUNDS));
    solver_free(solver);
    pool_free(pool);
    problem_free(problem);
    if (size->dimension == 16 && size->solver[0] == 'p' && step_time > small_bar)
        return (double)INFINITY;
    return timing_median(ratio, ROUNDS);
}

int main(void)
{
    linalg_set_threads(1);
    struct timing_machine *machine = timing_machine_new();
    printf("%s; thin products on %s\n", linalg_library(), thin_kernel_best()->name);
    printf("DGEMM %.1f GFlop/s, reading %.1f GB/s\n", 1e-9 / timing_operation(machine), 1e-9 / timing_byte(machine, 1));
    printf("%-6s %5s %3s %3s  %-10s %3s %12s %12s %12s %8s\n", "solver", "d", "T", "k", "data", "thr", "step us",
           "DGEMM us", "read us", "ratio");
    bool kept = true;
    double best = (double)INFINITY;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double ratio = bench(machine, &sizes[i]);
        kept = kept && (i > 0 || ratio <= bar) && isfinite(ratio);
        best = sizes[i].dimension == 1024 && !sizes[i].shared ? fmin(best, ratio) : best;
    }
    kept = kept && best <= large_bar;
    printf("bars: at most %.1f times the limit in the first row, %.0f us in the second; d = 1024 reaches %.0f%% of it "
           "(at least 70%%): %s\n",
           bar, 1e6 * small_bar, 100 / best, kept ? "kept" : "MISSED");
    timing_machine_free(machine);
    return kept ? 0 : 1;
}
