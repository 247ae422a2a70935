/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/expression.h"

#include "base/text.h"
#include "lesson/fact.h"
#include "run/key.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 24, WORD_SIZE = 64, NO_KEY = -1 };

enum operation { OR, AND, EQUAL, UNEQUAL, BELOW, AT_MOST, ABOVE, AT_LEAST, PLUS, MINUS, TIMES, OVER, LEAST, GREATEST };
enum unary { NOT, NEGATE, ABSOLUTE, ROOT, LOGARITHM };

/* Longer ones first, so that "<=" is not read as "<". */
static const struct {
    const char *text;
    enum operation what;
} comparisons[] = {{"==", EQUAL},  {"!=", UNEQUAL}, {"<=", AT_MOST}, {">=", AT_LEAST},
                   {"≤", AT_MOST}, {"≥", AT_LEAST}, {"<", BELOW},    {">", ABOVE}};
static const struct {
    const char *name;
    bool binary;
    int what;
} functions[] = {{"abs", false, ABSOLUTE},
                 {"sqrt", false, ROOT},
                 {"log10", false, LOGARITHM},
                 {"min", true, LEAST},
                 {"max", true, GREATEST}};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

struct parser {
    const char *text, *at;
    const struct expression_names *names;
    struct expression *to;
    int depth;
    int key; /* the last key that was named: a bare word after it may be one of its choices */
    int *error_at;
    struct err *err;
};

static enum err_code refuse(struct parser *parser, const char *at, const char *message)
{
    if (parser->error_at)
        *parser->error_at = (int)(at - parser->text);
    return err_set(parser->err, ERR_INPUT, "%s", message);
}

static enum err_code push(struct parser *parser, struct expression_op op)
{
    if (parser->to->count == EXPRESSION_OPS)
        return refuse(parser, parser->at, "this formula is too long; make two of it");
    parser->to->op[parser->to->count++] = op;
    return ERR_NONE;
}

static enum err_code push_operator(struct parser *parser, enum expression_code code, int what)
{
    return push(parser, (struct expression_op){.code = code, .what = what});
}

/* ---- words ---- */

static void skip_blanks(struct parser *parser)
{
    while (*parser->at == ' ' || *parser->at == '\n' || *parser->at == '\t')
        parser->at++;
}

static bool is_letter(char letter)
{
    return isalnum((unsigned char)letter) || letter == '_' || letter == '.' || letter == '-';
}

static size_t word_length(const char *at)
{
    size_t length = 0;
    if (!isalpha((unsigned char)*at))
        return 0;
    while (is_letter(at[length]) && !(at[length] == '-' && !isalpha((unsigned char)at[length + 1])))
        length++;
    return length;
}

/* Takes `text` if it stands here, as a whole word where it is one. */
static bool take(struct parser *parser, const char *text)
{
    skip_blanks(parser);
    size_t length = strlen(text);
    bool word = isalpha((unsigned char)*text);
    if (strncmp(parser->at, text, length) != 0 || (word && word_length(parser->at) != length))
        return false;
    parser->at += length;
    return true;
}

static enum err_code read_or(struct parser *parser);

static enum err_code expect(struct parser *parser, const char *text)
{
    char message[64];
    snprintf(message, sizeof message, "a %s is missing here", text);
    return take(parser, text) ? ERR_NONE : refuse(parser, parser->at, message);
}

static enum err_code refuse_name(struct parser *parser, const char *begin, const char *name)
{
    char message[256];
    struct text_guess guess = {.word = name};
    fact_guess(&guess);
    int prefix = (int)(guess.word - name);
    for (int i = 0; prefix == 0 && parser->names && i < parser->names->count; i++)
        text_guess_offer(&guess, parser->names->name[i]);
    if (guess.best)
        snprintf(message, sizeof message, "unknown name %s; did you mean %.*s%s?", name, prefix, name, guess.best);
    else
        snprintf(
            message, sizeof message,
            "unknown name %s; a formula has METHOD.MEASURE, keys by their paths, what was kept, run, step and done",
            name);
    return refuse(parser, begin, message);
}

/* ---- what stands alone ---- */

static enum err_code read_changed(struct parser *parser)
{
    skip_blanks(parser);
    char name[WORD_SIZE];
    const char *begin = parser->at;
    size_t length = word_length(begin);
    int key = -1;
    if (length > 0 && length < sizeof name) {
        memcpy(name, begin, length);
        name[length] = '\0';
        key = key_find(name);
        if (key < 0)
            return refuse_name(parser, begin, name);
    }
    if (key < 0)
        return refuse(parser, begin, "changed is followed by a key, as in: changed problem.tasks");
    parser->at += length;
    return push_operator(parser, EXPRESSION_CHANGED, key);
}

