/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/lesson_text.h"

#include "base/text.h"
#include "cmd/cmd.h"
#include "lesson/course.h"
#include "lesson/play.h"
#include "lesson/telling.h"
#include "run/key.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS = 78, LINE_SIZE = 256 };

static void print_telling(const struct play *play, const struct player *player, const char *text)
{
    char told[TELLING_SIZE];
    struct facts facts = play_facts(play);
    if (!*text)
        return;
    telling_write(told, sizeof told, text, &player->lesson->names, &facts);
    telling_strip(told);
    text_write_wrapped(stdout, told, COLUMNS);
}

/* ---- questions ---- */

static void print_question(const struct play *play, const struct player *player)
{
    const struct lesson_question *question = &player_step(player)->question;
    putchar('\n');
    print_telling(play, player, question->ask.text);
    for (int i = 0; i < question->choices; i++)
        printf("  %d  %s\n", i + 1, question->choice[i].text);
    fputs(question->choices > 0 ? "Your answer, by its number: " : "Your answer, a number: ", stdout);
    fflush(stdout);
}

/* One line; false: there is none. */
static bool read_line(char line[LINE_SIZE])
{
    if (!fgets(line, LINE_SIZE, stdin))
        return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

/* Asks until there is an answer that counts, an empty line, or no more lines. */
static void ask(const struct play *play, struct player *player)
{
    char line[LINE_SIZE];
    print_question(play, player);
    while (player->phase == PLAYER_ASKING && read_line(line) && *line) {
        char *end;
        double number = strtod(line, &end);
        bool taken = *end == '\0' && end != line &&
                     (player_step(player)->question.choices == 0 ? player_guess(player, number)
                                                                 : player_choose(player, (int)number - 1)) != 0;
        if (!taken)
            fputs("\nThat is no answer to this; an empty line goes on without one: ", stdout);
        fflush(stdout);
    }
    if (player_pass(player))
        fputs("none", stdout);
    putchar('\n');
}

static void print_verdict(const struct player *player)
{
    char text[PLAYER_SENTENCE_SIZE];
    player_tell_verdict(player, text);
    puts(text);
}

/* ---- steps ---- */

static const char *const doing[LESSON_VERBS] = {
    [LESSON_RUN] = "the run runs", [LESSON_STEP] = "one step",   [LESSON_PHASE] = "one phase of a step",
    [LESSON_ADAPT] = "fine-tune",  [LESSON_SEED] = "a new seed",
};

static void print_actions(const struct play *play, const struct player *player)
{
    struct lesson_action action[LESSON_ACTIONS];
    char value[PLAY_VALUE_SIZE];
    struct facts facts = play_facts(play);
    int count = play_actions(player, facts.config, action, value);
    for (int i = 0; i < count; i++) {
        if (action[i].verb == LESSON_SET)
            printf("> %s = %s\n", key_table[action[i].key].path, action[i].text);
        else if (doing[action[i].verb])
            printf("> %s\n", doing[action[i].verb]);
    }
}

/* Whether a value may be changed here; says so if not. */
static bool refuses_key(const struct lesson_step *step, int key)
{
    bool closed = ((step->controls.hidden | step->controls.locked) >> key & 1) != 0;
    if (closed)
        puts("This step of the lesson leaves this value as it is.");
    return closed;
}

static bool refuses_verb(const struct lesson_step *step, enum lesson_verb verb)
{
    static const unsigned needs[LESSON_VERBS] = {
        [LESSON_RUN] = LESSON_MAY_RUN, [LESSON_STEP] = LESSON_MAY_STEP, [LESSON_SEED] = LESSON_MAY_SEED};
    bool closed = (step->controls.commands & needs[verb]) != needs[verb];
    if (closed)
        puts("This step of the lesson does without that.");
    return closed;
}

/* "KEY=VALUE", or a word for what somebody does. False: it is nothing that can be done, which was said. */
static bool read_action(const struct lesson_step *step, char *line, struct lesson_action *action)
{
    static const struct {
        const char *word;
        enum lesson_verb verb;
    } words[] = {{"run", LESSON_RUN}, {"step", LESSON_STEP}, {"seed", LESSON_SEED}};
    char *equals = strchr(line, '=');
    *action = (struct lesson_action){.number = 1};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(line, words[i].word) == 0) {
            action->verb = words[i].verb;
            return !refuses_verb(step, action->verb);
        }
    if (equals != NULL) {
        *equals = '\0';
        action->verb = LESSON_SET;
        action->key = key_find(line);
        action->text = equals + 1;
        if (action->key >= 0)
            return !refuses_key(step, action->key);
    }
    puts("There are: run, step, seed, KEY=VALUE such as problem.tasks=5, hint, back, again, show and quit.");
    return false;
}

