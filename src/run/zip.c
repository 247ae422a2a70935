/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/zip.h"

#include "run/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    END_SIZE = 22,
    END64_SIZE = 56,
    LOCATOR_SIZE = 20,
    ENTRY_SIZE = 46,
    LOCAL_SIZE = 30,
    COMMENT_MAX = 65535,
    DEFLATE_RATIO_MAX = 1032, /* zlib's own bound: 258 bytes from two bits */
};

static const uint32_t end_magic = 0x06054b50, end64_magic = 0x06064b50, locator_magic = 0x07064b50;
static const uint32_t entry_magic = 0x02014b50, local_magic = 0x04034b50;

/* Where the directory lies. */
struct directory {
    uint64_t offset, size, count;
};

static enum err_code broken(struct err *err, const char *found)
{
    return err_set(err, ERR_INPUT, "found %s, wanted a whole ZIP archive as numpy.savez writes it", found);
}

/* The end record is the last thing but for a comment, whose length it knows. */
static bool find_end(const struct zip *zip, uint64_t *end)
{
    if (zip->size < END_SIZE)
        return false;
    uint64_t last = zip->size - END_SIZE;
    uint64_t first = last > COMMENT_MAX ? last - COMMENT_MAX : 0;
    for (uint64_t at = last + 1; at-- > first;)
        if (bytes_get32(zip->data + at) == end_magic && bytes_get16(zip->data + at + 20) == last - at) {
            *end = at;
            return true;
        }
    return false;
}

static enum err_code read_end64(const struct zip *zip, uint64_t end, struct directory *directory, struct err *err)
{
    const unsigned char *locator = end >= LOCATOR_SIZE ? zip->data + end - LOCATOR_SIZE : NULL;
    if (!locator || bytes_get32(locator) != locator_magic)
        return broken(err, "large sizes without their ZIP64 record");
    uint64_t at = bytes_get64(locator + 8);
    if (end - LOCATOR_SIZE < END64_SIZE || at > end - LOCATOR_SIZE - END64_SIZE ||
        bytes_get32(zip->data + at) != end64_magic)
        return broken(err, "a ZIP64 record that is not where it is said to be");
    const unsigned char *record = zip->data + at;
    if (bytes_get32(record + 16) != 0 || bytes_get32(record + 20) != 0 || bytes_get32(locator + 16) > 1)
        return broken(err, "one part of several");
    *directory = (struct directory){
        .count = bytes_get64(record + 32), .size = bytes_get64(record + 40), .offset = bytes_get64(record + 48)};
    if (bytes_get64(record + 24) != directory->count)
        return broken(err, "one part of several");
    return directory->offset > at || directory->size > at - directory->offset
               ? broken(err, "a directory that reaches beyond the end")
               : ERR_NONE;
}

static enum err_code find_directory(const struct zip *zip, struct directory *directory, struct err *err)
{
    uint64_t end;
    if (zip->size < 4 || (bytes_get32(zip->data) != local_magic && bytes_get32(zip->data) != end_magic))
        return broken(err, "no ZIP archive");
    if (!find_end(zip, &end))
        return broken(err, "an archive that was cut off");
    const unsigned char *record = zip->data + end;
    *directory = (struct directory){
        .count = bytes_get16(record + 10), .size = bytes_get32(record + 12), .offset = bytes_get32(record + 16)};
    if (directory->count == UINT16_MAX || directory->size == UINT32_MAX || directory->offset == UINT32_MAX)
        return read_end64(zip, end, directory, err);
    if (bytes_get16(record + 4) != 0 || bytes_get16(record + 6) != 0 || bytes_get16(record + 8) != directory->count)
        return broken(err, "one part of several");
    if (directory->offset > end || directory->size > end - directory->offset)
        return broken(err, "a directory that reaches beyond the end");
    return ERR_NONE;
}

/* Sizes that are all ones stand in the extra field 1, in this order. */
static bool read_large(const unsigned char *extra, size_t length, struct zip_member *member)
{
    uint64_t *const value[] = {&member->size, &member->packed, &member->start};
    while (length >= 4) {
        size_t kind = bytes_get16(extra);
        size_t size = bytes_get16(extra + 2);
        extra += 4;
        length -= 4;
        if (size > length)
            return false;
        for (size_t i = 0; kind == 1 && i < sizeof value / sizeof *value; i++) {
            if (*value[i] != UINT32_MAX)
                continue;
            if (size < 8)
                return false;
            *value[i] = bytes_get64(extra);
            extra += 8;
            length -= 8;
            size -= 8;
        }
        extra += size;
        length -= size;
    }
    return true;
}

