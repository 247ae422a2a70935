/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/claim_state.h"

#include "run/key.h"

#include <stdio.h>
#include <string.h>

#define NEWTON   "retrain.solver=newton retrain.steps=500 "
#define WORLD    "problem.dimension=16 problem.rank=2 retrain.rank=2 adapt.rank=2 "
#define STANDARD NEWTON WORLD "retrain.methods=standard "
#define META     NEWTON WORLD "retrain.methods=meta "
#define GENERAL  "problem.truth=general retrain.adapter=general "
#define SMALL    NEWTON "retrain.methods=meta problem.rank=2 retrain.rank=2 adapt.rank=2 "
#define SAMPLED                                                                                                        \
    NEWTON "retrain.methods=meta problem.dimension=12 problem.rank=1 retrain.rank=1 adapt.rank=1 problem.noise=0.1 "

const struct claim claim_table[] = {
    {"standard-error-rank", "Theorem 1", "After standard retraining the error has rank kT.", STANDARD "problem.tasks=3",
     "6 = kT", false, CLAIM_ALWAYS, 0, 0, claim_standard_error_rank},
    {"standard-rank-needed", "Theorem 1", "The unseen task then needs an adapter of rank k(T+1).",
     STANDARD "problem.tasks=3", "8 = k(T+1)", false, CLAIM_ALWAYS, 0, 0, claim_standard_rank_needed},
    {"standard-risk", "Theorem 1", "One of rank k is left with the risk that Eckart and Young give, above 0.",
     STANDARD "problem.tasks=3", "ratio 1, to 1%", false, CLAIM_ALWAYS, 0, 0, claim_standard_risk},
    {"more-tasks-more-rank", "Corollary 1", "More tasks ask for more rank: k(T+1) at T = 1, 2, ... 6.",
     STANDARD "problem.dimension=20 problem.tasks=6", "4, 6, ... 14", false, CLAIM_ALWAYS, 0, 0,
     claim_more_tasks_more_rank},
    {"meta-error-rank", "Theorem 2", "With two tasks Meta-LoRA's error has rank 2k at most.", META "problem.tasks=2",
     "at most 4 = 2k", false, CLAIM_ALWAYS, 0, 0, claim_meta_error_rank},
    {"meta-two-tasks", "Theorem 2", "So an adapter of rank 3k is enough, and hardly ever a smaller one.",
     META "problem.tasks=2", "6 = 3k in 95% or more", false, CLAIM_RATE, 0.95, 1, claim_meta_rank_needed},
    {"meta-exact", "Theorem 3", "From three tasks on Meta-LoRA's minimiser is A* and the true adapters.",
     META "problem.tasks=3", "base error 0", false, CLAIM_ALWAYS, 0, 0, claim_meta_exact},
    {"meta-exact-general", "Theorem 3", "The same holds for general adapters U V^T.", META GENERAL "problem.tasks=3",
     "base error 0", false, CLAIM_ALWAYS, 0, 0, claim_meta_exact},
    {"meta-rank-needed", "Theorem 3", "So rank k is enough, however many tasks there are.", META "problem.tasks=5",
     "2 = k", false, CLAIM_ALWAYS, 0, 0, claim_meta_rank_needed},
    {"two-tasks-no-spurious", "Theorem 4", "With two tasks every second-order stationary point is a global minimum.",
     SMALL "problem.dimension=6 problem.tasks=2", "all ends at loss 0", false, CLAIM_ALWAYS, 0, 0,
     claim_meta_every_end},
    {"three-tasks-spurious", "appendix", "With three there are others, but in tight dimensions only, and rarely.",
     SMALL "problem.dimension=6 problem.tasks=3", "90% to 99.9% at loss 0", false, CLAIM_RATE, 0.9, 0.999,
     claim_meta_every_end},
    {"roomy-no-spurious", "appendix", "In roomy ones hardly any is met: d = 10, k = 2, T = 3.",
     SMALL "problem.dimension=10 problem.tasks=3", "99% or more at loss 0", false, CLAIM_RATE, 0.99, 1,
     claim_meta_every_end},
    {"runaway", "appendix", "Some starts end nowhere: adapters grow without bound, wide starts more often.",
     SMALL "problem.dimension=6 problem.tasks=3 retrain.init_scale=1", "0.1% to 5%", false, CLAIM_RATE, 0.001, 0.05,
     claim_meta_runs_off},
    {"saddle", "appendix", "At U = 0 the Hessian's least eigenvalue is -2 max(E_t)/T, E_t = R_t - mean R.",
     NEWTON "problem.dimension=8 problem.rank=2 retrain.rank=2 adapt.rank=2 problem.tasks=3", "ratio 1", false,
     CLAIM_ALWAYS, 0, 0, claim_saddle},
    {"saddle-is-left", "appendix", "A start that is a millionth beside it comes to the global minimum.",
     META "problem.tasks=3 retrain.init_scale=1e-6", "base error 0", false, CLAIM_ALWAYS, 0, 0, claim_meta_exact},
    {"psd-mean-stays", "theory.md, 6", "Adapters that do not average out: the risk tends to k^2 (d-k)/2 as T grows.",
     STANDARD "problem.tasks=200", "29.05 (28.2 to 29.9) at T = 200", false, CLAIM_MEAN, 28.2, 29.9,
     claim_risk_of_psd_mean},
    {"zero-mean-vanishes", "theory.md, 6", "Those that do: the risk is k (d-k)^2 / 2T.",
     STANDARD GENERAL "problem.tasks=200", "ratio 1 (0.95 to 1.05) at T = 200", false, CLAIM_MEAN, 0.95, 1.05,
     claim_risk_of_zero_mean},
    {"zero-mean-falls", "theory.md, 6", "So it falls like 1/T: exponent from T = 50 to 200.",
     STANDARD GENERAL "problem.tasks=200", "-1 (-1.05 to -0.95)", false, CLAIM_MEAN, -1.05, -0.95, claim_risk_by_tasks},
    {"samples-risk", "theory.md, 7", "Fine-tuned from A* on n samples: risk s^2 k(2d-k)/2n, so of order kd/n.",
     SAMPLED "adapt.samples=1600", "ratio 1 (0.95 to 1.05) at n = 1600", false, CLAIM_MEAN, 0.95, 1.05,
     claim_risk_of_samples},
    {"samples-fall", "theory.md, 7", "So it falls like 1/n: exponent from n = 400 to 1600.",
     SAMPLED "adapt.samples=1600", "-1 (-1.05 to -0.95)", false, CLAIM_MEAN, -1.05, -0.95, claim_risk_by_samples},

    {"crowded-standard", "k(T+1) > d", "No more rank than d can be asked for: only a full adapter is enough.",
     NEWTON "retrain.methods=standard problem.dimension=8 problem.rank=2 problem.tasks=4 adapt.rank=2 retrain.rank=2",
     "8 = d", true, CLAIM_ALWAYS, 0, 0, claim_needs_dimension},
    {"crowded-meta", "3k > d", "d = 4, k = 2 has more unknowns than equations: loss 0, and A* not found.",
     SMALL "problem.dimension=4 problem.tasks=3", "base error > 0", true, CLAIM_ALWAYS, 0, 0, claim_meta_lost},
    {"crowded-counted", "3k > d", "d = 5 has fewer: A* is found though 3k > d, but not from every start.",
     SMALL "problem.dimension=5 problem.tasks=3", "base error 0 in 80% to 99%", true, CLAIM_RATE, 0.8, 0.99,
     claim_meta_exact},
    {"equal-tasks", "dependent", "Two equal tasks among three count as one: Theorem 2 holds, not Theorem 3.",
     META "problem.tasks=3", "4 = 2k", true, CLAIM_ALWAYS, 0, 0, claim_equal_tasks},
    {"shared-space", "dependent", "Adapters of one 2k-space: A* is lost within it, an error of rank 2k at most.",
     META "problem.tasks=3", "1 to 4 = 2k", true, CLAIM_ALWAYS, 0, 0, claim_shared_space},
    {"rank-below", "r < k", "Adapters of too low a rank: an error of rank kT, as standard retraining has.",
     META "problem.tasks=3 retrain.rank=1", "6 = kT", true, CLAIM_ALWAYS, 0, 0, claim_error_rank_is},
    {"rank-above", "r > k", "Of too high a one: loss 0, an error of rank r - k at most; rank r is enough.",
     META "problem.tasks=5 problem.rank=1 retrain.init_scale=1", "at most 2 = r", true, CLAIM_ALWAYS, 0, 0,
     claim_needs_adapter_rank},
    {"mixed-ranks", "ranks 1 2 2 2", "Tasks of a lower rank do no harm where three others have the rank k = r.",
     META "problem.tasks=4", "base error 0", true, CLAIM_ALWAYS, 0, 0, claim_mixed_ranks},
    {"too-few-full-ranks", "ranks 1 1 2", "With one task of rank r alone, A* is lost: an error of rank r - 1.",
     META "problem.tasks=3 retrain.init_scale=1", "1 = r - 1", true, CLAIM_ALWAYS, 0, 0, claim_too_few_full_ranks},
    {"samples-exact", "samples", "Samples without noise change nothing once there are more than d.",
     META "problem.tasks=3 problem.samples=40", "base error 0", true, CLAIM_ALWAYS, 0, 0, claim_meta_exact},
    {"noise-full-rank", "noise", "With noise the error has full rank.",
     META "problem.tasks=3 problem.samples=100 problem.noise=1", "16 = d in 99% or more", true, CLAIM_RATE, 0.99, 1,
     claim_error_rank_is},
    {"noise-falls", "noise", "Its square falls like 1/N: exponent from N = 400 to 1600.",
     META "problem.tasks=3 problem.samples=1600 problem.noise=0.1", "-1 (-1.1 to -0.9)", true, CLAIM_MEAN, -1.1, -0.9,
     claim_base_error_by_samples},
};
const int claim_count = sizeof claim_table / sizeof *claim_table;

