/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/scenario.h"

#include "base/text.h"
#include "run/key.h"

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

/* A key's path, or a value's list of names; longer ones are refused. */
enum { PATH_SIZE = 128, LIST_SIZE = 256 };

struct place {
    size_t line, column; /* counted from 1; line 0: not in the file */
};

/* YAML as a stream of events: that way anchors, tags and depth are seen before anything is built from them. */
struct reader {
    const char *name;
    const char *text;
    yaml_parser_t parser;
    yaml_event_t event; /* the present one, or zero */
    struct config config;
    struct place *place; /* key_count: where each key's value is */
    struct err *err;
};

__attribute__((format(printf, 3, 4))) static enum err_code refuse(struct reader *reader, struct place place,
                                                                  const char *format, ...)
{
    char message[sizeof reader->err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return err_set(reader->err, ERR_INPUT, "%s:%zu:%zu: %s", reader->name, place.line, place.column, message);
}

static enum err_code no_memory(struct err *err, const char *name)
{
    return err_set(err, ERR_MEMORY, "%s: no memory to read it", name);
}

static struct place place_of_mark(yaml_mark_t mark)
{
    return (struct place){.line = mark.line + 1, .column = mark.column + 1};
}

static struct place place_of_event(const struct reader *reader)
{
    return place_of_mark(reader->event.start_mark);
}

/* libyaml tells the byte alone of text that it cannot decode. */
static struct place place_of_byte(const char *text, size_t offset)
{
    struct place place = {.line = 1, .column = 1};
    for (size_t i = 0; i < offset; i++) {
        bool newline = text[i] == '\n';
        bool continues = ((unsigned char)text[i] & 0xc0) == 0x80;
        place.line += newline;
        place.column = newline ? 1 : place.column + !continues;
    }
    return place;
}

static enum err_code explain_yaml(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "unknown problem";
    if (parser->error == YAML_MEMORY_ERROR)
        return no_memory(reader->err, reader->name);
    if (parser->error == YAML_READER_ERROR)
        return refuse(reader, place_of_byte(reader->text, parser->problem_offset), "this is no YAML text: %s", problem);
    if (parser->context)
        return refuse(reader, place_of_mark(parser->problem_mark), "this is no YAML: %s, %s", parser->context, problem);
    return refuse(reader, place_of_mark(parser->problem_mark), "this is no YAML: %s", problem);
}

/* Moves on to the next event. What a scenario has no use for is refused here: all of it can make a short text mean
 * something large. */
static enum err_code next(struct reader *reader)
{
    yaml_event_delete(&reader->event);
    if (!yaml_parser_parse(&reader->parser, &reader->event))
        return explain_yaml(reader);

    const yaml_event_t *event = &reader->event;
    const yaml_char_t *anchor = NULL;
    const yaml_char_t *tag = NULL;
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor || event->type == YAML_ALIAS_EVENT)
        return refuse(reader, place_of_event(reader), "a scenario has no anchors (&) and aliases (*); quote such text");
    if (tag)
        return refuse(reader, place_of_event(reader), "a scenario has no tags (!); quote such text");
    return ERR_NONE;
}

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

static enum err_code refuse_key(struct reader *reader, const char *section, const char *name)
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
        return refuse(reader, place_of_event(reader), "%s%s%s: unknown key; did you mean %s?", section, dot, clip,
                      best);
    return refuse(reader, place_of_event(reader), "%s%s%s: unknown key; %s has %s", section, dot, clip,
                  *section ? section : "a scenario", words);
}

static const char *kind_of_event(const struct reader *reader)
{
    switch (reader->event.type) {
    case YAML_SEQUENCE_START_EVENT:
        return "a list";
    case YAML_MAPPING_START_EVENT:
        return "keys with values";
    default:
        return "a value";
    }
}

/* The present event's text; NULL after refusing it: another kind of event, or a NUL inside. */
static const char *scalar(struct reader *reader, const char *what)
{
    if (reader->event.type != YAML_SCALAR_EVENT) {
        refuse(reader, place_of_event(reader), "%s, not %s", what, kind_of_event(reader));
        return NULL;
    }
    const char *text = (const char *)reader->event.data.scalar.value;
    if (strlen(text) != reader->event.data.scalar.length) {
        refuse(reader, place_of_event(reader), "%s, without NUL characters", what);
        return NULL;
    }
    return text;
}

