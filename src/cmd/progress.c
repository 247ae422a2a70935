/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/progress.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { FIRST = 1, A_SECOND = 5, PART_SIZE = 64, USUAL_WIDTH = 80, MOST_COLUMNS = 200 };

/* Adds a part if it fits wholly. */
static void add(char *text, size_t size, int width, const char *part)
{
    size_t used = strlen(text);
    size_t length = strlen(part);
    if (used + length < size && used + length <= (size_t)(width > 0 ? width : 0))
        memcpy(text + used, part, length + 1);
}

void progress_format_time(char text[PROGRESS_TIME_SIZE], double seconds)
{
    enum { MINUTE = 60, HOUR = 3600, DAY = 86400, MANY_DAYS = 1000 };
    long whole = seconds < (double)MANY_DAYS * DAY ? (long)ceil(seconds) : 0;
    if (whole == 0 && seconds > 0)
        snprintf(text, PROGRESS_TIME_SIZE, "years");
    else if (whole < MINUTE)
        snprintf(text, PROGRESS_TIME_SIZE, "%ld s", whole);
    else if (whole < HOUR)
        snprintf(text, PROGRESS_TIME_SIZE, "%ld min %ld s", whole / MINUTE, whole % MINUTE);
    else if (whole < DAY)
        snprintf(text, PROGRESS_TIME_SIZE, "%ld h %ld min", whole / HOUR, whole % HOUR / MINUTE);
    else
        snprintf(text, PROGRESS_TIME_SIZE, "%ld days", whole / DAY);
}

void progress_format(char *text, size_t size, const struct progress_state *state, int width)
{
    char part[PART_SIZE];
    const char *before = ", loss";
    text[0] = '\0';
    snprintf(part, sizeof part, "%s: step %ld of %ld", state->stage == STAGE_RETRAIN ? "retraining" : "fine-tuning",
             state->step, state->steps);
    add(text, size, width, part);
    double share = state->steps > 0 ? (double)state->step / (double)state->steps : 1;
    snprintf(part, sizeof part, " (%.0f%%)", floor(100 * share));
    add(text, size, width, part);
    if (state->rate >= 0) { /* false for NAN */
        snprintf(part, sizeof part, ", %.3g steps/s", state->rate);
        add(text, size, width, part);
    }
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (isnan(state->loss[method]))
            continue;
        snprintf(part, sizeof part, "%s %s %.3g", before, method_table[method].name, state->loss[method]);
        add(text, size, width, part);
        before = ",";
    }
    double seconds =
        fmin(state->seconds, (double)(state->steps - state->step) / state->rate); /* not NAN, if one is not */
    if (isfinite(seconds)) {
        char left[PROGRESS_TIME_SIZE];
        progress_format_time(left, fmax(seconds, 0));
        snprintf(part, sizeof part, ", %s left", left);
        add(text, size, width, part);
    }
}

void progress_begin(struct progress *progress)
{
    *progress = (struct progress){.wanted = isatty(STDERR_FILENO), .rate = (double)NAN};
    if (progress->wanted) {
        progress->time = clock_now();
        progress->due = progress->time + (int64_t)FIRST * CLOCK_SECOND;
    }
}

bool progress_due(const struct progress *progress)
{
    return progress->wanted && clock_now() >= progress->due;
}

static int terminal_width(void)
{
    struct winsize size;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return (known ? size.ws_col : USUAL_WIDTH) - 1;
}

void progress_say(struct progress *progress, const char *text)
{
    progress->due = clock_now() + CLOCK_SECOND / A_SECOND;
    progress->shown = true;
    fprintf(stderr, "\r%.*s\033[K", terminal_width(), text);
}

void progress_show(struct progress *progress, struct progress_state *state)
{
    char text[MOST_COLUMNS + 1];
    int64_t time = clock_now();
    if (state->stage != progress->stage) {
        progress->stage = state->stage;
        progress->step = 0;
        progress->rate = (double)NAN;
    }
    if (time > progress->time && state->step > progress->step)
        progress->rate = (double)(state->step - progress->step) * CLOCK_SECOND / (double)(time - progress->time);
    progress->step = state->step;
    progress->time = time;
    state->rate = progress->rate;
    progress_format(text, sizeof text, state, terminal_width());
    progress_say(progress, text);
}

void progress_end(const struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
}