int claim_find(const char *name)
{
    for (int i = 0; i < claim_count; i++)
        if (strcmp(claim_table[i].name, name) == 0)
            return i;
    return -1;
}

/* Draws begin at this seed. Each claim has its own, by its name: one that is lucky is not lucky everywhere, and another row moves none. */
static uint64_t first_seed(const struct claim *claim)
{
    enum { APART = 1000000 };
    uint32_t hash = 2166136261U; /* FNV-1a */
    for (const char *at = claim->name; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619U;
    return (uint64_t)hash * APART + 1;
}

enum err_code claim_config(const struct claim *claim, int draw, struct config *config, struct err *err)
{
    char word[KEY_VALUE_SIZE];
    config_default(config);
    for (const char *at = claim->settings; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        if (key_assign(config, word, err))
            return err_prefix(err, "claim %s: ", claim->name);
        at += length;
    }
    config->problem.seed = first_seed(claim) + (uint64_t)draw;
    return config_check(config, NULL, err) ? err_prefix(err, "claim %s: ", claim->name) : ERR_NONE;
}

enum err_code claim_observe(const struct claim *claim, int draw, struct claim_observation *observation, struct err *err)
{
    struct config config;
    *observation = (struct claim_observation){.counts = false};
    enum err_code code = claim_config(claim, draw, &config, err);
    return code ? code : claim->observe(&config, observation, err);
}

/* ---- what the experiments share ---- */

enum err_code claim_run(const struct config *config, const struct problem_tasks *tasks, int method,
                        struct outcome *outcome, struct err *err)
{
    struct outcome all[METHOD_COUNT];
    struct config own = *config;
    own.retrain.methods = 1u << method;
    enum err_code code = outcome_compute_on(&own, tasks, NULL, all, err);
    *outcome = all[method];
    return code;
}

bool claim_at_minimum(const struct outcome *outcome)
{
    return outcome->status == SOLVER_CONVERGED;
}
