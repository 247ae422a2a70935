/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/replay.h"
#include "support/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Recordings of the lab. */

static char *path_of(const char *name)
{
    char *path;
    assert_true(asprintf(&path, "%s/%s", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", name) > 0);
    unlink(path);
    return path;
}

static struct screen *start(int width, int height, const char *path)
{
    const char *const arguments[] = {"--record", path, NULL};
    struct screen *screen =
        screen_start(&(struct screen_options){.width = width, .height = height, .arguments = arguments});
    screen_wait(screen, "paused");
    return screen;
}

/* A visit with a run, menus, another size and a suspension in between. */
static void a_recording_ends_in_the_same_screen(void **state)
{
    (void)state;
    char *path = path_of("visit.cast");
    struct screen *screen = start(100, 30, path);
    screen_send(screen, " ");
    screen_wait(screen, "✓ done");
    screen_send(screen, "u");
    screen_wait(screen, "◂ mark");
    screen_send(screen, "y");
    screen_wait(screen, "Share this run");
    screen_resize(screen, 120, 36);
    screen_wait(screen, "─ Three tasks are enough ─");
    screen_send(screen, "q");
    screen_wait_gone(screen, "Share this run");
    screen_send(screen, "\032");
    screen_wait_stopped(screen);
    screen_continue(screen);
    screen_wait(screen, "◂ mark");
    screen_send(screen, "\t3");
    screen_wait(screen, "meta: from three tasks on");
    char *last = strdup(screen_text(screen));
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    char *after = strdup(screen_text(screen));
    screen_free(screen);

    char *seen = replay_text(path, 1); /* the last thing is to leave the screen */
    assert_string_equal(seen, last);
    free(seen);
    seen = replay_text(path, 0);
    assert_string_equal(seen, after);
    free(seen);
    free(after);
    free(last);
    unlink(path);
    free(path);
}

static void a_full_disk_ends_the_recording_alone(void **state)
{
    (void)state;
    struct screen *screen = start(80, 24, "/dev/full");
    screen_wait(screen, "/dev/full: the recording ends here: No space left on device");
    screen_send(screen, "s");
    screen_wait(screen, "step 1 ");
    screen_wait_gone(screen, "the recording ends here");
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
}

static void no_file_is_written_over(void **state)
{
    (void)state;
    char *path = path_of("there.cast");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    const char *const arguments[] = {"--record", path, NULL};
    struct screen *screen = screen_start(&(struct screen_options){.width = 240, .height = 24, .arguments = arguments});
    assert_int_equal(WEXITSTATUS(screen_wait_end(screen)), 2);
    screen_wait(screen, "it is there already");
    screen_free(screen);
    unlink(path);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recording_ends_in_the_same_screen),
        cmocka_unit_test(a_full_disk_ends_the_recording_alone),
        cmocka_unit_test(no_file_is_written_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
