/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_CHILD_H
#define RANKSCOPE_TESTS_SUPPORT_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* What must not be done to the test itself, limits and rights, is done in a process of its own. */

/* Runs `action` in a child. It returns "" where all is well, else what is wrong, which fails the test. `action` must not use
 * cmocka, whose failures jump. */
void child_run(const char *(*action)(void *context), void *context);

/* The same without waiting; child_wait then takes its exit status, or −N where signal N killed it. */
pid_t child_start(const char *(*action)(void *context), void *context);
int child_wait(pid_t child);

/* Gives all of root's rights up but those of owning files: permissions then count. */
void child_drop_rights(void);

#endif
