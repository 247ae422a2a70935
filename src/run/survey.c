/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/survey.h"

#include "model/linalg.h"
#include "run/experiment.h"
#include "run/key.h"
#include "run/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The path's points take at most so many numbers in memory, and at least two points. */
enum { PATH_BUDGET = 4000000, PATH_LEAST = 2 };

struct surveyor {
    struct experiment *experiment; /* NULL: none yet */
    struct landscape *landscape;   /* of its problem and this method */
    struct journal journal;        /* where it is on its way to */
    struct replay replay;
    int method;
    bool alone; /* the others of the run are left out */
    /* The path: points that are at least so far apart, further as it grows. */
    double *point; /* (room + 1) × unknowns, the last one for scratch */
    long step[SURVEY_PATH];
    int points, room;
    double apart;
};

struct surveyor *surveyor_new(void)
{
    return calloc(1, sizeof(struct surveyor));
}

static void let_go(struct surveyor *surveyor)
{
    landscape_free(surveyor->landscape);
    experiment_free(surveyor->experiment);
    free(surveyor->point);
    surveyor->landscape = NULL;
    surveyor->experiment = NULL;
    surveyor->point = NULL;
    surveyor->points = 0;
    surveyor->apart = 0;
    surveyor->replay.next = 0;
}

void surveyor_free(struct surveyor *surveyor)
{
    if (!surveyor)
        return;
    let_go(surveyor);
    free(surveyor);
}

/* ---- the way ---- */

static const struct point *point_of(const struct surveyor *surveyor)
{
    return experiment_point(surveyor->experiment, surveyor->method, STAGE_RETRAIN);
}

static double *path_point(const struct surveyor *surveyor, int index)
{
    return surveyor->point + (size_t)index * landscape_unknowns(surveyor->landscape);
}

static double distance(const struct surveyor *surveyor, int from, int to)
{
    size_t n = landscape_unknowns(surveyor->landscape);
    const double *a = path_point(surveyor, from), *b = path_point(surveyor, to);
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(square);
}

/* Points that are nearer to the one before than twice the mean go; some do, since not all are further apart than that. */
static void thin_out(struct surveyor *surveyor)
{
    size_t n = landscape_unknowns(surveyor->landscape);
    double length = 0;
    int kept = 1;
    for (int i = 1; i < surveyor->points; i++)
        length += distance(surveyor, i - 1, i);
    surveyor->apart = fmax(2 * length / (surveyor->points - 1), 2 * surveyor->apart);
    for (int i = 1; i < surveyor->points; i++) {
        if (distance(surveyor, kept - 1, i) < surveyor->apart)
            continue;
        surveyor->step[kept] = surveyor->step[i];
        memmove(path_point(surveyor, kept++), path_point(surveyor, i), n * sizeof(double));
    }
    surveyor->points = kept;
}

/* After a step of retraining. */
static void note_point(struct surveyor *surveyor)
{
    struct position here = experiment_position(surveyor->experiment);
    int scratch = surveyor->room;
    if (here.stage != STAGE_RETRAIN || here.phases > 0)
        return;
    landscape_coordinates(surveyor->landscape, point_of(surveyor), path_point(surveyor, scratch));
    if (surveyor->points > 0 && distance(surveyor, surveyor->points - 1, scratch) <= surveyor->apart)
        return;
    if (surveyor->points == surveyor->room)
        thin_out(surveyor);
    if (surveyor->points == surveyor->room)
        return;
    surveyor->step[surveyor->points] = here.step;
    memcpy(path_point(surveyor, surveyor->points++), path_point(surveyor, scratch),
           landscape_unknowns(surveyor->landscape) * sizeof(double));
}

static enum err_code begin(struct surveyor *surveyor, const struct survey_request *request, bool alone, struct err *err)
{
    struct config config = request->journal.start;
    let_go(surveyor);
    if (request->method < 0 || request->method >= METHOD_COUNT || !(config.retrain.methods & 1u << request->method))
        return err_set(err, ERR_INPUT, "this method takes no part in the run, so it has no landscape");
    surveyor->method = request->method;
    surveyor->alone = alone && config.retrain.methods != 1u << request->method;
    if (alone)
        config.retrain.methods = 1u << request->method;
    surveyor->experiment = experiment_new_from(&config, NULL, NULL, 1, err);
    if (!surveyor->experiment)
        return err->code;
    const struct point *point = point_of(surveyor);
    surveyor->landscape = landscape_new(experiment_problem(surveyor->experiment), point->rank, point->shape, err);
    if (!surveyor->landscape)
        return err->code;
    size_t n = landscape_unknowns(surveyor->landscape), room = PATH_BUDGET / n;
    surveyor->room = room > SURVEY_PATH ? SURVEY_PATH : room < PATH_LEAST ? PATH_LEAST : (int)room;
    surveyor->point = calloc((size_t)(surveyor->room + 1) * n, sizeof(double));
    if (!surveyor->point)
        return err_set(err, ERR_MEMORY, "no memory for the way of a run");
    note_point(surveyor);
    return ERR_NONE;
}

