/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/play.h"
#include "model/linalg.h"
#include "support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Lessons as they are played: the built-in ones, whose claims must all hold, and those that cannot be. */

static int use_source(void **state)
{
    (void)state;
    const char *source = getenv("RANKSCOPE_SOURCE");
    linalg_set_threads(1);
    return setenv("RANKSCOPE_DATA", source ? source : ".", 1);
}

static struct lesson read(const char *text)
{
    struct lesson lesson;
    struct err err;
    if (lesson_parse("a.yaml", text, strlen(text), &lesson, &err))
        fail_msg("%s", err.message);
    return lesson;
}

static void every_claim_of_every_builtin_holds(void **state)
{
    (void)state;
    struct lesson_list list;
    struct err err;
    assert_int_equal(lesson_list_load(&list, &err), ERR_NONE);
    for (size_t i = 0; i<list.count; i += program_slowness()> 4 ? 3 : 1) {
        int claims = 0;
        for (int step = 0; step < list.lesson[i].steps; step++)
            claims += list.lesson[i].step[step].claims;
        assert_true(claims >= list.lesson[i].steps - 1);
        if (play_check(&list.lesson[i], list.lesson[i].name, &err))
            fail_msg("%s", err.message);
    }
    lesson_list_free(&list);
}

#define HEAD "title: A\nscenario: three-tasks\nset: {retrain.solver: newton, retrain.steps: 50}\nsteps:\n"

static void what_cannot_be_is_found_by_playing(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } table[] = {
        {HEAD "  - text: a\n    until: meta.base_error > 1e6\n",
         "a.yaml:6:12: done as the step says, this never comes true"},
        {HEAD "  - text: a\n    until: done\n  - text: b\n    until: run\n",
         "a.yaml:8:12: done as the step says, this never comes true"}, /* it is done already */
        {HEAD "  - text: a\n    until: problem.tasks == 3\n", "a.yaml:6:12: this is true before anything is done"},
        {HEAD "  - text: a\n    until: problem.tasks == 5\n",
         "a.yaml:6:12: done as the step says, this never comes true"},
        {HEAD "  - text: a\n    until: done\n    claim: [meta.error_rank == 3]\n",
         "a.yaml:7:13: played to here, this does not hold: meta.error_rank == 3"},
        {HEAD "  - text: a\n    until: done\n    question: {ask: b, choices: {a: 1 == 1, c: 2 == 2}}\n",
         "a.yaml:7:21: played to here, not just one of its choices is right"},
        {HEAD "  - text: a\n    question: {ask: b, number: meta.paper_loss}\n",
         "a.yaml:6:32: played to here, this has no value"},
        {HEAD "  - text: a\n    keep: {b: meta.paper_loss}\n", "a.yaml:6:15: played to here, this has no value"},
        {HEAD "  - text: a\n    until: done\n    do: [set retrain.steps=1000000000, run]\n",
         "this run is too large for a lesson"},
        {HEAD "  - text: a\n    until: done\n    do: [set problem.rank=17, run]\n", "problem.rank 17 is above"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct lesson lesson = read(table[i].text);
        struct err err = {.code = ERR_NONE};
        assert_int_equal(play_check(&lesson, "a.yaml", &err), ERR_INPUT);
        if (strncmp(err.message, table[i].says, strlen(table[i].says)) != 0)
            fail_msg("%s\n%s", table[i].text, err.message);
        lesson_free(&lesson);
    }
}

/* A step whose way is not told is gone by what its condition asks for. */
static void actions_are_made_up(void **state)
{
    (void)state;
    struct lesson lesson =
        read(HEAD "  - text: a\n    until: changed problem.tasks and done\n"
                  "    keep: {b: meta.base_error}\n  - text: c\n    until: step\n    fresh: true\n"
                  "  - text: d\n    fresh: true\n    until: meta.train_loss < 1e-12\n    claim: b < 1\n");
    struct err err;
    if (play_check(&lesson, "a.yaml", &err))
        fail_msg("%s", err.message);
    lesson_free(&lesson);
}

/* ---- the player ---- */

static struct play *play_of(struct lesson *lesson)
{
    struct err err;
    struct play *play = play_new(lesson, &err);
    assert_non_null(play);
    return play;
}

static void act(struct play *play)
{
    struct err err;
    bool complete = false;
    assert_int_equal(play_act(play, &complete, &err), ERR_NONE);
    assert_true(complete);
}

static void assert_told(const struct player *player, const char *answer, const char *verdict)
{
    char text[PLAYER_SENTENCE_SIZE];
    player_tell_answer(player, text);
    assert_string_equal(text, answer);
    player_tell_verdict(player, text);
    assert_string_equal(text, verdict);
}

