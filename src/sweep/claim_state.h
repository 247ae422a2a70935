/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_CLAIM_STATE_H
#define RANKSCOPE_SWEEP_CLAIM_STATE_H

#include "sweep/claim.h"
#include "sweep/outcome.h"

/* What the experiments of claims share: each fills the observation of one draw of `config`. */

/* A base error below this is none: ‖A*‖_F is some 10 in all claims. */
#define CLAIM_NO_ERROR 1e-6

typedef enum err_code claim_observe_fn(const struct config *config, struct claim_observation *observation,
                                       struct err *err);

/* Of standard retraining (claim_standard.c). */
claim_observe_fn claim_standard_error_rank, claim_standard_rank_needed, claim_more_tasks_more_rank,
    claim_needs_dimension, claim_standard_risk, claim_risk_of_psd_mean, claim_risk_of_zero_mean, claim_risk_by_tasks;

/* Of Meta-LoRA and of its landscape (claim_meta.c). */
claim_observe_fn claim_meta_error_rank, claim_meta_rank_needed, claim_meta_exact, claim_meta_every_end,
    claim_meta_runs_off, claim_meta_lost, claim_saddle, claim_risk_of_samples, claim_risk_by_samples;

/* Where the conditions are not met (claim_limits.c). */
claim_observe_fn claim_error_rank_is, claim_needs_adapter_rank, claim_base_error_by_samples, claim_equal_tasks,
    claim_shared_space, claim_mixed_ranks, claim_too_few_full_ranks;

/* The outcome of one method on this configuration, on tasks of one's own where `tasks` is not NULL. */
enum err_code claim_run(const struct config *config, const struct problem_tasks *tasks, int method,
                        struct outcome *outcome, struct err *err);

/* Retraining came to rest at the least loss there is. */
bool claim_at_minimum(const struct outcome *outcome);

#endif
