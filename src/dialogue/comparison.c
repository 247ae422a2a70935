/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/comparison.h"

#include "sweep/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

static int personas_of(const struct study *study)
{
    return study->project->examples.tasks - study->project->examples.retraining;
}

static const struct training_epoch *last_epoch(const struct study_outcome *outcome)
{
    return outcome->known && outcome->epochs > 0 ? &outcome->epoch[outcome->epochs - 1] : NULL;
}

static double hit_rate(const struct training_epoch *epoch)
{
    return epoch->count > 0 ? (double)epoch->hits / epoch->count : (double)NAN;
}

static double standard_error(const struct statistics *statistics)
{
    return statistics->deviation / sqrt(statistics->count);
}

/* A seed counts where every persona is known, of both methods. */
static bool is_whole(const struct study *study, int method, int seed, int scheme)
{
    bool whole = true;
    for (int persona = 0; persona < personas_of(study); persona++) {
        const struct training_epoch *epoch = last_epoch(study_adapted(study, method, seed, scheme, persona));
        whole = whole && epoch != NULL && epoch->count > 0;
    }
    return whole;
}

/* Mean over personas of a seed. */
static void seed_means(const struct study *study, int method, int seed, int scheme, double *hit, double *loss)
{
    *hit = *loss = 0;
    for (int persona = 0; persona < personas_of(study); persona++) {
        const struct training_epoch *epoch = last_epoch(study_adapted(study, method, seed, scheme, persona));
        *hit += hit_rate(epoch) / personas_of(study);
        *loss += epoch->loss / personas_of(study);
    }
}

/* Differences to standard, a mean over seeds for each persona. Returns over how many seeds. */
static int persona_gains(const struct study *study, int method, int scheme, double *gain)
{
    int seeds = 0;
    for (int persona = 0; persona < personas_of(study); persona++)
        gain[persona] = 0;
    for (int seed = 0; seed < study->plan.seeds; seed++) {
        if (!is_whole(study, method, seed, scheme) || !is_whole(study, TRAINING_STANDARD, seed, scheme))
            continue;
        seeds++;
        for (int persona = 0; persona < personas_of(study); persona++)
            gain[persona] += hit_rate(last_epoch(study_adapted(study, method, seed, scheme, persona))) -
                             hit_rate(last_epoch(study_adapted(study, TRAINING_STANDARD, seed, scheme, persona)));
    }
    for (int persona = 0; persona < personas_of(study) && seeds > 0; persona++)
        gain[persona] /= seeds;
    return seeds;
}

static void compare_to_standard(const struct study *study, int method, int scheme, struct comparison_cell *cell)
{
    double *gain = calloc((size_t)personas_of(study), sizeof *gain);
    if (gain != NULL && method != TRAINING_STANDARD && persona_gains(study, method, scheme, gain) > 0) {
        struct statistics statistics = statistics_of(gain, personas_of(study));
        cell->gain = statistics.mean;
        if (statistics.deviation > 0) { /* false for NAN */
            cell->gain_t = statistics.mean / standard_error(&statistics);
            cell->gain_p = 2 * gsl_cdf_tdist_Q(fabs(cell->gain_t), statistics.count - 1);
        }
    }
    free(gain);
}

struct comparison_cell comparison_cell(const struct study *study, int method, int scheme)
{
    const double none = (double)NAN;
    struct comparison_cell cell = {0, none, none, none, none, none, none, none};
    double hit[STUDY_SEEDS];
    double loss[STUDY_SEEDS];
    for (int seed = 0; seed < study->plan.seeds; seed++)
        if (is_whole(study, method, seed, scheme)) {
            seed_means(study, method, seed, scheme, &hit[cell.seeds], &loss[cell.seeds]);
            cell.seeds++;
        }
    if (cell.seeds == 0)
        return cell;
    struct statistics hits = statistics_of(hit, cell.seeds);
    struct statistics losses = statistics_of(loss, cell.seeds);
    cell.hit = hits.mean;
    cell.hit_error = standard_error(&hits);
    cell.loss = losses.mean;
    cell.loss_error = standard_error(&losses);
    compare_to_standard(study, method, scheme, &cell);
    return cell;
}

static struct comparison_persona summarise(double *hit, int seeds)
{
    if (seeds == 0)
        return (struct comparison_persona){0, (double)NAN, (double)NAN};
    struct statistics statistics = statistics_of(hit, seeds);
    return (struct comparison_persona){seeds, statistics.mean, standard_error(&statistics)};
}

struct comparison_persona comparison_persona(const struct study *study, int method, int scheme, int persona)
{
    double hit[STUDY_SEEDS];
    int seeds = 0;
    for (int seed = 0; seed < study->plan.seeds; seed++) {
        const struct training_epoch *epoch = last_epoch(study_adapted(study, method, seed, scheme, persona));
        if (epoch != NULL && epoch->count > 0)
            hit[seeds++] = hit_rate(epoch);
    }
    return summarise(hit, seeds);
}

struct comparison_persona comparison_retrained(const struct study *study, int method)
{
    double hit[STUDY_SEEDS];
    int seeds = 0;
    for (int seed = 0; seed < study->plan.seeds; seed++) {
        const struct study_outcome *outcome = study_retrained(study, method, seed);
        if (outcome->known && outcome->best >= 0 && outcome->epoch[outcome->best].count > 0)
            hit[seeds++] = hit_rate(&outcome->epoch[outcome->best]);
    }
    return summarise(hit, seeds);
}