static void answers_are_told(void **state)
{
    (void)state;
    char yes[] = "Yes: all of it", full[] = "16: the full dimension";
    struct lesson_step steps[] = {{.question = {.choices = 2, .choice = {{.text = yes}, {.text = full}}}},
                                  {.question = {.choices = 0}}};
    const struct lesson lesson = {.step = steps, .steps = 2};
    struct player player = {.lesson = &lesson, .choice = 0, .number = (double)NAN, .right_choice = 1};
    assert_told(&player, "You say \"Yes: all of it\".", "Not so: the answer is \"16: the full dimension\".");
    player.right_choice = -1;
    assert_told(&player, "You say \"Yes: all of it\".", "None of the answers is what was measured.");
    player.right_choice = 0;
    player.right = true;
    assert_told(&player, "You say \"Yes: all of it\".", "Right: \"Yes: all of it\".");
    player.choice = -1;
    player.right = false;
    assert_told(&player, "", "The answer is \"Yes: all of it\".");
    player = (struct player){.lesson = &lesson, .step = 1, .choice = -1, .number = 7, .right_number = 6};
    assert_told(&player, "You say 7.", "Not so: the answer is 6.");
    player.right = true;
    assert_told(&player, "You say 7.", "Right: it is 6.");
    player.number = (double)NAN;
    player.right = false;
    assert_told(&player, "", "The answer is 6.");
}

static void questions_are_compared_with_what_happens(void **state)
{
    (void)state;
    struct err err;
    struct lesson lesson =
        read(HEAD "  - text: a\n    until: done\n    hint: h\n"
                  "    question: {ask: b, choices: {no: meta.error_rank == 6, yes: meta.error_rank == 0}}\n"
                  "  - text: c\n    question: {ask: d, number: standard.error_rank}\n"
                  "  - text: e\n    question: {ask: f, number: standard.risk, within: 0.2}\n");
    struct play *play = play_of(&lesson);
    struct player *player = play_player(play);
    struct facts facts = play_facts(play);
    assert_int_equal(player->phase, PLAYER_ASKING);
    assert_int_equal(player_next(player, &facts), 0);
    assert_int_equal(player_choose(player, 2), 0);
    assert_int_equal(player_guess(player, 3), 0);
    assert_int_equal(player_look(player, &facts), 0);
    assert_true(player_hint(player) && player->hinted && !player_hint(player));
    assert_true(player_choose(player, 1));
    assert_int_equal(player_choose(player, 0), 0);
    act(play);
    assert_true(player->right && player->right_choice == 1);

    assert_int_equal(play_next(play, &err), ERR_NONE);
    assert_int_equal(player->step, 1);
    assert_true(player_guess(player, 7));
    act(play);
    assert_true(!player->right && player->right_number == 6);
    assert_int_equal(play_next(play, &err), ERR_NONE);
    assert_int_equal(player_pass(player), PLAYER_CHANGED);
    act(play);
    assert_false(player->right || player_answered(player));
    assert_true(player->right_number > 1);

    assert_int_equal(play_next(play, &err), ERR_NONE);
    assert_int_equal(player->phase, PLAYER_FINISHED);
    assert_int_equal(player_hint(player), 0);
    play_free(play);
    lesson_free(&lesson);
}

/* Back to a step that goes on with an earlier run asks for that run again. */
static void there_is_a_way_back(void **state)
{
    (void)state;
    struct err err;
    struct lesson lesson =
        read(HEAD "  - text: a\n    until: done\n  - text: b\n    claim: 1 == 1\n  - text: c\n    fresh: true\n");
    struct play *play = play_of(&lesson);
    struct player *player = play_player(play);
    assert_int_equal(player_back(player), 0);
    for (int i = 0; i < 2; i++) {
        act(play);
        assert_int_equal(play_next(play, &err), ERR_NONE);
    }
    assert_int_equal(player_back(player), PLAYER_CHANGED | PLAYER_REPLAY);
    assert_int_equal(player->step, 1);
    struct facts facts =
        play_facts(play); /* of the third step's run, which was not run: so the second is not complete */
    assert_false(facts.done);
    assert_int_equal(player_look(player, &facts), 0);
    facts.done = true;
    assert_int_equal(player_look(player, &facts), PLAYER_CHANGED);
    assert_int_equal(player->phase, PLAYER_TOLD);
    assert_int_equal(player_back(player), PLAYER_CHANGED | PLAYER_RESTART);
    assert_int_equal(player_reset(player), PLAYER_CHANGED | PLAYER_RESTART);
    assert_int_equal(player_begin(player, &lesson, 99), PLAYER_CHANGED | PLAYER_RESTART);
    assert_int_equal(player->step, 2);
    assert_int_equal(player_begin(player, &lesson, -1), PLAYER_CHANGED | PLAYER_RESTART);
    assert_int_equal(player->step, 0);
    play_free(play);
    lesson_free(&lesson);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_claim_of_every_builtin_holds),
        cmocka_unit_test(what_cannot_be_is_found_by_playing),
        cmocka_unit_test(actions_are_made_up),
        cmocka_unit_test(questions_are_compared_with_what_happens),
        cmocka_unit_test(answers_are_told),
        cmocka_unit_test(there_is_a_way_back),
    };
    return cmocka_run_group_tests(tests, use_source, NULL);
}
