/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* `rankscope dialogue` as a person would use it, on an encoder so small that all of it takes a second. */

#define DIALOGUE "$RANKSCOPE dialogue "
#define SMALL    "--tasks 2 --unseen 2 --epochs 2 --adapt-epochs 2 --seeds 2 --ranks 2 --batch 4 --jobs 2 "

static void assert_succeeds(const struct program_result *result)
{
    if (result->status != 0)
        fail_msg("status %d: %s", result->status, result->errors);
}

static void assert_has(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("no \"%s\" in:\n%s", wanted, text);
}

/* A corpus and an encoder in a folder of their own, which others are copied from. */
static int set_up(void **state)
{
    (void)state;
    struct program_result result =
        program_shell("cd $TMPDIR && mkdir base && " DIALOGUE
                      "generate --dir base --personas 6 --dialogues 5 --turns 2 --seed 4 && " DIALOGUE
                      "pretrain --dir base --width 8 --layers 1 --steps 20 --tasks 2 --unseen 2 --vocabulary 600");
    assert_succeeds(&result);
    assert_has(result.errors, "pretrained: 20 steps");
    program_free(&result);
    return 0;
}

static struct program_result compare(const char *folder, const char *more)
{
    return program_shell("cd $TMPDIR && [ -e %s ] || cp -r base %s && " DIALOGUE "compare --dir %s " SMALL "%s", folder,
                         folder, folder, more);
}

static void compares_all_methods_and_schemes(void **state)
{
    (void)state;
    struct program_result result = compare("whole", "");
    assert_succeeds(&result);
    assert_has(result.output, "Retraining, held-out hit@1");
    assert_has(result.output, "  head       standard");
    assert_has(result.output, "  lora 2     reptile");
    struct program_result again = compare("whole", ""); /* nothing is left to do */
    assert_string_equal(result.output, again.output);
    program_free(&again);
    program_free(&result);
    result = compare("whole", "--format json");
    assert_succeeds(&result);
    json_t *root = json_loads(result.output, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(root, "retrained")), 3);
    assert_int_equal(json_array_size(json_object_get(root, "adapted")), 6);
    const json_t *cell = json_array_get(json_object_get(root, "adapted"), 5);
    assert_int_equal(json_integer_value(json_object_get(cell, "seeds")), 2);
    json_decref(root);
    program_free(&result);
    /* 3 methods, 2 seeds: 2 epochs each of retraining, and of adapting by 2 schemes to 2 personas */
    result = compare("whole", "--format csv | wc -l");
    assert_string_equal(result.output, "61\n");
    program_free(&result);
    result = compare("whole", "--plot whole.gp >whole.txt && grep -c 'EOD$' whole.gp");
    assert_string_equal(result.output, "18\n");
    program_free(&result);
}

/* Whenever it ends, what is there goes on to the same table. It may have ended by itself before. */
static void goes_on_after_it_was_killed_to_the_same_table(void **state)
{
    (void)state;
    struct program_result whole = compare("whole", "");
    static const char *const signals[] = {"KILL", "TERM"}; /* a shell has its background ignore INT */
    for (int i = 0; i < 2; i++) {
        char folder[16];
        snprintf(folder, sizeof folder, "cut-%s", signals[i]);
        struct program_result cut = program_shell(
            "cd $TMPDIR && cp -r base %s && { $RANKSCOPE dialogue compare --dir %s " SMALL
            "--checkpoint 1 >/dev/null 2>&1 & p=$!; until [ -e %s/meta-0.state ] || ! kill -0 $p; do sleep 0.01; "
            "done; kill -%s $p; wait $p; true; }",
            folder, folder, folder, signals[i]);
        program_free(&cut);
        struct program_result rest = compare(folder, "");
        assert_succeeds(&rest);
        assert_string_equal(rest.output, whole.output);
        program_free(&rest);
    }
    program_free(&whole);
}

static struct program_result evaluate(const char *action, const char *more)
{
    return program_shell("cd $TMPDIR && { [ -e own ] || cp -r base own; } && " DIALOGUE
                         "%s --dir own --tasks 2 --unseen 2 --epochs 1 --method meta,reptile %s",
                         action, more);
}

/* Reads `count` numbers with blanks or commas between; returns what follows. */
static const char *read_numbers(const char *text, int count, double *number)
{
    for (int i = 0; i < count; i++) {
        char *end;
        number[i] = strtod(text, &end);
        assert_true(end > text);
        text = *end == ',' ? end + 1 : end;
    }
    return text;
}

