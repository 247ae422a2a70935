/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "run/topic.h"
#include "ui/command.h"
#include "ui/screen.h"
#include "ui/settings.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Where candidates come from. */
struct source {
    unsigned where;
    const struct scenario_list *scenarios;
    int key;    /* whose values are wanted; −1: not known */
    int option; /* the same of setting_table */
};

/* ---- words by index, NULL after the last; "" where an index has none ---- */

static bool stands_alone(int key, const char *part)
{
    for (int other = 0; other < key_count; other++) {
        const char *dot = strchr(key_table[other].path, '.');
        if (other != key && dot != NULL && strcmp(dot + 1, part) == 0)
            return false;
    }
    return true;
}

/* Last parts that are clear, then all paths. */
static const char *key_word(int index)
{
    if (index >= 2 * key_count)
        return NULL;
    if (index >= key_count)
        return key_table[index - key_count].path;
    const char *dot = strchr(key_table[index].path, '.');
    return dot != NULL && stands_alone(index, dot + 1) ? dot + 1 : "";
}

static const char *value_word(int key, int index)
{
    if (key < 0)
        return NULL;
    if (key_table[key].choice != NULL)
        return key_table[key].choice(index);
    return index == 0 && key_table[key].type == KEY_SAMPLES ? "population" : NULL;
}

static const char *word_at(enum command_words words, const struct source *source, int index)
{
    switch (words) {
    case WORDS_COMMAND:
        if (index >= COMMAND_COUNT)
            return NULL;
        return command_table[index].where & source->where ? command_table[index].name : "";
    case WORDS_KEY:
    case WORDS_AXIS:
        return key_word(index);
    case WORDS_VALUE:
        if (source->option >= 0)
            return setting_table[source->option].choice != NULL ? setting_table[source->option].choice(index) : NULL;
        return value_word(source->key, index);
    case WORDS_OPTION:
        return index < SETTING_COUNT ? setting_table[index].name : NULL;
    case WORDS_SCENARIO:
        return (size_t)index < source->scenarios->count ? source->scenarios->entry[index].name : NULL;
    case WORDS_SCREEN:
        return index < SCREEN_COUNT ? screen_names[index] : NULL;
    case WORDS_TOPIC:
        return topic_name(index);
    case WORDS_NONE:
        break;
    }
    return NULL;
}

/* ---- candidates ---- */

static void add_candidate(struct completion *completion, const char *word)
{
    size_t used = strlen(completion->list);
    size_t length = strlen(word);
    static const char more[] = "  …";
    if (completion->count++ == 0) {
        snprintf(completion->common, sizeof completion->common, "%s", word);
    } else {
        size_t same = 0;
        while (completion->common[same] != '\0' &&
               tolower((unsigned char)completion->common[same]) == tolower((unsigned char)word[same]))
            same++;
        while (same > 0 && ((unsigned char)completion->common[same] & 0xC0) == 0x80) /* whole characters */
            same--;
        completion->common[same] = '\0';
    }
    if (used + length + 2 + sizeof more <= sizeof completion->list)
        snprintf(completion->list + used, sizeof completion->list - used, "%s%s", used > 0 ? "  " : "", word);
    else if (used + sizeof more <= sizeof completion->list && strcmp(completion->list + used - strlen(more), more) != 0)
        memcpy(completion->list + used, more, sizeof more);
}

static void collect(enum command_words words, const struct source *source, const char *typed,
                    struct completion *completion)
{
    const char *word;
    for (int index = 0; (word = word_at(words, source, index)) != NULL; index++)
        if (*word != '\0' && strncasecmp(word, typed, strlen(typed)) == 0)
            add_candidate(completion, word);
}

/* ---- which word it is ---- */

