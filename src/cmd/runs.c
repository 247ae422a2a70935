/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/runs.h"

#include "base/clock.h"
#include "cmd/patience.h"

enum {
    FRAME = 17, /* ms: sixty a second are more than enough */
    /* That an old run's charts stay at most, so that quick changes do not flicker. */
    SHOWN_TIME = CLOCK_SECOND / 5,
    LIVE_WISHES = LAB_UPDATE | LAB_RUN | LAB_PAUSE | LAB_STEP | LAB_PHASE | LAB_ADAPT | LAB_SPEED,
};
static void command(struct runs *runs, screen_wish wish, const struct config *config, int speed)
{
    struct live *live = runs->live;
    if (wish & LAB_UPDATE)
        live_update(live, config);
    if (wish & LAB_SPEED)
        live_set_speed(live, speed);
    if (wish & LAB_PAUSE)
        live_pause(live);
    if (wish & LAB_STEP)
        live_steps(live, runs->steps > 0 ? runs->steps : 1);
    runs->steps = 0;
    if (wish & LAB_PHASE)
        live_step_phase(live);
    if (wish & LAB_ADAPT)
        live_begin_adapt(live);
    if (wish & LAB_SWAP)
        live_swap(live);
    if (wish & LAB_RUN)
        live_run(live);
}

static enum err_code start(struct runs *runs)
{
    runs->pending = false;
    runs->err.code = ERR_NONE;
    /* In slow motion it waits for its speed first. */
    runs->live = live_new_at(&runs->way, (runs->wish & LAB_RUN) && runs->speed == LIVE_FLAT_OUT, &runs->err);
    if (runs->live == NULL)
        return runs->err.code;
    command(runs, runs->wish | LAB_SPEED, &runs->config, runs->speed);
    runs->wish = 0;
    return ERR_NONE;
}

enum err_code runs_begin(struct runs *runs, const struct journal *way, int speed, struct err *err)
{
    *runs = (struct runs){.way = *way, .config = way->start, .speed = speed, .empty = history_new()};
    if (runs->empty == NULL)
        return err_set(err, ERR_MEMORY, "there is no memory for a run");
    if (start(runs) != ERR_NONE)
        *err = runs->err;
    return runs->err.code;
}

static bool let_go(struct live **live)
{
    if (*live != NULL && !live_ended(*live))
        return false;
    live_free(*live);
    *live = NULL;
    return true;
}

void runs_end(struct runs *runs)
{
    struct live *const all[] = {runs->live, runs->shown, runs->doomed};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i] != NULL)
            live_end(all[i]);
}

static bool let_all_go(void *context)
{
    struct runs *runs = context;
    bool live = let_go(&runs->live);
    bool shown = let_go(&runs->shown);
    return let_go(&runs->doomed) && live && shown;
}

bool runs_free(struct runs *runs)
{
    runs_end(runs);
    bool ended = patience_wait(let_all_go, runs);
    history_free(runs->empty);
    runs->empty = NULL;
    return ended;
}

void runs_restart(struct runs *runs, const struct journal *way)
{
    runs->way = *way;
    runs->config = way->start;
    runs->pending = true;
    runs->wish = 0; /* what was wished of a run that will not be */
    if (runs->live == NULL)
        return;
    live_end(runs->live);
    if (runs->shown == NULL) {
        runs->shown = runs->live;
        runs->shown_until = clock_now() + SHOWN_TIME;
    } else {
        runs->doomed = runs->live;
    }
    runs->live = NULL;
}

void runs_command(struct runs *runs, screen_wish wish, const struct config *config, int speed, int rewind)
{
    runs->config = *config;
    runs->speed = speed;
    if (runs->live != NULL && (wish & LAB_REWIND))
        live_rewind(runs->live, rewind);
    if (runs->live != NULL)
        command(runs, wish, config, speed);
    else if (wish & LAB_PAUSE)
        runs->wish &= ~(screen_wish)LAB_RUN;
    else
        runs->wish |= wish & LIVE_WISHES;
}

bool runs_tend(struct runs *runs)
{
    bool changed = false;
    let_go(&runs->doomed);
    if (runs->pending && runs->doomed == NULL && (runs->shown == NULL || live_ended(runs->shown))) {
        start(runs);
        changed = true;
    }
    if (runs->live != NULL)
        changed = live_drain(runs->live) || changed;
    bool begun = runs->live != NULL && live_view(runs->live).snapshot != NULL;
    if (runs->shown != NULL && (begun || clock_now() > runs->shown_until) && let_go(&runs->shown))
        changed = true;
    return changed;
}

int runs_descriptor(const struct runs *runs)
{
    return runs->live != NULL ? live_descriptor(runs->live) : -1;
}

int runs_timeout(const struct runs *runs)
{
    if (runs->pending || runs->doomed != NULL)
        return PATIENCE_LOOK;
    if (runs->shown != NULL || (runs->live != NULL && live_state(runs->live) == LIVE_RUNNING))
        return FRAME;
    return -1;
}

bool runs_begun(const struct runs *runs)
{
    return !runs->pending && runs->live != NULL && live_view(runs->live).snapshot != NULL;
}

struct view runs_view(const struct runs *runs)
{
    struct view view = {.snapshot = NULL};
    if (runs->live != NULL)
        view = live_view(runs->live);
    if (view.snapshot == NULL && runs->shown != NULL && clock_now() <= runs->shown_until)
        view = live_view(runs->shown);
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            if (view.history[method][stage] == NULL)
                view.history[method][stage] = runs->empty;
    return view;
}

struct lab_status runs_status(const struct runs *runs)
{
    struct lab_status status = {.state = LIVE_BUILDING, .message = ""};
    if (runs->live == NULL && !runs->pending) {
        status.state = LIVE_FAILED;
        status.message = runs->err.message;
    } else if (runs->live != NULL) {
        status.state = live_state(runs->live);
        status.settled = live_settled(runs->live);
        status.steps_per_second = live_steps_per_second(runs->live);
        status.dropped = live_dropped(runs->live);
        if (status.state == LIVE_FAILED)
            status.message = live_error(runs->live)->message;
    }
    return status;
}
