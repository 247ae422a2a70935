/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_BASE_FILE_H
#define RANKSCOPE_BASE_FILE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Reads a regular file of at most `limit` bytes. On success *data holds its bytes and a terminating NUL (not
 * counted in *size); the caller frees it. Errors: ERR_INPUT for what the user can mend (no such file, a folder, no
 * permission, too large), ERR_IO, ERR_MEMORY; each names the path. */
enum err_code file_read(const char *path, size_t limit, char **data, size_t *size, struct err *err);

/* Writes `size` bytes so that `path` holds either its old content or all of the new: a temporary name beside it,
 * synced, then renamed. On failure the temporary file is gone. Errors: ERR_IO naming the path. */
enum err_code file_write(const char *path, const void *data, size_t size, struct err *err);

/* Opens a regular file of at most `limit` bytes for reading; the caller closes *descriptor. Errors as file_read. */
enum err_code file_open(const char *path, size_t limit, int *descriptor, size_t *size, struct err *err);

/* Reads `size` bytes from `offset` on. ERR_INPUT where the file ends before, ERR_IO; each names the path. */
enum err_code file_read_at(int descriptor, const char *path, uint64_t offset, void *data, size_t size, struct err *err);

/* file_write in pieces, for what is never whole in memory: file_finish puts it under its name, file_abandon leaves no
 * trace. Both free the writer. NULL: ERR_IO, ERR_MEMORY. A piece that cannot be written is told by file_finish: ERR_IO. */
struct file_writer;
struct file_writer *file_begin(const char *path, struct err *err);
void file_append(struct file_writer *writer, const void *data, size_t size);
enum err_code file_finish(struct file_writer *writer, struct err *err);
void file_abandon(struct file_writer *writer); /* NULL is allowed */

/* Whether file_begin would succeed now, for what takes long to come to. ERR_IO, ERR_MEMORY. */
enum err_code file_check(const char *path, struct err *err);

#endif
