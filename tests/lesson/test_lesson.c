/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/lesson.h"
#include "lesson/telling.h"
#include "run/key.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Lessons as they are read, and what is said of those that are wrong. */

static int use_source(void **state)
{
    (void)state;
    const char *source = getenv("RANKSCOPE_SOURCE");
    return setenv("RANKSCOPE_DATA", source ? source : ".", 1);
}

static void a_lesson_is_read_whole(void **state)
{
    (void)state;
    static const char text[] = "title: Odd\n"
                               "summary: One line\n"
                               "order: 7\n"
                               "scenario: two-tasks\n"
                               "set: {problem.noise: 0.2385, retrain.steps: 37}\n"
                               "controls: {show: [problem.tasks, adapt], lock: [problem, seed]}\n"
                               "steps:\n"
                               "  - text: |\n"
                               "      Some *text* of A*,\n"
                               "      {problem.tasks} tasks.\n"
                               "\n"
                               "      More.\n"
                               "    question:\n"
                               "      ask: Which?\n"
                               "      choices: {\"a: one\": meta.error_rank == 1, two: meta.error_rank == 2}\n"
                               "    until: done\n"
                               "    hint: Space\n"
                               "    explain: So it is.\n"
                               "    claim: [meta.error_rank == 4, problem.tasks == 2]\n"
                               "    keep: {before: meta.base_error}\n"
                               "    do: [step 3, set problem.tasks=3, zoom risk, speed 300, run]\n"
                               "    pause: 2.5\n"
                               "    notes: Speak.\n"
                               "  - text: Next\n"
                               "    controls: {free: problem.tasks}\n"
                               "    question: {ask: How much?, number: before * 2, within: 0.1}\n"
                               "  - set: {problem.tasks: 5}\n"
                               "    text: Last\n";
    struct lesson lesson;
    struct err err;
    if (lesson_parse("a.yaml", text, strlen(text), &lesson, &err))
        fail_msg("%s", err.message);
    assert_string_equal(lesson.title, "Odd");
    assert_int_equal(lesson.order, 7);
    assert_false(lesson.demo);
    assert_int_equal(lesson.steps, 3);

    const struct lesson_step *step = lesson.step;
    uint64_t tasks = (uint64_t)1 << key_find("problem.tasks");
    uint64_t rank = (uint64_t)1 << key_find("problem.rank");
    assert_true(step[0].fresh && !step[1].fresh && step[2].fresh);
    assert_true(step[0].config.problem.noise == 0.2385 && step[0].config.retrain.steps == 37);
    assert_string_equal(step[0].config.title, "Odd");
    assert_int_equal(step[0].config.problem.tasks, 2);
    assert_int_equal(step[2].config.problem.tasks, 5);
    assert_true((step[0].controls.hidden & tasks) == 0 && (step[0].controls.hidden & rank) != 0);
    assert_true((step[0].controls.locked & tasks) != 0 && (step[1].controls.locked & tasks) == 0);
    assert_int_equal(step[0].controls.commands, LESSON_MAY_ALL & ~LESSON_MAY_SEED);
    assert_int_equal(step[0].question.choices, 2);
    assert_string_equal(step[0].question.choice[0].text, "a: one");
    assert_int_equal(step[0].claims, 2);
    assert_int_equal(step[0].actions, 5);
    assert_int_equal(step[0].action[0].verb, LESSON_STEP);
    assert_int_equal(step[0].action[0].number, 3);
    assert_string_equal(step[0].action[1].text, "3");
    assert_int_equal(step[0].action[2].number, 1);
    assert_true(step[0].pause == 2.5 && isnan(step[1].pause));
    assert_true(step[1].question.within == 0.1);
    assert_string_equal(step[1].hint.text, "");
    assert_string_equal(lesson.names.name[0], "before");
    lesson_free(&lesson);
}

