/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_STORE_H
#define RANKSCOPE_SWEEP_STORE_H

#include "sweep/ending.h"
#include "sweep/outcome.h"

/* Outcomes of trials in an SQLite file (WAL), kept by everything that determines them: the program's version, the configuration
 * without its title, methods and seed, and the method and the seed. The man page has the schema. What was committed is there whatever
 * happens to the process. Several programs may use one file; each waits for the other. One thread at a time uses a store. */
struct store;

/* The file where results go unless another is asked for: $XDG_DATA_HOME/rankscope/results.db, or below ~/.local/share. Makes
 * its folder where that is missing. The caller frees it. NULL: no home folder (ERR_INPUT), the folder cannot be made (ERR_IO),
 * or ERR_MEMORY. */
char *store_default_path(struct err *err);

/* Opens the file, and makes it where it is missing; ":memory:" keeps nothing. The caller closes it. NULL: *err names the path and
 * says why. No folder, no regular file, no database, one of another program or schema version, damaged: ERR_INPUT, and the file is
 * as it was. Read-only, no permission, no room, locked for too long: ERR_IO. ERR_MEMORY. */
struct store *store_open(const char *path, struct err *err);
void store_close(struct store *store); /* NULL is allowed; a group that was not committed is undone */

/* How long to wait for another program that writes before it is an error; 5 seconds unless this was called. */
void store_set_patience(struct store *store, int milliseconds);

/* The outcomes that are known of `seeds` consecutive seeds from the config's own: outcome[seed · METHOD_COUNT + method] becomes
 * OUTCOME_DONE for those methods of the config that are there, all others OUTCOME_MISSING; after an error, all are missing. ERR_IO,
 * ERR_INPUT (damaged) or ERR_MEMORY. */
enum err_code store_read(struct store *store, const struct config *config, int seeds, struct outcome *outcome,
                         struct err *err);

/* A group of writes that becomes visible to others, and safe from the process's end, at once. What is known already is left.
 * Between begin and commit nothing else may be called but store_write and store_write_ending. After an error (of begin too) the group is undone:
 * further writes and the commit do nothing and give the same error, and the next begin starts anew. ERR_IO with why (disk full,
 * read-only, locked for too long, …), ERR_INPUT (damaged) or ERR_MEMORY. */
enum err_code store_begin(struct store *store, struct err *err);
enum err_code store_write(struct store *store, const struct config *config, const struct outcome outcome[METHOD_COUNT],
                          struct err *err);
enum err_code store_commit(struct store *store, struct err *err);

/* The same for the endings of a census, which are filed by the same settings and seeds: ENDING_MISSING where none is known. The seeds may not
 * go beyond the greatest of int64_t. */
enum err_code store_read_endings(struct store *store, const struct config *config, int seeds, struct ending *ending,
                                 struct err *err);
enum err_code store_write_ending(struct store *store, const struct config *config, const struct ending *ending,
                                 struct err *err); /* in a group */

#endif
