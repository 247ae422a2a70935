/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "cmd/plain.h"
#include "run/replay.h"
#include "run/topic.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

enum {
    LOOK_TIME = 20 * CLOCK_MILLISECOND, /* between looks at what is typed meanwhile */
};

static void record(struct plain *plain)
{
    struct sample samples[METHOD_COUNT];
    int count = recorder_record(&plain->recorder, plain->run.experiment, samples);
    for (int i = 0; i < count; i++)
        history_add(plain->run.history[samples[i].method][samples[i].stage], &samples[i]);
    plain->stale = true;
}

/* Where somebody shared the run, or no further than its start. */
static enum err_code follow(struct plain *plain, struct err *err)
{
    struct replay replay = {.journal = &plain->way};
    enum replay_way moved = REPLAY_STEPPED;
    while (moved != REPLAY_ARRIVED && moved != REPLAY_ASTRAY) {
        moved = replay_step(&replay, plain->run.experiment, err);
        record(plain);
    }
    plain->config = *experiment_config(plain->run.experiment);
    return moved == REPLAY_ASTRAY ? err->code : ERR_NONE;
}

static enum err_code begin(struct plain *plain, struct err *err)
{
    if (plain->begun)
        return ERR_NONE;
    struct headless_job job = {.config = &plain->way.start, .rules = stop_none()};
    if (headless_open(&plain->run, &job, err)) {
        headless_free(&plain->run);
        return err->code;
    }
    recorder_init(&plain->recorder);
    plain->begun = true;
    record(plain);
    return follow(plain, err);
}

void plain_reset(struct plain *plain)
{
    if (plain->begun)
        headless_free(&plain->run);
    plain->begun = false;
    journal_begin(&plain->way, &plain->config);
    plain->stale = true;
}

enum err_code plain_view(struct plain *plain, struct view *view, struct err *err)
{
    if (begin(plain, err))
        return err->code;
    if (plain->stale && experiment_snapshot(plain->run.experiment, plain->run.snapshot, err))
        return err->code;
    plain->stale = false;
    *view = headless_view(&plain->run);
    return ERR_NONE;
}

enum err_code plain_adopt(struct plain *plain, const struct config *config, bool live, struct err *err)
{
    if (plain->begun && live && experiment_update(plain->run.experiment, config, err))
        return err->code;
    if (!live)
        plain_reset(plain);
    plain->config = *config;
    if (!plain->begun)
        journal_begin(&plain->way, config);
    plain->stale = true;
    return ERR_NONE;
}

/* ---- what happens meanwhile ---- */

static bool says_pause(const char *line)
{
    struct command command;
    struct err unheard;
    bool there;
    return command_parse(line, COMMAND_IN_PLAIN, &command, &there, &unheard) == ERR_NONE && there &&
           command.id == COMMAND_PAUSE;
}

bool plain_called_off(struct plain *plain, int milliseconds, int descriptor)
{
    char line[COMMAND_SIZE + 1];
    struct pollfd waits[] = {{.fd = plain_input_wants(&plain->input) ? STDIN_FILENO : -1, .events = POLLIN},
                             {.fd = descriptor, .events = POLLIN}};
    if (interrupt_poll(&plain->interrupt, waits, 2, milliseconds) > 0 && waits[0].revents != 0)
        plain_input_read(&plain->input);
    if (interrupt_came(&plain->interrupt)) {
        plain->quit = !isatty(STDIN_FILENO); /* a person goes on with what there is */
        return true;
    }
    bool person = isatty(STDIN_FILENO) != 0; /* who may pause after other lines; a script's lines keep their order */
    if (!plain_input_look(&plain->input, line))
        return false;
    if (says_pause(line))
        return plain_input_take(&plain->input, line);
    if (person && plain_input_remove(&plain->input, says_pause))
        return true;
    if (person && !plain->waiting) {
        plain_say(plain, "That is done when the run has ended; pause ends it now.");
        plain_flush(plain);
        plain->waiting = true;
    }
    return false;
}

static enum err_code tell(struct plain *plain, bool whole, struct err *err)
{
    char text[TOPIC_SIZE];
    struct view view;
    if (plain_view(plain, &view, err))
        return err->code;
    topic_tell(&view, topic_find("state"), text, sizeof text);
    plain_say(plain, "%s", text);
    if (!whole)
        return ERR_NONE;
    topic_tell(&view, topic_find("explanation"), text, sizeof text);
    plain_say(plain, "%s", text);
    return ERR_NONE;
}

/* Where a run that takes long is; for a person, so by the clock. */
static enum err_code tell_progress(struct plain *plain, struct err *err)
{
    if (!plain_is_silent(plain))
        return ERR_NONE;
    enum err_code code = tell(plain, false, err);
    plain_flush(plain);
    return code;
}

/* ---- steps ---- */

static enum err_code moved(struct plain *plain, bool whole, struct err *err)
{
    if (experiment_error(plain->run.experiment)->code) {
        *err = *experiment_error(plain->run.experiment);
        return err->code;
    }
    return tell(plain, whole, err);
}

enum err_code plain_run(struct plain *plain, long steps, struct err *err)
{
    int64_t looked = clock_now();
    bool off = false;
    if (begin(plain, err))
        return err->code;
    bool done = experiment_done(plain->run.experiment);
    plain->told = looked;
    for (plain->goal = steps; plain->goal > 0 && !off && !plain->quit; plain->goal -= steps != LONG_MAX) {
        if (!experiment_step(plain->run.experiment))
            break;
        record(plain);
        if (clock_now() - looked < LOOK_TIME)
            continue;
        off = plain_called_off(plain, 0, -1);
        if (tell_progress(plain, err))
            return err->code;
        looked = clock_now();
    }
    plain->goal = 0;
    if (off)
        plain_say(plain, "Paused.");
    else if (done)
        plain_say(plain, "The run is done: reset takes it back to its start, seed draws another problem.");
    return moved(plain, off || experiment_done(plain->run.experiment), err);
}

enum err_code plain_phase(struct plain *plain, struct err *err)
{
    if (begin(plain, err))
        return err->code;
    if (experiment_step_phase(plain->run.experiment))
        record(plain);
    return moved(plain, false, err);
}

enum err_code plain_adapt(struct plain *plain, struct err *err)
{
    if (begin(plain, err))
        return err->code;
    if (experiment_stage(plain->run.experiment) == STAGE_ADAPT)
        return err_set(err, ERR_INPUT, "fine-tuning has begun already");
    if (experiment_begin_adapt(plain->run.experiment, err))
        return err->code;
    record(plain);
    plain_say(plain, "Retraining ends here; run starts the fine-tuning.");
    return ERR_NONE;
}
