/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_RUNE_H
#define RANKSCOPE_UI_RUNE_H

#include <stdbool.h>
#include <stdint.h>

/* Characters one at a time, independent of the locale. */

/* The code point at *text (UTF-8, not at its end), which moves on. A byte that begins no well-formed, shortest
 * sequence gives U+FFFD and is passed over alone. */
uint32_t rune_decode(const char **text);

/* Whether a terminal shows it in exactly one column: no control, combining, invisible or wide character. Characters
 * that are wide in East Asian fonts only (● ▲ …) count as narrow. */
bool rune_is_narrow(uint32_t rune);

/* A superscript: digits, sign, T. */
bool rune_is_raised(uint32_t rune);

/* How it is spelt in ASCII; "?" for what has no well-known spelling. */
enum { RUNE_SPELLING_MAX = 8 };
const char *rune_ascii(uint32_t rune);

#endif
