/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/survey.h"

#include "run/experiment.h"
#include "run/key.h"
#include "run/survey_report.h"
#include "support/near.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct config small_config(void)
{
    struct config config;
    config_default(&config);
    config.problem.dimension = 7;
    config.retrain.steps = 500;
    config.retrain.inner_rate = 0.005;
    config.retrain.outer_rate = 0.3;
    return config;
}

static struct survey_request request_of(const struct config *config, long step)
{
    struct survey_request request = {
        .method = METHOD_META, .direction = {LANDSCAPE_TRUTH, LANDSCAPE_LOWEST}, .side = 9, .zoom = 1};
    journal_begin(&request.journal, config);
    request.journal.position.step = step;
    return request;
}

static void look(struct surveyor *surveyor, const struct survey_request *request, struct survey *survey)
{
    struct err err = {.code = ERR_NONE};
    bool done = false;
    if (surveyor_survey(surveyor, request, NULL, survey, &done, &err))
        fail_msg("%s", err.message);
    assert_true(done);
}

static struct survey *new_survey(void)
{
    struct survey *survey = calloc(1, sizeof *survey);
    assert_non_null(survey);
    return survey;
}

/* The surveyor walks on where it can, and that changes nothing to the last bit. */
static void walks_on_to_the_same_place(void **state)
{
    (void)state;
    struct config config = small_config();
    struct surveyor *one = surveyor_new(), *other = surveyor_new();
    struct survey *first = new_survey(), *second = new_survey();
    struct survey_request near = request_of(&config, 40), far = request_of(&config, 90);
    look(one, &near, first);
    assert_int_equal(first->step, 40);
    look(one, &far, first);
    look(other, &far, second);
    assert_int_equal(first->step, 90);
    assert_memory_equal(first->loss, second->loss, 81 * sizeof(double));
    assert_true(first->steps == second->steps && first->steps > 10);
    look(one, &near, first); /* and back */
    look(other, &near, second);
    assert_memory_equal(first->loss, second->loss, 81 * sizeof(double));
    surveyor_free(one);
    surveyor_free(other);
    free(first);
    free(second);
}

/* The place is the run's: loss with the base at its minimiser, so not above the run's own. */
static void is_where_the_run_is(void **state)
{
    (void)state;
    struct config config = small_config();
    struct survey_request request = request_of(&config, 60);
    struct surveyor *surveyor = surveyor_new();
    struct survey *survey = new_survey();
    struct sample sample;
    struct err err;
    struct experiment *experiment = experiment_new(&config, &err);
    for (int i = 0; i < 60; i++)
        assert_true(experiment_step(experiment));
    assert_true(experiment_sample(experiment, METHOD_META, false, &sample));
    look(surveyor, &request, survey);
    assert_true(survey->place.loss <= sample.value[SERIES_TRAIN_LOSS]);
    assert_true(survey->place.loss > 0.5 * sample.value[SERIES_TRAIN_LOSS]);
    assert_near(survey->loss[4 * 9 + 4], survey->place.loss, 1e-9 * survey->place.loss); /* the middle */
    assert_int_equal(survey->path[0].step, 0);
    assert_true(survey->truth[0] > 0 && survey->truth[0] < survey->span);
    experiment_free(experiment);
    surveyor_free(surveyor);
    free(survey);
}

/* Many more steps than the path has room for: it begins at the start, steps ascend, and it holds the whole way. */
static void thins_out_the_path(void **state)
{
    (void)state;
    struct config config = small_config();
    struct survey_request request = request_of(&config, 500);
    struct surveyor *surveyor = surveyor_new();
    struct survey *survey = new_survey();
    look(surveyor, &request, survey);
    assert_in_range(survey->steps, 8, SURVEY_PATH);
    for (int i = 1; i < survey->steps; i++)
        assert_true(survey->path[i].step > survey->path[i - 1].step);
    assert_int_equal(survey->path[0].step, 0);
    assert_true(survey->path[0].loss > survey->path[survey->steps - 1].loss);
    surveyor_free(surveyor);
    free(survey);
}

static void names_the_theory_at_the_saddle(void **state)
{
    (void)state;
    struct config config = small_config();
    char text[SURVEY_TEXT_SIZE];
    config.retrain.init_scale = 0;
    struct survey_request request = request_of(&config, 10);
    struct surveyor *surveyor = surveyor_new();
    struct survey *survey = new_survey();
    look(surveyor, &request, survey);
    assert_int_equal(survey->place.kind, LANDSCAPE_SADDLE);
    assert_near(survey->saddle, survey->place.eigenvalue[0], 1e-9 * fabs(survey->saddle));
    survey_describe(survey, text);
    assert_non_null(strstr(text, "at a saddle: the gradient vanishes (0)"));
    assert_non_null(strstr(text, "for the least: so it is."));
    surveyor_free(surveyor);
    free(survey);
}

