/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_CAPACITY = 4096, TEMPORARY_ATTEMPTS = 1000 };

static enum err_code cannot_open(const char *path, struct err *err)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return err_set(err, ERR_INPUT, "%s: there is no such file", path);
    case EACCES:
    case EPERM:
        return err_set(err, ERR_INPUT, "%s: no permission to read it", path);
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EIO:
        return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    default:
        return err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
    }
}

/* Opens without waiting, so that a pipe without a writer cannot hold the program. */
static enum err_code open_regular(const char *path, size_t limit, int *descriptor, struct err *err)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return cannot_open(path, err);

    struct stat status;
    enum err_code code = ERR_NONE;
    if (fstat(fd, &status) != 0)
        code = err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    else if (S_ISDIR(status.st_mode))
        code = err_set(err, ERR_INPUT, "%s: this is a folder, not a file", path);
    else if (!S_ISREG(status.st_mode))
        code = err_set(err, ERR_INPUT, "%s: this is not a regular file", path);
    else if ((uintmax_t)status.st_size > limit)
        code = err_set(err, ERR_INPUT, "%s: %jd bytes are too many, the limit is %zu", path, (intmax_t)status.st_size,
                       limit);
    if (code) {
        close(fd);
        return code;
    }
    *descriptor = fd;
    return ERR_NONE;
}

enum err_code file_open(const char *path, size_t limit, int *descriptor, size_t *size, struct err *err)
{
    int fd = -1;
    struct stat status;
    enum err_code code = open_regular(path, limit, &fd, err);
    if (code)
        return code;
    if (fstat(fd, &status) != 0) {
        close(fd);
        return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    }
    *descriptor = fd;
    *size = (size_t)status.st_size;
    return ERR_NONE;
}

enum err_code file_read_at(int descriptor, const char *path, uint64_t offset, void *data, size_t size, struct err *err)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = pread(descriptor, (char *)data + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno != EINTR)
            return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
        if (got == 0)
            return err_set(err, ERR_INPUT, "%s: it became shorter while it was read", path);
        if (got > 0)
            done += (size_t)got;
    }
    return ERR_NONE;
}

/* Reads to the end of the file, which may grow while it is read and, below /proc, has more than its size says. */
static enum err_code read_all(int fd, const char *path, size_t limit, char **data, size_t *size, struct err *err)
{
    size_t capacity = 0;
    size_t used = 0;
    char *buffer = NULL;
    for (;;) {
        if (used + 1 >= capacity) {
            capacity = capacity ? 2 * capacity : FIRST_CAPACITY;
            char *larger = realloc(buffer, capacity);
            if (!larger) {
                free(buffer);
                return err_set(err, ERR_MEMORY, "%s: no memory for %zu bytes", path, capacity);
            }
            buffer = larger;
        }
        ssize_t got = read(fd, buffer + used, capacity - used - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || used + (size_t)got > limit) {
            if (got == 0)
                break;
            enum err_code code =
                got < 0 ? err_set(err, ERR_IO, "%s: %s", path, strerror(errno))
                        : err_set(err, ERR_INPUT, "%s: it is too large, the limit is %zu bytes", path, limit);
            free(buffer);
            return code;
        }
        used += (size_t)got;
    }
    buffer[used] = '\0';
    *data = buffer;
    *size = used;
    return ERR_NONE;
}

enum err_code file_read(const char *path, size_t limit, char **data, size_t *size, struct err *err)
{
    int fd = -1;
    enum err_code code = open_regular(path, limit, &fd, err);
    if (code)
        return code;
    code = read_all(fd, path, limit, data, size, err);
    close(fd);
    return code;
}

/* Length of the part of `path` before the file's name: "a/b/" of "a/b/c". */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Creates a file beside `path` that did not exist, with the permissions that any new file has. *name is the
 * caller's to free. Returns its descriptor, or −1 with errno. */
static int create_temporary(const char *path, char **name)
{
    for (int attempt = 0; attempt < TEMPORARY_ATTEMPTS; attempt++) {
        if (asprintf(name, "%.*s.rankscope-%ld-%d.tmp", (int)folder_length(path), path, (long)getpid(), attempt) < 0) {
            errno = ENOMEM;
            return -1;
        }
        int fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0)
            return fd;
        int failure = errno;
        free(*name);
        errno = failure;
        if (failure != EEXIST)
            return -1;
    }
    return -1;
}

