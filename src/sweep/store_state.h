/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_STORE_STATE_H
#define RANKSCOPE_SWEEP_STORE_STATE_H

#include "run/config_json.h"
#include "sweep/store.h"

#include <sqlite3.h>

/* What the store's files share: store.c has the file and the trials, store_endings.c the endings. */

enum statement {
    BEGIN,
    COMMIT,
    FIND_SCENARIO,
    ADD_SCENARIO,
    FIND_TRIALS,
    ADD_TRIAL,
    FIND_ENDINGS, /* NULL until endings are first asked for */
    ADD_ENDING,
    STATEMENT_COUNT
};

struct store {
    sqlite3 *db;
    char *path;
    sqlite3_stmt *statement[STATEMENT_COUNT];
    bool failed;        /* the group of writes, and is undone */
    struct err failure; /* why */
    /* the scenario that was written to last in this group; 0: none */
    sqlite3_int64 scenario;
    char settings[CONFIG_SETTINGS_SIZE];
};

enum err_code store_damaged(const struct store *store, const char *what, struct err *err);
enum err_code store_refuse(const struct store *store, int result, struct err *err); /* what an SQLite result means */
enum err_code store_fail(struct store *store, enum err_code code, struct err *err); /* undoes the group */

int store_run_text(struct store *store, const char *sql);
int store_prepare(struct store *store, enum statement which, const char *sql);
int store_run(struct store *store, enum statement which);
int store_bind_settings(sqlite3_stmt *statement, const char *settings); /* as ?1 and ?2 */
int store_find_scenario(struct store *store, const char *settings); /* sets store->scenario, adding it where needed */

#endif
