/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void feed(struct decode *decode, const char *bytes, size_t size)
{
    size_t room = 0;
    unsigned char *to = decode_room(decode, &room);
    assert_true(size <= room);
    memcpy(to, bytes, size);
    decode->count += size;
}

/* The events as words: characters as themselves, keys by their names, "press 3,4". */
static void describe(const struct event *event, char *text, size_t size)
{
    static const char *const key[] = {
        "up",  "down",     "left",  "right",  "page-up",   "page-down", "home",   "end", "enter", "escape",
        "tab", "back-tab", "erase", "delete", "interrupt", "ctrl-l",    "ctrl-z", "f1",  "f2",    "f3",
        "f4",  "f5",       "f6",    "f7",     "f8",        "f9",        "f10",    "f11", "f12"};
    static const char *const mouse[] = {"press", "drag", "release", "wheel-up", "wheel-down"};
    if (event->type == EVENT_MOUSE)
        snprintf(text, size, "%s %d,%d", mouse[event->mouse], event->x, event->y);
    else if (event->key >= EVENT_KEY_UP)
        snprintf(text, size, "%s", key[event->key - EVENT_KEY_UP]);
    else if (event->key < 0x80)
        snprintf(text, size, "%c", (int)event->key);
    else
        snprintf(text, size, "U+%04X", event->key);
}

static void drain(struct decode *decode, bool final, char *text, size_t size)
{
    struct event event;
    size_t used = strlen(text);
    while (decode_event(decode, final, &event)) {
        if (used > 0)
            text[used++] = ' ';
        describe(&event, text + used, size - used);
        used += strlen(text + used);
    }
}

/* At once, a byte at a time, and as the last of all. */
static void assert_bytes(const char *bytes, size_t size, const char *expected)
{
    char text[1024] = "";
    struct decode decode = {.count = 0};
    feed(&decode, bytes, size);
    drain(&decode, false, text, sizeof text);
    assert_string_equal(text, expected);

    char slowly[1024] = "";
    decode = (struct decode){.count = 0};
    for (size_t i = 0; i < size; i++) {
        feed(&decode, bytes + i, 1);
        drain(&decode, false, slowly, sizeof slowly);
    }
    assert_string_equal(slowly, expected);
}

#define assert_events(bytes, expected) assert_bytes(bytes, sizeof(bytes) - 1, expected)

static void text_is_utf8(void **state)
{
    (void)state;
    assert_events("q7 ", "q 7  ");
    assert_events("\303\202\342\240\277\360\237\230\200", "U+00C2 U+283F U+1F600");
    assert_events("a\377\300\257\355\240\200b", "a b"); /* stray, overlong, surrogate */
    assert_events("\302\205z", "z");                    /* a control character of Latin-1 */
    assert_events("\303q", "q");                        /* cut short */
}

static void control_characters_are_keys(void **state)
{
    (void)state;
    assert_events("\003\032\014\t\r\n\177\010", "interrupt ctrl-z ctrl-l tab enter enter erase erase");
    assert_bytes("\000\001\037x", 4, "x");
}

static void sequences_are_keys(void **state)
{
    (void)state;
    assert_events("\033[A\033[B\033[C\033[D", "up down right left");
    assert_events("\033OA\033OB\033OC\033OD\033OH\033OF\033OM", "up down right left home end enter");
    assert_events("\033[H\033[F\033[1~\033[4~\033[7~\033[8~", "home end home end home end");
    assert_events("\033[3~\033[5~\033[6~\033[Z", "delete page-up page-down back-tab");
    assert_events("\033[1;5A\033[5;2~", "up page-up"); /* with Ctrl, with Shift */
}

