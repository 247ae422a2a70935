/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_REFERENCE_PROCESS_H
#define RANKSCOPE_TESTS_SUPPORT_REFERENCE_PROCESS_H

#include <stdio.h>
#include <sys/types.h>

/* What benchmarks compare Rankscope with: a Python script at the other end of pipes. It says its name first, and then
 * answers every line with one. Whatever goes wrong ends the benchmark with a message. */

enum { REFERENCE_ARGUMENTS = 3 };

struct reference_setup {
    const char *script;                   /* below tests/bench */
    const char *package;                  /* Debian's, without which it does not start */
    char *arguments[REFERENCE_ARGUMENTS]; /* up to the first NULL */
};

enum reference_threads {
    REFERENCE_ALL_THREADS, /* as many as it takes by itself, as its user would find it */
    REFERENCE_ONE_THREAD
};

struct reference_process {
    FILE *questions, *answers;
    pid_t process;
    char name[64];
};

void reference_process_begin(struct reference_process *process, const struct reference_setup *setup,
                             enum reference_threads threads);

/* Asks a line, printf-like and without its end. The answer's first number; the second one into *second, unless NULL. */
double reference_process_ask(const struct reference_process *process, double *second, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void reference_process_end(struct reference_process *process);

/* The same script twice, on one thread and on all: small products may go slower on more threads, and where other
 * programs take some cores, the one is several times as fast as the other. So the better one counts. */
struct reference_pair {
    struct reference_process alone, shared;
};

void reference_pair_begin(struct reference_pair *pair, const struct reference_setup *setup);

/* Seconds, the fewer of both. */
double reference_pair_time(const struct reference_pair *pair, const char *question);

void reference_pair_end(struct reference_pair *pair);

#endif
