/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/npz.h"

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

#include <cmocka.h>
#include <zlib.h>

/* What NumPy wrote (tests/golden/npz/make.py), what we write, and what nobody should have written. */

static const char *const wanted[] = {"a", "b", "c", "zeros", NULL};

static const char *golden(const char *name)
{
    static char path[512];
    const char *source = getenv("RANKSCOPE_SOURCE");
    snprintf(path, sizeof path, "%s/tests/golden/npz/%s", source ? source : ".", name);
    return path;
}

/* make.py's element at this place in C order. */
static double value_at(size_t place)
{
    return (double)(place + 1) * 2.385 - 7;
}

static void check_values(const struct npz *npz, const char *name, double tolerance, int dims, const uint64_t *shape)
{
    const struct npz_array *array = npz_find(npz, name);
    assert_non_null(array);
    assert_int_equal(array->dims, dims);
    size_t count = 1;
    for (int i = 0; i < dims; i++) {
        assert_int_equal(array->shape[i], shape[i]);
        count *= (size_t)shape[i];
    }
    for (size_t i = 0; i < count; i++)
        if (!(fabs(array->data[i] - value_at(i)) <= tolerance))
            fail_msg("%s[%zu] is %.17g, not %.17g", name, i, array->data[i], value_at(i));
}

static const uint64_t cube[] = {2, 3, 4};

static struct npz read_golden(const char *name)
{
    struct npz npz;
    struct err err = {.code = ERR_NONE};
    if (npz_read(&npz, golden(name), wanted, &err))
        fail_msg("%s", err.message);
    return npz;
}

static void numpys_files_are_read(void **state)
{
    (void)state;
    struct npz npz = read_golden("stored.npz");
    assert_int_equal(npz.count, 3);
    check_values(&npz, "a", 0, 3, cube);
    check_values(&npz, "b", 0, 1, (uint64_t[]){5});
    assert_int_equal(npz_find(&npz, "c")->dims, 0);
    assert_true(npz_find(&npz, "c")->data[0] == 2.385);
    assert_null(npz_find(&npz, "d"));
    npz_free(&npz);

    npz = read_golden("deflated.npz");
    check_values(&npz, "a", 0, 3, cube);
    for (int i = 0; i < 64 * 64; i++)
        assert_true(npz_find(&npz, "zeros")->data[i] == 0);
    npz_free(&npz);

    npz = read_golden("fortran.npz");
    check_values(&npz, "a", 0, 3, cube);
    check_values(&npz, "b", 0, 2, (uint64_t[]){3, 5});
    npz_free(&npz);

    npz = read_golden("float32.npz");
    check_values(&npz, "a", 2e-6, 3, cube);
    check_values(&npz, "b", 2e-6, 3, cube);
    assert_true(npz_find(&npz, "a")->data[0] == (double)(float)value_at(0));
    npz_free(&npz);

    npz = read_golden("version2.npz");
    check_values(&npz, "a", 0, 3, cube);
    check_values(&npz, "b", 0, 3, cube);
    npz_free(&npz);

    npz = read_golden("others.npz");
    assert_int_equal(npz.count, 1);
    static const char *const passed[] = {"whole", "truth", "complex"};
    assert_int_equal(npz.passed_count, 3);
    for (int i = 0; i < 3; i++)
        assert_string_equal(npz.passed[i], passed[i]);
    npz_free(&npz);
}

static void what_cannot_be_read_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *message;
    } table[] = {
        {"big_endian.npz", "array a: found elements of type >f8 (big-endian), wanted <f8 or <f4"},
        {"objects.npz", "array other: found elements of type |O (Python objects), wanted <f8 or <f4"},
        {"strings.npz", "array other: found elements of type <U5 (strings), wanted <f8 or <f4"},
        {"records.npz", "array a: found elements of type records, wanted <f8 or <f4"},
        {"whole.npz", "array a: found elements of type <i8 (whole numbers), wanted <f8 or <f4"},
        {"nan.npz", "array a: found nan at (1, 0, 2), wanted finite numbers"},
        {"infinite.npz", "array a: found -inf at (0, 2, 1), wanted finite numbers"},
        {"make.py", "found no ZIP archive, wanted a whole ZIP archive as numpy.savez writes it"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct npz npz;
        struct err err = {.code = ERR_NONE};
        char message[700];
        snprintf(message, sizeof message, "%s: %s", golden(table[i].file), table[i].message);
        assert_int_equal(npz_read(&npz, golden(table[i].file), wanted, &err), ERR_INPUT);
        assert_string_equal(err.message, message);
        assert_null(npz.array);
    }
}

