/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/lesson_state.h"
#include "lesson/telling.h"

#include "base/text.h"
#include "run/key.h"
#include "run/scenario.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAUSE_MAX = 600, ORDER_MAX = 999 };

/* ---- pieces that all of it is made of ---- */

static enum err_code refuse_word(struct lesson_reader *reader, const char *what, const char *name,
                                 const struct lesson_word *word, int count)
{
    char clip[TEXT_CLIP_SIZE];
    char words[256] = "";
    struct text_guess guess = {.word = name};
    for (int i = 0; i < count; i++) {
        size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, "%s%s", used ? ", " : "", word[i].name);
        text_guess_offer(&guess, word[i].name);
    }
    text_clip(clip, name);
    if (guess.best)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "%s: unknown key; did you mean %s?", clip,
                             guess.best);
    return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "%s: unknown key; %s has %s", clip, what, words);
}

/* Keys up to the mapping's end, which is then the present event. */
static enum err_code read_words(struct lesson_reader *reader, const char *what, const struct lesson_word *word,
                                int count)
{
    unsigned seen = 0;
    for (;;) {
        enum err_code code = reader_next(&reader->yaml);
        if (code || reader->yaml.event.type == YAML_MAPPING_END_EVENT)
            return code;
        const char *name = reader_scalar(&reader->yaml, "a key must be a name");
        if (!name)
            return ERR_INPUT;
        int row = 0;
        while (row < count && strcmp(word[row].name, name) != 0)
            row++;
        if (row == count)
            return refuse_word(reader, what, name, word, count);
        if (seen & (1u << row))
            return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "%s is here twice", name);
        seen |= 1u << row;
        code = reader_next(&reader->yaml);
        if (!code)
            code = word[row].read(reader);
        if (code)
            return code;
    }
}

enum err_code lesson_read_map(struct lesson_reader *reader, const char *what, const struct lesson_word *word, int count)
{
    if (reader->yaml.event.type != YAML_MAPPING_START_EVENT)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "%s has keys with values, not %s", what,
                             reader_kind(&reader->yaml));
    return read_words(reader, what, word, count);
}

enum err_code lesson_read_each(struct lesson_reader *reader, const char *what, int limit,
                               enum err_code (*read)(struct lesson_reader *reader))
{
    if (reader->yaml.event.type != YAML_SEQUENCE_START_EVENT)
        return read(reader);
    for (int count = 0;; count++) {
        enum err_code code = reader_next(&reader->yaml);
        if (code || reader->yaml.event.type == YAML_SEQUENCE_END_EVENT)
            return code;
        if (count == limit)
            return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "%s has at most %d of these", what, limit);
        code = read(reader);
        if (code)
            return code;
    }
}

enum err_code lesson_read_text(struct lesson_reader *reader, const char *what, struct lesson_text *text)
{
    const char *value = reader_scalar(&reader->yaml, what);
    if (!value)
        return ERR_INPUT;
    text->place = reader_place(&reader->yaml);
    size_t length = strlen(value);
    if (length > LESSON_TEXT_MAX)
        return reader_refuse(&reader->yaml, text->place, "%zu bytes are too many for a text, the limit is %d", length,
                             LESSON_TEXT_MAX);
    while (length > 0 && (value[length - 1] == '\n' || value[length - 1] == ' '))
        length--;
    text->text = strndup(value, length);
    if (!text->text)
        return reader_no_memory(reader->yaml.err, reader->yaml.name);
    telling_clean(text->text);
    return ERR_NONE;
}

int lesson_read_key(struct lesson_reader *reader)
{
    const char *name = reader_scalar(&reader->yaml, "here must be the path of a key, such as problem.tasks");
    if (!name)
        return -1;
    int key = key_find(name);
    if (key >= 0)
        return key;
    struct text_guess guess = {.word = name};
    for (int row = 0; row < key_count; row++)
        text_guess_offer(&guess, key_table[row].path);
    char clip[TEXT_CLIP_SIZE];
    text_clip(clip, name);
    if (guess.best)
        reader_refuse(&reader->yaml, reader_place(&reader->yaml), "%s: unknown key; did you mean %s?", clip,
                      guess.best);
    else
        reader_refuse(&reader->yaml, reader_place(&reader->yaml),
                      "%s: unknown key; keys are written with their section, as in problem.tasks", clip);
    return -1;
}