static bool is_same_config(const struct config *a, const struct config *b)
{
    bool same = a->problem.source == b->problem.source;
    for (int key = 0; key < key_count && same; key++) {
        char one[KEY_VALUE_SIZE], other[KEY_VALUE_SIZE];
        key_format(a, key, one);
        key_format(b, key, other);
        same = strcmp(one, other) == 0;
    }
    return same;
}

static bool is_same_event(const struct journal_event *a, const struct journal_event *b)
{
    return a->kind == b->kind && position_compare(a->at, b->at) == 0 && is_same_config(&a->config, &b->config);
}

/* The same beginning, and the first `count` events. */
static bool begin_alike(const struct journal *a, const struct journal *b, int count)
{
    bool same = a->count >= count && b->count >= count && is_same_config(&a->start, &b->start);
    for (int i = 0; i < count && same; i++)
        same = is_same_event(&a->event[i], &b->event[i]);
    return same;
}

bool survey_same_way(const struct journal *a, const struct journal *b)
{
    return position_compare(a->position, b->position) == 0 && a->count == b->count && a->full == b->full &&
           begin_alike(a, b, a->count);
}

/* Whether the present experiment is on the way there, and not beyond. */
static bool is_on_way(const struct surveyor *surveyor, const struct survey_request *request)
{
    const struct journal *own = &surveyor->journal, *other = &request->journal;
    if (!surveyor->experiment || surveyor->method != request->method || !begin_alike(own, other, own->count))
        return false;
    struct position here = experiment_position(surveyor->experiment);
    struct position next = other->count > own->count ? other->event[own->count].at : other->position;
    return position_compare(here, next) <= 0;
}

/* *arrived stays false where it was told to stop; it goes on from there next time. */
static enum err_code walk(struct surveyor *surveyor, const struct survey_request *request, const atomic_bool *stop,
                          bool *arrived, struct err *err)
{
    surveyor->journal = request->journal;
    surveyor->replay.journal = &surveyor->journal;
    while (!halt_asked(stop, NULL)) {
        struct err why = {.code = ERR_NONE};
        enum replay_way way = replay_step(&surveyor->replay, surveyor->experiment, &why);
        if (way == REPLAY_STEPPED)
            note_point(surveyor);
        bool rests = experiment_stage(surveyor->experiment) == STAGE_ADAPT || experiment_done(surveyor->experiment);
        bool ended = way == REPLAY_ASTRAY && request->as_far && rests && !surveyor->alone &&
                     !experiment_error(surveyor->experiment)->code;
        if (way == REPLAY_ARRIVED || ended) {
            *arrived = true;
            return ERR_NONE;
        }
        if (way == REPLAY_ASTRAY) {
            *err = why;
            return err->code;
        }
    }
    return ERR_NONE;
}

/* ---- looking ---- */

/* −2 max over t of the largest eigenvalue of E_t, over T, where all adapters are symmetric and 0, in population. */
static enum err_code predict_saddle(const struct surveyor *surveyor, struct survey *survey, struct err *err)
{
    const struct problem *problem = experiment_problem(surveyor->experiment);
    const struct point *point = point_of(surveyor);
    int d = problem->config.dimension;
    size_t square = (size_t)d * (size_t)d, tasks = (size_t)problem->config.tasks;
    if (survey->place.adapters_norm > 0 || point->rank == 0 || point->shape != ADAPTER_SYMMETRIC ||
        problem->retrain.covariance)
        return ERR_NONE;
    struct linalg_eigen *eigen = linalg_eigen_new(d);
    double *mean = calloc(2 * square + (size_t)d, sizeof *mean), largest = -(double)INFINITY, value = 0;
    bool good = eigen && mean;
    for (size_t t = 0; t < tasks && good; t++)
        linalg_axpy(square, 1.0 / (double)tasks, problem->retrain.anchor + t * square, mean);
    for (size_t t = 0; t < tasks && good; t++) {
        double *apart = mean + square;
        for (size_t i = 0; i < (size_t)d; i++) /* the symmetric part is what counts */
            for (size_t j = 0; j < (size_t)d; j++) {
                const double *target = problem->retrain.anchor + t * square;
                size_t ij = i * (size_t)d + j, ji = j * (size_t)d + i;
                apart[ij] = 0.5 * (target[ij] + target[ji] - mean[ij] - mean[ji]);
            }
        good = linalg_eigen(eigen, d, apart, 1, &value, apart + square);
        largest = fmax(largest, value);
    }
    bool memory = eigen && mean;
    survey->saddle = good ? -2 * largest / (double)tasks : (double)NAN;
    linalg_eigen_free(eigen);
    free(mean);
    return memory ? ERR_NONE : err_set(err, ERR_MEMORY, "no memory for the saddle's eigenvalue");
}