/* What somebody wants of a step. */
enum wanted { WANTS_MORE, WANTS_SHOW, WANTS_AGAIN, WANTS_QUIT };

static enum wanted do_line(struct play *play, char *line, struct err *err)
{
    struct player *player = play_player(play);
    struct lesson_action action;
    bool complete;
    if (strcmp(line, "quit") == 0)
        return WANTS_QUIT;
    if (strcmp(line, "show") == 0)
        return WANTS_SHOW;
    if (strcmp(line, "back") == 0 || strcmp(line, "again") == 0) {
        (*line == 'b' ? play_back : play_reset)(play, err);
        return WANTS_AGAIN;
    }
    if (strcmp(line, "hint") == 0)
        print_telling(play, player,
                      *player_step(player)->hint.text ? player_step(player)->hint.text : "There is none.");
    else if (read_action(player_step(player), line, &action) && play_do(play, &action, &complete, err) == ERR_INPUT) {
        puts(err->message);
        err->code = ERR_NONE;
    }
    return WANTS_MORE;
}

/* Until the step is complete, or somebody wants something else. */
static enum wanted hear(struct play *play, struct err *err)
{
    char line[LINE_SIZE];
    enum wanted wanted = WANTS_MORE;
    while (wanted == WANTS_MORE && play_player(play)->phase == PLAYER_ACTING && err->code == ERR_NONE) {
        fputs("> ", stdout);
        fflush(stdout);
        wanted = read_line(line) ? do_line(play, line, err) : WANTS_SHOW;
    }
    return wanted;
}

static void print_told(const struct play *play, const struct player *player)
{
    const struct lesson_step *step = player_step(player);
    if (player_has_question(player))
        print_verdict(player);
    print_telling(play, player, step->explain.text);
    for (int i = 0; i < step->claims; i++)
        if (player->broken & (1u << i))
            printf("Here it is otherwise: %s does not hold.\n", step->claim[i].text);
}

static enum wanted play_step(struct play *play, bool asks, struct err *err)
{
    struct player *player = play_player(play);
    const struct lesson_step *step = player_step(player);
    enum wanted wanted = WANTS_SHOW;
    bool complete = false;
    printf("\nStep %d of %d\n", player->step + 1, player->lesson->steps);
    print_telling(play, player, step->text.text);
    if (player_has_question(player))
        ask(play, player);
    if (asks && *step->until.text)
        wanted = hear(play, err);
    if (err->code != ERR_NONE || wanted == WANTS_QUIT || wanted == WANTS_AGAIN)
        return wanted;
    if (wanted == WANTS_SHOW) {
        print_actions(play, player);
        if (play_act(play, &complete, err) == ERR_NONE && !complete)
            err_set(err, ERR_INPUT, "%s: step %d cannot be completed: %s does not come true", player->lesson->name,
                    player->step + 1, step->until.text);
    }
    if (err->code == ERR_NONE)
        print_told(play, player);
    return wanted;
}

/* What cannot be kept is said, and no more. */
static void keep_done(const struct lesson *lesson)
{
    struct course course;
    struct err err;
    bool good = course_load(&course, &err) == ERR_NONE;
    if (good && course_note(&course, lesson->name, 0, true))
        good = course_save(&course, &err) == ERR_NONE;
    if (!good)
        cmd_complain("%s", err.message);
}

int lesson_text_play(const struct lesson *lesson, bool asks)
{
    struct err err = {.code = ERR_NONE};
    struct play *play = play_new(lesson, &err);
    enum wanted wanted = WANTS_MORE;
    printf("%s\n", lesson->title);
    if (asks)
        puts("Commands: run, step, seed, KEY=VALUE, hint, back, again, show and quit.");
    while (err.code == ERR_NONE && wanted != WANTS_QUIT && play_player(play)->phase != PLAYER_FINISHED) {
        wanted = play_step(play, asks, &err);
        if (err.code == ERR_NONE && wanted != WANTS_AGAIN)
            play_next(play, &err);
    }
    if (asks && err.code == ERR_NONE && wanted != WANTS_QUIT)
        keep_done(lesson);
    play_free(play);
    errno = 0;
    if (fflush(stdout) != 0 && errno != EPIPE && err.code == ERR_NONE)
        err_set(&err, ERR_IO, "cannot write to standard output: %s", strerror(errno));
    return err.code == ERR_NONE ? CMD_SUCCESS : cmd_fail(&err);
}
