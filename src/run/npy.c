/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/npy.h"

#include "run/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HEADER_SIZE_MAX = 10000, ALIGNMENT = 64, PREFIX_SIZE = 10 }; /* the first is numpy's own limit */

static const char magic[] = "\x93NUMPY";

/* What is left of the header's text, which is a Python literal: {'descr': '<f8', 'fortran_order': False, …}. */
struct reader {
    const char *at;
    const char *end;
};

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at)
        reader->at++;
}

static bool accept(struct reader *reader, char wanted)
{
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != wanted)
        return false;
    reader->at++;
    return true;
}

static bool accept_word(struct reader *reader, const char *word)
{
    size_t length = strlen(word);
    skip_blanks(reader);
    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

/* A quoted text without escapes; what does not fit is cut off. */
static bool read_text(struct reader *reader, char *text, size_t size)
{
    char quote = '\'';
    if (!accept(reader, quote)) {
        quote = '"';
        if (!accept(reader, quote))
            return false;
    }
    size_t used = 0;
    for (; reader->at < reader->end && *reader->at != quote; reader->at++)
        if (used + 1 < size)
            text[used++] = *reader->at;
    text[used] = '\0';
    return accept(reader, quote);
}

static bool read_size(struct reader *reader, uint64_t *value)
{
    skip_blanks(reader);
    const char *first = reader->at;
    *value = 0;
    for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
        unsigned digit = (unsigned)(*reader->at - '0');
        if (*value > (UINT64_MAX - digit) / 10)
            return false;
        *value = *value * 10 + digit;
    }
    return reader->at > first;
}

static bool read_shape(struct reader *reader, struct npy *npy)
{
    bool comma = true;
    if (!accept(reader, '('))
        return false;
    npy->dims = 0;
    while (!accept(reader, ')')) {
        if (!comma || npy->dims == NPY_DIMS_MAX || !read_size(reader, &npy->shape[npy->dims]))
            return false;
        npy->dims++;
        comma = accept(reader, ',');
    }
    return true;
}

/* Records have a list here. */
static bool read_type(struct reader *reader, struct npy *npy)
{
    skip_blanks(reader);
    if (reader->at < reader->end && *reader->at == '[') {
        snprintf(npy->type, sizeof npy->type, "records");
        reader->at = reader->end; /* refused below, so the rest does not matter */
        return true;
    }
    if (!read_text(reader, npy->type, sizeof npy->type))
        return false;
    npy->item = strcmp(npy->type, "<f8") == 0 ? 8 : strcmp(npy->type, "<f4") == 0 ? 4 : 0;
    return true;
}

static bool read_order(struct reader *reader, struct npy *npy)
{
    npy->fortran = accept_word(reader, "True");
    return npy->fortran || accept_word(reader, "False");
}

/* Each of the three keys once, in any order. */
static bool read_literal(struct reader *reader, struct npy *npy)
{
    static const struct {
        const char *name;
        bool (*read)(struct reader *, struct npy *);
    } keys[] = {{"descr", read_type}, {"fortran_order", read_order}, {"shape", read_shape}};
    enum { KEYS = sizeof keys / sizeof *keys };
    bool seen[KEYS] = {false};
    bool comma = true;
    if (!accept(reader, '{'))
        return false;
    while (!accept(reader, '}')) {
        char name[NPY_TYPE_SIZE];
        if (!comma || !read_text(reader, name, sizeof name) || !accept(reader, ':'))
            return false;
        int key = 0;
        while (key < KEYS && strcmp(keys[key].name, name) != 0)
            key++;
        if (key == KEYS || seen[key] || !keys[key].read(reader, npy))
            return false;
        seen[key] = true;
        if (reader->at == reader->end)
            return strcmp(npy->type, "records") == 0;
        comma = accept(reader, ',');
    }
    skip_blanks(reader);
    return reader->at == reader->end && seen[0] && seen[1] && seen[2];
}

