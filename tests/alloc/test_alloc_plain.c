/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "cmd/plain.h"
#include "run/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A command of the plain mode that memory is short for says so, and the next one is done. */
static enum failing_outcome do_line(void *context)
{
    struct err err = {.code = ERR_NONE};
    struct plain *plain = context;
    enum err_code code = plain_perform(plain, "step 2", &err);
    enum failing_outcome outcome = code == ERR_NONE     ? FAILING_SUCCESS
                                   : code == ERR_MEMORY ? FAILING_REPORTED
                                                        : FAILING_WRONG;
    plain_reset(plain);
    return outcome;
}

static void lines_are_done(void **state)
{
    (void)state;
    static struct plain plain;
    struct err err;
    config_default(&plain.config);
    assert_int_equal(key_assign(&plain.config, "problem.dimension=5", &err), ERR_NONE);
    plain.input.ended = true;
    plain.quit = false;
    assert_true(failing_every(do_line, &plain) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_are_done)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
