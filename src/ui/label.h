/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_LABEL_H
#define RANKSCOPE_UI_LABEL_H

#include "ui/grid.h"

#include <stdint.h>

/* Numbers and markers as charts write them. */
enum { LABEL_SIZE = 48 };

/* 10 to a whole power: "10⁻³", in ASCII "1e-3". */
void label_power(char text[LABEL_SIZE], enum glyphs glyphs, int exponent);

/* A value with at most `digits` significant digits and no needless characters: "0", "0.05", "120", "2.4e-9". */
void label_number(char text[LABEL_SIZE], double value, int digits);

/* A number of steps: whole, from 10,000 on with k, M or G: "3000", "12k", "1.5M". */
void label_count(char text[LABEL_SIZE], double count);

/* The marker of a row of method_table. */
uint32_t label_marker(int method, enum glyphs glyphs);

/* The same shape, hollow: for what is measured otherwise than the line that it stands on. */
uint32_t label_hollow_marker(int method, enum glyphs glyphs);

#endif
