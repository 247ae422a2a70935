/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/store_sql.h"

#include "sweep/metric.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void append(char sql[STORE_SQL_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));
static void append(char sql[STORE_SQL_SIZE], const char *format, ...)
{
    size_t used = strlen(sql);
    va_list args;
    va_start(args, format);
    vsnprintf(sql + used, STORE_SQL_SIZE - used, format, args);
    va_end(args);
}

/* Each name after `before`. */
static void append_metrics(char sql[STORE_SQL_SIZE], const char *before)
{
    for (int metric = 0; metric < METRIC_COUNT; metric++)
        append(sql, "%s%s", before, metric_table[metric].name);
    for (int metric = 0; metric < METRIC_COUNT; metric++)
        if (metric_table[metric].predicted)
            append(sql, "%spredicted_%s", before, metric_table[metric].name);
}

const char store_sql_make_scenario[] = "CREATE TABLE scenario (\n"
                                       "    id INTEGER PRIMARY KEY,\n"
                                       "    version TEXT NOT NULL,\n"
                                       "    settings TEXT NOT NULL,\n"
                                       "    UNIQUE (version, settings)\n"
                                       ")";

const char store_sql_make_run[] = "CREATE TABLE run (\n"
                                  "    id INTEGER PRIMARY KEY,\n"
                                  "    name TEXT NOT NULL UNIQUE,\n"
                                  "    kept TEXT NOT NULL,\n"
                                  "    version TEXT NOT NULL,\n"
                                  "    title TEXT NOT NULL,\n"
                                  "    way TEXT NOT NULL,\n"
                                  "    summary TEXT NOT NULL,\n"
                                  "    curves BLOB NOT NULL\n"
                                  ")";

/* The outcomes have no type: as REAL a negative zero would lose its sign. */
void store_sql_make_trial(char sql[STORE_SQL_SIZE])
{
    sql[0] = '\0';
    append(sql, "CREATE TABLE trial (\n"
                "    scenario INTEGER NOT NULL REFERENCES scenario (id),\n"
                "    seed INTEGER NOT NULL,\n"
                "    method TEXT NOT NULL,\n"
                "    status TEXT NOT NULL,\n"
                "    steps INTEGER NOT NULL");
    append_metrics(sql, ",\n    ");
    append(sql, ",\n    PRIMARY KEY (scenario, seed, method)\n) WITHOUT ROWID");
}

/* The usual keys by names of their own; all others are to be had from the settings. */
void store_sql_make_result(char sql[STORE_SQL_SIZE])
{
    static const char *const columns[][2] = {
        {"problem.dimension", "dimension"}, {"problem.rank", "rank"},         {"problem.tasks", "tasks"},
        {"problem.truth", "truth"},         {"problem.samples", "samples"},   {"problem.noise", "noise"},
        {"retrain.adapter", "adapter"},     {"retrain.rank", "adapter_rank"}, {"retrain.solver", "solver"},
        {"adapt.samples", "adapt_samples"}, {"adapt.rank", "adapt_rank"}};
    sql[0] = '\0';
    append(sql, "CREATE VIEW result AS\nSELECT version");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        append(sql, ",\n    json_extract(settings, '$.%s') AS %s", columns[i][0], columns[i][1]);
    append(sql, ",\n    CASE WHEN seed < 0 THEN printf('%%u', seed) ELSE seed END AS seed"
                ",\n    method,\n    status,\n    steps");
    append_metrics(sql, ",\n    ");
    append(sql, ",\n    settings\nFROM trial JOIN scenario ON scenario.id = trial.scenario");
}

void store_sql_find_trials(char sql[STORE_SQL_SIZE])
{
    sql[0] = '\0';
    append(sql, "SELECT seed, method, status, steps");
    append_metrics(sql, ", ");
    append(sql, " FROM trial WHERE scenario = (SELECT id FROM scenario WHERE version = ?1 AND settings = ?2)"
                " AND seed BETWEEN ?3 AND ?4");
}

void store_sql_add_trial(char sql[STORE_SQL_SIZE])
{
    sql[0] = '\0';
    append(sql, "INSERT INTO trial (scenario, seed, method, status, steps");
    append_metrics(sql, ", ");
    append(sql, ") VALUES (?, ?, ?, ?, ?");
    for (int metric = 0; metric < METRIC_COUNT; metric++)
        append(sql, metric_table[metric].predicted ? ", ?, ?" : ", ?");
    append(sql, ") ON CONFLICT DO NOTHING");
}
