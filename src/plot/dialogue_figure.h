/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_DIALOGUE_FIGURE_H
#define RANKSCOPE_PLOT_DIALOGUE_FIGURE_H

#include "dialogue/study.h"
#include "plot/figures.h"

/* Figures of a struct study, each method with its own colour and marker: hit@1 after adapting, by scheme; held-out hit@1 by epoch of
 * retraining; and by epoch of adapting, by the scheme of the highest rank. */
extern const struct figures figures_of_dialogue;

#endif
