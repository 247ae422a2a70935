/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_NUMBER_H
#define RANKSCOPE_TESTS_SUPPORT_NUMBER_H

/* The next number in *text, which then stands behind it; what is no number is passed over. Fails the test where there
 * is none. */
double number_next(const char **text);

#endif
