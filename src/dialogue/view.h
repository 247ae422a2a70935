/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_VIEW_H
#define RANKSCOPE_DIALOGUE_VIEW_H

#include <stdint.h>

/* Everything that a screen shows of two retrainings side by side and what follows: plain data, of one moment. */

enum dialogue_stage {
    DIALOGUE_PRETRAINING,
    DIALOGUE_RETRAINING,
    DIALOGUE_ADAPTING,
    DIALOGUE_DONE,
    DIALOGUE_FAILED, /* `why` */
};

enum {
    VIEW_METHODS = 2, /* standard and meta, as in enum training_kind */
    VIEW_EPOCHS = 64,
    VIEW_LAYERS = 12,
    VIEW_VALUES = 64,
    VIEW_CANDIDATES = 40,
    VIEW_SAID = 6,
    VIEW_TEXT = 96
};

struct dialogue_view_epoch {
    double training_loss, loss; /* held-out */
    int hits, count;
};

/* The singular values of a layer's movement: the change of its maps that read the layer's width (query, key, value, the attention's
 * output and the intermediate one), one above the other. */
struct dialogue_view_layer {
    int values;                /* how many, descending */
    double value[VIEW_VALUES]; /* of the largest */
    int rank;                  /* the fewest that hold 90% of the squared movement; 0: it has not moved */
};

struct dialogue_view_method {
    long step, steps;
    double loss;   /* newest step's; NAN before the first */
    double tokens; /* a second, while it trains; NAN: not known yet */
    int diverged;
    int epochs; /* of retraining that ended */
    struct dialogue_view_epoch epoch[VIEW_EPOCHS];
    int layers;
    struct dialogue_view_layer layer[VIEW_LAYERS];
    int adapted; /* unseen personas so far */
    int adapt_epochs;
    struct dialogue_view_epoch adapt[VIEW_EPOCHS]; /* sums of hits and counts over them */
    double score[VIEW_CANDIDATES];                 /* of the turn's candidates; NAN: not yet */
};

struct dialogue_view_turn {
    int number, turns; /* of the held-out ones, from 0; 0 turns: none yet */
    int persona;       /* its number in the file, from 1 */
    int said;          /* what was said before and is answered, newest last */
    char text[VIEW_SAID][VIEW_TEXT];
    int candidates, right;
    char candidate[VIEW_CANDIDATES][VIEW_TEXT];
};

struct dialogue_view {
    enum dialogue_stage stage;
    char why[512];
    long step, steps; /* of pretraining */
    double loss;
    int rank;   /* of the adapters in adapting */
    int unseen; /* personas to adapt to */
    double chance;
    struct dialogue_view_method method[VIEW_METHODS];
    struct dialogue_view_turn turn;
};

#endif
