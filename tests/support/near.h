/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_NEAR_H
#define RANKSCOPE_TESTS_SUPPORT_NEAR_H

/* Fails the test unless |got − want| ≤ tolerance; NaN is near nothing. cmocka's own goes through float. */
#define assert_near(got, want, tolerance) near_check(#got, got, want, tolerance, __FILE__, __LINE__)

void near_check(const char *text, double got, double want, double tolerance, const char *file, int line);

#endif
