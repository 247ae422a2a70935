/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"

#include "base/text.h"
#include "model/adapt.h"
#include "model/method.h"
#include "model/solver.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *kind_name(int index)
{
    static const char *const names[] = {[PROBLEM_LINEAR] = "linear", [PROBLEM_NETWORK] = "network", NULL};
    return names[index];
}

static const char *truth_name(int index)
{
    static const char *const names[] = {
        [TRUTH_PSD] = "psd", [TRUTH_SYMMETRIC] = "symmetric", [TRUTH_GENERAL] = "general", NULL};
    return names[index];
}

static const char *shape_name(int index)
{
    static const char *const names[] = {[ADAPTER_SYMMETRIC] = "symmetric", [ADAPTER_GENERAL] = "general", NULL};
    return names[index];
}

static const char *method_name(int index)
{
    return index < METHOD_COUNT ? method_table[index].name : NULL;
}

static const char *solver_name(int index)
{
    return index < solver_count ? solver_table[index].name : NULL;
}

static const char *adapt_solver_name(int index)
{
    return adapt_solver_names[index];
}

#define MEMBER(member)     .offset = offsetof(struct config, member)
#define WHOLE(least, most) .type = KEY_INTEGER, .minimum = (least), .maximum = (most)
#define SAMPLES            .type = KEY_SAMPLES, .minimum = 1, .maximum = 1e8
#define REAL(most, nudge)  .type = KEY_REAL, .minimum = 0, .maximum = (most), .finest = (nudge)
#define CHOICE(name_of)    .type = KEY_CHOICE, .choice = (name_of)

const struct key key_table[] = {
    {"title", "title", "", "What the experiment shows, in a few words.", .type = KEY_TEXT, MEMBER(title)},

    {"problem.kind", "kind", "", "Linear, y = W x, or a two-layer network, y = cᵀ sigmoid(W x).", MEMBER(problem.kind),
     CHOICE(kind_name)},
    {"problem.dimension", "dimension", "d", "The model is a d × d matrix.", MEMBER(problem.dimension), WHOLE(1, 4096)},
    {"problem.rank", "rank", "k", "Rank of each task's true adapter.", MEMBER(problem.rank), WHOLE(1, 4096)},
    {"problem.tasks", "tasks", "T", "Number of retraining tasks; the unseen task is one more.", MEMBER(problem.tasks),
     WHOLE(1, 1024)},
    {"problem.truth", "truth", "", "Kind of the true adapters: U Uᵀ, U D Uᵀ with random signs, or U Vᵀ.",
     MEMBER(problem.truth), CHOICE(truth_name)},
    {"problem.samples", "samples", "N", "Samples per retraining task; population means infinitely many.",
     MEMBER(problem.samples), SAMPLES},
    {"problem.noise", "noise", "σ", "Standard deviation of the noise on every output.", MEMBER(problem.noise),
     REAL(1e6, 1e-3)},
    {"problem.seed", "seed", "", "Determines every random number of the experiment.", MEMBER(problem.seed),
     .type = KEY_SEED, .maximum = (double)UINT64_MAX},

    {"retrain.methods", "methods", "", "Ways of retraining to compare on the same draw.", MEMBER(retrain.methods),
     .type = KEY_SET, .choice = method_name},
    {"retrain.adapter", "adapter", "", "Form of the adapters in training: U Uᵀ or U Vᵀ.", MEMBER(retrain.adapter),
     CHOICE(shape_name)},
    {"retrain.rank", "adapter rank", "", "Rank of each task's adapter in training.", MEMBER(retrain.rank),
     WHOLE(1, 4096)},
    {"retrain.solver", "solver", "", "How retraining minimises its loss.", MEMBER(retrain.solver), CHOICE(solver_name),
     .live = true},
    {"retrain.steps", "steps", "", "Retraining steps; with paper, outer iterations.", MEMBER(retrain.steps),
     WHOLE(1, 1e9), .live = true},
    {"retrain.inner_steps", "inner steps", "m", "Adapter steps in one outer iteration of paper.",
     MEMBER(retrain.inner_steps), WHOLE(1, 10000), .live = true},
    {"retrain.inner_rate", "inner rate", "", "Step size of the adapters.", MEMBER(retrain.inner_rate), REAL(1e6, 1e-6),
     .live = true},
    {"retrain.outer_rate", "outer rate", "", "Step size of the base.", MEMBER(retrain.outer_rate), REAL(1e6, 1e-6),
     .live = true},
    {"retrain.init_scale", "init scale", "", "Standard deviation of the adapters' first values; 0 is the saddle.",
     MEMBER(retrain.init_scale), REAL(1e6, 1e-3)},

    {"adapt.samples", "samples", "n", "Samples of the unseen task; population means infinitely many.",
     MEMBER(adapt.samples), SAMPLES},
    {"adapt.rank", "adapter rank", "r", "Rank of the adapter for the unseen task.", MEMBER(adapt.rank), WHOLE(1, 4096),
     .live = true},
    {"adapt.solver", "solver", "", "How the unseen task's adapter is fitted: in closed form, or by gradient descent.",
     MEMBER(adapt.solver), CHOICE(adapt_solver_name)},
    {"adapt.steps", "steps", "", "Fine-tuning steps of gradient descent.", MEMBER(adapt.steps), WHOLE(1, 1e9),
     .live = true},
    {"adapt.rate", "rate", "", "Step size of fine-tuning by gradient descent.", MEMBER(adapt.rate), REAL(1e6, 1e-6),
     .live = true},
    {"adapt.tolerance", "tolerance", "", "Share of ‖W*‖² up to which a risk counts as none, and a rank as enough.",
     MEMBER(adapt.tolerance), REAL(1, 1e-12)},
};
const int key_count = sizeof key_table / sizeof *key_table;

