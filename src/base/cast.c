/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/cast.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct cast {
    char *path;
    int file; /* −1: it ended */
    int width, height;
    int64_t start;
    off_t good;                /* bytes of whole events */
    char rest[TEXT_RUNE_SIZE]; /* of a character whose end has not come */
    size_t rest_size;
    bool failed;
    struct err err;
};

/* Ends the recording where its last whole event does. */
static void give_up(struct cast *cast, const char *why)
{
    int cut = ftruncate(cast->file, cast->good);
    (void)cut; /* a device has no length */
    close(cast->file);
    cast->file = -1;
    cast->failed = true;
    err_set(&cast->err, ERR_IO, "%s: the recording ends here: %s", cast->path, why);
}

static void write_whole(struct cast *cast, const char *text, size_t size)
{
    size_t done = 0;
    while (cast->file >= 0 && done < size) {
        ssize_t written = write(cast->file, text + done, size - done);
        if (written < 0 && errno != EINTR)
            give_up(cast, strerror(errno));
        else if (written > 0)
            done += (size_t)written;
    }
    if (cast->file >= 0)
        cast->good += (off_t)size;
}

static void put_rune(FILE *stream, uint32_t rune)
{
    char bytes[TEXT_RUNE_SIZE];
    if (rune == '"' || rune == '\\')
        fprintf(stream, "\\%c", (char)rune);
    else if (rune < 0x20 || rune == 0x7f)
        fprintf(stream, "\\u%04x", rune);
    else
        fwrite(bytes, 1, text_encode(rune, bytes), stream);
}

/* Whether more bytes could make a character of these. */
static bool is_begun(const char *bytes, size_t size)
{
    unsigned char first = (unsigned char)bytes[0];
    size_t wanted = first >= 0xf0 && first < 0xf8 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 1;
    for (size_t i = 1; i < size; i++)
        if (((unsigned char)bytes[i] & 0xc0) != 0x80)
            return false;
    return first < 0xf8 && size < wanted;
}

/* The bytes as the inside of a JSON string; what is left at the end of an unfinished character waits in the cast. */
static void put_text(struct cast *cast, FILE *stream, const char *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        uint32_t rune;
        size_t length = text_decode(bytes + at, size - at, &rune);
        if (length == 0 && is_begun(bytes + at, size - at)) {
            cast->rest_size = size - at;
            memcpy(cast->rest, bytes + at, cast->rest_size);
            return;
        }
        put_rune(stream, length > 0 ? rune : 0xfffd);
        at += length > 0 ? length : 1;
    }
}

static void put_string(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (size_t size = strlen(text); size > 0;) {
        uint32_t rune;
        size_t length = text_decode(text, size, &rune);
        put_rune(stream, length > 0 ? rune : 0xfffd);
        length = length > 0 ? length : 1;
        text += length;
        size -= length;
    }
    fputc('"', stream);
}

/* Writes what was collected, or gives up where there was no memory for it. */
static void end_line(struct cast *cast, FILE *stream, char **line, const size_t *size)
{
    bool whole = stream != NULL && !ferror(stream);
    whole = stream != NULL && fclose(stream) == 0 && whole;
    if (whole)
        write_whole(cast, *line, *size);
    else if (cast->file >= 0)
        give_up(cast, "no memory");
    free(*line);
}

static double seconds(const struct cast *cast)
{
    return (double)(clock_now() - cast->start) / CLOCK_SECOND;
}

static void begin(struct cast *cast, int width, int height, const char *title)
{
    char *line = NULL;
    size_t size = 0;
    const char *term = getenv("TERM");
    FILE *stream = open_memstream(&line, &size);
    if (stream != NULL) {
        fprintf(stream, "{\"version\": 2, \"width\": %d, \"height\": %d, \"timestamp\": %lld, \"title\": ", width,
                height, (long long)time(NULL));
        put_string(stream, title);
        fputs(", \"env\": {\"TERM\": ", stream);
        put_string(stream, term != NULL ? term : "");
        fputs("}}\n", stream);
    }
    end_line(cast, stream, &line, &size);
}

/* A regular file that is there already may be somebody's recording. */
static int make_file(const char *path, struct err *err)
{
    struct stat status;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0 && errno == EEXIST) {
        if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
            err_set(err, ERR_INPUT, "%s: it is there already; a recording writes over no file", path);
            return -1;
        }
        file = open(path, O_WRONLY | O_CLOEXEC);
    }
    if (file < 0)
        err_set(err, ERR_INPUT, "%s: cannot be recorded to: %s", path, strerror(errno));
    return file;
}

struct cast *cast_new(const char *path, int width, int height, const char *title, struct err *err)
{
    struct cast *cast = calloc(1, sizeof *cast);
    char *copy = strdup(path);
    if (cast == NULL || copy == NULL) {
        err_set(err, ERR_MEMORY, "no memory for a recording");
        free(cast);
        free(copy);
        return NULL;
    }
    cast->path = copy;
    cast->width = width;
    cast->height = height;
    cast->start = clock_now();
    cast->file = make_file(path, err);
    if (cast->file < 0) {
        cast_free(cast);
        return NULL;
    }
    begin(cast, width, height, title);
    return cast;
}

void cast_free(struct cast *cast)
{
    if (cast == NULL)
        return;
    if (cast->file >= 0)
        close(cast->file);
    free(cast->path);
    free(cast);
}

void cast_output(struct cast *cast, const char *bytes, size_t size)
{
    char *line = NULL;
    char *joined = NULL;
    size_t line_size = 0;
    if (cast->file < 0 || size == 0)
        return;
    if (cast->rest_size > 0) { /* the character that waits comes first */
        joined = malloc(cast->rest_size + size);
        if (joined == NULL) {
            give_up(cast, "no memory");
            return;
        }
        memcpy(joined, cast->rest, cast->rest_size);
        memcpy(joined + cast->rest_size, bytes, size);
        bytes = joined;
        size += cast->rest_size;
        cast->rest_size = 0;
    }
    FILE *stream = open_memstream(&line, &line_size);
    if (stream != NULL) {
        fprintf(stream, "[%.6f, \"o\", \"", seconds(cast));
        put_text(cast, stream, bytes, size);
        fputs("\"]\n", stream);
    }
    end_line(cast, stream, &line, &line_size);
    free(joined);
}

void cast_resize(struct cast *cast, int width, int height)
{
    char line[96];
    if (width == cast->width && height == cast->height)
        return;
    cast->width = width;
    cast->height = height;
    int size = snprintf(line, sizeof line, "[%.6f, \"r\", \"%dx%d\"]\n", seconds(cast), width, height);
    if (cast->file >= 0)
        write_whole(cast, line, (size_t)size);
}

bool cast_failed(struct cast *cast, struct err *err)
{
    bool failed = cast->failed;
    cast->failed = false;
    if (failed)
        *err = cast->err;
    return failed;
}
