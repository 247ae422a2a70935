/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/classroom_state.h"
#include "ui/telling_draw.h"

#include "lesson/telling.h"

/* Numbers are not measured here: each is taken to be eight characters long, as 1.23e-12 is. */
enum { COLUMNS = 76 };

static int rows_of(const struct lesson *lesson, const char *text)
{
    char told[TELLING_SIZE];
    telling_write(told, sizeof told, text, &lesson->names, NULL);
    return telling_rows(GLYPHS_BRAILLE, COLUMNS, told);
}

static enum err_code refuse(const char *name, struct place place, const char *what, int rows, struct err *err)
{
    return err_set(err, ERR_INPUT, "%s:%zu:%zu: %s takes %d lines of %d characters, and %d fit a screen of 80 × 24",
                   name, place.line, place.column, what, rows, (int)COLUMNS, (int)CLASSROOM_TEXT_ROWS);
}

enum err_code classroom_fits(const struct lesson *lesson, const char *name, struct err *err)
{
    for (int i = 0; i < lesson->steps; i++) {
        const struct lesson_step *step = &lesson->step[i];
        const struct lesson_question *question = &step->question;
        bool asks = *question->ask.text != '\0';
        int text = rows_of(lesson, step->text.text);
        int hint = rows_of(lesson, step->hint.text);
        int ask = asks ? rows_of(lesson, question->ask.text) + (question->choices ? question->choices : 1) : 0;
        int told = (asks ? 1 : 0) + rows_of(lesson, *step->explain.text ? step->explain.text : step->text.text);
        if (text + ask > CLASSROOM_TEXT_ROWS)
            return refuse(name, step->text.place, asks ? "this text with its question" : "this text", text + ask, err);
        if (text + hint > CLASSROOM_TEXT_ROWS)
            return refuse(name, step->hint.place, "this hint below its text", text + hint, err);
        if (told > CLASSROOM_TEXT_ROWS)
            return refuse(name, *step->explain.text ? step->explain.place : step->text.place, "this, when it is told",
                          told, err);
    }
    return ERR_NONE;
}
