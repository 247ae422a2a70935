/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "support/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* Options as a person has them: in the file, on their screen, at once. */

static void write_config(const char *text)
{
    char *path = NULL;
    struct err err;
    const char *home = getenv("HOME");
    assert_non_null(home);
    assert_true(asprintf(&path, "%s/.config", home) > 0);
    mkdir(path, 0700);
    free(path);
    assert_true(asprintf(&path, "%s/.config/rankscope", home) > 0);
    mkdir(path, 0700);
    free(path);
    assert_true(asprintf(&path, "%s/.config/rankscope/config.yaml", home) > 0);
    assert_int_equal(file_write(path, text, strlen(text), &err), ERR_NONE);
    free(path);
}

static struct screen *start(const char *const *arguments)
{
    struct screen *screen = screen_start(&(struct screen_options){.width = 100, .height = 30, .arguments = arguments});
    screen_wait(screen, "paused");
    return screen;
}

static void quit(struct screen *screen)
{
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
}

static void options_are_changed_and_kept(void **state)
{
    (void)state;
    size_t size;
    write_config("scenario: two-tasks\nmouse: off\n");
    struct screen *screen = start(NULL);
    screen_wait(screen, "Two tasks");
    assert_false(screen_mouse(screen));
    screen_send(screen, "O");
    screen_wait(screen, "◂ terminal ▸");
    screen_send(screen, "\033[C"); /* → */
    screen_wait(screen, "◂ dark ▸");
    assert_non_null(strstr(screen_bytes(screen, &size), "48;5;234"));
    screen_send(screen, "\033[B"); /* ↓ */
    screen_wait(screen, "◂ auto ▸");
    screen_send(screen, "-"); /* ascii */
    screen_wait(screen, "< ascii >");
    screen_send(screen, ":option theme=light\r");
    screen_wait(screen, "theme is light.");
    screen_wait(screen, "light");
    screen_send(screen, "\033OP"); /* F1 */
    screen_wait(screen, "+ F1 Lab");
    quit(screen);
    screen = start((const char *const[]){"three-tasks", "--braille", NULL}); /* the line counts more */
    screen_wait(screen, "Three tasks are enough");
    screen_wait(screen, "┌ F1 Lab");
    quit(screen);
}

static void mistakes_do_not_stop_the_lab(void **state)
{
    (void)state;
    write_config("theme: mauve\nkeys: {lab.run: s, lab.reset: R}\n");
    struct screen *screen = start(NULL);
    screen_wait(screen, "theme must be terminal");
    screen_wait(screen, "R reset"); /* what is right counts */
    quit(screen);
    write_config("scenario: nowhere\n");
    screen = start(NULL);
    screen_wait(screen, "nowhere");
    screen_wait(screen, "Three tasks are enough");
    quit(screen);
}

static void changed_keys_are_shown_and_work(void **state)
{
    (void)state;
    write_config("keys: {lab.log-x: X, lab.run: x, lab.reset: '%', help: h, quit: Q}\n");
    struct screen *screen = start(NULL);
    screen_wait(screen, "x run/pause");
    screen_wait(screen, "h help");
    screen_send(screen, "q"); /* does nothing now */
    screen_send(screen, "h");
    screen_wait(screen, "x                run or pause");
    screen_send(screen, "\033[F"); /* End */
    screen_send(screen, "\r");
    screen_wait(screen, "Retraining loss");
    screen_send(screen, "x");
    screen_wait(screen, "✓ done");
    screen_send(screen, "x");
    screen_wait(screen, "The run is done: % takes it back");
    screen_send(screen, "O");
    screen_wait(screen, "lab.run                  x");
    screen_send(screen, "\033[F\033[3~"); /* End, Delete: the last of them, options.quit */
    screen_wait(screen, "options.quit             Q");
    screen_send(screen, "Q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_changed_and_kept),
        cmocka_unit_test(mistakes_do_not_stop_the_lab),
        cmocka_unit_test(changed_keys_are_shown_and_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
