/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linalg.h"
#include "model/problem.h"
#include "model/random.h"
#include "support/timing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a step of `paper` grows with each size, with the exponent fitted to the logarithms by least squares; and how much
 * memory the whole program takes. Nothing here has a bar. */

enum { POINTS = 4, ROUNDS = 5 };

struct sizes {
    int dimension, tasks, rank, samples;
};

struct sweep {
    const char *name;
    struct sizes at[POINTS];
};

static const struct sweep sweeps[] = {
    {"d", {{64, 4, 4, 0}, {128, 4, 4, 0}, {256, 4, 4, 0}, {512, 4, 4, 0}}},
    {"T", {{128, 2, 4, 0}, {128, 4, 4, 0}, {128, 8, 4, 0}, {128, 16, 4, 0}}},
    {"k", {{128, 4, 2, 0}, {128, 4, 4, 0}, {128, 4, 8, 0}, {128, 4, 16, 0}}},
    {"N", {{32, 4, 4, 100}, {32, 4, 4, 1000}, {32, 4, 4, 10000}, {32, 4, 4, 100000}}},
};

static int moving(const struct sizes *sizes, int sweep)
{
    const int values[] = {sizes->dimension, sizes->tasks, sizes->rank, sizes->samples};
    return values[sweep];
}

static struct problem *draw(const struct sizes *sizes)
{
    struct err err;
    struct problem_config config = {.dimension = sizes->dimension,
                                    .rank = sizes->rank,
                                    .tasks = sizes->tasks,
                                    .truth = TRUTH_PSD,
                                    .samples = sizes->samples,
                                    .noise = 0.01,
                                    .seed = 7};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, &err);
    if (!problem)
        timing_fail("%s", err.message);
    return problem;
}

static double time_step(const struct sizes *sizes, const struct problem *problem)
{
    struct err err;
    double time[ROUNDS];
    struct solver_setup setup = {.moments = &problem->retrain,
                                 .rank = sizes->rank,
                                 .shape = ADAPTER_SYMMETRIC,
                                 .rates = {.inner_steps = 10, .inner = 1e-5, .outer = 1e-5}};
    struct solver *solver = solver_new(&solver_table[solver_find("paper")], &setup, &err);
    if (!solver || solver_start(solver, 7, RANDOM_RETRAIN_START, 0.1, &err) != ERR_NONE)
        timing_fail("%s", err.message);
    for (int i = 0; i < ROUNDS; i++)
        time[i] = timing_step(solver, 0.03);
    solver_free(solver);
    return timing_median(time, ROUNDS);
}

static double exponent(const double *x, const double *y)
{
    double mean_x = 0, mean_y = 0, above = 0, below = 0;
    for (int i = 0; i < POINTS; i++) {
        mean_x += log(x[i]) / POINTS;
        mean_y += log(y[i]) / POINTS;
    }
    for (int i = 0; i < POINTS; i++) {
        above += (log(x[i]) - mean_x) * (log(y[i]) - mean_y);
        below += (log(x[i]) - mean_x) * (log(x[i]) - mean_x);
    }
    return above / below;
}

static void bench_sweep(int sweep)
{
    double x[POINTS], step[POINTS], drawing[POINTS];
    for (int i = 0; i < POINTS; i++) {
        const struct sizes *sizes = &sweeps[sweep].at[i];
        double begin = timing_now();
        struct problem *problem = draw(sizes);
        drawing[i] = timing_now() - begin;
        x[i] = moving(sizes, sweep);
        step[i] = time_step(sizes, problem);
        problem_free(problem);
        printf("%2s = %-8.0f  d %4d  T %3d  k %3d  step %10.2f us   drawing the data %9.3f ms\n", sweeps[sweep].name,
               x[i], sizes->dimension, sizes->tasks, sizes->rank, 1e6 * step[i], 1e3 * drawing[i]);
    }
    printf("   a step grows like %s^%.2f, drawing the data like %s^%.2f\n", sweeps[sweep].name, exponent(x, step),
           sweeps[sweep].name, exponent(x, drawing));
}

/* Peak of resident memory of a whole run. */
static void bench_memory(int dimension, int tasks)
{
    const char *program = getenv("RANKSCOPE_PROGRAM");
    char d[64], t[64];
    struct rusage usage;
    int status;
    if (!program)
        timing_fail("RANKSCOPE_PROGRAM says where the program is");
    snprintf(d, sizeof d, "problem.dimension=%d", dimension);
    snprintf(t, sizeof t, "problem.tasks=%d", tasks);
    fflush(stdout);
    double begin = timing_now();
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout))
            _exit(1);
        execl(program, program, "run", "three-tasks", "--steps", "2", "--set", d, "--set", t, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0)
        timing_fail("the program failed at d = %d", dimension);
    printf("d %4d  T %3d  two steps with every measure %8.2f s   peak memory %8.1f MB, %.1f matrices of d x d\n",
           dimension, tasks, timing_now() - begin, 1.024e-3 * (double)usage.ru_maxrss,
           1024.0 * (double)usage.ru_maxrss / (8.0 * dimension * dimension));
}

int main(void)
{
    linalg_set_threads(1);
    printf("paper, symmetric adapters, population but where N moves; one thread; medians of %d rounds\n", ROUNDS);
    for (int i = 0; i < (int)(sizeof sweeps / sizeof *sweeps); i++)
        bench_sweep(i);
    bench_memory(16, 3);
    bench_memory(256, 4);
    bench_memory(1024, 4);
    return 0;
}
