/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/render.h"

#include "base/clock.h"
#include "base/halt.h"
#include "plot/gnuplot.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { READ_SIZE = 65536, PICTURE_LIMIT = 1 << 28, STOP_LOOK = 50 }; /* ms between two looks at `stop` */

struct render {
    struct gnuplot *gnuplot;
    const atomic_bool *stop;
    const char *script; /* what is still to be written */
    size_t script_left;
    char *picture;
    size_t used, capacity;
    char said[4096]; /* how its messages begin */
    size_t said_size;
};

/* gnuplot shows the line that it did not like, a caret, and then in one line what is wrong. */
static const char *last_line(char *text)
{
    const char *last = "";
    for (char *line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n"))
        if (line[strspn(line, " \t^")])
            last = line + strspn(line, " \t");
    return last;
}

static void feed(struct render *render)
{
    if (gnuplot_input(render->gnuplot) < 0)
        return;
    long put = gnuplot_write(render->gnuplot, render->script, render->script_left);
    if (put > 0) {
        render->script += put;
        render->script_left -= (size_t)put;
    }
    if (put < 0 || render->script_left == 0)
        gnuplot_close_input(render->gnuplot);
}

static enum err_code take_picture(struct render *render, struct err *err)
{
    for (;;) {
        if (render->capacity - render->used < READ_SIZE) {
            size_t capacity = 2 * render->capacity + READ_SIZE;
            if (capacity > PICTURE_LIMIT)
                return err_set(err, ERR_IO, "gnuplot writes without end");
            char *larger = realloc(render->picture, capacity);
            if (!larger)
                return err_set(err, ERR_MEMORY, "no memory for a picture of %zu bytes", capacity);
            render->picture = larger;
            render->capacity = capacity;
        }
        long got = gnuplot_read_output(render->gnuplot, render->picture + render->used, READ_SIZE);
        if (got <= 0)
            return ERR_NONE;
        render->used += (size_t)got;
    }
}

static void take_messages(struct render *render)
{
    char waste[4096];
    for (;;) {
        size_t room = sizeof render->said - 1 - render->said_size;
        long got = room ? gnuplot_read_messages(render->gnuplot, render->said + render->said_size, room)
                        : gnuplot_read_messages(render->gnuplot, waste, sizeof waste);
        if (got <= 0)
            return;
        if (room)
            render->said_size += (size_t)got;
        else
            return; /* a flood must not hold us */
    }
}

/* Until gnuplot has closed both its outputs. */
static enum err_code converse(struct render *render, int milliseconds, struct err *err)
{
    int64_t end = clock_now() + (int64_t)milliseconds * CLOCK_MILLISECOND;
    for (;;) {
        feed(render);
        enum err_code code = take_picture(render, err);
        if (code)
            return code;
        take_messages(render);
        struct pollfd wait[] = {{.fd = gnuplot_input(render->gnuplot), .events = POLLOUT},
                                {.fd = gnuplot_output(render->gnuplot), .events = POLLIN},
                                {.fd = gnuplot_messages(render->gnuplot), .events = POLLIN}};
        if (wait[1].fd < 0 && wait[2].fd < 0)
            return ERR_NONE;
        int64_t left = end - clock_now();
        if (left <= 0)
            return err_set(err, ERR_IO, "gnuplot did not finish within %d ms", milliseconds);
        if (halt_asked(render->stop, err))
            return ERR_STOPPED;
        int time = (int)(left / CLOCK_MILLISECOND) + 1;
        poll(wait, 3, render->stop && time > STOP_LOOK ? STOP_LOOK : time);
    }
}

static enum err_code judge(struct render *render, struct err *err)
{
    if (gnuplot_succeeded(render->gnuplot) && render->used)
        return ERR_NONE;
    const char *said = last_line(render->said);
    char end[64] = "gnuplot drew nothing";
    if (!gnuplot_succeeded(render->gnuplot))
        gnuplot_describe_end(render->gnuplot, end, sizeof end);
    return err_set(err, ERR_IO, *said ? "%s: %s" : "%s", end, said);
}

struct gnuplot *render_prepare(struct err *err)
{
    return gnuplot_new("/dev/stdin", err); /* a script that is loaded ends at its first error */
}

enum err_code render_script_in(struct gnuplot *gnuplot, const char *script, size_t script_size, int milliseconds,
                               const atomic_bool *stop, char **picture, size_t *picture_size, struct err *err)
{
    struct render render = {.gnuplot = gnuplot, .stop = stop, .script = script, .script_left = script_size};
    enum err_code code = converse(&render, milliseconds, err);
    if (!code) {
        gnuplot_end(render.gnuplot);
        code = judge(&render, err);
    } else {
        gnuplot_kill(render.gnuplot);
    }
    gnuplot_free(render.gnuplot);
    if (code) {
        free(render.picture);
        return code;
    }
    *picture = render.picture;
    *picture_size = render.used;
    return ERR_NONE;
}

enum err_code render_script(const char *script, size_t script_size, int milliseconds, const atomic_bool *stop,
                            char **picture, size_t *picture_size, struct err *err)
{
    struct gnuplot *gnuplot = render_prepare(err);
    if (!gnuplot)
        return err && err->code == ERR_MEMORY ? ERR_MEMORY : ERR_IO;
    return render_script_in(gnuplot, script, script_size, milliseconds, stop, picture, picture_size, err);
}
