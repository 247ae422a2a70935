/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/census.h"

#include "run/key.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum err_code census_begin(struct census *census, const struct config *config, int starts, struct err *err)
{
    *census = (struct census){.config = *config, .starts = starts};
    if (config->problem.seed > (uint64_t)INT64_MAX - (uint64_t)starts)
        return err_set(err, ERR_INPUT, "problem.seed must be below %lld less the number of starts",
                       (long long)INT64_MAX);
    census->ending = calloc((size_t)starts, sizeof *census->ending);
    return census->ending ? ERR_NONE : err_set(err, ERR_MEMORY, "no memory for %d starts", starts);
}

void census_free(struct census *census)
{
    free(census->ending);
    *census = (struct census){.starts = 0};
}

static void count_known(struct census *census)
{
    census->known = 0;
    for (int i = 0; i < census->starts; i++)
        census->known += census->ending[i].kind != ENDING_MISSING;
}

enum err_code census_read(struct census *census, struct store *store, struct err *err)
{
    enum err_code code = store_read_endings(store, &census->config, census->starts, census->ending, err);
    count_known(census);
    return code;
}

static struct config config_of(const struct census *census, int index)
{
    struct config config = census->config;
    config.problem.seed += (uint64_t)index;
    return config;
}

enum err_code census_compute(const struct census *census, int index, struct ending *ending, struct err *err)
{
    struct config config = config_of(census, index);
    return ending_compute(&config, ending, err);
}

enum err_code census_take(struct census *census, struct store *store, int index, const struct ending *ending,
                          struct err *err)
{
    struct config config = config_of(census, index);
    census->known += census->ending[index].kind == ENDING_MISSING && ending->kind != ENDING_MISSING;
    census->ending[index] = *ending;
    return store ? store_write_ending(store, &config, ending, err) : ERR_NONE;
}

struct census_kind census_of_kind(const struct census *census, enum ending_kind kind)
{
    double none = (double)NAN;
    struct census_kind found = {.rate = {none, none},
                                .least_loss = none,
                                .greatest_loss = none,
                                .greatest_gradient = none,
                                .lowest_eigenvalue = none,
                                .greatest_adapters = none};
    for (int i = 0; i < census->starts; i++) {
        const struct ending *ending = &census->ending[i];
        if (ending->kind != kind)
            continue;
        found.count++;
        found.least_loss = fmin(found.least_loss, ending->train_loss); /* of a number and none, the number */
        found.greatest_loss = fmax(found.greatest_loss, ending->train_loss);
        found.greatest_gradient = fmax(found.greatest_gradient, ending->gradient_norm);
        found.lowest_eigenvalue = fmin(found.lowest_eigenvalue, ending->lowest_eigenvalue);
        found.greatest_adapters = fmax(found.greatest_adapters, ending->adapters_norm);
    }
    if (census->known > 0)
        found.rate = statistics_rate(found.count, census->known);
    return found;
}

/* Every key that is not as it is by default; the title says nothing. */
void census_command(const struct config *config, char command[CENSUS_COMMAND_SIZE])
{
    struct config standard;
    size_t used = (size_t)snprintf(command, CENSUS_COMMAND_SIZE, "rankscope three-tasks");
    config_default(&standard);
    for (int key = 0; key < key_count; key++) {
        char value[KEY_VALUE_SIZE], usual[KEY_VALUE_SIZE];
        key_format(config, key, value);
        key_format(&standard, key, usual);
        if (strcmp(value, usual) == 0 || key_table[key].type == KEY_TEXT || used >= CENSUS_COMMAND_SIZE)
            continue;
        used +=
            (size_t)snprintf(command + used, CENSUS_COMMAND_SIZE - used, " --set %s=%s", key_table[key].path, value);
    }
}
