/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/exporter.h"

#include "base/thread.h"
#include "cmd/folder.h"
#include "cmd/patience.h"

#include <stdio.h>

static void export_run(struct exporter *exporter)
{
    struct headless headless;
    struct headless_job job = {
        .config = &exporter->way.start, .way = &exporter->way, .rules = stop_none(), .stop = &exporter->stop};
    enum err_code code = headless_run(&headless, &job, &exporter->err);
    if (!code && headless.end == RUN_INTERRUPTED)
        code = err_set(&exporter->err, ERR_IO, "%s: it was not written to its end", exporter->path);
    if (!code)
        code = folder_write(exporter->path, &headless, &exporter->way, &exporter->pictures, &exporter->why,
                            &exporter->err);
    if (!code)
        exporter->err.code = ERR_NONE;
    headless_free(&headless);
}

static void *exporter_main(void *argument)
{
    struct exporter *exporter = argument;
    export_run(exporter);
    atomic_store_explicit(&exporter->ended, true, memory_order_release);
    return NULL;
}

enum err_code exporter_start(struct exporter *exporter, const struct journal *way, const char *path, struct err *err)
{
    exporter->way = *way;
    snprintf(exporter->path, sizeof exporter->path, "%s", path);
    exporter->pictures = false;
    atomic_store(&exporter->stop, false);
    atomic_store(&exporter->ended, false);
    exporter->busy = thread_start(&exporter->thread, exporter_main, exporter);
    return exporter->busy ? ERR_NONE : err_set(err, ERR_MEMORY, "%s: no thread is left to write it", path);
}

bool exporter_ended(struct exporter *exporter)
{
    if (!exporter->busy || !atomic_load_explicit(&exporter->ended, memory_order_acquire))
        return false;
    pthread_join(exporter->thread, NULL);
    exporter->busy = false;
    return true;
}

void exporter_end(struct exporter *exporter)
{
    atomic_store(&exporter->stop, true);
}

static bool is_idle(void *context)
{
    struct exporter *exporter = context;
    return !exporter->busy || exporter_ended(exporter);
}

bool exporter_free(struct exporter *exporter)
{
    exporter_end(exporter);
    return patience_wait(is_idle, exporter);
}
