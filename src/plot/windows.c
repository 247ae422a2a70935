/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/windows.h"

#include "plot/link.h"
#include "plot/quote.h"
#include "plot/terminal_choice.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, MESSAGES = 8, MESSAGE_SIZE = 256, COMPLAINTS = 5 };

_Static_assert(WINDOWS_POLL_MAX >= FIGURES_LIMIT * LINK_POLL_MAX, "every window's descriptors have room");

enum target {
    TARGET_ASKED,   /* the first gnuplot was asked which terminals it has */
    TARGET_WINDOWS, /* one gnuplot a figure */
    TARGET_PICTURE, /* the first gnuplot draws the sheet into a file */
};

struct windows {
    const struct figures *figures;
    enum target target;
    char *terminal;                   /* as the person or gnuplot said; "": PNG */
    char *picture;                    /* where the picture goes; NULL: nowhere */
    char *temporary;                  /* where it is drawn */
    struct link *link[FIGURES_LIMIT]; /* NULL: closed, ended or not begun */
    bool begun[FIGURES_LIMIT];        /* its terminal was accepted */
    char message[MESSAGES][MESSAGE_SIZE];
    int messages;
    char complaint[MESSAGE_SIZE]; /* the last one that was said */
    int complaints;               /* said: a person does not need more than COMPLAINTS of them */
};

static void say(struct windows *windows, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct windows *windows, const char *format, ...)
{
    if (windows->messages == MESSAGES)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(windows->message[windows->messages++], MESSAGE_SIZE, format, args);
    va_end(args);
}

bool windows_message(struct windows *windows, char *text, size_t size)
{
    if (windows->messages == 0)
        return false;
    snprintf(text, size, "%s", windows->message[0]);
    windows->messages--;
    memmove(windows->message[0], windows->message[1], (size_t)windows->messages * MESSAGE_SIZE);
    return true;
}

/* What gnuplot does not like about a frame it will not like about the next one either. */
static void complain(struct windows *windows, const char *text)
{
    if (windows->complaints == COMPLAINTS || strcmp(text, windows->complaint) == 0)
        return;
    snprintf(windows->complaint, sizeof windows->complaint, "%s", text);
    windows->complaints++;
    say(windows, "%s", text);
}

/* ---- the end ---- */

static void drop_all(struct windows *windows)
{
    for (int i = 0; i < windows->figures->count; i++)
        if (windows->link[i])
            link_kill(windows->link[i]);
    for (int i = 0; i < windows->figures->count; i++) {
        link_free(windows->link[i]);
        windows->link[i] = NULL;
    }
}

static void give_up(struct windows *windows, const char *why)
{
    drop_all(windows);
    say(windows, "%s", why);
}

void windows_free(struct windows *windows)
{
    if (!windows)
        return;
    for (int i = 0; i < windows->figures->count; i++)
        if (windows->link[i])
            link_hang_up(windows->link[i]);
    for (int i = 0; i < windows->figures->count; i++)
        link_free(windows->link[i]);
    if (windows->temporary)
        unlink(windows->temporary);
    free(windows->temporary);
    free(windows->picture);
    free(windows->terminal);
    free(windows);
}

/* ---- the start ---- */

struct text {
    FILE *stream;
    char *bytes;
    size_t size;
};

/* False: out of memory. */
static bool text_begin(struct text *text)
{
    *text = (struct text){0};
    text->stream = open_memstream(&text->bytes, &text->size);
    return text->stream != NULL;
}

/* Sends what was written. False: out of memory. */
static bool text_send(struct text *text, const struct windows *windows, int i)
{
    bool whole = !ferror(text->stream);
    if (fclose(text->stream) != 0 || !whole) {
        free(text->bytes);
        return false;
    }
    terminal_choice_adapt(windows->terminal, text->bytes, &text->size);
    return link_offer(windows->link[i], text->bytes, text->size);
}

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_MEMORY, "no memory for gnuplot's figures");
}

static enum err_code ask(struct windows *windows, struct err *err)
{
    struct text text;
    if (!text_begin(&text))
        return no_memory(err);
    fprintf(text.stream, "set print '-'\nprint '" LINK_WORD "' . (%s)\n", terminal_choice_question);
    return text_send(&text, windows, 0) ? ERR_NONE : no_memory(err);
}

static enum err_code open_window(struct windows *windows, int figure, struct err *err)
{
    struct text text;
    if (!windows->link[figure])
        windows->link[figure] = link_new(PATIENCE_MS, err);
    if (!windows->link[figure])
        return ERR_IO;
    if (!text_begin(&text))
        return no_memory(err);
    terminal_choice_write_window(text.stream, windows->terminal, &windows->figures->info[figure]);
    fputs("bind all 'Close' \"set print '-'; print '" LINK_CLOSED "'\"\n", text.stream);
    return text_send(&text, windows, figure) ? ERR_NONE : no_memory(err);
}

static enum err_code open_picture(struct windows *windows, struct err *err)
{
    struct text text;
    if (!text_begin(&text))
        return no_memory(err);
    terminal_choice_write_picture(text.stream, windows->terminal);
    say(windows, "gnuplot draws into %s", windows->picture);
    return text_send(&text, windows, 0) ? ERR_NONE : no_memory(err);
}

/* Goes on from the first gnuplot, once it is clear where the figures go. */
static enum err_code settle(struct windows *windows, enum target target, struct err *err)
{
    enum err_code code = ERR_NONE;
    windows->target = target;
    if (target == TARGET_PICTURE)
        return open_picture(windows, err);
    for (int i = 0; i < windows->figures->count && !code; i++)
        code = open_window(windows, i, err);
    return code;
}