/* In words, each kind of place once. */
static void describes_every_kind(void **state)
{
    (void)state;
    static const char *const said[LANDSCAPE_KINDS] = {"on a slope", "at a saddle", "at a spurious minimum",
                                                      "in a valley", "running off"};
    struct config config = small_config();
    struct survey *survey = new_survey();
    char text[SURVEY_TEXT_SIZE];
    survey->request = request_of(&config, 5);
    survey->saddle = (double)NAN;
    survey->place = (struct landscape_place){
        .loss = 0.5, .loss_without = 9, .decrement = (double)NAN, .eigenvalues = 1, .eigenvalue = {0.25}};
    for (int kind = 0; kind < LANDSCAPE_KINDS; kind++) {
        survey->place.kind = (enum landscape_kind)kind;
        survey_describe(survey, text);
        if (!strstr(text, said[kind]))
            fail_msg("no \"%s\" in: %s", said[kind], text);
    }
    survey->place.kind = LANDSCAPE_MINIMUM;
    survey->place.global = true;
    survey->place.loss = 1e-30;
    survey_describe(survey, text);
    assert_non_null(strstr(text, "at a global minimum: the loss is 0."));
    free(survey);
}

static void refuses_what_leads_nowhere(void **state)
{
    (void)state;
    struct config config = small_config();
    struct surveyor *surveyor = surveyor_new();
    struct survey *survey = new_survey();
    struct err err = {.code = ERR_NONE};
    bool done = true;
    config.retrain.methods = 1u << METHOD_STANDARD;
    struct survey_request request = request_of(&config, 5);
    assert_int_equal(surveyor_survey(surveyor, &request, NULL, survey, &done, &err), ERR_INPUT);
    assert_false(done);
    request.method = METHOD_STANDARD;
    request.journal.position.step = 501;
    assert_int_equal(surveyor_survey(surveyor, &request, NULL, survey, &done, &err), ERR_INPUT);
    request.as_far = true;
    look(surveyor, &request, survey);
    assert_int_equal(survey->step, 500);
    request.journal.full = true;
    assert_int_equal(surveyor_survey(surveyor, &request, NULL, survey, &done, &err), ERR_INPUT);
    surveyor_free(surveyor);
    free(survey);
}

static struct config network_config(void)
{
    struct config config;
    config_default(&config);
    config.problem.kind = PROBLEM_NETWORK;
    config.problem.dimension = 4;
    config.problem.rank = config.retrain.rank = config.adapt.rank = 1;
    config.problem.samples = 60;
    config.problem.noise = 0.1;
    config.adapt.samples = 20;
    config.retrain.steps = 300;
    config.retrain.outer_rate = 0.01;
    return config;
}

/* Of networks nothing is eliminated, so the place has the run's own loss, and both kinds of retraining have one. */
static void looks_at_networks(void **state)
{
    (void)state;
    struct config config = network_config();
    struct surveyor *surveyor = surveyor_new();
    struct survey *survey = new_survey();
    for (int method = METHOD_STANDARD; method <= METHOD_META; method++) {
        struct err err = {.code = ERR_NONE};
        struct sample sample;
        char text[SURVEY_TEXT_SIZE];
        struct survey_request request = request_of(&config, 120);
        request.method = method;
        struct experiment *experiment = experiment_new(&config, &err);
        assert_non_null(experiment);
        for (int i = 0; i < 120; i++)
            assert_true(experiment_step(experiment));
        assert_true(experiment_sample(experiment, method, false, &sample));
        look(surveyor, &request, survey);
        assert_near(survey->place.loss, sample.value[SERIES_TRAIN_LOSS], 1e-15);
        assert_near(survey->loss[4 * 9 + 4], survey->place.loss, 1e-12); /* the middle */
        assert_int_equal(survey->place.unknowns, method == METHOD_META ? 2 * 3 * 4 + 20 : 20);
        assert_int_equal(survey->place.eigenvalues, HESSIAN_LOWEST);
        assert_true(survey->place.decrement > 0 && isnan(survey->place.loss_without) && isnan(survey->saddle));
        assert_int_equal(survey->path[0].step, 0);
        assert_true(survey->steps > 10 && survey->path[0].loss > survey->place.loss);
        assert_true(survey->truth[0] > 0 && survey->truth[0] < survey->span);
        survey_describe(survey, text);
        assert_null(strstr(text, "minimiser, where it is taken to be"));
        experiment_free(experiment);
    }
    surveyor_free(surveyor);
    free(survey);
}

/* What tells a network's place: not the gradient's length, but what it is worth; and no minimum of theirs is called
 * global, spurious or the only one. */
