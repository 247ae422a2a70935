/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_BASE_FILE_H
#define RANKSCOPE_BASE_FILE_H

#include "base/err.h"

#include <stddef.h>

/* Reads a regular file of at most `limit` bytes. On success *data holds its bytes and a terminating NUL (not
 * counted in *size); the caller frees it. Errors: ERR_INPUT for what the user can mend (no such file, a folder, no
 * permission, too large), ERR_IO, ERR_MEMORY; each names the path. */
enum err_code file_read(const char *path, size_t limit, char **data, size_t *size, struct err *err);

/* Writes `size` bytes so that `path` holds either its old content or all of the new: a temporary name beside it,
 * synced, then renamed. On failure the temporary file is gone. Errors: ERR_IO naming the path. */
enum err_code file_write(const char *path, const void *data, size_t size, struct err *err);

#endif
