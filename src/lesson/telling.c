/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/telling.h"

#include "base/text.h"
#include "run/prose.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The formula that begins after a brace, and the byte behind its closing one; NULL: it is not closed, or too long. */
static const char *formula_in(const char *at, char formula[EXPRESSION_SIZE])
{
    size_t length = strcspn(at, "{}");
    if (at[length] != '}' || length >= EXPRESSION_SIZE)
        return NULL;
    memcpy(formula, at, length);
    formula[length] = '\0';
    return at + length + 1;
}

enum err_code telling_check(const char *text, const struct expression_names *names, struct err *err)
{
    struct err unheard;
    err = err ? err : &unheard;
    for (const char *at = strpbrk(text, "{}"); at; at = strpbrk(at, "{}")) {
        char formula[EXPRESSION_SIZE];
        char clip[TEXT_CLIP_SIZE];
        struct expression expression;
        const char *end = *at == '{' ? formula_in(at + 1, formula) : NULL;
        if (!end)
            return err_set(err, ERR_INPUT, "braces hold a formula, as in {standard.error_rank}, and are closed again");
        text_clip(clip, formula);
        if (expression_read(&expression, formula, names, NULL, err))
            return err_prefix(err, "in {%s}: ", clip);
        at = end;
    }
    return ERR_NONE;
}

static void add_number(struct prose *prose, double value)
{
    prose_add(prose, "%s", isnan(value) ? "–" : PROSE_NUMBER(value));
}

/* Lines are joined by a blank; an empty one ends a paragraph. */
static const char *add_break(struct prose *prose, const char *at)
{
    int lines = 0;
    for (; *at == ' ' || *at == '\n'; at++)
        lines += *at == '\n';
    prose_add(prose, lines > 1 ? "\n" : " ");
    return at;
}

void telling_write(char *to, size_t size, const char *text, const struct expression_names *names,
                   const struct facts *facts)
{
    struct prose prose;
    char formula[EXPRESSION_SIZE];
    prose_begin(&prose, to, size);
    while (*text) {
        size_t length = strcspn(text, " \n{");
        prose_add(&prose, "%.*s", (int)length, text);
        text += length;
        const char *end = *text == '{' ? formula_in(text + 1, formula) : NULL;
        if (end) {
            if (facts)
                add_number(&prose, expression_of(formula, names, facts));
            else
                prose_add(&prose, "%s", "1.23e-12");
            text = end;
        } else if (*text == '{') {
            prose_add(&prose, "{");
            text++;
        } else if (*text) {
            text = add_break(&prose, text);
        }
    }
    prose_end(&prose);
}

bool telling_star(const char *begin, const char *at, bool emphasised)
{
    bool after_word = at > begin && at[-1] != ' ' && at[-1] != '\n' && at[-1] != '(';
    bool before_word = at[1] != '\0' && at[1] != ' ' && at[1] != '\n';
    if (*at != '*')
        return false;
    return emphasised ? after_word && !isalnum((unsigned char)at[1]) : !after_word && before_word;
}

void telling_strip(char *text)
{
    char *to = text;
    const char *begin = text;
    bool emphasised = false;
    for (const char *at = begin; *at; at++) {
        if (telling_star(begin, at, emphasised))
            emphasised = !emphasised;
        else
            *to++ = *at; /* behind `at` by as much as there were stars, but for the one before it */
    }
    *to = '\0';
}

void telling_clean(char *text)
{
    for (char *end; text; text = end ? end + 1 : NULL) {
        end = strchr(text, '\n');
        if (end)
            *end = '\0';
        for (char *tab = strchr(text, '\t'); tab; tab = strchr(tab, '\t'))
            *tab = ' ';
        text_clean(text);
        if (end)
            *end = '\n';
    }
}
