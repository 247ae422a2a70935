/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/command.h"

#include "base/text.h"
#include "run/key.h"
#include "run/topic.h"
#include "ui/screen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct command_row command_table[COMMAND_COUNT] = {
    [COMMAND_SET] = {"set", "KEY VALUE", "change a key: set tasks 5", COMMAND_ANYWHERE, 2, 2, {WORDS_KEY, WORDS_VALUE}},
    [COMMAND_SEED] = {"seed", "[N]", "draw seed N, or the next seed", COMMAND_ANYWHERE, 0, 1, {WORDS_NONE}},
    [COMMAND_RUN] = {"run", "", "run, or go on", COMMAND_ANYWHERE, 0, 0, {WORDS_NONE}},
    [COMMAND_PAUSE] = {"pause", "", "pause the run", COMMAND_ANYWHERE, 0, 0, {WORDS_NONE}},
    [COMMAND_STEP] = {"step", "[N]", "N steps, then pause; one if left out", COMMAND_ANYWHERE, 0, 1, {WORDS_NONE}},
    [COMMAND_PHASE] = {"phase", "", "one phase of a step, then pause", COMMAND_ANYWHERE, 0, 0, {WORDS_NONE}},
    [COMMAND_FINETUNE] = {"finetune", "", "on to fine-tuning", COMMAND_ANYWHERE, 0, 0, {WORDS_NONE}},
    [COMMAND_RESET] = {"reset", "", "back to the start", COMMAND_ANYWHERE, 0, 0, {WORDS_NONE}},
    [COMMAND_SPEED] = {"speed", "N|flat", "at most N steps a second, or flat out", COMMAND_IN_LAB, 1, 1, {WORDS_NONE}},
    [COMMAND_SCENARIO] = {"scenario", "NAME", "take this scenario", COMMAND_ANYWHERE, 1, 1, {WORDS_SCENARIO}},
    [COMMAND_SCENARIOS] = {"scenarios", "", "the built-in scenarios", COMMAND_ANYWHERE, 0, 0, {WORDS_NONE}},
    [COMMAND_SHOW] = {"show", "TOPIC", "a chart or a measure: show loss", COMMAND_ANYWHERE, 1, 1, {WORDS_TOPIC}},
    [COMMAND_EXPLAIN] = {"explain", "", "what is seen, and why", COMMAND_ANYWHERE, 0, 0, {WORDS_NONE}},
    [COMMAND_THEORY] = {"theory", "", "what the theorems say of it", COMMAND_ANYWHERE, 0, 0, {WORDS_NONE}},
    [COMMAND_SWEEP] =
        {"sweep", "AXIS...", "one or two: sweep tasks=1:6 rank=1:3", COMMAND_ANYWHERE, 1, 2, {WORDS_AXIS, WORDS_AXIS}},
    [COMMAND_GOTO] = {"goto", "SCREEN", "show that screen: goto lab", COMMAND_IN_LAB, 1, 1, {WORDS_SCREEN}},
    [COMMAND_GNUPLOT] = {"gnuplot", "", "open gnuplot's windows, or close them", COMMAND_IN_LAB, 0, 0, {WORDS_NONE}},
    [COMMAND_PLOT] = {"plot", "FILE", "draw the sheet into .png .svg .pdf .gp", COMMAND_ANYWHERE, 1, 1, {WORDS_NONE}},
    [COMMAND_OPTION] = {"option",
                        "NAME WORD",
                        "change an option: option theme dark",
                        COMMAND_IN_LAB,
                        2,
                        2,
                        {WORDS_OPTION, WORDS_VALUE}},
    [COMMAND_HELP] = {"help", "[COMMAND]", "the commands, or what one does", COMMAND_ANYWHERE, 0, 1, {WORDS_COMMAND}},
    [COMMAND_QUIT] = {"quit", "", "leave", COMMAND_ANYWHERE, 0, 0, {WORDS_NONE}},
};

void command_usage(enum command_id id, char text[COMMAND_USAGE_SIZE])
{
    const struct command_row *row = &command_table[id];
    snprintf(text, COMMAND_USAGE_SIZE, "%s%s%s", row->name, *row->usage != '\0' ? " " : "", row->usage);
}

