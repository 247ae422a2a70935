/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/replay.h"

#include "run/checkpoint.h"

#include <stdlib.h>

static enum err_code resume(struct experiment *experiment, const struct config *config, struct err *err)
{
    struct experiment_line left;
    void *memory = aligned_alloc(64, checkpoint_size(config)); /* the size is a multiple of it */
    if (!memory)
        return err_set(err, ERR_MEMORY, "no memory to go on from a checkpoint");
    struct checkpoint *checkpoint = checkpoint_bind(memory, config);
    enum err_code code = experiment_update(experiment, config, err);
    if (!code && checkpoint_save(checkpoint, experiment)) {
        code = experiment_rewind(experiment, checkpoint, &left, err);
        if (!code)
            experiment_drop_line(&left);
    }
    free(memory);
    return code;
}

static enum err_code act(struct experiment *experiment, const struct journal_event *event, struct err *err)
{
    switch (event->kind) {
    case JOURNAL_UPDATE:
        return experiment_update(experiment, &event->config, err);
    case JOURNAL_ADAPT:
        return experiment_begin_adapt(experiment, err);
    case JOURNAL_RESUME:
        return resume(experiment, &event->config, err);
    }
    return ERR_NONE;
}

static enum replay_way astray(struct err *err)
{
    err_set(err, ERR_INPUT, "the run ends before the step that it is to be taken to");
    return REPLAY_ASTRAY;
}

enum replay_way replay_step(struct replay *replay, struct experiment *experiment, struct err *err)
{
    const struct journal *journal = replay->journal;
    struct position here = experiment_position(experiment);
    bool acts = replay->next < journal->count;
    struct position there = acts ? journal->event[replay->next].at : journal->position;
    int side = position_compare(here, there);
    if (side > 0)
        return astray(err);
    if (side == 0) {
        if (!acts)
            return REPLAY_ARRIVED;
        return act(experiment, &journal->event[replay->next++], err) ? REPLAY_ASTRAY : REPLAY_ACTED;
    }
    bool near = here.stage == there.stage && here.step == there.step;
    bool moved = near ? experiment_step_phase(experiment) : experiment_step(experiment);
    if (moved)
        return REPLAY_STEPPED;
    if (!experiment_error(experiment)->code)
        return astray(err);
    *err = *experiment_error(experiment);
    return REPLAY_ASTRAY;
}
