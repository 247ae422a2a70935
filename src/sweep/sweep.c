/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/sweep.h"

#include "base/clock.h"
#include "sweep/crew.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

/* What the owner knows of a cell besides the table. */
struct course {
    int handed; /* the trials before this one were handed out, or were known */
    int looked; /* and before this one, looked up in the store */
};

struct sweep {
    struct table *table;
    struct store *store;
    struct crew *crew; /* NULL: others compute */
    struct course *course;
    bool paused, stores;

    /* Where handing out is: in round r every cell gets its trial r; the cells come in an order of their own. */
    int round, last_round;
    size_t place;       /* in that order */
    size_t stride;      /* of that order */
    struct trial *back; /* trials that were taken and came back */
    size_t backs, back_room;

    int look_ups; /* that may still be made in this call */
    size_t out;   /* taken, and not yet given or returned */
    size_t stored, failed, computed;
    double flops_left, flops_done; /* of what is wanted; computed here */
    bool clock_runs;               /* something is left to do, and it is not paused */
    int64_t began, ran;            /* clock_now() when the clock last began to run; nanoseconds before that */
    struct err err;                /* the first thing that went wrong */
};

/* Cells that one call may look up in the store, and outcomes that it may take in, so that none takes long. */
enum { LOOK_UPS = 64, TAKEN = 64 };

/* ---- the order of cells ---- */

