/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/bytes.h"
#include "run/safetensors.h"
#include "run/safetensors_state.h"

#include <float.h>
#include <math.h>

enum { PART = 1 << 13, NUMBER_MAX = 8 };

/* IEEE 754's half precision: one sign, five bits of exponent, ten of fraction. */
static double half_value(uint16_t half)
{
    int exponent = half >> 10 & 31, fraction = half & 1023;
    double sign = half >> 15 ? -1 : 1;
    if (exponent == 31)
        return fraction ? (double)NAN : sign * (double)INFINITY;
    return sign * (exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24));
}

/* The upper half of a float. */
static double brain_value(const unsigned char *bytes)
{
    unsigned char whole[4] = {0, 0, bytes[0], bytes[1]};
    return bytes_get_float(whole);
}

static double number(enum safetensors_kind kind, const unsigned char *bytes)
{
    switch (kind) {
    case SAFETENSORS_F64:
        return bytes_get_double(bytes);
    case SAFETENSORS_F32:
        return bytes_get_float(bytes);
    case SAFETENSORS_F16:
        return half_value(bytes_get16(bytes));
    default:
        return brain_value(bytes);
    }
}

static enum err_code wrong_kind(const struct safetensors *file, int i, const char *wanted, struct err *err)
{
    const struct safetensors_entry *entry = safetensors_entry(file, i);
    return err_set(err, ERR_INPUT, "%s: tensor %s: its numbers are %s, and wanted are %s", safetensors_path(file),
                   entry->name, safetensors_kind_name(entry->kind), wanted);
}

static enum err_code wrong_number(const struct safetensors *file, int i, uint64_t at, double value, const char *what,
                                  struct err *err)
{
    return err_set(err, ERR_INPUT, "%s: tensor %s: number %ju, %g, %s", safetensors_path(file),
                   safetensors_entry(file, i)->name, (uintmax_t)at + 1, value, what);
}

/* Either of the two is where the numbers go. */
static enum err_code read_reals(struct safetensors *file, int i, float *floats, double *doubles, struct err *err)
{
    unsigned char bytes[PART * NUMBER_MAX];
    const struct safetensors_entry *entry = safetensors_entry(file, i);
    if (entry->kind > SAFETENSORS_BF16)
        return wrong_kind(file, i, "F32, F16, BF16 or F64", err);
    size_t size = safetensors_kind_size(entry->kind);
    for (uint64_t at = 0; at < entry->count; at += PART) {
        size_t count = entry->count - at < PART ? (size_t)(entry->count - at) : PART;
        enum err_code code = safetensors_read_part(file, i, at, count, bytes, err);
        if (code)
            return code;
        for (size_t j = 0; j < count; j++) {
            double value = number(entry->kind, bytes + j * size);
            if (!isfinite(value))
                return wrong_number(file, i, at + j, value, "is not finite", err);
            if (floats && fabs(value) > (double)FLT_MAX)
                return wrong_number(file, i, at + j, value, "is larger than any float", err);
            if (floats)
                floats[at + j] = (float)value;
            else
                doubles[at + j] = value;
        }
    }
    return ERR_NONE;
}

enum err_code safetensors_read_floats(struct safetensors *file, int i, float *values, struct err *err)
{
    return read_reals(file, i, values, NULL, err);
}

enum err_code safetensors_read_doubles(struct safetensors *file, int i, double *values, struct err *err)
{
    return read_reals(file, i, NULL, values, err);
}

static int64_t whole_number(enum safetensors_kind kind, const unsigned char *bytes)
{
    switch (kind) {
    case SAFETENSORS_I64:
        return (int64_t)bytes_get64(bytes);
    case SAFETENSORS_I32:
        return (int32_t)bytes_get32(bytes);
    default:
        return bytes[0];
    }
}

enum err_code safetensors_read_integers(struct safetensors *file, int i, int64_t *values, struct err *err)
{
    unsigned char bytes[PART * NUMBER_MAX];
    const struct safetensors_entry *entry = safetensors_entry(file, i);
    if (entry->kind != SAFETENSORS_I64 && entry->kind != SAFETENSORS_I32 && entry->kind != SAFETENSORS_U8)
        return wrong_kind(file, i, "I64, I32 or U8", err);
    size_t size = safetensors_kind_size(entry->kind);
    for (uint64_t at = 0; at < entry->count; at += PART) {
        size_t count = entry->count - at < PART ? (size_t)(entry->count - at) : PART;
        enum err_code code = safetensors_read_part(file, i, at, count, bytes, err);
        if (code)
            return code;
        for (size_t j = 0; j < count; j++)
            values[at + j] = whole_number(entry->kind, bytes + j * size);
    }
    return ERR_NONE;
}
