/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/store_path.h"

#include "base/home.h"
#include "sweep/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *store_default_path(struct err *err)
{
    return home_path(HOME_DATA, "results.db", true, "the results", err);
}

enum err_code store_path_check(const char *path, struct err *err)
{
    struct stat status;
    if (*path == '\0')
        return err_set(err, ERR_INPUT, "the name of the file of results is empty");
    if (strcmp(path, ":memory:") == 0 || stat(path, &status) != 0 || (S_ISREG(status.st_mode) && status.st_size != 1))
        return ERR_NONE;
    if (S_ISREG(status.st_mode))
        return err_set(err, ERR_INPUT, "%s: this is no file of results, but a single byte; move it away", path);
    return err_set(err, ERR_INPUT, "%s: this is %s; move it away", path,
                   S_ISDIR(status.st_mode) ? "a folder" : "no regular file");
}

/* "a/b/" of "a/b/c"; NULL: no memory. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
}

enum err_code store_path_refuse(const char *path, int failure, struct err *err)
{
    struct stat status;
    enum err_code code;
    char *folder = folder_of(path);
    if (!folder)
        code = err_set(err, ERR_MEMORY, "%s: no memory to open it", path);
    else if (access(path, F_OK) == 0 && access(path, R_OK | W_OK) != 0)
        code = err_set(err, ERR_IO, "%s: cannot read and write it: %s", path, strerror(errno));
    else if (stat(folder, &status) != 0 && errno != EACCES)
        code = err_set(err, ERR_INPUT, "%s: there is no folder %s; make it", path, folder);
    else if (access(folder, W_OK | X_OK) != 0)
        code = err_set(err, ERR_IO, "%s: cannot write in the folder %s: %s", path, folder, strerror(errno));
    else
        code = err_set(err, ERR_IO, "%s: cannot open it: %s", path, strerror(failure));
    free(folder);
    return code;
}
