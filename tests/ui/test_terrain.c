/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "support/golden.h"
#include "ui/terrain.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The screen over a survey that is made up: a saddle with two valleys, and a way into one. */
struct driver {
    struct terrain *terrain;
    struct grid grid;
    struct survey survey;
    struct err err;
    struct terrain_view view;
    struct snapshot *snapshot;
    screen_wish wish; /* of the last event */
};

static void draw(struct driver *driver)
{
    grid_clear(&driver->grid);
    terrain_draw(driver->terrain, &driver->grid, &driver->view);
}

static void make_survey(struct survey *survey, const struct config *config)
{
    enum { SIDE = 21, STEPS = 6 };
    *survey = (struct survey){
        .request = {.method = METHOD_META, .direction = {LANDSCAPE_TRUTH, LANDSCAPE_LOWEST}, .side = SIDE, .zoom = 1},
        .step = 42,
        .saddle = (double)NAN,
        .sliced = true,
        .span = 2,
        .truth = {1, 0},
        .steps = STEPS};
    journal_begin(&survey->request.journal, config);
    survey->place = (struct landscape_place){.kind = LANDSCAPE_SADDLE,
                                             .loss = 1,
                                             .loss_without = 1,
                                             .gradient_norm = 2.385e-9,
                                             .decrement = (double)NAN,
                                             .adapters_norm = 1e-5,
                                             .unknowns = 96,
                                             .eigenvalues = 8,
                                             .eigenvalue = {-16.7, -8.88, -0.5, 0.01, 0.2, 1, 2, 3}};
    for (int row = 0; row < SIDE; row++)
        for (int column = 0; column < SIDE; column++) {
            double x = 4.0 * column / (SIDE - 1) - 2, y = 4.0 * row / (SIDE - 1) - 2;
            survey->loss[row * SIDE + column] = pow(x * x - 1, 2) + y * y + 1e-7;
        }
    for (int i = 0; i < STEPS; i++)
        survey->path[i] = (struct survey_step){i * 7, {-1.4 + 0.28 * i, 1.5 - 0.3 * i}, 1};
}

static struct driver *driver_new(int width, int height)
{
    struct driver *driver = calloc(1, sizeof *driver);
    struct config config;
    assert_non_null(driver);
    config_default(&config);
    driver->snapshot = aligned_alloc(64, (snapshot_size(&config) + 63) / 64 * 64);
    assert_non_null(driver->snapshot);
    memset(driver->snapshot, 0, sizeof *driver->snapshot);
    driver->snapshot->config = config;
    snprintf(driver->snapshot->config.title, sizeof config.title, "Leaving the saddle");
    driver->terrain = terrain_new(&(struct terrain_options){.glyphs = GLYPHS_BRAILLE}, &driver->err);
    assert_non_null(driver->terrain);
    assert_true(grid_resize(&driver->grid, width, height));
    make_survey(&driver->survey, &config);
    driver->view = (struct terrain_view){
        .survey = &driver->survey, .err = &driver->err, .snapshot = driver->snapshot, .state = LIVE_PAUSED};
    draw(driver);
    return driver;
}

static void driver_free(struct driver *driver)
{
    terrain_free(driver->terrain);
    grid_free(&driver->grid);
    free(driver->snapshot);
    free(driver);
}

static void press(struct driver *driver, uint32_t key)
{
    driver->wish = terrain_handle(driver->terrain, &(struct event){.type = EVENT_KEY, .key = key}, &driver->view);
    draw(driver);
}

static struct survey_request wanted(const struct driver *driver)
{
    struct survey_request request;
    terrain_request(driver->terrain, &driver->survey.request.journal, &request);
    return request;
}

static bool shows(const struct driver *driver, const char *text)
{
    char *screen = golden_screen(&driver->grid);
    bool found = strstr(screen, text) != NULL;
    free(screen);
    return found;
}

static void golden(const struct driver *driver, const char *name)
{
    char *text = golden_screen(&driver->grid);
    golden_check(name, text);
    free(text);
}

static void every_size_has_its_screen(void **state)
{
    (void)state;
    static const struct {
        int width, height;
        const char *name;
    } sizes[] = {
        {120, 36, "terrain/120x36.txt"}, {80, 24, "terrain/80x24.txt"}, {200, 60, "terrain/200x60.txt"},
        {60, 16, "terrain/60x16.txt"},   {59, 16, "terrain/59x16.txt"},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct driver *driver = driver_new(sizes[i].width, sizes[i].height);
        golden(driver, sizes[i].name);
        driver_free(driver);
    }
}

static void what_is_unusual_has_its_screen(void **state)
{
    (void)state;
    struct driver *driver = driver_new(80, 24);
    press(driver, 'b');
    press(driver, 'b');
    press(driver, 'l');
    golden(driver, "terrain/ascii-80x24.txt");
    press(driver, '?');
    golden(driver, "terrain/help-80x24.txt");
    press(driver, '?');
    driver->survey.sliced = false;
    draw(driver);
    assert_true(shows(driver, "There are no two directions to look along."));
    err_set(&driver->err, ERR_INPUT, "it cannot be walked again");
    draw(driver);
    assert_true(shows(driver, "it cannot be walked again"));
    driver->err.code = ERR_NONE;
    driver->view.survey = NULL;
    draw(driver);
    assert_true(shows(driver, "There is nothing to see yet"));
    driver->view.snapshot = NULL;
    driver->view.state = LIVE_BUILDING;
    driver->view.busy = true;
    draw(driver);
    assert_true(shows(driver, "Looking ..."));
    driver_free(driver);
}

