/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/share.h"

#include "model/solver.h"
#include "run/bytes.h"
#include "run/key.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Inside, before compression, a line each: KEY=VALUE for every key of the start that is not its default; for every event
 * "!KIND STAGE STEP PHASES" and the keys that it changed; and last "!at STAGE STEP PHASES". */

static const char prefix[] = "rs1:";
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; /* RFC 4648, 5 */
static const char *const kind_names[] = {
    [JOURNAL_UPDATE] = "update", [JOURNAL_ADAPT] = "adapt", [JOURNAL_RESUME] = "resume", NULL};

enum { CHECK_SIZE = 4, TEXT_MAX = 65536, BITS = 6 };

/* ---- bytes as letters ---- */

static char *to_letters(const unsigned char *bytes, size_t size)
{
    size_t letters = (size * 8 + BITS - 1) / BITS;
    char *text = malloc(sizeof prefix + letters);
    if (!text)
        return NULL;
    char *to = text + sizeof prefix - 1;
    memcpy(text, prefix, sizeof prefix);
    for (size_t i = 0; i < letters; i++) {
        size_t bit = i * BITS;
        unsigned two = (unsigned)bytes[bit / 8] << 8 | (bit / 8 + 1 < size ? bytes[bit / 8 + 1] : 0u);
        to[i] = alphabet[two >> (16 - BITS - bit % 8) & 63];
    }
    to[letters] = '\0';
    return text;
}

/* Blanks and line ends are passed over: a terminal's mouse takes them along. False: a letter that is none, or bits that say
 * nothing. `bytes` has room for strlen(text) · 6 / 8. */
static bool from_letters(const char *text, unsigned char *bytes, size_t *size)
{
    unsigned held = 0;
    int bits = 0;
    *size = 0;
    for (; *text; text++) {
        if (isspace((unsigned char)*text))
            continue;
        const char *letter = strchr(alphabet, *text);
        if (!letter)
            return false;
        held = held << BITS | (unsigned)(letter - alphabet);
        bits += BITS;
        if (bits >= 8) {
            bits -= 8;
            bytes[(*size)++] = (unsigned char)(held >> bits);
        }
    }
    return bits < BITS &&
           (held & ((1u << bits) - 1)) == 0; /* no letter too many, and nothing in what fills up the last */
}

/* ---- writing ---- */

static void write_keys(FILE *stream, const struct config *from, const struct config *to)
{
    for (int key = 0; key < key_count; key++) {
        char before[KEY_VALUE_SIZE], after[KEY_VALUE_SIZE];
        key_format(from, key, before);
        key_format(to, key, after);
        if (strcmp(before, after) != 0)
            fprintf(stream, "%s=%s\n", key_table[key].path, after);
    }
}

static void write_position(FILE *stream, const char *name, struct position at)
{
    fprintf(stream, "!%s %d %ld %d\n", name, (int)at.stage, at.step, at.phases);
}

