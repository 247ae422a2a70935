/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/thread.h"
#include "dialogue/bpe_train.h"
#include "dialogue/dialogue_live.h"
#include "support/dialogue_sample.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* What comes before training would take seconds to hours here, and is left: a step of it that did not look would end
 * otherwise, or run out of the test's time. */

/* Work on a thread of its own, which is told to stop when it has computed for a tenth of a second. */
struct job {
    enum err_code (*work)(const atomic_bool *stop, struct err *err);
    atomic_bool stop, ended;
    enum err_code code;
    struct err err;
};

static void *work(void *context)
{
    struct job *job = context;
    job->code = job->work(&job->stop, &job->err);
    atomic_store(&job->ended, true);
    return NULL;
}

static void check_it_stops_in_the_middle(enum err_code (*of)(const atomic_bool *stop, struct err *err))
{
    enum { ENOUGH = 100000000 /* ns */, LOOK = 1 /* ms */ };
    pthread_t thread;
    clockid_t clock;
    struct job job = {.work = of};
    struct timespec spent = {0};
    assert_true(thread_start(&thread, work, &job));
    assert_int_equal(pthread_getcpuclockid(thread, &clock), 0);
    while (!atomic_load(&job.ended) && spent.tv_sec == 0 && spent.tv_nsec < ENOUGH) {
        clock_gettime(clock, &spent);
        poll(NULL, 0, LOOK);
    }
    assert_false(atomic_load(&job.ended));
    atomic_store(&job.stop, true);
    pthread_join(thread, NULL);
    assert_int_equal(job.code, ERR_STOPPED);
    assert_int_equal(job.err.code, ERR_STOPPED);
}

static enum err_code write_endlessly(const atomic_bool *stop, struct err *err)
{
    char *text = NULL;
    size_t size;
    struct personas_settings settings = personas_usual;
    settings.personas = 10000;
    settings.dialogues = 1000;
    enum err_code code = personas_write(&settings, stop, &text, &size, err);
    assert_null(text);
    return code;
}

/* One text of words that have nothing in common, which takes hundreds of thousands of merges. */
static enum err_code merge_endlessly(const atomic_bool *stop, struct err *err)
{
    enum { SIZE = 1 << 21 };
    uint64_t state = 7;
    char *text = malloc(SIZE);
    char *vocab = NULL;
    char *merges = NULL;
    assert_non_null(text);
    for (int i = 0; i < SIZE; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        text[i] = i % 24 == 23 ? ' ' : (char)('a' + (state >> 33) % 26);
    }
    const struct bpe_text whole = {text, SIZE};
    enum err_code code = bpe_train(&whole, 1, 1000000, stop, &vocab, &merges, err);
    assert_null(vocab);
    assert_null(merges);
    free(text);
    return code;
}

/* So many short texts that no merge is come to. */
static enum err_code count_endlessly(const atomic_bool *stop, struct err *err)
{
    enum { TEXTS = 2000000 };
    char *vocab;
    char *merges;
    struct bpe_text *text = malloc(TEXTS * sizeof *text);
    assert_non_null(text);
    for (int i = 0; i < TEXTS; i++)
        text[i] = (struct bpe_text){"do you have pets ?", 18};
    enum err_code code = bpe_train(text, TEXTS, 262, stop, &vocab, &merges, err);
    free(text);
    return code;
}

static void what_takes_long_stops_in_the_middle(void **state)
{
    (void)state;
    check_it_stops_in_the_middle(write_endlessly);
    check_it_stops_in_the_middle(count_endlessly);
    check_it_stops_in_the_middle(merge_endlessly);
}

/* What is read takes milliseconds a thousand lines: that it looks is enough. */
static void what_is_read_stops(void **state)
{
    (void)state;
    char *text;
    size_t size;
    struct convai corpus;
    struct examples examples;
    struct dialogue_sample sample;
    struct err err = {.code = ERR_NONE};
    const atomic_bool stop = true;
    const struct personas_settings settings = dialogue_sample_personas();
    assert_int_equal(personas_write(&settings, NULL, &text, &size, &err), ERR_NONE);
    assert_int_equal(convai_parse(&corpus, "corpus", text, size, &stop, &err), ERR_STOPPED);
    assert_int_equal(corpus.dialogues, 0);
    assert_true(dialogue_sample_make(&sample, &err));
    const struct project *project = &sample.project;
    assert_int_equal(examples_make(&examples, &project->corpus, project->bpe, &project->settings,
                                   &project->encoder.shape, &stop, &err),
                     ERR_STOPPED);
    assert_null(examples.example);
    dialogue_sample_free(&sample);
}

static void the_screens_thread_ends_while_it_prepares(void **state)
{
    (void)state;
    char folder[512];
    char file[600];
    struct err err = {.code = ERR_NONE};
    snprintf(folder, sizeof folder, "%s/endless", getenv("TMPDIR"));
    struct dialogue_live_setup setup = dialogue_live_usual(folder);
    setup.personas.personas = 10000;
    setup.personas.dialogues = 1000;
    struct dialogue_live *live = dialogue_live_new(&setup, &err);
    assert_non_null(live);
    while (access(folder, F_OK) != 0) /* the thread is at work */
        poll(NULL, 0, 1);
    dialogue_live_free(live);
    snprintf(file, sizeof file, "%s/corpus.txt", folder);
    assert_int_equal(access(file, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_takes_long_stops_in_the_middle),
        cmocka_unit_test(what_is_read_stops),
        cmocka_unit_test(the_screens_thread_ends_while_it_prepares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
