/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_REPRODUCE_H
#define RANKSCOPE_SWEEP_REPRODUCE_H

#include "base/err.h"
#include "model/config.h"
#include "model/method.h"
#include "model/problem.h"

#include <stddef.h>

/* The paper's figures with their published settings: the unseen task's loss while it is fine-tuned, after standard
 * retraining and after meta, for a few values of one parameter and several draws of each; and what exact solvers make
 * of the same draws. Those of networks have medians, and no exact solvers. */

enum { REPRODUCE_VALUES = 4, REPRODUCE_POINTS = 61, REPRODUCE_CURVES = 10, REPRODUCE_RUNS = 1000 };

/* A row of the table: one figure. */
struct reproduce_info {
    const char *name;  /* "vary-T" */
    const char *title; /* "Number of retraining tasks" */
    const char *key;   /* of the parameter, as in scenarios: "problem.tasks" */
    const char *symbol;
    int count;
    int value[REPRODUCE_VALUES];
    int adapt_steps;
    bool network;
};
extern const struct reproduce_info reproduce_table[];
extern const int reproduce_count;
int reproduce_find(const char *name); /* row whose name is `name`, or −1 */

struct reproduce_request {
    int figure; /* row of reproduce_table */
    int runs;   /* draws of each value, 1 … REPRODUCE_RUNS; see reproduce_usual_runs */
    uint64_t seed;
    bool as_published; /* standard retraining with the reference code's frozen random adapters in its forward pass */
    int threads;       /* 0: as many as there are cores */
    int steps, adapt_steps; /* of retraining and of fine-tuning; 0: as published */
};

/* The settings of one value, all keys. */
void reproduce_config(const struct reproduce_request *request, int value, struct config *config);

/* One curve of the figure: a value, a method, the rank of the adapter in fine-tuning. */
struct reproduce_curve {
    int value; /* index */
    int method;
    int rank;
};

/* Of one run of one curve. Losses are paper_loss, risks excess_risk, of the unseen task. Of networks both are the
 * mean squared error without noise, and there is nothing exact (NAN). */
struct reproduce_outcome {
    double loss[REPRODUCE_POINTS]; /* while the published algorithm fine-tunes, at reproduce_step */
    double risk;                   /* at its end */
    double exact_loss, exact_risk; /* the same task, retrained and fine-tuned to the least losses of the data */
};

/* What is said of the runs of one curve. */
struct reproduce_summary {
    double centre; /* the mean, of networks the median: reproduce_centre_name */
    double least, greatest;
};
const char *reproduce_centre_name(const struct reproduce_info *info);
int reproduce_usual_runs(int figure);

struct reproduction {
    struct reproduce_request request;
    const struct reproduce_info *info;
    int curves;
    struct reproduce_curve curve[REPRODUCE_CURVES];
    struct reproduce_outcome *outcome; /* curves × runs */
    struct problem **drawn; /* while it is computed: of each run, where all values share what is drawn; else NULL */
};

/* A figure whose draws are still to be computed. The caller frees it. NULL: *err says why. */
struct reproduction *reproduce_new(const struct reproduce_request *request, struct err *err);
void reproduce_free(struct reproduction *reproduction); /* NULL is allowed */

/* Draws of all values together, and those that are best computed at a time: all, or of networks one a thread. */
int reproduce_draws(const struct reproduction *reproduction);
int reproduce_batch(const struct reproduction *reproduction);

/* Computes draws `from` … `from + count − 1`, shared by threads; the same numbers on any number of them. */
enum err_code reproduce_compute(struct reproduction *reproduction, int from, int count, struct err *err);

/* Fine-tuning step of a point: 0 … REPRODUCE_POINTS − 1, closer at first. */
long reproduce_step(const struct reproduction *reproduction, int point);
int reproduce_steps(const struct reproduction *reproduction); /* of the last point */

/* Measures of an outcome. */
enum reproduce_measure { REPRODUCE_LOSS, REPRODUCE_RISK, REPRODUCE_EXACT_LOSS, REPRODUCE_EXACT_RISK };

/* Over the runs; `point` is of REPRODUCE_LOSS alone. */
struct reproduce_summary reproduce_summary(const struct reproduction *reproduction, int curve,
                                           enum reproduce_measure measure, int point);

/* Quotients of centres over the runs of paper_loss at the end, for one value and rank. */
struct reproduce_gap {
    double published, exact; /* what standard retraining leaves, in units of what meta leaves */
    double standard, meta;   /* what the published algorithm leaves, in units of what exact solvers leave */
};
struct reproduce_gap reproduce_gap(const struct reproduction *reproduction, int value, int rank);

/* Ranks of the adapters of a value's curves, from the least; returns how many. */
enum { REPRODUCE_RANKS = 2 };
int reproduce_ranks(const struct reproduction *reproduction, int value, int rank[REPRODUCE_RANKS]);

#endif
