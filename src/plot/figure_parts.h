/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_FIGURE_PARTS_H
#define RANKSCOPE_PLOT_FIGURE_PARTS_H

#include "plot/panel.h"

/* The figures one by one; figure.c has the table. The panel's stream, view and name are set. */
void figure_write_loss(struct panel *panel);
void figure_write_recovery(struct panel *panel);
void figure_write_spectrum(struct panel *panel);
void figure_write_adaptation(struct panel *panel);

#endif
