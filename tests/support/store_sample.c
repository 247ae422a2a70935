/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/store_sample.h"

#include "run/key.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

int store_sample_set_up(void **state)
{
    const char *root = getenv("TMPDIR");
    char *folder;
    if (asprintf(&folder, "%s/store.XXXXXX", root ? root : "/tmp") < 0)
        return -1;
    *state = folder;
    return mkdtemp(folder) ? 0 : -1;
}

static void remove_all(const char *path)
{
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char inside[2 * STORE_SAMPLE_PATH_SIZE];
        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && unlink(inside) != 0)
            remove_all(inside);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
}

int store_sample_tear_down(void **state)
{
    remove_all(*state);
    free(*state);
    return 0;
}

void store_sample_path(char path[STORE_SAMPLE_PATH_SIZE], void *const *state, const char *name)
{
    int used = snprintf(path, STORE_SAMPLE_PATH_SIZE, "%s/%s", (const char *)*state, name);
    assert_in_range(used, 1, STORE_SAMPLE_PATH_SIZE - 1);
}

struct store *store_sample_open(const char *path)
{
    struct err err = {.code = ERR_NONE};
    struct store *store = store_open(path, &err);
    if (!store)
        fail_msg("%s", err.message);
    return store;
}

void store_sample_outcome(unsigned number, struct outcome outcome[METHOD_COUNT])
{
    const double odd[] = {-0.0,        0.1,    (double)INFINITY,       -(double)INFINITY,
                          (double)NAN, 5e-324, 1.7976931348623157e308, 2.385};
    enum { ODD = sizeof odd / sizeof *odd };
    memset(outcome, 0, METHOD_COUNT * sizeof *outcome);
    for (unsigned method = 0; method < METHOD_COUNT; method++) {
        struct outcome *one = &outcome[method];
        one->state = OUTCOME_DONE;
        one->status = (enum solver_status)((number + method) % (SOLVER_DIVERGED + 1));
        one->steps = 2385L * number + method;
        for (unsigned i = 0; i < METRIC_COUNT; i++) {
            unsigned mixed = (number * METHOD_COUNT + method) * METRIC_COUNT + i;
            one->value[i] = mixed % 3 == 0 ? odd[mixed / 3 % ODD] : sqrt(mixed) / 3;
            one->predicted[i] = metric_table[i].predicted && mixed % 5 > 0 ? mixed % 11 : (double)NAN;
        }
    }
}

static bool same_number(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

bool store_sample_same(const struct outcome *a, const struct outcome *b)
{
    if (a->state != b->state || a->status != b->status || a->steps != b->steps)
        return false;
    for (int i = 0; i < METRIC_COUNT; i++)
        if (!same_number(a->value[i], b->value[i]) || !same_number(a->predicted[i], b->predicted[i]))
            return false;
    return true;
}

struct config store_sample_config(int group, int trials)
{
    struct config config;
    config_default(&config);
    config.retrain.methods = (1u << METHOD_COUNT) - 1;
    config.problem.tasks = 1 + group % 7;
    config.problem.dimension = 10 + group / 7 % 11;
    config.problem.seed = (uint64_t)group * (uint64_t)trials;
    return config;
}

enum err_code store_sample_write(struct store *store, int group, int trials, struct err *err)
{
    struct config config = store_sample_config(group, trials);
    enum err_code code = store_begin(store, err);
    for (int trial = 0; trial < trials && !code; trial++) {
        struct outcome outcome[METHOD_COUNT];
        store_sample_outcome((unsigned)(group * trials + trial), outcome);
        code = store_write(store, &config, outcome, err);
        config.problem.seed++;
    }
    return code ? code : store_commit(store, err);
}

int store_sample_count(struct store *store, int group, int trials)
{
    struct err err = {.code = ERR_NONE};
    struct config config = store_sample_config(group, trials);
    struct outcome *found = calloc((size_t)trials * METHOD_COUNT, sizeof *found);
    int count = 0;
    assert_non_null(found);
    if (store_read(store, &config, trials, found, &err))
        fail_msg("%s", err.message);
    for (int trial = 0; trial < trials; trial++) {
        struct outcome want[METHOD_COUNT];
        const struct outcome *got = &found[trial * METHOD_COUNT];
        store_sample_outcome((unsigned)(group * trials + trial), want);
        for (int method = 0; method < METHOD_COUNT && got->state == OUTCOME_DONE; method++)
            if (!store_sample_same(&got[method], &want[method]))
                fail_msg("group %d, trial %d, method %d is not what was written", group, trial, method);
        count += got->state == OUTCOME_DONE;
    }
    free(found);
    return count;
}
