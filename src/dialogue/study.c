/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/study.h"

#include "dialogue/study_export.h"
#include "dialogue/study_journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the plan ---- */

struct study_plan study_usual(void)
{
    static const int ranks[] = {1, 4, 8};
    struct study_plan plan = {.methods = (1u << TRAINING_METHODS) - 1, .seeds = 5, .checkpoint = 200};
    plan.scheme[plan.schemes++] = (struct study_scheme){adapter_find("head"), 0, "head"};
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++) {
        struct study_scheme *scheme = &plan.scheme[plan.schemes++];
        *scheme = (struct study_scheme){.method = adapter_find("lora"), .rank = ranks[i]};
        snprintf(scheme->name, sizeof scheme->name, "lora %d", ranks[i]);
    }
    return plan;
}

static enum err_code refuse_scheme(const char *method, struct err *err)
{
    char names[64] = "";
    for (int i = 0; i < adapter_table_count; i++) {
        const char *before = i == 0 ? "" : i < adapter_table_count - 1 ? ", " : " or ";
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", before, adapter_table[i].name);
    }
    return err_set(err, ERR_INPUT, "there is no scheme \"%s\": it is %s", method, names);
}

enum err_code study_add_scheme(struct study_plan *plan, const char *method, int rank, const struct encoder_shape *shape,
                               struct err *err)
{
    const struct adapter_method *row = adapter_find(method);
    if (row == NULL)
        return refuse_scheme(method, err);
    if (row->ranked && (rank < 1 || rank > shape->width))
        return err_set(err, ERR_INPUT, "a rank must be from 1 to the encoder's width, %d, not %d", shape->width, rank);
    if (plan->schemes == STUDY_SCHEMES)
        return err_set(err, ERR_INPUT, "there can be no more than %d schemes", STUDY_SCHEMES);
    struct study_scheme *scheme = &plan->scheme[plan->schemes++];
    *scheme = (struct study_scheme){.method = row, .rank = row->ranked ? rank : 0};
    if (row->ranked)
        snprintf(scheme->name, sizeof scheme->name, "%.12s %d", row->name, rank);
    else
        snprintf(scheme->name, sizeof scheme->name, "%.20s", row->name);
    return ERR_NONE;
}

/* ---- who is who ---- */

/* The n-th method of the plan. */
static int method_of(const struct study *study, int number)
{
    for (int method = 0; method < TRAINING_METHODS; method++)
        if ((study->plan.methods & 1u << method) && number-- == 0)
            return method;
    return TRAINING_STANDARD;
}

static int count_methods(const struct study *study)
{
    int count = 0;
    for (int method = 0; method < TRAINING_METHODS; method++)
        count += (study->plan.methods & 1u << method) != 0;
    return count;
}

static int unseen(const struct study *study)
{
    return study->project->examples.tasks - study->project->examples.retraining;
}

static int base_index(const struct study *study, int method, int seed)
{
    return method * study->plan.seeds + seed;
}

static int adapted_index(const struct study *study, int method, int seed, int scheme, int persona)
{
    return (base_index(study, method, seed) * study->plan.schemes + scheme) * unseen(study) + persona;
}

int study_retrain_jobs(const struct study *study)
{
    return count_methods(study) * study->plan.seeds;
}

int study_adapt_jobs(const struct study *study)
{
    return study_retrain_jobs(study) * study->plan.schemes * unseen(study);
}

const struct study_outcome *study_retrained(const struct study *study, int method, int seed)
{
    return &study->retrained[base_index(study, method, seed)];
}

const struct study_outcome *study_adapted(const struct study *study, int method, int seed, int scheme, int persona)
{
    return &study->adapted[adapted_index(study, method, seed, scheme, persona)];
}

/* ---- memory ---- */

static bool new_outcomes(struct study_outcome **outcomes, size_t count, int epochs, int tasks)
{
    *outcomes = calloc(count, sizeof **outcomes);
    bool room = *outcomes != NULL;
    for (size_t i = 0; i < count && room; i++) {
        (*outcomes)[i].epoch = calloc((size_t)epochs, sizeof *(*outcomes)[i].epoch);
        room = (*outcomes)[i].epoch != NULL;
        if (tasks > 0 && room)
            room = ((*outcomes)[i].task = calloc((size_t)tasks, sizeof *(*outcomes)[i].task)) != NULL;
    }
    return room;
}

