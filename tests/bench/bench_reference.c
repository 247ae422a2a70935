/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linalg.h"
#include "model/measure.h"
#include "model/random.h"
#include "support/reference_process.h"
#include "support/timing.h"

#include <fcntl.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Rankscope against the paper's algorithm in plain NumPy (reference.py), side by side in one run. The reference is timed
 * on a part of its iterations, which all cost the same, and scaled up; our side runs whole. Exit status 1: a bar is
 * missed. */

enum { D = 10, K = 1, N = 5000, UNSEEN = 100, STEPS = 3000, ADAPT_STEPS = 10000, SEEDS = 5, ROUNDS = 5 };
static const int figure_tasks[] = {2, 3, 5};
enum { FIGURE_TASKS = sizeof figure_tasks / sizeof *figure_tasks, JOBS = FIGURE_TASKS * SEEDS };
static const double noise = 0.01;

static const struct reference_setup numpy = {.script = "reference.py", .package = "python3-numpy"};

/* Seconds that a step takes the reference. */
static double reference_time(const struct reference_pair *reference, const char *kind, int tasks, int rank, int steps)
{
    char question[64];
    if (strcmp(kind, "adapt") == 0)
        snprintf(question, sizeof question, "adapt %d %d %d %d", D, rank, UNSEEN, steps);
    else
        snprintf(question, sizeof question, "%s %d %d %d %d %d", kind, D, rank, tasks, N, steps);
    return reference_pair_time(reference, question);
}

/* ---- our side ---- */

static struct problem *draw(int tasks, int samples, int unseen, int seed)
{
    struct err err;
    struct problem_config config = {.dimension = D,
                                    .rank = K,
                                    .tasks = tasks,
                                    .truth = TRUTH_PSD,
                                    .samples = samples,
                                    .noise = noise,
                                    .seed = (uint64_t)seed};
    struct problem *problem = problem_new(&config, unseen, &err);
    if (!problem)
        timing_fail("%s", err.message);
    return problem;
}

static struct solver *make(const char *name, const struct problem *problem, int rank)
{
    struct err err;
    struct solver_setup setup = {.moments = &problem->retrain,
                                 .rank = rank,
                                 .shape = ADAPTER_SYMMETRIC,
                                 .rates = {.inner_steps = 10, .inner = 0.003, .outer = 0.03}};
    struct solver *solver = solver_new(&solver_table[solver_find(name)], &setup, &err);
    if (!solver)
        timing_fail("%s", err.message);
    return solver;
}

static struct solver *start(const char *name, const struct problem *problem, int rank)
{
    struct err err;
    struct solver *solver = make(name, problem, rank);
    if (solver_start(solver, problem->config.seed, RANDOM_RETRAIN_START, 0.1, &err) != ERR_NONE)
        timing_fail("%s", err.message);
    return solver;
}

/* ---- row 1: an outer iteration ---- */

static bool bench_iteration(const struct reference_pair *reference)
{
    double theirs[ROUNDS], ours[ROUNDS], ratio[ROUNDS];
    struct problem *problem = draw(3, N, SAMPLES_POPULATION, 7);
    struct solver *solver = start("paper", problem, K);
    for (int i = 0; i < ROUNDS; i++) {
        theirs[i] = reference_time(reference, "meta", 3, K, 150);
        ours[i] = timing_step(solver, 0.1);
        ratio[i] = theirs[i] / ours[i];
    }
    double median = timing_median(ratio, ROUNDS);
    printf("1  paper, an outer iteration       reference %10.3f ms   here %10.3f us   ratio %9.0f   (bar: 1000)\n",
           1e3 * timing_median(theirs, ROUNDS), 1e6 * timing_median(ours, ROUNDS), median);
    solver_free(solver);
    problem_free(problem);
    return median >= 1000;
}

/* ---- row 2: the figure that varies T ---- */

enum { METHODS = 2 };