/* An archive of our own with one array "a" of twelve numbers, and where its parts are. */
struct sample {
    unsigned char *data;
    size_t size;
    unsigned char *local, *header, *numbers, *entry, *end;
};

enum { ROWS = 3, COLUMNS = 4, COUNT = ROWS * COLUMNS };

static struct sample make_sample(uint64_t large)
{
    struct sample sample;
    double numbers[COUNT];
    char *data;
    struct npz_field field = {.name = "a", .dims = 2, .shape = {ROWS, COLUMNS}, .data = numbers};
    for (size_t i = 0; i < COUNT; i++)
        numbers[i] = value_at(i);
    assert_int_equal(npz_format(&field, 1, large, &data, &sample.size, NULL), ERR_NONE);
    sample.data = (unsigned char *)data;
    sample.local = sample.data;
    sample.header = sample.data + 30 + 5 + bytes_get16(sample.data + 28);
    sample.numbers = sample.header + 128;
    sample.entry = sample.numbers + sizeof numbers;
    sample.end = sample.data + sample.size - 22;
    assert_memory_equal(sample.header, "\x93NUMPY", 6);
    assert_int_equal(bytes_get32(sample.entry), 0x02014b50);
    return sample;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    for (uint64_t large = 1; large <= NPZ_LARGE; large = large < 1000        ? 7 * large
                                                         : large < NPZ_LARGE ? NPZ_LARGE
                                                                             : large + 1) {
        double numbers[24];
        struct npz_field fields[] = {
            {.name = "b", .dims = 1, .shape = {7}, .data = numbers},
            {.name = "a", .dims = 3, .shape = {2, 3, 4}, .data = numbers},
            {.name = "c", .dims = 3, .shape = {2, 0, 4}, .data = NULL},
        };
        char *data;
        size_t size;
        struct npz npz;
        struct err err = {.code = ERR_NONE};
        for (size_t i = 0; i < 24; i++)
            numbers[i] = value_at(i);
        assert_int_equal(npz_format(fields, 3, large, &data, &size, &err), ERR_NONE);
        if (npz_parse(&npz, data, size, wanted, &err))
            fail_msg("%s", err.message);
        check_values(&npz, "a", 0, 3, cube);
        check_values(&npz, "b", 0, 1, (uint64_t[]){7});
        check_values(&npz, "c", 0, 3, (uint64_t[]){2, 0, 4});
        npz_free(&npz);
        free(data);
    }
}

static void expect(const void *data, size_t size, const char *message)
{
    struct npz npz;
    struct err err = {.code = ERR_NONE};
    assert_int_equal(npz_parse(&npz, data, size, wanted, &err), ERR_INPUT);
    if (!strstr(err.message, message))
        fail_msg("\"%s\" does not say \"%s\"", err.message, message);
    assert_null(npz.array);
}

/* Refused, and the sample is let go. */
static void expect_sample(struct sample sample, const char *message)
{
    expect(sample.data, sample.size, message);
    free(sample.data);
}

static void cut_archives_are_refused(void **state)
{
    (void)state;
    for (uint64_t large = 1; large <= NPZ_LARGE; large += NPZ_LARGE - 1) {
        struct sample sample = make_sample(large);
        for (size_t size = 0; size < sample.size; size++) {
            unsigned char *cut = malloc(size + 1); /* its end is where a sanitizer looks */
            assert_non_null(cut);
            memcpy(cut, sample.data, size);
            expect(cut, size, size < 4 ? "found no ZIP archive" : "found an archive that was cut off");
            free(cut);
        }
        free(sample.data);
    }
}

/* Any single byte that is another: refused, or nothing that counts has changed. */
static void damaged_archives_are_safe(void **state)
{
    (void)state;
    for (uint64_t large = 1; large <= NPZ_LARGE; large += NPZ_LARGE - 1) {
        struct sample sample = make_sample(large);
        for (size_t i = 0; i < sample.size; i++)
            for (unsigned flip = 1; flip < 256; flip += 17) {
                struct npz npz;
                struct err err = {.code = ERR_NONE};
                sample.data[i] ^= (unsigned char)flip;
                enum err_code code = npz_parse(&npz, sample.data, sample.size, wanted, &err);
                assert_true(code == ERR_NONE || code == ERR_INPUT);
                if (!code && npz.count == 1)
                    check_values(&npz, "a", 0, 2, (uint64_t[]){ROWS, COLUMNS});
                npz_free(&npz);
                sample.data[i] ^= (unsigned char)flip;
            }
        free(sample.data);
    }
}

