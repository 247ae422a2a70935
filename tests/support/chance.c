/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/chance.h"

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 11;
}

int chance_below(uint64_t *seed, int limit)
{
    return (int)(next(seed) % (uint64_t)limit);
}

static uint32_t random_key(uint64_t *seed)
{
    static const uint32_t odd[] = {0, 0x7F, 0xE9, 0x3C3, 0x2265, 0x1F600, 0xD800, 0x10FFFF, 0x1FFFFF, UINT32_MAX};
    switch (chance_below(seed, 8)) {
    case 0:
    case 1:
    case 2:
    case 3:
        return EVENT_KEY_UP + (uint32_t)chance_below(seed, EVENT_KEY_F12 - EVENT_KEY_UP + 1);
    case 4:
        return '0' + (uint32_t)chance_below(seed, 10);
    case 5:
        return odd[chance_below(seed, sizeof odd / sizeof *odd)];
    default:
        return ' ' + (uint32_t)chance_below(seed, 95);
    }
}

struct event chance_event(uint64_t *seed, const struct grid *grid)
{
    struct event event = {.type = EVENT_KEY};
    int kind = chance_below(seed, 100);
    if (kind < 60) {
        event.key = random_key(seed);
    } else if (kind < 99) {
        event.type = EVENT_MOUSE;
        event.mouse = (enum event_mouse)chance_below(seed, EVENT_MOUSE_WHEEL_DOWN + 1);
        event.x = chance_below(seed, grid->width + 4) - 2;
        event.y = chance_below(seed, grid->height + 4) - 2;
    } else {
        event.type = EVENT_RESIZE;
        event.x = 1 + chance_below(seed, chance_below(seed, 2) ? 250 : 80);
        event.y = 1 + chance_below(seed, chance_below(seed, 2) ? 80 : 24);
    }
    return event;
}