static enum err_code read_function(struct parser *parser, int function)
{
    enum err_code code = expect(parser, "(");
    if (!code)
        code = read_or(parser);
    if (!code && functions[function].binary) {
        code = expect(parser, ",");
        if (!code)
            code = read_or(parser);
    }
    if (!code)
        code = expect(parser, ")");
    if (code)
        return code;
    return push_operator(parser, functions[function].binary ? EXPRESSION_BINARY : EXPRESSION_UNARY,
                         functions[function].what);
}

static enum err_code read_element(struct parser *parser, struct expression_op op)
{
    enum err_code code = expect(parser, "[");
    if (!code)
        code = read_or(parser);
    if (!code)
        code = expect(parser, "]");
    return code ? code : push(parser, op);
}

static int find_kept(const struct parser *parser, const char *name)
{
    for (int i = 0; parser->names && i < parser->names->count; i++)
        if (strcmp(parser->names->name[i], name) == 0)
            return i;
    return -1;
}

static enum err_code read_name(struct parser *parser)
{
    char name[WORD_SIZE];
    const char *begin = parser->at;
    size_t length = word_length(begin);
    if (length == 0)
        return refuse(parser, begin, *begin ? "here must be a number, a name or (" : "something is missing at the end");
    if (length >= sizeof name)
        return refuse(parser, begin, "no name is as long as this");
    memcpy(name, begin, length);
    name[length] = '\0';
    parser->at += length;
    if (strcmp(name, "changed") == 0)
        return read_changed(parser);
    for (int i = 0; i < FUNCTIONS; i++)
        if (strcmp(name, functions[i].name) == 0)
            return read_function(parser, i);
    double value;
    struct expression_op op;
    int kept = find_kept(parser, name);
    if (kept >= 0)
        return push_operator(parser, EXPRESSION_KEPT, kept);
    if (parser->key != NO_KEY && fact_choice(parser->key, name, &value))
        return push(parser, (struct expression_op){.code = EXPRESSION_NUMBER, .number = value});
    if (!fact_find(name, &op))
        return refuse_name(parser, begin, name);
    if (op.code == EXPRESSION_KEY)
        parser->key = op.what;
    return op.code == EXPRESSION_ELEMENT ? read_element(parser, op) : push(parser, op);
}

static enum err_code read_number(struct parser *parser)
{
    char digits[WORD_SIZE];
    size_t length = strspn(parser->at, "0123456789.");
    if (parser->at[length] == 'e' || parser->at[length] == 'E') {
        length++;
        length += strspn(parser->at + length, "+-") > 0;
        length += strspn(parser->at + length, "0123456789");
    }
    if (length >= sizeof digits)
        return refuse(parser, parser->at, "no number is as long as this");
    memcpy(digits, parser->at, length);
    digits[length] = '\0';
    char *end;
    double value = strtod(digits, &end);
    if (*end != '\0' || !isfinite(value) || isalpha((unsigned char)parser->at[length]))
        return refuse(parser, parser->at, "this is no number");
    parser->at += length;
    return push(parser, (struct expression_op){.code = EXPRESSION_NUMBER, .number = value});
}

static enum err_code read_primary(struct parser *parser)
{
    enum err_code code;
    skip_blanks(parser);
    if (++parser->depth > DEPTH_MAX)
        return refuse(parser, parser->at, "this formula is too deep");
    if (take(parser, "(")) {
        code = read_or(parser);
        if (!code)
            code = expect(parser, ")");
    } else if (take(parser, "-")) {
        code = read_primary(parser);
        if (!code)
            code = push_operator(parser, EXPRESSION_UNARY, NEGATE);
    } else if (isdigit((unsigned char)*parser->at) || *parser->at == '.') {
        code = read_number(parser);
    } else {
        code = read_name(parser);
    }
    parser->depth--;
    return code;
}

/* ---- operators, the strongest first ---- */

static enum err_code read_product(struct parser *parser)
{
    enum err_code code = read_primary(parser);
    while (!code) {
        bool times = take(parser, "*");
        if (!times && !take(parser, "/"))
            break;
        code = read_primary(parser);
        if (!code)
            code = push_operator(parser, EXPRESSION_BINARY, times ? TIMES : OVER);
    }
    return code;
}

static enum err_code read_sum(struct parser *parser)
{
    enum err_code code = read_product(parser);
    while (!code) {
        bool plus = take(parser, "+");
        if (!plus && !take(parser, "-"))
            break;
        code = read_product(parser);
        if (!code)
            code = push_operator(parser, EXPRESSION_BINARY, plus ? PLUS : MINUS);
    }
    return code;
}

