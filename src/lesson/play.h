/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_LESSON_PLAY_H
#define RANKSCOPE_LESSON_PLAY_H

#include "lesson/player.h"

/* A lesson played without the lab: the same player over an experiment on the caller's thread. The caller owns the loop:
 *
 *     while (play_player(play)->phase != PLAYER_FINISHED)
 *         player_pass(...), play_act(play, &complete, &err), play_next(play, &err);
 */
struct play;

/* Borrows the lesson. The caller frees it. NULL: *err says why. */
struct play *play_new(const struct lesson *lesson, struct err *err);
void play_free(struct play *play); /* NULL is allowed */

struct player *play_player(struct play *play); /* to answer, and to look at */
struct facts play_facts(const struct play *play);

/* Does what the present step asks for, by its actions or by those that play_actions makes up. *complete: its
 * condition came true and it is told. A question that is still open is passed over. */
enum err_code play_act(struct play *play, bool *complete, struct err *err);

/* The same for one action of somebody's own. ERR_INPUT: it is not possible, and nothing has changed. */
enum err_code play_do(struct play *play, const struct lesson_action *action, bool *complete, struct err *err);

/* On to the next step from a complete one; back to the one before, or to this one's beginning, with the run that it
 * goes on with. Where there is no step before, nothing happens. */
enum err_code play_next(struct play *play, struct err *err);
enum err_code play_back(struct play *play, struct err *err);
enum err_code play_reset(struct play *play, struct err *err);

/* What leads to the present step's condition: its own actions, or else what its formula asks for: the key it wants
 * changed is set to the next value, and the run runs. Returns how many; texts are the step's or `value`. */
enum { PLAY_VALUE_SIZE = 96 };
int play_actions(const struct player *player, const struct config *config, struct lesson_action action[LESSON_ACTIONS],
                 char value[PLAY_VALUE_SIZE]);

/* Plays the whole lesson and says what is wrong first: a condition that does not come true, a claim that does not
 * hold, a question without just one right choice. ERR_INPUT begins with `name`:LINE:COLUMN:. */
enum err_code play_check(const struct lesson *lesson, const char *name, struct err *err);

#endif
