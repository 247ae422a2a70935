/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_BASE_TEXT_H
#define RANKSCOPE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Text that comes from outside, made fit for a terminal; all of it UTF-8. */

/* Decodes the character at `text`, which has `size` bytes: its length in bytes, or 0 where they are no UTF-8 (overlong
 * forms, surrogates and cut characters are none). */
size_t text_decode(const char *text, size_t size, uint32_t *rune);

/* The UTF-8 of a character, without a terminating NUL: its length in bytes. */
enum { TEXT_RUNE_SIZE = 4 };
size_t text_encode(uint32_t rune, char bytes[TEXT_RUNE_SIZE]);

/* False for what moves the cursor, breaks a line or turns the direction of writing: a terminal must not get it from
 * a file. */
bool text_printable(uint32_t rune);

/* Puts '?' for every byte that is no UTF-8 and every character that is not printable, in place. */
void text_clean(char *text);

/* Copies `text` cut to the first characters that fit TEXT_CLIP_SIZE, with "…" where it was cut. */
enum { TEXT_CLIP_SIZE = 64 };
void text_clip(char clip[TEXT_CLIP_SIZE], const char *text);

/* Writes text in lines of at most `columns` characters, broken at blanks, and ends the last one. A newline in it ends a
 * line, several blanks are one, and a longer word has a line of its own. */
void text_write_wrapped(FILE *stream, const char *text, int columns);

/* The fewest digits that strtod reads back to the same bits; "nan", "inf", "-inf". */
enum { TEXT_REAL_SIZE = 32 };
void text_format_real(char text[TEXT_REAL_SIZE], double value);

/* Guesses which word was meant. Begin with {.word = …}, offer the candidates, and read `best`: NULL when none is
 * near, which is a quarter of its letters, and always one, typed wrong, missing, added or swapped. */
struct text_guess {
    const char *word;
    const char *best;
    int distance; /* of best */
};
void text_guess_offer(struct text_guess *guess, const char *candidate);

#endif
