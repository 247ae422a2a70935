/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/sweeps.h"

#include "cmd/patience.h"

#include <stdlib.h>

static void open_store(struct sweeps *sweeps)
{
    struct err ignored;
    if (sweeps->store != NULL)
        return;
    char *path = store_default_path(&sweeps->why_not);
    if (path != NULL)
        sweeps->store = store_open(path, &sweeps->why_not);
    free(path);
    sweeps->kept = sweeps->store != NULL;
    if (sweeps->store == NULL)
        sweeps->store = store_open(":memory:", &ignored);
}

struct store *sweeps_store(struct sweeps *sweeps)
{
    open_store(sweeps);
    return sweeps->store;
}

/* What a table knows, in one of its own; NULL: no memory. */
static struct table *copy(const struct table *table)
{
    struct err err = {.code = ERR_NONE};
    struct table *made = table_new(&table->plan, &err);
    for (size_t cell = 0; made != NULL && cell < table->cells && !err.code; cell++) {
        const struct table_cell *own = &table->cell[cell];
        table_want(made, cell, own->wanted);
        for (int seed = 0; seed < own->room && !err.code; seed++)
            table_put(made, cell, seed, own->outcome + (size_t)seed * METHOD_COUNT, &err);
    }
    if (!err.code)
        return made;
    table_free(made);
    return NULL;
}

/* Lets go of the present sweep without waiting, unless too many are on their way already. */
static void leave(struct sweeps *sweeps)
{
    struct sweep **place = &sweeps->leaving[0];
    if (sweeps->sweep == NULL)
        return;
    sweep_end(sweeps->sweep);
    for (int i = 0; i < SWEEPS_LEAVING; i++)
        if (sweeps->leaving[i] == NULL)
            place = &sweeps->leaving[i];
    sweep_free(*place);
    *place = sweeps->sweep;
    sweeps->sweep = NULL;
}

enum err_code sweeps_begin(struct sweeps *sweeps, const struct plan *plan, struct err *err)
{
    open_store(sweeps);
    struct sweep *sweep = sweep_new(plan, sweeps->store, sweeps->threads, false, err);
    if (sweep == NULL)
        return err->code;
    if (sweeps->sweep != NULL) {
        table_free(sweeps->former);
        sweeps->former = copy(sweep_table(sweeps->sweep)); /* without memory there is nothing to compare with */
    }
    leave(sweeps);
    sweeps->sweep = sweep;
    sweeps->number++;
    return ERR_NONE;
}

static bool free_ended(void *context)
{
    struct sweeps *sweeps = context;
    bool all = true;
    for (int i = 0; i < SWEEPS_LEAVING; i++) {
        if (sweeps->leaving[i] == NULL)
            continue;
        if (sweep_ended(sweeps->leaving[i])) {
            sweep_free(sweeps->leaving[i]);
            sweeps->leaving[i] = NULL;
        } else {
            all = false;
        }
    }
    return all;
}

void sweeps_end(struct sweeps *sweeps)
{
    if (sweeps->sweep != NULL)
        sweep_end(sweeps->sweep);
}

bool sweeps_free(struct sweeps *sweeps)
{
    leave(sweeps);
    bool ended = patience_wait(free_ended, sweeps);
    table_free(sweeps->former);
    sweeps->former = NULL;
    store_close(sweeps->store);
    sweeps->store = NULL;
    return ended;
}

bool sweeps_tend(struct sweeps *sweeps)
{
    free_ended(sweeps);
    return sweeps->sweep != NULL && sweep_tend(sweeps->sweep);
}

int sweeps_descriptor(const struct sweeps *sweeps)
{
    return sweeps->sweep != NULL ? sweep_descriptor(sweeps->sweep) : -1;
}

int sweeps_timeout(const struct sweeps *sweeps)
{
    for (int i = 0; i < SWEEPS_LEAVING; i++)
        if (sweeps->leaving[i] != NULL)
            return PATIENCE_LOOK;
    return -1;
}

struct tradeoffs_view sweeps_view(const struct sweeps *sweeps)
{
    struct tradeoffs_view view = {.former = sweeps->former, .number = sweeps->number, .message = ""};
    if (sweeps->sweep == NULL)
        return view;
    view.table = sweep_table(sweeps->sweep);
    view.status = sweep_status(sweeps->sweep);
    view.status.stores = view.status.stores && sweeps->kept;
    view.paused = sweep_paused(sweeps->sweep);
    return view;
}
