/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/play.h"

#include "run/experiment.h"
#include "run/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SNAPSHOT_ALIGNMENT = 64, LOOK_EACH = 64, LOOK_SHARE = 20 };

struct play {
    struct player player;
    struct experiment *experiment;
    struct snapshot *snapshot; /* of the experiment as it is now */
    struct config config;
};

static void let_go(struct play *play)
{
    experiment_free(play->experiment);
    free(play->snapshot);
    play->experiment = NULL;
    play->snapshot = NULL;
}

static enum err_code measure(struct play *play, struct err *err)
{
    size_t size = snapshot_size(&play->config);
    if (!play->snapshot)
        return err_set(err, ERR_MEMORY, "no memory for a lesson's run");
    memset(play->snapshot, 0, size);
    play->snapshot = snapshot_bind(play->snapshot, &play->config);
    return experiment_snapshot(play->experiment, play->snapshot, err);
}

static enum err_code restart(struct play *play, const struct config *config, struct err *err)
{
    let_go(play);
    play->config = *config;
    play->experiment = experiment_new(config, err);
    if (!play->experiment)
        return err->code;
    size_t size = (snapshot_size(config) + SNAPSHOT_ALIGNMENT - 1) / SNAPSHOT_ALIGNMENT * SNAPSHOT_ALIGNMENT;
    play->snapshot = aligned_alloc(SNAPSHOT_ALIGNMENT, size);
    return measure(play, err);
}

static enum err_code grant(struct play *play, player_wish wish, struct err *err)
{
    if ((wish & (PLAYER_RESTART | PLAYER_REPLAY)) == 0)
        return ERR_NONE;
    enum err_code code = restart(play, &player_step(&play->player)->config, err);
    if (code)
        return code;
    while ((wish & PLAYER_REPLAY) && experiment_step(play->experiment))
        ;
    return measure(play, err);
}

struct play *play_new(const struct lesson *lesson, struct err *err)
{
    struct play *play = calloc(1, sizeof *play);
    if (!play) {
        err_set(err, ERR_MEMORY, "no memory to play a lesson");
        return NULL;
    }
    if (grant(play, player_begin(&play->player, lesson, 0), err)) {
        play_free(play);
        return NULL;
    }
    return play;
}

void play_free(struct play *play)
{
    if (!play)
        return;
    let_go(play);
    free(play);
}

struct player *play_player(struct play *play)
{
    return &play->player;
}

struct facts play_facts(const struct play *play)
{
    bool done = experiment_done(play->experiment);
    return player_facts(&play->player, play->snapshot, &play->config, false, done);
}

/* ---- actions ---- */

static enum err_code look(struct play *play, struct err *err)
{
    enum err_code code = measure(play, err);
    struct facts facts = play_facts(play);
    if (!code)
        player_look(&play->player, &facts);
    return code;
}

/* Steps until the condition comes true or nothing is left to do; looks at every step at first, then ever less often. */
static enum err_code run(struct play *play, struct err *err)
{
    const char *until = player_step(&play->player)->until.text;
    struct expression expression;
    bool waits = *until && expression_read(&expression, until, &play->player.lesson->names, NULL, NULL) == ERR_NONE &&
                 !expression_asks_done(&expression);
    long taken = 0;
    long due = 1;
    enum err_code code = ERR_NONE;
    while (!code && experiment_step(play->experiment)) {
        if (!waits || ++taken < due)
            continue;
        due = taken < LOOK_EACH ? taken + 1 : taken + taken / LOOK_SHARE;
        code = look(play, err);
        if (play->player.phase == PLAYER_TOLD)
            return code;
    }
    if (!code && experiment_error(play->experiment)->code) {
        *err = *experiment_error(play->experiment);
        return err->code;
    }
    return code;
}

static enum err_code change(struct play *play, const struct config *config, bool live, struct err *err)
{
    enum err_code code = config_check(config, NULL, err);
    if (!code && lesson_too_large(config))
        code = err_set(err, ERR_INPUT, LESSON_TOO_LARGE);
    if (code)
        return code;
    if (!live)
        return restart(play, config, err);
    play->config = *config;
    return experiment_update(play->experiment, config, err);
}

static enum err_code act(struct play *play, const struct lesson_action *action, struct err *err)
{
    struct config config = play->config;
    enum err_code code = ERR_NONE;
    switch (action->verb) {
    case LESSON_RUN:
        return run(play, err);
    case LESSON_STEP:
    case LESSON_PHASE:
        for (int i = 0; i < action->number; i++)
            (action->verb == LESSON_STEP ? experiment_step : experiment_step_phase)(play->experiment);
        return ERR_NONE;
    case LESSON_ADAPT:
        return experiment_begin_adapt(play->experiment, err);
    case LESSON_SEED:
        config.problem.seed++;
        return change(play, &config, false, err);
    case LESSON_SET:
        code = key_set(&config, action->key, action->text, err);
        return code ? code : change(play, &config, key_table[action->key].live, err);
    default:
        return ERR_NONE; /* it is only seen */
    }
}

