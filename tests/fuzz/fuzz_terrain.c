/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/method.h"
#include "run/key.h"
#include "ui/terrain.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any bytes as keys, mouse, resizes and surveys, three bytes an event: the Landscape screen stays alive, draws every size, and what it
 * wants to see is something that can be looked at. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const double odd[] = {0, 1e-300, 2.385, 1e300, -1, 1e-9, 7, -3e5, (double)NAN, (double)INFINITY};

static double pick(uint8_t byte)
{
    return odd[byte % (sizeof odd / sizeof *odd)];
}

static void disturb(struct survey *survey, const uint8_t bytes[3])
{
    size_t at = (size_t)bytes[1] << 8 | bytes[2];
    survey->loss[at % (SURVEY_SIDE_MOST * SURVEY_SIDE_MOST)] = pick(bytes[1]);
    survey->path[at % SURVEY_PATH] = (struct survey_step){bytes[2], {pick(bytes[1]), pick(bytes[2])}, pick(bytes[0])};
    survey->steps = bytes[2] % (SURVEY_PATH + 1);
    survey->span = fabs(pick(bytes[1]));
    survey->truth[bytes[1] & 1] = pick(bytes[2]);
    survey->request.side = bytes[2] % SURVEY_SIDE_MOST | 1;
    survey->sliced = bytes[1] & 2;
    survey->place.kind = (enum landscape_kind)(bytes[2] % LANDSCAPE_KINDS);
    survey->place.eigenvalues = bytes[1] % (HESSIAN_LOWEST + 1);
    survey->place.eigenvalue[bytes[2] % HESSIAN_LOWEST] = pick(bytes[1]);
    survey->place.loss = pick(bytes[2]);
    survey->saddle = pick(bytes[0]);
}

static struct event decode(const uint8_t bytes[3])
{
    struct event event = {.type = EVENT_KEY};
    switch (bytes[0] & 7) {
    case 0:
        event.type = EVENT_RESIZE;
        event.x = bytes[1] % 250 + 1;
        event.y = bytes[2] % 80 + 1;
        break;
    case 1:
        event.type = EVENT_MOUSE;
        event.mouse = (enum event_mouse)((bytes[0] >> 3) % (EVENT_MOUSE_WHEEL_DOWN + 1));
        event.x = bytes[1];
        event.y = bytes[2] % 100;
        break;
    case 2:
        event.key = EVENT_KEY_UP + bytes[1] % (EVENT_KEY_F12 - EVENT_KEY_UP + 1);
        break;
    default:
        event.key = bytes[1] % 0x80;
    }
    return event;
}

static void check_request(const struct terrain *terrain, const struct journal *journal)
{
    struct survey_request request;
    terrain_request(terrain, journal, &request);
    if (request.direction[0] == request.direction[1] || request.side > SURVEY_SIDE_MOST || request.side % 2 == 0 ||
        !(request.zoom > 0 && request.zoom < 1e6) || !(journal->start.retrain.methods & 1u << request.method))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct survey survey;
    struct err err = {.code = ERR_NONE};
    struct grid grid = {0};
    struct config config;
    config_default(&config);
    memset(&survey, 0, sizeof survey);
    journal_begin(&survey.request.journal, &config);
    survey.request.side = 1;
    survey.request.method = METHOD_META;
    struct terrain *terrain = terrain_new(&(struct terrain_options){.glyphs = GLYPHS_BRAILLE}, &err);
    struct terrain_view view = {.survey = &survey, .err = &err, .state = LIVE_PAUSED};
    if (terrain == NULL || !grid_resize(&grid, 80, 24))
        abort();
    for (; size >= 3; data += 3, size -= 3) {
        struct event event = decode(data);
        if ((data[0] & 7) == 3)
            disturb(&survey, data);
        if (event.type == EVENT_RESIZE && !grid_resize(&grid, event.x, event.y))
            abort();
        view.state = (enum live_state)(data[0] % (LIVE_FAILED + 1));
        view.survey = data[0] & 0x40 ? NULL : &survey;
        view.busy = data[0] & 0x20;
        terrain_handle(terrain, &event, &view);
        grid_clear(&grid);
        terrain_draw(terrain, &grid, &view);
        check_request(terrain, &survey.request.journal);
    }
    terrain_free(terrain);
    grid_free(&grid);
    return 0;
}
