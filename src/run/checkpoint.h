/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_CHECKPOINT_H
#define RANKSCOPE_RUN_CHECKPOINT_H

#include "run/experiment.h"

/* Going back in an experiment, and on from there another way. */

/* Where every method stood between two steps of retraining. One block of memory, the points' arrays behind the struct. */
struct checkpoint {
    long step;  /* whole retraining steps */
    int solver; /* that took them, row of solver_table */
    struct {
        bool there;
        enum solver_status status;
        long steps;
        struct point point;
    } method[METHOD_COUNT];
};

size_t checkpoint_size(const struct config *config); /* bytes, a multiple of 64 */

/* Makes the block at `memory` (checkpoint_size bytes, aligned to 64) a checkpoint: sets its array pointers. */
struct checkpoint *checkpoint_bind(void *memory, const struct config *config);

/* Writes down where the experiment stands. False: it is in mid-step, or fine-tuning; nothing is written then. */
bool checkpoint_save(struct checkpoint *checkpoint, const struct experiment *experiment);
void checkpoint_copy(struct checkpoint *to, const struct checkpoint *from); /* of the same config */

/* What of an experiment moves with its steps, taken off it, to be taken up again as it was to the last bit. All zero: none. */
struct experiment_line {
    bool there;
    enum stage stage;
    bool in_step;
    int phases;
    struct config config; /* with the live values that it goes by */
    struct {
        struct solver *solver[STAGE_COUNT];
        bool end_sampled[STAGE_COUNT];
        const char *phase;
    } run[METHOD_COUNT];
};
void experiment_drop_line(struct experiment_line *line); /* frees what it holds; it is none then */

/* Goes back to the checkpoint, retraining, with the live values as they are now: solvers are made anew at its points, and begin anew what
 * they carry besides. *left becomes the line that the experiment was on, the caller's to drop. ERR_MEMORY: nothing has changed. */
enum err_code experiment_rewind(struct experiment *experiment, const struct checkpoint *checkpoint,
                                struct experiment_line *left, struct err *err);

/* Takes up a line that is there, which is none then, with its own live values. *left as above; it may not be the same. */
void experiment_take_up(struct experiment *experiment, struct experiment_line *line, struct experiment_line *left);

#endif