static const char population[] = "population";

static void *member(struct config *config, int key)
{
    return (char *)config + key_table[key].offset;
}

static int get_int(const struct config *config, int key)
{
    int value;
    memcpy(&value, (const char *)config + key_table[key].offset, sizeof value);
    return value;
}

int key_find(const char *path)
{
    for (int key = 0; key < key_count; key++)
        if (strcmp(key_table[key].path, path) == 0)
            return key;
    return -1;
}

/* Adds to `text`, which holds `size` bytes; what does not fit is left away. */
__attribute__((format(printf, 3, 4))) static void append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, size - used, format, args);
    va_end(args);
}

static void append_choices(const struct key *row, const char *last_word, char text[KEY_ALLOWED_SIZE])
{
    for (int i = 0; row->choice(i); i++) {
        const char *before = i == 0 ? "" : row->choice(i + 1) ? ", " : last_word;
        append(text, KEY_ALLOWED_SIZE, "%s%s", before, row->choice(i));
    }
}

void key_allowed(int key, char text[KEY_ALLOWED_SIZE])
{
    const struct key *row = &key_table[key];
    text[0] = '\0';
    switch (row->type) {
    case KEY_INTEGER:
        append(text, KEY_ALLOWED_SIZE, "a whole number from %.0f to %.0f", row->minimum, row->maximum);
        break;
    case KEY_SAMPLES:
        append(text, KEY_ALLOWED_SIZE, "%s or a whole number from %.0f to %.0f", population, row->minimum,
               row->maximum);
        break;
    case KEY_REAL:
        append(text, KEY_ALLOWED_SIZE, "a number from %.0f to %.0f", row->minimum, row->maximum);
        break;
    case KEY_SEED:
        append(text, KEY_ALLOWED_SIZE, "a whole number from 0 to %" PRIu64, UINT64_MAX);
        break;
    case KEY_CHOICE:
        append_choices(row, " or ", text);
        break;
    case KEY_SET:
        append(text, KEY_ALLOWED_SIZE, "one or more of ");
        append_choices(row, ", ", text);
        break;
    case KEY_TEXT:
        append(text, KEY_ALLOWED_SIZE, "text of 1 to %zu bytes without control characters",
               sizeof((struct config *)0)->title - 1);
        break;
    }
}

static enum err_code refuse(int key, const char *text, struct err *err)
{
    char allowed[KEY_ALLOWED_SIZE];
    char clip[TEXT_CLIP_SIZE];
    key_allowed(key, allowed);
    text_clip(clip, text);
    bool number = key_table[key].type != KEY_TEXT && (isdigit((unsigned char)*text) || strchr("+-.", *text)) && *text;
    const char *quote = number ? "" : "\"";
    return err_set(err, ERR_INPUT, "%s must be %s, not %s%s%s", key_table[key].path, allowed, quote, clip, quote);
}

