/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/npz.h"

#include "base/file.h"
#include "run/bytes.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096 }; /* elements in memory before they are numbers */

static const size_t file_size_max = (size_t)8 << 30;

/* Deflated zeros are a thousandth of their size, but numbers are not: what all arrays may take for each byte of the
 * file, after an allowance that any machine has. */
static const uint64_t growth_max = 64, allowance = (uint64_t)64 << 20;

struct reading {
    struct npz *npz;
    struct zip *zip;
    const char *const *wanted;
    uint64_t room; /* bytes that further arrays may take */
};

/* Why numbers of this type cannot be read. */
static const char *describe_type(const char *type)
{
    if (strcmp(type, "records") == 0)
        return "";
    if (type[0] == '>')
        return " (big-endian)";
    switch (type[0] ? type[1] : '\0') {
    case 'O':
        return " (Python objects)";
    case 'S':
    case 'U':
    case 'a':
        return " (strings)";
    case 'V':
        return " (records)";
    case 'i':
    case 'u':
        return " (whole numbers)";
    case 'c':
        return " (complex numbers)";
    default:
        return "";
    }
}

static bool is_numeric(const char *type)
{
    return type[0] && type[1] && strchr("fiucb?", type[1]);
}

/* Adds one to the index in C order, the last one fastest, or in Fortran's, and returns the element's place in C order. */
static size_t advance(const struct npy *npy, uint64_t index[NPY_DIMS_MAX], const size_t stride[NPY_DIMS_MAX],
                      size_t place)
{
    for (int i = 0; i < npy->dims; i++) {
        place += stride[i];
        if (++index[i] < npy->shape[i])
            return place;
        place -= stride[i] * (size_t)npy->shape[i];
        index[i] = 0;
    }
    return place;
}

static enum err_code refuse_number(const struct npz_array *array, size_t place, double value, struct err *err)
{
    uint64_t index[NPY_DIMS_MAX] = {0};
    char text[NPY_SHAPE_SIZE];
    for (int i = array->dims; i-- > 0;) {
        index[i] = place % array->shape[i];
        place /= (size_t)array->shape[i];
    }
    npy_format_shape(text, array->dims, index);
    return err_set(err, ERR_INPUT, "found %s at %s, wanted finite numbers",
                   isnan(value) ? "nan"
                   : value > 0  ? "inf"
                                : "-inf",
                   text);
}

static enum err_code read_numbers(struct zip_stream *stream, const struct npy *npy, size_t count,
                                  struct npz_array *array, struct err *err)
{
    unsigned char raw[CHUNK * sizeof(double)];
    uint64_t index[NPY_DIMS_MAX] = {0};
    size_t stride[NPY_DIMS_MAX] = {0};
    size_t item = (size_t)npy->item, place = 0, step = 1;
    for (int i = npy->dims; i-- > 0; step *= (size_t)npy->shape[i])
        stride[i] = step;
    for (size_t done = 0; done < count;) {
        size_t now = count - done < CHUNK ? count - done : CHUNK;
        enum err_code code = zip_stream_read(stream, raw, now * item, err);
        if (code)
            return code;
        for (size_t i = 0; i < now; i++, done++) {
            double value = item == 8 ? bytes_get_double(raw + 8 * i) : bytes_get_float(raw + 4 * i);
            if (!isfinite(value))
                return refuse_number(array, place, value, err);
            array->data[place] = value;
            place = npy->fortran ? advance(npy, index, stride, place) : place + 1;
        }
    }
    return ERR_NONE;
}

/* The header has been read, and its sizes agree with the content's. */
static enum err_code read_array(struct reading *reading, struct zip_stream *stream, const struct npy *npy,
                                const char *name, struct err *err)
{
    size_t count = (size_t)(zip_stream_left(stream) / (uint64_t)npy->item);
    uint64_t bytes = count * sizeof(double);
    if (bytes > reading->room)
        return err_set(err, ERR_INPUT,
                       "found %" PRIu64 " bytes when unpacked, wanted at most %" PRIu64 " for a file of %" PRIu64,
                       bytes, reading->room, reading->zip->size);
    struct npz_array *array = &reading->npz->array[reading->npz->count];
    *array = (struct npz_array){.dims = npy->dims, .data = malloc((size_t)bytes + 1)};
    if (!array->data)
        return err_set(err, ERR_MEMORY, "no memory for %" PRIu64 " bytes", bytes);
    reading->npz->count++;
    reading->room -= bytes;
    snprintf(array->name, sizeof array->name, "%s", name);
    memcpy(array->shape, npy->shape, sizeof array->shape);
    return read_numbers(stream, npy, count, array, err);
}

