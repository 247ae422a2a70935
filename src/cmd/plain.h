/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_PLAIN_H
#define RANKSCOPE_CMD_PLAIN_H

#include "cmd/headless.h"
#include "cmd/interrupt.h"
#include "cmd/plain_input.h"
#include "cmd/sweeps.h"
#include "run/recorder.h"
#include "run/scenario.h"

/* The plain mode: a run told in sentences, line by line, for screen readers and for scripts. Commands (ui/command.h) come in on standard
 * input, and what they come to goes out on standard output, each answer ending with the line "Ready.". A command is done before the
 * next line is looked at; only `pause` is heard at once. Nothing moves the cursor, nothing has a colour, lines have at most 80 columns.
 *
 * The loop is split so that another subject can drive it: plain_perform does one line, plain_say tells something. */

struct plain {
    struct config config; /* of the run as it is, or will be begun */
    struct journal way;   /* where the run goes when it is begun */
    struct headless run;
    struct recorder recorder;
    bool begun;   /* the run is there */
    bool stale;   /* its snapshot is of an earlier step */
    long goal;    /* steps that are to be taken still; LONG_MAX: all there are */
    int64_t told; /* clock_now() when something was said last */
    struct sweeps sweeps;
    struct scenario_list scenarios;
    struct plain_input input;
    struct interrupt interrupt;
    bool ascii;   /* the locale can show nothing else */
    bool waiting; /* a person was told that a line is done later */
    bool quit;
    bool deaf; /* nobody reads what is said */
};

/* ---- plain_command.c ---- */

enum err_code plain_perform(struct plain *plain, const char *line, struct err *err);

/* ---- plain_run.c ---- */

/* The run as it is at this moment, begun if it was not. ERR_MEMORY, ERR_MATH. */
enum err_code plain_view(struct plain *plain, struct view *view, struct err *err);

/* Takes steps until there are none left, they are as many as were asked for, or it is paused, and tells of it. */
enum err_code plain_run(struct plain *plain, long steps, struct err *err);
enum err_code plain_phase(struct plain *plain, struct err *err); /* one phase of a step */
enum err_code plain_adapt(struct plain *plain, struct err *err); /* ends retraining here */

/* Takes a config over that config_check accepts: in mid-run where only live keys changed, else the run begins again. */
enum err_code plain_adopt(struct plain *plain, const struct config *config, bool live, struct err *err);
void plain_reset(struct plain *plain);

/* A pause is asked for, or a signal came; waits for it no longer than so many milliseconds, or until the descriptor (−1: none) is
 * readable. */
bool plain_called_off(struct plain *plain, int milliseconds, int descriptor);

/* ---- plain_sweep.c ---- */

/* Sweeps the run's scenario over one axis or two and tells every cell. */
enum err_code plain_sweep(struct plain *plain, const char *first, const char *second, struct err *err);

/* ---- plain_say.c ---- */

/* Text in lines of at most 80 columns, broken at blanks. */
void plain_say(struct plain *plain, const char *format, ...) __attribute__((format(printf, 2, 3)));
void plain_flush(struct plain *plain);
bool plain_is_silent(const struct plain *plain); /* for so long that a person wonders */

#endif
