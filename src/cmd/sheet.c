/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/sheet.h"

#include "base/thread.h"
#include "cmd/patience.h"
#include "plot/save.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *sheet_main(void *argument)
{
    struct sheet *sheet = argument;
    sheet->err.code = plot_draw(sheet->path, sheet->script, sheet->size, &sheet->stop, &sheet->err);
    atomic_store_explicit(&sheet->ended, true, memory_order_release);
    return NULL;
}

enum err_code sheet_start(struct sheet *sheet, const char *path, const struct figures *figures, const void *subject,
                          struct err *err)
{
    if (sheet->busy)
        return err_set(err, ERR_INPUT, "%s is still being drawn", sheet->path);
    if (strlen(path) >= sizeof sheet->path)
        return err_set(err, ERR_INPUT, "a picture's name has at most %zu bytes here", sizeof sheet->path - 1);
    if (plot_script(path, figures, subject, &sheet->script, &sheet->size, err))
        return err->code;
    snprintf(sheet->path, sizeof sheet->path, "%s", path);
    atomic_store(&sheet->ended, false);
    sheet->busy = thread_start(&sheet->thread, sheet_main, sheet);
    if (sheet->busy)
        return ERR_NONE;
    free(sheet->script);
    return err_set(err, ERR_MEMORY, "%s: no thread is left to draw it", path);
}

bool sheet_ended(struct sheet *sheet)
{
    if (!sheet->busy || !atomic_load_explicit(&sheet->ended, memory_order_acquire))
        return false;
    pthread_join(sheet->thread, NULL);
    free(sheet->script);
    sheet->busy = false;
    return true;
}

int sheet_timeout(const struct sheet *sheet)
{
    enum { LOOK = 50 };
    return sheet->busy ? LOOK : -1;
}

static bool is_idle(void *context)
{
    struct sheet *sheet = context;
    return !sheet->busy || sheet_ended(sheet);
}

bool sheet_free(struct sheet *sheet)
{
    atomic_store(&sheet->stop, true);
    return patience_wait(is_idle, sheet);
}