int play_actions(const struct player *player, const struct config *config, struct lesson_action action[LESSON_ACTIONS],
                 char value[PLAY_VALUE_SIZE])
{
    _Static_assert((int)KEY_VALUE_SIZE <= (int)PLAY_VALUE_SIZE, "a value fits");
    const struct lesson_step *step = player_step(player);
    int count = step->actions;
    struct expression expression;
    memcpy(action, step->action, sizeof step->action);
    if (count > 0 || *step->until.text == '\0' ||
        expression_read(&expression, step->until.text, &player->lesson->names, NULL, NULL))
        return count;
    int changed = expression_asks_changed(&expression);
    struct config next = *config;
    if (changed >= 0 &&
        (key_nudge(&next, changed, 1, NULL) == ERR_NONE || key_nudge(&next, changed, -1, NULL) == ERR_NONE)) {
        key_format(&next, changed, value);
        action[count++] = (struct lesson_action){.verb = LESSON_SET, .key = changed, .text = value};
    }
    action[count++] = (struct lesson_action){.verb = LESSON_RUN};
    return count;
}

enum err_code play_act(struct play *play, bool *complete, struct err *err)
{
    struct lesson_action action[LESSON_ACTIONS];
    char value[PLAY_VALUE_SIZE];
    player_pass(&play->player);
    int count = play_actions(&play->player, &play->config, action, value);
    enum err_code code = look(play, err);
    for (int i = 0; !code && i < count && play->player.phase == PLAYER_ACTING; i++) {
        code = act(play, &action[i], err);
        if (!code)
            code = look(play, err);
    }
    *complete = play->player.phase == PLAYER_TOLD;
    return code;
}

enum err_code play_do(struct play *play, const struct lesson_action *action, bool *complete, struct err *err)
{
    enum err_code code = act(play, action, err);
    if (!code)
        code = look(play, err);
    *complete = play->player.phase == PLAYER_TOLD;
    return code;
}

enum err_code play_back(struct play *play, struct err *err)
{
    return grant(play, player_back(&play->player), err);
}

enum err_code play_reset(struct play *play, struct err *err)
{
    return grant(play, player_reset(&play->player), err);
}

enum err_code play_next(struct play *play, struct err *err)
{
    struct facts facts = play_facts(play);
    return grant(play, player_next(&play->player, &facts), err);
}

/* ---- the linter ---- */

static enum err_code refuse(struct err *err, const char *name, const struct lesson_text *text, const char *what)
{
    return err_set(err, ERR_INPUT, "%s:%zu:%zu: %s: %s", name, text->place.line, text->place.column, what, text->text);
}

static enum err_code check_told(const struct player *player, const char *name, struct err *err)
{
    const struct lesson_step *step = player_step(player);
    for (int i = 0; i < step->claims; i++)
        if (player->broken & (1u << i))
            return refuse(err, name, &step->claim[i], "played to here, this does not hold");
    if (step->question.choices > 0 && player->right_choice < 0)
        return refuse(err, name, &step->question.ask, "played to here, not just one of its choices is right");
    if (player_has_question(player) && step->question.choices == 0 && isnan(player->right_number))
        return refuse(err, name, &step->question.number, "played to here, this has no value");
    for (int i = 0; i < step->keeps; i++)
        if (isnan(player->kept[step->keep[i].name]))
            return refuse(err, name, &step->keep[i].value, "played to here, this has no value");
    return ERR_NONE;
}

enum err_code play_check(const struct lesson *lesson, const char *name, struct err *err)
{
    struct play *play = play_new(lesson, err);
    enum err_code code = play ? ERR_NONE : err->code;
    while (!code && play->player.phase != PLAYER_FINISHED) {
        bool complete = false;
        const struct lesson_step *step = player_step(&play->player);
        player_pass(&play->player);
        struct facts facts = play_facts(play);
        player_look(&play->player, &facts);
        if (play->player.phase == PLAYER_TOLD && *step->until.text)
            code = refuse(err, name, &step->until, "this is true before anything is done");
        if (!code)
            code = play_act(play, &complete, err);
        if (!code && !complete)
            code = refuse(err, name, &step->until, "done as the step says, this never comes true");
        if (!code)
            code = check_told(&play->player, name, err);
        if (!code)
            code = play_next(play, err);
    }
    play_free(play);
    return code;
}
