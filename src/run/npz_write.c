/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/npz.h"

#include "base/file.h"
#include "run/bytes.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    LOCAL_SIZE = 30,
    ENTRY_SIZE = 46,
    END_SIZE = 22,
    END64_SIZE = 56,
    LOCATOR_SIZE = 20,
    EXTRA_LOCAL = 4 + 2 * 8, /* both sizes */
    EXTRA_ENTRY = 4 + 3 * 8, /* and the place */
    VERSION = 20,
    VERSION64 = 45,
    DATE = 1 << 5 | 1, /* the first day that can be written, as no time belongs to a result */
};

static const char suffix[] = ".npy";

/* Where one array comes to lie. */
struct place {
    uint64_t start, size;
    uint32_t crc;
    bool large;
};

struct writing {
    const struct npz_field *fields;
    int count;
    uint64_t large;
    unsigned char *bytes, *at;
    struct place *place;
};

static size_t name_length(const struct npz_field *field)
{
    return strlen(field->name) + sizeof suffix - 1;
}

static size_t elements(const struct npz_field *field)
{
    size_t count = 1;
    for (int i = 0; i < field->dims; i++)
        count *= (size_t)field->shape[i];
    return count;
}

/* Bytes of the whole archive; fills each array's place. */
static size_t lay_out(struct writing *writing)
{
    char header[NPY_HEADER_MAX];
    uint64_t at = 0, directory = 0;
    for (int i = 0; i < writing->count; i++) {
        const struct npz_field *field = &writing->fields[i];
        struct place *place = &writing->place[i];
        place->start = at;
        place->size = npy_write(header, field->dims, field->shape) + elements(field) * sizeof(double);
        place->large = place->size >= writing->large || at >= writing->large;
        at += LOCAL_SIZE + name_length(field) + (place->large ? EXTRA_LOCAL : 0) + place->size;
        directory += ENTRY_SIZE + name_length(field) + (place->large ? EXTRA_ENTRY : 0);
    }
    return (size_t)(at + directory + END64_SIZE + LOCATOR_SIZE + END_SIZE);
}

static void put16(struct writing *writing, unsigned value)
{
    bytes_put16(writing->at, (uint16_t)value);
    writing->at += 2;
}

static void put32(struct writing *writing, uint64_t value)
{
    bytes_put32(writing->at, (uint32_t)value);
    writing->at += 4;
}

static void put64(struct writing *writing, uint64_t value)
{
    bytes_put64(writing->at, value);
    writing->at += 8;
}

static void put_name(struct writing *writing, const struct npz_field *field)
{
    memcpy(writing->at, field->name, strlen(field->name));
    memcpy(writing->at + strlen(field->name), suffix, sizeof suffix - 1);
    writing->at += name_length(field);
}

/* What the local header and the directory's entry have in common: from the flags to the extra field's length. */
static void put_common(struct writing *writing, int i, size_t extra)
{
    const struct place *place = &writing->place[i];
    put16(writing, 0); /* flags */
    put16(writing, 0); /* stored */
    put16(writing, 0); /* time */
    put16(writing, DATE);
    put32(writing, place->crc);
    put32(writing, place->large ? UINT32_MAX : place->size);
    put32(writing, place->large ? UINT32_MAX : place->size);
    put16(writing, (unsigned)name_length(&writing->fields[i]));
    put16(writing, place->large ? (unsigned)extra : 0);
}

static void put_extra(struct writing *writing, int i, size_t extra)
{
    const struct place *place = &writing->place[i];
    if (!place->large)
        return;
    put16(writing, 1);
    put16(writing, (unsigned)extra - 4);
    put64(writing, place->size);
    put64(writing, place->size);
    if (extra == EXTRA_ENTRY)
        put64(writing, place->start);
}

