/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/rewind.h"

#include <stdlib.h>

enum { ALIGNMENT = 64, LINES = 2, LEAST = 4, MOST = 256 };

/* The checkpoints of one line, in the order of their steps. */
struct trail {
    int line;
    long fork;
    size_t count;
    long stride; /* steps between two */
    struct checkpoint *checkpoint[MOST];
};

struct rewind {
    unsigned char *memory;
    size_t room; /* checkpoints that a trail may have */
    struct trail trails[LINES];
    struct trail *own, *left; /* of the present line, of the other */
    int lines;                /* that began so far */
    bool behind;
    size_t end;                         /* behind: checkpoints before the line's end */
    size_t at;                          /* behind: the checkpoint it stands at */
    struct experiment_line head, other; /* behind: the present line's end; the other line's */
};

static struct rewind *no_memory(struct rewind *rewind, struct err *err)
{
    free(rewind);
    err_set(err, ERR_MEMORY, "no memory for the checkpoints of a run");
    return NULL;
}

struct rewind *rewind_new(const struct config *config, struct err *err)
{
    size_t size = checkpoint_size(config);
    double fits = REWIND_BUDGET / LINES / (double)size;
    err->code = ERR_NONE;
    if (fits < LEAST)
        return NULL;
    struct rewind *rewind = calloc(1, sizeof *rewind);
    if (!rewind)
        return no_memory(rewind, err);
    rewind->room = fits < MOST ? (size_t)fits : MOST;
    rewind->memory = aligned_alloc(ALIGNMENT, LINES * rewind->room * size);
    if (!rewind->memory)
        return no_memory(rewind, err);
    for (size_t i = 0; i < LINES * rewind->room; i++)
        rewind->trails[i / rewind->room].checkpoint[i % rewind->room] =
            checkpoint_bind(rewind->memory + i * size, config);
    rewind->own = &rewind->trails[0];
    rewind->left = &rewind->trails[1];
    rewind->own->stride = rewind->left->stride = 1;
    return rewind;
}

void rewind_free(struct rewind *rewind)
{
    if (!rewind)
        return;
    experiment_drop_line(&rewind->head);
    experiment_drop_line(&rewind->other);
    free(rewind->memory);
    free(rewind);
}

/* ---- keeping ---- */

/* Every other one goes, and they come twice as far apart from now on. */
static void thin_out(struct trail *trail)
{
    size_t kept = 0;
    for (size_t i = 0; i < trail->count; i += 2) {
        struct checkpoint *swapped = trail->checkpoint[kept];
        trail->checkpoint[kept++] = trail->checkpoint[i];
        trail->checkpoint[i] = swapped;
    }
    trail->count = kept;
    trail->stride *= 2;
}

static void copy_up_to(struct trail *to, const struct trail *from, size_t count)
{
    to->count = count;
    to->stride = from->stride;
    for (size_t i = 0; i < count; i++)
        checkpoint_copy(to->checkpoint[i], from->checkpoint[i]);
}

/* The line that ends further on is left where it ends. */
static void begin_line(struct rewind *rewind)
{
    struct trail *fresh = rewind->left;
    copy_up_to(fresh, rewind->own, rewind->at + 1);
    fresh->line = ++rewind->lines;
    fresh->fork = fresh->checkpoint[rewind->at]->step;
    rewind->left = rewind->own;
    rewind->own = fresh;
    experiment_drop_line(&rewind->other);
    rewind->other = rewind->head;
    rewind->head = (struct experiment_line){.there = false};
    rewind->behind = false;
}

void rewind_note(struct rewind *rewind, const struct experiment *experiment)
{
    struct position position = experiment_position(experiment);
    if (rewind->behind)
        begin_line(rewind);
    struct trail *trail = rewind->own;
    if (position.stage != STAGE_RETRAIN || position.phases > 0)
        return;
    if (trail->count > 0 && position.step - trail->checkpoint[trail->count - 1]->step < trail->stride)
        return;
    if (trail->count == rewind->room)
        thin_out(trail);
    if (checkpoint_save(trail->checkpoint[trail->count], experiment))
        trail->count++;
}

/* ---- moving ---- */

/* The last checkpoint that lies before where the experiment is: the one to go back to first. */
static size_t end_of(const struct trail *trail, const struct experiment *experiment)
{
    struct position position = experiment_position(experiment);
    size_t end = trail->count;
    bool on_it = position.stage == STAGE_RETRAIN && position.phases == 0;
    while (on_it && end > 0 && trail->checkpoint[end - 1]->step >= position.step)
        end--;
    return end;
}

static enum err_code go_to(struct rewind *rewind, struct experiment *experiment, size_t at, struct err *err)
{
    struct experiment_line left;
    enum err_code code = experiment_rewind(experiment, rewind->own->checkpoint[at], &left, err);
    if (code)
        return code;
    if (rewind->behind)
        experiment_drop_line(&left);
    else
        rewind->head = left;
    rewind->behind = true;
    rewind->at = at;
    return ERR_NONE;
}

static void go_to_head(struct rewind *rewind, struct experiment *experiment)
{
    struct experiment_line left;
    if (!rewind->behind)
        return;
    experiment_take_up(experiment, &rewind->head, &left);
    experiment_drop_line(&left);
    rewind->behind = false;
}

enum err_code rewind_move(struct rewind *rewind, struct experiment *experiment, int by, struct err *err)
{
    if (!rewind->behind)
        rewind->end = end_of(rewind->own, experiment);
    long to = (long)(rewind->behind ? rewind->at : rewind->end) + by;
    if (to >= (long)rewind->end) {
        go_to_head(rewind, experiment);
        return ERR_NONE;
    }
    return go_to(rewind, experiment, to > 0 ? (size_t)to : 0, err);
}

bool rewind_swap(struct rewind *rewind, struct experiment *experiment)
{
    struct experiment_line left;
    if (!rewind->other.there)
        return false;
    go_to_head(rewind, experiment);
    experiment_take_up(experiment, &rewind->other, &left);
    rewind->other = left;
    struct trail *own = rewind->own;
    rewind->own = rewind->left;
    rewind->left = own;
    return true;
}

struct rewind_place rewind_place(const struct rewind *rewind)
{
    if (!rewind)
        return (struct rewind_place){.line = 0};
    int marks = (int)(rewind->behind ? rewind->end : rewind->own->count);
    return (struct rewind_place){.line = rewind->own->line,
                                 .fork = rewind->own->fork,
                                 .behind = rewind->behind,
                                 .other = rewind->other.there,
                                 .mark = rewind->behind ? (int)rewind->at : marks,
                                 .marks = marks};
}
