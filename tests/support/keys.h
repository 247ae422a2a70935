/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_KEYS_H
#define RANKSCOPE_TESTS_SUPPORT_KEYS_H

#include "ui/keymap.h"

/* All bindings of a screen, its own and those of every screen; returns how many. */
int keys_of(const struct keymap *keymap, const struct binding *binding[KEYMAP_LINES]);

/* "shown", blanks, "help" as the help and the docs have it, with `before` and `after` around it. */
void keys_line(const struct binding *binding, char text[128], const char *before, const char *after);

#endif