static enum err_code prepare(struct windows *windows, const char *terminal, const char *picture_path, struct err *err)
{
    windows->terminal = strdup(terminal ? terminal : "");
    windows->picture = strdup(picture_path);
    if (!windows->terminal || !windows->picture ||
        asprintf(&windows->temporary, "%s.rankscope-%ld.tmp", picture_path, (long)getpid()) < 0) {
        windows->temporary = NULL;
        return no_memory(err);
    }
    windows->link[0] = link_new(PATIENCE_MS, err);
    if (!windows->link[0])
        return ERR_IO;
    if (*windows->terminal)
        return settle(windows, terminal_choice_has_windows(terminal) ? TARGET_WINDOWS : TARGET_PICTURE, err);
    if (!terminal_choice_display())
        return settle(windows, TARGET_PICTURE, err);
    return ask(windows, err);
}

/* GNUTERM, where it names windows: what else it may be set to is not meant for us. */
static const char *environment_terminal(void)
{
    const char *terminal = getenv("GNUTERM");
    struct err unheard;
    if (!terminal || terminal_choice_check(terminal, &unheard) || !terminal_choice_has_windows(terminal))
        return NULL;
    return terminal;
}

struct windows *windows_new(const struct figures *figures, const char *terminal, const char *picture_path,
                            struct err *err)
{
    if (!terminal || !*terminal)
        terminal = environment_terminal();
    else if (terminal_choice_check(terminal, err))
        return NULL;
    if (!quote_path_possible(picture_path)) {
        err_set(err, ERR_INPUT, "%s: gnuplot cannot write a file of this name", picture_path);
        return NULL;
    }
    struct windows *windows = calloc(1, sizeof *windows);
    if (!windows) {
        no_memory(err);
        return NULL;
    }
    windows->figures = figures;
    if (prepare(windows, terminal, picture_path, err)) {
        drop_all(windows);
        windows_free(windows);
        return NULL;
    }
    return windows;
}

/* ---- the conversation ---- */

int windows_poll(const struct windows *windows, struct pollfd descriptors[WINDOWS_POLL_MAX])
{
    int count = 0;
    for (int i = 0; i < windows->figures->count; i++)
        if (windows->link[i])
            count += link_poll(windows->link[i], descriptors + count);
    return count;
}

int windows_timeout(const struct windows *windows)
{
    int least = -1;
    for (int i = 0; i < windows->figures->count; i++) {
        int time = windows->link[i] ? link_timeout(windows->link[i]) : -1;
        if (time >= 0 && (least < 0 || time < least))
            least = time;
    }
    return least;
}

bool windows_alive(const struct windows *windows)
{
    for (int i = 0; i < windows->figures->count; i++)
        if (windows->link[i])
            return true;
    return false;
}

bool windows_ready(const struct windows *windows)
{
    for (int i = 0; i < windows->figures->count; i++)
        if (windows->link[i] && !link_idle(windows->link[i]))
            return false;
    return windows_alive(windows) && windows->target != TARGET_ASKED;
}

/* The answer to the question. */
static void choose(struct windows *windows, const char *word)
{
    struct err err = {0};
    enum err_code code = ERR_NONE;
    if (*word) {
        char *terminal = strdup(word);
        if (!terminal) {
            give_up(windows, "no memory for gnuplot's figures");
            return;
        }
        free(windows->terminal);
        windows->terminal = terminal;
        code = settle(windows, TARGET_WINDOWS, &err);
    } else {
        code = settle(windows, TARGET_PICTURE, &err);
    }
    if (code)
        give_up(windows, err.message);
}

static void show_picture(struct windows *windows)
{
    char text[MESSAGE_SIZE];
    if (rename(windows->temporary, windows->picture) == 0 || errno == ENOENT)
        return; /* nothing was drawn yet: that was the answer to `set terminal` */
    snprintf(text, sizeof text, "%s: cannot write it: %s", windows->picture, strerror(errno));
    complain(windows, text);
}

static void serve(struct windows *windows, int i)
{
    struct link_report report;
    link_service(windows->link[i], &report);
    bool refused = *report.text && windows->target != TARGET_ASKED && !windows->begun[i];
    if (report.ended || refused) {
        give_up(windows, report.text);
        return;
    }
    if (*report.text)
        complain(windows, report.text);
    if (report.closed) {
        link_kill(windows->link[i]); /* at once, lest a frame on its way opens the window again */
        link_free(windows->link[i]);
        windows->link[i] = NULL;
        say(windows, "gnuplot's window \"%s\" was closed", windows->figures->info[i].name);
        return;
    }
    if (windows->target == TARGET_ASKED && report.answered)
        choose(windows, report.word);
    else if (report.answered)
        windows->begun[i] = true;
    if (windows->target == TARGET_PICTURE && report.answered && !*report.text)
        show_picture(windows);
}

void windows_service(struct windows *windows)
{
    for (int i = 0; i < windows->figures->count; i++)
        if (windows->link[i])
            serve(windows, i);
}

static bool offer_one(struct windows *windows, int i, const void *subject)
{
    struct text text;
    if (!text_begin(&text))
        return false;
    if (windows->target == TARGET_WINDOWS) {
        windows->figures->write(text.stream, i, subject);
    } else {
        fputs("set output ", text.stream);
        quote_path(text.stream, windows->temporary);
        fputc('\n', text.stream);
        windows->figures->write_sheet(text.stream, subject);
        fputs("set output\n", text.stream);
    }
    return text_send(&text, windows, i);
}

void windows_offer(struct windows *windows, const void *subject)
{
    if (windows->target == TARGET_ASKED)
        return;
    for (int i = 0; i < windows->figures->count; i++)
        if (windows->link[i] && !offer_one(windows, i, subject))
            complain(windows, "no memory for gnuplot's figures");
}
