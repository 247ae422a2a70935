/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/curves.h"

#include "run/bytes.h"
#include "run/key.h"
#include "support/trace.h"
#include "support/view_sample.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

static void curves_come_back_to_the_last_bit(void **state)
{
    (void)state;
    struct err err;
    size_t size = 0;
    struct config config = trace_config(9000);
    config.adapt.solver = ADAPT_PAPER;
    config.adapt.steps = 40;
    struct trace *trace = trace_new(&config);
    trace_steps(trace, LONG_MAX, experiment_step);
    struct view view = trace_view(trace);
    unsigned char *bytes = curves_pack(&view, &size, &err);
    assert_non_null(bytes);
    assert_true(size < CURVES_SIZE_MAX);
    struct curves curves;
    assert_int_equal(curves_unpack(bytes, size, &curves, &err), ERR_NONE);
    for (int i = 0; i < METHOD_COUNT * STAGE_COUNT; i++)
        for (int series = 0; series < SERIES_COUNT; series++) {
            const struct curve *want = &view.history[i / STAGE_COUNT][i % STAGE_COUNT]->curve[series];
            const struct curve *got = &curves.history[i / STAGE_COUNT][i % STAGE_COUNT]->curve[series];
            assert_int_equal(got->count, want->count);
            assert_int_equal(got->span, want->span);
            assert_memory_equal(got->bucket, want->bucket, want->count * sizeof *want->bucket);
        }
    curves_free(&curves);
    free(bytes);
    trace_free(trace);
}

/* Packs what was changed in the plain bytes of good ones. */
static unsigned char *repack(const unsigned char *bytes, size_t size, size_t at, unsigned char value, long longer,
                             size_t *packed_size)
{
    uLongf length = bytes_get32(bytes), bound;
    unsigned char *plain = calloc(1, length + 100);
    assert_non_null(plain);
    assert_int_equal(uncompress(plain, &length, bytes + 4, size - 4), Z_OK);
    plain[at] = value;
    length = (uLongf)((long)length + longer);
    bound = compressBound(length);
    unsigned char *packed = malloc(4 + bound);
    assert_non_null(packed);
    assert_int_equal(compress(packed + 4, &bound, plain, length), Z_OK);
    bytes_put32(packed, (uint32_t)length);
    *packed_size = 4 + bound;
    free(plain);
    return packed;
}

static void damage_is_refused(void **state)
{
    (void)state;
    struct err err;
    size_t size = 0, packed_size = 0;
    struct config config;
    struct curves curves;
    config_default(&config);
    config.retrain.steps = 50;
    struct view_sample *sample = view_sample_new(&config);
    struct view view = view_sample_view(sample);
    unsigned char *bytes = curves_pack(&view, &size, &err);
    for (size_t cut = 0; cut < size; cut += cut < 40 ? 1 : 97) {
        assert_int_equal(curves_unpack(bytes, cut, &curves, &err), ERR_INPUT);
        curves_free(&curves);
    }
    static const struct {
        size_t at;
        unsigned char value;
        long longer;
        const char *said;
    } table[] = {
        {0, 9, 0, "another version"},        {4, 3, 0, "another version"},
        {16, 0, 0, "longer than any"},    /* a span of 0 */
        {25, 0xff, 0, "longer than any"}, /* of many buckets */
        {28, 5, 0, "a value is none"},    /* ends before it begins */
        {35, 0x80, 0, "a value is none"}, /* a step below 0 */
        {51, 0x7f, 0, "a value is none"}, /* a minimum above the maximum */
        {0, 1, 40, "go on after their end"}, {0, 1, -40, "they are cut"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        unsigned char *packed = repack(bytes, size, table[i].at, table[i].value, table[i].longer, &packed_size);
        assert_int_equal(curves_unpack(packed, packed_size, &curves, &err), ERR_INPUT);
        if (!strstr(err.message, table[i].said))
            fail_msg("%zu: %s", i, err.message);
        curves_free(&curves);
        free(packed);
    }
    free(bytes);
    view_sample_free(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_come_back_to_the_last_bit),
        cmocka_unit_test(damage_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
