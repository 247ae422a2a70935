/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/terrain_state.h"

#include <math.h>
#include <stdlib.h>

struct terrain *terrain_new(const struct terrain_options *options, struct err *err)
{
    struct terrain *terrain = calloc(1, sizeof *terrain);
    if (terrain == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the landscape's screen");
        return NULL;
    }
    frame_begin(&terrain->frame, SCREEN_LANDSCAPE, &terrain_keymap, options->glyphs);
    terrain->method = METHOD_META;
    terrain->direction[0] = LANDSCAPE_TRUTH;
    terrain->direction[1] = LANDSCAPE_LOWEST;
    return terrain;
}

void terrain_free(struct terrain *terrain)
{
    free(terrain);
}

struct frame *terrain_frame(struct terrain *terrain)
{
    return &terrain->frame;
}

/* The one that is wanted, else the first that takes part. */
int terrain_method(const struct terrain *terrain, const struct config *config)
{
    int method = terrain->method;
    for (int row = METHOD_COUNT - 1; row >= 0 && !(config->retrain.methods & 1u << terrain->method); row--)
        if (config->retrain.methods & 1u << row)
            method = row;
    return method;
}

/* Whether a point of the slice takes so long (about a millisecond) that fewer of them had better do. */
static bool is_large(const struct problem_config *problem)
{
    enum { LARGE = 128 };
    static const double large_network = 2e7; /* products of a pass through the hidden layer, a sigmoid being twelve */
    double d = problem->dimension, samples = (double)problem->tasks * problem->samples;
    return problem->kind == PROBLEM_NETWORK ? samples * d * (d + 12) > large_network : problem->dimension > LARGE;
}

void terrain_request(const struct terrain *terrain, const struct journal *journal, struct survey_request *request)
{
    enum { SIDE = 41, LARGE_SIDE = 21 };
    const struct config *config = &journal->start;
    *request = (struct survey_request){
        .journal = *journal,
        .method = terrain_method(terrain, config),
        .direction = {terrain->direction[0], terrain->direction[1]},
        .side = is_large(&config->problem) ? LARGE_SIDE : SIDE,
        .zoom = exp2(-terrain->zoom),
    };
}

screen_wish terrain_handle(struct terrain *terrain, const struct event *event, const struct terrain_view *view)
{
    uint32_t key = 0;
    screen_wish wish = frame_notice(&terrain->frame, event);
    if (event->type == EVENT_KEY)
        wish |= terrain_press(terrain, event->key, view);
    else if (event->type == EVENT_MOUSE && frame_point(&terrain->frame, terrain_context(terrain), event, &key, &wish) &&
             key != 0)
        wish |= terrain_press(terrain, key, view);
    return wish;
}