static void describes_networks(void **state)
{
    (void)state;
    struct config config = network_config();
    struct survey *survey = new_survey();
    char text[SURVEY_TEXT_SIZE];
    survey->request = request_of(&config, 5);
    survey->saddle = (double)NAN;
    survey->place = (struct landscape_place){.kind = LANDSCAPE_FLAT,
                                             .loss = 0.0101,
                                             .loss_without = (double)NAN,
                                             .gradient_norm = 0.002,
                                             .base_gradient = 0.001,
                                             .decrement = 8.7e-7,
                                             .nothing = 1.2e-6,
                                             .eigenvalues = 1,
                                             .eigenvalue = {-4.6e-7}};
    survey_describe(survey, text);
    assert_non_null(strstr(text, "in a valley: the gradient all but vanishes (0.002, worth 8.7e-07 of loss) at a loss "
                                 "of 0.0101, no direction"));
    assert_non_null(strstr(text, "The least eigenvalue is -4.6e-07; up to 1.2e-06 counts as 0."));
    assert_null(strstr(text, "base"));
    survey->place.kind = LANDSCAPE_MINIMUM;
    survey->place.eigenvalue[0] = 0.25;
    for (int method = METHOD_STANDARD; method <= METHOD_META; method++) {
        survey->request.method = method;
        survey_describe(survey, text);
        assert_non_null(strstr(text, "at a minimum: the gradient all but vanishes"));
        assert_false(survey_is_spurious(survey));
    }
    free(survey);
}

/* A method that rests while the others go on is where it came to rest, whatever step they are at: to the last bit, though it was walked
 * there alone at first, and with the others beyond. */
static void waits_for_the_others(void **state)
{
    (void)state;
    struct config config = small_config();
    struct surveyor *surveyor = surveyor_new();
    struct survey *survey = new_survey();
    struct err err = {.code = ERR_NONE};
    config.retrain.solver = solver_find("newton");
    struct experiment *experiment = experiment_new(&config, &err);
    double loss[81];
    int rested = 0;
    assert_non_null(experiment);
    while (experiment_step(experiment) && experiment_stage(experiment) == STAGE_RETRAIN) {
        struct survey_request request = request_of(&config, experiment_steps(experiment));
        request.method = METHOD_STANDARD;
        look(surveyor, &request, survey);
        assert_int_equal(survey->step, experiment_retrain_steps(experiment, METHOD_STANDARD));
        assert_int_equal(survey->status, experiment_retrain_status(experiment, METHOD_STANDARD));
        if (survey->status != SOLVER_RUNNING && rested++ == 0)
            memcpy(loss, survey->loss, sizeof loss);
        else if (rested > 0)
            assert_memory_equal(survey->loss, loss, sizeof loss);
    }
    assert_true(rested > 1); /* it did wait */
    long steps = experiment_retrain_steps(experiment, METHOD_META);
    struct survey_request beyond = request_of(&config, steps + 1);
    bool done = true;
    for (beyond.method = METHOD_STANDARD; beyond.method <= METHOD_META; beyond.method++) {
        assert_int_equal(surveyor_survey(surveyor, &beyond, NULL, survey, &done, &err), ERR_INPUT);
        assert_non_null(strstr(err.message, "the run ends before"));
        assert_false(done);
    }
    experiment_free(experiment);
    surveyor_free(surveyor);
    free(survey);
}

static void stops_when_told(void **state)
{
    (void)state;
    struct config config = small_config();
    struct survey_request request = request_of(&config, 400);
    struct surveyor *surveyor = surveyor_new();
    struct survey *survey = new_survey();
    struct err err = {.code = ERR_NONE};
    atomic_bool stop = true;
    bool done = true;
    assert_int_equal(surveyor_survey(surveyor, &request, &stop, survey, &done, &err), ERR_NONE);
    assert_false(done);
    look(surveyor, &request, survey);
    assert_int_equal(survey->step, 400);
    surveyor_free(surveyor);
    free(survey);
}

static void writes_all_formats(void **state)
{
    (void)state;
    struct config config = small_config();
    struct survey_request request = request_of(&config, 30);
    struct surveyor *surveyor = surveyor_new();
    struct survey *survey = new_survey();
    look(surveyor, &request, survey);
    for (int format = RESULT_TEXT; format <= RESULT_JSON; format++) {
        char *text = NULL;
        size_t size = 0;
        struct err err;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        assert_int_equal(survey_write(stream, (enum result_format)format, survey, &err), ERR_NONE);
        fclose(stream);
        if (format == RESULT_TEXT)
            assert_non_null(strstr(text, "Meta-LoRA retraining after 30 steps\n\nplace "));
        if (format == RESULT_CSV)
            assert_non_null(strstr(text, "\npath,0,"));
        if (format == RESULT_JSON) {
            json_t *root = json_loads(text, 0, NULL);
            json_t *loss = json_object_get(json_object_get(root, "slice"), "loss");
            assert_int_equal(json_array_size(loss), 9);
            assert_int_equal(json_array_size(json_array_get(loss, 8)), 9);
            json_decref(root);
        }
        free(text);
    }
    surveyor_free(surveyor);
    free(survey);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_on_to_the_same_place), cmocka_unit_test(is_where_the_run_is),
        cmocka_unit_test(thins_out_the_path),         cmocka_unit_test(names_the_theory_at_the_saddle),
        cmocka_unit_test(describes_every_kind),       cmocka_unit_test(refuses_what_leads_nowhere),
        cmocka_unit_test(looks_at_networks),          cmocka_unit_test(describes_networks),
        cmocka_unit_test(waits_for_the_others),       cmocka_unit_test(stops_when_told),
        cmocka_unit_test(writes_all_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
