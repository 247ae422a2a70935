/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ENCODER_ADAPTER_H
#define RANKSCOPE_MODEL_ENCODER_ADAPTER_H

#include "base/err.h"
#include "model/encoder/shape.h"
#include "model/encoder/tensors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one task has of its own, whatever scheme of parameter-efficient adaptation it follows: a head always, and what
 * the scheme adds to the encoder's linear maps. A scheme is a row of adapter_table; encoder, optimizer, files and
 * screens know no scheme by name.
 *
 *   head   the last layer only: nothing is added
 *   lora   W x becomes W x + (alpha / rank) B A drop(x) on all six linear maps of every layer (Hu et al., 2022)
 *   full   a base of its own, trained whole */

/* The linear maps of a layer. */
enum encoder_map { MAP_QUERY, MAP_KEY, MAP_VALUE, MAP_ATTENTION, MAP_INTERMEDIATE, MAP_OUTPUT, ENCODER_MAPS };

struct adapter_settings {
    int rank;     /* lora: 1 to the width */
    double alpha; /* lora: 16 is usual */
};

struct adapter {
    const struct adapter_method *method;
    struct encoder_shape shape;
    int rank;             /* 0: none */
    float scale;          /* alpha / rank */
    struct tensors *head; /* encoder_head_new; trained */
    struct tensors *maps; /* what is added to the maps; trained; NULL: nothing. lora: for each layer and map
                             "….lora_A" (rank × in) and "….lora_B" (out × rank), A before B */
    struct tensors *base; /* of its own, trained; NULL: the common base is used, frozen or trained as that is */
};

struct adapter_site; /* of site.h: one map of one layer in one pass */

/* One scheme. What follows `start` is NULL where nothing is added to the maps. */
struct adapter_method {
    const char *name, *title;
    bool ranked; /* settings count */
    bool own_base;
    /* Names and shapes of `maps` into list (or only counted where list is NULL). */
    int (*layout)(const struct encoder_shape *shape, int rank, struct tensor *list);
    /* Starting values of `maps`, such that the model is what it was without. */
    enum err_code (*start)(struct adapter *adapter, uint64_t seed, int task, struct err *err);
    /* For rows first … first + rows − 1 of what the map reads (x: rows × in): adds to what it gives (y, `stride`
     * apart); adds to the gradient of x (dx: rows × in) what comes of that of y (dy). scratch: rows × in. */
    void (*forward)(const struct adapter_site *site, int first, int rows, const float *x, float *y, int stride,
                    float *scratch);
    void (*back)(const struct adapter_site *site, int first, int rows, const float *dy, int stride, float *dx,
                 float *scratch);
    /* Adds to the gradients of `maps`, for all rows at once; `back` has been called for all of them. scratch:
     * SITE_ROWS × in. */
    void (*learn)(const struct adapter_site *site, int rows, const float *x, const float *dy, int stride,
                  float *scratch);
};
extern const struct adapter_method adapter_table[];
extern const int adapter_table_count;
const struct adapter_method *adapter_find(const char *name); /* NULL: there is none */

/* A fresh adapter for task `task`: A ~ Kaiming uniform, as PEFT has it (±1 / √in), B zero, the head ~ N(0, 0.02²)
 * with biases 0, drawn from streams of (seed, task), so that no task's start depends on another's. `base` is copied
 * by schemes that have one of their own. NULL: ERR_INPUT (rank), ERR_MEMORY. */
struct adapter *adapter_new(const struct adapter_method *method, const struct encoder_shape *shape,
                            const struct adapter_settings *settings, const struct tensors *base, uint64_t seed,
                            int task, struct err *err);
void adapter_free(struct adapter *adapter); /* NULL is allowed */

/* The adapter's sets, for optimizers and files: head, maps, base, those that are there. Returns how many. */
enum { ADAPTER_SETS = 3 };
int adapter_sets(const struct adapter *adapter, struct tensors *sets[ADAPTER_SETS]);

/* A and B of a map of a layer, for lora; false for schemes that have none. Matrices are rank × in and out × rank. */
bool adapter_factors(const struct adapter *adapter, int layer, enum encoder_map map, const float **a, const float **b);

#endif
