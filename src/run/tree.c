/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/tree.h"

#include "base/file.h"

#include <math.h>
#include <stdlib.h>

enum err_code tree_read(const char *path, size_t limit, json_t **root, struct err *err)
{
    char *text;
    size_t size;
    json_error_t error;
    enum err_code code = file_read(path, limit, &text, &size, err);
    if (code)
        return code;
    *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    free(text);
    if (*root)
        return ERR_NONE;
    if (json_error_code(&error) == json_error_out_of_memory)
        return err_set(err, ERR_MEMORY, "%s: no memory to read it", path);
    return err_set(err, ERR_INPUT, "%s:%d:%d: %s", path, error.line, error.column, error.text);
}

void tree_put(json_t *object, const char *name, json_t *value, bool *failed)
{
    if (json_object_set_new(object, name, value) != 0)
        *failed = true;
}

void tree_append(json_t *array, json_t *value, bool *failed)
{
    if (json_array_append_new(array, value) != 0)
        *failed = true;
}

json_t *tree_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *tree_whole(double value)
{
    return isfinite(value) ? json_integer((json_int_t)value) : json_null();
}

json_t *tree_numbers(const double *value, int count, bool *failed)
{
    json_t *array = json_array();
    for (int i = 0; i < count; i++)
        tree_append(array, tree_number(value[i]), failed);
    return array;
}

enum err_code tree_write(FILE *stream, json_t *root, bool failed, const char *what, struct err *err)
{
    enum { DIGITS = 17 }; /* enough to read the same bits back */
    /* not json_dumps, which can lose text unheard when its buffer does not grow */
    failed = failed || json_dumpf(root, stream, JSON_REAL_PRECISION(DIGITS)) != 0;
    json_decref(root);
    if (failed && !ferror(stream))
        return err_set(err, ERR_MEMORY, "no memory for %s as JSON", what);
    fputc('\n', stream);
    return ERR_NONE;
}
