/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/timing.h"

#include "base/clock.h"
#include "model/linalg.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { GEMM_SIZE = 768, READ_SIZE = 1 << 24, MOST_THREADS = 64 };

struct timing_machine {
    double *a, *b, *c; /* GEMM_SIZE² */
    double *large;     /* READ_SIZE */
};

_Noreturn void timing_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

double timing_now(void)
{
    return (double)clock_now() / CLOCK_SECOND;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

double timing_median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return values[count / 2];
}

double timing_quantile(double *values, int count, double part)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return values[(int)(part * (count - 1) + 0.5)];
}

double timing_step(struct solver *solver, double least)
{
    long steps = 0;
    double start = timing_now();
    double elapsed;
    do {
        solver_step(solver);
        steps++;
        elapsed = timing_now() - start;
    } while (elapsed < least);
    return elapsed / (double)steps;
}

static double *filled(size_t count)
{
    double *x = malloc(count * sizeof *x);
    if (!x)
        timing_fail("no memory to measure the machine");
    for (size_t i = 0; i < count; i++)
        x[i] = 1.0 / (double)(i + 2);
    return x;
}

struct timing_machine *timing_machine_new(void)
{
    struct timing_machine *machine = malloc(sizeof *machine);
    if (!machine)
        timing_fail("no memory to measure the machine");
    size_t square = (size_t)GEMM_SIZE * GEMM_SIZE;
    *machine = (struct timing_machine){filled(square), filled(square), filled(square), filled(READ_SIZE)};
    return machine;
}

void timing_machine_free(struct timing_machine *machine)
{
    free(machine->a);
    free(machine->b);
    free(machine->c);
    free(machine->large);
    free(machine);
}

double timing_operation(const struct timing_machine *machine)
{
    double start = timing_now();
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, GEMM_SIZE, GEMM_SIZE, GEMM_SIZE, 1.0, machine->a, machine->b, 0.0,
                machine->c);
    return (timing_now() - start) / (2.0 * GEMM_SIZE * GEMM_SIZE * GEMM_SIZE);
}

struct share {
    const double *x;
    size_t count;
    double sum;
};

static void *read_share(void *argument)
{
    struct share *share = argument;
    share->sum = linalg_dot(share->count / 2, share->x, share->x + share->count / 2);
    return NULL;
}

double timing_byte(const struct timing_machine *machine, int threads)
{
    struct share share[MOST_THREADS];
    pthread_t thread[MOST_THREADS];
    threads = threads < MOST_THREADS ? threads : MOST_THREADS;
    double start = timing_now();
    for (int i = 0; i < threads; i++) {
        size_t count = READ_SIZE / (size_t)threads;
        share[i] = (struct share){.x = machine->large + (size_t)i * count, .count = count};
        if (i > 0 && pthread_create(&thread[i], NULL, read_share, &share[i]) != 0)
            timing_fail("no thread to measure the machine");
    }
    read_share(&share[0]);
    for (int i = 1; i < threads; i++)
        pthread_join(thread[i], NULL);
    return (timing_now() - start) / (READ_SIZE * sizeof(double));
}
