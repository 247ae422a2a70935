/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_ZIP_H
#define RANKSCOPE_RUN_ZIP_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The files in a ZIP archive, stored or deflated, with ZIP64's large sizes (PKWARE's APPNOTE 6.3). The central directory
 * is what counts. An archive is hostile until shown otherwise: what it claims is checked against its size before any
 * memory is taken. */

enum { ZIP_NAME_SIZE = 128, ZIP_MEMBERS_MAX = 1024 };

struct zip_member {
    char name[ZIP_NAME_SIZE];
    bool deflated;
    uint32_t crc;
    uint64_t start; /* of its local header */
    uint64_t data;  /* of its content */
    uint64_t packed, size;
};

struct zip {
    const unsigned char *data; /* the archive's bytes, borrowed */
    uint64_t size;
    int count;
    struct zip_member *member; /* count */
};

/* Reads the directory, and each file's local header. The messages say what was found and what was wanted, without the
 * archive's name. ERR_INPUT or ERR_MEMORY; after ERR_NONE zip_free is the caller's. */
enum err_code zip_open(struct zip *zip, const void *data, size_t size, struct err *err);
void zip_free(struct zip *zip);

/* A file's content from its beginning on, a piece at a time; never more than its size. */
struct zip_stream;
struct zip_stream *zip_stream_new(const struct zip *zip, const struct zip_member *member, struct err *err);
void zip_stream_free(struct zip_stream *stream); /* NULL is allowed */
uint64_t zip_stream_left(const struct zip_stream *stream);

/* Just `count` bytes, or ERR_INPUT; the last ones only where the whole content's checksum is right. */
enum err_code zip_stream_read(struct zip_stream *stream, void *to, size_t count, struct err *err);

#endif
