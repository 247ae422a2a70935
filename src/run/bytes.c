/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/bytes.h"

#include <string.h>

uint16_t bytes_get16(const unsigned char *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

uint32_t bytes_get32(const unsigned char *bytes)
{
    return bytes_get16(bytes) | (uint32_t)bytes_get16(bytes + 2) << 16;
}

uint64_t bytes_get64(const unsigned char *bytes)
{
    return bytes_get32(bytes) | (uint64_t)bytes_get32(bytes + 4) << 32;
}

double bytes_get_float(const unsigned char *bytes)
{
    uint32_t bits = bytes_get32(bytes);
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

double bytes_get_double(const unsigned char *bytes)
{
    uint64_t bits = bytes_get64(bytes);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void bytes_put16(unsigned char *bytes, uint16_t value)
{
    bytes[0] = (unsigned char)value;
    bytes[1] = (unsigned char)(value >> 8);
}

void bytes_put32(unsigned char *bytes, uint32_t value)
{
    bytes_put16(bytes, (uint16_t)value);
    bytes_put16(bytes + 2, (uint16_t)(value >> 16));
}

void bytes_put64(unsigned char *bytes, uint64_t value)
{
    bytes_put32(bytes, (uint32_t)value);
    bytes_put32(bytes + 4, (uint32_t)(value >> 32));
}

void bytes_put_double(unsigned char *bytes, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bytes_put64(bytes, bits);
}
