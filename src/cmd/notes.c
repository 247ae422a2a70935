/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "lesson/course.h"
#include "lesson/telling.h"
#include "ui/classroom.h"
#include "ui/telling_draw.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The speaker's notes of the demo that another process shows. What is in the file is text from outside: it is
 * cleaned, and cut. */

enum { LOOK_EACH = 250, MARGIN = 3 }; /* ms; columns */

static const struct option_usage usage = {
    .command = "rankscope notes",
    .operands = "",
    .text = "Show the speaker's notes of the demo that runs in another terminal, and follow it; q\n"
            "leaves. Where standard output is no terminal, print them once.\n",
};

/* The caller frees it; NULL: no memory, or what else must end the command, as *err says. */
static char *read_notes(struct err *err)
{
    char *text = NULL;
    size_t size = 0;
    char *path = course_path("notes", false, err);
    if (path == NULL)
        return NULL;
    if (access(path, F_OK) != 0)
        text = strdup("No demo has run yet: rankscope demo LESSON, in another terminal.\n");
    else if (file_read(path, CLASSROOM_NOTES_SIZE, &text, &size, err))
        text = err->code == ERR_MEMORY ? NULL : strdup(err->message); /* it may be there again in a moment */
    free(path);
    if (text == NULL)
        err_set(err, ERR_MEMORY, "no memory for notes");
    else
        telling_clean(text);
    return text;
}

static int print_once(void)
{
    struct output output;
    struct err err;
    char *text = read_notes(&err);
    if (text == NULL)
        return cmd_fail(&err);
    if (!output_begin(&output)) {
        free(text);
        return CMD_FAILURE;
    }
    fprintf(output.stream, "%s%s", text, *text && text[strlen(text) - 1] == '\n' ? "" : "\n");
    free(text);
    return output_end(&output);
}

/* ---- on a screen ---- */

struct visit {
    struct grid grid;
    char *seen;    /* what is shown now */
    int64_t began; /* clock_now(), when notes of this demo were seen first; CLOCK_NEVER: there is none */
    int minutes;   /* since, as shown */
    bool whole, quit;
    struct err err;
};

static void resize(struct visit *visit)
{
    int width = 0;
    int height = 0;
    terminal_resized();
    terminal_size(&width, &height);
    if (!grid_resize(&visit->grid, width, height)) {
        err_set(&visit->err, ERR_MEMORY, "there is no memory for a screen of %d x %d cells", width, height);
        visit->quit = true;
    }
    visit->whole = true;
}

static void take_events(struct visit *visit)
{
    struct event event;
    for (int number = terminal_signal(); number != 0; number = terminal_signal()) {
        if (number == SIGWINCH || number == SIGCONT)
            resize(visit);
        else if (number == SIGTSTP)
            terminal_suspend();
        else
            visit->quit = true;
        visit->whole = true;
    }
    while (terminal_event(&event))
        if (event.type == EVENT_KEY &&
            (event.key == 'q' || event.key == EVENT_KEY_ESCAPE || event.key == EVENT_KEY_CTRL_C))
            visit->quit = true;
}

/* How long the demo has been followed; notes of a demo have its step in their second line. */
static int minutes_of(struct visit *visit, const char *text)
{
    static const char step[] = "\nStep ";
    if (strstr(text, step) == NULL)
        visit->began = CLOCK_NEVER;
    else if (visit->began == CLOCK_NEVER)
        visit->began = clock_now();
    return visit->began == CLOCK_NEVER ? -1 : (int)((clock_now() - visit->began) / CLOCK_SECOND / 60);
}

static void draw_foot(const struct visit *visit, struct grid *grid)
{
    char text[32] = "";
    enum glyphs glyphs = terminal_glyphs();
    if (visit->minutes >= 0)
        snprintf(text, sizeof text, "%d min", visit->minutes);
    grid_text(grid, MARGIN, grid->height - 1, -1, STYLE_DIM, glyphs, "q quit");
    grid_text(grid, grid->width - MARGIN - grid_text_width(glyphs, text), grid->height - 1, -1, STYLE_VALUE, glyphs,
              text);
}

static void show(struct visit *visit)
{
    struct grid *grid = &visit->grid;
    struct err err;
    char *text = read_notes(&err);
    bool same = text != NULL && visit->seen != NULL && strcmp(text, visit->seen) == 0;
    int minutes = text != NULL ? minutes_of(visit, text) : -1;
    if (text == NULL || (same && !visit->whole && minutes == visit->minutes)) {
        free(text);
        return;
    }
    visit->minutes = minutes;
    free(visit->seen);
    visit->seen = text;
    grid_clear(grid);
    struct rect area = {MARGIN, 1, grid->width - 2 * MARGIN, grid->height - 2};
    telling_draw(grid, area, STYLE_TEXT, terminal_glyphs(), text);
    draw_foot(visit, grid);
    if (!terminal_show(grid, visit->whole))
        visit->quit = true;
    visit->whole = false;
}

static int follow(void)
{
    struct visit visit = {.whole = true, .began = CLOCK_NEVER};
    struct preferences preferences;
    preferences_load(&preferences); /* what is wrong with them, the lab says */
    const struct terminal_options options = cmd_terminal_options(&preferences.now);
    preferences_free(&preferences);
    if (terminal_open(&options, &visit.err))
        return cmd_fail(&visit.err);
    resize(&visit);
    while (!visit.quit && !terminal_lost()) {
        struct pollfd descriptor[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                      {.fd = terminal_signals(), .events = POLLIN}};
        show(&visit);
        poll(descriptor, 2, LOOK_EACH);
        if (descriptor[0].revents & (POLLHUP | POLLERR | POLLNVAL))
            visit.quit = true;
        take_events(&visit);
    }
    terminal_close();
    free(visit.seen);
    grid_free(&visit.grid);
    return visit.err.code != ERR_NONE ? cmd_fail(&visit.err) : CMD_SUCCESS;
}

int cmd_notes(int argc, char **argv)
{
    struct option_values values;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    if (values.operand_count > 0)
        status = option_refuse(&usage, "notes takes no argument, and \"%s\" is one", values.operand[0]);
    else
        status = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? follow() : print_once();
    option_free(&values);
    return status;
}