static void free_outcomes(struct study_outcome *outcomes, size_t count)
{
    for (size_t i = 0; outcomes != NULL && i < count; i++) {
        free(outcomes[i].epoch);
        free(outcomes[i].task);
    }
    free(outcomes);
}

static size_t bases(const struct study *study)
{
    return (size_t)TRAINING_METHODS * (size_t)study->plan.seeds;
}

static size_t adaptations(const struct study *study)
{
    return bases(study) * (size_t)study->plan.schemes * (size_t)unseen(study);
}

enum err_code study_begin(struct study *study, const struct study_plan *plan, const struct project *project,
                          struct err *err)
{
    *study = (struct study){.plan = *plan, .project = project, .err = {.code = ERR_NONE}};
    const struct dialogue_settings *settings = &project->settings;
    pthread_mutex_init(&study->mutex, NULL);
    study->journal = project_path(project->folder, "results.txt");
    study->base = calloc(bases(study), sizeof(struct tensors *));
    bool room = study->journal != NULL && study->base != NULL;
    room = room && new_outcomes(&study->retrained, bases(study), settings->epochs, project->examples.tasks);
    room = room && new_outcomes(&study->adapted, adaptations(study), settings->adapt_epochs, 0);
    enum err_code code = room ? ERR_NONE : err_set(err, ERR_MEMORY, "no memory for %d seeds", plan->seeds);
    code = code ? code : study_journal_read(study, err);
    if (code != ERR_NONE)
        study_free(study);
    return code;
}

void study_free(struct study *study)
{
    for (size_t i = 0; study->base != NULL && i < bases(study); i++)
        tensors_free(study->base[i]);
    free((void *)study->base);
    free_outcomes(study->retrained, bases(study));
    free_outcomes(study->adapted, adaptations(study));
    study_journal_free(study);
    free(study->journal);
    pthread_mutex_destroy(&study->mutex);
}

/* ---- jobs ---- */

static void fail(struct study *study, const struct err *err)
{
    pthread_mutex_lock(&study->mutex);
    if (study->err.code == ERR_NONE)
        study->err = *err;
    pthread_mutex_unlock(&study->mutex);
    atomic_store(&study->stopping, true);
}

static bool must_stop(struct study *study)
{
    if (study->asked != NULL && study->asked(study->asked_context))
        atomic_store(&study->stopping, true);
    return atomic_load(&study->stopping);
}

/* To the end, or to where the study stops; then, and now and then before, it is in its file. */
static enum err_code train_on(struct study *study, struct training *training, const char *path, struct err *err)
{
    enum err_code code = access(path, F_OK) == 0 ? training_read(training, path, err) : ERR_NONE;
    int64_t kept = training_at(training)->step;
    while (code == ERR_NONE && training_status(training) == TRAINING_GOES_ON && !must_stop(study)) {
        int64_t before = training_at(training)->step;
        training_step(training);
        atomic_fetch_add(&study->steps, training_at(training)->step - before);
        if (training_at(training)->step - kept >= study->plan.checkpoint &&
            training_status(training) == TRAINING_GOES_ON) {
            code = training_write(training, path, err);
            kept = training_at(training)->step;
        }
    }
    bool keeps = training_setup_of(training)->kind != TRAINING_ADAPT || training_status(training) == TRAINING_GOES_ON;
    return code == ERR_NONE && keeps ? training_write(training, path, err) : code;
}

static void note_outcome(const struct training *training, struct study_outcome *outcome)
{
    const struct training_position *at = training_at(training);
    outcome->diverged = at->diverged;
    outcome->epochs = at->epoch;
    outcome->best = at->best;
    for (int i = 0; i < at->epoch; i++)
        outcome->epoch[i] = *training_epoch(training, i);
    if (outcome->task != NULL)
        memcpy(outcome->task, training_results(training),
               (size_t)training_setup_of(training)->examples->tasks * sizeof *outcome->task);
    outcome->known = true;
}