static enum err_code read_prefix(struct zip_stream *stream, uint32_t *length, struct err *err)
{
    unsigned char prefix[8];
    unsigned char size[4] = {0};
    if (zip_stream_left(stream) < PREFIX_SIZE)
        return err_set(err, ERR_INPUT, "found %" PRIu64 " bytes, wanted an array in NumPy's .npy format",
                       zip_stream_left(stream));
    enum err_code code = zip_stream_read(stream, prefix, sizeof prefix, err);
    if (code)
        return code;
    if (memcmp(prefix, magic, sizeof magic - 1) != 0)
        return err_set(err, ERR_INPUT, "found no .npy header, wanted an array in NumPy's .npy format");
    if (prefix[6] < 1 || prefix[6] > 3 || prefix[7] != 0)
        return err_set(err, ERR_INPUT, "found .npy version %d.%d, wanted 1.0, 2.0 or 3.0", prefix[6], prefix[7]);
    code = zip_stream_read(stream, size, prefix[6] == 1 ? 2 : 4, err);
    *length = bytes_get32(size);
    return code;
}

static enum err_code check_size(const struct npy *npy, uint64_t left, struct err *err)
{
    uint64_t bytes = (uint64_t)npy->item;
    bool empty = false;
    bool large = false;
    char shape[NPY_SHAPE_SIZE];
    for (int i = 0; i < npy->dims; i++) {
        empty = empty || npy->shape[i] == 0;
        large = large || (npy->shape[i] > 0 && bytes > UINT64_MAX / npy->shape[i]);
        bytes *= npy->shape[i];
    }
    if (empty ? left == 0 : !large && bytes == left)
        return ERR_NONE;
    npy_format_shape(shape, npy->dims, npy->shape);
    return err_set(err, ERR_INPUT, "found %" PRIu64 " bytes of data, wanted %s for the shape %s of %s", left,
                   large ? "more than there can be" : "the number", shape, npy->type);
}

enum err_code npy_read(struct npy *npy, struct zip_stream *stream, struct err *err)
{
    char header[HEADER_SIZE_MAX];
    uint32_t length = 0;
    *npy = (struct npy){.item = 0};
    enum err_code code = read_prefix(stream, &length, err);
    if (code)
        return code;
    if (length > HEADER_SIZE_MAX || length > zip_stream_left(stream))
        return err_set(err, ERR_INPUT, "found a header of %" PRIu32 " bytes, wanted at most %" PRIu64, length,
                       zip_stream_left(stream) < HEADER_SIZE_MAX ? zip_stream_left(stream) : HEADER_SIZE_MAX);
    code = zip_stream_read(stream, header, length, err);
    if (code)
        return code;
    struct reader reader = {.at = header, .end = header + length};
    if (!read_literal(&reader, npy))
        return err_set(err, ERR_INPUT, "found a header that cannot be read, wanted descr, fortran_order and a shape");
    return npy->item ? check_size(npy, zip_stream_left(stream), err) : ERR_NONE;
}

void npy_format_shape(char text[NPY_SHAPE_SIZE], int dims, const uint64_t *shape)
{
    size_t used = 0;
    text[used++] = '(';
    for (int i = 0; i < dims; i++)
        used += (size_t)snprintf(text + used, NPY_SHAPE_SIZE - used, "%s%" PRIu64, i ? ", " : "", shape[i]);
    snprintf(text + used, NPY_SHAPE_SIZE - used, dims == 1 ? ",)" : ")");
}

size_t npy_write(char header[NPY_HEADER_MAX], int dims, const uint64_t *shape)
{
    char text[NPY_SHAPE_SIZE];
    npy_format_shape(text, dims, shape);
    int length = snprintf(header + PREFIX_SIZE, NPY_HEADER_MAX - PREFIX_SIZE,
                          "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }", text);
    size_t whole = (PREFIX_SIZE + (size_t)length + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    memcpy(header, magic, sizeof magic - 1);
    header[6] = 1;
    header[7] = 0;
    bytes_put16((unsigned char *)header + 8, (uint16_t)(whole - PREFIX_SIZE));
    memset(header + PREFIX_SIZE + length, ' ', whole - 1 - PREFIX_SIZE - (size_t)length);
    header[whole - 1] = '\n';
    return whole;
}
