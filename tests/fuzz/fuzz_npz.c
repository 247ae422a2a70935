/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/bytes.h"
#include "run/experiment.h"
#include "run/given.h"
#include "run/key.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

/* Any bytes are either arrays, which survive being written and read again and run as tasks or as a start where they fit
 * together, or are refused with one line. The first byte says whether the rest is an archive, or the content of its one
 * member, stored or deflated: checksums would hide that from mutations. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADERS_SIZE = 30 + 46 + 22 + 2 * 5, UNPACKED_MAX = 1 << 20 };

static const char member_name[] = {'W', '.', 'n', 'p', 'y'};

/* Size and checksum of what these bytes unpack to, as far as they do. */
static void look_inside(const uint8_t *data, size_t size, uint32_t *unpacked, uint32_t *checksum)
{
    static unsigned char inside[UNPACKED_MAX];
    z_stream stream = {
        .next_in = (z_const Bytef *)data, .avail_in = (uInt)size, .next_out = inside, .avail_out = UNPACKED_MAX};
    if (inflateInit2(&stream, -15) != Z_OK)
        abort();
    inflate(&stream, Z_SYNC_FLUSH);
    *unpacked = UNPACKED_MAX - stream.avail_out;
    *checksum = (uint32_t)crc32_z(0, inside, *unpacked);
    inflateEnd(&stream);
}

static size_t put_common(unsigned char *at, bool deflated, uint32_t checksum, size_t packed, uint32_t unpacked)
{
    at[0] = at[1] = 0;
    bytes_put16(at + 2, deflated ? 8 : 0);
    bytes_put32(at + 4, 0);
    bytes_put32(at + 8, checksum);
    bytes_put32(at + 12, (uint32_t)packed);
    bytes_put32(at + 16, unpacked);
    bytes_put16(at + 20, sizeof member_name);
    bytes_put16(at + 22, 0);
    return 24;
}

/* An archive with the one member; `archive` has room for it. */
static size_t wrap(const uint8_t *data, size_t size, bool deflated, unsigned char *archive)
{
    uint32_t unpacked = (uint32_t)size, checksum = (uint32_t)crc32_z(0, data, size);
    if (deflated)
        look_inside(data, size, &unpacked, &checksum);
    memset(archive, 0, size + HEADERS_SIZE);
    unsigned char *at = archive;
    bytes_put32(at, 0x04034b50);
    put_common(at + 6, deflated, checksum, size, unpacked);
    memcpy(at + 30, member_name, sizeof member_name);
    memcpy(at + 35, data, size);
    at += 35 + size;
    bytes_put32(at, 0x02014b50);
    put_common(at + 8, deflated, checksum, size, unpacked);
    memcpy(at + 46, member_name, sizeof member_name);
    at += 51;
    bytes_put32(at, 0x06054b50);
    bytes_put16(at + 8, 1);
    bytes_put16(at + 10, 1);
    bytes_put32(at + 12, 51);
    bytes_put32(at + 16, (uint32_t)size + 35);
    return size + HEADERS_SIZE;
}

static void check_refusal(enum err_code code, const struct err *err)
{
    if (code != ERR_INPUT || err->code != code || strchr(err->message, '\n') || !*err->message)
        abort();
}

/* Read, written and read again. */
static void check_arrays(const void *data, size_t size)
{
    static const char *const names[] = {"W", "X", "Y", "A0", "U0", NULL};
    struct npz npz, again;
    struct err err = {.code = ERR_NONE};
    enum err_code code = npz_parse(&npz, data, size, names, &err);
    if (code) {
        check_refusal(code, &err);
        return;
    }
    struct npz_field fields[5] = {{.dims = 0}};
    for (int i = 0; i < npz.count; i++) {
        memcpy(fields[i].name, npz.array[i].name, sizeof fields[i].name);
        memcpy(fields[i].shape, npz.array[i].shape, sizeof fields[i].shape);
        fields[i].dims = npz.array[i].dims;
        fields[i].data = npz.array[i].data;
    }
    char *text;
    size_t length;
    if (npz_format(fields, npz.count, size % 2 ? 1 : NPZ_LARGE, &text, &length, &err) ||
        npz_parse(&again, text, length, names, &err) || again.count != npz.count)
        abort();
    for (int i = 0; i < npz.count; i++) {
        size_t count = 1;
        for (int j = 0; j < npz.array[i].dims; j++)
            count *= (size_t)npz.array[i].shape[j];
        if (memcmp(again.array[i].data, npz.array[i].data, count * sizeof(double)) != 0)
            abort();
    }
    free(text);
    npz_free(&again);
    npz_free(&npz);
}

static void run_on(struct given *given, struct config *config)
{
    struct err err = {.code = ERR_NONE};
    struct sample sample;
    config->retrain.steps = 2;
    if (config->problem.dimension > 12 || config->problem.tasks > 12 || config_check(config, NULL, &err))
        return;
    struct experiment *experiment =
        experiment_new_from(config, given->has_tasks ? &given->tasks : NULL, &given->start, 1, &err);
    if (!experiment) { /* numbers can be so large that their squares are none */
        if (err.code != ERR_MATH)
            abort();
        return;
    }
    while (experiment_steps(experiment) < 2 && experiment_stage(experiment) == STAGE_RETRAIN &&
           experiment_step(experiment))
        ;
    experiment_sample(experiment, METHOD_META, true, &sample);
    experiment_free(experiment);
}

/* The same bytes as a file of tasks, and as a start. */
static void check_file(const void *data, size_t size)
{
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    char path[64];
    if (descriptor < 0 || write(descriptor, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    for (int start = 0; start < 2; start++) {
        struct given given = {.has_tasks = false};
        struct config config;
        struct err err = {.code = ERR_NONE};
        config_default(&config);
        config.problem.dimension = config.problem.tasks = 2;
        enum err_code code =
            start ? given_read_start(&given, path, &config, &err) : given_read_tasks(&given, path, &config, &err);
        if (code)
            check_refusal(code, &err);
        else
            run_on(&given, &config);
        char note[GIVEN_NOTE_SIZE];
        for (int at = 0; given_next_unknown(start ? &given.start_file : &given.tasks_file, &at, note);)
            if (strlen(note) < strlen("array  is passed over"))
                abort();
        given_free(&given);
    }
    close(descriptor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    unsigned kind = data[0] % 4;
    const void *archive = data + 1;
    unsigned char *wrapped = NULL;
    size--;
    if (kind > 1) {
        wrapped = malloc(size + HEADERS_SIZE);
        if (!wrapped)
            abort();
        size = wrap(data + 1, size, kind == 3, wrapped);
        archive = wrapped;
    }
    check_arrays(archive, size);
    check_file(archive, size);
    free(wrapped);
    return 0;
}
