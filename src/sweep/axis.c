/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/axis.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A short name that stands for more than the problem's own key. */
struct short_name {
    const char *name;
    const char *path[AXIS_KEYS];
};
static const struct short_name short_names[] = {{"rank", {"problem.rank", "retrain.rank", "adapt.rank"}}};

/* ---- which keys ---- */

/* Neither text nor the methods, which every cell has all of, nor the seed, which it has several of. */
static bool is_axis_key(int key)
{
    enum key_type type = key_table[key].type;
    return type != KEY_TEXT && type != KEY_SET && type != KEY_SEED;
}

/* `key` is the row that the name stands for, or −1. */
static enum err_code refuse_key(const char *name, int key, struct err *err)
{
    char clip[TEXT_CLIP_SIZE];
    struct text_guess guess = {.word = name};
    text_clip(clip, name);
    if (key >= 0)
        return err_set(err, ERR_INPUT, "%s cannot be an axis%s", clip,
                       key_table[key].type == KEY_SEED ? "; every cell has several seeds, see --seeds" : "");
    for (int row = 0; row < key_count; row++) {
        if (!is_axis_key(row))
            continue;
        text_guess_offer(&guess, key_table[row].path);
        text_guess_offer(&guess, strchr(key_table[row].path, '.') + 1);
    }
    return err_set(err, ERR_INPUT, "no key \"%s\" for an axis%s%s%s", clip, guess.best ? "; did you mean " : "",
                   guess.best ? guess.best : "; the keys are those of a scenario, such as tasks or problem.samples",
                   guess.best ? "?" : "");
}

static enum err_code add_key(struct axis *axis, int key, struct err *err)
{
    for (int i = 0; i < axis->keys; i++)
        if (axis->key[i] == key)
            return err_set(err, ERR_INPUT, "the axis %s names %s twice", axis->name, key_table[key].path);
    if (axis->keys == AXIS_KEYS)
        return err_set(err, ERR_INPUT, "the axis %s has more than %d keys", axis->name, AXIS_KEYS);
    axis->key[axis->keys++] = key;
    return ERR_NONE;
}

static enum err_code add_named(struct axis *axis, const char *name, struct err *err)
{
    for (size_t i = 0; i < sizeof short_names / sizeof *short_names; i++) {
        if (strcmp(short_names[i].name, name) != 0)
            continue;
        enum err_code code = ERR_NONE;
        for (int j = 0; j < AXIS_KEYS && short_names[i].path[j] && !code; j++)
            code = add_key(axis, key_find(short_names[i].path[j]), err);
        return code;
    }
    char path[AXIS_NAME_SIZE + sizeof "problem."];
    int key = key_find(name);
    static const char *const sections[] = {"problem.", "retrain.", "adapt."};
    for (size_t i = 0; key < 0 && i < sizeof sections / sizeof *sections; i++) {
        snprintf(path, sizeof path, "%s%s", sections[i], name);
        key = key_find(path);
    }
    if (key < 0 || !is_axis_key(key))
        return refuse_key(name, key, err);
    return add_key(axis, key, err);
}

/* `text` is what stands before the '='. */
static enum err_code read_keys(struct axis *axis, const char *text, size_t length, struct err *err)
{
    char clip[TEXT_CLIP_SIZE];
    text_clip(clip, text);
    if (length == 0)
        return err_set(err, ERR_INPUT, "an axis must be KEY=VALUES, as in tasks=1:8, not \"%s\"", clip);
    if (length >= sizeof axis->name)
        return err_set(err, ERR_INPUT, "the keys of the axis \"%s\" take %zu bytes, more than %d", clip, length,
                       AXIS_NAME_SIZE - 1);
    memcpy(axis->name, text, length);
    axis->name[length] = '\0';
    text_clean(axis->name);
    char names[AXIS_NAME_SIZE];
    char *rest = names;
    memcpy(names, axis->name, sizeof names);
    for (char *name = strsep(&rest, "+"); name; name = strsep(&rest, "+"))
        if (add_named(axis, name, err))
            return err->code;
    return ERR_NONE;
}

/* ---- which values ---- */

static enum err_code too_many(const struct axis *axis, struct err *err)
{
    return err_set(err, ERR_INPUT, "the axis %s has more than %d values", axis->name, AXIS_VALUES);
}

static enum err_code no_memory(const struct axis *axis, struct err *err)
{
    return err_set(err, ERR_MEMORY, "no memory for the values of the axis %s", axis->name);
}