/* What the slice must hold: the way and the truth. Where there is neither, some part of the place's own size. */
static double reach(const struct survey *survey)
{
    double most = 0;
    for (int i = 0; i < survey->steps; i++)
        most = fmax(most, fmax(fabs(survey->path[i].at[0]), fabs(survey->path[i].at[1])));
    for (int axis = 0; axis < 2; axis++)
        if (isfinite(survey->truth[axis]))
            most = fmax(most, fabs(survey->truth[axis]));
    double size = survey->place.size;
    return most > 1e-3 * size ? most : fmax(0.5 * size, 1e-9);
}

static void slice(struct surveyor *surveyor, struct survey *survey, const atomic_bool *stop)
{
    int side = survey->request.side;
    double step = side > 1 ? 2 * survey->span / (side - 1) : 0;
    for (int row = 0; row < side && !halt_asked(stop, NULL); row++)
        for (int column = 0; column < side; column++)
            survey->loss[row * side + column] =
                landscape_value(surveyor->landscape, column * step - survey->span, row * step - survey->span);
}

static void project_path(struct surveyor *surveyor, struct survey *survey)
{
    size_t n = landscape_unknowns(surveyor->landscape);
    double *here = surveyor->point; /* of each in turn */
    for (int i = 0; i < surveyor->points; i++) {
        struct survey_step *step = &survey->path[survey->steps++];
        step->step = surveyor->step[i];
        landscape_project(surveyor->landscape, here + (size_t)i * n, step->at);
        step->loss = (double)NAN;
    }
}

static enum err_code look(struct surveyor *surveyor, struct survey *survey, const atomic_bool *stop, struct err *err)
{
    const struct point *point = point_of(surveyor);
    const double margin = 1.15;
    const double *start = surveyor->points > 0 ? surveyor->point : NULL;
    enum err_code code = landscape_stand(surveyor->landscape, point, start, stop, &survey->place, err);
    if (!code)
        code = predict_saddle(surveyor, survey, err);
    if (code)
        return code;
    survey->sliced = landscape_choose(surveyor->landscape, survey->request.direction);
    if (!survey->sliced)
        return ERR_NONE;
    project_path(surveyor, survey);
    landscape_truth(surveyor->landscape, survey->truth);
    survey->span = margin * survey->request.zoom * reach(survey);
    slice(surveyor, survey, stop);
    size_t n = landscape_unknowns(surveyor->landscape);
    for (int i = 0; i < survey->steps && !halt_asked(stop, NULL); i++)
        survey->path[i].loss = landscape_loss_at(surveyor->landscape, surveyor->point + (size_t)i * n);
    return halt_asked(stop, err) ? err->code : ERR_NONE;
}

/* Methods take no notice of each other, so the others are left out, which is sooner there. Places are told by steps and
 * phases of all, though: one after this method has come to rest is found with all of them. */
static enum err_code approach(struct surveyor *surveyor, const struct survey_request *request, const atomic_bool *stop,
                              bool *arrived, struct err *err)
{
    struct err why = {.code = ERR_NONE};
    if (!is_on_way(surveyor, request) && begin(surveyor, request, true, err))
        return err->code;
    enum err_code code = walk(surveyor, request, stop, arrived, &why);
    if (code == ERR_INPUT && surveyor->alone)
        return begin(surveyor, request, false, err) ? err->code : walk(surveyor, request, stop, arrived, err);
    return code ? err_set(err, code, "%s", why.message) : ERR_NONE;
}

enum err_code surveyor_survey(struct surveyor *surveyor, const struct survey_request *request, const atomic_bool *stop,
                              struct survey *survey, bool *done, struct err *err)
{
    bool arrived = false;
    *done = false;
    *survey = (struct survey){.request = *request, .saddle = (double)NAN, .truth = {(double)NAN, (double)NAN}};
    if (request->journal.full)
        return err_set(err, ERR_INPUT, "so much was changed in this run that its way cannot be walked again");
    enum err_code code = approach(surveyor, request, stop, &arrived, err);
    if (code)
        let_go(surveyor);
    if (code || !arrived)
        return code;
    survey->step = experiment_retrain_steps(surveyor->experiment, surveyor->method);
    survey->status = experiment_retrain_status(surveyor->experiment, surveyor->method);
    code = look(surveyor, survey, stop, err);
    *done = !code;
    return code == ERR_STOPPED ? ERR_NONE : code;
}
