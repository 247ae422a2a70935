/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/bytes.h"
#include "run/curves.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* The curves of a kept run from a file: as they are, and as what right ones hold inside. What is taken must come back as it was. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct curve *curve_of(const struct curves *curves, int i)
{
    return &curves->history[i / SERIES_COUNT / STAGE_COUNT][i / SERIES_COUNT % STAGE_COUNT]->curve[i % SERIES_COUNT];
}

static int same(const struct curve *a, const struct curve *b)
{
    return a->count == b->count && a->span == b->span &&
           memcmp(a->bucket, b->bucket, a->count * sizeof *a->bucket) == 0;
}

static void check(const unsigned char *bytes, size_t size)
{
    struct err err;
    struct curves curves, again;
    size_t packed_size = 0;
    if (!curves_unpack(bytes, size, &curves, &err)) {
        struct view view = {.snapshot = NULL};
        for (int i = 0; i < METHOD_COUNT * STAGE_COUNT; i++)
            view.history[i / STAGE_COUNT][i % STAGE_COUNT] = curves.history[i / STAGE_COUNT][i % STAGE_COUNT];
        unsigned char *packed = curves_pack(&view, &packed_size, &err);
        if (packed && curves_unpack(packed, packed_size, &again, &err))
            abort();
        for (int i = 0; packed && i < METHOD_COUNT * STAGE_COUNT * SERIES_COUNT; i++)
            if (!same(curve_of(&again, i), curve_of(&curves, i)))
                abort();
        if (packed)
            curves_free(&again);
        free(packed);
    }
    curves_free(&curves);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uLongf bound = compressBound(size);
    unsigned char *packed = malloc(4 + bound);
    check(data, size);
    if (!packed || compress(packed + 4, &bound, data, size) != Z_OK)
        abort();
    bytes_put32(packed, (uint32_t)size);
    check(packed, 4 + bound);
    free(packed);
    return 0;
}