static void lying_directories_are_refused(void **state)
{
    (void)state;
    struct sample sample = make_sample(NPZ_LARGE);
    sample.entry[8] = sample.local[6] = 1;
    expect_sample(sample, "member a.npy: found encrypted content");
    sample = make_sample(NPZ_LARGE);
    sample.entry[10] = 12;
    expect_sample(sample, "member a.npy: found compression method 12, wanted 0 (stored) or 8 (deflated)");
    sample = make_sample(NPZ_LARGE);
    bytes_put32(sample.entry + 24, 1u << 30);
    expect_sample(sample, "member a.npy: found 1073741824 bytes in 224, wanted as many, being stored");
    sample = make_sample(NPZ_LARGE);
    bytes_put32(sample.entry + 24, 1u << 30);
    sample.entry[10] = 8;
    expect_sample(sample, "member a.npy: found 1073741824 bytes in 224, wanted what deflating can do");
    sample = make_sample(NPZ_LARGE);
    sample.entry[47] = sample.local[31] = '\0';
    expect_sample(sample, "found a NUL in its name");
    sample = make_sample(NPZ_LARGE);
    sample.local[30] = 'b';
    expect_sample(sample, "member a.npy: found another name in its header");
    sample = make_sample(NPZ_LARGE);
    bytes_put32(sample.entry + 42, 60);
    expect_sample(sample, "member a.npy: found no header where the directory says");
    sample = make_sample(NPZ_LARGE);
    bytes_put16(sample.local + 28, 400);
    expect_sample(sample, "member a.npy: found content that reaches beyond the end");
    sample = make_sample(NPZ_LARGE);
    bytes_put32(sample.entry + 20, 5000);
    bytes_put32(sample.entry + 24, 5000);
    expect_sample(sample, "member a.npy: found content that reaches beyond the end");
    sample = make_sample(NPZ_LARGE);
    sample.end[8] = sample.end[10] = 2;
    expect_sample(sample, "found a directory with other things in it");
    sample = make_sample(NPZ_LARGE);
    sample.end[4] = 1;
    expect_sample(sample, "found one part of several");
    sample = make_sample(NPZ_LARGE);
    bytes_put32(sample.end + 12, 1u << 20);
    expect_sample(sample, "found a directory that reaches beyond the end");
    sample = make_sample(NPZ_LARGE);
    bytes_put16(sample.end + 8, 2000);
    bytes_put16(sample.end + 10, 2000);
    expect_sample(sample, "found 2000 members, wanted at most 1024");
    sample = make_sample(NPZ_LARGE);
    bytes_put32(sample.end + 16, UINT32_MAX);
    expect_sample(sample, "found large sizes without their ZIP64 record");
    sample = make_sample(NPZ_LARGE);
    sample.numbers[3] ^= 1;
    expect_sample(sample, "array a: found content with checksum");
    sample = make_sample(1);
    bytes_put64(sample.end - 20 + 8, UINT64_MAX - 3);
    expect_sample(sample, "found a ZIP64 record that is not where it is said to be");
    sample = make_sample(1);
    bytes_put64(sample.end - 76 + 48, UINT64_MAX - 3);
    expect_sample(sample, "found a directory that reaches beyond the end");
    sample = make_sample(1);
    bytes_put64(sample.entry + 46 + 5 + 4 + 16, UINT64_MAX - 40);
    expect_sample(sample, "member a.npy: found no header where the directory says");
}

/* Two entries for one member's bytes, and for one name. */
static void members_that_meet_are_refused(void **state)
{
    (void)state;
    double numbers[COUNT] = {2.385};
    struct npz_field fields[] = {{.name = "a", .dims = 1, .shape = {COUNT}, .data = numbers},
                                 {.name = "b", .dims = 1, .shape = {COUNT}, .data = numbers}};
    char *data;
    size_t size;
    assert_int_equal(npz_format(fields, 2, NPZ_LARGE, &data, &size, NULL), ERR_NONE);
    unsigned char *entries = (unsigned char *)data + size - 22 - 2 * 51;
    assert_int_equal(bytes_get32(entries), 0x02014b50);
    size_t second = bytes_get32(entries + 51 + 42);
    /* the first member's content, taken to be longer, holds the second */
    bytes_put32(entries + 20, (uint32_t)second + 51);
    bytes_put32(entries + 24, (uint32_t)second + 51);
    expect(data, size, "member b.npy: found content that another member has too");
    free(data);

    strcpy(fields[1].name, "a");
    assert_int_equal(npz_format(fields, 2, NPZ_LARGE, &data, &size, NULL), ERR_NONE);
    expect(data, size, "member a.npy: found it twice");
    free(data);
}

