/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_LESSON_PLAYER_H
#define RANKSCOPE_LESSON_PLAYER_H

#include "lesson/lesson.h"

#include <math.h>

/* Where somebody is in a lesson: plain values and moves between them. It knows no run: the owner tells it what is
 * measured, and does with the run what a move wishes for. */

enum player_phase {
    PLAYER_ASKING, /* the question waits for an answer, and the run waits with it */
    PLAYER_ACTING, /* what `until` says has not come true */
    PLAYER_TOLD,   /* the step is complete */
    PLAYER_FINISHED,
};

struct player {
    const struct lesson *lesson; /* borrowed */
    int step;
    enum player_phase phase;
    bool hinted;
    bool replays;        /* the run that the step goes on with is done again first: nothing is complete before that */
    int choice;          /* answered; −1: none */
    double number;       /* answered; NAN: none */
    bool right;          /* once TOLD */
    int right_choice;    /* once TOLD; −1: none, or more than one */
    double right_number; /* once TOLD */
    unsigned broken;     /* once TOLD; bit i: claim i does not hold */
    struct config begin; /* the run's, when the step began */
    long begin_steps;    /* that the run had taken then */
    double kept[EXPRESSION_NAMES];
};

/* What the owner shall do; bits. */
typedef unsigned player_wish;
enum {
    PLAYER_CHANGED = 1 << 0, /* something that is seen */
    PLAYER_RESTART = 1 << 1, /* begin a run of player_step's config, paused */
    PLAYER_REPLAY = 1 << 2,  /* the same, and let it run: the step goes on with what an earlier one did */
};

/* At step `step`, or the nearest there is. */
player_wish player_begin(struct player *player, const struct lesson *lesson, int step);

const struct lesson_step *player_step(const struct player *player); /* the last one once it is finished */

/* What formulas see. `snapshot` is of the present run, or NULL. */
struct facts player_facts(const struct player *player, const struct snapshot *snapshot, const struct config *config,
                          bool running, bool done);

/* To be called when something was measured or changed: the step may be complete. */
player_wish player_look(struct player *player, const struct facts *facts);

/* Moves. Those that are not possible now change nothing and return 0. */
player_wish player_next(struct player *player, const struct facts *facts); /* from a complete step */
player_wish player_back(struct player *player);
player_wish player_reset(struct player *player);
player_wish player_hint(struct player *player);
player_wish player_choose(struct player *player, int choice);
player_wish player_guess(struct player *player, double number);
player_wish player_pass(struct player *player); /* the question stays without an answer */

bool player_has_question(const struct player *player);
bool player_answered(const struct player *player);

/* Of an answer, in a sentence; answers are quoted, since they may be sentences themselves. */
enum { PLAYER_SENTENCE_SIZE = LESSON_TEXT_MAX + 64 };
void player_tell_answer(const struct player *player, char text[PLAYER_SENTENCE_SIZE]);  /* given; "" where none is */
void player_tell_verdict(const struct player *player, char text[PLAYER_SENTENCE_SIZE]); /* on it, once TOLD */

#endif
