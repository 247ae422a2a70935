/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "run/bytes.h"
#include "run/safetensors.h"
#include "run/safetensors_state.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_SIZE = 8, ALIGNMENT = 8, PART = 1 << 12, NUMBER_MAX = 8 };

static uint64_t field_count(const struct safetensors_field *field)
{
    uint64_t count = 1;
    for (int i = 0; i < field->dims; i++)
        count *= field->shape[i];
    return count;
}

/* False: out of memory. */
static bool add_field(json_t *header, const struct safetensors_field *field, uint64_t *at)
{
    uint64_t end = *at + field_count(field) * safetensors_kind_size(field->kind);
    json_t *shape = json_array();
    bool good = shape != NULL;
    for (int i = 0; i < field->dims && good; i++)
        good = json_array_append_new(shape, json_integer((json_int_t)field->shape[i])) == 0;
    json_t *entry = json_pack("{s:s, s:o, s:[I, I]}", "dtype", safetensors_kind_name(field->kind), "shape", shape,
                              "data_offsets", (json_int_t)*at, (json_int_t)end);
    *at = end;
    return json_object_set_new(header, field->name, entry) == 0 && good;
}

static json_t *make_header(const struct safetensors_field *fields, int count, const struct safetensors_note *notes,
                           int note_count)
{
    uint64_t at = 0;
    json_t *header = json_object(), *metadata = note_count ? json_object() : NULL;
    bool good = header && (metadata || !note_count);
    for (int i = 0; i < note_count && good; i++)
        good = json_object_set_new(metadata, notes[i].key, json_string(notes[i].value)) == 0;
    if (good && note_count)
        good = json_object_set(header, "__metadata__", metadata) == 0;
    json_decref(metadata);
    for (int i = 0; i < count && good; i++)
        good = add_field(header, &fields[i], &at);
    if (good)
        return header;
    json_decref(header);
    return NULL;
}

/* The header's length and the header, filled up with blanks so that numbers are aligned. NULL: out of memory. */
static char *format_header(const json_t *header, size_t *size)
{
    size_t length = json_dumpb(header, NULL, 0, JSON_COMPACT);
    size_t padded = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    char *text = length ? malloc(LENGTH_SIZE + padded) : NULL;
    if (!text)
        return NULL;
    bytes_put64((unsigned char *)text, padded);
    memset(text + LENGTH_SIZE, ' ', padded);
    if (json_dumpb(header, text + LENGTH_SIZE, length, JSON_COMPACT) != length) {
        free(text);
        return NULL;
    }
    *size = LENGTH_SIZE + padded;
    return text;
}

static void put_number(unsigned char *bytes, const unsigned char *from, size_t size)
{
    uint64_t wide;
    uint32_t narrow;
    if (size == sizeof wide) {
        memcpy(&wide, from, size);
        bytes_put64(bytes, wide);
    } else if (size == sizeof narrow) {
        memcpy(&narrow, from, size);
        bytes_put32(bytes, narrow);
    } else {
        *bytes = *from;
    }
}

/* In parts, each number little-endian. */
static void append_field(struct file_writer *writer, const struct safetensors_field *field)
{
    unsigned char bytes[PART * NUMBER_MAX];
    size_t size = safetensors_kind_size(field->kind);
    uint64_t total = field_count(field);
    const unsigned char *from = field->data;
    for (uint64_t at = 0; at < total; at += PART) {
        size_t count = total - at < PART ? (size_t)(total - at) : PART;
        for (size_t j = 0; j < count; j++, from += size)
            put_number(bytes + j * size, from, size);
        file_append(writer, bytes, count * size);
    }
}

enum err_code safetensors_write(const char *path, const struct safetensors_field *fields, int count,
                                const struct safetensors_note *notes, int note_count, struct err *err)
{
    size_t size = 0;
    json_t *header = make_header(fields, count, notes, note_count);
    char *text = header ? format_header(header, &size) : NULL;
    json_decref(header);
    if (!text)
        return err_set(err, ERR_MEMORY, "%s: no memory for its header", path);
    struct err failure;
    struct file_writer *writer = file_begin(path, &failure);
    enum err_code code = ERR_NONE;
    if (writer) {
        file_append(writer, text, size);
        for (int i = 0; i < count; i++)
            append_field(writer, &fields[i]);
        code = file_finish(writer, err);
    } else {
        code = err_set(err, failure.code, "%s", failure.message);
    }
    free(text);
    return code;
}