static enum err_code read_number(struct lesson_reader *reader, const char *what, double least, double most,
                                 double *number)
{
    struct place place = reader_place(&reader->yaml);
    const char *text = reader_scalar(&reader->yaml, what);
    if (!text)
        return ERR_INPUT;
    char *end = NULL;
    double value = strspn(text, "0123456789.") == strlen(text) ? strtod(text, &end) : (double)NAN;
    if (!end || *end || end == text || !(value >= least && value <= most))
        return reader_refuse(&reader->yaml, place, "%s", what);
    *number = value;
    return ERR_NONE;
}

/* Text of one line into an array of the lesson's own. */
static enum err_code read_line(struct lesson_reader *reader, const char *what, char *line, size_t size)
{
    const char *text = reader_scalar(&reader->yaml, what);
    if (!text)
        return ERR_INPUT;
    if (strlen(text) >= size || strchr(text, '\n'))
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "%s, in at most %zu bytes", what, size - 1);
    snprintf(line, size, "%s", text);
    text_clean(line);
    return ERR_NONE;
}

/* ---- a step ---- */

#define READ_TEXT(member, what)                                                                                        \
    static enum err_code read_##member(struct lesson_reader *reader)                                                   \
    {                                                                                                                  \
        return lesson_read_text(reader, what, &reader->step->member);                                                  \
    }
READ_TEXT(text, "text must be text")
READ_TEXT(hint, "hint must be text")
READ_TEXT(explain, "explain must be text")
READ_TEXT(notes, "notes must be text")
READ_TEXT(until, "until must be a formula, such as done or meta.base_error < 1e-6")

static enum err_code read_claim(struct lesson_reader *reader)
{
    if (reader->step->claims == LESSON_CLAIMS)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "a step has at most %d claims", LESSON_CLAIMS);
    return lesson_read_text(reader, "a claim must be a formula, such as standard.error_rank == 6",
                            &reader->step->claim[reader->step->claims++]);
}

static enum err_code read_claims(struct lesson_reader *reader)
{
    return lesson_read_each(reader, "claim", LESSON_CLAIMS, read_claim);
}

static enum err_code read_actions(struct lesson_reader *reader)
{
    return lesson_read_each(reader, "do", LESSON_ACTIONS, lesson_read_action);
}

static enum err_code read_pause(struct lesson_reader *reader)
{
    return read_number(reader, "pause must be a number of seconds from 0 to 600", 0, PAUSE_MAX, &reader->step->pause);
}

static enum err_code read_fresh(struct lesson_reader *reader)
{
    static const char what[] = "fresh must be true or false";
    const char *text = reader_scalar(&reader->yaml, what);
    if (!text)
        return ERR_INPUT;
    bool yes = strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "false") != 0)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "%s", what);
    reader->step->fresh = reader->step->fresh || yes;
    return ERR_NONE;
}

static enum err_code read_step_set(struct lesson_reader *reader)
{
    reader->step->fresh = true;
    return lesson_read_set(reader);
}

static bool is_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz_");
    return length > 0 && name[length] == '\0' && length < EXPRESSION_NAME_SIZE;
}