static bool is_wanted(const struct reading *reading, const char *name)
{
    for (int i = 0; reading->wanted[i]; i++)
        if (strcmp(reading->wanted[i], name) == 0)
            return true;
    return false;
}

static enum err_code read_stream(struct reading *reading, struct zip_stream *stream, const char *name, struct err *err)
{
    struct npy npy;
    enum err_code code = npy_read(&npy, stream, err);
    if (code)
        return code;
    bool wanted = is_wanted(reading, name);
    if (npy.item == 0 && (wanted || !is_numeric(npy.type)))
        return err_set(err, ERR_INPUT, "found elements of type %s%s, wanted <f8 or <f4", npy.type,
                       describe_type(npy.type));
    if (wanted)
        return read_array(reading, stream, &npy, name, err);
    struct npz *npz = reading->npz;
    snprintf(npz->passed[npz->passed_count++], ZIP_NAME_SIZE, "%s", name);
    return ERR_NONE;
}

static enum err_code read_member(struct reading *reading, const struct zip_member *member, struct err *err)
{
    static const char suffix[] = ".npy";
    size_t length = strlen(member->name), tail = sizeof suffix - 1;
    char name[ZIP_NAME_SIZE];
    if (length <= tail || strcmp(member->name + length - tail, suffix) != 0)
        return ERR_NONE;
    snprintf(name, sizeof name, "%.*s", (int)(length - tail), member->name);
    struct zip_stream *stream = zip_stream_new(reading->zip, member, err);
    if (!stream)
        return ERR_MEMORY;
    enum err_code code = read_stream(reading, stream, name, err);
    zip_stream_free(stream);
    if (code)
        err_prefix(err, "array %s: ", name);
    return code;
}

enum err_code npz_parse(struct npz *npz, const void *data, size_t size, const char *const *wanted, struct err *err)
{
    struct zip zip;
    struct err why;
    *npz = (struct npz){0};
    enum err_code code = zip_open(&zip, data, size, &why);
    if (!code) {
        struct reading reading = {.npz = npz, .zip = &zip, .wanted = wanted, .room = allowance + growth_max * size};
        npz->array = calloc((size_t)zip.count + 1, sizeof *npz->array);
        npz->passed = calloc((size_t)zip.count + 1, sizeof *npz->passed);
        if (!npz->array || !npz->passed)
            code = err_set(&why, ERR_MEMORY, "no memory for its arrays");
        for (int i = 0; i < zip.count && !code; i++)
            code = read_member(&reading, &zip.member[i], &why);
        zip_free(&zip);
    }
    if (code) {
        npz_free(npz);
        if (err)
            *err = why;
    }
    return code;
}

enum err_code npz_read(struct npz *npz, const char *path, const char *const *wanted, struct err *err)
{
    char *data;
    size_t size;
    *npz = (struct npz){0};
    enum err_code code = file_read(path, file_size_max, &data, &size, err);
    if (code)
        return code;
    code = npz_parse(npz, data, size, wanted, err);
    free(data);
    if (code)
        err_prefix(err, "%s: ", path);
    return code;
}

void npz_free(struct npz *npz)
{
    for (int i = 0; npz->array && i < npz->count; i++)
        free(npz->array[i].data);
    free(npz->array);
    free(npz->passed);
    *npz = (struct npz){0};
}

const struct npz_array *npz_find(const struct npz *npz, const char *name)
{
    for (int i = 0; i < npz->count; i++)
        if (strcmp(npz->array[i].name, name) == 0)
            return &npz->array[i];
    return NULL;
}
