/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/command.h"
#include "ui/tradeoffs_state.h"

struct frame *tradeoffs_frame(struct tradeoffs *tradeoffs)
{
    return &tradeoffs->frame;
}

static screen_wish run(struct tradeoffs *tradeoffs, bool runs, const struct tradeoffs_view *view, struct err *err)
{
    if (view->table == NULL)
        err_set(err, ERR_INPUT, "there is no sweep yet: sweep tasks=1:6 rank=1:3 begins one");
    else if (view->status.finished)
        err_set(err, ERR_INPUT, "every cell is done");
    else if (runs != view->paused)
        frame_say(&tradeoffs->frame, runs ? "It runs already." : "It is paused already.");
    else
        return WISH_REDRAW | (runs ? TRADEOFFS_RUN : TRADEOFFS_PAUSE);
    return view->table == NULL || view->status.finished ? 0 : WISH_REDRAW;
}

/* The first axis goes across, the second up. */
static screen_wish sweep(struct tradeoffs *tradeoffs, const struct command *command, const struct config *config,
                         struct err *err)
{
    enum { SEEDS = 5 };
    struct plan plan = {.base = *config};
    int seeds = tradeoffs->request.plan.axes > 0 ? tradeoffs->request.plan.seeds : SEEDS;
    enum err_code code = plan_add_axis(&plan, command->word, err);
    if (code == ERR_NONE && command->rest[0] != '\0')
        code = plan_add_axis(&plan, command->rest, err);
    plan_free(&plan);
    if (code != ERR_NONE)
        return 0;
    return tradeoffs_ask(tradeoffs, config, (const char *const[]){command->word, command->rest}, seeds) |
           (screen_wish)WISH_GO << SCREEN_TRADEOFFS;
}

screen_wish tradeoffs_command(struct tradeoffs *tradeoffs, const struct command *command, const struct config *config,
                              const struct tradeoffs_view *view, struct err *err)
{
    if (command->id == COMMAND_SWEEP)
        return sweep(tradeoffs, command, config, err);
    return run(tradeoffs, command->id == COMMAND_RUN, view, err);
}
