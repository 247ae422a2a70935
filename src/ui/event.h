/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_EVENT_H
#define RANKSCOPE_UI_EVENT_H

#include <stdint.h>

/* What a person did at the terminal, free of curses. */
enum event_type { EVENT_KEY, EVENT_MOUSE, EVENT_RESIZE };

/* Keys that are no characters, above all code points. */
enum event_key {
    EVENT_KEY_UP = 0x110000,
    EVENT_KEY_DOWN,
    EVENT_KEY_LEFT,
    EVENT_KEY_RIGHT,
    EVENT_KEY_PAGE_UP,
    EVENT_KEY_PAGE_DOWN,
    EVENT_KEY_HOME,
    EVENT_KEY_END,
    EVENT_KEY_ENTER,
    EVENT_KEY_ESCAPE,
    EVENT_KEY_TAB,
    EVENT_KEY_BACK_TAB,
    EVENT_KEY_BACKSPACE,
    EVENT_KEY_DELETE,
    EVENT_KEY_CTRL_C,
    EVENT_KEY_CTRL_L,
    EVENT_KEY_CTRL_Z,
    EVENT_KEY_F1, /* F1 … F12 follow each other */
    EVENT_KEY_F2,
    EVENT_KEY_F3,
    EVENT_KEY_F4,
    EVENT_KEY_F5,
    EVENT_KEY_F6,
    EVENT_KEY_F7,
    EVENT_KEY_F8,
    EVENT_KEY_F9,
    EVENT_KEY_F10,
    EVENT_KEY_F11,
    EVENT_KEY_F12,
};

enum event_mouse {
    EVENT_MOUSE_PRESS,
    EVENT_MOUSE_DRAG,
    EVENT_MOUSE_RELEASE,
    EVENT_MOUSE_WHEEL_UP,
    EVENT_MOUSE_WHEEL_DOWN
};

struct event {
    enum event_type type;
    uint32_t key; /* EVENT_KEY: a code point or an enum event_key */
    enum event_mouse mouse;
    int x, y; /* EVENT_MOUSE: the cell; EVENT_RESIZE: the new size */
};

#endif
