/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "cmd/lookout.h"
#include "model/method.h"
#include "run/key.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static enum failing_outcome outcome_of(const struct err *err)
{
    return err->code == ERR_NONE ? FAILING_SUCCESS : err->code == ERR_MEMORY ? FAILING_REPORTED : FAILING_WRONG;
}

/* Looks once, as the screen does, and draws what was found or why not. */
static enum failing_outcome look(void *context)
{
    struct grid *grid = context;
    struct err err = {.code = ERR_NONE};
    struct lookout lookout = {.scout = NULL};
    struct terrain *terrain = terrain_new(&(struct terrain_options){.glyphs = GLYPHS_ASCII}, &err);
    if (terrain == NULL)
        return outcome_of(&err);
    struct config config;
    struct journal journal;
    config_default(&config);
    config.problem.dimension = 5;
    journal_begin(&journal, &config);
    lookout_look(&lookout, terrain, &journal, false, false);
    while (lookout.err.code == ERR_NONE && !lookout_tend(&lookout)) {
        struct pollfd descriptor = {.fd = lookout_descriptor(&lookout), .events = POLLIN};
        poll(&descriptor, 1, -1);
    }
    struct terrain_view view = {
        .survey = lookout.err.code == ERR_NONE ? lookout.survey : NULL, .err = &lookout.err, .state = LIVE_PAUSED};
    terrain_draw(terrain, grid, &view);
    enum failing_outcome outcome = outcome_of(&lookout.err);
    while (!lookout_free(&lookout))
        ;
    terrain_free(terrain);
    return outcome;
}

static void every_allocation_of_a_look_is_reported(void **state)
{
    (void)state;
    struct grid grid = {0};
    assert_true(grid_resize(&grid, 80, 24));
    assert_in_range(failing_every(look, &grid), 20, 999);
    grid_free(&grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_a_look_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