/* The table of sums has what the lines of CSV add up to, whose intervals bound their rates. */
static void evaluates_what_was_retrained(void **state)
{
    (void)state;
    struct program_result text = evaluate("retrain", "");
    assert_succeeds(&text);
    assert_has(text.output, "Retraining, held-out hit@1 and loss on its own personas");
    assert_null(strstr(text.output, "Adapting"));
    assert_null(strstr(text.output, "standard"));
    struct program_result result = evaluate("evaluate", "");
    assert_string_equal(result.output, text.output);
    program_free(&result);
    result = evaluate("evaluate", "--format csv");
    assert_succeeds(&result);
    assert_has(result.output, "base,seed,epoch,persona,hits,examples,hit,low,high,loss\nmeta,0,1,1,");
    assert_has(result.output, "\nreptile,0,1,2,");
    const char *line = strchr(result.output, '\n');
    for (int method = 0; method < 2; method++) {
        double hits = 0, examples = 0, losses = 0;
        for (int persona = 0; persona < 2; persona++) {
            enum { SEED, EPOCH, PERSONA, HITS, EXAMPLES, RATE, LOW, HIGH, LOSS, COLUMNS };
            double column[COLUMNS];
            line = strchr(line, ',') + 1;
            line = read_numbers(line, COLUMNS, column);
            assert_int_equal(*line, '\n');
            assert_true(column[LOW] <= column[RATE] && column[RATE] <= column[HIGH] && column[LOW] < column[HIGH]);
            assert_true(fabs(column[RATE] - column[HITS] / column[EXAMPLES]) < 1e-4);
            hits += column[HITS];
            examples += column[EXAMPLES];
            losses += column[LOSS] * column[EXAMPLES];
        }
        char row[64];
        snprintf(row, sizeof row, "\n  %-10s    0      1 %5.0f/%-4.0f  %.3f  ", method ? "reptile" : "meta", hits,
                 examples, hits / examples);
        assert_has(text.output, row);
        double rest[3]; /* of the interval, and the loss */
        read_numbers(strstr(text.output, row) + strlen(row), 3, rest);
        assert_true(rest[0] < rest[1] && fabs(rest[2] - losses / examples) < 1e-4);
    }
    program_free(&result);
    program_free(&text);
    result = evaluate("evaluate", "--format json");
    assert_succeeds(&result);
    json_t *root = json_loads(result.output, 0, NULL);
    const json_t *reptile = json_array_get(json_object_get(root, "retrained"), 1);
    assert_string_equal(json_string_value(json_object_get(reptile, "base")), "reptile");
    assert_int_equal(json_array_size(json_object_get(reptile, "personas")), 2);
    json_decref(root);
    program_free(&result);
    result = evaluate("retrain", "--format csv | cut -d, -f 1-5");
    assert_string_equal(result.output, "base,seed,scheme,persona,epoch\nmeta,0,,,1\nreptile,0,,,1\n");
    program_free(&result);
    result =
        program_shell("cd $TMPDIR && " DIALOGUE
                      "adapt --dir own --tasks 2 --unseen 2 --epochs 1 --adapt-epochs 1 --method meta --scheme full");
    assert_succeeds(&result);
    assert_has(result.output, "  full       meta ");
    program_free(&result);
}

/* A checkpoint that was made for other classes: its head is not used, and so they do not matter. */
static void takes_a_model_from_elsewhere(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "cd $TMPDIR && cp -r base/model three && grep -q '\"num_labels\"' three/config.json && "
        "sed -i 's/\"num_labels\": *[0-9]*/\"num_labels\": 3/' three/config.json && mkdir other && " DIALOGUE
        "retrain --dir other --model three --data base/corpus.txt --tasks 2 --unseen 2 --epochs 1 --method meta");
    assert_succeeds(&result);
    assert_has(result.output, "\n  meta          0      1 ");
    program_free(&result);
}

/* A base and an adapter that were written are given back: what is said of the persona is what was said when it was
 * adapted to. */