/* Begins of the words of `line`, at most three; how many. The last one is being typed, and may be empty. */
static int split(const char *line, size_t begin[COMMAND_ARGUMENTS + 1], bool key)
{
    size_t at = strspn(line, " \t:");
    int count = 0;
    for (;;) {
        begin[count++] = at;
        const char *ends = count == 2 && key ? " \t=" : " \t";
        size_t end = at + strcspn(line + at, ends);
        if (line[end] == '\0' || count > COMMAND_ARGUMENTS)
            return count;
        at = end + strspn(line + end, ends);
    }
}

static enum command_id command_of(const char *line, unsigned where)
{
    struct err unheard;
    enum command_id id = COMMAND_COUNT;
    char name[COMMAND_SIZE];
    size_t begin = strspn(line, " \t:");
    size_t length = strcspn(line + begin, " \t");
    if (length >= sizeof name)
        return COMMAND_COUNT;
    memcpy(name, line + begin, length);
    name[length] = '\0';
    command_find(name, where, &id, &unheard);
    return id;
}

/* The key or option that stands first behind the command: its values are what comes next. */
static void find_row(const char *argument, enum command_words words, struct source *source)
{
    char name[COMMAND_SIZE];
    struct err unheard;
    size_t length = strcspn(argument, " \t=");
    memcpy(name, argument, length);
    name[length] = '\0';
    if (words == WORDS_OPTION)
        source->option = setting_find(name);
    else if (words != WORDS_KEY || command_key(name, &source->key, &unheard))
        source->key = -1;
}

static bool takes_assignment(const struct command_row *row)
{
    return row->words[0] == WORDS_KEY || row->words[0] == WORDS_OPTION;
}

void command_complete(const char *line, unsigned where, const struct scenario_list *scenarios,
                      struct completion *completion)
{
    size_t begin[COMMAND_ARGUMENTS + 1];
    struct source source = {where, scenarios, -1, -1};
    enum command_words words = WORDS_COMMAND;
    *completion = (struct completion){.start = strlen(line)};
    if (strlen(line) >= COMMAND_SIZE)
        return;
    int count = split(line, begin, false);
    if (count > 1) {
        enum command_id id = command_of(line, where);
        if (id == COMMAND_COUNT)
            return;
        const struct command_row *row = &command_table[id];
        count = split(line, begin, takes_assignment(row));
        words = row->words[count - 2];
        if (words == WORDS_VALUE)
            find_row(line + begin[1], row->words[0], &source);
    }
    const char *typed = line + begin[count - 1];
    completion->start = begin[count - 1];
    snprintf(completion->common, sizeof completion->common, "%s", typed);
    collect(words, &source, typed, completion);
}

void command_hint(const char *line, unsigned where, char text[COMMAND_HINT_SIZE])
{
    size_t begin[COMMAND_ARGUMENTS + 1];
    struct source source = {where, NULL, -1, -1};
    char choices[SETTING_ALLOWED_SIZE];
    char allowed[KEY_ALLOWED_SIZE];
    char usage[COMMAND_USAGE_SIZE];
    text[0] = '\0';
    if (strlen(line) >= COMMAND_SIZE || split(line, begin, false) == 1)
        return;
    enum command_id id = command_of(line, where);
    if (id == COMMAND_COUNT)
        return;
    const struct command_row *row = &command_table[id];
    if (takes_assignment(row) && split(line, begin, true) > 2)
        find_row(line + begin[1], row->words[0], &source);
    if (source.option >= 0) {
        setting_allowed((enum setting_id)source.option, choices);
        snprintf(text, COMMAND_HINT_SIZE, "%s: %s.", setting_table[source.option].name, choices);
    } else if (source.key >= 0) {
        key_allowed(source.key, allowed);
        snprintf(text, COMMAND_HINT_SIZE, "%s: %s. %s", key_table[source.key].path, allowed,
                 key_table[source.key].help);
    } else {
        command_usage(id, usage);
        snprintf(text, COMMAND_HINT_SIZE, "%s: %s.", usage, row->help);
    }
}
