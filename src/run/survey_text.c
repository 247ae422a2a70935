/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/survey.h"

#include "model/method.h"
#include "run/prose.h"

#include <math.h>

/* What is rounding is 0. */
static struct prose_number loss_text(const struct landscape_place *place)
{
    static const double rounding = 1e-22;
    return prose_number(place->loss <= rounding * place->loss_without ? 0 : place->loss);
}

static int negative(const struct landscape_place *place)
{
    int count = 0;
    while (count < place->eigenvalues && place->eigenvalue[count] < -place->nothing)
        count++;
    return count;
}

/* What makes a gradient none: its length, or what is to be won along it. */
static void describe_stillness(struct prose *prose, const struct landscape_place *place)
{
    if (isnan(place->decrement))
        prose_add(prose, "the gradient vanishes (%s)", PROSE_NUMBER(place->gradient_norm));
    else
        prose_add(prose, "the gradient all but vanishes (%s, worth %s of loss)", PROSE_NUMBER(place->gradient_norm),
                  PROSE_NUMBER(place->decrement));
}

static void describe_eigenvalues(struct prose *prose, const struct landscape_place *place)
{
    if (place->eigenvalues == 0)
        return;
    double least = place->eigenvalue[0];
    int below = negative(place);
    if (below == 0 && fabs(least) <= place->nothing)
        prose_add(prose, "The least eigenvalue is %s; up to %s counts as 0. ", PROSE_NUMBER(least),
                  PROSE_NUMBER(place->nothing));
    else if (below == 0)
        prose_add(prose, "No eigenvalue of the Hessian is negative; the least is %s. ", PROSE_NUMBER(least));
    else
        prose_add(prose, "%s%d eigenvalue%s of the Hessian %s negative, the least %s. ",
                  below == HESSIAN_LOWEST ? "At least " : "", below, below == 1 ? "" : "s", below == 1 ? "is" : "are",
                  PROSE_NUMBER(least));
}

static void describe_slope(struct prose *prose, const struct landscape_place *place)
{
    prose_add(prose, "on a slope: the loss is %s, its gradient %s. ", PROSE_NUMBER(place->loss),
              PROSE_NUMBER(place->gradient_norm));
    describe_eigenvalues(prose, place);
}

static void describe_saddle(struct prose *prose, const struct survey *survey)
{
    const struct landscape_place *place = &survey->place;
    prose_add(prose, "at a saddle: ");
    describe_stillness(prose, place);
    prose_add(prose, ", and still there is a way down from the loss of %s. ", PROSE_NUMBER(place->loss));
    describe_eigenvalues(prose, place);
    if (isnan(survey->saddle))
        return;
    bool agrees = fabs(place->eigenvalue[0] - survey->saddle) <= 1e-6 * fabs(survey->saddle);
    prose_add(prose, "Where all adapters are 0 the theory has %s for the least: %s. ", PROSE_NUMBER(survey->saddle),
              agrees ? "so it is" : "they do not agree");
}

bool survey_has_adapters(const struct survey *survey)
{
    return method_table[survey->request.method].adapter_rank(&survey->request.journal.start.retrain) > 0;
}

bool survey_is_spurious(const struct survey *survey)
{
    const struct config *config = &survey->request.journal.start;
    bool fits = config->problem.source != PROBLEM_GIVEN && config->retrain.rank >= config->problem.rank &&
                (config->retrain.adapter == ADAPTER_GENERAL || config->problem.truth == TRUTH_PSD);
    return survey->place.kind == LANDSCAPE_MINIMUM && !survey->place.global && fits &&
           config->problem.samples == SAMPLES_POPULATION && survey_has_adapters(survey);
}

static void describe_minimum(struct prose *prose, const struct survey *survey)
{
    const struct landscape_place *place = &survey->place;
    if (place->convex)
        prose_add(prose, "at the minimum, of which there is one without adapters: its loss is %s. ",
                  PROSE_NUMBER(place->loss));
    else if (place->global)
        prose_add(prose, "at a global minimum: the loss is %s. ", loss_text(place).text);
    if (!place->convex && !place->global) {
        prose_add(prose, "at a %sminimum: ", survey_is_spurious(survey) ? "spurious " : "");
        describe_stillness(prose, place);
        prose_add(prose, " at a loss of %s. ", PROSE_NUMBER(place->loss));
    }
    describe_eigenvalues(prose, place);
}

static void describe_flat(struct prose *prose, const struct survey *survey)
{
    const struct landscape_place *place = &survey->place;
    prose_add(prose, "in a valley: ");
    describe_stillness(prose, place);
    prose_add(prose,
              " at a loss of %s, no direction goes down to second order, and some stay level: there is a whole family "
              "of minimisers, or a place that only higher orders tell apart. ",
              loss_text(place).text);
    describe_eigenvalues(prose, place);
}

static void describe_runaway(struct prose *prose, const struct survey *survey)
{
    const struct landscape_place *place = &survey->place;
    prose_add(
        prose,
        "running off: the adapters are %s times as large as what they are to hold, at a loss of %s with a gradient "
        "of %s. The loss may have no minimum there, only an infimum. ",
        PROSE_NUMBER(place->adapters_norm / place->held), PROSE_NUMBER(place->loss),
        PROSE_NUMBER(place->gradient_norm));
    describe_eigenvalues(prose, place);
}

void survey_describe(const struct survey *survey, char text[SURVEY_TEXT_SIZE])
{
    struct prose prose;
    const struct landscape_place *place = &survey->place;
    prose_begin(&prose, text, SURVEY_TEXT_SIZE);
    prose_add(&prose, "%s stands after %ld step%s ", method_table[survey->request.method].title, survey->step,
              survey->step == 1 ? "" : "s");
    switch (place->kind) {
    case LANDSCAPE_SLOPE:
    case LANDSCAPE_KINDS:
        describe_slope(&prose, place);
        break;
    case LANDSCAPE_SADDLE:
        describe_saddle(&prose, survey);
        break;
    case LANDSCAPE_MINIMUM:
        describe_minimum(&prose, survey);
        break;
    case LANDSCAPE_FLAT:
        describe_flat(&prose, survey);
        break;
    case LANDSCAPE_RUNAWAY:
        describe_runaway(&prose, survey);
        break;
    }
    if (place->eliminated && place->base_gradient > 0.01 * place->gradient_norm &&
        place->base_gradient > 1e-6 * sqrt(place->loss_without))
        prose_add(&prose,
                  "The base is on its way to its minimiser, where it is taken to be here (its own gradient is %s). ",
                  PROSE_NUMBER(place->base_gradient));
    if (survey->status == SOLVER_DIVERGED)
        prose_add(&prose, "The next step diverged. ");
    prose_end(&prose);
}