void study_retrain(void *context, int job, int lane)
{
    struct study *study = context;
    int methods = count_methods(study);
    (void)lane;
    if (methods == 0 || must_stop(study))
        return;
    /* all methods of a seed before the next seed, so that something can be compared early */
    int method = method_of(study, job % methods);
    int seed = job / methods;
    const struct project *project = study->project;
    const struct training_setup setup = {
        .kind = (enum training_kind)method,
        .examples = &project->examples,
        .shape = &project->encoder.shape,
        .settings = &project->settings,
        .base = project->encoder.base,
        .seed = (uint64_t)(study->plan.first_seed + seed),
        .pool = project->pool,
    };
    struct err err = {.code = ERR_NONE};
    char name[64];
    snprintf(name, sizeof name, "%s-%d.state", training_names[method], study->plan.first_seed + seed);
    char *path = project_path(project->folder, name);
    struct training *training = path == NULL ? NULL : training_new(&setup, &err);
    enum err_code code = path == NULL ? err_set(&err, ERR_MEMORY, "no memory for a path") : err.code;
    if (training != NULL)
        code = train_on(study, training, path, &err);
    if (training != NULL && code == ERR_NONE && training_status(training) != TRAINING_GOES_ON) {
        note_outcome(training, &study->retrained[base_index(study, method, seed)]);
        struct tensors *base = tensors_copy(training_best(training), &err);
        study->base[base_index(study, method, seed)] = base;
        code = base == NULL ? err.code : ERR_NONE;
        if (code == ERR_NONE && study->exports != NULL)
            code = study_export_base(study, method, seed, base, &err);
        atomic_fetch_add(&study->done, 1);
    }
    if (code != ERR_NONE)
        fail(study, &err);
    training_free(training);
    free(path);
}

/* Adapts, and writes what came of it into the journal, if it is not there, and wherever else it is wanted. */
static enum err_code adapt_new(struct study *study, int method, int seed, const struct training_setup *setup,
                               uint64_t fingerprint, struct study_outcome *outcome, struct err *err)
{
    char name[64];
    snprintf(name, sizeof name, "adapt-%016llx.state", (unsigned long long)fingerprint);
    char *path = project_path(study->project->folder, name);
    struct training *training = path == NULL ? NULL : training_new(setup, err);
    enum err_code code = path == NULL ? err_set(err, ERR_MEMORY, "no memory for a path") : err->code;
    if (training != NULL)
        code = train_on(study, training, path, err);
    if (training != NULL && code == ERR_NONE && training_status(training) != TRAINING_GOES_ON) {
        bool known = outcome->known;
        note_outcome(training, outcome);
        if (study->exports != NULL)
            code = study_export_adapter(study, method, seed, training, fingerprint, err);
        if (code == ERR_NONE && !known)
            code = study_journal_add(study, fingerprint, outcome, err);
        unlink(path);
        atomic_fetch_add(&study->done, 1);
    }
    training_free(training);
    free(path);
    return code;
}

void study_adapt(void *context, int job, int lane)
{
    struct study *study = context;
    int methods = count_methods(study);
    (void)lane;
    if (methods == 0 || must_stop(study))
        return;
    int method = method_of(study, job % methods);
    int rest = job / methods;
    int persona = rest % unseen(study);
    int scheme = rest / unseen(study) % study->plan.schemes;
    int seed = rest / unseen(study) / study->plan.schemes;
    const struct project *project = study->project;
    const struct training_setup setup = {
        .kind = TRAINING_ADAPT,
        .examples = &project->examples,
        .shape = &project->encoder.shape,
        .settings = &project->settings,
        .base = study->base[base_index(study, method, seed)],
        .scheme = study->plan.scheme[scheme].method,
        .rank = study->plan.scheme[scheme].rank,
        .task = project->examples.retraining + persona,
        .seed = (uint64_t)(study->plan.first_seed + seed),
        .pool = project->pool,
    };
    struct err err = {.code = ERR_NONE};
    struct study_outcome *outcome = &study->adapted[adapted_index(study, method, seed, scheme, persona)];
    uint64_t fingerprint = training_fingerprint(&setup);
    bool wanted = study->exports != NULL && !study_is_exported(study, method, seed, &setup, fingerprint);
    if (study_journal_find(study, fingerprint, outcome) && !wanted)
        atomic_fetch_add(&study->done, 1);
    else if (adapt_new(study, method, seed, &setup, fingerprint, outcome, &err))
        fail(study, &err);
}