static void what_is_wrong_is_said_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } table[] = {
        {"", "1:1: there is nothing in it"},
        {"- a\n", "1:1: a lesson has keys with values, not a list"},
        {"title: A\n", "1:1: a lesson has steps"},
        {"steps:\n  - text: a\n", "1:1: a lesson has a title"},
        {"titel: A\n", "1:1: titel: unknown key; did you mean title?"},
        {"title: A\ntitle: B\n", "2:1: title is here twice"},
        {"title: [A]\n", "1:8: title must be one line of text"},
        {"order: 0\n", "1:8: order must be a whole number from 1 to 999"},
        {"kind: film\n", "1:7: kind must be lesson or demo"},
        {"scenario: two-tsks\n", "1:11: unknown scenario \"two-tsks\"; did you mean two-tasks?"},
        {"scenario: ../a.yaml\n", "1:11: scenario must be the name of a built-in"},
        {"set: {problem.taks: 3}\n", "1:7: problem.taks: unknown key; did you mean problem.tasks?"},
        {"set: {problem.tasks: none}\n", "1:22: problem.tasks must be a whole number"},
        {"set: 3\n", "1:6: set has keys with values"},
        {"title: A\nset: {problem.rank: 20}\nsteps:\n  - text: a\n", "4:5: problem.rank 20 is above"},
        {"controls: {show: [problem.taks]}\n", "1:19: problem.taks: unknown control; did you mean problem.tasks?"},
        {"controls: {hide: [runn]}\n", "1:19: runn: unknown control; did you mean run?"},
        {"controls: {shwo: []}\n", "1:12: shwo: unknown key; did you mean show?"},
        {"steps: a\n", "1:8: steps must be a list"},
        {"title: A\nsteps:\n  - hint: a\n", "3:5: a step has text"},
        {"title: A\nsteps:\n  - txt: a\n", "3:5: txt: unknown key; did you mean text?"},
        {"title: A\nsteps:\n  - text: a\n    until: doen\n", "4:12: unknown name doen; did you mean done?"},
        {"title: A\nsteps:\n  - text: a\n    until: done and meta.bse_error < 1\n",
         "4:21: unknown name meta.bse_error; did you mean meta.base_error?"},
        {"title: A\nsteps:\n  - text: a {meta.rik}\n", "3:11: in {meta.rik}: unknown name meta.rik"},
        {"title: A\nsteps:\n  - text: a {\n", "3:11: braces hold a formula"},
        {"title: A\nsteps:\n  - text: a\n    question: {ask: \"{b\", number: done}\n", "4:21: braces hold a formula"},
        {"title: A\nsteps:\n  - text: a\n    question: {ask: b, choices: {\"c\\nd\": done}}\n",
         "4:34: an answer is one line"},
        {"title: A\nsteps:\n  - text: a\n    do: [rum]\n", "4:10: rum: unknown action; did you mean run?"},
        {"title: A\nsteps:\n  - text: a\n    do: [run 3]\n", "4:10: run stands alone"},
        {"title: A\nsteps:\n  - text: a\n    do: [step 0]\n", "4:10: step may be followed by a count"},
        {"title: A\nsteps:\n  - text: a\n    do: [set problem.tasks]\n", "4:10: set is followed by KEY=VALUE"},
        {"title: A\nsteps:\n  - text: a\n    do: [set problem.tasks=x]\n", "4:10: problem.tasks must be"},
        {"title: A\nsteps:\n  - text: a\n    do: [zoom in]\n", "4:10: zoom is followed by loss"},
        {"title: A\nsteps:\n  - text: a\n    pause: long\n", "4:12: pause must be a number"},
        {"title: A\nsteps:\n  - text: a\n    fresh: maybe\n", "4:12: fresh must be true or false"},
        {"title: A\nsteps:\n  - text: a\n    keep: {Few: done}\n", "4:12: a name has up to"},
        {"title: A\nsteps:\n  - text: a\n    question: {ask: b}\n", "4:15: a question has either choices or number"},
        {"title: A\nsteps:\n  - text: a\n    question: {number: done}\n", "4:15: a question has ask"},
        {"title: A\nsteps:\n  - text: a\n    question: {ask: b, choices: {a: done}}\n",
         "4:15: a question has more than one"},
        {"title: A\nsteps:\n  - text: a\n    question: {ask: b, choices: [a, b]}\n", "4:33: choices are answers with"},
        {"title: A\nsteps:\n  - text: a\nset: {}\n", "4:6: set stands before steps"},
        {"title: A\nset: {problem.dimension: 65}\nsteps:\n  - text: a\n", "4:5: this run is too large for a lesson"},
        {"title: &a A\n", "1:8: a lesson has no anchors"},
        {"title: !b A\n", "1:8: a lesson has no tags"},
        {"title: A\nsteps:\n  - text: a\n---\n", "4:1: a second document begins here"},
        {"title: \"\n", "this is no YAML"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct lesson lesson;
        struct err err = {.code = ERR_NONE};
        char expected[256];
        assert_int_equal(lesson_parse("a.yaml", table[i].text, strlen(table[i].text), &lesson, &err), ERR_INPUT);
        snprintf(expected, sizeof expected, "%s%s", table[i].says[0] >= '0' && table[i].says[0] <= '9' ? "a.yaml:" : "",
                 table[i].says);
        if (strstr(err.message, expected) == NULL)
            fail_msg("%s\n%s\nnot: %s", table[i].text, err.message, expected);
        assert_null(lesson.step);
    }
}