static size_t common_divisor(size_t a, size_t b)
{
    while (b > 0) {
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Steps of a golden part of the table meet every cell once where they share no divisor with it, and scatter whatever part of them
 * has been taken. */
static size_t golden_stride(size_t cells)
{
    static const double golden = 0.6180339887498949;
    size_t stride = (size_t)(golden * (double)cells);
    if (stride < 1)
        stride = 1;
    while (common_divisor(stride, cells) != 1)
        stride++;
    return stride;
}

static size_t cell_at(const struct sweep *sweep, size_t place)
{
    return (size_t)((unsigned __int128)place * sweep->stride % sweep->table->cells);
}

/* ---- beginning and ending ---- */

static double trial_flops(const struct sweep *sweep, size_t cell)
{
    struct config config;
    return plan_config(&sweep->table->plan, cell, 0, &config, NULL) ? 0 : plan_trial_flops(&config);
}

static enum err_code build(struct sweep *sweep, const struct plan *plan, int threads, struct err *err)
{
    sweep->table = table_new(plan, err);
    if (!sweep->table)
        return err->code;
    sweep->course = calloc(sweep->table->cells, sizeof *sweep->course);
    if (!sweep->course)
        return err_set(err, ERR_MEMORY, "no memory for a sweep");
    sweep->last_round = plan->seeds - 1;
    sweep->stride = golden_stride(sweep->table->cells);
    for (size_t cell = 0; cell < sweep->table->cells; cell++)
        if (sweep->table->cell[cell].possible)
            sweep->flops_left += plan->seeds * trial_flops(sweep, cell);
    if (threads != SWEEP_NO_THREADS)
        sweep->crew = crew_new(threads > 0 ? threads : crew_cores(), err);
    return threads == SWEEP_NO_THREADS || sweep->crew ? ERR_NONE : err->code;
}

struct sweep *sweep_new(const struct plan *plan, struct store *store, int threads, bool paused, struct err *err)
{
    struct err why = {.code = ERR_NONE};
    struct sweep *sweep = calloc(1, sizeof *sweep);
    if (!sweep) {
        err_set(err, ERR_MEMORY, "no memory for a sweep");
        return NULL;
    }
    sweep->store = store;
    sweep->stores = store != NULL;
    sweep->paused = paused;
    if (build(sweep, plan, threads, &why)) {
        if (err)
            *err = why;
        sweep_free(sweep);
        return NULL;
    }
    sweep_tend(sweep);
    return sweep;
}

void sweep_end(struct sweep *sweep)
{
    if (sweep->crew)
        crew_end(sweep->crew);
}

bool sweep_ended(const struct sweep *sweep)
{
    return !sweep->crew || crew_ended(sweep->crew);
}

void sweep_free(struct sweep *sweep)
{
    if (!sweep)
        return;
    crew_free(sweep->crew);
    table_free(sweep->table);
    free(sweep->course);
    free(sweep->back);
    free(sweep);
}

/* ---- what went wrong ---- */

static void note(struct sweep *sweep, const struct err *err)
{
    if (sweep->err.code == ERR_NONE)
        sweep->err = *err;
}

/* A store that fails once is not asked again: the sweep goes on in memory, and nothing that was stored is lost. */
static void give_up_store(struct sweep *sweep, const struct err *err)
{
    sweep->stores = false;
    note(sweep, err);
}

static void fail(struct sweep *sweep, const struct trial *trial, const struct err *err)
{
    char text[128];
    struct err why = *err;
    plan_describe(&sweep->table->plan, trial->cell, text, sizeof text);
    err_prefix(&why, "%s, seed %d: ", text, trial->seed);
    note(sweep, &why);
    sweep->failed++;
}

/* The clock runs while something is left to do, and it may be done. */
static void mind_clock(struct sweep *sweep)
{
    bool finished = sweep->table->done + sweep->failed >= sweep->table->wanted;
    bool runs = !sweep->paused && !finished;
    if (runs && !sweep->clock_runs)
        sweep->began = clock_now();
    if (!runs && sweep->clock_runs)
        sweep->ran += clock_now() - sweep->began;
    sweep->clock_runs = runs;
}

/* ---- handing out ---- */

/* All methods that take part are there. */
static bool is_whole(const struct sweep *sweep, const struct outcome outcome[METHOD_COUNT])
{
    for (int method = 0; method < METHOD_COUNT; method++)
        if (sweep->table->plan.base.retrain.methods & 1u << method && outcome[method].state == OUTCOME_MISSING)
            return false;
    return true;
}

static void take_known(struct sweep *sweep, size_t cell, int first, int count, const struct outcome *outcome)
{
    struct err err;
    for (int i = 0; i < count; i++) {
        const struct outcome *known = outcome + (ptrdiff_t)i * METHOD_COUNT;
        if (!is_whole(sweep, known))
            continue;
        if (table_put(sweep->table, cell, first + i, known, &err)) {
            note(sweep, &err);
            return;
        }
        sweep->stored++;
        sweep->flops_left -= trial_flops(sweep, cell);
    }
}

/* What the store has of the cell, up to all that is wanted of it. */
static void look_up(struct sweep *sweep, size_t cell)
{
    struct course *course = &sweep->course[cell];
    int first = course->looked, count = sweep->table->cell[cell].wanted - first;
    struct config config;
    struct err err;
    course->looked += count;
    if (count <= 0 || !sweep->stores || plan_config(&sweep->table->plan, cell, first, &config, NULL))
        return;
    struct outcome *outcome = calloc((size_t)count * METHOD_COUNT, sizeof *outcome);
    if (!outcome) {
        err_set(&err, ERR_MEMORY, "no memory to read the results that are stored");
        note(sweep, &err);
    } else if (store_read(sweep->store, &config, count, outcome, &err)) {
        give_up_store(sweep, &err);
    } else {
        take_known(sweep, cell, first, count, outcome);
    }
    free(outcome);
}

static bool is_known(const struct sweep *sweep, const struct trial *trial)
{
    for (int method = 0; method < METHOD_COUNT; method++)
        if (table_outcome(sweep->table, trial->cell, trial->seed, method))
            return true;
    return false;
}

/* The next trial of this round that nobody has. */
static bool next_of_round(struct sweep *sweep, struct trial *trial)
{
    for (; sweep->place < sweep->table->cells; sweep->place++) {
        size_t cell = cell_at(sweep, sweep->place);
        struct course *course = &sweep->course[cell];
        if (course->handed != sweep->round || sweep->table->cell[cell].wanted <= sweep->round)
            continue;
        if (course->looked <= sweep->round) {
            if (sweep->look_ups == 0)
                return false;
            sweep->look_ups--;
            look_up(sweep, cell);
        }
        *trial = (struct trial){cell, course->handed++};
        if (!is_known(sweep, trial))
            return true;
    }
    return false;
}

static bool next_trial(struct sweep *sweep, struct trial *trial)
{
    if (sweep->backs > 0) {
        *trial = sweep->back[--sweep->backs];
        return true;
    }
    for (; sweep->round <= sweep->last_round; sweep->place = 0, sweep->round++) {
        if (next_of_round(sweep, trial))
            return true;
        if (sweep->place < sweep->table->cells)
            break; /* enough was looked up for now */
    }
    return false;
}

static bool take(struct sweep *sweep, struct trial *trial, struct config *config)
{
    if (sweep->paused || !next_trial(sweep, trial))
        return false;
    sweep->out++;
    plan_config(&sweep->table->plan, trial->cell, trial->seed, config, NULL); /* was found possible */
    return true;
}

bool sweep_take(struct sweep *sweep, struct trial *trial, struct config *config)
{
    sweep->look_ups = INT_MAX;
    return take(sweep, trial, config);
}

void sweep_return(struct sweep *sweep, const struct trial *trial)
{
    sweep->out--;
    if (sweep->backs == sweep->back_room) {
        enum { STEP = CREW_QUEUE };
        struct trial *more = realloc(sweep->back, (sweep->back_room + STEP) * sizeof *more);
        if (!more) {
            struct err err;
            err_set(&err, ERR_MEMORY, "no memory to keep a trial for later");
            fail(sweep, trial, &err);
            return;
        }
        sweep->back = more;
        sweep->back_room += STEP;
    }
    sweep->back[sweep->backs++] = *trial;
}

/* ---- taking in ---- */

static void write_down(struct sweep *sweep, const struct trial *trial, const struct outcome outcome[METHOD_COUNT])
{
    struct config config;
    struct err err;
    if (!sweep->stores || plan_config(&sweep->table->plan, trial->cell, trial->seed, &config, NULL))
        return;
    if (store_write(sweep->store, &config, outcome, &err))
        give_up_store(sweep, &err);
}

/* Between store_begin and store_commit, if there is a store. */
static void take_in(struct sweep *sweep, const struct trial *trial, const struct outcome outcome[METHOD_COUNT],
                    const struct err *failure)
{
    struct err err = {.code = ERR_NONE};
    sweep->out--;
    if (failure && failure->code) {
        fail(sweep, trial, failure);
        return;
    }
    sweep->computed++;
    sweep->flops_done += trial_flops(sweep, trial->cell);
    if (table_put(sweep->table, trial->cell, trial->seed, outcome, &err))
        fail(sweep, trial, &err);
    write_down(sweep, trial, outcome);
}

static void begin_group(struct sweep *sweep)
{
    struct err err;
    if (sweep->stores && store_begin(sweep->store, &err))
        give_up_store(sweep, &err);
}

static void end_group(struct sweep *sweep)
{
    struct err err;
    if (sweep->stores && store_commit(sweep->store, &err))
        give_up_store(sweep, &err);
}

void sweep_give(struct sweep *sweep, const struct trial *trial, const struct outcome outcome[METHOD_COUNT],
                const struct err *failure)
{
    begin_group(sweep);
    take_in(sweep, trial, outcome, failure);
    end_group(sweep);
    mind_clock(sweep);
}

static void take_results(struct sweep *sweep)
{
    struct crew_result result;
    int taken = 0;
    if (!crew_take(sweep->crew, &result))
        return;
    begin_group(sweep);
    do
        take_in(sweep, &result.trial, result.outcome, &result.err);
    while (++taken < TAKEN && crew_take(sweep->crew, &result));
    end_group(sweep);
}

static void hand_out(struct sweep *sweep)
{
    struct trial trial;
    struct config config;
    sweep->look_ups = LOOK_UPS;
    while (sweep->out < CREW_QUEUE && take(sweep, &trial, &config))
        crew_give(sweep->crew, &trial, &config);
    if (sweep->look_ups == 0 && !sweep->paused)
        crew_poke(sweep->crew); /* to be called again */
}

bool sweep_tend(struct sweep *sweep)
{
    size_t before = sweep->table->done + sweep->failed;
    if (sweep->crew) {
        take_results(sweep);
        hand_out(sweep);
    }
    mind_clock(sweep);
    return sweep->table->done + sweep->failed != before;
}

/* ---- the rest ---- */

void sweep_pause(struct sweep *sweep, bool paused)
{
    struct trial trial;
    if (paused == sweep->paused)
        return;
    sweep->paused = paused;
    while (paused && sweep->crew && crew_withdraw(sweep->crew, &trial))
        sweep_return(sweep, &trial);
    sweep_tend(sweep);
}

bool sweep_paused(const struct sweep *sweep)
{
    return sweep->paused;
}

int sweep_descriptor(const struct sweep *sweep)
{
    return sweep->crew ? crew_descriptor(sweep->crew) : -1;
}

void sweep_want(struct sweep *sweep, size_t cell, int seeds)
{
    int before = sweep->table->cell[cell].wanted;
    table_want(sweep->table, cell, seeds);
    int added = sweep->table->cell[cell].wanted - before;
    if (added == 0)
        return;
    sweep->flops_left += added * trial_flops(sweep, cell);
    if (sweep->last_round < seeds - 1)
        sweep->last_round = seeds - 1;
    if (sweep->round > sweep->course[cell].handed) { /* that round has passed this cell by */
        sweep->round = sweep->course[cell].handed;
        sweep->place = 0;
    }
    sweep_tend(sweep);
}

const struct table *sweep_table(const struct sweep *sweep)
{
    return sweep->table;
}

struct sweep_status sweep_status(const struct sweep *sweep)
{
    const struct table *table = sweep->table;
    int64_t ran = sweep->ran + (sweep->clock_runs ? clock_now() - sweep->began : 0);
    double seconds = (double)ran / CLOCK_SECOND;
    struct sweep_status status = {.done = table->done,
                                  .wanted = table->wanted,
                                  .stored = sweep->stored,
                                  .out = sweep->out,
                                  .failed = sweep->failed,
                                  .rate = seconds > 0 ? (double)sweep->computed / seconds : 0,
                                  .seconds_left = (double)NAN,
                                  .finished = table->done + sweep->failed >= table->wanted,
                                  .why = &sweep->err,
                                  .stores = sweep->stores};
    if (sweep->flops_done > 0)
        status.seconds_left = fmax(sweep->flops_left - sweep->flops_done, 0) * seconds / sweep->flops_done;
    return status;
}
