/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/fact.h"

#include "base/text.h"
#include "run/key.h"
#include "run/result_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const flags[FACT_FLAGS] = {"run", "step", "done"};
static const char *const states[] = {[SOLVER_RUNNING] = "running",
                                     [SOLVER_CONVERGED] = "converged",
                                     [SOLVER_STALLED] = "stalled",
                                     [SOLVER_UNBOUNDED] = "unbounded",
                                     [SOLVER_DIVERGED] = "diverged"};
enum { STATES = sizeof states / sizeof *states };

enum { RATE_INNER, RATE_OUTER, RATES };
static const char *const rates[RATES] = {"stable_inner_rate", "stable_outer_rate"};

enum { ELEMENT_CURVE, ELEMENT_SINGULAR_VALUE, ELEMENT_ANGLE, ELEMENTS };
static const char *const elements[ELEMENTS] = {"curve", "singular_value", "angle"};

enum { NORM_BASE, NORM_BASE_TWO, NORM_UNSEEN, NORMS };
static const char *const norms[NORMS] = {"base_norm", "base_norm_two", "unseen_norm"};

/* ---- names ---- */

static int find(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static int find_measure(const char *name)
{
    for (int i = 0; i < result_measure_count; i++)
        if (strcmp(result_measures[i].name, name) == 0)
            return i;
    return -1;
}

static bool find_of_method(int method, const char *name, struct expression_op *op)
{
    const struct {
        enum expression_code code;
        int what;
    } found[] = {
        {EXPRESSION_MEASURE, find_measure(name)},
        {EXPRESSION_STATUS, find(states, STATES, name)},
        {EXPRESSION_RATE, find(rates, RATES, name)},
        {EXPRESSION_ELEMENT, find(elements, ELEMENTS, name)},
    };
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        if (found[i].what >= 0) {
            *op = (struct expression_op){.code = found[i].code, .what = found[i].what, .method = method};
            return true;
        }
    return false;
}

bool fact_find(const char *name, struct expression_op *op)
{
    for (int method = 0; method < METHOD_COUNT; method++) {
        size_t length = strlen(method_table[method].name);
        if (strncmp(name, method_table[method].name, length) == 0 && name[length] == '.')
            return find_of_method(method, name + length + 1, op);
    }
    const struct {
        enum expression_code code;
        int what;
    } found[] = {
        {EXPRESSION_FLAG, find(flags, FACT_FLAGS, name)},
        {EXPRESSION_NORM, find(norms, NORMS, name)},
        {EXPRESSION_KEY, key_find(name)},
    };
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        if (found[i].what >= 0) {
            *op = (struct expression_op){.code = found[i].code, .what = found[i].what};
            return true;
        }
    return false;
}

/* The guess keeps the pointer, so nothing is put together here: what follows a method's name is compared alone. */
void fact_guess(struct text_guess *guess)
{
    for (int method = 0; method < METHOD_COUNT; method++) {
        size_t length = strlen(method_table[method].name);
        if (strncmp(guess->word, method_table[method].name, length) != 0 || guess->word[length] != '.')
            continue;
        guess->word += length + 1;
        for (int i = 0; i < result_measure_count; i++)
            text_guess_offer(guess, result_measures[i].name);
        for (int i = 0; i < STATES; i++)
            text_guess_offer(guess, states[i]);
        for (int i = 0; i < ELEMENTS; i++)
            text_guess_offer(guess, elements[i]);
        return;
    }
    for (int i = 0; i < FACT_FLAGS; i++)
        text_guess_offer(guess, flags[i]);
    for (int i = 0; i < NORMS; i++)
        text_guess_offer(guess, norms[i]);
    for (int key = 0; key < key_count; key++)
        text_guess_offer(guess, key_table[key].path);
}

bool fact_choice(int key, const char *name, double *value)
{
    const struct key *row = &key_table[key];
    if (row->type == KEY_SAMPLES && strcmp(name, "population") == 0) {
        *value = (double)INFINITY;
        return true;
    }
    for (int i = 0; row->type == KEY_CHOICE && row->choice(i); i++)
        if (strcmp(row->choice(i), name) == 0) {
            *value = i;
            return true;
        }
    return false;
}

/* ---- values ---- */

static double value_of_key(int key, const struct config *config)
{
    char text[KEY_VALUE_SIZE];
    double value = (double)NAN;
    key_format(config, key, text);
    if (fact_choice(key, text, &value))
        return value;
    char *end;
    value = strtod(text, &end);
    return *end == '\0' && end != text ? value : (double)NAN;
}

static double value_of_norm(int norm, const struct snapshot *snapshot)
{
    switch (norm) {
    case NORM_BASE:
        return snapshot->base_norm;
    case NORM_BASE_TWO:
        return snapshot->base_norm_two;
    default:
        return snapshot->unseen_norm;
    }
}

static double value_of_method(const struct expression_op *op, const struct method_snapshot *method)
{
    if (op->code == EXPRESSION_STATUS)
        return (int)method->status == op->what;
    if (op->code == EXPRESSION_RATE)
        return op->what == RATE_INNER ? method->stability.inner : method->stability.outer;
    return result_measure_value(&result_measures[op->what], method);
}

static const struct method_snapshot *method_of(const struct expression_op *op, const struct facts *facts)
{
    const struct method_snapshot *method = facts->snapshot ? &facts->snapshot->method[op->method] : NULL;
    return method && method->active ? method : NULL;
}

double fact_value(const struct expression_op *op, const struct facts *facts)
{
    switch (op->code) {
    case EXPRESSION_KEY:
        return value_of_key(op->what, facts->config);
    case EXPRESSION_KEPT:
        return facts->kept ? facts->kept[op->what] : (double)NAN;
    case EXPRESSION_FLAG:
        return op->what == FACT_RUN ? facts->ran || facts->moved : op->what == FACT_STEP ? facts->moved : facts->done;
    case EXPRESSION_CHANGED: {
        char before[KEY_VALUE_SIZE];
        char now[KEY_VALUE_SIZE];
        key_format(facts->begin, op->what, before);
        key_format(facts->config, op->what, now);
        return strcmp(before, now) != 0;
    }
    case EXPRESSION_NORM:
        return facts->snapshot ? value_of_norm(op->what, facts->snapshot) : (double)NAN;
    default: {
        const struct method_snapshot *method = method_of(op, facts);
        return method ? value_of_method(op, method) : (double)NAN;
    }
    }
}

double fact_element(const struct expression_op *op, const struct facts *facts, double index)
{
    const struct method_snapshot *method = method_of(op, facts);
    if (!method)
        return (double)NAN;
    const struct problem_config *problem = &facts->snapshot->config.problem;
    const double *array = op->what == ELEMENT_CURVE            ? method->spectra.curve
                          : op->what == ELEMENT_SINGULAR_VALUE ? method->spectra.singular_values
                                                               : method->spectra.angles;
    double first = op->what == ELEMENT_CURVE ? 0 : 1;
    double last = op->what == ELEMENT_ANGLE ? problem->tasks : problem->dimension;
    bool there = array && index >= first && index <= last && index == floor(index);
    return there ? array[(size_t)(index - first)] : (double)NAN;
}
