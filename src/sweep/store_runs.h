/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_STORE_RUNS_H
#define RANKSCOPE_SWEEP_STORE_RUNS_H

#include "sweep/store.h"

/* Runs that somebody kept under a name, in the store's file. Nothing may be called within a group of writes. */

enum { STORE_NAME_SIZE = 64, STORE_RUNS_MAX = 10000 };

struct store_run {
    long long id;
    char name[STORE_NAME_SIZE]; /* at least one character; no two runs have the same */
    char kept[24];              /* when: "2026-11-26 17:05", UTC */
    char version[24];           /* the program's */
    char title[80];             /* of its scenario */
    char *way;                  /* the run's line (share.h); "": there is none */
    char *summary;              /* what was seen, in sentences */
};

struct store_run_list {
    size_t count;
    struct store_run *run; /* the newest first */
};

/* The caller frees the list, also after an error. What the file has is made fit for a terminal. ERR_IO, ERR_INPUT (damaged),
 * ERR_MEMORY. */
enum err_code store_list_runs(struct store *store, struct store_run_list *list, struct err *err);
void store_run_list_free(struct store_run_list *list);

/* Keeps a run; id, kept and version are the store's to say. `curves`: curves_pack's bytes. ERR_INPUT: the name is empty, or another
 * run has it. */
enum err_code store_keep_run(struct store *store, const struct store_run *run, const unsigned char *curves, size_t size,
                             struct err *err);
enum err_code store_rename_run(struct store *store, long long id, const char *name, struct err *err); /* as above */
enum err_code store_delete_run(struct store *store, long long id,
                               struct err *err); /* one that is not there is no error */

/* The caller frees the bytes. ERR_INPUT: there is no such run. */
enum err_code store_read_curves(struct store *store, long long id, unsigned char **curves, size_t *size,
                                struct err *err);

#endif
