/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_BYTES_H
#define RANKSCOPE_RUN_BYTES_H

#include <stdint.h>

/* Little-endian numbers in a file's bytes, on any machine. */
uint16_t bytes_get16(const unsigned char *bytes);
uint32_t bytes_get32(const unsigned char *bytes);
uint64_t bytes_get64(const unsigned char *bytes);
double bytes_get_float(const unsigned char *bytes);  /* IEEE 754, 4 bytes */
double bytes_get_double(const unsigned char *bytes); /* 8 bytes */

void bytes_put16(unsigned char *bytes, uint16_t value);
void bytes_put32(unsigned char *bytes, uint32_t value);
void bytes_put64(unsigned char *bytes, uint64_t value);
void bytes_put_double(unsigned char *bytes, double value);

#endif