static enum err_code refuse(struct err *err, const struct zip_member *member, const char *found, const char *wanted)
{
    return err_set(err, ERR_INPUT, "member %s: found %s, wanted %s", member->name, found, wanted);
}

static enum err_code read_name(const unsigned char *name, size_t length, struct zip_member *member, struct err *err)
{
    if (length == 0 || length >= ZIP_NAME_SIZE)
        return err_set(err, ERR_INPUT, "found a member whose name has %zu bytes, wanted 1 to %d", length,
                       ZIP_NAME_SIZE - 1);
    memcpy(member->name, name, length);
    member->name[length] = '\0';
    if (memchr(name, '\0', length))
        return refuse(err, member, "a NUL in its name", "none");
    return ERR_NONE;
}

static enum err_code check_method(const unsigned char *entry, struct zip_member *member, struct err *err)
{
    unsigned method = bytes_get16(entry + 10);
    if (bytes_get16(entry + 8) & 1)
        return refuse(err, member, "encrypted content", "none of it encrypted");
    if (method != 0 && method != Z_DEFLATED)
        return err_set(err, ERR_INPUT, "member %s: found compression method %u, wanted 0 (stored) or 8 (deflated)",
                       member->name, method);
    member->deflated = method == Z_DEFLATED;
    if (member->deflated ? member->size / DEFLATE_RATIO_MAX > member->packed : member->size != member->packed)
        return err_set(err, ERR_INPUT, "member %s: found %" PRIu64 " bytes in %" PRIu64 ", wanted %s", member->name,
                       member->size, member->packed,
                       member->deflated ? "what deflating can do, at most 1032 times as many"
                                        : "as many, being stored");
    return ERR_NONE;
}

/* The local header repeats the name, and the content follows it; all before the directory. */
static enum err_code check_local(const struct zip *zip, uint64_t end, struct zip_member *member, struct err *err)
{
    size_t length = strlen(member->name);
    uint64_t start = member->start;
    if (start > end || end - start < LOCAL_SIZE + length || bytes_get32(zip->data + start) != local_magic)
        return refuse(err, member, "no header where the directory says", "one");
    const unsigned char *local = zip->data + start;
    if (bytes_get16(local + 26) != length || memcmp(local + LOCAL_SIZE, member->name, length) != 0)
        return refuse(err, member, "another name in its header", "the same");
    uint64_t header = LOCAL_SIZE + length + bytes_get16(local + 28);
    if (end - start < header || end - start - header < member->packed)
        return refuse(err, member, "content that reaches beyond the end", "whole content");
    member->data = start + header;
    return ERR_NONE;
}

static enum err_code read_entry(const struct zip *zip, const struct directory *directory, uint64_t *at,
                                struct zip_member *member, struct err *err)
{
    uint64_t left = directory->offset + directory->size - *at;
    const unsigned char *entry = zip->data + *at;
    if (left < ENTRY_SIZE || bytes_get32(entry) != entry_magic)
        return broken(err, "a directory with other things in it");
    size_t name = bytes_get16(entry + 28);
    size_t extra = bytes_get16(entry + 30);
    uint64_t whole = ENTRY_SIZE + name + extra + bytes_get16(entry + 32);
    if (left < whole)
        return broken(err, "a directory that was cut off");
    *at += whole;
    enum err_code code = read_name(entry + ENTRY_SIZE, name, member, err);
    if (code)
        return code;
    member->crc = bytes_get32(entry + 16);
    member->packed = bytes_get32(entry + 20);
    member->size = bytes_get32(entry + 24);
    member->start = bytes_get32(entry + 42);
    if (!read_large(entry + ENTRY_SIZE + name, extra, member))
        return refuse(err, member, "a broken extra field", "a whole one");
    code = check_method(entry, member, err);
    return code ? code : check_local(zip, directory->offset, member, err);
}

/* No two may have the same name or share bytes. */
static enum err_code check_apart(const struct zip *zip, int index, struct err *err)
{
    const struct zip_member *member = &zip->member[index];
    for (int i = 0; i < index; i++) {
        const struct zip_member *other = &zip->member[i];
        if (strcmp(member->name, other->name) == 0)
            return refuse(err, member, "it twice", "each name once");
        if (member->start < other->data + other->packed && other->start < member->data + member->packed)
            return refuse(err, member, "content that another member has too", "content of its own");
    }
    return ERR_NONE;
}

