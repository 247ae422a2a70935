/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/lesson_state.h"

#include "base/text.h"
#include "run/key.h"
#include "run/live.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- set: keys and values ---- */

static enum err_code set_one(struct lesson_reader *reader)
{
    int key = lesson_read_key(reader);
    if (key < 0)
        return ERR_INPUT;
    enum err_code code = reader_next(&reader->yaml);
    if (code)
        return code;
    char what[KEY_ALLOWED_SIZE + 128];
    char allowed[KEY_ALLOWED_SIZE];
    key_allowed(key, allowed);
    snprintf(what, sizeof what, "%s must be %s", key_table[key].path, allowed);
    const char *text = reader_scalar(&reader->yaml, what);
    if (!text)
        return ERR_INPUT;
    struct place place = reader_place(&reader->yaml);
    code = key_set(&reader->config, key, text, reader->yaml.err);
    if (code == ERR_INPUT)
        err_prefix(reader->yaml.err, "%s:%zu:%zu: ", reader->yaml.name, place.line, place.column);
    return code;
}

enum err_code lesson_read_set(struct lesson_reader *reader)
{
    if (reader->yaml.event.type != YAML_MAPPING_START_EVENT)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "set has keys with values, not %s",
                             reader_kind(&reader->yaml));
    for (;;) {
        enum err_code code = reader_next(&reader->yaml);
        if (code || reader->yaml.event.type == YAML_MAPPING_END_EVENT)
            return code;
        code = set_one(reader);
        if (code)
            return code;
    }
}

/* ---- controls ---- */

static const struct {
    const char *name;
    unsigned bit;
} command_names[] = {{"run", LESSON_MAY_RUN},   {"step", LESSON_MAY_STEP},       {"phase", LESSON_MAY_PHASE},
                     {"seed", LESSON_MAY_SEED}, {"fine-tune", LESSON_MAY_ADAPT}, {"speed", LESSON_MAY_SPEED}};
enum { COMMANDS = sizeof command_names / sizeof *command_names };

static struct lesson_controls *controls_of(struct lesson_reader *reader)
{
    return reader->step ? &reader->step->controls : &reader->controls;
}

/* The keys that a word means: one by its path, those of a section, or all. 0: it means none. */
static uint64_t keys_of(const char *name)
{
    uint64_t keys = 0;
    size_t length = strlen(name);
    for (int key = 0; key < key_count; key++) {
        const char *path = key_table[key].path;
        bool section = strncmp(path, name, length) == 0 && path[length] == '.';
        if (section || strcmp(name, "all") == 0 || strcmp(name, path) == 0)
            keys |= (uint64_t)1 << key;
    }
    return keys;
}

/* A parameter, a section, `all` or a command. Either result may be 0, not both. */
static enum err_code read_control(struct lesson_reader *reader, uint64_t *keys, unsigned *commands)
{
    const char *name = reader_scalar(&reader->yaml, "a control is named by text");
    *keys = 0;
    *commands = 0;
    if (!name)
        return ERR_INPUT;
    *keys = keys_of(name);
    *commands = strcmp(name, "all") == 0 ? LESSON_MAY_ALL : 0;
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(command_names[i].name, name) == 0)
            *commands = command_names[i].bit;
    if (*keys || *commands)
        return ERR_NONE;
    struct text_guess guess = {.word = name};
    char clip[TEXT_CLIP_SIZE];
    text_clip(clip, name);
    for (int key = 0; key < key_count; key++)
        text_guess_offer(&guess, key_table[key].path);
    for (int i = 0; i < COMMANDS; i++)
        text_guess_offer(&guess, command_names[i].name);
    if (guess.best)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "%s: unknown control; did you mean %s?", clip,
                             guess.best);
    return reader_refuse(
        &reader->yaml, reader_place(&reader->yaml),
        "%s: unknown control; they are keys by their paths, problem, retrain, adapt, all, run, step, phase, "
        "seed, fine-tune and speed",
        clip);
}

static enum err_code show_one(struct lesson_reader *reader)
{
    uint64_t keys;
    unsigned commands;
    enum err_code code = read_control(reader, &keys, &commands);
    controls_of(reader)->hidden &= ~keys;
    return code;
}

static enum err_code read_show(struct lesson_reader *reader)
{
    controls_of(reader)->hidden = ~(uint64_t)0;
    return lesson_read_each(reader, "show", 64, show_one);
}

static enum err_code read_hide(struct lesson_reader *reader)
{
    uint64_t keys;
    unsigned commands;
    enum err_code code = read_control(reader, &keys, &commands);
    controls_of(reader)->hidden |= keys;
    return code;
}

static enum err_code read_hides(struct lesson_reader *reader)
{
    return lesson_read_each(reader, "hide", 64, read_hide);
}

static enum err_code read_lock(struct lesson_reader *reader)
{
    uint64_t keys;
    unsigned commands;
    enum err_code code = read_control(reader, &keys, &commands);
    controls_of(reader)->locked |= keys;
    controls_of(reader)->commands &= ~commands;
    return code;
}

