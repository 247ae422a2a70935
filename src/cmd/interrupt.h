/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_INTERRUPT_H
#define RANKSCOPE_CMD_INTERRUPT_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>

/* Signals that end a command which runs long (SIGINT, SIGTERM) wait while it runs, and are asked for where nothing is cut in half:
 * no flag is needed. */
enum { INTERRUPT_SIGNALS = 2 };

struct interrupt {
    sigset_t before, awaited;
    struct sigaction action[INTERRUPT_SIGNALS];
};

/* From here on they wait. What is ignored (as nohup and a shell's & have it) stays ignored. Threads that are made later hold them back
 * too. */
void interrupt_begin(struct interrupt *interrupt);

bool interrupt_came(const struct interrupt *interrupt); /* takes one that waits */

/* poll, which one of them ends. */
int interrupt_poll(const struct interrupt *interrupt, struct pollfd *descriptor, nfds_t count, int milliseconds);

/* As it was before; what still waits is let go. */
void interrupt_end(const struct interrupt *interrupt);

#endif
