/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/scenario.h"

#include "base/text.h"
#include "run/key.h"
#include "run/reader.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A key's path, or a value's list of names; longer ones are refused. */
enum { PATH_SIZE = 128, LIST_SIZE = 256 };

struct scenario {
    struct reader yaml;
    struct config config;
    struct place *place; /* key_count: where each key's value is */
};

static size_t section_length(int key)
{
    const char *dot = strchr(key_table[key].path, '.');
    return dot ? (size_t)(dot - key_table[key].path) : 0;
}

static bool in_section(int key, const char *section)
{
    size_t length = section_length(key);
    return length == strlen(section) && memcmp(key_table[key].path, section, length) == 0;
}

/* The word that row `key` is known by in `section` ("" being the top, where whole sections count once, by their first
 * row); NULL: it is not to be named there. */
static const char *word_in(const char *section, int key, char word[PATH_SIZE])
{
    size_t length = section_length(key);
    if (*section || length == 0)
        return in_section(key, section) ? key_table[key].path + (length ? length + 1 : 0) : NULL;
    snprintf(word, PATH_SIZE, "%.*s", (int)length, key_table[key].path);
    return key > 0 && in_section(key - 1, word) ? NULL : word;
}

static enum err_code refuse_key(struct scenario *scenario, const char *section, const char *name)
{
    char words[LIST_SIZE] = "";
    char word[PATH_SIZE];
    char best[PATH_SIZE] = "";
    struct text_guess guess = {.word = name};
    for (int key = 0; key < key_count; key++) {
        const char *known = word_in(section, key, word);
        if (!known)
            continue;
        size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, "%s%s", used ? ", " : "", known);
        int before = guess.best ? guess.distance : INT_MAX;
        text_guess_offer(&guess, known);
        if (guess.best && guess.distance < before) /* what guess.best points to may be `word`, which changes */
            snprintf(best, sizeof best, "%s", known);
    }
    char clip[TEXT_CLIP_SIZE];
    text_clip(clip, name);
    const char *dot = *section ? "." : "";
    if (guess.best)
        return reader_refuse(&scenario->yaml, reader_place(&scenario->yaml), "%s%s%s: unknown key; did you mean %s?",
                             section, dot, clip, best);
    return reader_refuse(&scenario->yaml, reader_place(&scenario->yaml), "%s%s%s: unknown key; %s has %s", section, dot,
                         clip, *section ? section : "a scenario", words);
}

/* Sets `key` from text that stands at `place`. */
static enum err_code set(struct scenario *scenario, int key, const char *text, struct place place)
{
    enum err_code code = key_set(&scenario->config, key, text, scenario->yaml.err);
    if (code == ERR_INPUT)
        err_prefix(scenario->yaml.err, "%s:%zu:%zu: ", scenario->yaml.name, place.line, place.column);
    return code;
}

/* A list of names: each is tried alone first, so that the one that is wrong gets the blame. */
static enum err_code read_list(struct scenario *scenario, int key, const char *must)
{
    char list[LIST_SIZE] = "";
    struct place place = reader_place(&scenario->yaml);
    for (;;) {
        enum err_code code = reader_next(&scenario->yaml);
        if (code)
            return code;
        if (scenario->yaml.event.type == YAML_SEQUENCE_END_EVENT)
            return set(scenario, key, list, place);
        const char *text = reader_scalar(&scenario->yaml, must);
        if (!text)
            return ERR_INPUT;
        code = set(scenario, key, text, reader_place(&scenario->yaml));
        if (code)
            return code;
        size_t used = strlen(list);
        if (used + strlen(text) + 2 > sizeof list)
            return reader_refuse(&scenario->yaml, reader_place(&scenario->yaml), "%s, each once", must);
        snprintf(list + used, sizeof list - used, "%s%s", used ? "," : "", text);
    }
}

static enum err_code read_value(struct scenario *scenario, int key)
{
    const struct key *row = &key_table[key];
    char allowed[KEY_ALLOWED_SIZE];
    char must[KEY_ALLOWED_SIZE + PATH_SIZE];
    key_allowed(key, allowed);
    snprintf(must, sizeof must, "%s must be %s", row->path, allowed);

    enum err_code code = reader_next(&scenario->yaml);
    if (code)
        return code;
    scenario->place[key] = reader_place(&scenario->yaml);
    if (row->type == KEY_SET && scenario->yaml.event.type == YAML_SEQUENCE_START_EVENT)
        return read_list(scenario, key, must);
    const char *text = reader_scalar(&scenario->yaml, must);
    if (!text)
        return ERR_INPUT;
    bool number = row->type != KEY_TEXT && row->type != KEY_CHOICE && row->type != KEY_SET;
    if (number && !reader_is_plain(&scenario->yaml))
        return reader_refuse(&scenario->yaml, reader_place(&scenario->yaml), "%s, without quotes", must);
    return set(scenario, key, text, scenario->place[key]);
}