static enum err_code read_locks(struct lesson_reader *reader)
{
    return lesson_read_each(reader, "lock", 64, read_lock);
}

static enum err_code read_free(struct lesson_reader *reader)
{
    uint64_t keys;
    unsigned commands;
    enum err_code code = read_control(reader, &keys, &commands);
    controls_of(reader)->locked &= ~keys;
    controls_of(reader)->commands |= commands;
    return code;
}

static enum err_code read_frees(struct lesson_reader *reader)
{
    return lesson_read_each(reader, "free", 64, read_free);
}

enum err_code lesson_read_controls(struct lesson_reader *reader)
{
    static const struct lesson_word words[] = {
        {"show", read_show}, {"hide", read_hides}, {"lock", read_locks}, {"free", read_frees}};
    return lesson_read_map(reader, "controls", words, (int)(sizeof words / sizeof *words));
}

/* ---- do: what somebody does ---- */

enum argument { ARGUMENT_NONE, ARGUMENT_COUNT, ARGUMENT_ASSIGNMENT, ARGUMENT_SPEED, ARGUMENT_CHART };
static const struct {
    const char *name;
    enum argument argument;
} verbs[LESSON_VERBS] = {
    [LESSON_RUN] = {"run", ARGUMENT_NONE},         [LESSON_PAUSE] = {"pause", ARGUMENT_NONE},
    [LESSON_STEP] = {"step", ARGUMENT_COUNT},      [LESSON_PHASE] = {"phase", ARGUMENT_COUNT},
    [LESSON_ADAPT] = {"fine-tune", ARGUMENT_NONE}, [LESSON_SEED] = {"seed", ARGUMENT_NONE},
    [LESSON_SET] = {"set", ARGUMENT_ASSIGNMENT},   [LESSON_SPEED] = {"speed", ARGUMENT_SPEED},
    [LESSON_CHART] = {"chart", ARGUMENT_CHART},    [LESSON_ZOOM] = {"zoom", ARGUMENT_CHART},
    [LESSON_CHARTS] = {"charts", ARGUMENT_NONE},
};
static const char *const charts[] = {"loss", "risk", "recovery", "spectrum"}; /* in the order of the lab's */
enum { CHARTS = sizeof charts / sizeof *charts, COUNT_MAX = 100 };

static enum err_code refuse_argument(struct lesson_reader *reader, enum lesson_verb verb)
{
    static const char *const wanted[] = {
        [ARGUMENT_NONE] = "stands alone",
        [ARGUMENT_COUNT] = "may be followed by a count up to 100, as in: step 3",
        [ARGUMENT_ASSIGNMENT] = "is followed by KEY=VALUE, as in: set problem.tasks=5",
        [ARGUMENT_SPEED] = "is followed by 1, 3, 10, 30, 100, 300, 1000, 3000, 10000 steps a second, or all",
        [ARGUMENT_CHART] = "is followed by loss, risk, recovery or spectrum",
    };
    return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "%s %s", verbs[verb].name,
                         wanted[verbs[verb].argument]);
}

static enum err_code read_assignment(struct lesson_reader *reader, const char *text, struct lesson_action *action)
{
    char path[64];
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : 0;
    if (length == 0 || length >= sizeof path)
        return refuse_argument(reader, LESSON_SET);
    struct config scratch = reader->config;
    enum err_code code = key_assign(&scratch, text, reader->yaml.err);
    struct place place = reader_place(&reader->yaml);
    if (code == ERR_INPUT)
        return err_prefix(reader->yaml.err, "%s:%zu:%zu: ", reader->yaml.name, place.line, place.column);
    if (code)
        return code;
    snprintf(path, sizeof path, "%.*s", (int)length, text);
    action->key = key_find(path);
    if (action->key < 0)
        return refuse_argument(reader, LESSON_SET);
    action->text = strdup(equals + 1);
    return action->text ? ERR_NONE : reader_no_memory(reader->yaml.err, reader->yaml.name);
}

static int find_speed(const char *text)
{
    char *end;
    double wanted = strtod(text, &end);
    for (int i = 0; i < LIVE_FLAT_OUT; i++)
        if (*end == '\0' && live_speed_table[i] == wanted)
            return i;
    return strcmp(text, "all") == 0 ? LIVE_FLAT_OUT : -1;
}

static int find_chart(const char *text)
{
    for (int i = 0; i < CHARTS; i++)
        if (strcmp(text, charts[i]) == 0)
            return i;
    return -1;
}

static int find_count(const char *text)
{
    char *end;
    long count = *text ? strtol(text, &end, 10) : 1;
    return *text == '\0' || (*end == '\0' && count >= 1 && count <= COUNT_MAX) ? (int)count : -1;
}

