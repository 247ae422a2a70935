/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "ui/decode.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any bytes in any portions give sound events, never stall, and after them Ctrl-C is still heard. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct event *event)
{
    switch (event->type) {
    case EVENT_KEY:
        if (event->key > EVENT_KEY_F12 || event->key == 0 || (event->key < 0x110000 && !text_printable(event->key)))
            abort();
        break;
    case EVENT_MOUSE:
        if (event->x < 0 || event->y < 0 || event->x > 9999 || event->y > 9999)
            abort();
        break;
    default:
        abort();
    }
}

/* Whether one of the events was Ctrl-C. */
static bool feed(struct decode *decode, const uint8_t *data, size_t size, bool final)
{
    bool heard = false;
    struct event event;
    while (size > 0) {
        size_t room = 0;
        unsigned char *to = decode_room(decode, &room);
        if (room == 0)
            abort();
        size_t portion = size < room ? size : room;
        memcpy(to, data, portion);
        decode->count += portion;
        data += portion;
        size -= portion;
        while (decode_event(decode, false, &event) || (final && decode_event(decode, true, &event))) {
            check(&event);
            heard = heard || (event.type == EVENT_KEY && event.key == EVENT_KEY_CTRL_C);
        }
    }
    return heard;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct decode decode = {.count = 0};
    while (size > 1) { /* a length, that many bytes, and so on */
        size_t portion = data[0] % 40;
        portion = portion < size - 1 ? portion : size - 1;
        feed(&decode, data + 1, portion, data[0] >= 128);
        data += portion + 1;
        size -= portion + 1;
    }
    bool heard = false;
    for (int i = 0; i < 8 && !heard; i++) /* what was begun may swallow a few */
        heard = feed(&decode, (const uint8_t *)"\007\003", 2, true);
    if (!heard)
        abort();
    return 0;
}