void command_write(FILE *stream)
{
    for (int id = 0; id < COMMAND_COUNT; id++) {
        char usage[COMMAND_USAGE_SIZE];
        const struct command_row *row = &command_table[id];
        command_usage((enum command_id)id, usage);
        fprintf(stream, "  %-17s%s%s\n", usage, row->help,
                row->where == COMMAND_IN_LAB     ? " (lab)"
                : row->where == COMMAND_IN_PLAIN ? " (plain mode)"
                                                 : "");
    }
}

/* ---- names ---- */

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

static size_t blanks(const char *text)
{
    return strspn(text, " \t");
}

/* The command with this name, or the only one that begins so; COMMAND_COUNT: none, or several. */
static enum command_id find(const char *name, unsigned where)
{
    enum command_id found = COMMAND_COUNT;
    size_t length = strlen(name);
    int begin_so = 0;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        if (!(command_table[id].where & where) || strncmp(command_table[id].name, name, length) != 0)
            continue;
        found = (enum command_id)id;
        if (command_table[id].name[length] == '\0')
            return found;
        begin_so++;
    }
    return begin_so == 1 ? found : COMMAND_COUNT;
}

static enum err_code refuse_name(const char *name, unsigned where, struct err *err)
{
    char clip[TEXT_CLIP_SIZE];
    char several[128] = "";
    struct text_guess guess = {.word = name};
    text_clip(clip, name);
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command_row *row = &command_table[id];
        size_t used = strlen(several);
        if (!(row->where & where)) {
            if (strcmp(row->name, name) == 0)
                return err_set(err, ERR_INPUT, "the command %s is for the %s alone", clip,
                               where == COMMAND_IN_PLAIN ? "lab's screen" : "plain mode");
            continue;
        }
        text_guess_offer(&guess, row->name);
        if (strncmp(row->name, name, strlen(name)) == 0)
            snprintf(several + used, sizeof several - used, "%s%s", used > 0 ? ", " : "", row->name);
    }
    if (*several != '\0')
        return err_set(err, ERR_INPUT, "\"%s\" could be %s", clip, several);
    return err_set(err, ERR_INPUT, "no command \"%s\"%s%s; help lists them", clip, guess.best ? ", did you mean " : "",
                   guess.best ? guess.best : "");
}

enum err_code command_find(const char *name, unsigned where, enum command_id *id, struct err *err)
{
    *id = find(name, where);
    return *id == COMMAND_COUNT ? refuse_name(name, where, err) : ERR_NONE;
}

/* ---- lines ---- */

/* Cuts the word that ends at a blank off *text, which moves on behind the blanks. */
static void take_word(const char **text, char word[COMMAND_SIZE], bool key)
{
    size_t length = strcspn(*text, key ? " \t=" : " \t");
    memcpy(word, *text, length);
    word[length] = '\0';
    *text += length + blanks(*text + length);
    if (key && **text == '=')
        *text += 1 + blanks(*text + 1);
}

/* What follows the first word is one, whatever blanks are in it, but that an axis has none. */
static int count_words(const struct command *command)
{
    bool axes =
        command_table[command->id].words[1] == WORDS_AXIS && command->rest[strcspn(command->rest, " \t")] != '\0';
    return (command->word[0] != '\0') + (command->rest[0] != '\0') + axes;
}

enum err_code command_parse(const char *line, unsigned where, struct command *command, bool *there, struct err *err)
{
    char text[COMMAND_SIZE];
    char name[COMMAND_SIZE];
    char usage[COMMAND_USAGE_SIZE];
    const char *at = text;
    *there = false;
    line += blanks(line);
    if (*line == ':')
        line += 1 + blanks(line + 1);
    if (*line == '\0')
        return ERR_NONE;
    if (strlen(line) >= sizeof text)
        return err_set(err, ERR_INPUT, "the line is longer than %d bytes", COMMAND_SIZE - 1);
    snprintf(text, sizeof text, "%s", line);
    for (size_t end = strlen(text); end > 0 && is_blank(text[end - 1]); end--)
        text[end - 1] = '\0';
    take_word(&at, name, false);
    *command = (struct command){.id = COMMAND_COUNT};
    if (command_find(name, where, &command->id, err))
        return err->code;
    const struct command_row *row = &command_table[command->id];
    if (row->most == 1 && row->words[0] == WORDS_SCENARIO)
        snprintf(command->word, sizeof command->word, "%s", at); /* a file's name may have blanks */
    else {
        take_word(&at, command->word, row->words[0] == WORDS_KEY || row->words[0] == WORDS_OPTION);
        snprintf(command->rest, sizeof command->rest, "%s", at);
    }
    if (count_words(command) < row->least || count_words(command) > row->most) {
        command_usage(command->id, usage);
        return err_set(err, ERR_INPUT, "%s: write it as \"%s\"",
                       count_words(command) < row->least ? "something is missing" : "there are too many words", usage);
    }
    *there = true;
    return ERR_NONE;
}