static enum err_code read_argument(struct lesson_reader *reader, struct lesson_action *action, const char *text)
{
    switch (verbs[action->verb].argument) {
    case ARGUMENT_ASSIGNMENT:
        return read_assignment(reader, text, action);
    case ARGUMENT_COUNT:
        action->number = find_count(text);
        break;
    case ARGUMENT_SPEED:
        action->number = find_speed(text);
        break;
    case ARGUMENT_CHART:
        action->number = find_chart(text);
        break;
    case ARGUMENT_NONE:
        action->number = *text ? -1 : 0;
        break;
    }
    return action->number < 0 ? refuse_argument(reader, action->verb) : ERR_NONE;
}

enum err_code lesson_read_action(struct lesson_reader *reader)
{
    const char *text = reader_scalar(&reader->yaml, "an action is text, such as run or set problem.tasks=5");
    if (!text)
        return ERR_INPUT;
    struct lesson_step *step = reader->step;
    if (step->actions == LESSON_ACTIONS)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "a step has at most %d actions",
                             LESSON_ACTIONS);
    char name[TEXT_CLIP_SIZE];
    size_t length = strcspn(text, " ");
    snprintf(name, sizeof name, "%.*s", length < sizeof name ? (int)length : (int)sizeof name - 1, text);
    struct text_guess guess = {.word = name};
    for (int verb = 0; verb < LESSON_VERBS; verb++) {
        text_guess_offer(&guess, verbs[verb].name);
        if (strcmp(verbs[verb].name, name) != 0)
            continue;
        struct lesson_action *action = &step->action[step->actions++];
        action->verb = (enum lesson_verb)verb;
        return read_argument(reader, action, text + length + strspn(text + length, " "));
    }
    if (guess.best)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "%s: unknown action; did you mean %s?", name,
                             guess.best);
    return reader_refuse(
        &reader->yaml, reader_place(&reader->yaml),
        "%s: unknown action; there are run, pause, step, phase, fine-tune, seed, set, speed, chart, zoom "
        "and charts",
        name);
}

/* ---- question ---- */

static enum err_code read_ask(struct lesson_reader *reader)
{
    return lesson_read_text(reader, "ask must be text", &reader->step->question.ask);
}

static enum err_code read_number(struct lesson_reader *reader)
{
    return lesson_read_text(reader, "number must be the formula of the right one", &reader->step->question.number);
}

static enum err_code read_within(struct lesson_reader *reader)
{
    static const char what[] = "within must be a number from 0 to 1, the share of the right one";
    const char *text = reader_scalar(&reader->yaml, what);
    if (!text)
        return ERR_INPUT;
    char *end;
    double within = strtod(text, &end);
    if (*end || end == text || !(within >= 0 && within <= 1))
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "%s", what);
    reader->step->question.within = within;
    return ERR_NONE;
}

static enum err_code read_choices(struct lesson_reader *reader)
{
    struct lesson_question *question = &reader->step->question;
    if (reader->yaml.event.type != YAML_MAPPING_START_EVENT)
        return reader_refuse(&reader->yaml, reader_place(&reader->yaml),
                             "choices are answers with the formula that says whether each is right, not %s",
                             reader_kind(&reader->yaml));
    for (;;) {
        struct lesson_text answer = {NULL, {0, 0}};
        enum err_code code = reader_next(&reader->yaml);
        if (code || reader->yaml.event.type == YAML_MAPPING_END_EVENT)
            return code;
        if (question->choices == LESSON_CHOICES)
            return reader_refuse(&reader->yaml, reader_place(&reader->yaml), "a question has at most %d choices",
                                 LESSON_CHOICES);
        code = lesson_read_text(reader, "an answer must be text", &answer);
        if (code)
            return code;
        question->choice[question->choices].text = answer.text;
        if (strchr(answer.text, '\n'))
            return reader_refuse(&reader->yaml, answer.place, "an answer is one line");
        code = reader_next(&reader->yaml);
        if (!code)
            code = lesson_read_text(reader, "an answer is followed by the formula that says whether it is right",
                                    &question->choice[question->choices].right);
        question->choices++;
        if (code)
            return code;
    }
}

enum err_code lesson_read_question(struct lesson_reader *reader)
{
    static const struct lesson_word words[] = {
        {"ask", read_ask}, {"choices", read_choices}, {"number", read_number}, {"within", read_within}};
    struct place place = reader_place(&reader->yaml);
    enum err_code code = lesson_read_map(reader, "a question", words, (int)(sizeof words / sizeof *words));
    if (code)
        return code;
    const struct lesson_question *question = &reader->step->question;
    if (!question->ask.text)
        return reader_refuse(&reader->yaml, place, "a question has ask, its text");
    if ((question->choices > 0) == (question->number.text != NULL))
        return reader_refuse(&reader->yaml, place, "a question has either choices or number");
    if (question->choices == 1)
        return reader_refuse(&reader->yaml, place, "a question has more than one choice");
    return ERR_NONE;
}
