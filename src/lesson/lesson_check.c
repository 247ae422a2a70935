/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/lesson_state.h"
#include "lesson/telling.h"

#include "run/key.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A formula's place in the file is that of its text, and some way into it where that is written in one line. */
static enum err_code refuse_formula(struct lesson_reader *reader, const struct lesson_text *text, int at)
{
    struct place place = text->place;
    char message[sizeof reader->yaml.err->message];
    memcpy(message, reader->yaml.err->message, sizeof message);
    place.column += at > 0 ? (size_t)at : 0;
    return reader_refuse(&reader->yaml, place, "%s", message);
}

static enum err_code check_formula(struct lesson_reader *reader, const struct lesson_text *text)
{
    struct expression expression;
    int at = 0;
    if (!text->text || !*text->text)
        return ERR_NONE;
    return expression_read(&expression, text->text, &reader->lesson->names, &at, reader->yaml.err)
               ? refuse_formula(reader, text, at)
               : ERR_NONE;
}

/* Formulas in braces within a text. */
static enum err_code check_telling(struct lesson_reader *reader, const struct lesson_text *text)
{
    if (!text->text || telling_check(text->text, &reader->lesson->names, reader->yaml.err) == ERR_NONE)
        return ERR_NONE;
    return refuse_formula(reader, text, 0);
}

static enum err_code check_formulas(struct lesson_reader *reader, const struct lesson_step *step)
{
    enum err_code code = check_formula(reader, &step->until);
    for (int i = 0; !code && i < step->claims; i++)
        code = check_formula(reader, &step->claim[i]);
    for (int i = 0; !code && i < step->keeps; i++)
        code = check_formula(reader, &step->keep[i].value);
    for (int i = 0; !code && i < step->question.choices; i++)
        code = check_formula(reader, &step->question.choice[i].right);
    return code ? code : check_formula(reader, &step->question.number);
}

/* What is not there becomes the empty text, so that nobody has to ask. */
static enum err_code fill(struct lesson_reader *reader, struct lesson_text *text)
{
    if (text->text)
        return ERR_NONE;
    text->text = strdup("");
    return text->text ? ERR_NONE : reader_no_memory(reader->yaml.err, reader->yaml.name);
}

static enum err_code check_step(struct lesson_reader *reader, struct lesson_step *step)
{
    struct lesson_text *const texts[] = {&step->text,         &step->hint,  &step->explain,        &step->notes,
                                         &step->question.ask, &step->until, &step->question.number};
    enum { TOLD = 5 }; /* of them */
    if (!step->text.text || !*step->text.text)
        return reader_refuse(&reader->yaml, step->place, "a step has text");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        enum err_code code = fill(reader, texts[i]);
        if (!code && i < TOLD)
            code = check_telling(reader, texts[i]);
        if (code)
            return code;
    }
    return check_formulas(reader, step);
}

/* A lesson is played in front of somebody, and by `rankscope check` without asking: its runs are small. Roughly the
 * operations of all methods' steps; decompositions count for more than products. */
bool lesson_too_large(const struct config *config)
{
    enum { DIMENSION_MAX = 64, TASKS_MAX = 500, STEPS_MAX = 100000 };
    const double most = 2e10;
    double d = config->problem.dimension;
    double step = config->problem.tasks * d * d * (4.0 * config->retrain.rank * config->retrain.inner_steps + d);
    double adapt = config->adapt.solver == ADAPT_PAPER ? 8.0 * d * d * config->adapt.rank * config->adapt.steps : 0;
    double samples = (double)config->problem.samples * config->problem.tasks + config->adapt.samples;
    return d > DIMENSION_MAX || config->retrain.steps > STEPS_MAX || config->adapt.steps > STEPS_MAX ||
           config->problem.tasks > TASKS_MAX || step * config->retrain.steps + adapt > most || samples * d * d > most;
}

enum err_code lesson_check(struct lesson_reader *reader)
{
    struct lesson *lesson = reader->lesson;
    static const struct place top = {1, 1};
    if (lesson->title[0] == '\0')
        return reader_refuse(&reader->yaml, top, "a lesson has a title");
    if (lesson->steps == 0)
        return reader_refuse(&reader->yaml, top, "a lesson has steps");
    for (int i = 0; i < lesson->steps; i++) {
        struct lesson_step *step = &lesson->step[i];
        enum err_code code = check_step(reader, step);
        if (code)
            return code;
        if (lesson_too_large(&step->config))
            return reader_refuse(&reader->yaml, step->place, LESSON_TOO_LARGE);
    }
    return ERR_NONE;
}
