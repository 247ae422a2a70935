/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/clipboard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* The test vectors of RFC 4648, section 10. */
static void text_goes_as_base64(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"rs1:~\x7f\xff", "cnMxOn5//w=="},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *sequence = clipboard_sequence(table[i][0]);
        char *want = NULL;
        assert_true(asprintf(&want, "\033]52;c;%s\a", table[i][1]) > 0);
        assert_string_equal(sequence, want);
        free(want);
        free(sequence);
    }
}

static void doubtful_terminals_are_spared(void **state)
{
    (void)state;
    assert_true(clipboard_is_safe("xterm-256color", NULL, NULL));
    assert_true(clipboard_is_safe("screen-256color", "/tmp/tmux-0/default,1,0", NULL));
    assert_true(clipboard_is_safe("tmux", "/tmp/tmux-0/default,1,0", ""));
    assert_false(clipboard_is_safe("screen-256color", NULL, "1234.pts-0.host"));
    assert_false(clipboard_is_safe("screen-256color", NULL, NULL));
    assert_false(clipboard_is_safe("xterm", NULL, "1234.pts-0.host"));
    assert_false(clipboard_is_safe("linux", NULL, NULL));
    assert_false(clipboard_is_safe("vt100", NULL, NULL));
    assert_false(clipboard_is_safe("", NULL, NULL));
    assert_false(clipboard_is_safe(NULL, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_goes_as_base64),
        cmocka_unit_test(doubtful_terminals_are_spared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
