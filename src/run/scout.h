/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_SCOUT_H
#define RANKSCOPE_RUN_SCOUT_H

#include "run/survey.h"

/* Surveys on a thread of their own, for a thread that must not wait. All functions are for the thread that made it, and none but scout_free
 * waits. */
struct scout;

struct scout *
scout_new(struct err *err);          /* NULL: ERR_MEMORY, also where there is no thread, or ERR_IO: no descriptor */
void scout_end(struct scout *scout); /* no more is wanted; scout_ended tells when scout_free will not wait */
bool scout_ended(const struct scout *scout);
void scout_free(struct scout *scout); /* NULL is allowed */

/* Asks for a survey; one that waits is forgotten for it. `urgent`: one that is being made is given up, else it is finished first. */
void scout_ask(struct scout *scout, const struct survey_request *request, bool urgent);
bool scout_busy(struct scout *scout); /* something that was asked for has not been answered */

/* The newest answer that was not taken yet: true. err->code: why there is none, and *survey is not to be used. */
bool scout_take(struct scout *scout, struct survey *survey, struct err *err);

int scout_descriptor(const struct scout *scout); /* polls readable when scout_take has something; that makes it quiet */

#endif
