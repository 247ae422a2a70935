/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/trained.h"

#include "run/encoder_file.h"
#include "run/safetensors.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err_code trained_begin(struct trained *trained, struct tensors *set, const char *kind, int number, unsigned keep,
                            struct err *err)
{
    trained->set = set;
    snprintf(trained->prefix, sizeof trained->prefix, "%s.%d.", kind, number);
    if (tensors_train(set, true, err))
        return err->code;
    trained->adamw = adamw_new(set, &adamw_usual, err);
    if (trained->adamw == NULL)
        return err->code;
    if ((keep & TRAINED_BEST) && (trained->best = tensors_copy(set, err)) == NULL)
        return err->code;
    if ((keep & TRAINED_ANCHOR) && (trained->anchor = tensors_copy(set, err)) == NULL)
        return err->code;
    return ERR_NONE;
}

void trained_free(struct trained *trained)
{
    adamw_free(trained->adamw);
    tensors_free(trained->best);
    tensors_free(trained->anchor);
}

/* ---- fingerprints and numbers ---- */

void trained_hash(uint64_t *hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        *hash = (*hash ^ bytes[i]) * 0x100000001b3u;
}

void trained_hash_number(uint64_t *hash, double number)
{
    trained_hash(hash, &number, sizeof number);
}

void trained_hash_values(uint64_t *hash, const float *value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &value[i], sizeof bits);
        *hash = (*hash ^ bits) * 0x100000001b3u;
    }
}

int64_t trained_bits(double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

double trained_double(int64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* ---- files ---- */

static const char *const parts[] = {"value", "first", "second", "best", "anchor"};
enum { PARTS = sizeof parts / sizeof *parts, PREFIX_SIZE = 64 };

/* The block of a set that goes by this name; NULL: it has none. */
static float *part_of(const struct trained *set, int part)
{
    float *const blocks[PARTS] = {set->set->value, set->adamw->first, set->adamw->second,
                                  set->best == NULL ? NULL : set->best->value,
                                  set->anchor == NULL ? NULL : set->anchor->value};
    return blocks[part];
}

static void part_prefix(char prefix[PREFIX_SIZE], const struct trained *set, int part)
{
    snprintf(prefix, PREFIX_SIZE, "%s%s.", set->prefix, parts[part]);
}

static enum err_code collect(const struct trained_state *state, struct encoder_fields *fields, struct err *err)
{
    char prefix[PREFIX_SIZE];
    enum err_code code = ERR_NONE;
    for (int i = 0; i < state->sets; i++)
        for (int part = 0; part < PARTS && code == ERR_NONE; part++)
            if (part_of(&state->set[i], part) != NULL) {
                part_prefix(prefix, &state->set[i], part);
                code = encoder_fields_add(fields, state->set[i].set, prefix, part_of(&state->set[i], part), err);
            }
    return code;
}

enum { FINGERPRINT_SIZE = 20 };

static void write_fingerprint(char text[FINGERPRINT_SIZE], const struct trained_state *state)
{
    snprintf(text, FINGERPRINT_SIZE, "%016" PRIx64, state->fingerprint);
}

enum err_code trained_write(const struct trained_state *state, const char *path, struct err *err)
{
    struct encoder_fields fields = {0};
    int64_t *steps = calloc((size_t)state->sets, sizeof *steps);
    enum err_code code = collect(state, &fields, err);
    int count = fields.count;
    struct safetensors_field *field = code ? NULL : calloc((size_t)count + 2, sizeof *field);
    bool room = field != NULL && steps != NULL && fields.field != NULL;
    if (code == ERR_NONE && !room)
        code = err_set(err, ERR_MEMORY, "%s: no memory for the training's parts", path);
    if (code == ERR_NONE && room) {
        char fingerprint[FINGERPRINT_SIZE];
        write_fingerprint(fingerprint, state);
        for (int i = 0; i < state->sets; i++)
            steps[i] = (int64_t)state->set[i].adamw->steps;
        memcpy(field, fields.field, (size_t)count * sizeof *field);
        field[count] = (struct safetensors_field){"numbers", SAFETENSORS_I64, 1, {state->numbers}, state->number};
        field[count + 1] = (struct safetensors_field){"steps", SAFETENSORS_I64, 1, {(uint64_t)state->sets}, steps};
        const struct safetensors_note notes[] = {{"format", state->format}, {"training", fingerprint}};
        code = safetensors_write(path, field, count + 2, notes, 2, err);
    }
    encoder_fields_free(&fields);
    free(field);
    free(steps);
    return code;
}

static enum err_code check_notes(const struct trained_state *state, struct safetensors *file, struct err *err)
{
    char fingerprint[FINGERPRINT_SIZE];
    const char *format = safetensors_metadata(file, "format");
    const char *training = safetensors_metadata(file, "training");
    write_fingerprint(fingerprint, state);
    if (format == NULL || training == NULL || strcmp(format, state->format) != 0)
        return err_set(err, ERR_INPUT, "%s: is no training that can be taken up here", safetensors_path(file));
    if (strcmp(training, fingerprint) != 0)
        return err_set(err, ERR_INPUT,
                       "%s: is a training with other settings, data or model; remove it, or use another folder",
                       safetensors_path(file));
    return ERR_NONE;
}

static enum err_code read_whole(struct safetensors *file, const char *name, int64_t *number, size_t count,
                                struct err *err)
{
    int index = safetensors_find(file, name);
    const struct safetensors_entry *entry = index < 0 ? NULL : safetensors_entry(file, index);
    if (entry == NULL || entry->kind != SAFETENSORS_I64 || entry->dims != 1 || entry->count != count)
        return err_set(err, ERR_INPUT, "%s: tensor \"%s\" must be %zu of I64", safetensors_path(file), name, count);
    return safetensors_read_integers(file, index, number, err);
}

static enum err_code read_sets(const struct trained_state *state, struct safetensors *file, struct err *err)
{
    char prefix[PREFIX_SIZE];
    enum err_code code = ERR_NONE;
    for (int i = 0; i < state->sets; i++)
        for (int part = 0; part < PARTS && code == ERR_NONE; part++)
            if (part_of(&state->set[i], part) != NULL) {
                part_prefix(prefix, &state->set[i], part);
                code = encoder_fields_read(file, state->set[i].set, prefix, part_of(&state->set[i], part), err);
            }
    return code;
}

enum err_code trained_read(const struct trained_state *state, const char *path, struct err *err)
{
    struct safetensors *file;
    enum err_code code = safetensors_open(&file, path, err);
    if (code != ERR_NONE)
        return code;
    int64_t *steps = calloc((size_t)state->sets, sizeof *steps);
    if (steps == NULL) {
        safetensors_close(file);
        return err_set(err, ERR_MEMORY, "%s: no memory for its steps", path);
    }
    code = check_notes(state, file, err);
    code = code ? code : read_whole(file, "numbers", state->number, state->numbers, err);
    code = code ? code : read_whole(file, "steps", steps, (size_t)state->sets, err);
    for (int i = 0; i < state->sets && code == ERR_NONE; i++) {
        state->set[i].adamw->steps = (uint64_t)steps[i];
        if (steps[i] < 0)
            code = err_set(err, ERR_INPUT, "%s: tensor \"steps\": %jd is no count of steps", path, (intmax_t)steps[i]);
    }
    code = code ? code : read_sets(state, file, err);
    free(steps);
    safetensors_close(file);
    return code;
}
