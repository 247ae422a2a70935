/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_OVERLAY_H
#define RANKSCOPE_UI_OVERLAY_H

#include "ui/lab_state.h"

/* What the lab shows on top of the charts: the scenario menu and the help, both in a frame in the middle. */

/* Scenarios that match the menu's filter: how many, and the entry of the n-th (NULL: there is none). */
size_t overlay_menu_count(const struct lab *lab);
const struct scenario_entry *overlay_menu_entry(const struct lab *lab, size_t n);

struct rect overlay_menu_area(const struct lab *lab); /* with its frame; the first line inside is the filter */
int overlay_menu_rows(const struct lab *lab);         /* scenarios that are seen at once */

struct rect overlay_help_area(const struct lab *lab); /* with its frame */
int overlay_help_lines(const struct lab *lab);        /* lines of the whole help */

void overlay_draw(const struct lab *lab, struct grid *grid);

#endif