/* A network's place is told by what its gradient is worth; the longest such sentence. */
static void networks_have_their_screen(void **state)
{
    (void)state;
    static const struct {
        int width, height;
        const char *name;
    } sizes[] = {{80, 24, "terrain/network-80x24.txt"}, {120, 36, "terrain/network-120x36.txt"}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct driver *driver = driver_new(sizes[i].width, sizes[i].height);
        struct landscape_place *place = &driver->survey.place;
        place->kind = LANDSCAPE_FLAT;
        place->loss = 0.0101;
        place->loss_without = (double)NAN;
        place->gradient_norm = 0.00198;
        place->decrement = 8.7e-7;
        place->nothing = 1.2e-6;
        memcpy(place->eigenvalue,
               (const double[HESSIAN_LOWEST]){-4.6e-7, 6.9e-7, 3e-6, 8.2e-6, 1.1e-5, 1.7e-5, 1.8e-5, 2.4e-5},
               sizeof place->eigenvalue);
        driver->survey.step = 30000;
        draw(driver);
        golden(driver, sizes[i].name);
        driver_free(driver);
    }
}

static void keys_do_what_they_say(void **state)
{
    (void)state;
    struct driver *driver = driver_new(80, 24);
    press(driver, ' ');
    assert_int_equal(driver->wish, WISH_REDRAW | TERRAIN_RUN);
    driver->view.state = LIVE_RUNNING;
    press(driver, ' ');
    assert_int_equal(driver->wish, WISH_REDRAW | TERRAIN_PAUSE);
    driver->view.state = LIVE_DONE;
    press(driver, ' ');
    assert_true(shows(driver, "The run is done"));
    press(driver, 's');
    assert_true(driver->wish & TERRAIN_STEP);
    press(driver, 'r');
    assert_true(driver->wish & TERRAIN_AGAIN);
    press(driver, 'g');
    assert_true(driver->wish & WISH_GNUPLOT);
    press(driver, EVENT_KEY_F1);
    assert_true(driver->wish & (WISH_GO << SCREEN_LAB));
    for (int i = 0; i < 2 * LANDSCAPE_DIRECTIONS; i++) {
        press(driver, i % 3 ? 'x' : 'y');
        assert_true(driver->wish & TERRAIN_LOOK);
        struct survey_request request = wanted(driver);
        assert_true(request.direction[0] != request.direction[1]);
    }
    press(driver, '+');
    press(driver, '+');
    assert_true(wanted(driver).zoom > 0.2 && wanted(driver).zoom < 0.3);
    for (int i = 0; i < 40; i++)
        press(driver, '-');
    assert_true(wanted(driver).zoom <= 4096);
    press(driver, '0');
    assert_true(wanted(driver).zoom > 0.9 && wanted(driver).zoom < 1.1);
    press(driver, 'v');
    assert_int_equal(wanted(driver).method, METHOD_STANDARD);
    driver_free(driver);
}

/* A method that takes no part is not asked for. */
static void looks_at_what_takes_part(void **state)
{
    (void)state;
    struct driver *driver = driver_new(80, 24);
    driver->survey.request.journal.start.retrain.methods = 1u << METHOD_STANDARD;
    assert_int_equal(wanted(driver).method, METHOD_STANDARD);
    driver->survey.request.journal.start.problem.dimension = 200;
    assert_true(wanted(driver).side < 41 && wanted(driver).side % 2 == 1);
    struct problem_config *problem = &driver->survey.request.journal.start.problem;
    problem->kind = PROBLEM_NETWORK;
    problem->dimension = 10;
    problem->samples = 1000;
    assert_int_equal(wanted(driver).side, 41);
    problem->samples = 100000;
    assert_int_equal(wanted(driver).side, 21);
    driver_free(driver);
}

/* From the smallest sizes up, whatever the numbers are. */
static void anything_is_drawn(void **state)
{
    (void)state;
    static const double losses[] = {0, 1e-300, 1e300, 1};
    struct driver *driver = driver_new(60, 16);
    for (int width = 1; width < 130; width += 7)
        for (int height = 1; height < 50; height += 5) {
            size_t which = (size_t)(width + height) % 4;
            for (size_t i = 0; which < 3 && i < 441; i++)
                driver->survey.loss[i] = losses[which];
            driver->survey.truth[0] = height % 2 ? (double)NAN : 1e9;
            assert_true(grid_resize(&driver->grid, width, height));
            terrain_handle(driver->terrain, &(struct event){.type = EVENT_RESIZE, .x = width, .y = height},
                           &driver->view);
            draw(driver);
        }
    driver_free(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_has_its_screen),  cmocka_unit_test(what_is_unusual_has_its_screen),
        cmocka_unit_test(networks_have_their_screen), cmocka_unit_test(keys_do_what_they_say),
        cmocka_unit_test(looks_at_what_takes_part),   cmocka_unit_test(anything_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