static void what_is_exported_can_be_given_back(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "cd $TMPDIR && cp -r base out && " DIALOGUE "adapt --dir out --tasks 2 --unseen 2 --epochs 2 --adapt-epochs 2 "
        "--method meta --rank 3 --format csv --export out/elsewhere | grep -v '^base' | "
        "awk -F, '$4 != \"\" && $5 == 2 { printf \"%%d,%%d,%%d,%%.5f\\n\", $4, $6, $7, $8 }' >adapted.txt && "
        "for n in $(cut -d, -f1 adapted.txt); do " DIALOGUE "evaluate --dir out --tasks 2 --unseen 2 "
        "--data base/corpus.txt --model out/elsewhere/meta-0 --adapter out/elsewhere/meta-0/persona-$n "
        "--format csv >all.txt && "
        "head -1 all.txt >head.txt && grep \"^$n,\" all.txt | cut -d, -f1,2,3,7; done >given.txt && "
        "wc -l <adapted.txt && cat head.txt && diff adapted.txt given.txt");
    if (result.status != 0)
        fail_msg("status %d: %s%s", result.status, result.output, result.errors);
    assert_string_equal(result.output, "2\npersona,hits,examples,hit,low,high,loss\n");
    program_free(&result);
    result = program_shell("cd $TMPDIR && ls out/elsewhere/meta-0 | head -4 | tr '\\n' ' ' && " DIALOGUE
                           "retrain --dir out --tasks 2 --unseen 2 --epochs 2 --method meta --export out/again "
                           ">out.txt && cmp out/again/meta-0/model.safetensors out/elsewhere/meta-0/model.safetensors");
    assert_succeeds(&result);
    assert_string_equal(result.output, "config.json merges.txt model.safetensors persona-3 ");
    program_free(&result);
    result = program_shell(
        "cd $TMPDIR && f=out/elsewhere/meta-0/persona-3 && sed -i 's/\"r\": 3/\"r\": 9/' $f/*.json && " DIALOGUE
        "evaluate --dir out --tasks 2 --unseen 2 --adapter $f");
    assert_int_equal(result.status, 2);
    assert_string_equal(result.output, "");
    assert_has(result.errors, "persona-3: rank: 9 is not between 1 and the encoder's width, 8");
    program_free(&result);
}

static void refused(const char *arguments, int status, const char *message)
{
    struct program_result result = program_shell("cd $TMPDIR && " DIALOGUE "%s", arguments);
    assert_int_equal(result.status, status);
    assert_string_equal(result.output, "");
    assert_has(result.errors, message);
    program_free(&result);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    refused("", 2, "dialogue takes one ACTION");
    refused("compere", 2, "there is no action \"compere\"; did you mean compare?");
    refused("compare --method meta,best", 2, "--method must be of standard,meta,reptile, not \"meta,best\"");
    refused("compare --rate 0", 2, "--rate must be a number above 0");
    refused("compare --seeds 0", 2, "--seeds must be a number from 1 to 32");
    refused("compare --dir base --ranks 1,x --tasks 2 --unseen 2", 2, "--ranks must be numbers with commas between");
    refused("compare --dir base --ranks 9 --tasks 2 --unseen 2", 2,
            "a rank must be from 1 to the encoder's width, 8, not 9");
    refused("adapt --dir base --scheme best --tasks 2 --unseen 2", 2,
            "there is no scheme \"best\": it is lora, head or full");
    refused("compare --dir unmade --ranks 129; s=$?; ls unmade >&2; exit $s", 2,
            "a rank must be from 1 to the encoder's width, 128, not 129\nlock\n"); /* before anything is made */
    refused("compare --dir base --plot a.txt", 2, "a.txt: a picture's name ends in");
    refused("compare --dir base", 2, "base/corpus.txt: 6 personas have more dialogues");
    refused("evaluate --dir nowhere/at/all", 2, "nowhere/at/all: cannot make this folder");
    refused("evaluate --help >/dev/null && flock base/lock " DIALOGUE "evaluate --dir base", 2,
            "base: another program is at work in this folder");
    refused("compare --dir base --export there", 2, "--export goes with retrain and adapt, not with compare");
    refused("retrain --dir base --adapter there", 2, "--adapter goes with evaluate, not with retrain");
    refused("retrain --dir base --export no/where", 2, "--export: no/where: cannot make this folder");
    refused("evaluate --dir base --tasks 2 --unseen 2 --adapter no/where", 2,
            "no/where/adapter_config.json: there is no such file");
    refused("compare --dir base --data nowhere.txt", 2, "nowhere.txt: there is no such file");
    refused("retrain --dir base --model nowhere", 2, "nowhere/vocab.json: there is no such file");
    refused("generate --dir base/no/where", 2, "base/no/where: cannot make this folder");
    refused("generate --dir base --turns 6", 2, "turns must be from 1 to 5, not 6");
    refused("pretrain --dir new --width 6 --personas 6 --tasks 2 --unseen 2", 2, "heads");
    refused("retrain --dir base --tasks 2 --unseen 2 --epochs 1 --rate 1e-3 --method meta >/dev/null && " DIALOGUE
            "retrain --dir base --tasks 2 --unseen 2 --epochs 1 --rate 2e-3 --method meta",
            2, "base/meta-0.state: is a training with other settings, data or model");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_all_methods_and_schemes),
        cmocka_unit_test(goes_on_after_it_was_killed_to_the_same_table),
        cmocka_unit_test(evaluates_what_was_retrained),
        cmocka_unit_test(takes_a_model_from_elsewhere),
        cmocka_unit_test(what_is_exported_can_be_given_back),
        cmocka_unit_test(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
