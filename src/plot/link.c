/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/link.h"

#include "base/clock.h"
#include "base/text.h"
#include "plot/gnuplot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A service call reads so many bytes at most, and gnuplot may say so many between two answers;
 * and after its output has ended it may take so long to end itself. */
enum {
    READ_LIMIT = 65536,
    CHATTER_LIMIT = 1 << 20,
    LINE_SIZE = 512,
    TAIL_SIZE = 128,
    DYING_TIME = 200 * CLOCK_MILLISECOND
};

#define NO_DISPLAY "unable to open display"

struct frame {
    char *text;
    size_t size;
    long number; /* that its answer must have */
};

/* Collects lines; what is too long is cut. */
struct lines {
    char line[LINE_SIZE];
    size_t size;
};

struct link {
    struct gnuplot *gnuplot;
    int patience;
    long offered;       /* frames so far */
    bool in_flight;     /* it has been begun, and is not answered */
    int64_t deadline;   /* of its answer */
    struct frame frame; /* the frame in flight, as long as not all of it is written */
    size_t written;     /* bytes of it */
    struct frame waiting;
    struct lines answers;
    struct lines complaints;
    char complaint[LINE_SIZE]; /* the newest line on its standard error */
    char word[LINK_WORD_SIZE];
    size_t chatter;       /* bytes since the last answer */
    int64_t silent_since; /* its output is closed; 0: it is not */
};

static void frame_drop(struct frame *frame)
{
    free(frame->text);
    frame->text = NULL;
}

struct link *link_new(int patience, struct err *err)
{
    struct link *link = calloc(1, sizeof *link);
    if (!link) {
        err_set(err, ERR_MEMORY, "no memory to talk to gnuplot");
        return NULL;
    }
    link->patience = patience;
    link->gnuplot = gnuplot_new(NULL, err);
    if (!link->gnuplot) {
        free(link);
        return NULL;
    }
    return link;
}

void link_free(struct link *link)
{
    if (!link)
        return;
    gnuplot_free(link->gnuplot);
    frame_drop(&link->frame);
    frame_drop(&link->waiting);
    free(link);
}

void link_hang_up(struct link *link)
{
    frame_drop(&link->waiting);
    gnuplot_close_input(link->gnuplot);
}

void link_kill(struct link *link)
{
    gnuplot_kill(link->gnuplot);
}

/* Answers end each frame, and begin with what gnuplot says of errors in it. */
static char *append_question(char *text, size_t *size, long number)
{
    char question[TAIL_SIZE * 2];
    int length = snprintf(
        question, sizeof question,
        "\nset print '-'\nprint sprintf('ACK %ld %%d %%s', GPVAL_ERRNO, GPVAL_ERRMSG)\nreset errors\n", number);
    char *longer = realloc(text, *size + (size_t)length);
    if (!longer) {
        free(text);
        return NULL;
    }
    memcpy(longer + *size, question, (size_t)length);
    *size += (size_t)length;
    return longer;
}

static void begin_frame(struct link *link)
{
    link->frame = link->waiting;
    link->waiting = (struct frame){0};
    link->written = 0;
    link->in_flight = true;
    link->deadline = clock_now() + (int64_t)link->patience * CLOCK_MILLISECOND;
}

static void write_frame(struct link *link)
{
    while (link->frame.text) {
        long put = gnuplot_write(link->gnuplot, link->frame.text + link->written, link->frame.size - link->written);
        if (put <= 0)
            return; /* full, or gone: that is noticed elsewhere */
        link->written += (size_t)put;
        if (link->written == link->frame.size)
            frame_drop(&link->frame);
    }
}

bool link_offer(struct link *link, char *text, size_t size)
{
    struct frame frame = {.size = size, .number = ++link->offered};
    frame.text = append_question(text, &frame.size, frame.number);
    if (!frame.text)
        return false;
    frame_drop(&link->waiting);
    link->waiting = frame;
    if (link->in_flight)
        return true;
    begin_frame(link);
    write_frame(link);
    return true;
}

bool link_idle(const struct link *link)
{
    return !link->in_flight;
}

int link_poll(const struct link *link, struct pollfd *descriptors)
{
    const struct pollfd all[] = {{.fd = gnuplot_output(link->gnuplot), .events = POLLIN},
                                 {.fd = gnuplot_messages(link->gnuplot), .events = POLLIN},
                                 {.fd = link->frame.text ? gnuplot_input(link->gnuplot) : -1, .events = POLLOUT}};
    int count = 0;
    for (int i = 0; i < LINK_POLL_MAX; i++)
        if (all[i].fd >= 0)
            descriptors[count++] = all[i];
    return count;
}

