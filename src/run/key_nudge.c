/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "model/method.h"
#include "run/key.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How the lab's arrows walk through a key's values. */

enum { FEWEST_NUDGED_SAMPLES = 10 };

/* The next of …, 1, 2, 5, 10, 20, … above or below a positive value. Each is the double nearest to its decimal form,
 * so that what arrows reach and what a person types are the same. */
static double ladder(double value, int direction)
{
    static const int rungs[] = {1, 2, 5};
    double below = 0;
    for (int exponent = (int)floor(log10(value)) - 1;; exponent++) {
        for (size_t i = 0; i < sizeof rungs / sizeof *rungs; i++) {
            char text[TEXT_REAL_SIZE];
            snprintf(text, sizeof text, "%de%d", rungs[i], exponent);
            double rung = strtod(text, NULL);
            if (direction > 0 && rung > value)
                return rung;
            if (direction < 0 && rung >= value)
                return below;
            below = rung;
        }
    }
}

static double next_real(const struct key *row, double value, int direction)
{
    if (value <= 0)
        return direction > 0 ? row->finest : -1;
    double next = ladder(value, direction);
    if (next < row->finest && direction < 0)
        return row->minimum;
    return next;
}

/* Rates and counts that range over decades; dimensions, ranks and tasks go by one. */
static bool ranges_over_decades(const struct key *row)
{
    return row->maximum > 4096;
}

static double next_integer(const struct key *row, int value, int direction)
{
    return ranges_over_decades(row) ? ladder(value, direction) : (double)value + direction;
}

/* Population lies below ten samples and is where the ladder begins. */
static double next_samples(int value, int direction)
{
    if (value == SAMPLES_POPULATION)
        return direction > 0 ? FEWEST_NUDGED_SAMPLES : -1;
    double next = ladder(value, direction);
    return next < FEWEST_NUDGED_SAMPLES ? (direction > 0 ? FEWEST_NUDGED_SAMPLES : SAMPLES_POPULATION) : next;
}

static int count_choices(const struct key *row)
{
    int count = 0;
    while (row->choice(count))
        count++;
    return count;
}

static enum err_code no_further(const struct config *config, int key, int direction, struct err *err)
{
    char value[KEY_VALUE_SIZE];
    key_format(config, key, value);
    return err_set(err, ERR_INPUT, "%s: %s is the %s", key_table[key].path, value,
                   direction > 0 ? "largest value" : "smallest value");
}

static enum err_code nudge_number(struct config *config, int key, int direction, struct err *err)
{
    const struct key *row = &key_table[key];
    void *member = (char *)config + row->offset;
    double real = 0;
    int whole = 0;
    double next;
    if (row->type == KEY_REAL) {
        memcpy(&real, member, sizeof real);
        next = next_real(row, real, direction);
    } else {
        memcpy(&whole, member, sizeof whole);
        next = row->type == KEY_SAMPLES ? next_samples(whole, direction) : next_integer(row, whole, direction);
    }
    bool to_population = row->type == KEY_SAMPLES && next == SAMPLES_POPULATION;
    if (!to_population && !(next >= row->minimum && next <= row->maximum))
        return no_further(config, key, direction, err);
    if (row->type == KEY_REAL)
        memcpy(member, &next, sizeof next);
    else
        memcpy(member, &(int){(int)next}, sizeof(int));
    return ERR_NONE;
}

static enum err_code nudge_seed(struct config *config, int key, int direction, struct err *err)
{
    void *member = (char *)config + key_table[key].offset;
    uint64_t seed;
    memcpy(&seed, member, sizeof seed);
    if (seed == (direction > 0 ? UINT64_MAX : 0))
        return no_further(config, key, direction, err);
    seed = direction > 0 ? seed + 1 : seed - 1;
    memcpy(member, &seed, sizeof seed);
    return ERR_NONE;
}

/* Another kind of problem brings what it cannot do without: samples, and rates that are usual there. */
static void bring_kind(struct config *config)
{
    static const double adamw_rate = 1e-3;
    struct config usual;
    config_default(&usual);
    bool network = config->problem.kind == PROBLEM_NETWORK;
    config->problem.samples = network ? 1000 : usual.problem.samples;
    config->adapt.samples = network ? 100 : usual.adapt.samples;
    config->retrain.outer_rate = network ? adamw_rate : usual.retrain.outer_rate;
    config->adapt.rate = network ? adamw_rate : usual.adapt.rate;
    if (network) /* what goes with networks */
        config->retrain.methods &= 1u << METHOD_STANDARD | 1u << METHOD_META | 1u << METHOD_ORACLE;
    if (config->retrain.methods == 0)
        config->retrain.methods = usual.retrain.methods;
}

/* Choices run 0 … count − 1, the sets that are not empty 1 … 2^count − 1; both go round. */
static void nudge_round(struct config *config, int key, int direction)
{
    const struct key *row = &key_table[key];
    void *member = (char *)config + row->offset;
    int first = row->type == KEY_SET;
    int last = row->type == KEY_SET ? (1 << count_choices(row)) - 1 : count_choices(row) - 1;
    int value;
    memcpy(&value, member, sizeof value);
    value += direction;
    value = value > last ? first : value < first ? last : value;
    memcpy(member, &value, sizeof value);
    if (strcmp(row->path, "problem.kind") == 0)
        bring_kind(config);
}

enum err_code key_nudge(struct config *config, int key, int direction, struct err *err)
{
    struct config next = *config;
    enum err_code code = ERR_NONE;
    switch (key_table[key].type) {
    case KEY_INTEGER:
    case KEY_SAMPLES:
    case KEY_REAL:
        code = nudge_number(&next, key, direction, err);
        break;
    case KEY_SEED:
        code = nudge_seed(&next, key, direction, err);
        break;
    case KEY_CHOICE:
    case KEY_SET:
        nudge_round(&next, key, direction);
        break;
    case KEY_TEXT:
        return err_set(err, ERR_INPUT, "%s is text: type it", key_table[key].path);
    }
    if (!code)
        code = config_check(&next, NULL, err);
    if (!code)
        *config = next;
    return code;
}
