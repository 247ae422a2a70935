/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/movement.h"

#include "model/linalg.h"

#include <stdio.h>
#include <stdlib.h>

static const double share = 0.9; /* of the squared movement */

static const char *const maps[] = {"attention.self.query", "attention.self.key", "attention.self.value",
                                   "attention.output.dense", "intermediate.dense"};
enum { MAPS = sizeof maps / sizeof *maps };

struct movement {
    struct encoder_shape shape;
    struct linalg_svd *svd;
    double *stacked; /* (4 × width + intermediate) × width */
    double *value;   /* width */
};

static int rows_of(const struct encoder_shape *shape)
{
    return (MAPS - 1) * shape->width + shape->intermediate;
}

struct movement *movement_new(const struct encoder_shape *shape)
{
    struct movement *movement = calloc(1, sizeof *movement);
    if (movement == NULL)
        return NULL;
    movement->shape = *shape;
    movement->svd = linalg_svd_new(rows_of(shape), shape->width);
    movement->stacked = calloc((size_t)rows_of(shape) * (size_t)shape->width, sizeof *movement->stacked);
    movement->value = calloc((size_t)shape->width, sizeof *movement->value);
    if (movement->svd != NULL && movement->stacked != NULL && movement->value != NULL)
        return movement;
    movement_free(movement);
    return NULL;
}

void movement_free(struct movement *movement)
{
    if (movement == NULL)
        return;
    linalg_svd_free(movement->svd);
    free(movement->stacked);
    free(movement->value);
    free(movement);
}

/* The fewest singular values that hold the share. */
static int rank_of(const double *value, int count)
{
    double all = 0;
    for (int i = 0; i < count; i++)
        all += value[i] * value[i];
    double sum = 0;
    int rank = 0;
    while (all > 0 && rank < count && sum < share * all) {
        sum += value[rank] * value[rank];
        rank++;
    }
    return rank;
}

bool movement_measure(struct movement *movement, const struct tensors *from, const struct tensors *to,
                      struct dialogue_view_layer layer[VIEW_LAYERS], int *layers)
{
    const struct encoder_shape *shape = &movement->shape;
    *layers = shape->layers < VIEW_LAYERS ? shape->layers : VIEW_LAYERS;
    for (int i = 0; i < *layers; i++) {
        double *put = movement->stacked;
        for (int map = 0; map < MAPS; map++) {
            char name[TENSOR_NAME_SIZE];
            snprintf(name, sizeof name, "encoder.layer.%d.%s.weight", i, maps[map]);
            int index = tensors_find(to, name);
            if (index < 0)
                return false;
            const float *before = tensors_at(from, index);
            const float *after = tensors_at(to, index);
            for (size_t j = 0; j < tensors_length(&to->of[index]); j++)
                *put++ = (double)after[j] - (double)before[j];
        }
        if (!linalg_svd(movement->svd, rows_of(shape), shape->width, movement->stacked, movement->value, NULL, NULL))
            return false;
        layer[i].values = shape->width < VIEW_VALUES ? shape->width : VIEW_VALUES;
        layer[i].rank = rank_of(movement->value, shape->width);
        for (int j = 0; j < layer[i].values; j++)
            layer[i].value[j] = movement->value[j];
    }
    return true;
}
