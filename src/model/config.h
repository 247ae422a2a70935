/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_CONFIG_H
#define RANKSCOPE_MODEL_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

/* Everything that determines an experiment, as plain values. The same config gives the same numbers to the last
 * bit. Which values are allowed is said in one place, run/key.h. */

enum { SAMPLES_POPULATION = 0 }; /* a number of samples that stands for infinitely many */

enum problem_truth {
    TRUTH_PSD,       /* R = U U^T */
    TRUTH_SYMMETRIC, /* R = U D U^T, D diagonal with random signs */
    TRUTH_GENERAL,   /* R = U V^T */
};

enum adapter_shape {
    ADAPTER_SYMMETRIC, /* U U^T */
    ADAPTER_GENERAL,   /* U V^T */
};

enum problem_kind {
    PROBLEM_LINEAR,  /* y = W x */
    PROBLEM_NETWORK, /* y = cᵀ sigmoid(W x): two layers, trained on their samples by AdamW */
};

/* Where the tasks are from. */
enum problem_source {
    PROBLEM_DRAWN,          /* drawn at random by these values */
    PROBLEM_GIVEN,          /* arrays from outside: rank, truth and noise say nothing of them, nor does the theory */
    PROBLEM_GIVEN_ADAPTERS, /* the same, and their true adapters are known: rank and truth hold */
    PROBLEM_GIVEN_TRUTH,    /* the same, and A* is known too */
};

struct problem_config {
    enum problem_source source;
    enum problem_kind kind;
    int dimension; /* d */
    int rank;      /* k, of each task's true adapter */
    int tasks;     /* T, retraining tasks; the unseen task is one more */
    enum problem_truth truth;
    int samples;  /* N per retraining task, or SAMPLES_POPULATION */
    double noise; /* standard deviation of the noise on y */
    uint64_t seed;
};

struct retrain_config {
    unsigned methods; /* bit i set: row i of method_table takes part */
    enum adapter_shape adapter;
    int rank;   /* of each task's adapter in training */
    int solver; /* row of solver_table */
    int steps;
    int inner_steps;   /* m, adapter steps in one outer iteration */
    double inner_rate; /* of the adapters */
    double outer_rate; /* of the base */
    double init_scale; /* standard deviation of the adapters' first values; 0 starts at the saddle */
};

enum adapt_solver {
    ADAPT_EXACT, /* in closed form */
    ADAPT_PAPER, /* gradient descent on both factors */
};

struct adapt_config {
    int samples; /* n of the unseen task, or SAMPLES_POPULATION */
    int rank;    /* of its adapter */
    enum adapt_solver solver;
    int steps;        /* of gradient descent */
    double rate;      /* of gradient descent */
    double tolerance; /* the share of ‖W*‖²_F below which a risk counts as none */
};

struct config {
    char title[80];
    struct problem_config problem;
    struct retrain_config retrain;
    struct adapt_config adapt;
};

#endif