static void a_text_too_large_is_refused(void **state)
{
    (void)state;
    struct lesson lesson;
    struct err err;
    char *text = calloc(1, LESSON_SIZE_MAX + 2);
    assert_non_null(text);
    memset(text, ' ', LESSON_SIZE_MAX + 1);
    assert_int_equal(lesson_parse("a.yaml", text, LESSON_SIZE_MAX + 1, &lesson, &err), ERR_INPUT);
    snprintf(text, LESSON_SIZE_MAX, "title: A\nsteps:\n  - text: %0*d\n", LESSON_TEXT_MAX + 1, 1);
    assert_int_equal(lesson_parse("a.yaml", text, strlen(text), &lesson, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "a.yaml:3:11: 1601 bytes are too many"));
    free(text);
}

static void texts_get_their_numbers(void **state)
{
    (void)state;
    struct config config;
    struct facts facts = {.config = &config, .begin = &config};
    char told[TELLING_SIZE];
    config_default(&config);
    config.problem.tasks = 3;
    telling_write(told, sizeof told, "T = {problem.tasks},\nso *this* is A* {meta.risk}.\n\nMore {problem.tasks * 2}",
                  NULL, &facts);
    assert_string_equal(told, "T = 3, so *this* is A* –.\nMore 6");
    telling_strip(told);
    assert_string_equal(told, "T = 3, so this is A* –.\nMore 6");
    char cut[8];
    telling_write(cut, sizeof cut, "many words that do not fit", NULL, &facts);
    assert_true(strlen(cut) < sizeof cut);
}

static void builtins_are_found_in_order(void **state)
{
    (void)state;
    struct lesson_list list;
    struct err err;
    if (lesson_list_load(&list, &err))
        fail_msg("%s", err.message);
    assert_true(list.count >= 10);
    int demos = 0;
    for (size_t i = 0; i < list.count; i++) {
        demos += list.lesson[i].demo;
        assert_true(demos == 0 || list.lesson[i].demo);
        assert_true(i == 0 || list.lesson[i].demo || list.lesson[i].order > list.lesson[i - 1].order);
        assert_true(list.lesson[i].summary[0] != '\0');
    }
    assert_true(demos >= 2);
    lesson_list_free(&list);

    struct lesson lesson;
    assert_int_equal(lesson_load("adaptor", &lesson, &err), ERR_INPUT);
    assert_string_equal(err.message, "unknown lesson \"adaptor\"; did you mean adapter?");
    assert_int_equal(lesson_load("/nowhere/a.yaml", &lesson, &err), ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lesson_is_read_whole),      cmocka_unit_test(what_is_wrong_is_said_with_its_place),
        cmocka_unit_test(a_text_too_large_is_refused), cmocka_unit_test(texts_get_their_numbers),
        cmocka_unit_test(builtins_are_found_in_order),
    };
    return cmocka_run_group_tests(tests, use_source, NULL);
}