/* When something must have happened, or 0. */
static int64_t due(const struct link *link)
{
    int64_t dead = link->silent_since ? link->silent_since + DYING_TIME : 0;
    if (!link->in_flight)
        return dead;
    return dead && dead < link->deadline ? dead : link->deadline;
}

int link_timeout(const struct link *link)
{
    if (!due(link))
        return -1;
    int64_t left = due(link) - clock_now();
    return left > 0 ? (int)(left / CLOCK_MILLISECOND) + 1 : 0;
}

/* "NUMBER CODE MESSAGE", of the frame in flight; anything else is nonsense. */
static void take_acknowledgement(struct link *link, const char *text, struct link_report *report)
{
    char *end = NULL;
    long number = strtol(text, &end, 10);
    if (end == text || *end != ' ' || number != link->frame.number || !link->in_flight || link->frame.text)
        return;
    const char *code = end;
    long error = strtol(code, &end, 10);
    if (end == code)
        return;
    link->in_flight = false;
    link->chatter = 0;
    report->answered = true;
    memcpy(report->word, link->word, sizeof link->word);
    if (error)
        snprintf(report->text, sizeof report->text, "gnuplot: %.200s", end + strspn(end, " "));
}

static void take_answer(struct link *link, const char *line, struct link_report *report)
{
    if (strcmp(line, LINK_CLOSED) == 0)
        report->closed = true;
    else if (strncmp(line, LINK_WORD, strlen(LINK_WORD)) == 0)
        snprintf(link->word, sizeof link->word, "%.*s", (int)sizeof link->word - 1, line + strlen(LINK_WORD));
    else if (strncmp(line, "ACK ", 4) == 0)
        take_acknowledgement(link, line + 4, report);
}

static void take_complaint(struct link *link, const char *line)
{
    line += strspn(line, " \t");
    if (strstr(link->complaint, NO_DISPLAY))
        return; /* what follows is only its consequence */
    if (line[strspn(line, "^ ")])
        snprintf(link->complaint, sizeof link->complaint, "%s", line);
}

/* Cuts bytes into lines and hands each on: to the report, or as a complaint where that is NULL. */
static void take_bytes(struct link *link, struct lines *lines, const char *bytes, size_t size,
                       struct link_report *report)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != '\n') {
            if (lines->size + 1 < sizeof lines->line)
                lines->line[lines->size++] = bytes[i];
            continue;
        }
        lines->line[lines->size] = '\0';
        lines->size = 0;
        text_clean(lines->line);
        if (report)
            take_answer(link, lines->line, report);
        else
            take_complaint(link, lines->line);
    }
}

static void listen(struct link *link, struct link_report *report)
{
    char bytes[4096];
    for (size_t all = 0; all < READ_LIMIT;) {
        long said = gnuplot_read_output(link->gnuplot, bytes, sizeof bytes);
        if (said > 0)
            take_bytes(link, &link->answers, bytes, (size_t)said, report);
        long complained = gnuplot_read_messages(link->gnuplot, bytes, sizeof bytes);
        if (complained > 0)
            take_bytes(link, &link->complaints, bytes, (size_t)complained, NULL);
        size_t got = (said > 0 ? (size_t)said : 0) + (complained > 0 ? (size_t)complained : 0);
        if (got == 0)
            return;
        all += got;
        link->chatter += got;
    }
}

/* Why this conversation is over, or NULL. */
static const char *fault(const struct link *link)
{
    if (link->in_flight && clock_now() >= link->deadline)
        return "gnuplot does not answer";
    if (strstr(link->complaint, NO_DISPLAY))
        return "gnuplot cannot open a window"; /* it goes on, and has swallowed part of the frame */
    if (link->chatter > CHATTER_LIMIT)
        return "gnuplot writes without end";
    if (link->silent_since && clock_now() >= link->silent_since + DYING_TIME)
        return "gnuplot has closed its output";
    return NULL;
}

/* The end of the process is judged before the end of its output, which it brings about. */
static void find_end(struct link *link, struct link_report *report)
{
    char why[96];
    if (gnuplot_output(link->gnuplot) < 0 && !link->silent_since)
        link->silent_since = clock_now();
    if (gnuplot_ended(link->gnuplot)) {
        gnuplot_describe_end(link->gnuplot, why, sizeof why);
    } else {
        const char *what = fault(link);
        if (!what)
            return;
        snprintf(why, sizeof why, "%s", what);
        gnuplot_kill(link->gnuplot);
    }
    report->ended = true;
    snprintf(report->text, sizeof report->text, *link->complaint ? "%s: %.150s" : "%s", why, link->complaint);
}

void link_service(struct link *link, struct link_report *report)
{
    *report = (struct link_report){0};
    write_frame(link);
    listen(link, report);
    find_end(link, report);
    if (report->ended || link->in_flight || !link->waiting.text)
        return;
    begin_frame(link);
    write_frame(link);
}