/* Decimal digits after an optional sign and nothing else. */
static bool looks_whole(const char *text)
{
    text += *text == '-' || *text == '+';
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static bool read_int(const struct key *row, const char *text, int *value)
{
    if (!looks_whole(text))
        return false;
    errno = 0;
    long wide = strtol(text, NULL, 10);
    if (errno || (double)wide < row->minimum || (double)wide > row->maximum)
        return false;
    *value = (int)wide;
    return true;
}

static bool read_real(const struct key *row, const char *text, double *value)
{
    /* strtod alone would take "nan", "infinity" and "0x1p3" */
    if (!*text || text[strspn(text, "0123456789+-.eE")] != '\0')
        return false;
    char *end;
    double wide = strtod(text, &end);
    if (*end || end == text || !(wide >= row->minimum && wide <= row->maximum))
        return false;
    *value = wide + 0.0; /* −0 becomes 0 */
    return true;
}

static bool read_seed(const char *text, uint64_t *value)
{
    if (!looks_whole(text) || *text == '-')
        return false;
    errno = 0;
    unsigned long long wide = strtoull(text, NULL, 10);
    if (errno)
        return false;
    *value = wide;
    return true;
}

static int find_choice(const struct key *row, const char *text, size_t length)
{
    for (int i = 0; row->choice(i); i++)
        if (strlen(row->choice(i)) == length && memcmp(row->choice(i), text, length) == 0)
            return i;
    return -1;
}

static enum err_code refuse_choice(int key, const char *text, struct err *err)
{
    struct text_guess guess = {.word = text};
    for (int i = 0; key_table[key].choice(i); i++)
        text_guess_offer(&guess, key_table[key].choice(i));
    refuse(key, text, err);
    if (err && guess.best)
        append(err->message, sizeof err->message, "; did you mean %s?", guess.best);
    return ERR_INPUT;
}

/* Names with commas between them. */
static enum err_code read_set(int key, const char *text, unsigned *value, struct err *err)
{
    unsigned set = 0;
    for (const char *name = text;;) {
        size_t length = strcspn(name, ",");
        size_t skipped = strspn(name, " \t");
        size_t kept = length > skipped ? length - skipped : 0;
        while (kept > 0 && isspace((unsigned char)name[skipped + kept - 1]))
            kept--;
        int choice = find_choice(&key_table[key], name + skipped, kept);
        if (choice < 0) {
            char wrong[TEXT_CLIP_SIZE + 1]; /* one more than is shown, so that a cut is seen */
            snprintf(wrong, sizeof wrong, "%.*s", (int)(kept < sizeof wrong ? kept : sizeof wrong), name + skipped);
            return refuse_choice(key, wrong, err);
        }
        if (set & 1u << choice)
            return err_set(err, ERR_INPUT, "%s names %s twice", key_table[key].path, key_table[key].choice(choice));
        set |= 1u << choice;
        if (name[length] == '\0')
            break;
        name += length + 1;
    }
    *value = set;
    return ERR_NONE;
}

static bool fit_for_title(const char *text, size_t length)
{
    if (length == 0 || length >= sizeof((struct config *)0)->title)
        return false;
    for (size_t i = 0; i < length;) {
        uint32_t rune = 0;
        size_t step = text_decode(text + i, length - i, &rune);
        if (step == 0 || !text_printable(rune))
            return false;
        i += step;
    }
    return true;
}

/* `text` has no blanks around it. */
static enum err_code set_trimmed(struct config *config, int key, const char *text, struct err *err)
{
    const struct key *row = &key_table[key];
    void *to = member(config, key);
    int choice;
    switch (row->type) {
    case KEY_SAMPLES:
        if (strcmp(text, population) == 0) {
            memcpy(to, &(int){SAMPLES_POPULATION}, sizeof(int));
            return ERR_NONE;
        }
        /* fall through */
    case KEY_INTEGER:
        return read_int(row, text, to) ? ERR_NONE : refuse(key, text, err);
    case KEY_REAL:
        return read_real(row, text, to) ? ERR_NONE : refuse(key, text, err);
    case KEY_SEED:
        return read_seed(text, to) ? ERR_NONE : refuse(key, text, err);
    case KEY_CHOICE:
        choice = find_choice(row, text, strlen(text));
        if (choice < 0)
            return refuse_choice(key, text, err);
        memcpy(to, &choice, sizeof choice);
        return ERR_NONE;
    case KEY_SET:
        return read_set(key, text, to, err);
    case KEY_TEXT:
        if (!fit_for_title(text, strlen(text)))
            return refuse(key, text, err);
        memset(to, 0, sizeof config->title); /* equal titles are equal bytes */
        memcpy(to, text, strlen(text));
        return ERR_NONE;
    }
    return ERR_NONE;
}

enum err_code key_set(struct config *config, int key, const char *text, struct err *err)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    char few[KEY_VALUE_SIZE]; /* whatever key_format writes is set without asking for memory */
    char *trimmed = length < sizeof few ? few : malloc(length + 1);
    if (!trimmed)
        return err_set(err, ERR_MEMORY, "no memory for %zu bytes", length);
    memcpy(trimmed, text, length);
    trimmed[length] = '\0';
    enum err_code code = set_trimmed(config, key, trimmed, err);
    if (trimmed != few)
        free(trimmed);
    return code;
}