static void put_array(struct writing *writing, int i)
{
    const struct npz_field *field = &writing->fields[i];
    struct place *place = &writing->place[i];
    unsigned char *header = writing->at;
    unsigned char *content = header + LOCAL_SIZE + name_length(field) + (place->large ? EXTRA_LOCAL : 0);
    writing->at = content + npy_write((char *)content, field->dims, field->shape);
    for (size_t e = 0; e < elements(field); e++, writing->at += sizeof(double))
        bytes_put_double(writing->at, field->data[e]);
    unsigned char *end = writing->at;
    place->crc = (uint32_t)crc32_z(crc32(0, NULL, 0), content, (size_t)place->size);

    writing->at = header;
    put32(writing, 0x04034b50);
    put16(writing, place->large ? VERSION64 : VERSION);
    put_common(writing, i, EXTRA_LOCAL);
    put_name(writing, field);
    put_extra(writing, i, EXTRA_LOCAL);
    writing->at = end;
}

static void put_entry(struct writing *writing, int i)
{
    const struct place *place = &writing->place[i];
    unsigned version = place->large ? VERSION64 : VERSION;
    put32(writing, 0x02014b50);
    put16(writing, version);
    put16(writing, version);
    put_common(writing, i, EXTRA_ENTRY);
    put16(writing, 0); /* comment's length */
    put16(writing, 0); /* disk */
    put16(writing, 0); /* attributes */
    put32(writing, 0);
    put32(writing, place->large ? UINT32_MAX : place->start);
    put_name(writing, &writing->fields[i]);
    put_extra(writing, i, EXTRA_ENTRY);
}

static void put_end64(struct writing *writing, uint64_t directory, uint64_t size)
{
    uint64_t start = (uint64_t)(writing->at - writing->bytes);
    put32(writing, 0x06064b50);
    put64(writing, END64_SIZE - 12);
    put16(writing, VERSION64);
    put16(writing, VERSION64);
    put32(writing, 0);
    put32(writing, 0);
    put64(writing, (uint64_t)writing->count);
    put64(writing, (uint64_t)writing->count);
    put64(writing, size);
    put64(writing, directory);
    put32(writing, 0x07064b50);
    put32(writing, 0);
    put64(writing, start);
    put32(writing, 1);
}

static void put_directory(struct writing *writing)
{
    uint64_t start = (uint64_t)(writing->at - writing->bytes);
    for (int i = 0; i < writing->count; i++)
        put_entry(writing, i);
    uint64_t size = (uint64_t)(writing->at - writing->bytes) - start;
    bool large = start >= writing->large;
    if (large)
        put_end64(writing, start, size);
    put32(writing, 0x06054b50);
    put32(writing, 0); /* disks */
    put16(writing, (unsigned)writing->count);
    put16(writing, (unsigned)writing->count);
    put32(writing, size);
    put32(writing, large ? UINT32_MAX : start);
    put16(writing, 0); /* comment's length */
}

enum err_code npz_format(const struct npz_field *fields, int count, uint64_t large, char **data, size_t *size,
                         struct err *err)
{
    struct writing writing = {.fields = fields, .count = count, .large = large};
    writing.place = calloc((size_t)count + 1, sizeof *writing.place);
    size_t room = writing.place ? lay_out(&writing) : 0;
    writing.bytes = writing.at = room ? calloc(1, room) : NULL;
    if (!writing.bytes) {
        free(writing.place);
        return err_set(err, ERR_MEMORY, "no memory for the %zu bytes of an export", room);
    }
    for (int i = 0; i < count; i++)
        put_array(&writing, i);
    put_directory(&writing);
    free(writing.place);
    *data = (char *)writing.bytes;
    *size = (size_t)(writing.at - writing.bytes);
    return ERR_NONE;
}

enum err_code npz_write(const char *path, const struct npz_field *fields, int count, struct err *err)
{
    char *data = NULL;
    size_t size = 0;
    enum err_code code = npz_format(fields, count, NPZ_LARGE, &data, &size, err);
    if (code)
        return code;
    code = file_write(path, data, size, err);
    free(data);
    return code;
}
