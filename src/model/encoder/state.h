/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ENCODER_STATE_H
#define RANKSCOPE_MODEL_ENCODER_STATE_H

#include "model/encoder/encoder.h"
#include "model/encoder/kernel.h"
#include "model/encoder/layout.h"
#include "model/encoder/site.h"

#include <stdbool.h>

/* The inside of an encoder. In shapes, N is the batch's tokens, w the width, f the intermediate, and R a layer's
 * rows: the tokens whose output is wanted. That is all of them, but in the last layer often few (the first of each
 * sequence, or those to be guessed), and everything but keys and values is computed for these alone. */

/* What a layer's forward pass leaves for the backward pass. */
struct layer_memory {
    float *query;              /* R × w */
    float *keyvalue;           /* N × 2w: keys, then values */
    float *context;            /* R × w: what attention gives */
    float *hat1, *inverse1;    /* R × w, R */
    float *middle;             /* R × w: after the first norm */
    float *active;             /* R × f: after gelu */
    float *slope;              /* R × f: gelu's */
    float *hat2, *inverse2;    /* R × w, R */
    float *output;             /* R × w */
    float *kept[ENCODER_MAPS]; /* R × rank, N × rank for keys and values */
};

/* Gradients by what they are of; of one layer at a time. */
struct gradients {
    float *output;             /* N × w: of a layer's output, then in place of its input's rows */
    float *rows;               /* R × w: the same where R < N */
    float *branch2, *branch1;  /* R × w: of what the maps OUTPUT and ATTENTION give */
    float *active;             /* R × f: of what INTERMEDIATE gives */
    float *context;            /* R × w */
    float *query;              /* R × w */
    float *keyvalue;           /* N × 2w */
    float *back[ENCODER_MAPS]; /* as layer_memory.kept */
    float *partial;            /* blocks × 4w: sums of both norms' weights and shifts, of each block of rows */
};

struct head_memory {
    float *input;          /* S × w: first tokens, dropped */
    float *dense;          /* S × w: after tanh */
    float *dropped;        /* S × w: the same, dropped */
    float *logits;         /* S × labels */
    float *part_logits;    /* of the present part, in logits */
    float *logit_gradient; /* S × labels */
    float *gradient;       /* S × w */
};

/* A batch that does not fit at once goes through in parts. */
struct part_memory {
    struct batch batch;
    struct encoder_pass pass;
    struct encoder_dropout dropout;
    int *start; /* S + 1 */
};

struct guess_memory {
    float *dense;         /* M × w: after gelu; then the gradient of what gelu had */
    float *slope;         /* M × w */
    float *hat, *inverse; /* M × w, M */
    float *normed;        /* M × w */
    float *logits;        /* M × vocabulary, then their gradient */
    float *losses;        /* M */
    float *gradient;      /* M × w */
};

struct lane_memory {
    float *scratch;   /* SITE_ROWS × max(w, f) */
    float *scores[3]; /* longest × its stride: of attention; only the first where nothing is learned */
};

/* Work that makes gradients of parameters; jobs touch different ones. */
struct encoder_job {
    void (*run)(struct encoder *encoder, const struct encoder_job *job, int lane);
    int layer, which, first, count;
};

struct encoder {
    struct encoder_shape shape;
    struct encoder_limits limits;
    struct pool *pool;
    const struct encoder_kernel *kernel;
    struct arena *arena;
    int longest;

    float *embedded, *hat0, *inverse0; /* N × w, N × w, N */
    struct layer_memory *layer;        /* layers; where nothing is learned they share memory */
    struct gradients gradient;
    struct head_memory head;
    struct part_memory part;
    struct guess_memory guess;
    struct lane_memory *lane; /* pool_lanes */
    struct encoder_job *jobs;
    int *position;  /* N: of each token */
    int *place;     /* R: tokens whose output is wanted */
    int *row_start; /* S + 1: where each sequence's rows begin */
    float *chosen;  /* R × w: the last layer's input where it is wanted */

    /* the present pass */
    const struct encoder_pass *pass;
    struct tensors *base;
    const struct adapter *maps; /* NULL: nothing is added to the maps */
    int rows;                   /* R of the last layer */
    bool few;                   /* it is less than N */
    bool learns;
    double operations;
};

/* Stride of a square of attention scores for n tokens. */
int encoder_score_stride(int tokens);

/* Blocks that rows are divided into, whatever the number of threads: how many, and the i-th. */
struct block {
    int first, rows;
    size_t at; /* of its first number in a matrix of width w */
};
int encoder_blocks(int rows);
struct block encoder_block(const struct encoder *encoder, int rows, int i);

/* The base's values, and gradient, of a layer's tensor `which` of layout.h; and of a map. */
const float *encoder_value(const struct encoder *encoder, int layer, int which);
float *encoder_gradient(const struct encoder *encoder, int layer, int which);
int encoder_map_tensor(enum encoder_map map);

/* R of a layer; what its query and its residual read; and where its rows' outputs are. */
bool encoder_is_few(const struct encoder *encoder, int layer);
int encoder_rows(const struct encoder *encoder, int layer);
const float *encoder_input(const struct encoder *encoder, int layer); /* N × w */
const float *encoder_row_input(const struct encoder *encoder, int layer);

/* Which numbers are dropped at a place in a layer: a map's adapter, or one of these; embeddings are layer −1. */
enum {
    SITE_ATTENTION = ENCODER_MAPS,
    SITE_MIDDLE,
    SITE_OUTPUT,
    SITE_EMBEDDING,
    SITE_HEAD_INPUT,
    SITE_HEAD_DENSE,
    SITES
};
struct drop encoder_drop(const struct encoder *encoder, double probability, int layer, int site, int index);
struct drop encoder_hidden_drop(const struct encoder *encoder, int layer, int site);

/* The adapter's site of a map; false: nothing is added there. */
bool encoder_site(const struct encoder *encoder, int layer, enum encoder_map map, struct adapter_site *site);

/* Begins a pass: what is wanted are the tokens `place` (count, ascending) or, where that is NULL, all. */
void encoder_begin(struct encoder *encoder, const struct encoder_pass *pass, const int *place, int count, bool learns);
void encoder_first_tokens(struct encoder *encoder, const struct batch *batch); /* into place */

void encoder_run_forward(struct encoder *encoder);
const float *encoder_last(const struct encoder *encoder); /* R × w: the last layer's output */
void encoder_attention_forward(struct encoder *encoder, int layer);
void encoder_attention_back(struct encoder *encoder, int layer);

/* Goes back from gradient.output or, where few are wanted, gradient.rows. */
void encoder_run_back(struct encoder *encoder);
float *encoder_last_gradient(const struct encoder *encoder);
void encoder_learn_layer(struct encoder *encoder, int layer);
void encoder_learn_embeddings(struct encoder *encoder);
int encoder_jobs_most(const struct encoder_shape *shape);

#endif
