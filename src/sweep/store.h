/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_STORE_H
#define RANKSCOPE_SWEEP_STORE_H

#include "sweep/outcome.h"

#include <stdint.h>

/* Outcomes of trials in an SQLite file (WAL), kept by everything that determines them: the program's version, the configuration
 * without its title, methods and seed, and the method and the seed. The man page has the schema. What was written is there whatever
 * happens to the process. Several programs may use one file; each waits for the other. One thread uses a store. */
struct store;

/* The file where results go unless another is asked for: $XDG_DATA_HOME/rankscope/results.db, or below ~/.local/share. The
 * caller frees it. NULL: no home folder (ERR_INPUT), or ERR_MEMORY. */
char *store_default_path(struct err *err);

/* Opens the file, and makes it and its folder where they are missing; ":memory:" keeps nothing. Errors name the path: no
 * database, one of another program or schema version, damaged (ERR_INPUT), read-only, no permission, no room (ERR_IO), ERR_MEMORY. */
struct store *store_open(const char *path, struct err *err);
void store_close(struct store *store); /* NULL is allowed */

/* The outcomes that are known of `seeds` consecutive seeds from the config's own: outcome[seed · METHOD_COUNT + method] becomes
 * OUTCOME_DONE for those methods of the config that are there, all others OUTCOME_MISSING. ERR_IO. */
enum err_code store_read(struct store *store, const struct config *config, int seeds, struct outcome *outcome,
                         struct err *err);

/* A group of writes that becomes durable at once. Between begin and commit nothing else may be called but store_write. After an
 * error the group is undone. ERR_IO with why (disk full, read-only, locked for too long, …). */
enum err_code store_begin(struct store *store, struct err *err);
enum err_code store_write(struct store *store, const struct config *config, const struct outcome outcome[METHOD_COUNT],
                          struct err *err);
enum err_code store_commit(struct store *store, struct err *err);

#endif