/* The caller frees it; NULL: out of memory. */
static char *write_text(const struct journal *journal, size_t *size)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, size);
    if (!stream)
        return NULL;
    struct config present;
    config_default(&present);
    write_keys(stream, &present, &journal->start);
    present = journal->start;
    for (int i = 0; i < journal->count; i++) {
        const struct journal_event *event = &journal->event[i];
        write_position(stream, kind_names[event->kind], event->at);
        if (event->kind == JOURNAL_ADAPT)
            continue;
        write_keys(stream, &present, &event->config);
        present = event->config;
    }
    write_position(stream, "at", journal->position);
    bool failed = ferror(stream);
    if (fclose(stream) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

static char *pack(const char *text, size_t size)
{
    uLong bound = compressBound(size);
    unsigned char *bytes = malloc(CHECK_SIZE + bound);
    char *letters = NULL;
    if (bytes && compress2(bytes + CHECK_SIZE, &bound, (const unsigned char *)text, size, Z_BEST_COMPRESSION) == Z_OK) {
        bytes_put32(bytes, (uint32_t)crc32(0, bytes + CHECK_SIZE, (uInt)bound));
        letters = to_letters(bytes, CHECK_SIZE + bound);
    }
    free(bytes);
    return letters;
}

char *share_write(const struct journal *journal, struct err *err)
{
    if (journal->full) {
        err_set(err, ERR_INPUT, "more than %d things were done to this run: too many for a string", JOURNAL_EVENTS);
        return NULL;
    }
    size_t size = 0;
    char *text = write_text(journal, &size);
    char *letters = text ? pack(text, size) : NULL;
    free(text);
    if (!letters)
        err_set(err, ERR_MEMORY, "no memory for the run's string");
    return letters;
}

/* ---- reading ---- */

bool share_looks_like(const char *text)
{
    if (text[0] != 'r' || text[1] != 's' || !isdigit((unsigned char)text[2]))
        return false;
    return text[2 + strspn(text + 2, "0123456789")] == ':';
}

static enum err_code refuse(struct err *err, const char *why)
{
    return err_set(err, ERR_INPUT, "this is no run's string: %s", why);
}

/* The next number in *text, which then stands behind it: a blank and digits. False: there is none, or it is above `most`. */
static bool read_number(const char **text, long most, long *number)
{
    char *end;
    const char *digits = *text + 1;
    if (**text != ' ' || !isdigit((unsigned char)*digits))
        return false;
    errno = 0;
    *number = strtol(digits, &end, 10);
    *text = end;
    return errno == 0 && *number <= most;
}

static bool read_position(const char *text, struct position *at)
{
    long stage, phases;
    if (!read_number(&text, STAGE_COUNT - 1, &stage) || !read_number(&text, LONG_MAX, &at->step) ||
        !read_number(&text, SOLVER_MAX_PHASES - 1, &phases))
        return false;
    at->stage = (enum stage)stage;
    at->phases = (int)phases;
    return *text == '\0';
}

/* Whether b may come after a. Another solver begins the step anew, so phases may be fewer then; a replay that cannot get there says so. */
static bool in_order(struct position a, struct position b)
{
    a.phases = b.phases = 0;
    return position_compare(a, b) <= 0;
}

/* "!KIND STAGE STEP PHASES"; *last: it was the position. */
static enum err_code read_event(const char *line, struct journal *journal, struct config *present, bool *last,
                                struct err *err)
{
    struct position at;
    size_t length = strcspn(line, " ");
    if (!read_position(line + length, &at))
        return refuse(err, "it names no step");
    *last = length == 2 && memcmp(line, "at", 2) == 0;
    if (*last) {
        journal->position = at;
        return ERR_NONE;
    }
    for (int kind = 0; kind_names[kind]; kind++) {
        if (strlen(kind_names[kind]) != length || memcmp(kind_names[kind], line, length) != 0)
            continue;
        bool ordered = journal->count == 0 || in_order(journal->event[journal->count - 1].at, at);
        if (journal->count == JOURNAL_EVENTS || !ordered)
            return refuse(err, "its steps are in no order");
        journal->event[journal->count++] =
            (struct journal_event){.kind = (enum journal_kind)kind, .at = at, .config = *present};
        return ERR_NONE;
    }
    return refuse(err, "it has a kind of event that this version does not know");
}

static bool is_live_key(const char *assignment)
{
    char path[KEY_VALUE_SIZE];
    snprintf(path, sizeof path, "%.*s", (int)strcspn(assignment, "="), assignment);
    int key = key_find(path);
    return key >= 0 && key_table[key].live;
}

/* The start's keys, or those of the event that was read last. */
static enum err_code read_key(const char *line, struct journal *journal, struct config *present, struct err *err)
{
    bool start = journal->count == 0;
    if (!start && (journal->event[journal->count - 1].kind == JOURNAL_ADAPT || !is_live_key(line)))
        return refuse(err, "it changes a key in mid-run that cannot change there");
    if (key_assign(present, line, err))
        return err_prefix(err, "this string is of another version, or altered: ");
    if (start)
        journal->start = *present;
    else
        journal->event[journal->count - 1].config = *present;
    return ERR_NONE;
}

static enum err_code check(const struct journal *journal, struct err *err)
{
    enum err_code code = config_check(&journal->start, NULL, err);
    for (int i = 0; i < journal->count && !code; i++)
        code = config_check(&journal->event[i].config, NULL, err);
    return code ? err_prefix(err, "the string's run cannot be had: ") : ERR_NONE;
}

/* `text` is the caller's to lose. */
static enum err_code read_text(char *text, struct journal *journal, struct err *err)
{
    struct config present;
    bool last = false;
    char *rest = NULL;
    config_default(&present);
    journal_begin(journal, &present);
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (last)
            return refuse(err, "it goes on after its end");
        enum err_code code =
            *line == '!' ? read_event(line + 1, journal, &present, &last, err) : read_key(line, journal, &present, err);
        if (code)
            return code;
    }
    if (!last)
        return refuse(err, "it has no end");
    return check(journal, err);
}

static enum err_code unpack(const unsigned char *bytes, size_t size, struct journal *journal, struct err *err)
{
    if (size <= CHECK_SIZE || bytes_get32(bytes) != (uint32_t)crc32(0, bytes + CHECK_SIZE, (uInt)(size - CHECK_SIZE)))
        return refuse(err, "it was cut or altered on its way");
    char *text = malloc(TEXT_MAX + 1);
    if (!text)
        return err_set(err, ERR_MEMORY, "no memory to read the run's string");
    uLongf length = TEXT_MAX;
    enum err_code code = ERR_NONE;
    if (uncompress((unsigned char *)text, &length, bytes + CHECK_SIZE, size - CHECK_SIZE) != Z_OK ||
        memchr(text, '\0', length)) {
        code = refuse(err, "what it holds is no text");
    } else {
        text[length] = '\0';
        code = read_text(text, journal, err);
    }
    free(text);
    return code;
}

enum err_code share_read(const char *text, struct journal *journal, struct err *err)
{
    size_t length = strlen(text), size = 0;
    if (strncmp(text, prefix, sizeof prefix - 1) != 0)
        return refuse(err, share_looks_like(text) ? "it is of another version of Rankscope" : "they begin with rs1:");
    if (length > SHARE_SIZE_MAX)
        return refuse(err, "it is far too long");
    unsigned char *bytes = malloc(length);
    if (!bytes)
        return err_set(err, ERR_MEMORY, "no memory to read the run's string");
    enum err_code code = from_letters(text + sizeof prefix - 1, bytes, &size)
                             ? unpack(bytes, size, journal, err)
                             : refuse(err, "it has a letter that none of them has");
    free(bytes);
    return code;
}