static bool write_all(int fd, const char *data, size_t size)
{
    for (size_t written = 0; written < size;) {
        ssize_t put = write(fd, data + written, size - written);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0)
            written += (size_t)put;
    }
    return true;
}

/* The new name is on disk only when its folder is. Not every file system can; then the file itself must do. */
static void sync_folder(const char *path)
{
    char folder[PATH_MAX];
    size_t length = folder_length(path);
    if (snprintf(folder, sizeof folder, "%.*s", length ? (int)length : 1, length ? path : ".") >= PATH_MAX)
        return;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

struct file_writer {
    char *path;      /* as the caller has it */
    char *real;      /* what is replaced: a link stays a link */
    char *temporary; /* NULL: there is none */
    int descriptor;
    int failure; /* errno of the first piece that could not be written */
};

static void free_writer(struct file_writer *writer)
{
    free(writer->path);
    free(writer->real);
    free(writer->temporary);
    free(writer);
}

/* Makes the temporary file, with the mode of the one that it will replace. False: *why there is none. */
static bool begin(struct file_writer *writer, const char **why)
{
    struct stat old;
    bool keep_mode = stat(writer->real, &old) == 0;
    if (keep_mode && !S_ISREG(old.st_mode)) {
        /* a device or a pipe must not be renamed away */
        *why = S_ISDIR(old.st_mode) ? strerror(EISDIR) : "this is not a regular file";
        return false;
    }
    writer->descriptor = create_temporary(writer->real, &writer->temporary);
    if (writer->descriptor < 0) {
        writer->temporary = NULL;
        *why = strerror(errno);
        return false;
    }
    if (keep_mode && fchmod(writer->descriptor, old.st_mode & 07777) != 0)
        writer->failure = errno;
    return true;
}

struct file_writer *file_begin(const char *path, struct err *err)
{
    struct file_writer *writer = calloc(1, sizeof *writer);
    if (writer) {
        writer->path = strdup(path);
        writer->real = realpath(path, NULL);
        if (!writer->real)
            writer->real = strdup(path);
    }
    if (!writer || !writer->path || !writer->real) {
        if (writer)
            free_writer(writer);
        err_set(err, ERR_MEMORY, "%s: no memory to write it", path);
        return NULL;
    }
    const char *why;
    if (!begin(writer, &why)) {
        err_set(err, ERR_IO, "%s: cannot write it: %s", path, why);
        free_writer(writer);
        return NULL;
    }
    return writer;
}

void file_append(struct file_writer *writer, const void *data, size_t size)
{
    if (!writer->failure && !write_all(writer->descriptor, data, size))
        writer->failure = errno;
}

enum err_code file_finish(struct file_writer *writer, struct err *err)
{
    int failure = writer->failure;
    if (!failure && fsync(writer->descriptor) != 0)
        failure = errno;
    if (close(writer->descriptor) != 0 && !failure)
        failure = errno;
    if (!failure && rename(writer->temporary, writer->real) != 0)
        failure = errno;
    if (failure)
        unlink(writer->temporary);
    else
        sync_folder(writer->real);
    enum err_code code =
        failure ? err_set(err, ERR_IO, "%s: cannot write it: %s", writer->path, strerror(failure)) : ERR_NONE;
    free_writer(writer);
    return code;
}

void file_abandon(struct file_writer *writer)
{
    if (!writer)
        return;
    close(writer->descriptor);
    unlink(writer->temporary);
    free_writer(writer);
}

enum err_code file_check(const char *path, struct err *err)
{
    struct file_writer *writer = file_begin(path, err);
    bool possible = writer != NULL;
    file_abandon(writer);
    return possible ? ERR_NONE : err->code;
}

enum err_code file_write(const char *path, const void *data, size_t size, struct err *err)
{
    struct err failure;
    struct file_writer *writer = file_begin(path, &failure);
    if (!writer)
        return err_set(err, failure.code, "%s", failure.message);
    file_append(writer, data, size);
    return file_finish(writer, err);
}