enum err_code key_assign(struct config *config, const char *assignment, struct err *err)
{
    const char *equals = strchr(assignment, '=');
    char path[TEXT_CLIP_SIZE];
    char clip[TEXT_CLIP_SIZE];
    text_clip(clip, assignment);
    if (!equals)
        return err_set(err, ERR_INPUT, "\"%s\" must be KEY=VALUE, as in problem.rank=2", clip);
    snprintf(path, sizeof path, "%.*s", (int)(equals - assignment), assignment);
    int key = (size_t)(equals - assignment) < sizeof path ? key_find(path) : -1;
    if (key >= 0)
        return key_set(config, key, equals + 1, err);

    struct text_guess guess = {.word = path};
    for (int i = 0; i < key_count; i++)
        text_guess_offer(&guess, key_table[i].path);
    text_clip(clip, path);
    if (guess.best)
        return err_set(err, ERR_INPUT, "unknown key \"%s\"; did you mean %s?", clip, guess.best);
    return err_set(err, ERR_INPUT, "unknown key \"%s\"; the keys are those of a scenario, such as problem.rank", clip);
}

bool key_applies(const struct config *config, int key)
{
    static const char *const linear_only[] = {"retrain.adapter",    "retrain.solver",     "retrain.inner_steps",
                                              "retrain.inner_rate", "retrain.init_scale", "adapt.solver",
                                              "adapt.tolerance"};
    const char *path = key_table[key].path;
    for (size_t i = 0; config->problem.kind == PROBLEM_NETWORK && i < sizeof linear_only / sizeof *linear_only; i++)
        if (strcmp(path, linear_only[i]) == 0)
            return false;
    if (config->problem.source == PROBLEM_DRAWN)
        return true;
    if (strcmp(path, "problem.truth") == 0 || strcmp(path, "problem.rank") == 0)
        return config->problem.source != PROBLEM_GIVEN;
    return strcmp(path, "problem.noise") != 0;
}

void key_format(const struct config *config, int key, char text[KEY_VALUE_SIZE])
{
    const struct key *row = &key_table[key];
    const void *from = (const char *)config + row->offset;
    double real;
    uint64_t seed;
    text[0] = '\0';
    switch (row->type) {
    case KEY_SAMPLES:
        if (get_int(config, key) == SAMPLES_POPULATION) {
            memcpy(text, population, sizeof population);
            break;
        }
        /* fall through */
    case KEY_INTEGER:
        snprintf(text, KEY_VALUE_SIZE, "%d", get_int(config, key));
        break;
    case KEY_REAL:
        memcpy(&real, from, sizeof real);
        text_format_real(text, real);
        break;
    case KEY_SEED:
        memcpy(&seed, from, sizeof seed);
        snprintf(text, KEY_VALUE_SIZE, "%" PRIu64, seed);
        break;
    case KEY_CHOICE:
        snprintf(text, KEY_VALUE_SIZE, "%s", row->choice(get_int(config, key)));
        break;
    case KEY_SET:
        for (int i = 0; row->choice(i); i++)
            if ((unsigned)get_int(config, key) & 1u << i)
                append(text, KEY_VALUE_SIZE, "%s%s", *text ? "," : "", row->choice(i));
        break;
    case KEY_TEXT:
        snprintf(text, KEY_VALUE_SIZE, "%s", (const char *)from);
        break;
    }
}
