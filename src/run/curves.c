/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/curves.h"

#include "run/bytes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Inside, before compression, all little-endian: the format's number (4 bytes), how many methods, stages and series there are (4 each);
 * then for each of these, in that order of nesting, span (8), count (4), and its buckets: step, last_step (8 each), min, max, last
 * (doubles). In front of the compressed bytes stands how many they were (4). */

enum { FORMAT = 1, HEAD = 16, CURVE_HEAD = 12, BUCKET = 40, LENGTH = 4 };
enum { CURVES = METHOD_COUNT * STAGE_COUNT * SERIES_COUNT };
enum { TEXT_MAX = HEAD + CURVES * (CURVE_HEAD + HISTORY_BUCKETS * BUCKET) };

static const struct curve *curve_of(const struct view *view, int index)
{
    const struct history *history =
        view->history[index / SERIES_COUNT / STAGE_COUNT][index / SERIES_COUNT % STAGE_COUNT];
    return &history->curve[index % SERIES_COUNT];
}

static unsigned char *put_curve(unsigned char *to, const struct curve *curve)
{
    bytes_put64(to, (uint64_t)curve->span);
    bytes_put32(to + 8, (uint32_t)curve->count);
    to += CURVE_HEAD;
    for (size_t i = 0; i < curve->count; i++, to += BUCKET) {
        const struct bucket *bucket = &curve->bucket[i];
        bytes_put64(to, (uint64_t)bucket->step);
        bytes_put64(to + 8, (uint64_t)bucket->last_step);
        bytes_put_double(to + 16, bucket->min);
        bytes_put_double(to + 24, bucket->max);
        bytes_put_double(to + 32, bucket->last);
    }
    return to;
}

unsigned char *curves_pack(const struct view *view, size_t *size, struct err *err)
{
    size_t length = HEAD;
    for (int i = 0; i < CURVES; i++)
        length += CURVE_HEAD + curve_of(view, i)->count * BUCKET;
    uLongf bound = compressBound(length);
    unsigned char *plain = malloc(length), *packed = malloc(LENGTH + bound);
    if (plain && packed) {
        unsigned char *to = plain + HEAD;
        bytes_put32(plain, FORMAT);
        bytes_put32(plain + 4, METHOD_COUNT);
        bytes_put32(plain + 8, STAGE_COUNT);
        bytes_put32(plain + 12, SERIES_COUNT);
        for (int i = 0; i < CURVES; i++)
            to = put_curve(to, curve_of(view, i));
        bytes_put32(packed, (uint32_t)length);
        if (compress2(packed + LENGTH, &bound, plain, length, Z_BEST_SPEED) == Z_OK) {
            free(plain);
            *size = LENGTH + bound;
            return packed;
        }
    }
    free(plain);
    free(packed);
    err_set(err, ERR_MEMORY, "no memory to keep the run's curves");
    return NULL;
}

/* ---- reading ---- */

static enum err_code refuse(struct err *err, const char *why)
{
    return err_set(err, ERR_INPUT, "the run's curves are damaged: %s", why);
}

static bool take_bucket(const unsigned char *from, const struct curve *curve, struct bucket *bucket)
{
    uint64_t step = bytes_get64(from), last = bytes_get64(from + 8);
    *bucket = (struct bucket){.step = (long)step,
                              .last_step = (long)last,
                              .min = bytes_get_double(from + 16),
                              .max = bytes_get_double(from + 24),
                              .last = bytes_get_double(from + 32)};
    bool ordered = curve->count == 0 || bucket->step > curve->bucket[curve->count - 1].last_step;
    bool finite = isfinite(bucket->min) && isfinite(bucket->max) && isfinite(bucket->last);
    return step <= INT64_MAX && last <= INT64_MAX && step <= last && ordered && finite && bucket->min <= bucket->max;
}

/* Moves *from on. */
static enum err_code take_curve(const unsigned char **from, const unsigned char *end, struct curve *curve,
                                struct err *err)
{
    if (end - *from < CURVE_HEAD)
        return refuse(err, "they are cut");
    uint64_t span = bytes_get64(*from);
    uint32_t count = bytes_get32(*from + 8);
    *from += CURVE_HEAD;
    if (span < 1 || span > INT64_MAX || count > HISTORY_BUCKETS)
        return refuse(err, "one is longer than any is");
    if ((size_t)(end - *from) < (size_t)count * BUCKET)
        return refuse(err, "they are cut");
    curve->span = (long)span;
    for (curve->count = 0; curve->count < count; curve->count++, *from += BUCKET)
        if (!take_bucket(*from, curve, &curve->bucket[curve->count]))
            return refuse(err, "a value is none");
    return ERR_NONE;
}

static enum err_code take_all(const unsigned char *plain, size_t size, struct curves *curves, struct err *err)
{
    const unsigned char *from = plain + HEAD, *end = plain + size;
    bool same = size >= HEAD && bytes_get32(plain) == FORMAT && bytes_get32(plain + 4) == METHOD_COUNT &&
                bytes_get32(plain + 8) == STAGE_COUNT && bytes_get32(plain + 12) == SERIES_COUNT;
    if (!same)
        return refuse(err, "they are of another version");
    for (int i = 0; i < CURVES; i++) {
        struct history *history = curves->history[i / SERIES_COUNT / STAGE_COUNT][i / SERIES_COUNT % STAGE_COUNT];
        enum err_code code = take_curve(&from, end, &history->curve[i % SERIES_COUNT], err);
        if (code)
            return code;
    }
    return from == end ? ERR_NONE : refuse(err, "they go on after their end");
}

enum err_code curves_unpack(const unsigned char *bytes, size_t size, struct curves *curves, struct err *err)
{
    *curves = (struct curves){.history = {{NULL}}};
    for (int i = 0; i < METHOD_COUNT * STAGE_COUNT; i++) {
        curves->history[i / STAGE_COUNT][i % STAGE_COUNT] = history_new();
        if (!curves->history[i / STAGE_COUNT][i % STAGE_COUNT])
            return err_set(err, ERR_MEMORY, "no memory for the run's curves");
    }
    uLongf length = size >= LENGTH ? bytes_get32(bytes) : 0;
    if (length < HEAD || length > TEXT_MAX || size > CURVES_SIZE_MAX)
        return refuse(err, "they have no size that curves have");
    unsigned char *plain = malloc(length);
    if (!plain)
        return err_set(err, ERR_MEMORY, "no memory for the run's curves");
    uLongf got = length;
    enum err_code code = uncompress(plain, &got, bytes + LENGTH, size - LENGTH) == Z_OK && got == length
                             ? take_all(plain, length, curves, err)
                             : refuse(err, "they cannot be unpacked");
    free(plain);
    return code;
}

void curves_free(struct curves *curves)
{
    for (int i = 0; i < METHOD_COUNT * STAGE_COUNT; i++)
        history_free(curves->history[i / STAGE_COUNT][i % STAGE_COUNT]);
    *curves = (struct curves){.history = {{NULL}}};
}
