/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/player.h"

#include "run/prose.h"

#include <stdio.h>

const struct lesson_step *player_step(const struct player *player)
{
    return &player->lesson->step[player->step];
}

bool player_has_question(const struct player *player)
{
    return player_step(player)->question.ask.text[0] != '\0';
}

bool player_answered(const struct player *player)
{
    return player->choice >= 0 || !isnan(player->number);
}

void player_tell_answer(const struct player *player, char text[PLAYER_SENTENCE_SIZE])
{
    text[0] = '\0';
    if (player->choice >= 0)
        snprintf(text, PLAYER_SENTENCE_SIZE, "You say \"%s\".",
                 player_step(player)->question.choice[player->choice].text);
    else if (player_answered(player))
        snprintf(text, PLAYER_SENTENCE_SIZE, "You say %s.", PROSE_NUMBER(player->number));
}

void player_tell_verdict(const struct player *player, char text[PLAYER_SENTENCE_SIZE])
{
    const struct lesson_question *question = &player_step(player)->question;
    bool right = player_answered(player) && player->right;
    const char *word = right ? "Right: it is" : !player_answered(player) ? "The answer is" : "Not so: the answer is";
    if (question->choices == 0)
        snprintf(text, PLAYER_SENTENCE_SIZE, "%s %s.", word, PROSE_NUMBER(player->right_number));
    else if (player->right_choice >= 0)
        snprintf(text, PLAYER_SENTENCE_SIZE, "%s \"%s\".", right ? "Right:" : word,
                 question->choice[player->right_choice].text);
    else
        snprintf(text, PLAYER_SENTENCE_SIZE, "None of the answers is what was measured.");
}

/* ---- steps ---- */

static long steps_of(const struct snapshot *snapshot)
{
    long steps = 0;
    for (int i = 0; snapshot && i < METHOD_COUNT; i++) {
        const struct method_snapshot *method = &snapshot->method[i];
        long taken = method->active ? method->step + method->adapt_step : 0;
        steps = taken > steps ? taken : steps;
    }
    return steps;
}

static void enter(struct player *player, int step, const struct config *config, long steps)
{
    player->step = step;
    player->phase = player_has_question(player) ? PLAYER_ASKING : PLAYER_ACTING;
    player->hinted = player->right = player->replays = false;
    player->choice = player->right_choice = -1;
    player->number = player->right_number = (double)NAN;
    player->broken = 0;
    player->begin = *config;
    player->begin_steps = steps;
}

/* From elsewhere than the step before: what that left is not there. */
static player_wish jump(struct player *player, int step)
{
    enter(player, step, &player->lesson->step[step].config, 0);
    player->replays = !player_step(player)->fresh;
    return PLAYER_CHANGED | (player->replays ? PLAYER_REPLAY : PLAYER_RESTART);
}

player_wish player_begin(struct player *player, const struct lesson *lesson, int step)
{
    *player = (struct player){.lesson = lesson};
    for (int i = 0; i < EXPRESSION_NAMES; i++)
        player->kept[i] = (double)NAN;
    return jump(player, step < 0 ? 0 : step < lesson->steps ? step : lesson->steps - 1);
}

/* ---- what is measured ---- */

struct facts player_facts(const struct player *player, const struct snapshot *snapshot, const struct config *config,
                          bool running, bool done)
{
    return (struct facts){
        .snapshot = snapshot,
        .config = config,
        .begin = &player->begin,
        .ran = running,
        .moved = steps_of(snapshot) != player->begin_steps,
        .done = done,
        .kept = player->kept,
    };
}

static void judge(struct player *player, const struct facts *facts)
{
    const struct lesson_question *question = &player_step(player)->question;
    const struct expression_names *names = &player->lesson->names;
    int right = 0;
    for (int i = 0; i < question->choices; i++) {
        if (!expression_true(question->choice[i].right.text, names, facts))
            continue;
        right++;
        player->right_choice = i;
    }
    if (right != 1)
        player->right_choice = -1;
    if (question->choices > 0) {
        player->right = player->choice >= 0 && player->choice == player->right_choice;
        return;
    }
    player->right_number = expression_of(question->number.text, names, facts);
    double off = fabs(player->number - player->right_number);
    player->right = off <= question->within * fabs(player->right_number);
}

static void tell(struct player *player, const struct facts *facts)
{
    const struct lesson_step *step = player_step(player);
    const struct expression_names *names = &player->lesson->names;
    player->phase = PLAYER_TOLD;
    if (player_has_question(player))
        judge(player, facts);
    for (int i = 0; i < step->claims; i++)
        if (!expression_true(step->claim[i].text, names, facts))
            player->broken |= 1u << i;
    for (int i = 0; i < step->keeps; i++)
        player->kept[step->keep[i].name] = expression_of(step->keep[i].value.text, names, facts);
}

player_wish player_look(struct player *player, const struct facts *facts)
{
    const struct lesson_step *step = player_step(player);
    const char *until = step->until.text;
    bool measures = *until || step->claims || step->keeps || player_has_question(player);
    player->replays = player->replays && !facts->done;
    if (player->phase != PLAYER_ACTING || (measures && (!facts->snapshot || player->replays)))
        return 0;
    if (*until && !expression_true(until, &player->lesson->names, facts))
        return 0;
    tell(player, facts);
    return PLAYER_CHANGED;
}

/* ---- moves ---- */

player_wish player_next(struct player *player, const struct facts *facts)
{
    if (player->phase != PLAYER_TOLD)
        return 0;
    if (player->step + 1 == player->lesson->steps) {
        player->phase = PLAYER_FINISHED;
        return PLAYER_CHANGED;
    }
    const struct lesson_step *next = player_step(player) + 1;
    if (next->fresh)
        return jump(player, player->step + 1);
    enter(player, player->step + 1, facts->config, steps_of(facts->snapshot));
    return PLAYER_CHANGED;
}

player_wish player_back(struct player *player)
{
    if (player->phase == PLAYER_FINISHED)
        return jump(player, player->step);
    return player->step > 0 ? jump(player, player->step - 1) : 0;
}

player_wish player_reset(struct player *player)
{
    return jump(player, player->step);
}

player_wish player_hint(struct player *player)
{
    if (player->hinted || player->phase == PLAYER_FINISHED || player_step(player)->hint.text[0] == '\0')
        return 0;
    player->hinted = true;
    return PLAYER_CHANGED;
}

player_wish player_choose(struct player *player, int choice)
{
    if (player->phase != PLAYER_ASKING || choice < 0 || choice >= player_step(player)->question.choices)
        return 0;
    player->choice = choice;
    player->phase = PLAYER_ACTING;
    return PLAYER_CHANGED;
}

player_wish player_guess(struct player *player, double number)
{
    if (player->phase != PLAYER_ASKING || player_step(player)->question.choices > 0 || isnan(number))
        return 0;
    player->number = number;
    player->phase = PLAYER_ACTING;
    return PLAYER_CHANGED;
}

player_wish player_pass(struct player *player)
{
    if (player->phase != PLAYER_ASKING)
        return 0;
    player->phase = PLAYER_ACTING;
    return PLAYER_CHANGED;
}
