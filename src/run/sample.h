/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_SAMPLE_H
#define RANKSCOPE_RUN_SAMPLE_H

/* A run has two stages: retraining, then fine-tuning on the unseen task. */
enum stage { STAGE_RETRAIN, STAGE_ADAPT, STAGE_COUNT };

/* The series that a run records, each against the step. Names, units and axis titles: series_table in history.h. */
enum series {
    SERIES_TRAIN_LOSS,     /* retraining: train_loss; fine-tuning: the loss on the unseen task's data */
    SERIES_BASE_ERROR,     /* ‖Â − A*‖_F; retraining only */
    SERIES_RECOVERY_ANGLE, /* degrees; retraining only */
    SERIES_RISK,           /* excess_risk on the unseen task: retraining, what an adapter of adapt.rank can reach from
                              here (the adaptation curve); fine-tuning, what the adapter has reached */
    SERIES_COUNT,
};

/* One method at one step. Fixed size: it goes through the ring. NAN: not measured at this step. */
struct sample {
    long step;
    int method; /* row of method_table */
    enum stage stage;
    int line;  /* of the run: see rewind.h; 0 where nobody goes back */
    long fork; /* the step at which that line left the one before */
    double value[SERIES_COUNT];
};

#endif