/* Doubles the room as it is needed. */
static enum err_code take_room(struct axis *axis, struct err *err)
{
    enum { FIRST = 16 };
    if (axis->count >= AXIS_VALUES)
        return too_many(axis, err);
    bool full = axis->count == 0 || (axis->count >= FIRST && (axis->count & (axis->count - 1)) == 0);
    if (!full)
        return ERR_NONE;
    size_t room = axis->count == 0 ? FIRST : 2 * axis->count;
    void *value = realloc(axis->value, room * sizeof *axis->value);
    if (!value)
        return no_memory(axis, err);
    axis->value = value;
    return ERR_NONE;
}

static bool is_whole(enum key_type type)
{
    return type == KEY_INTEGER || type == KEY_SAMPLES;
}

/* A range is of whole numbers where one key needs them. */
static bool takes_whole(const struct axis *axis)
{
    bool whole = false;
    for (int i = 0; i < axis->keys; i++)
        whole = whole || is_whole(key_table[axis->key[i]].type);
    return whole;
}

/* Kept as the first key formats it, so that 0.10 and 1e-1 are one value; a whole number is written the same by all. */
static enum err_code add_value(struct axis *axis, const char *text, struct err *err)
{
    struct config config;
    enum err_code code = take_room(axis, err);
    if (code)
        return code;
    config_default(&config);
    for (int i = axis->keys - 1; i >= 0 && !code; i--)
        code = key_set(&config, axis->key[i], text, err);
    if (!code)
        key_format(&config, axis->key[0], axis->value[axis->count++]);
    return code;
}

static int compare_values(const void *a, const void *b)
{
    const char *const *first = a, *const *second = b;
    return strcmp(*first, *second);
}

static enum err_code check_apart(const struct axis *axis, struct err *err)
{
    enum err_code code = ERR_NONE;
    const char **sorted = malloc(axis->count * sizeof *sorted);
    if (!sorted)
        return no_memory(axis, err);
    for (size_t i = 0; i < axis->count; i++)
        sorted[i] = axis->value[i];
    qsort(sorted, axis->count, sizeof *sorted, compare_values);
    for (size_t i = 1; i < axis->count && !code; i++)
        if (strcmp(sorted[i], sorted[i - 1]) == 0)
            code = err_set(err, ERR_INPUT, "the axis %s has the value %s twice", axis->name, sorted[i]);
    free(sorted);
    return code;
}

static bool read_number(const char *text, double *value)
{
    char *end;
    if (!*text || text[strspn(text, "0123456789+-.eE")] != '\0')
        return false;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value);
}

/* FIRST:LAST[:STEP] as numbers. */
struct range {
    double first, last, step;
    bool geometric; /* `step` is a factor */
};

static enum err_code refuse_range(const struct axis *axis, const char *text, const char *why, struct err *err)
{
    char clip[TEXT_CLIP_SIZE];
    text_clip(clip, text);
    return err_set(err, ERR_INPUT, "the axis %s: the range \"%s\" %s", axis->name, clip, why);
}

static enum err_code read_range(const struct axis *axis, const char *text, struct range *range, struct err *err)
{
    static const char shape[] = "must be FIRST:LAST, FIRST:LAST:STEP or FIRST:LAST:xFACTOR, of numbers";
    char part[3][KEY_VALUE_SIZE];
    int parts = 0;
    for (const char *at = text; parts < 3; parts++) {
        size_t length = strcspn(at, ":");
        if (length >= KEY_VALUE_SIZE)
            return refuse_range(axis, text, shape, err);
        memcpy(part[parts], at, length);
        part[parts][length] = '\0';
        if (at[length] == '\0') {
            parts++;
            break;
        }
        if (parts == 2)
            return refuse_range(axis, text, shape, err);
        at += length + 1;
    }
    range->geometric = parts == 3 && (part[2][0] == 'x' || part[2][0] == '*');
    range->step = 1;
    bool good = parts >= 2 && read_number(part[0], &range->first) && read_number(part[1], &range->last) &&
                (parts < 3 || read_number(part[2] + range->geometric, &range->step));
    if (!good)
        return refuse_range(axis, text, shape, err);
    if (range->geometric ? !(range->step > 1) : !(range->step > 0))
        return refuse_range(axis, text, range->geometric ? "needs a factor above 1" : "needs a step above 0", err);
    if (range->geometric && !(range->first > 0 && range->last > 0))
        return refuse_range(axis, text, "has a factor, and so must begin and end above 0", err);
    return ERR_NONE;
}

/* Each value from the first one anew, so that rounding does not add up. */
static double range_value(const struct range *range, size_t index)
{
    bool falls = range->last < range->first;
    double i = (double)index;
    if (range->geometric)
        return range->first * pow(range->step, falls ? -i : i);
    return range->first + (falls ? -range->step : range->step) * i;
}

