/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/theorems.h"
#include "base/pool.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/interrupt.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "cmd/progress.h"
#include "sweep/crew.h"

#include <stdlib.h>

enum { OPTION_DRAWS, OPTION_ONLY, OPTION_JOBS, OPTION_FORMAT, OPTION_COUNT };

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_DRAWS] = {"draws", "N", "draws on which each claim is checked (1000)"},
    [OPTION_ONLY] = {"only", "CLAIM", "check this one; may be repeated"},
    [OPTION_JOBS] = {"jobs", "N", "draws made at once (as many as there are cores)"},
    [OPTION_FORMAT] = {"format", "FORMAT", "text (as is), csv or json"},
};

static const struct option_usage usage = {
    .command = "rankscope theorems",
    .operands = "",
    .text = "Check each of the paper's claims by experiment, on many draws, and print what is\n"
            "claimed, what was measured and whether that is as predicted; then the same for\n"
            "what holds where the claims' conditions are not met. The exit status is 1 where\n"
            "anything is not as predicted.\n",
    .rows = rows,
    .count = OPTION_COUNT,
};

enum { DRAWS = 1000, DRAWS_MOST = 1000000 };

/* One claim on its way: the draws are the pool's items, and each writes what is its own. */
struct work {
    const struct claim *claim;
    struct claim_observation *observation;
    struct err *err; /* of each item of the batch */
    int first;       /* draw of the batch */
};

enum { BATCH = 64 }; /* between two looks at signals and the clock */

static void observe(void *context, int item, int lane)
{
    const struct work *work = context;
    int draw = work->first + item;
    (void)lane;
    work->err[item].code = ERR_NONE;
    claim_observe(work->claim, draw, &work->observation[draw], &work->err[item]);
}

/* What all claims share. */
struct check {
    int draws;
    struct pool *pool; /* NULL: one thread */
    struct interrupt interrupt;
    struct progress progress;
    struct claim_observation *observation; /* draws */
    double *scratch;                       /* draws */
    struct theorem *theorem;               /* claim_count */
    const struct claim **claim;            /* those that are wanted: claim_count */
    int wanted, checked;
};

static void show_progress(struct check *check, int draws)
{
    char text[160];
    if (!progress_due(&check->progress))
        return;
    snprintf(text, sizeof text, "%s: %d of %d draws, claim %d of %d", check->claim[check->checked]->name, draws,
             check->draws, check->checked + 1, check->wanted);
    progress_say(&check->progress, text);
}

/* −1: checked. Else the exit status. */
static int check_claim(struct check *check, const struct claim *claim)
{
    struct err err[BATCH];
    struct work work = {.claim = claim, .observation = check->observation, .err = err};
    for (; work.first < check->draws; work.first += BATCH) {
        int items = check->draws - work.first < BATCH ? check->draws - work.first : BATCH;
        pool_run(check->pool, items, observe, &work);
        for (int item = 0; item < items; item++)
            if (err[item].code) {
                err_prefix(&err[item], "%s, draw %d: ", claim->name, work.first + item);
                return cmd_fail(&err[item]);
            }
        if (interrupt_came(&check->interrupt)) {
            cmd_complain("interrupted after %d of %d claims", check->checked, check->wanted);
            return CMD_FAILURE;
        }
        show_progress(check, work.first + items);
    }
    check->theorem[check->checked++] = theorem_judge(claim, check->observation, check->draws, check->scratch);
    return -1;
}

static int print(const struct check *check, enum result_format format)
{
    struct output output;
    struct err err;
    int status = CMD_SUCCESS;
    if (!output_begin(&output))
        return CMD_FAILURE;
    if (theorems_write(output.stream, format, check->theorem, check->checked, &err)) {
        output_drop(&output);
        return cmd_fail(&err);
    }
    for (int i = 0; i < check->checked; i++)
        if (!check->theorem[i].as_predicted)
            status = CMD_FAILURE;
    int written = output_end(&output);
    return written != CMD_SUCCESS ? written : status;
}

static int check_all(struct check *check, enum result_format format)
{
    int status = -1;
    progress_begin(&check->progress);
    interrupt_begin(&check->interrupt);
    for (int i = 0; i < check->wanted && status < 0; i++)
        status = check_claim(check, check->claim[i]);
    interrupt_end(&check->interrupt);
    progress_end(&check->progress);
    int printed = check->checked > 0 ? print(check, format) : CMD_SUCCESS;
    return status < 0 ? printed : status;
}

static int refuse_claim(const char *name)
{
    char clip[TEXT_CLIP_SIZE];
    struct text_guess guess = {.word = name};
    for (int i = 0; i < claim_count; i++)
        text_guess_offer(&guess, claim_table[i].name);
    text_clip(clip, name);
    if (guess.best)
        return option_refuse(&usage, "--only: there is no claim \"%s\"; did you mean %s?", clip, guess.best);
    return option_refuse(&usage, "--only: there is no claim \"%s\"; rankscope theorems --draws 1 names them", clip);
}

/* The rows that --only names, in the table's order; all without it. Returns −1 or the exit status. */
static int choose(const struct option_values *values, struct check *check)
{
    int at = 0;
    bool wanted[64] = {false}, all = true; /* more than there are claims */
    for (const char *name = option_next(values, OPTION_ONLY, &at); name; name = option_next(values, OPTION_ONLY, &at)) {
        int claim = claim_find(name);
        if (claim < 0)
            return refuse_claim(name);
        wanted[claim] = true;
        all = false;
    }
    for (int i = 0; i < claim_count; i++)
        if (all || wanted[i])
            check->claim[check->wanted++] = &claim_table[i];
    return -1;
}

static int command(const struct option_values *values)
{
    struct check check = {.draws = DRAWS};
    enum result_format format;
    int jobs = crew_cores();
    if (values->operand_count > 0)
        return option_refuse(&usage, "theorems takes no SCENARIO: each claim has its own");
    int status = option_format(&usage, values->value[OPTION_FORMAT], &format);
    if (status < 0)
        status = option_whole(&usage, OPTION_DRAWS, values->value[OPTION_DRAWS], 1, DRAWS_MOST, &check.draws);
    if (status < 0)
        status = option_whole(&usage, OPTION_JOBS, values->value[OPTION_JOBS], 1, CREW_THREADS, &jobs);
    if (status >= 0)
        return status;
    check.observation = calloc((size_t)check.draws, sizeof *check.observation);
    check.scratch = calloc((size_t)check.draws, sizeof *check.scratch);
    check.theorem = calloc((size_t)claim_count, sizeof *check.theorem);
    check.claim = calloc((size_t)claim_count, sizeof(const struct claim *));
    if (check.observation && check.scratch && check.theorem && check.claim) {
        status = choose(values, &check);
        check.pool = status < 0 && jobs > 1 ? pool_new(jobs) : NULL; /* without threads one does all */
        if (status < 0)
            status = check_all(&check, format);
    } else {
        cmd_complain("no memory for %d draws", check.draws);
        status = CMD_FAILURE;
    }
    pool_free(check.pool);
    free(check.claim);
    free(check.theorem);
    free(check.scratch);
    free(check.observation);
    return status;
}

int cmd_theorems(int argc, char **argv)
{
    struct option_values values;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    status = command(&values);
    option_free(&values);
    return status;
}
