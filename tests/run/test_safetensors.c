/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/safetensors.h"

#include "base/file.h"
#include "run/bytes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What we write and read again, what others write, and what nobody should have written. */

static char path[512];

static int set_up(void **state)
{
    const char *temporary = getenv("TMPDIR");
    (void)state;
    snprintf(path, sizeof path, "%s/test-%ld.safetensors", temporary ? temporary : "/tmp", (long)getpid());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

/* A file with this header and these bytes behind it. */
static void put(const char *header, const void *data, size_t size)
{
    char bytes[4096];
    size_t length = strlen(header);
    struct err err;
    assert_true(8 + length + size < sizeof bytes);
    bytes_put64((unsigned char *)bytes, length);
    memcpy(bytes + 8, header, length + 1);
    if (size)
        memcpy(bytes + 8 + length, data, size);
    assert_int_equal(file_write(path, bytes, 8 + length + size, &err), ERR_NONE);
}

static struct safetensors *opened(void)
{
    struct safetensors *file;
    struct err err;
    if (safetensors_open(&file, path, &err))
        fail_msg("%s", err.message);
    return file;
}

static void check_message(enum err_code code, const struct err *err, const char *words)
{
    assert_int_equal(code, ERR_INPUT);
    if (!strstr(err->message, words) || !strstr(err->message, path))
        fail_msg("'%s' does not say '%s'", err->message, words);
}

static void refused(const char *header, size_t size, const char *words)
{
    static const char zeros[64];
    struct safetensors *file;
    struct err err;
    put(header, zeros, size);
    check_message(safetensors_open(&file, path, &err), &err, words);
}

static void written_and_read(void **state)
{
    (void)state;
    const float floats[] = {1.5F, -2.385F, 0, 3e38F, -1e-40F, 7};
    const double doubles[] = {2.385};
    const int64_t wide[] = {INT64_MIN, 5, INT64_MAX};
    const int32_t narrow[] = {-7, 8};
    const unsigned char bytes[] = {0, 200};
    const struct safetensors_field fields[] = {
        {"a.b", SAFETENSORS_F32, 2, {2, 3}, floats}, {"scalar", SAFETENSORS_F64, 0, {0}, doubles},
        {"wide", SAFETENSORS_I64, 1, {3}, wide},     {"narrow", SAFETENSORS_I32, 2, {1, 2}, narrow},
        {"bytes", SAFETENSORS_U8, 1, {2}, bytes},    {"none", SAFETENSORS_F32, 2, {0, 5}, NULL}};
    const struct safetensors_note notes[] = {{"step", "17"}, {"what", "caf\xc3\xa9"}};
    struct err err;
    assert_int_equal(safetensors_write(path, fields, 6, notes, 2, &err), ERR_NONE);
    struct safetensors *file = opened();
    assert_int_equal(safetensors_count(file), 6);
    assert_string_equal(safetensors_metadata(file, "step"), "17");
    assert_string_equal(safetensors_metadata(file, "what"), "caf\xc3\xa9");
    assert_null(safetensors_metadata(file, "nothing"));
    float got[6];
    double real;
    int64_t whole[3];
    assert_int_equal(safetensors_read_floats(file, safetensors_find(file, "a.b"), got, &err), ERR_NONE);
    assert_memory_equal(got, floats, sizeof floats);
    assert_int_equal(safetensors_entry(file, safetensors_find(file, "a.b"))->shape[1], 3);
    assert_int_equal(safetensors_read_doubles(file, safetensors_find(file, "scalar"), &real, &err), ERR_NONE);
    assert_true(real == 2.385);
    assert_int_equal(safetensors_read_integers(file, safetensors_find(file, "wide"), whole, &err), ERR_NONE);
    assert_memory_equal(whole, wide, sizeof wide);
    assert_int_equal(safetensors_read_integers(file, safetensors_find(file, "narrow"), whole, &err), ERR_NONE);
    assert_true(whole[0] == -7 && whole[1] == 8);
    assert_int_equal(safetensors_read_integers(file, safetensors_find(file, "bytes"), whole, &err), ERR_NONE);
    assert_true(whole[0] == 0 && whole[1] == 200);
    assert_int_equal(safetensors_find(file, "a"), -1);
    check_message(safetensors_read_integers(file, safetensors_find(file, "a.b"), whole, &err), &err, "F32");
    check_message(safetensors_read_floats(file, safetensors_find(file, "wide"), got, &err), &err, "tensor wide");
    safetensors_close(file);
    assert_int_equal(safetensors_write("/nonexistent/x", fields, 6, NULL, 0, &err), ERR_IO);
}

/* Large enough for several parts. */
static void long_tensors(void **state)
{
    (void)state;
    enum { COUNT = 50001 };
    float *values = malloc(COUNT * sizeof *values), *got = malloc(COUNT * sizeof *got);
    struct err err;
    assert_true(values && got);
    for (int i = 0; i < COUNT; i++)
        values[i] = (float)i * 0.37F;
    struct safetensors_field field = {"x", SAFETENSORS_F32, 1, {COUNT}, values};
    assert_int_equal(safetensors_write(path, &field, 1, NULL, 0, &err), ERR_NONE);
    struct safetensors *file = opened();
    assert_int_equal(safetensors_read_floats(file, 0, got, &err), ERR_NONE);
    assert_memory_equal(got, values, COUNT * sizeof *got);
    assert_int_equal(truncate(path, 1000), 0);
    check_message(safetensors_read_floats(file, 0, got, &err), &err, "became shorter");
    safetensors_close(file);
    free(values);
    free(got);
}

static void half_precision(void **state)
{
    (void)state;
    /* 1, −2, the smallest, the largest, 1/3 rounded, −0 */
    const unsigned char halves[] = {0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b, 0x55, 0x35, 0x00, 0x80};
    const float want[] = {1, -2, 0x1p-24F, 65504, 0x1.554p-2F, -0.0F};
    float got[6];
    struct err err;
    put("{\"h\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]}}", halves, sizeof halves);
    struct safetensors *file = opened();
    assert_int_equal(safetensors_read_floats(file, 0, got, &err), ERR_NONE);
    assert_memory_equal(got, want, sizeof want);
    safetensors_close(file);
    const unsigned char brains[] = {0x80, 0x3f, 0x49, 0xc0, 0x7f, 0x7f};
    put("{\"b\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[0,6]}}", brains, sizeof brains);
    file = opened();
    assert_int_equal(safetensors_read_floats(file, 0, got, &err), ERR_NONE);
    assert_true(got[0] == 1 && got[1] == -3.140625F && got[2] == 0x1.fep127F);
    safetensors_close(file);
}

static void not_finite(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        int size;
        unsigned char number[8];
        const char *words;
    } wrong[] = {
        {"F32", 4, {0, 0, 0xc0, 0x7f}, "number 2, nan"},
        {"F16", 2, {0, 0x7c}, "number 2, inf"},
        {"BF16", 2, {0x80, 0xff}, "number 2, -inf"},
        {"F64", 8, {0, 0, 0, 0, 0, 0, 0xf0, 0x7f}, "number 2, inf"},
        {"F64", 8, {0, 0, 0, 0, 0, 0, 0xe0, 0x7f}, "larger than any float"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char header[128];
        unsigned char data[16] = {0};
        float got[2];
        struct err err;
        memcpy(data + wrong[i].size, wrong[i].number, (size_t)wrong[i].size);
        snprintf(header, sizeof header, "{\"x\":{\"dtype\":\"%s\",\"shape\":[2],\"data_offsets\":[0,%d]}}",
                 wrong[i].kind, 2 * wrong[i].size);
        put(header, data, 2 * (size_t)wrong[i].size);
        struct safetensors *file = opened();
        check_message(safetensors_read_floats(file, 0, got, &err), &err, wrong[i].words);
        safetensors_close(file);
    }
}

#define ENTRY(shape, offsets) "{\"x\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

static void bad_files(void **state)
{
    (void)state;
    refused(ENTRY("[2]", "[0,8]"), 7, "cut off");
    refused(ENTRY("[2]", "[0,8]"), 9, "1 bytes behind");
    refused(ENTRY("[2]", "[4,12]"), 12, "begins at byte 4");
    refused(ENTRY("[2]", "[0,4]"), 4, "its shape wants 8");
    refused(ENTRY("[2]", "[8,0]"), 8, "data_offsets");
    refused(ENTRY("[2]", "[0]"), 8, "data_offsets");
    refused(ENTRY("[2]", "[0,8.0]"), 8, "data_offsets");
    refused(ENTRY("[-2]", "[0,8]"), 8, "no whole number");
    refused(ENTRY("[1.5]", "[0,8]"), 8, "no whole number");
    refused(ENTRY("2", "[0,8]"), 8, "no list");
    refused(ENTRY("[1,1,1,1,1]", "[0,4]"), 4, "no list of up to 4");
    refused(ENTRY("[4294967296,4294967296]", "[0,8]"), 8, "more numbers");
    refused(ENTRY("[4294967296,4294967297,0]", "[0,0]"), 0, "more numbers");
    refused(ENTRY("[9223372036854775807]", "[0,8]"), 8, "more numbers");
    refused("{\"x\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "dtype");
    refused("{\"x\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "dtype");
    refused("{\"x\":5}", 0, "no object");
    refused("[]", 0, "no JSON object");
    refused("{", 0, "header:1:");
    refused("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
            8, "duplicate");
    refused("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            "\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
            4, "begins at byte 0");
    char header[400] = "{\"";
    memset(header + 2, 'n', 200);
    strcpy(header + 202, "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}");
    refused(header, 4, "longer than");

    struct safetensors *file;
    struct err err;
    assert_int_equal(file_write(path, "1234567", 7, &err), ERR_NONE);
    check_message(safetensors_open(&file, path, &err), &err, "no safetensors");
    assert_int_equal(file_write(path, "\377\377\377\377\377\377\377\377{}", 10, &err), ERR_NONE);
    check_message(safetensors_open(&file, path, &err), &err, "no safetensors");
    assert_int_equal(file_write(path, "\3\0\0\0\0\0\0\0{}", 10, &err), ERR_NONE);
    check_message(safetensors_open(&file, path, &err), &err, "no safetensors");
    unlink(path);
    check_message(safetensors_open(&file, path, &err), &err, "no such file");
}

/* Every length that is cut is refused. */
static void cut_files(void **state)
{
    (void)state;
    const float numbers[4] = {1, 2, 3, 4};
    struct safetensors_field field = {"x", SAFETENSORS_F32, 1, {4}, numbers};
    struct safetensors *file;
    struct err err;
    char *data;
    size_t size;
    assert_int_equal(safetensors_write(path, &field, 1, NULL, 0, &err), ERR_NONE);
    assert_int_equal(file_read(path, 4096, &data, &size, &err), ERR_NONE);
    for (size_t length = 0; length < size; length++) {
        assert_int_equal(truncate(path, (off_t)length), 0);
        assert_int_equal(safetensors_open(&file, path, &err), ERR_INPUT);
        assert_int_equal(file_write(path, data, size, &err), ERR_NONE);
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_and_read), cmocka_unit_test(long_tensors), cmocka_unit_test(half_precision),
        cmocka_unit_test(not_finite),       cmocka_unit_test(bad_files),    cmocka_unit_test(cut_files),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
