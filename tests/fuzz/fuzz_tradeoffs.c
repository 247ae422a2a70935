/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "ui/tradeoffs.h"

#include <stdint.h>
#include <stdlib.h>

/* Any bytes as keys, mouse and resizes, three bytes an event: the screen stays alive, draws every size, and its plan is always one
 * that a table is made of or that is refused with a reason. */

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

/* As the program does it, but for tables that would take long, which are refused. */
static void grant(struct tradeoffs *tradeoffs, screen_wish wish, struct table **table, struct tradeoffs_view *view)
{
    enum { CELLS = 2000 };
    struct err err;
    if (!(wish & TRADEOFFS_SWEEP))
        return;
    struct table *made = NULL;
    if (plan_cells(tradeoffs_plan(tradeoffs)) > CELLS)
        err_set(&err, ERR_INPUT, "too many");
    else
        made = table_new(tradeoffs_plan(tradeoffs), &err);
    if (made == NULL) {
        tradeoffs_refuse(tradeoffs, &err);
        return;
    }
    tradeoffs_taken(tradeoffs);
    table_free(table[1]);
    table[1] = table[0];
    table[0] = made;
    view->table = table[0];
    view->former = table[1];
    view->number++;
}

static void drive(struct tradeoffs *tradeoffs, const uint8_t *data, size_t size, struct table **table,
                  struct tradeoffs_view *view)
{
    struct grid grid = {0, 0, NULL};
    if (!grid_resize(&grid, 80, 24))
        return;
    for (size_t i = 0; i + 3 <= size && i < 1500; i += 3) {
        struct event event = decode(data + i);
        grant(tradeoffs, tradeoffs_handle(tradeoffs, &event, view), table, view);
        if (plan_cells(tradeoffs_plan(tradeoffs)) > TRADEOFFS_CELLS || tradeoffs_plan(tradeoffs)->axes < 1)
            abort();
        if (event.type == EVENT_RESIZE && !grid_resize(&grid, event.x, event.y))
            break;
        if (event.type == EVENT_RESIZE || i % 48 == 0)
            tradeoffs_draw(tradeoffs, &grid, view);
    }
    tradeoffs_draw(tradeoffs, &grid, view);
    grid_free(&grid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tradeoffs_options options = {GLYPHS_BRAILLE};
    struct tradeoffs_view view = {.message = ""};
    struct table *table[2] = {NULL, NULL};
    struct config config;
    struct err err;
    config_default(&config);
    struct tradeoffs *tradeoffs = tradeoffs_new(&options, &err);
    if (tradeoffs) {
        grant(tradeoffs, tradeoffs_propose(tradeoffs, &config), table, &view);
        drive(tradeoffs, data, size, table, &view);
    }
    tradeoffs_free(tradeoffs);
    table_free(table[0]);
    table_free(table[1]);
    return 0;
}