enum err_code zip_open(struct zip *zip, const void *data, size_t size, struct err *err)
{
    struct directory directory = {0};
    *zip = (struct zip){.data = data, .size = size};
    enum err_code code = find_directory(zip, &directory, err);
    if (code)
        return code;
    if (directory.count > ZIP_MEMBERS_MAX)
        return err_set(err, ERR_INPUT, "found %" PRIu64 " members, wanted at most %d", directory.count,
                       ZIP_MEMBERS_MAX);
    zip->member = calloc((size_t)directory.count + 1, sizeof *zip->member);
    if (!zip->member)
        return err_set(err, ERR_MEMORY, "no memory for its directory");
    uint64_t at = directory.offset;
    for (; !code && zip->count < (int)directory.count; zip->count++) {
        code = read_entry(zip, &directory, &at, &zip->member[zip->count], err);
        code = code ? code : check_apart(zip, zip->count, err);
    }
    if (!code && at != directory.offset + directory.size)
        code = broken(err, "a directory with other things in it");
    if (code)
        zip_free(zip);
    return code;
}

void zip_free(struct zip *zip)
{
    free(zip->member);
    *zip = (struct zip){0};
}

struct zip_stream {
    const struct zip_member *member;
    const unsigned char *next; /* packed bytes not yet taken */
    uint64_t packed_left, left;
    uLong crc;
    z_stream inflate;
};

struct zip_stream *zip_stream_new(const struct zip *zip, const struct zip_member *member, struct err *err)
{
    struct zip_stream *stream = calloc(1, sizeof *stream);
    if (stream) {
        stream->member = member;
        stream->next = zip->data + member->data;
        stream->packed_left = member->packed;
        stream->left = member->size;
        stream->crc = crc32(0, NULL, 0);
        if (!member->deflated || inflateInit2(&stream->inflate, -MAX_WBITS) == Z_OK)
            return stream;
    }
    free(stream);
    err_set(err, ERR_MEMORY, "no memory to unpack %s", member->name);
    return NULL;
}

void zip_stream_free(struct zip_stream *stream)
{
    if (!stream)
        return;
    if (stream->member->deflated)
        inflateEnd(&stream->inflate);
    free(stream);
}

uint64_t zip_stream_left(const struct zip_stream *stream)
{
    return stream->left;
}

/* zlib counts in unsigned int. */
static uInt at_most(uint64_t count)
{
    return count < UINT32_MAX ? (uInt)count : UINT32_MAX;
}

/* Up to `count` bytes, at least one; 0: the content is damaged. */
static size_t take(struct zip_stream *stream, unsigned char *to, size_t count)
{
    uInt wanted = at_most(count);
    if (!stream->member->deflated) {
        memcpy(to, stream->next, wanted);
        stream->next += wanted;
        return wanted;
    }
    z_stream *inflater = &stream->inflate;
    uInt given = at_most(stream->packed_left);
    inflater->next_in = (z_const Bytef *)stream->next;
    inflater->avail_in = given;
    inflater->next_out = to;
    inflater->avail_out = wanted;
    int result = inflate(inflater, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END)
        return 0;
    stream->next += given - inflater->avail_in;
    stream->packed_left -= given - inflater->avail_in;
    return wanted - inflater->avail_out;
}

enum err_code zip_stream_read(struct zip_stream *stream, void *to, size_t count, struct err *err)
{
    unsigned char *out = to;
    if (count > stream->left)
        return err_set(err, ERR_INPUT, "found %" PRIu64 " bytes, wanted %zu", stream->left, count);
    while (count > 0) {
        size_t got = take(stream, out, count);
        if (got == 0)
            return err_set(err, ERR_INPUT, "found damaged content, wanted %" PRIu64 " bytes more", stream->left);
        stream->crc = crc32_z(stream->crc, out, got);
        stream->left -= got;
        out += got;
        count -= got;
    }
    if (stream->left == 0 && stream->crc != stream->member->crc)
        return err_set(err, ERR_INPUT, "found content with checksum %08lx, wanted %08" PRIx32, stream->crc,
                       stream->member->crc);
    return ERR_NONE;
}
