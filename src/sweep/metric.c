/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/metric.h"

#include <math.h>

/* THEORY_SILENT and SPECTRA_UNKNOWN are below 0. */
static double known(int rank)
{
    return rank < 0 ? (double)NAN : rank;
}

static double rank_needed(const struct method_snapshot *method)
{
    return known(method->spectra.rank_needed);
}

static double excess_risk(const struct method_snapshot *method)
{
    return method->risk;
}

static double base_error(const struct method_snapshot *method)
{
    return method->base_error;
}

static double recovery_angle(const struct method_snapshot *method)
{
    return method->spectra.recovery_angle;
}

static double error_rank(const struct method_snapshot *method)
{
    return known(method->spectra.error_rank);
}

static double train_loss(const struct method_snapshot *method)
{
    return method->train_loss;
}

static double predicted_rank_needed(const struct method_snapshot *method)
{
    return method->predicted ? known(method->prediction.rank_needed) : known(method->theory_rank_needed);
}

static double predicted_error_rank(const struct method_snapshot *method)
{
    return method->predicted ? known(method->prediction.error_rank) : known(method->theory_error_rank);
}

static int theory_rank_needed(const struct config *config, int method)
{
    return method_table[method].rank_needed(config);
}

static int theory_error_rank(const struct config *config, int method)
{
    return method_table[method].error_rank(config);
}

const struct metric_info metric_table[METRIC_COUNT] = {
    [METRIC_RANK_NEEDED] = {"rank_needed", "Rank needed", "", true, false, rank_needed, predicted_rank_needed,
                            theory_rank_needed, method_needed_formula},
    [METRIC_EXCESS_RISK] = {"excess_risk", "Excess risk", "", false, true, excess_risk, NULL, NULL, NULL},
    [METRIC_BASE_ERROR] = {"base_error", "Base error", "", false, true, base_error, NULL, NULL, NULL},
    [METRIC_RECOVERY_ANGLE] = {"recovery_angle", "Recovery angle", "degrees", false, true, recovery_angle, NULL, NULL,
                               NULL},
    [METRIC_ERROR_RANK] = {"error_rank", "Error rank", "", true, false, error_rank, predicted_error_rank,
                           theory_error_rank, method_error_formula},
    [METRIC_TRAIN_LOSS] = {"train_loss", "Retraining loss", "", false, true, train_loss, NULL, NULL, NULL},
};

double metric_theory(enum metric metric, const struct config *config, int method)
{
    const struct metric_info *info = &metric_table[metric];
    return info->theory ? known(info->theory(config, method)) : (double)NAN;
}

enum metric metric_usual(const struct config *config)
{
    return config->problem.kind == PROBLEM_NETWORK ? METRIC_EXCESS_RISK : METRIC_RANK_NEEDED;
}
