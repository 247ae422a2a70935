/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum err_code reader_refuse(struct reader *reader, struct place place, const char *format, ...)
{
    char message[sizeof reader->err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return err_set(reader->err, ERR_INPUT, "%s:%zu:%zu: %s", reader->name, place.line, place.column, message);
}

enum err_code reader_no_memory(struct err *err, const char *name)
{
    return err_set(err, ERR_MEMORY, "%s: no memory to read it", name);
}

/* ---- places ---- */

static struct place place_of_mark(yaml_mark_t mark)
{
    return (struct place){.line = mark.line + 1, .column = mark.column + 1};
}

struct place reader_place(const struct reader *reader)
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

/* ---- events ---- */

bool reader_is_empty(const char *text, size_t size)
{
    bool comment = false;
    for (size_t i = 0; i < size; i++) {
        comment = text[i] == '\n' ? false : comment || text[i] == '#';
        if (!comment && strchr(" \t\r\n", text[i]) == NULL)
            return false;
        if (text[i] == '\0')
            return false;
    }
    return true;
}

enum err_code reader_begin(struct reader *reader, const char *name, const char *noun, const char *text, size_t size,
                           struct err *err)
{
    static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, as some editors put it first */
    size_t skipped = size >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
    *reader = (struct reader){.name = name, .noun = noun, .text = text + skipped, .err = err};
    if (!yaml_parser_initialize(&reader->parser))
        return reader_no_memory(err, name);
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)reader->text, size - skipped);
    return ERR_NONE;
}

void reader_end(struct reader *reader)
{
    yaml_event_delete(&reader->event);
    yaml_parser_delete(&reader->parser);
}

static enum err_code explain_yaml(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "unknown problem";
    if (parser->error == YAML_MEMORY_ERROR)
        return reader_no_memory(reader->err, reader->name);
    if (parser->error == YAML_READER_ERROR)
        return reader_refuse(reader, place_of_byte(reader->text, parser->problem_offset), "this is no YAML text: %s",
                             problem);
    if (parser->context)
        return reader_refuse(reader, place_of_mark(parser->problem_mark), "this is no YAML: %s, %s", parser->context,
                             problem);
    return reader_refuse(reader, place_of_mark(parser->problem_mark), "this is no YAML: %s", problem);
}

enum err_code reader_next(struct reader *reader)
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
        return reader_refuse(reader, reader_place(reader), "%s has no anchors (&) and aliases (*); quote such text",
                             reader->noun);
    if (tag)
        return reader_refuse(reader, reader_place(reader), "%s has no tags (!); quote such text", reader->noun);
    return ERR_NONE;
}

/* Depth is bounded by libyaml's own. */
enum err_code reader_skip(struct reader *reader)
{
    int depth = 0;
    do {
        yaml_event_type_t type = reader->event.type;
        depth += type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT;
        depth -= type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT;
        if (depth > 0 && reader_next(reader))
            return reader->err->code;
    } while (depth > 0);
    return ERR_NONE;
}

enum err_code reader_enter(struct reader *reader)
{
    enum err_code code = reader_next(reader); /* the stream's start */
    if (!code)
        code = reader_next(reader);
    if (code)
        return code;
    if (reader->event.type == YAML_STREAM_END_EVENT)
        return reader_refuse(reader, reader_place(reader), "there is nothing in it; %s has keys with values",
                             reader->noun);
    code = reader_next(reader);
    if (!code && reader->event.type != YAML_MAPPING_START_EVENT)
        return reader_refuse(reader, reader_place(reader), "%s has keys with values, not %s", reader->noun,
                             reader_kind(reader));
    return code;
}

enum err_code reader_leave(struct reader *reader)
{
    enum err_code code = reader_next(reader); /* the document's end */
    if (!code)
        code = reader_next(reader);
    if (!code && reader->event.type != YAML_STREAM_END_EVENT)
        return reader_refuse(reader, reader_place(reader), "a second document begins here; %s is one", reader->noun);
    return code;
}

/* ---- the present event ---- */

const char *reader_kind(const struct reader *reader)
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

bool reader_is_plain(const struct reader *reader)
{
    return reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

const char *reader_scalar(struct reader *reader, const char *what)
{
    if (reader->event.type != YAML_SCALAR_EVENT) {
        reader_refuse(reader, reader_place(reader), "%s, not %s", what, reader_kind(reader));
        return NULL;
    }
    const char *text = (const char *)reader->event.data.scalar.value;
    if (strlen(text) != reader->event.data.scalar.length) {
        reader_refuse(reader, reader_place(reader), "%s, without NUL characters", what);
        return NULL;
    }
    return text;
}
