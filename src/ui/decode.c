/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/decode.h"

#include "base/text.h"

#include <string.h>

enum {
    BELL = 0x07,
    CANCEL = 0x18,
    SUBSTITUTE = 0x1A,
    ESCAPE = 0x1B,
    SEQUENCE_MAX = DECODE_SIZE / 2, /* longer than anything a terminal sends on a key */
    PARAMETER_COUNT = 3,
    PARAMETER_MAX = 9999,
};

/* What was found at the beginning of the bytes. */
struct token {
    size_t length; /* bytes that it takes; 0: more must come */
    bool found;    /* *event is set; else these bytes mean nothing */
};

static struct token token_more(void)
{
    return (struct token){0, false};
}

static struct token token_skip(size_t length)
{
    return (struct token){length, false};
}

static struct token token_key(size_t length, uint32_t key, struct event *event)
{
    *event = (struct event){.type = EVENT_KEY, .key = key};
    return (struct token){length, key != 0};
}

unsigned char *decode_room(struct decode *decode, size_t *size)
{
    *size = DECODE_SIZE - decode->count;
    return decode->byte + decode->count;
}

/* ---- text ---- */

static uint32_t control_key(unsigned char byte)
{
    switch (byte) {
    case 0x03:
        return EVENT_KEY_CTRL_C;
    case 0x08:
    case 0x7F:
        return EVENT_KEY_BACKSPACE;
    case '\t':
        return EVENT_KEY_TAB;
    case '\n':
    case '\r':
        return EVENT_KEY_ENTER;
    case 0x0C:
        return EVENT_KEY_CTRL_L;
    case 0x1A:
        return EVENT_KEY_CTRL_Z;
    default:
        return 0;
    }
}

static size_t utf8_length(unsigned char lead)
{
    return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
}

static struct token text_token(const unsigned char *byte, size_t count, bool final, struct event *event)
{
    if (byte[0] < 0x20 || byte[0] == 0x7F)
        return token_key(1, control_key(byte[0]), event);
    uint32_t rune = 0;
    size_t length = text_decode((const char *)byte, count, &rune);
    if (length > 0)
        return token_key(length, text_printable(rune) ? rune : 0, event);
    bool cut = count < utf8_length(byte[0]);
    for (size_t i = 1; i < count && cut; i++)
        cut = (byte[i] & 0xC0) == 0x80;
    return cut && !final ? token_more() : token_skip(1);
}

/* ---- mouse ---- */

enum { BUTTON = 3, MODIFIERS = 4 + 8 + 16, MOTION = 32, WHEEL = 64, OTHER_BUTTONS = 128 };

/* A report with xterm's button code, at (x, y) from 1: the left button and the wheel mean something. */
static struct token mouse_token(size_t length, int code, int x, int y, bool release, struct event *event)
{
    if (x < 1 || y < 1 || code < 0)
        return token_skip(length);
    code &= ~MODIFIERS;
    enum event_mouse mouse;
    if (code == WHEEL)
        mouse = EVENT_MOUSE_WHEEL_UP;
    else if (code == WHEEL + 1)
        mouse = EVENT_MOUSE_WHEEL_DOWN;
    else if ((code & BUTTON) != 0 || code >= WHEEL)
        return token_skip(length);
    else if (release)
        mouse = EVENT_MOUSE_RELEASE;
    else
        mouse = (code & MOTION) != 0 ? EVENT_MOUSE_DRAG : EVENT_MOUSE_PRESS;
    *event = (struct event){.type = EVENT_MOUSE, .mouse = mouse, .x = x - 1, .y = y - 1};
    return (struct token){length, true};
}

/* CSI M and three bytes, each 32 more than it means: terminals that know no SGR reports. */
static struct token x10_token(const unsigned char *byte, size_t count, struct event *event)
{
    if (count < 6)
        return token_more();
    int code = byte[3] - 32;
    bool release = (code & (BUTTON | WHEEL)) == BUTTON;
    return mouse_token(6, release ? 0 : code, byte[4] - 32, byte[5] - 32, release, event);
}

/* ---- keys ---- */

static uint32_t letter_key(unsigned char letter)
{
    switch (letter) {
    case 'A':
        return EVENT_KEY_UP;
    case 'B':
        return EVENT_KEY_DOWN;
    case 'C':
        return EVENT_KEY_RIGHT;
    case 'D':
        return EVENT_KEY_LEFT;
    case 'H':
        return EVENT_KEY_HOME;
    case 'F':
        return EVENT_KEY_END;
    case 'Z':
        return EVENT_KEY_BACK_TAB;
    case 'P':
    case 'Q':
    case 'R':
    case 'S':
        return EVENT_KEY_F1 + (uint32_t)(letter - 'P');
    default:
        return 0;
    }
}

/* 11 … 24 with holes: what xterm and the VT220 send for F1 … F12. */
static uint32_t function_key(int number)
{
    static const signed char table[] = {1, 2, 3, 4, 5, 0, 6, 7, 8, 9, 10, 0, 11, 12};
    int at = number - 11;
    if (at < 0 || at >= (int)sizeof table || table[at] == 0)
        return 0;
    return EVENT_KEY_F1 + (uint32_t)(table[at] - 1);
}

static uint32_t number_key(int number)
{
    switch (number) {
    case 1:
    case 7:
        return EVENT_KEY_HOME;
    case 3:
        return EVENT_KEY_DELETE;
    case 4:
    case 8:
        return EVENT_KEY_END;
    case 5:
        return EVENT_KEY_PAGE_UP;
    case 6:
        return EVENT_KEY_PAGE_DOWN;
    default:
        return function_key(number);
    }
}

