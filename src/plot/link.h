/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_LINK_H
#define RANKSCOPE_PLOT_LINK_H

#include "base/err.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

/* A conversation with one gnuplot: whole frames go in, one at a time, each answered before the next is sent; of those
 * that come meanwhile only the newest is kept. Nothing blocks. */
struct link;

enum { LINK_WORD_SIZE = 32 };

/* What a call of link_service has found. */
struct link_report {
    bool ended;     /* gnuplot is gone, or did not answer, or was not bearable, and is reaped: why is in `text` */
    bool answered;  /* the frame in flight was answered */
    bool closed;    /* it printed LINK_CLOSED: the person closed the window */
    char text[256]; /* ended, or what gnuplot did not like about the frame; else empty */
    char word[LINK_WORD_SIZE]; /* answered: what it printed after LINK_WORD last; else empty */
};

#define LINK_CLOSED "CLOSED"
#define LINK_WORD   "WORD "

/* Starts a gnuplot. An answer that takes longer than `patience` milliseconds is too late. NULL: *err says why. */
struct link *link_new(int patience, struct err *err);
void link_free(struct link *link);    /* NULL is allowed; bounded, see gnuplot.h */
void link_hang_up(struct link *link); /* begins the end: no more frames, and gnuplot may go */
void link_kill(struct link *link);    /* at once */

/* Sends commands, or keeps them until the frame in flight is answered. Takes `text` (from malloc) over. False: out of
 * memory. */
bool link_offer(struct link *link, char *text, size_t size);
bool link_idle(const struct link *link); /* an offer would be sent at once */

int link_poll(const struct link *link, struct pollfd *descriptors); /* at most LINK_POLL_MAX; how many */
enum { LINK_POLL_MAX = 3 };
int link_timeout(const struct link *link); /* milliseconds until link_service must be called; −1: never */
void link_service(struct link *link, struct link_report *report);

#endif