static void function_keys_have_many_spellings(void **state)
{
    (void)state;
    assert_events("\033OP\033OQ\033OR\033OS", "f1 f2 f3 f4");                    /* VT100, xterm */
    assert_events("\033[11~\033[12~\033[13~\033[14~\033[15~", "f1 f2 f3 f4 f5"); /* rxvt, old xterm */
    assert_events("\033[17~\033[18~\033[19~\033[20~\033[21~\033[23~\033[24~", "f6 f7 f8 f9 f10 f11 f12");
    assert_events("\033[[A\033[[B\033[[C\033[[D\033[[E", "f1 f2 f3 f4 f5"); /* Linux console */
    assert_events("\033[P\033[Q\033[R\033[S", "f1 f2 f3 f4");               /* kitty */
    assert_events("\033[1;2P\033[1;5R\033[17;2~", "f1 f3 f6");              /* with Shift, with Ctrl */
}

static void what_means_nothing_is_skipped_whole(void **state)
{
    (void)state;
    assert_events("\033[16~\033[22~\033[25~\033[[F\033[I\033[?1;2c\033[>0;276;0c\033OTx", "x");
    assert_events("\033[24;80Rx", "x"); /* where the cursor is */
    assert_events("\033[200~7\033[201~", "7");
    assert_events("\033]11;rgb:0000/0000/0000\033\\x\033]0;t\007y\033P1+r\033\\z", "x y z");
    assert_events("\033[12\033[A", "up"); /* broken off by another */
    assert_events("\033[12\003", "interrupt");
    assert_events("\033[99999999999999999999~x", "x");
}

static void endless_sequences_are_skipped(void **state)
{
    (void)state;
    struct decode decode = {.count = 0};
    char text[256] = "";
    feed(&decode, "\033[", 2);
    for (int i = 0; i < 5000; i++) {
        feed(&decode, ";1", 2);
        drain(&decode, false, text, sizeof text);
    }
    feed(&decode, "Ax", 2);
    drain(&decode, false, text, sizeof text);
    assert_string_equal(text, "x");

    text[0] = '\0';
    feed(&decode, "\033]52;", 5);
    for (int i = 0; i < 5000; i++) {
        feed(&decode, "qQ", 2);
        drain(&decode, false, text, sizeof text);
    }
    feed(&decode, "\033\\y", 3);
    drain(&decode, false, text, sizeof text);
    assert_string_equal(text, "y");
}

static void only_time_tells_what_an_escape_is(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *expected;
    } table[] = {
        {"\033", "escape"},    {"\033[", "escape ["}, {"\033O", "escape O"}, {"\033\033", "escape escape"},
        {"\033]", "escape ]"}, {"\342\240", ""},      {"\033[1;", ""},       {"\033[M", ""},
        {"\033]0;stuck", ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char text[64] = "";
        struct decode decode = {.count = 0};
        feed(&decode, table[i].bytes, strlen(table[i].bytes));
        drain(&decode, false, text, sizeof text);
        assert_true(decode_undecided(&decode));
        drain(&decode, true, text, sizeof text);
        assert_string_equal(text, table[i].expected);
    }
    assert_events("\033q", "escape q");
    struct decode none = {.count = 0};
    assert_false(decode_undecided(&none));
}

static void mouse_reports_are_events(void **state)
{
    (void)state;
    assert_events("\033[<0;12;7M\033[<32;13;7M\033[<0;13;7m", "press 11,6 drag 12,6 release 12,6");
    assert_events("\033[<64;1;1M\033[<65;300;200M", "wheel-up 0,0 wheel-down 299,199");
    assert_events("\033[<16;5;5M", "press 4,4");                                /* with Ctrl */
    assert_events("\033[<1;5;5M\033[<2;5;5M\033[<35;5;5M\033[<128;5;5Mx", "x"); /* other buttons, mere motion */
    assert_events("\033[<0;0;5M\033[<0;5M\033[<0;99999;5M\033[<;;Mx", "x");
    assert_events("\033[M !!\033[M#!!\033[M`#$", "press 0,0 release 0,0 wheel-up 2,3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_utf8),
        cmocka_unit_test(control_characters_are_keys),
        cmocka_unit_test(sequences_are_keys),
        cmocka_unit_test(function_keys_have_many_spellings),
        cmocka_unit_test(what_means_nothing_is_skipped_whole),
        cmocka_unit_test(endless_sequences_are_skipped),
        cmocka_unit_test(only_time_tells_what_an_escape_is),
        cmocka_unit_test(mouse_reports_are_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