static enum err_code read_comparison(struct parser *parser)
{
    parser->key = NO_KEY;
    enum err_code code = read_sum(parser);
    for (size_t i = 0; !code && i < sizeof comparisons / sizeof *comparisons; i++) {
        if (!take(parser, comparisons[i].text))
            continue;
        code = read_sum(parser);
        return code ? code : push_operator(parser, EXPRESSION_BINARY, (int)comparisons[i].what);
    }
    if (!code && take(parser, "="))
        return refuse(parser, parser->at - 1, "equality is written ==");
    return code;
}

static enum err_code read_not(struct parser *parser)
{
    if (!take(parser, "not"))
        return read_comparison(parser);
    if (++parser->depth > DEPTH_MAX)
        return refuse(parser, parser->at, "this formula is too deep");
    enum err_code code = read_not(parser);
    parser->depth--;
    return code ? code : push_operator(parser, EXPRESSION_UNARY, NOT);
}

static enum err_code read_and(struct parser *parser)
{
    enum err_code code = read_not(parser);
    while (!code && take(parser, "and")) {
        code = read_not(parser);
        if (!code)
            code = push_operator(parser, EXPRESSION_BINARY, AND);
    }
    return code;
}

static enum err_code read_or(struct parser *parser)
{
    enum err_code code = read_and(parser);
    while (!code && take(parser, "or")) {
        code = read_and(parser);
        if (!code)
            code = push_operator(parser, EXPRESSION_BINARY, OR);
    }
    return code;
}

enum err_code expression_read(struct expression *expression, const char *text, const struct expression_names *names,
                              int *at, struct err *err)
{
    struct parser parser = {
        .text = text, .at = text, .names = names, .to = expression, .key = NO_KEY, .error_at = at, .err = err};
    expression->count = 0;
    if (at)
        *at = 0;
    if (strlen(text) > EXPRESSION_SIZE)
        return refuse(&parser, text, "this formula is too long; make two of it");
    enum err_code code = read_or(&parser);
    skip_blanks(&parser);
    if (!code && *parser.at)
        return refuse(&parser, parser.at, "here the formula should end, or go on with and, or, == or another operator");
    return code;
}

/* ---- evaluation ---- */

static double unary(enum unary what, double x)
{
    switch (what) {
    case NOT:
        return isnan(x) ? x : x == 0;
    case NEGATE:
        return -x;
    case ABSOLUTE:
        return fabs(x);
    case ROOT:
        return sqrt(x);
    default:
        return log10(x);
    }
}

static bool holds(double x)
{
    return !isnan(x) && x != 0;
}

static double binary(enum operation what, double x, double y)
{
    switch (what) {
    case OR:
        return holds(x) || holds(y);
    case AND:
        return holds(x) && holds(y);
    case EQUAL:
        return x == y;
    case UNEQUAL:
        return x != y;
    case BELOW:
        return x < y;
    case AT_MOST:
        return x <= y;
    case ABOVE:
        return x > y;
    case AT_LEAST:
        return x >= y;
    case PLUS:
        return x + y;
    case MINUS:
        return x - y;
    case TIMES:
        return x * y;
    case OVER:
        return x / y;
    case LEAST:
        return x < y ? x : y;
    default:
        return x > y ? x : y;
    }
}

double expression_value(const struct expression *expression, const struct facts *facts)
{
    double stack[EXPRESSION_OPS] = {0};
    int top = 0;
    for (int i = 0; i < expression->count; i++) {
        const struct expression_op *op = &expression->op[i];
        switch (op->code) {
        case EXPRESSION_NUMBER:
            stack[top++] = op->number;
            break;
        case EXPRESSION_ELEMENT:
            stack[top - 1] = fact_element(op, facts, stack[top - 1]);
            break;
        case EXPRESSION_UNARY:
            stack[top - 1] = unary((enum unary)op->what, stack[top - 1]);
            break;
        case EXPRESSION_BINARY:
            top--;
            stack[top - 1] = binary((enum operation)op->what, stack[top - 1], stack[top]);
            break;
        default:
            stack[top++] = fact_value(op, facts);
        }
    }
    return top == 1 ? stack[0] : (double)NAN;
}

double expression_of(const char *text, const struct expression_names *names, const struct facts *facts)
{
    struct expression expression;
    return expression_read(&expression, text, names, NULL, NULL) ? (double)NAN : expression_value(&expression, facts);
}

bool expression_true(const char *text, const struct expression_names *names, const struct facts *facts)
{
    return holds(expression_of(text, names, facts));
}

bool expression_asks_done(const struct expression *expression)
{
    for (int i = 0; i < expression->count; i++)
        if (expression->op[i].code == EXPRESSION_FLAG && expression->op[i].what == FACT_DONE)
            return true;
    return false;
}

int expression_asks_changed(const struct expression *expression)
{
    for (int i = 0; i < expression->count; i++)
        if (expression->op[i].code == EXPRESSION_CHANGED)
            return expression->op[i].what;
    return -1;
}
