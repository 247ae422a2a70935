/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/timeline.h"

#include <math.h>

static const double ADAPT_SHARE = 0.4; /* of the axis, once fine-tuning has begun */

static double last_step(const struct view *view, enum stage stage)
{
    double last = -1;
    for (int method = 0; method < METHOD_COUNT; method++) {
        for (int series = 0; series < SERIES_COUNT; series++) {
            const struct history *of[] = {view->history[method][stage], view->left[method][stage]};
            for (int i = 0; i < 2; i++) {
                const struct curve *curve = of[i] != NULL ? &of[i]->curve[series] : NULL;
                if (curve != NULL && curve->count > 0)
                    last = fmax(last, (double)curve->bucket[curve->count - 1].last_step);
            }
        }
    }
    return last;
}

/* Grows in round leaps, so that it stands still most of the time, and no further than the run will. */
static struct scale steps_axis(double last, double planned, bool log_x)
{
    double high = scale_round_up(fmax(last, 10));
    if (planned >= last && planned > 0)
        high = fmin(high, planned);
    return scale_of(log_x ? SCALE_STEPS : SCALE_INTEGER, 0, fmax(high, 1));
}

struct timeline timeline_make(const struct view *view, bool log_x)
{
    const struct config *config = view->snapshot ? &view->snapshot->config : NULL;
    double retrained = last_step(view, STAGE_RETRAIN);
    double adapted = last_step(view, STAGE_ADAPT);
    struct timeline timeline = {.split = adapted > 0 ? 1 - ADAPT_SHARE : 1};
    timeline.axis[STAGE_RETRAIN] = steps_axis(retrained, config ? config->retrain.steps : 0, log_x);
    if (adapted > 0 && retrained > 0) /* retraining has ended, wherever that was */
        timeline.axis[STAGE_RETRAIN] = steps_axis(retrained, retrained, log_x);
    timeline.axis[STAGE_ADAPT] = steps_axis(adapted, config ? config->adapt.steps : 0, log_x);
    return timeline;
}

double timeline_position(const struct timeline *timeline, enum stage stage, double step)
{
    double position = scale_position(&timeline->axis[stage], step);
    return stage == STAGE_RETRAIN ? position * timeline->split : timeline->split + position * (1 - timeline->split);
}

double timeline_step(const struct timeline *timeline, double position, enum stage *stage)
{
    double split = timeline->split;
    *stage = split < 1 && position > split ? STAGE_ADAPT : STAGE_RETRAIN;
    double part = *stage == STAGE_RETRAIN ? position / split : (position - split) / (1 - split);
    return round(scale_value(&timeline->axis[*stage], part));
}

const struct bucket *timeline_bucket(const struct curve *curve, double step)
{
    if (curve->count == 0)
        return NULL;
    size_t low = 0;
    size_t high = curve->count; /* the answer is in low … high − 1 */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if ((double)curve->bucket[middle].step <= step)
            low = middle;
        else
            high = middle;
    }
    return &curve->bucket[low];
}
