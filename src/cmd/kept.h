/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_KEPT_H
#define RANKSCOPE_CMD_KEPT_H

#include "cmd/exporter.h"
#include "ui/shelf.h"

/* What the Runs screen shows: the runs that were kept, with the curves of those that are looked at; and the folder that one of them is
 * being written to. The store is borrowed in every call. Begins zeroed. */
struct kept {
    struct store_run_list list;
    struct curves **curves; /* of each run; NULL: not read, or not to be had */
    struct exporter exporter;
    char message[512]; /* of what goes on, or "" */
};

/* Reads the list again. Curves are kept for runs that are still there. */
enum err_code kept_load(struct kept *kept, struct store *store, struct err *err);

/* Reads the curves of the runs that the screen shows, where they are not known. */
enum err_code kept_show(struct kept *kept, struct store *store, const struct shelf *shelf, struct err *err);

/* Keeps what a view shows; the list is read again. */
enum err_code kept_keep(struct kept *kept, struct store *store, const char *name, const struct view *view,
                        struct err *err);

const struct store_run *kept_find(const struct kept *kept, long long id); /* NULL: it is not there */

/* Begins to write the run into a folder beside where the program was started, named after it. ERR_INPUT: another is being written, or
 * the run has no line. */
enum err_code kept_export(struct kept *kept, const struct store_run *run, struct err *err);

/* True: the message has changed. */
bool kept_tend(struct kept *kept);
int kept_timeout(const struct kept *kept); /* milliseconds until kept_tend is due; −1: never */

struct shelf_view kept_view(const struct kept *kept);

/* False: the folder is still being written; the process must end without what happens at exit. */
bool kept_free(struct kept *kept);

#endif
