/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_DIALOGUE_LIVE_FIGURE_H
#define RANKSCOPE_PLOT_DIALOGUE_LIVE_FIGURE_H

#include "dialogue/view.h"
#include "plot/figures.h"

/* Figures of a struct dialogue_view: held-out hit@1 by epoch of retraining with 95% intervals; the losses by epoch; the
 * singular values of the base's movement, layer by layer; and hit@1 on new personas by epoch of adapting, with
 * intervals too. */
extern const struct figures figures_of_dialogue_live;

/* A number that grows whenever the figures have become other ones. */
long dialogue_live_figure_moment(const struct dialogue_view *view);

#endif
