/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ENCODER_SITE_H
#define RANKSCOPE_MODEL_ENCODER_SITE_H

#include "model/encoder/adapter.h"
#include "model/encoder/kernel.h"

/* What an adapter's scheme is told of the map that it adds to, in a pass. */

enum { SITE_ROWS = 256 }; /* the most rows of a block */

struct adapter_site {
    const struct adapter *adapter;
    const struct encoder_kernel *kernel;
    int layer, in, out;
    enum encoder_map map;
    struct drop drop; /* of what the adapter reads; number r · in + c is row r's column c */
    float *kept;      /* rows × adapter->rank: from forward to learn */
    float *back;      /* rows × adapter->rank: from back to learn */
};

/* Shape of a map. */
int encoder_map_in(const struct encoder_shape *shape, enum encoder_map map);
int encoder_map_out(const struct encoder_shape *shape, enum encoder_map map);

#endif