/* Numbers between semicolons; −1 where there is none, and for what is too large. */
static void read_parameters(const unsigned char *byte, size_t count, int parameter[PARAMETER_COUNT])
{
    int at = 0;
    for (int i = 0; i < PARAMETER_COUNT; i++)
        parameter[i] = -1;
    for (size_t i = 0; i < count && at < PARAMETER_COUNT; i++) {
        if (byte[i] == ';') {
            at++;
        } else if (byte[i] >= '0' && byte[i] <= '9') {
            int value = parameter[at] < 0 ? 0 : parameter[at];
            parameter[at] = value > PARAMETER_MAX ? value : value * 10 + (byte[i] - '0');
        }
    }
    for (int i = 0; i < PARAMETER_COUNT; i++)
        parameter[i] = parameter[i] > PARAMETER_MAX ? -1 : parameter[i];
}

/* A whole control sequence: ESC [, parameters, a final byte. */
static struct token sequence_token(const unsigned char *byte, size_t length, struct event *event)
{
    int parameter[PARAMETER_COUNT];
    unsigned char last = byte[length - 1];
    bool sgr = byte[2] == '<';
    read_parameters(byte + 2 + sgr, length - 3 - sgr, parameter);
    if (sgr && (last == 'M' || last == 'm'))
        return mouse_token(length, parameter[0], parameter[1], parameter[2], last == 'm', event);
    if (byte[2] >= '<' && byte[2] <= '?') /* private: an answer to somebody's question */
        return token_skip(length);
    if (last == 'R' && parameter[1] >= 0 && parameter[0] != 1) /* where the cursor is */
        return token_skip(length);
    return token_key(length, last == '~' ? number_key(parameter[0]) : letter_key(last), event);
}

static struct token csi_token(const unsigned char *byte, size_t count, bool final, struct event *event)
{
    if (byte[2] == 'M')
        return count < 6 && final ? token_skip(count) : x10_token(byte, count, event);
    if (byte[2] == '[') { /* F1 … F5 of the Linux console: a letter from A on */
        if (count < 4)
            return final ? token_skip(count) : token_more();
        return token_key(4, byte[3] >= 'A' && byte[3] <= 'E' ? EVENT_KEY_F1 + (uint32_t)(byte[3] - 'A') : 0, event);
    }
    for (size_t i = 2; i < count; i++) {
        if (byte[i] >= 0x40 && byte[i] <= 0x7E)
            return sequence_token(byte, i + 1, event);
        if (byte[i] < 0x20 || byte[i] > 0x7E)
            return token_skip(i);
    }
    return token_more();
}

/* ESC ], P, X, ^ or _ and text up to BEL or ESC \: answers to questions that were not asked. */
static struct token string_token(const unsigned char *byte, size_t count, bool final)
{
    for (size_t i = 2; i < count; i++) {
        if (byte[i] == BELL || byte[i] == CANCEL || byte[i] == SUBSTITUTE)
            return token_skip(i + 1);
        if (byte[i] == ESCAPE && i + 1 < count)
            return token_skip(byte[i + 1] == '\\' ? i + 2 : i);
    }
    return final ? token_skip(count) : token_more();
}

static struct token escape_token(const unsigned char *byte, size_t count, bool final, struct event *event)
{
    bool begins = count > 1 && byte[1] != '\0' && strchr("[O]PX^_", byte[1]) != NULL;
    if (count == 1 || (begins && count == 2))
        return final ? token_key(1, EVENT_KEY_ESCAPE, event) : token_more();
    if (!begins)
        return token_key(1, EVENT_KEY_ESCAPE, event);
    if (byte[1] == '[')
        return csi_token(byte, count, final, event);
    if (byte[1] == 'O')
        return token_key(3, byte[2] == 'M' ? EVENT_KEY_ENTER : letter_key(byte[2]), event);
    return string_token(byte, count, final);
}

/* ---- the stream ---- */

static void drop(struct decode *decode, size_t length)
{
    decode->count -= length;
    memmove(decode->byte, decode->byte + length, decode->count);
}

static bool ends_string(unsigned char byte)
{
    return byte == BELL || byte == CANCEL || byte == SUBSTITUTE || byte == ESCAPE;
}

/* Passes over the rest of a sequence that was too long; false: its end has not come. */
static bool skip_rest(struct decode *decode)
{
    const unsigned char *byte = decode->byte;
    size_t at = 0;
    if (decode->skipping == '[') {
        while (at < decode->count && byte[at] >= 0x20 && byte[at] < 0x40)
            at++;
        if (at < decode->count && byte[at] >= 0x40 && byte[at] <= 0x7E) {
            decode->skipping = 0;
            at++;
        }
    } else {
        while (at < decode->count && !ends_string(byte[at]))
            at++;
        if (at + 1 < decode->count && byte[at] == ESCAPE && byte[at + 1] == '\\') {
            decode->skipping = 0;
            at += 2;
        }
    }
    drop(decode, at);
    if (decode->count > 0)
        decode->skipping = 0;
    return decode->skipping == 0;
}

bool decode_event(struct decode *decode, bool final, struct event *event)
{
    while (decode->count > 0) {
        if (decode->skipping != 0 && (!skip_rest(decode) || decode->count == 0))
            return false;
        struct token token = decode->byte[0] == ESCAPE ? escape_token(decode->byte, decode->count, final, event)
                                                       : text_token(decode->byte, decode->count, final, event);
        if (token.length == 0) {
            if (decode->count <= SEQUENCE_MAX)
                return false;
            decode->skipping = decode->byte[1] == '[' ? '[' : ']';
            decode->count = 0;
        }
        drop(decode, token.length);
        if (token.found)
            return true;
    }
    return false;
}

bool decode_undecided(const struct decode *decode)
{
    return decode->count > 0 && decode->count <= SEQUENCE_MAX && decode->skipping == 0;
}