/* Replaces the sample's header by another text of at most its length, and mends the checksum. */
static struct sample with_header(const char *text)
{
    struct sample sample = make_sample(NPZ_LARGE);
    size_t room = 128 - 10, length = strlen(text);
    assert_true(length <= room);
    memset(sample.header + 10, ' ', room);
    memcpy(sample.header + 10, text, length);
    uint32_t crc = (uint32_t)crc32(0, sample.header, (uInt)(sample.entry - sample.header));
    bytes_put32(sample.entry + 16, crc);
    return sample;
}

static void headers_are_read_strictly(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }",
        "{ 'shape':(3,4) , \"fortran_order\" : False,\t'descr':\"<f8\"}\n",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct sample sample = with_header(good[i]);
        struct npz npz;
        struct err err;
        if (npz_parse(&npz, sample.data, sample.size, wanted, &err))
            fail_msg("%s", err.message);
        check_values(&npz, "a", 0, 2, (uint64_t[]){ROWS, COLUMNS});
        npz_free(&npz);
        free(sample.data);
    }
    static const char *const bad[] = {
        "",
        "{",
        "{}",
        "{'descr': '<f8', 'fortran_order': False}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4)",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4)} x",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3, -4)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3 4)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 12}",
        "{'descr': '<f8', 'fortran_order': 0, 'shape': (3, 4)}",
        "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (3, 4)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), 'x': 1}",
        "{'descr': '<f8' 'fortran_order': False, 'shape': (3, 4)}",
        "{'descr': <f8, 'fortran_order': False, 'shape': (3, 4)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,3,4)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (36893488147419103232,)}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_sample(with_header(bad[i]), "array a: found a header that cannot be read");
    expect_sample(with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 5)}"),
                  "array a: found 96 bytes of data, wanted the number for the shape (3, 5) of <f8");
    expect_sample(with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)}"),
                  "array a: found 96 bytes of data, wanted the number for the shape (3, 4) of <f4");
    expect_sample(with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (1152921504606846976,)}"),
                  "array a: found 96 bytes of data, wanted the number for the shape (1152921504606846976,) of <f8");
    expect_sample(with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}"),
                  "array a: found 96 bytes of data, wanted more than there can be for the shape");
    expect_sample(with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296)}"),
                  "array a: found 96 bytes of data");
    struct sample sample = make_sample(NPZ_LARGE);
    sample.header[6] = 4;
    expect_sample(sample, "array a: found .npy version 4.0, wanted 1.0, 2.0 or 3.0");
    sample = make_sample(NPZ_LARGE);
    sample.header[1] = 'X';
    expect_sample(sample, "array a: found no .npy header");
    sample = make_sample(NPZ_LARGE);
    bytes_put16(sample.header + 8, 20000);
    expect_sample(sample, "array a: found a header of 20000 bytes, wanted at most 214");
}

/* Numbers that unpack to far more than the file is. */
static void bombs_are_refused(void **state)
{
    (void)state;
    enum { SIZE = 96 << 20 };
    char *inside = calloc(1, SIZE);
    unsigned char *bomb = calloc(1, SIZE / 200);
    assert_non_null(inside);
    assert_non_null(bomb);
    size_t header = npy_write(inside, 1, (uint64_t[]){0});
    snprintf(inside + 10, header - 10, "{'descr': '<f8', 'fortran_order': False, 'shape': (%zu,)}",
             (SIZE - header) / 8);
    memset(inside + 10 + strlen(inside + 10), ' ', header - 10 - strlen(inside + 10));
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 1, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)inside;
    stream.avail_in = SIZE;
    stream.next_out = bomb + 35;
    stream.avail_out = SIZE / 200 - 200;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    uint32_t packed = (uint32_t)stream.total_out;
    deflateEnd(&stream);

    struct sample sample = make_sample(NPZ_LARGE); /* for its headers */
    memcpy(bomb, sample.local, 35);
    bytes_put32(sample.entry + 16, (uint32_t)crc32_z(0, (Bytef *)inside, SIZE));
    bytes_put32(sample.entry + 20, packed);
    bytes_put32(sample.entry + 24, SIZE);
    bytes_put16(sample.entry + 10, 8);
    bytes_put32(sample.end + 16, 35 + packed);
    memcpy(bomb + 35 + packed, sample.entry, 51 + 22);
    expect(bomb, 35 + packed + 51 + 22, "array a: found 100663168 bytes when unpacked, wanted at most 9");
    free(sample.data);
    free(bomb);
    free(inside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numpys_files_are_read),
        cmocka_unit_test(what_cannot_be_read_is_named),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(cut_archives_are_refused),
        cmocka_unit_test(damaged_archives_are_safe),
        cmocka_unit_test(lying_directories_are_refused),
        cmocka_unit_test(members_that_meet_are_refused),
        cmocka_unit_test(headers_are_read_strictly),
        cmocka_unit_test(bombs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
