/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_PROGRAM_H
#define RANKSCOPE_TESTS_SUPPORT_PROGRAM_H

#include <stddef.h>

/* The program under test (RANKSCOPE_PROGRAM), run as a person would from a shell. */

struct program_result {
    int status;   /* exit status; −N: killed by signal N */
    char *output; /* standard output; empty where it went elsewhere */
    size_t output_size;
    char *errors; /* standard error */
};

/* Runs /bin/sh on a command line in which $RANKSCOPE is the program, printf-like. Standard input is empty. Fails the
 * test if that cannot be done. Free with program_free. */
struct program_result program_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
void program_free(struct program_result *result);

/* How many times slower than a release build this one is; 1 where nobody said. */
int program_slowness(void);

#endif