static enum err_code read_keep(struct lesson_reader *reader)
{
    struct expression_names *names = &reader->lesson->names;
    struct lesson_step *step = reader->step;
    if (reader->yaml.event.type != YAML_MAPPING_START_EVENT)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "keep has names with formulas, not %s",
                             reader_kind(&reader->yaml));
    for (;;) {
        enum err_code code = reader_next(&reader->yaml);
        if (code || reader->yaml.event.type == YAML_MAPPING_END_EVENT)
            return code;
        const char *name = reader_scalar(&reader->yaml, "a name is text");
        if (!name)
            return ERR_INPUT;
        if (!is_name(name))
            return reader_refuse(&reader->yaml, reader_place(&reader->yaml),
                                 "a name has up to %d small letters and underlines", EXPRESSION_NAME_SIZE - 1);
        int row = 0;
        while (row < names->count && strcmp(names->name[row], name) != 0)
            row++;
        if (row == EXPRESSION_NAMES || step->keeps == LESSON_KEEPS)
            return reader_refuse(&reader->yaml, reader_place(&reader->yaml),
                                 "a step keeps at most %d numbers, and a lesson %d", LESSON_KEEPS, EXPRESSION_NAMES);
        if (row == names->count)
            snprintf(names->name[names->count++], EXPRESSION_NAME_SIZE, "%s", name);
        step->keep[step->keeps].name = row;
        code = reader_next(&reader->yaml);
        if (!code)
            code = lesson_read_text(reader, "what is kept is a formula", &step->keep[step->keeps++].value);
        if (code)
            return code;
    }
}

static const struct lesson_word step_words[] = {
    {"text", read_text},
    {"set", read_step_set},
    {"fresh", read_fresh},
    {"until", read_until},
    {"question", lesson_read_question},
    {"hint", read_hint},
    {"explain", read_explain},
    {"claim", read_claims},
    {"keep", read_keep},
    {"do", read_actions},
    {"controls", lesson_read_controls},
    {"pause", read_pause},
    {"notes", read_notes},
};

static enum err_code read_step(struct lesson_reader *reader)
{
    struct lesson *lesson = reader->lesson;
    if (lesson->steps == LESSON_STEPS)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "a lesson has at most %d steps", LESSON_STEPS);
    struct lesson_step *step = &lesson->step[lesson->steps++];
    reader->step = step;
    step->place = reader_place(&reader->yaml);
    step->pause = (double)NAN;
    step->controls = reader->controls;
    step->fresh = lesson->steps == 1;
    enum err_code code = lesson_read_map(reader, "a step", step_words, (int)(sizeof step_words / sizeof *step_words));
    if (code)
        return code;
    step->config = reader->config;
    snprintf(step->config.title, sizeof step->config.title, "%s", lesson->title);
    int key = 0;
    code = config_check(&step->config, &key, reader->yaml.err);
    if (code == ERR_INPUT)
        err_prefix(reader->yaml.err, "%s:%zu:%zu: ", reader->yaml.name, step->place.line, step->place.column);
    return code;
}

/* ---- the lesson ---- */

static enum err_code read_title(struct lesson_reader *reader)
{
    return read_line(reader, "title must be one line of text", reader->lesson->title, sizeof reader->lesson->title);
}

static enum err_code read_summary(struct lesson_reader *reader)
{
    return read_line(reader, "summary must be one line of text", reader->lesson->summary,
                     sizeof reader->lesson->summary);
}

static enum err_code read_order(struct lesson_reader *reader)
{
    double order = 0;
    enum err_code code = read_number(reader, "order must be a whole number from 1 to 999", 1, ORDER_MAX, &order);
    reader->lesson->order = (int)order;
    return code;
}

static enum err_code read_kind(struct lesson_reader *reader)
{
    const char *text = reader_scalar(&reader->yaml, "kind must be lesson or demo");
    if (!text)
        return ERR_INPUT;
    reader->lesson->demo = strcmp(text, "demo") == 0;
    if (!reader->lesson->demo && strcmp(text, "lesson") != 0)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "kind must be lesson or demo");
    return ERR_NONE;
}

