/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/safetensors.h"

#include "base/file.h"
#include "run/bytes.h"
#include "run/safetensors_state.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LENGTH_SIZE = 8, HEADER_MAX = 16 << 20 };
static const size_t file_max = (size_t)1 << 40;

struct safetensors {
    char *path;
    int descriptor;
    size_t size; /* of the file */
    json_t *header;
    int count;
    struct safetensors_entry *entry; /* count, by where they begin */
    int *by_name;                    /* count: their order by names */
};

static const struct {
    const char *name;
    enum safetensors_kind kind;
    size_t size;
} kinds[] = {
    {"F64", SAFETENSORS_F64, 8},    {"F32", SAFETENSORS_F32, 4},   {"F16", SAFETENSORS_F16, 2},
    {"BF16", SAFETENSORS_BF16, 2},  {"I64", SAFETENSORS_I64, 8},   {"I32", SAFETENSORS_I32, 4},
    {"U8", SAFETENSORS_U8, 1},      {"U64", SAFETENSORS_OTHER, 8}, {"U32", SAFETENSORS_OTHER, 4},
    {"U16", SAFETENSORS_OTHER, 2},  {"I16", SAFETENSORS_OTHER, 2}, {"I8", SAFETENSORS_OTHER, 1},
    {"BOOL", SAFETENSORS_OTHER, 1},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

const char *safetensors_kind_name(enum safetensors_kind kind)
{
    return kind < SAFETENSORS_OTHER ? kinds[kind].name : "another kind";
}

size_t safetensors_kind_size(enum safetensors_kind kind)
{
    return kinds[kind].size;
}

static const json_t *read_kind(const json_t *of, struct safetensors_entry *entry, size_t *size)
{
    const json_t *kind = json_object_get(of, "dtype");
    const char *name = json_string_value(kind);
    for (int i = 0; name && i < KINDS; i++)
        if (strcmp(name, kinds[i].name) == 0) {
            entry->kind = kinds[i].kind;
            *size = kinds[i].size;
            return kind;
        }
    return NULL;
}

/* Sets shape, dims and count. */
static enum err_code read_shape(const json_t *of, struct safetensors_entry *entry, struct err *err)
{
    const json_t *shape = json_object_get(of, "shape");
    size_t dims = json_array_size(shape);
    if (!json_is_array(shape) || dims > SAFETENSORS_DIMS_MAX)
        return err_set(err, ERR_INPUT, "its shape is no list of up to %d sizes", SAFETENSORS_DIMS_MAX);
    entry->dims = (int)dims;
    entry->count = 1;
    for (size_t i = 0; i < dims; i++) {
        const json_t *size = json_array_get(shape, i);
        json_int_t value = json_integer_value(size);
        if (!json_is_integer(size) || value < 0)
            return err_set(err, ERR_INPUT, "size %zu of its shape is no whole number from 0 on", i + 1);
        entry->shape[i] = (uint64_t)value;
        if (__builtin_mul_overflow(entry->count, entry->shape[i], &entry->count) || entry->count > file_max)
            return err_set(err, ERR_INPUT, "its shape has more numbers than any file");
    }
    return ERR_NONE;
}

static enum err_code read_place(const json_t *of, struct safetensors_entry *entry, size_t size, struct err *err)
{
    const json_t *offsets = json_object_get(of, "data_offsets");
    const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
    json_int_t from = json_integer_value(begin), to = json_integer_value(end);
    if (json_array_size(offsets) != 2 || !json_is_integer(begin) || !json_is_integer(end) || from < 0 || to < from)
        return err_set(err, ERR_INPUT, "its data_offsets are not where it begins and where it ends");
    entry->begin = (uint64_t)from;
    entry->bytes = (uint64_t)(to - from);
    if (entry->bytes != entry->count * size)
        return err_set(err, ERR_INPUT, "it has %ju bytes, and its shape wants %ju", (uintmax_t)entry->bytes,
                       (uintmax_t)(entry->count * size));
    return ERR_NONE;
}

static enum err_code read_entry(const char *name, const json_t *of, struct safetensors_entry *entry, struct err *err)
{
    size_t size = 0;
    enum err_code code = ERR_NONE;
    if (strlen(name) >= sizeof entry->name)
        code = err_set(err, ERR_INPUT, "its name is longer than %zu bytes", sizeof entry->name - 1);
    else if (!json_is_object(of))
        code = err_set(err, ERR_INPUT, "it is no object");
    else if (!read_kind(of, entry, &size))
        code = err_set(err, ERR_INPUT, "its dtype is none that is known");
    if (!code)
        code = read_shape(of, entry, err);
    if (!code)
        code = read_place(of, entry, size, err);
    if (code)
        return err_prefix(err, "tensor %.64s: ", name);
    memcpy(entry->name, name, strlen(name) + 1);
    return ERR_NONE;
}

static int by_place(const void *a, const void *b)
{
    const struct safetensors_entry *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* One tensor begins where the one before ends, and the last one ends with the file. */
static enum err_code check_places(struct safetensors *file, uint64_t data, struct err *err)
{
    uint64_t at = 0;
    if (file->count > 1)
        qsort(file->entry, (size_t)file->count, sizeof *file->entry, by_place);
    for (int i = 0; i < file->count; i++) {
        struct safetensors_entry *entry = &file->entry[i];
        if (entry->begin != at)
            return err_set(err, ERR_INPUT,
                           "tensor %s begins at byte %ju of the data, and the one before it ends at %ju", entry->name,
                           (uintmax_t)entry->begin, (uintmax_t)at);
        at += entry->bytes;
        if (at > file->size - data)
            return err_set(err, ERR_INPUT, "it is cut off: tensor %s ends at byte %ju, and the file has %zu",
                           entry->name, (uintmax_t)(data + at), file->size);
        entry->begin += data;
    }
    if (at != file->size - data)
        return err_set(err, ERR_INPUT, "%ju bytes behind its last tensor belong to none",
                       (uintmax_t)(file->size - data - at));
    return ERR_NONE;
}

static enum err_code read_entries(struct safetensors *file, uint64_t data, struct err *err)
{
    const char *name;
    json_t *of;
    file->entry = calloc(json_object_size(file->header) + 1, sizeof *file->entry);
    if (!file->entry)
        return err_set(err, ERR_MEMORY, "no memory for its %zu tensors", json_object_size(file->header));
    json_object_foreach(file->header, name, of)
    {
        if (strcmp(name, "__metadata__") == 0)
            continue;
        enum err_code code = read_entry(name, of, &file->entry[file->count], err);
        if (code)
            return code;
        file->count++;
    }
    return check_places(file, data, err);
}

static int compare_names(const void *a, const void *b, void *entries)
{
    const struct safetensors_entry *entry = entries;
    return strcmp(entry[*(const int *)a].name, entry[*(const int *)b].name);
}

static enum err_code sort_names(struct safetensors *file, struct err *err)
{
    file->by_name = calloc((size_t)file->count + 1, sizeof *file->by_name);
    if (!file->by_name)
        return err_set(err, ERR_MEMORY, "no memory for its %d tensors", file->count);
    for (int i = 0; i < file->count; i++)
        file->by_name[i] = i;
    qsort_r(file->by_name, (size_t)file->count, sizeof *file->by_name, compare_names, file->entry);
    return ERR_NONE;
}

static enum err_code parse_header(struct safetensors *file, const char *text, size_t length, struct err *err)
{
    json_error_t error;
    file->header = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!file->header && json_error_code(&error) == json_error_out_of_memory)
        return err_set(err, ERR_MEMORY, "no memory for its header");
    if (!file->header)
        return err_set(err, ERR_INPUT, "header:%d:%d: %s", error.line, error.column, error.text);
    if (!json_is_object(file->header))
        return err_set(err, ERR_INPUT, "its header is no JSON object");
    enum err_code code = read_entries(file, LENGTH_SIZE + length, err);
    return code ? code : sort_names(file, err);
}

static enum err_code read_header(struct safetensors *file, struct err *err)
{
    unsigned char bytes[LENGTH_SIZE];
    if (file->size < LENGTH_SIZE)
        return err_set(err, ERR_INPUT, "%s: %zu bytes are no safetensors file", file->path, file->size);
    enum err_code code = file_read_at(file->descriptor, file->path, 0, bytes, sizeof bytes, err);
    if (code)
        return code;
    uint64_t length = bytes_get64(bytes);
    if (length > HEADER_MAX || length > file->size - LENGTH_SIZE)
        return err_set(err, ERR_INPUT,
                       "%s: its header has %ju bytes, more than the file or than %d: no safetensors file", file->path,
                       (uintmax_t)length, HEADER_MAX);
    char *text = malloc(length + 1);
    if (!text)
        return err_set(err, ERR_MEMORY, "%s: no memory for its header", file->path);
    code = file_read_at(file->descriptor, file->path, LENGTH_SIZE, text, length, err);
    if (!code && parse_header(file, text, length, err))
        code = err_prefix(err, "%s: ", file->path);
    free(text);
    return code;
}

enum err_code safetensors_open(struct safetensors **file, const char *path, struct err *err)
{
    struct safetensors *opened = calloc(1, sizeof *opened);
    if (!opened)
        return err_set(err, ERR_MEMORY, "%s: no memory to read it", path);
    opened->descriptor = -1;
    opened->path = strdup(path);
    enum err_code code = opened->path ? file_open(path, file_max, &opened->descriptor, &opened->size, err)
                                      : err_set(err, ERR_MEMORY, "%s: no memory to read it", path);
    if (!code)
        code = read_header(opened, err);
    if (code) {
        safetensors_close(opened);
        return code;
    }
    *file = opened;
    return ERR_NONE;
}

void safetensors_close(struct safetensors *file)
{
    if (!file)
        return;
    if (file->descriptor >= 0)
        close(file->descriptor);
    json_decref(file->header);
    free(file->entry);
    free(file->by_name);
    free(file->path);
    free(file);
}

const char *safetensors_path(const struct safetensors *file)
{
    return file->path;
}

int safetensors_count(const struct safetensors *file)
{
    return file->count;
}

const struct safetensors_entry *safetensors_entry(const struct safetensors *file, int i)
{
    return &file->entry[i];
}

int safetensors_find(const struct safetensors *file, const char *name)
{
    int low = 0, high = file->count;
    while (low < high) {
        int middle = low + (high - low) / 2, at = file->by_name[middle];
        int order = strcmp(name, file->entry[at].name);
        if (order == 0)
            return at;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

const char *safetensors_metadata(const struct safetensors *file, const char *key)
{
    return json_string_value(json_object_get(json_object_get(file->header, "__metadata__"), key));
}

enum err_code safetensors_read_part(struct safetensors *file, int i, uint64_t first, size_t count, void *bytes,
                                    struct err *err)
{
    const struct safetensors_entry *entry = &file->entry[i];
    size_t size = safetensors_kind_size(entry->kind);
    return file_read_at(file->descriptor, file->path, entry->begin + first * size, bytes, count * size, err);
}
