/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_SNAPSHOT_H
#define RANKSCOPE_RUN_SNAPSHOT_H

#include "model/config.h"
#include "model/measure.h"
#include "model/method.h"
#include "model/solver.h"
#include "model/stability.h"
#include "run/journal.h"
#include "run/sample.h"

/* One method at one moment. NAN: not to be had (paper_loss in population, …). */
struct method_snapshot {
    bool active; /* the config asks for this method; the rest is unset if not */

    long step;         /* whole retraining steps */
    const char *phase; /* the phase done last, from the solver's row; NULL before the first */
    enum solver_status status;
    struct stability stability; /* the largest step sizes that are stable, estimated once at the start */
    double start_loss;          /* train_loss before the first step */
    double train_loss, excess_risk, paper_loss, gradient_norm, base_error;
    struct spectra spectra;

    long adapt_step; /* steps of fine-tuning; 0: it has not run */
    enum solver_status adapt_status;
    double adapt_loss, adapt_paper_loss; /* of the unseen task, as fine-tuned; NAN before */
    double
        risk; /* excess_risk on the unseen task at adapt.rank: as fine-tuned where that ran, else the curve's point */

    int theory_error_rank, theory_rank_needed; /* or THEORY_SILENT */
    double predicted_loss;     /* the least train_loss by the theory, for this draw; NAN: it is silent */
    bool predicted;            /* the theory determines Â for this draw: prediction is set */
    struct spectra prediction; /* singular_values and curve alone */
};

/* All methods at one moment of a run: what a sample is too small for. One block of memory: the arrays of its
 * spectra lie behind the struct. */
struct snapshot {
    struct config config; /* with the rates as they are now */
    enum stage stage;
    bool done; /* every step was taken, or no method runs */
    struct rewind_place place;
    struct journal journal; /* the way here */
    double base_norm;       /* ‖A*‖_F */
    double base_norm_two;   /* ‖A*‖₂ */
    double unseen_norm;     /* ‖W*_{T+1}‖_F */
    struct method_snapshot method[METHOD_COUNT];
};

/* What a legend says of a status besides the method's name: "", or a word for an end at no minimum. */
const char *snapshot_bad_end(enum solver_status status);

/* What of the truth a picture is drawn from. */
enum snapshot_need { SNAPSHOT_NOTHING, SNAPSHOT_BASE, SNAPSHOT_ADAPTERS, SNAPSHOT_UNSEEN };

/* The line that stands where a picture would be if the tasks are from a file that does not give what it needs: "needs
 * A_star, which this file does not give". "": it does, or there is no snapshot (NULL is allowed). */
const char *snapshot_missing(const struct snapshot *snapshot, enum snapshot_need need);

/* The excess risk on the unseen task up to which it counts as none: what rank_needed is judged by. NAN where W*_{T+1} is
 * not known. */
double snapshot_no_risk(const struct snapshot *snapshot);

/* Bytes of a snapshot of this configuration. */
size_t snapshot_size(const struct config *config);

/* Makes the zeroed block at `memory` (snapshot_size bytes, aligned to 64) a snapshot: sets its array pointers. */
struct snapshot *snapshot_bind(void *memory, const struct config *config);

#endif
