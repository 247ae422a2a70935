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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The Dialogue screen as a person uses it, with trainings that are really done, on an encoder that is made small before. */

#define F5    "\033[15~"
#define RIGHT "\033[C"

static char home[512];

static int set_up(void **state)
{
    (void)state;
    struct program_result result =
        program_shell("d=$TMPDIR/data/rankscope/dialogue && mkdir -p $d && $RANKSCOPE dialogue generate --dir $d "
                      "--personas 24 --dialogues 4 && "
                      "$RANKSCOPE dialogue pretrain --dir $d --width 8 --layers 1 --steps 2 --vocabulary 600");
    if (result.status != 0)
        fail_msg("%s", result.errors);
    program_free(&result);
    snprintf(home, sizeof home, "XDG_DATA_HOME=%s/data", getenv("TMPDIR"));
    return 0;
}

static struct screen *start_in(const char *data, int width, int height)
{
    const char *const environment[] = {data, "DISPLAY=", "WAYLAND_DISPLAY=", "GNUTERM=", NULL};
    struct screen *screen =
        screen_start(&(struct screen_options){.width = width, .height = height, .environment = environment});
    screen_wait(screen, "paused");
    screen_send(screen, F5);
    screen_wait(screen, "not begun");
    return screen;
}

static struct screen *start(int width, int height)
{
    return start_in(home, width, height);
}

static void quit(struct screen *screen)
{
    screen_send(screen, "q");
    int status = screen_wait_end(screen);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    screen_free(screen);
}

static void both_retrainings_go_to_their_end(void **state)
{
    (void)state;
    struct screen *screen = start(120, 36);
    screen_wait(screen, "no data yet");
    screen_send(screen, " ");
    screen_wait(screen, "✓ done");
    screen_wait(screen, "Adapted to 10 of 10 new personas by LoRA of rank 8");
    screen_wait(screen, "held-out turn 1 of 90");
    screen_send(screen, RIGHT);
    screen_wait(screen, "held-out turn 2 of 90");
    quit(screen);
}

static bool begins(const char *path, const char *signature)
{
    char content[64] = "";
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    size_t size = fread(content, 1, sizeof content, file);
    fclose(file);
    return size > strlen(signature) && memcmp(content, signature, strlen(signature)) == 0;
}

/* Without a display gnuplot keeps a picture, and a sheet of what is measured now can be had at any time. */
static void gnuplot_draws_what_is_measured(void **state)
{
    (void)state;
    static const struct {
        const char *name, *signature;
    } sheets[] = {{"dialogue-sheet.png", "\x89PNG"},
                  {"dialogue-sheet.svg", "<?xml"},
                  {"dialogue-sheet.pdf", "%PDF"},
                  {"dialogue-sheet.gp", "#!/usr/bin/env gnuplot"}};
    char text[128];
    struct screen *screen = start(120, 36);
    screen_send(screen, "g");
    screen_wait(screen, "There is nothing yet to draw.");
    screen_send(screen, ":plot dialogue-sheet.png\r");
    screen_wait(screen, "there is nothing yet to draw");
    screen_send(screen, "\033");
    screen_wait_gone(screen, "plot dialogue-sheet");
    unlink("rankscope-dialogue.png");
    screen_send(screen, " ");
    screen_wait(screen, "✓ done");
    screen_send(screen, "g");
    screen_wait(screen, "gnuplot draws into rankscope-dialogue.png");
    for (int i = 0; i < 400 * program_slowness() && !begins("rankscope-dialogue.png", "\x89PNG"); i++)
        screen_read(screen, 50);
    assert_true(begins("rankscope-dialogue.png", "\x89PNG"));
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        unlink(sheets[i].name);
        snprintf(text, sizeof text, ":plot %s\r", sheets[i].name);
        screen_send(screen, text);
        snprintf(text, sizeof text, "%s is written.", sheets[i].name);
        screen_wait(screen, text);
        assert_true(begins(sheets[i].name, sheets[i].signature));
        unlink(sheets[i].name);
    }
    screen_send(screen, ":plot dialogue-sheet.jpg\r");
    screen_wait(screen, "a picture's name ends in .png, .svg, .pdf or .gp");
    screen_send(screen, "\033");
    screen_wait_gone(screen, "plot dialogue-sheet");
    screen_send(screen, "g");
    screen_wait(screen, "gnuplot's figures are closed");
    unlink("rankscope-dialogue.png");
    quit(screen);
}

static void it_can_be_left_in_the_middle(void **state)
{
    (void)state;
    struct screen *screen = start(80, 24);
    screen_send(screen, " ");
    screen_resize(screen, 100, 30);
    quit(screen);
}

/* The usual encoder, which takes many seconds to be made; so much of the corpus and the tokenizer as there is time for. */
static void it_can_be_left_while_it_prepares(void **state)
{
    (void)state;
    char data[600];
    char model[700];
    snprintf(data, sizeof data, "XDG_DATA_HOME=%.500s/fresh", getenv("TMPDIR"));
    snprintf(model, sizeof model, "%s/rankscope/dialogue/model", data + strlen("XDG_DATA_HOME="));
    for (int i = 0; i < 3; i++) {
        struct screen *screen = start_in(data, 80, 24);
        screen_send(screen, " ");
        quit(screen);
        assert_int_equal(access(model, F_OK), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_retrainings_go_to_their_end),
        cmocka_unit_test(gnuplot_draws_what_is_measured),
        cmocka_unit_test(it_can_be_left_in_the_middle),
        cmocka_unit_test(it_can_be_left_while_it_prepares),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