static enum err_code read_scenario(struct lesson_reader *reader)
{
    static const char what[] = "scenario must be the name of a built-in scenario";
    const char *text = reader_scalar(&reader->yaml, what);
    struct place place = reader_place(&reader->yaml);
    if (!text)
        return ERR_INPUT;
    if (strchr(text, '/') || strchr(text, '.')) /* a lesson is one file */
        return reader_refuse(&reader->yaml, place, "%s", what);
    if (reader->config_place.line || reader->lesson->steps)
        return reader_refuse(&reader->yaml, place, "scenario stands before set and steps");
    enum err_code code = scenario_load(text, &reader->config, reader->yaml.err);
    if (code == ERR_INPUT)
        err_prefix(reader->yaml.err, "%s:%zu:%zu: ", reader->yaml.name, place.line, place.column);
    return code;
}

static enum err_code read_set(struct lesson_reader *reader)
{
    reader->config_place = reader_place(&reader->yaml);
    if (reader->lesson->steps)
        return reader_refuse(&reader->yaml, reader->config_place, "set stands before steps");
    return lesson_read_set(reader);
}

static enum err_code read_controls(struct lesson_reader *reader)
{
    if (reader->lesson->steps)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "controls stands before steps");
    return lesson_read_controls(reader);
}

static enum err_code read_steps(struct lesson_reader *reader)
{
    if (reader->yaml.event.type != YAML_SEQUENCE_START_EVENT)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "steps must be a list, not %s",
                             reader_kind(&reader->yaml));
    return lesson_read_each(reader, "a lesson", LESSON_STEPS, read_step);
}

static const struct lesson_word lesson_words[] = {
    {"title", read_title},       {"summary", read_summary}, {"order", read_order},       {"kind", read_kind},
    {"scenario", read_scenario}, {"set", read_set},         {"controls", read_controls}, {"steps", read_steps},
};

static enum err_code read_all(struct lesson_reader *reader)
{
    enum err_code code = reader_enter(&reader->yaml);
    if (!code)
        code = read_words(reader, "a lesson", lesson_words, (int)(sizeof lesson_words / sizeof *lesson_words));
    if (!code)
        code = reader_leave(&reader->yaml);
    return code ? code : lesson_check(reader);
}

enum err_code lesson_parse(const char *name, const char *text, size_t size, struct lesson *lesson, struct err *err)
{
    struct err unheard;
    struct lesson_reader reader = {.lesson = lesson, .controls = {0, 0, LESSON_MAY_ALL}};
    *lesson = (struct lesson){.order = LESSON_LAST};
    config_default(&reader.config);
    if (size > LESSON_SIZE_MAX)
        return err_set(err, ERR_INPUT, "%s:1:1: %zu bytes are too many for a lesson, the limit is %d", name, size,
                       LESSON_SIZE_MAX);
    lesson->step = calloc(LESSON_STEPS, sizeof *lesson->step);
    if (!lesson->step)
        return reader_no_memory(err, name);
    enum err_code code = reader_begin(&reader.yaml, name, "a lesson", text, size, err ? err : &unheard);
    if (!code) {
        code = read_all(&reader);
        reader_end(&reader.yaml);
    }
    if (code)
        lesson_free(lesson);
    return code;
}

/* ---- memory ---- */

static void free_step(struct lesson_step *step)
{
    struct lesson_text *const texts[] = {&step->text,  &step->hint,         &step->explain,        &step->notes,
                                         &step->until, &step->question.ask, &step->question.number};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]->text);
    for (int i = 0; i < LESSON_CHOICES; i++) {
        free(step->question.choice[i].text);
        free(step->question.choice[i].right.text);
    }
    for (int i = 0; i < LESSON_CLAIMS; i++)
        free(step->claim[i].text);
    for (int i = 0; i < LESSON_KEEPS; i++)
        free(step->keep[i].value.text);
    for (int i = 0; i < LESSON_ACTIONS; i++)
        free(step->action[i].text);
}

void lesson_free(struct lesson *lesson)
{
    for (int i = 0; lesson->step && i < lesson->steps; i++)
        free_step(&lesson->step[i]);
    free(lesson->step);
    *lesson = (struct lesson){.steps = 0};
}