static bool is_plain(const struct reader *reader)
{
    return reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* Sets `key` from text that stands at `place`. */
static enum err_code set(struct reader *reader, int key, const char *text, struct place place)
{
    enum err_code code = key_set(&reader->config, key, text, reader->err);
    if (code == ERR_INPUT)
        err_prefix(reader->err, "%s:%zu:%zu: ", reader->name, place.line, place.column);
    return code;
}

/* A list of names: each is tried alone first, so that the one that is wrong gets the blame. */
static enum err_code read_list(struct reader *reader, int key, const char *must)
{
    char list[LIST_SIZE] = "";
    struct place place = place_of_event(reader);
    for (;;) {
        enum err_code code = next(reader);
        if (code)
            return code;
        if (reader->event.type == YAML_SEQUENCE_END_EVENT)
            return set(reader, key, list, place);
        const char *text = scalar(reader, must);
        if (!text)
            return ERR_INPUT;
        code = set(reader, key, text, place_of_event(reader));
        if (code)
            return code;
        size_t used = strlen(list);
        if (used + strlen(text) + 2 > sizeof list)
            return refuse(reader, place_of_event(reader), "%s, each once", must);
        snprintf(list + used, sizeof list - used, "%s%s", used ? "," : "", text);
    }
}

static enum err_code read_value(struct reader *reader, int key)
{
    const struct key *row = &key_table[key];
    char allowed[KEY_ALLOWED_SIZE];
    char must[KEY_ALLOWED_SIZE + PATH_SIZE];
    key_allowed(key, allowed);
    snprintf(must, sizeof must, "%s must be %s", row->path, allowed);

    enum err_code code = next(reader);
    if (code)
        return code;
    reader->place[key] = place_of_event(reader);
    if (row->type == KEY_SET && reader->event.type == YAML_SEQUENCE_START_EVENT)
        return read_list(reader, key, must);
    const char *text = scalar(reader, must);
    if (!text)
        return ERR_INPUT;
    bool number = row->type != KEY_TEXT && row->type != KEY_CHOICE && row->type != KEY_SET;
    if (number && !is_plain(reader))
        return refuse(reader, place_of_event(reader), "%s, without quotes", must);
    return set(reader, key, text, reader->place[key]);
}

static enum err_code read_section(struct reader *reader, const char *section);

/* The key that the present event names, and what follows it. */
static enum err_code read_entry(struct reader *reader, const char *section)
{
    char path[PATH_SIZE];
    const char *name = scalar(reader, "a key must be a name");
    if (!name)
        return ERR_INPUT;
    struct place place = place_of_event(reader);
    int length = snprintf(path, sizeof path, "%s%s%s", section, *section ? "." : "", name);
    bool dotted = strchr(name, '.') != NULL;
    bool fits = length > 0 && (size_t)length < sizeof path;
    int key = fits && !dotted ? key_find(path) : -1;
    if (key >= 0) {
        if (reader->place[key].line)
            return refuse(reader, place, "%s is here twice; the first is in line %zu", path, reader->place[key].line);
        return read_value(reader, key);
    }
    for (int row = 0; fits && !dotted && !*section && row < key_count; row++)
        if (section_length(row) && in_section(row, name))
            return read_section(reader, path);
    return refuse_key(reader, section, name);
}

static bool section_begun(const struct reader *reader, const char *section)
{
    for (int key = 0; key < key_count; key++)
        if (in_section(key, section) && reader->place[key].line)
            return true;
    return false;
}

static enum err_code read_entries(struct reader *reader, const char *section)
{
    for (;;) {
        enum err_code code = next(reader);
        if (code || reader->event.type == YAML_MAPPING_END_EVENT)
            return code;
        code = read_entry(reader, section);
        if (code)
            return code;
    }
}

static enum err_code read_section(struct reader *reader, const char *section)
{
    if (section_begun(reader, section))
        return refuse(reader, place_of_event(reader), "%s is here twice", section);
    enum err_code code = next(reader);
    if (code)
        return code;
    if (reader->event.type != YAML_MAPPING_START_EVENT)
        return refuse(reader, place_of_event(reader), "%s must be keys with values, not %s", section,
                      kind_of_event(reader));
    return read_entries(reader, section);
}

/* A key with its default can disagree with one that is in the file: then that one, which the message names too. */
static struct place place_to_blame(const struct reader *reader, int key)
{
    if (reader->place[key].line)
        return reader->place[key];
    for (int other = 0; other < key_count; other++)
        if (reader->place[other].line && strstr(reader->err->message, key_table[other].path))
            return reader->place[other];
    return (struct place){.line = 1, .column = 1};
}

static enum err_code check(struct reader *reader)
{
    int key = 0;
    enum err_code code = config_check(&reader->config, &key, reader->err);
    if (code != ERR_INPUT)
        return code;
    struct place place = place_to_blame(reader, key);
    return err_prefix(reader->err, "%s:%zu:%zu: ", reader->name, place.line, place.column);
}

/* One document: start of stream, start of document, keys, end of document, end of stream. */
static enum err_code read_stream(struct reader *reader)
{
    enum err_code code = next(reader);
    if (!code)
        code = next(reader);
    if (code)
        return code;
    if (reader->event.type == YAML_STREAM_END_EVENT)
        return refuse(reader, place_of_event(reader), "there is nothing in it; a scenario has keys with values");
    code = next(reader);
    if (code)
        return code;
    if (reader->event.type != YAML_MAPPING_START_EVENT)
        return refuse(reader, place_of_event(reader), "a scenario has keys with values, not %s", kind_of_event(reader));
    code = read_entries(reader, "");
    if (!code)
        code = next(reader);
    if (!code)
        code = next(reader);
    if (code)
        return code;
    if (reader->event.type != YAML_STREAM_END_EVENT)
        return refuse(reader, place_of_event(reader), "a second document begins here; a scenario is one");
    return check(reader);
}

enum err_code scenario_parse(const char *name, const char *text, size_t size, struct config *config, struct err *err)
{
    struct err unheard;
    struct reader reader = {.name = name, .text = text, .err = err ? err : &unheard};
    if (size > SCENARIO_SIZE_MAX)
        return err_set(err, ERR_INPUT, "%s:1:1: %zu bytes are too many for a scenario, the limit is %d", name, size,
                       SCENARIO_SIZE_MAX);
    static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, as some editors put it first */
    size_t skipped = size >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
    reader.text += skipped;
    config_default(&reader.config);
    reader.place = calloc((size_t)key_count, sizeof *reader.place);
    if (!reader.place)
        return no_memory(err, name);
    if (!yaml_parser_initialize(&reader.parser)) {
        free(reader.place);
        return no_memory(err, name);
    }
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)reader.text, size - skipped);
    enum err_code code = read_stream(&reader);
    if (!code)
        *config = reader.config;
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    free(reader.place);
    return code;
}
