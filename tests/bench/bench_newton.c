/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linalg.h"
#include "model/measure.h"
#include "model/random.h"
#include "support/timing.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The solver newton from U ~ N(0, 0.1²) in population: on how many of some draws it gets to a loss of 1e-20, what it says
 * of the others, its steps, and its milliseconds (medians, from the first step to the last). Exit status 1: it said that
 * it converged where it had not, or the other way round. */

enum { SEEDS = 20, MOST_STEPS = 200 };

static const double bar = 1e-20;

struct size {
    int dimension, rank, tasks, seeds;
};

static const struct size sizes[] = {{10, 1, 3, SEEDS},  {20, 2, 3, SEEDS},  {64, 4, 3, SEEDS}, {64, 4, 8, SEEDS},
                                    {128, 4, 8, SEEDS}, {256, 8, 8, SEEDS}, {3, 1, 3, 200},    {4, 2, 3, 200},
                                    {6, 2, 3, 200},     {8, 2, 3, 200},     {6, 2, 5, 200}};

struct tally {
    int reached, ends[SOLVER_DIVERGED + 1], lies;
    double steps[200], milliseconds[200];
};

static void run(const struct size *size, enum adapter_shape shape, uint64_t seed, struct tally *tally)
{
    struct problem_config config = {.dimension = size->dimension,
                                    .rank = size->rank,
                                    .tasks = size->tasks,
                                    .truth = shape == ADAPTER_SYMMETRIC ? TRUTH_PSD : TRUTH_GENERAL,
                                    .samples = SAMPLES_POPULATION,
                                    .seed = seed};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, NULL);
    struct measure *measure = problem ? measure_new(problem, NULL) : NULL;
    struct solver_setup setup = {0};
    struct solver *solver = NULL;
    if (measure) {
        setup = (struct solver_setup){.moments = &problem->retrain, .rank = size->rank, .shape = shape};
        solver = solver_new(&solver_table[solver_find("newton")], &setup, NULL);
    }
    if (!solver || solver_start(solver, seed, RANDOM_RETRAIN_START, 0.1, NULL))
        timing_fail("out of memory");
    double begun = timing_now();
    while (solver_steps(solver) < MOST_STEPS && solver_step(solver) == SOLVER_RUNNING)
        ;
    double ended = timing_now();
    bool reached = measure_train_loss(measure, &problem->retrain, solver_point(solver)) <= bar;
    tally->ends[solver_status(solver)]++;
    tally->lies += reached != (solver_status(solver) == SOLVER_CONVERGED);
    if (reached) {
        tally->steps[tally->reached] = (double)solver_steps(solver);
        tally->milliseconds[tally->reached++] = 1e3 * (ended - begun);
    }
    solver_free(solver);
    measure_free(measure);
    problem_free(problem);
}

int main(void)
{
    gsl_set_error_handler_off();
    linalg_set_threads(1);
    int lies = 0;
    printf("%5s %4s %3s  %-9s  %9s  %7s  %9s  %7s  %8s  %12s\n", "d", "k", "T", "adapters", "reached", "stalled",
           "unbounded", "running", "steps", "milliseconds");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int shape = ADAPTER_SYMMETRIC; shape <= ADAPTER_GENERAL; shape++) {
            struct tally tally = {0};
            for (int seed = 1; seed <= sizes[i].seeds; seed++)
                run(&sizes[i], (enum adapter_shape)shape, (uint64_t)seed, &tally);
            printf("%5d %4d %3d  %-9s  %5d/%-3d  %7d  %9d  %7d  %8.0f  %12.3g\n", sizes[i].dimension, sizes[i].rank,
                   sizes[i].tasks, shape == ADAPTER_SYMMETRIC ? "symmetric" : "general", tally.reached, sizes[i].seeds,
                   tally.ends[SOLVER_STALLED], tally.ends[SOLVER_UNBOUNDED], tally.ends[SOLVER_RUNNING],
                   timing_median(tally.steps, tally.reached), timing_median(tally.milliseconds, tally.reached));
            fflush(stdout);
            lies += tally.lies;
        }
    if (lies > 0)
        printf("newton said the wrong thing of its end %d times\n", lies);
    return lies > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
