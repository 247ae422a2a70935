/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/kept.h"

#include "run/explain.h"
#include "run/share.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void free_curves(struct curves *curves)
{
    if (curves != NULL)
        curves_free(curves);
    free(curves);
}

const struct store_run *kept_find(const struct kept *kept, long long id)
{
    for (size_t i = 0; i < kept->list.count; i++)
        if (kept->list.run[i].id == id)
            return &kept->list.run[i];
    return NULL;
}

/* Hands the old list's curves over to the runs of the new one. */
static void take_over(struct kept *kept, const struct store_run_list *list, struct curves **curves)
{
    for (size_t i = 0; i < kept->list.count; i++) {
        size_t place = 0;
        while (place < list->count && list->run[place].id != kept->list.run[i].id)
            place++;
        if (place < list->count)
            curves[place] = kept->curves[i];
        else
            free_curves(kept->curves[i]);
    }
}

enum err_code kept_load(struct kept *kept, struct store *store, struct err *err)
{
    struct store_run_list list;
    enum err_code code = store_list_runs(store, &list, err);
    struct curves **curves = code ? NULL : calloc(list.count + 1, sizeof(void *));
    if (curves == NULL) {
        store_run_list_free(&list);
        return code ? code : err_set(err, ERR_MEMORY, "no memory for the runs that were kept");
    }
    take_over(kept, &list, curves);
    store_run_list_free(&kept->list);
    free(kept->curves);
    kept->list = list;
    kept->curves = curves;
    return ERR_NONE;
}

static enum err_code read_curves(struct kept *kept, struct store *store, size_t place, struct err *err)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    enum err_code code = store_read_curves(store, kept->list.run[place].id, &bytes, &size, err);
    struct curves *curves = code ? NULL : malloc(sizeof *curves);
    if (!code && curves == NULL)
        code = err_set(err, ERR_MEMORY, "no memory for the run's curves");
    if (!code) {
        code = curves_unpack(bytes, size, curves, err);
        if (code)
            free_curves(curves);
        else
            kept->curves[place] = curves;
    }
    free(bytes);
    return code;
}

enum err_code kept_show(struct kept *kept, struct store *store, const struct shelf *shelf, struct err *err)
{
    enum err_code code = ERR_NONE;
    for (size_t i = 0; i < kept->list.count && !code; i++)
        if (shelf_shows(shelf, kept->list.run[i].id) && kept->curves[i] == NULL)
            code = read_curves(kept, store, i, err);
    return code;
}

enum err_code kept_keep(struct kept *kept, struct store *store, const char *name, const struct view *view,
                        struct err *err)
{
    char summary[EXPLANATION_SIZE];
    char none[] = "";
    struct err no_line;
    size_t size = 0;
    if (view->snapshot == NULL)
        return err_set(err, ERR_INPUT, "the run has not begun, so there is nothing to keep");
    unsigned char *curves = curves_pack(view, &size, err);
    if (curves == NULL)
        return err->code;
    char *line = share_write(&view->snapshot->journal, &no_line); /* without one the curves are worth keeping too */
    struct store_run run = {.way = line != NULL ? line : none, .summary = summary};
    explain(view, summary, sizeof summary);
    snprintf(run.name, sizeof run.name, "%s", name);
    snprintf(run.title, sizeof run.title, "%s", view->snapshot->config.title);
    enum err_code code = line == NULL && no_line.code == ERR_MEMORY ? err_set(err, ERR_MEMORY, "%s", no_line.message)
                                                                    : store_keep_run(store, &run, curves, size, err);
    free(line);
    free(curves);
    return code ? code : kept_load(kept, store, err);
}

/* ---- folders ---- */

/* "rankscope-NAME", of letters that any file system has, with a number where that is there already. */
static void name_folder(const char *name, char path[256])
{
    char clean[STORE_NAME_SIZE];
    struct stat status;
    size_t length = 0;
    for (const char *at = name; *at != '\0' && length + 1 < sizeof clean; at++)
        if (isalnum((unsigned char)*at) || *at == '.' || *at == '_')
            clean[length++] = *at;
        else if (length > 0 && clean[length - 1] != '-')
            clean[length++] = '-';
    clean[length] = '\0';
    snprintf(path, 256, "rankscope-%s", length > 0 ? clean : "run");
    for (int number = 2; lstat(path, &status) == 0 && number < 1000; number++)
        snprintf(path, 256, "rankscope-%s-%d", length > 0 ? clean : "run", number);
}

enum err_code kept_export(struct kept *kept, const struct store_run *run, struct err *err)
{
    struct journal way;
    char path[256];
    if (kept->exporter.busy)
        return err_set(err, ERR_INPUT, "%s is still being written", kept->exporter.path);
    enum err_code code = share_read(run->way, &way, err);
    if (code)
        return code;
    name_folder(run->name, path);
    code = exporter_start(&kept->exporter, &way, path, err);
    if (!code)
        snprintf(kept->message, sizeof kept->message, "%s is being written.", path);
    return code;
}

bool kept_tend(struct kept *kept)
{
    struct exporter *exporter = &kept->exporter;
    if (!exporter_ended(exporter))
        return false;
    if (exporter->err.code)
        snprintf(kept->message, sizeof kept->message, "%.500s", exporter->err.message);
    else if (exporter->pictures)
        snprintf(kept->message, sizeof kept->message, "%s is written: its report.md has it all.", exporter->path);
    else
        snprintf(kept->message, sizeof kept->message, "%s is written, without pictures: %.200s", exporter->path,
                 exporter->why.message);
    return true;
}

int kept_timeout(const struct kept *kept)
{
    enum { LOOK = 50 };
    return kept->exporter.busy ? LOOK : -1;
}

struct shelf_view kept_view(const struct kept *kept)
{
    return (struct shelf_view){
        .list = &kept->list, .curves = (const struct curves *const *)kept->curves, .message = kept->message};
}

bool kept_free(struct kept *kept)
{
    for (size_t i = 0; i < kept->list.count; i++)
        free_curves(kept->curves[i]);
    store_run_list_free(&kept->list);
    free(kept->curves);
    kept->curves = NULL;
    return exporter_free(&kept->exporter);
}
