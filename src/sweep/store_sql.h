/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_STORE_SQL_H
#define RANKSCOPE_SWEEP_STORE_SQL_H

/* The store's SQL. Its columns for outcomes are the metrics' names, then "predicted_" and the names of those that can be
 * predicted, in the order of metric_table. */

enum { STORE_SQL_APPLICATION = 0x726b7363, STORE_SQL_SCHEMA = 2 };
enum { STORE_SQL_SIZE = 2048 }; /* enough for any of these */

extern const char store_sql_make_scenario[];          /* CREATE TABLE scenario */
extern const char store_sql_make_run[];               /* CREATE TABLE run */
void store_sql_make_trial(char sql[STORE_SQL_SIZE]);  /* CREATE TABLE trial */
void store_sql_make_result(char sql[STORE_SQL_SIZE]); /* CREATE VIEW result */

/* Of a scenario (version ?1, settings ?2) the trials with seeds ?3 to ?4: seed, method, status, steps, outcomes. */
void store_sql_find_trials(char sql[STORE_SQL_SIZE]);

/* A trial: scenario, seed, method, status, steps, outcomes. */
void store_sql_add_trial(char sql[STORE_SQL_SIZE]);

#endif
