/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"
#include "support/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Runs that are kept, as a person keeps them. */

static struct screen *start(const char *variable)
{
    const char *const environment[] = {variable, NULL};
    struct screen *screen =
        screen_start(&(struct screen_options){.width = 120, .height = 36, .environment = environment});
    screen_wait(screen, "paused");
    return screen;
}

static void quit(struct screen *screen)
{
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
}

static char *data_folder(void)
{
    char *variable;
    assert_true(asprintf(&variable, "XDG_DATA_HOME=%s/data-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp") > 0);
    assert_non_null(mkdtemp(strchr(variable, '=') + 1));
    return variable;
}

static void a_run_is_kept_within_a_lesson(void **state)
{
    (void)state;
    char *variable = data_folder();
    struct screen *screen = start(variable);
    screen_send(screen, "L");
    screen_wait(screen, "The course");
    screen_send(screen, "\r\r3"); /* the first lesson's question */
    screen_wait(screen, "Right: \"16");
    screen_send(screen, "\r");
    screen_wait(screen, "Step 3 of 3");
    screen_send(screen, "s");
    screen_wait(screen, "step 1 ");
    screen_send(screen, "k");
    screen_wait(screen, "Keep this run");
    screen_send(screen, "\r");
    screen_wait(screen, "Kept as \"What is an adapter?\"");
    screen_send(screen, "v");
    screen_wait(screen, "1 run");
    screen_send(screen, "\r");
    screen_wait(screen, "step 1 of 3000");
    quit(screen);
    free(variable);
}

static void a_run_is_kept_and_opened_in_another_visit(void **state)
{
    (void)state;
    char *variable = data_folder();
    struct screen *screen = start(variable);
    screen_send(screen, "sssss");
    screen_wait(screen, "step 5 of");
    screen_send(screen, "k");
    screen_wait(screen, "Keep this run");
    screen_send(screen, " at five\r");
    screen_wait(screen, "Kept as \"Three tasks are enough at five\"");
    screen_send(screen, "n");
    screen_wait(screen, "seed 8");
    screen_send(screen, " ");
    screen_wait(screen, "✓ done");
    screen_send(screen, "k");
    screen_wait(screen, "Keep this run");
    screen_send(screen, " at five\r");
    screen_wait(screen, "there is a run of the name \"Three tasks are enough at five\" already");
    screen_send(screen, "\177\177\177\177end\r");
    screen_wait(screen, "Kept as \"Three tasks are enough at end\"");
    quit(screen);

    screen = start(variable);
    screen_send(screen, "v");
    screen_wait(screen, "2 runs");
    screen_wait(screen, "Three tasks are enough at end");
    screen_send(screen, "  "); /* both are marked */
    screen_wait(screen, "b Three tasks are enough at");
    screen_send(screen, "\r");
    screen_wait(screen, "step 5 of 3000");
    screen_wait(screen, "seed 7");
    screen_send(screen, "\033OS"); /* F4 */
    screen_wait(screen, "2 runs");
    screen_send(screen, "xx");
    screen_wait(screen, "1 run ");
    quit(screen);

    screen = start(variable);
    screen_send(screen, "v");
    screen_wait(screen, "1 run ");
    screen_wait(screen, "at end");
    quit(screen);

    struct program_result result =
        program_shell("cd \"$(mktemp -d)\" && "
                      "%s \"$RANKSCOPE\" report 'Three tasks are enough at end' kept-report 2>/dev/null && "
                      "cat kept-report/scenario.yaml",
                      variable);
    assert_int_equal(result.status, 0);
    assert_non_null(strstr(result.output, "seed: 8"));
    program_free(&result);
    free(variable);
}

/* Where the file of results cannot be, the run is kept for the visit, which is said. */
static void without_a_file_runs_last_a_visit(void **state)
{
    (void)state;
    struct screen *screen = start("XDG_DATA_HOME=/proc/nowhere");
    screen_send(screen, "s");
    screen_wait(screen, "step 1 of");
    screen_send(screen, "k");
    screen_wait(screen, "Keep this run");
    screen_send(screen, "\r");
    screen_wait(screen, "Kept for this visit alone: /proc/nowhere");
    screen_send(screen, "v");
    screen_wait(screen, "1 run ");
    quit(screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_kept_within_a_lesson),
        cmocka_unit_test(a_run_is_kept_and_opened_in_another_visit),
        cmocka_unit_test(without_a_file_runs_last_a_visit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
