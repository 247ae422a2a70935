/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_DESCENT_STATE_H
#define RANKSCOPE_MODEL_DESCENT_STATE_H

#include "model/descent.h"
#include "model/thin.h"

#include <stdbool.h>

/* What descent's own files share: descent_layout.c makes it, descent.c steps it. */

enum { DESCENT_LANES = 64, DESCENT_BLOCK = 256 }; /* rows of a product or of the base that are done at once */

/* A thread's own. */
struct descent_lane {
    double *fixed;          /* sides × packed: M_t */
    double *error;          /* d × d: A less an anchor; NULL in population */
    double *slope;          /* d × d: M_t; NULL in population */
    double *left_gradient;  /* rank × padded */
    double *right_gradient; /* rank × padded */
    double *gram;           /* rank × rank */
};

/* The adapters are kept transposed as well, each row padded to whole panels: long vectors whatever the rank. Packed is
 * as in thin.h, and `sides` says that a packed matrix comes twice: symmetric adapters need M + M^T alone; general ones
 * need M^T for U's gradient and then M for V's. */
struct descent {
    const struct thin_kernel *kernel;
    const struct moments *moments;
    size_t d;
    size_t padded; /* d in whole panels */
    size_t rank;
    size_t tasks;
    size_t sides;
    size_t factor; /* rank × padded */
    size_t packed; /* d × padded */

    double *mean_anchor;     /* d × d: W̄ */
    double *mean_covariance; /* d × d: S̄; NULL in population */
    double *mean_residual;   /* d × d: D̄; NULL in population */
    double *anchor;          /* T × sides × packed: W°_t; NULL with samples and where the setup is sparing */
    double *covariance;      /* T × packed: S_t; NULL in population */

    double *base; /* sides × packed: A; NULL where anchor is */
    struct descent_lane lane[DESCENT_LANES];
    int lanes;

    double *left;        /* T × rank × padded: U_t^T */
    double *right;       /* T × rank × padded: V_t^T; the same as left when symmetric */
    double *weighted;    /* T × rank × padded: (S_t V_t)^T; the same as right in population */
    double *base_slope;  /* d × d: (A − W̄) S̄ − D̄ */
    bool slope_late;     /* base_slope is a lane's memory, and found only when the base moves */
    double *squares;     /* of the base one step on, block by block */
    double *base_step;   /* d × padded: Σ_t U_t (S_t V_t)^T, then the base one step on */
    double *saved_left;  /* T × d × rank: where the phase began */
    double *saved_right; /* T × d × rank */

    bool keeps_base;   /* M_t is worth keeping: one task and a frozen base */
    double *kept_base; /* d × d: for which `fixed` was computed */
    bool kept;
};

/* Packs a matrix as `sides` says. */
void descent_pack(const struct descent *descent, const double *matrix, double *packed);

#endif