/* The command, as a process of its own. */
static double figure_time(const char *program, const char *path)
{
    int status;
    fflush(stdout);
    double begin = timing_now();
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(nowhere, STDOUT_FILENO);
        execl(program, program, "reproduce", "vary-T", "--plot", path, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        timing_fail("the figure failed");
    return timing_now() - begin;
}

enum { KINDS = 3 * FIGURE_TASKS, TRIES = 8 };

/* Seconds a step of each kind takes the reference, where that is less than what is there. */
static void time_kinds(const struct reference_pair *reference, double seconds[KINDS])
{
    for (int i = 0; i < FIGURE_TASKS; i++) {
        int tasks = figure_tasks[i];
        int rank = tasks == 2 ? 3 * K : K;
        double *kind = seconds + (ptrdiff_t)3 * i;
        kind[0] = fmin(kind[0], reference_time(reference, "meta", tasks, K, 100));
        kind[1] = fmin(kind[1], reference_time(reference, "standard", tasks, K, 300));
        kind[2] = fmin(kind[2], reference_time(reference, "adapt", tasks, rank, 2000));
    }
}

/* Both sides at their best: the figure wants all cores, and whatever else runs on them would count against it alone. */
static bool bench_figure(const struct reference_pair *reference)
{
    const char *program = getenv("RANKSCOPE_PROGRAM");
    double seconds[KINDS], theirs = 0, ours = (double)INFINITY;
    char path[] = "/tmp/rankscope-figure-XXXXXX.svg";
    int file = mkstemps(path, (int)strlen(".svg"));
    if (file < 0 || program == NULL)
        timing_fail("cannot write into /tmp, or RANKSCOPE_PROGRAM is not set");
    close(file);
    for (int i = 0; i < KINDS; i++)
        seconds[i] = (double)INFINITY;
    for (int i = 0; i < ROUNDS; i++) {
        time_kinds(reference, seconds);
        for (int j = 0; j < TRIES; j++)
            ours = fmin(ours, figure_time(program, path));
    }
    unlink(path);
    for (int i = 0; i < KINDS; i++)
        theirs += SEEDS * seconds[i] * (i % 3 == 2 ? METHODS * ADAPT_STEPS : STEPS);
    printf("2  figure over T, start to picture reference %10.1f s*   here %10.3f s    ratio %9.0f   (bar: 1000)\n",
           theirs, ours, theirs / ours);
    printf("   * scaled up from 100 meta, 300 standard and 2000 fine-tuning steps for each T, without drawing samples "
           "or a picture;\n     both sides the least of %d rounds\n",
           ROUNDS);
    return theirs / ours >= 1000;
}

/* ---- row 3: the exact optimum ---- */

enum { MOST_STEPS = 200 };

/* Steps that newton takes to a loss of 1e-20, or, with `to_rest`, to its saying that it is at rest. */
static long count_steps(const struct problem *problem, struct measure *measure, bool to_rest)
{
    struct solver *solver = start("newton", problem, K);
    while (solver_steps(solver) < MOST_STEPS &&
           (to_rest || measure_train_loss(measure, &problem->retrain, solver_point(solver)) > 1e-20) &&
           solver_step(solver) == SOLVER_RUNNING)
        ;
    long steps = solver_steps(solver);
    solver_free(solver);
    return steps;
}

/* Seconds to make newton and to take so many steps. Drawing the start is not counted, nor is looking at the loss, as neither is
 * for the reference; *loss becomes what it is after the clock, if that is more. */
static double time_newton(const struct problem *problem, struct measure *measure, long steps, double *loss)
{
    struct err err;
    double begin = timing_now();
    struct solver *solver = make("newton", problem, K);
    double seconds = timing_now() - begin;
    if (solver_start(solver, problem->config.seed, RANDOM_RETRAIN_START, 0.1, &err) != ERR_NONE)
        timing_fail("%s", err.message);
    begin = timing_now();
    while (solver_steps(solver) < steps)
        solver_step(solver);
    seconds += timing_now() - begin;
    *loss = fmax(*loss, measure_train_loss(measure, &problem->retrain, solver_point(solver)));
    solver_free(solver);
    return seconds;
}

static bool bench_optimum(const struct reference_pair *reference)
{
    enum { STARTS = 101, TURNS = 3 * ROUNDS };
    double theirs[TURNS], ratio[TURNS], ours[TURNS], rest[TURNS], loss = 0, rest_loss = 0;
    struct problem *problem = draw(3, SAMPLES_POPULATION, SAMPLES_POPULATION, 7);
    struct err err;
    struct measure *measure = measure_new(problem, &err);
    if (!measure)
        timing_fail("%s", err.message);
    long steps = count_steps(problem, measure, false), steps_to_rest = count_steps(problem, measure, true);
    for (int i = 0; i < TURNS; i++) {
        double time[2][STARTS];
        theirs[i] = STEPS * reference_time(reference, "meta", 3, K, 60);
        for (int j = 0; j < STARTS; j++) {
            time[0][j] = time_newton(problem, measure, steps, &loss);
            time[1][j] = time_newton(problem, measure, steps_to_rest, &rest_loss);
        }
        ours[i] = timing_median(time[0], STARTS);
        rest[i] = timing_median(time[1], STARTS);
        ratio[i] = theirs[i] / ours[i];
    }
    double median = timing_median(ratio, TURNS);
    printf("3  newton to a loss of %-8.1e    reference %10.2f s    here %10.3f ms   ratio %9.0f   (bar: 100000)\n",
           loss, timing_median(theirs, TURNS), 1e3 * timing_median(ours, TURNS), median);
    printf("   %ld steps; after %ld it is at rest, at a loss of %.1e, in %.3f ms\n", steps, steps_to_rest, rest_loss,
           1e3 * timing_median(rest, TURNS));
    measure_free(measure);
    problem_free(problem);
    return median >= 100000 && loss <= 1e-20;
}

int main(void)
{
    linalg_set_threads(1);
    struct reference_pair reference;
    reference_pair_begin(&reference, &numpy);
    printf("%s on its OpenBLAS with one thread or all cores, whichever is faster, against Rankscope; d = %d, k = %d, T "
           "= 3, N = %d; medians of %d rounds\n",
           reference.alone.name, D, K, N, ROUNDS);
    bool kept = bench_iteration(&reference);
    kept = bench_figure(&reference) && kept;
    kept = bench_optimum(&reference) && kept;
    reference_pair_end(&reference);
    printf("bars: %s\n", kept ? "kept" : "MISSED");
    return kept ? 0 : 1;
}
