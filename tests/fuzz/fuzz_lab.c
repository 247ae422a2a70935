/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "ui/lab.h"

#include <stdint.h>
#include <stdlib.h>

/* Any bytes as keys, mouse and resizes, three bytes an event: the lab stays alive, draws every size, and its config is
 * always one that an experiment can be made from. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    case 2:
        event.type = EVENT_MOUSE;
        event.mouse = (enum event_mouse)((bytes[0] >> 3) % (EVENT_MOUSE_WHEEL_DOWN + 1));
        event.x = bytes[1];
        event.y = bytes[2] % 100;
        break;
    case 3:
        event.key = EVENT_KEY_UP + bytes[1] % (EVENT_KEY_F12 - EVENT_KEY_UP + 1);
        break;
    case 4:
        event.key = (uint32_t)bytes[1] << 8 | bytes[2];
        break;
    default:
        event.key = bytes[1] % 0x80;
    }
    return event;
}

static void drive(struct lab *lab, const uint8_t *data, size_t size, const struct view *view)
{
    static const struct lab_status status = {LIVE_RUNNING, true, 2385, 0, ""};
    struct grid grid = {0, 0, NULL};
    struct err err;
    if (!grid_resize(&grid, 80, 24))
        return;
    for (size_t i = 0; i + 3 <= size && i < 3000; i += 3) {
        struct event event = decode(data + i);
        lab_handle(lab, &event, view);
        if (config_check(lab_config(lab), NULL, &err))
            abort();
        if (event.type == EVENT_RESIZE && !grid_resize(&grid, event.x, event.y))
            break;
        if (event.type == EVENT_RESIZE || i % 96 == 0)
            lab_draw(lab, &grid, view, &status);
    }
    lab_draw(lab, &grid, view, &status);
    grid_free(&grid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct lab_options options = {.glyphs = GLYPHS_BRAILLE};
    struct scenario_entry entry[2] = {{.name = "first"}, {.name = "second"}};
    struct scenario_list scenarios = {2, entry};
    struct view view = {.snapshot = NULL};
    struct err err;
    for (int i = 0; i < 2; i++)
        config_default(&entry[i].config);
    struct history *empty = history_new();
    struct lab *lab = empty ? lab_new(&entry[0].config, &scenarios, &options, &err) : NULL;
    for (int m = 0; m < METHOD_COUNT; m++)
        for (int s = 0; s < STAGE_COUNT; s++)
            view.history[m][s] = empty;
    if (lab)
        drive(lab, data, size, &view);
    lab_free(lab);
    history_free(empty);
    return 0;
}