static enum err_code read_section(struct scenario *scenario, const char *section);

/* The key that the present event names, and what follows it. */
static enum err_code read_entry(struct scenario *scenario, const char *section)
{
    char path[PATH_SIZE];
    const char *name = reader_scalar(&scenario->yaml, "a key must be a name");
    if (!name)
        return ERR_INPUT;
    struct place place = reader_place(&scenario->yaml);
    int length = snprintf(path, sizeof path, "%s%s%s", section, *section ? "." : "", name);
    bool dotted = strchr(name, '.') != NULL;
    bool fits = length > 0 && (size_t)length < sizeof path;
    int key = fits && !dotted ? key_find(path) : -1;
    if (key >= 0) {
        if (scenario->place[key].line)
            return reader_refuse(&scenario->yaml, place, "%s is here twice; the first is in line %zu", path,
                                 scenario->place[key].line);
        return read_value(scenario, key);
    }
    for (int row = 0; fits && !dotted && !*section && row < key_count; row++)
        if (section_length(row) && in_section(row, name))
            return read_section(scenario, path);
    return refuse_key(scenario, section, name);
}

static bool section_begun(const struct scenario *scenario, const char *section)
{
    for (int key = 0; key < key_count; key++)
        if (in_section(key, section) && scenario->place[key].line)
            return true;
    return false;
}

static enum err_code read_entries(struct scenario *scenario, const char *section)
{
    for (;;) {
        enum err_code code = reader_next(&scenario->yaml);
        if (code || scenario->yaml.event.type == YAML_MAPPING_END_EVENT)
            return code;
        code = read_entry(scenario, section);
        if (code)
            return code;
    }
}

static enum err_code read_section(struct scenario *scenario, const char *section)
{
    if (section_begun(scenario, section))
        return reader_refuse(&scenario->yaml, reader_place(&scenario->yaml), "%s is here twice", section);
    enum err_code code = reader_next(&scenario->yaml);
    if (code)
        return code;
    if (scenario->yaml.event.type != YAML_MAPPING_START_EVENT)
        return reader_refuse(&scenario->yaml, reader_place(&scenario->yaml), "%s must be keys with values, not %s",
                             section, reader_kind(&scenario->yaml));
    return read_entries(scenario, section);
}

/* A key with its default can disagree with one that is in the file: then that one, which the message names too. */
static struct place place_to_blame(const struct scenario *scenario, int key)
{
    if (scenario->place[key].line)
        return scenario->place[key];
    for (int other = 0; other < key_count; other++)
        if (scenario->place[other].line && strstr(scenario->yaml.err->message, key_table[other].path))
            return scenario->place[other];
    return (struct place){.line = 1, .column = 1};
}

static enum err_code check(struct scenario *scenario)
{
    int key = 0;
    enum err_code code = config_check(&scenario->config, &key, scenario->yaml.err);
    if (code != ERR_INPUT)
        return code;
    struct place place = place_to_blame(scenario, key);
    return err_prefix(scenario->yaml.err, "%s:%zu:%zu: ", scenario->yaml.name, place.line, place.column);
}

static enum err_code read_all(struct scenario *scenario)
{
    enum err_code code = reader_enter(&scenario->yaml);
    if (!code)
        code = read_entries(scenario, "");
    if (!code)
        code = reader_leave(&scenario->yaml);
    return code ? code : check(scenario);
}

enum err_code scenario_parse(const char *name, const char *text, size_t size, struct config *config, struct err *err)
{
    struct err unheard;
    struct scenario scenario;
    if (size > SCENARIO_SIZE_MAX)
        return err_set(err, ERR_INPUT, "%s:1:1: %zu bytes are too many for a scenario, the limit is %d", name, size,
                       SCENARIO_SIZE_MAX);
    config_default(&scenario.config);
    scenario.place = calloc((size_t)key_count, sizeof *scenario.place);
    if (!scenario.place)
        return reader_no_memory(err, name);
    enum err_code code = reader_begin(&scenario.yaml, name, "a scenario", text, size, err ? err : &unheard);
    if (!code) {
        code = read_all(&scenario);
        reader_end(&scenario.yaml);
    }
    if (!code)
        *config = scenario.config;
    free(scenario.place);
    return code;
}
