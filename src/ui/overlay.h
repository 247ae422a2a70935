/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_OVERLAY_H
#define RANKSCOPE_UI_OVERLAY_H

#include "ui/lab_state.h"

/* What the lab shows instead of the charts: the scenario menu, or the run as a line of text. */

/* Scenarios that match the menu's filter: how many, and the entry of the n-th (NULL: there is none). */
size_t overlay_menu_count(const struct lab *lab);
const struct scenario_entry *overlay_menu_entry(const struct lab *lab, size_t n);

bool overlay_is_open(const struct lab *lab);
bool overlay_hides_panel(const struct lab *lab); /* there is no room for the parameters beside it */
struct rect overlay_menu_area(const struct lab *lab);
enum { OVERLAY_MENU_HEAD = 2 };               /* rows of the menu above the first scenario */
int overlay_menu_rows(const struct lab *lab); /* scenarios that are seen at once */

void overlay_draw(const struct lab *lab, struct grid *grid);

#endif