static double range_slack(const struct range *range)
{
    return 1e-9 * (range->geometric ? range->last : range->step);
}

static bool range_holds(const struct range *range, double value)
{
    double slack = range_slack(range);
    return range->last < range->first ? value >= range->last - slack : value <= range->last + slack;
}

/* As a person would have written it: 0.1 + 2 · 0.1 is 0.3, and what was written is met exactly. */
static double range_number(const struct range *range, size_t index)
{
    enum { DIGITS = 12 };
    char text[TEXT_REAL_SIZE];
    double value = range_value(range, index);
    if (index == 0)
        return range->first;
    if (fabs(value - range->last) <= range_slack(range))
        return range->last;
    snprintf(text, sizeof text, "%.*g", DIGITS, value);
    return strtod(text, NULL);
}

static enum err_code add_range(struct axis *axis, const char *text, struct err *err)
{
    struct range range = {.geometric = false};
    enum err_code code = read_range(axis, text, &range, err);
    bool whole = takes_whole(axis);
    if (!code && whole && (range.first != round(range.first) || (!range.geometric && range.step != round(range.step))))
        return refuse_range(axis, text, "must begin with a whole number and have a whole step", err);
    double before = (double)NAN;
    for (size_t i = 0; !code && range_holds(&range, range_value(&range, i)); i++) {
        if (i >= AXIS_VALUES)
            return too_many(axis, err);
        char value[TEXT_REAL_SIZE];
        double number = range_number(&range, i);
        text_format_real(value, number);
        if (whole)
            snprintf(value, sizeof value, "%.0f", round(number));
        if (!whole || round(number) != before) /* a narrow geometric range meets a whole number several times */
            code = add_value(axis, value, err);
        before = round(number);
    }
    return code;
}

static enum err_code read_values(struct axis *axis, const char *text, struct err *err)
{
    enum err_code code = ERR_NONE;
    for (const char *at = text; !code;) {
        char item[2 * KEY_VALUE_SIZE];
        size_t length = strcspn(at, ",");
        if (length == 0)
            return err_set(err, ERR_INPUT, "the axis %s has an empty value", axis->name);
        if (length >= sizeof item)
            return err_set(err, ERR_INPUT, "the axis %s has a value of %zu bytes, which is none", axis->name, length);
        memcpy(item, at, length);
        item[length] = '\0';
        code = strchr(item, ':') ? add_range(axis, item, err) : add_value(axis, item, err);
        if (at[length] == '\0')
            break;
        at += length + 1;
    }
    return code ? code : check_apart(axis, err);
}

enum err_code axis_parse(struct axis *axis, const char *text, struct err *err)
{
    struct err why = {.code = ERR_NONE};
    *axis = (struct axis){.keys = 0};
    size_t length = strcspn(text, "=");
    enum err_code code = read_keys(axis, text, text[length] == '=' ? length : 0, &why);
    if (!code)
        code = read_values(axis, text + length + 1, &why);
    if (code) {
        axis_free(axis);
        if (err)
            *err = why;
    }
    return code;
}

void axis_free(struct axis *axis)
{
    free(axis->value);
    *axis = (struct axis){.keys = 0};
}

/* ---- what it is for ---- */

void axis_apply(const struct axis *axis, size_t index, struct config *config)
{
    for (int i = 0; i < axis->keys; i++)
        key_set(config, axis->key[i], axis->value[index], NULL); /* was tried when it was read */
}

double axis_number(const struct axis *axis, size_t index)
{
    double value;
    return read_number(axis->value[index], &value) ? value : (double)NAN;
}

bool axis_is_geometric(const struct axis *axis)
{
    static const double wide = 10; /* below so many times the least value a plain line does */
    if (axis->count < 3)
        return false;
    for (size_t i = 0; i < axis->count; i++)
        if (!(axis_number(axis, i) > (i > 0 ? axis_number(axis, i - 1) : 0)))
            return false;
    double first = axis_number(axis, 0), last = axis_number(axis, axis->count - 1);
    double middle = axis_number(axis, axis->count / 2);
    return last > wide * first && middle < 0.5 * (first + last) * 0.75;
}

void axis_title(const struct axis *axis, char title[AXIS_TITLE_SIZE])
{
    const struct key *key = &key_table[axis->key[0]];
    snprintf(title, AXIS_TITLE_SIZE, "%s%s%s", key->label, *key->symbol ? " " : "", key->symbol);
}
