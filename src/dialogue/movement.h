/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_MOVEMENT_H
#define RANKSCOPE_DIALOGUE_MOVEMENT_H

#include "dialogue/view.h"
#include "model/encoder/shape.h"
#include "model/encoder/tensors.h"

#include <stdbool.h>

/* How far, and in how many directions, retraining has moved a base from where it began. */
struct movement;
struct movement *movement_new(const struct encoder_shape *shape); /* NULL: out of memory */
void movement_free(struct movement *movement);                    /* NULL is allowed */

/* Fills in the layers' singular values. False: a decomposition did not converge. Nothing is allocated. */
bool movement_measure(struct movement *movement, const struct tensors *from, const struct tensors *to,
                      struct dialogue_view_layer layer[VIEW_LAYERS], int *layers);

#endif