enum err_code command_number(const struct command *command, long none, long least, long most, long *number,
                             struct err *err)
{
    const char *text = command->word;
    char *end;
    *number = none;
    if (*text == '\0')
        return ERR_NONE;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value < least || value > most) {
        char clip[TEXT_CLIP_SIZE];
        text_clip(clip, text);
        return err_set(err, ERR_INPUT, "%s takes a whole number from %ld to %ld, not \"%s\"",
                       command_table[command->id].name, least, most, clip);
    }
    *number = value;
    return ERR_NONE;
}

/* ---- keys ---- */

static const char *last_part(int key)
{
    const char *dot = strchr(key_table[key].path, '.');
    return dot != NULL ? dot + 1 : key_table[key].path;
}

static enum err_code refuse_key(const char *name, struct err *err)
{
    char clip[TEXT_CLIP_SIZE];
    struct text_guess guess = {.word = name};
    text_clip(clip, name);
    for (int key = 0; key < key_count; key++) {
        text_guess_offer(&guess, key_table[key].path);
        text_guess_offer(&guess, last_part(key));
    }
    return err_set(err, ERR_INPUT, "no key \"%s\"%s%s%s", clip, guess.best ? "; did you mean " : "",
                   guess.best ? guess.best : ": keys are those of a scenario, such as problem.tasks or tasks",
                   guess.best ? "?" : "");
}

enum err_code command_key(const char *name, int *key, struct err *err)
{
    char several[128] = "";
    int found = 0;
    *key = key_find(name);
    for (int row = 0; row < key_count && *key < 0; row++) {
        size_t used = strlen(several);
        if (strcmp(last_part(row), name) != 0)
            continue;
        snprintf(several + used, sizeof several - used, "%s%s", found > 0 ? ", " : "", key_table[row].path);
        found++;
    }
    if (*key >= 0)
        return ERR_NONE;
    if (found == 0)
        return refuse_key(name, err);
    if (found > 1)
        return err_set(err, ERR_INPUT, "several keys end in \"%s\": %s", name, several);
    *key = key_find(several);
    return ERR_NONE;
}

/* ---- other names ---- */

enum err_code command_screen(const char *name, int *screen, struct err *err)
{
    char all[128] = "";
    char clip[TEXT_CLIP_SIZE];
    for (int i = 0; i < SCREEN_COUNT; i++) {
        size_t used = strlen(all);
        *screen = i;
        if (*name != '\0' && strncasecmp(screen_names[i], name, strlen(name)) == 0)
            return ERR_NONE;
        snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? ", " : "", screen_names[i]);
    }
    text_clip(clip, name);
    return err_set(err, ERR_INPUT, "no screen \"%s\"; there are %s", clip, all);
}

enum err_code command_topic(const char *name, int *topic, struct err *err)
{
    char clip[TEXT_CLIP_SIZE];
    struct text_guess guess = {.word = name};
    *topic = topic_find(name);
    if (*topic != TOPIC_NONE)
        return ERR_NONE;
    text_clip(clip, name);
    for (int i = 0; topic_name(i) != NULL; i++)
        text_guess_offer(&guess, topic_name(i));
    return err_set(err, ERR_INPUT, "there is no \"%s\" to show%s%s%s", clip, guess.best ? "; did you mean " : "",
                   guess.best ? guess.best
                              : "; there are charts (loss, adaptation, recovery, spectrum), state, "
                                "parameters, theory, explanation and measures such as base_error",
                   guess.best ? "?" : "");
}

const struct scenario_entry *command_scenario(const struct scenario_list *list, const char *name, struct err *err)
{
    char clip[TEXT_CLIP_SIZE];
    struct text_guess guess = {.word = name};
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->entry[i].name, name) == 0)
            return &list->entry[i];
        text_guess_offer(&guess, list->entry[i].name);
    }
    text_clip(clip, name);
    err_set(err, ERR_INPUT, "no scenario \"%s\"%s%s%s", clip, guess.best ? "; did you mean " : "",
            guess.best ? guess.best : "; scenarios lists them", guess.best ? "?" : "");
    return NULL;
}
