/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/screen.h"
#include "support/program.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

#include <cmocka.h>

/* Against hanging alone, on however busy a machine. */
enum { PATIENCE = 40 /* seconds, in a release build */ };

/* What shell and test tell each other. */
enum notice_kind { NOTICE_STARTED, NOTICE_STOPPED, NOTICE_ENDED, NOTICE_CONTINUE };
struct notice {
    enum notice_kind kind;
    int value; /* process, status, or whether into the foreground */
};

struct screen {
    int master;  /* −1: hung up */
    int control; /* to the shell */
    pid_t shell, program;
    bool stopped, ended;
    int status;
    VTerm *vterm;
    VTermScreen *picture;
    bool alternate, mouse, cursor;
    bool painting; /* inside a synchronised update: what is seen is no whole frame */
    char *text;    /* as screen_text gave it last */
    char *bytes;
    size_t size, capacity;
};

/* ---- the shell ---- */

static void tell(int control, enum notice_kind kind, int value)
{
    struct notice notice = {kind, value};
    if (write(control, &notice, sizeof notice) != sizeof notice)
        _exit(1);
}

static void set_foreground(pid_t group)
{
    tcsetpgrp(STDIN_FILENO, group); /* SIGTTOU is ignored by the shell */
}

static _Noreturn void run_program(const struct screen_options *options)
{
    const char *program = getenv("RANKSCOPE_PROGRAM");
    const char *argument[16] = {"rankscope"};
    for (int i = 0; options->arguments != NULL && options->arguments[i] != NULL && i < 14; i++)
        argument[i + 1] = options->arguments[i];
    setenv("TERM", options->term != NULL ? options->term : "xterm-256color", 1);
    setenv("LC_ALL", options->locale != NULL ? options->locale : "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    for (int i = 0; options->environment != NULL && options->environment[i] != NULL; i++)
        putenv((char *)(uintptr_t)options->environment[i]);
    execv(program, (char *const *)(uintptr_t)argument);
    dprintf(STDOUT_FILENO, "cannot start %s: %s\r\n", program, strerror(errno));
    _exit(127);
}

static void start_program(const struct screen_options *options, int control, pid_t *program)
{
    *program = fork();
    if (*program == 0) {
        setpgid(0, 0);
        set_foreground(getpid());
        signal(SIGTTOU, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
        close(control);
        run_program(options);
    }
    setpgid(*program, *program);
    tell(control, NOTICE_STARTED, *program);
}

/* Like an interactive shell: it takes the terminal back, modes and all, when its job stops or ends. */
static _Noreturn void run_shell(const struct screen_options *options, int control)
{
    struct termios modes;
    pid_t program = -1;
    signal(SIGTTOU, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    tcgetattr(STDIN_FILENO, &modes);
    start_program(options, control, &program);
    for (;;) {
        int status = 0;
        struct notice notice;
        if (waitpid(program, &status, WUNTRACED) != program)
            _exit(1);
        set_foreground(getpid());
        if (!WIFSTOPPED(status)) {
            tell(control, NOTICE_ENDED, status);
            while (read(control, &notice, sizeof notice) > 0) /* the terminal stays as it was left */
                continue;
            _exit(0);
        }
        struct termios left;
        tcgetattr(STDIN_FILENO, &left);
        tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
        tell(control, NOTICE_STOPPED, (left.c_lflag & (ICANON | ECHO)) == (ICANON | ECHO));
        if (read(control, &notice, sizeof notice) != sizeof notice)
            _exit(1);
        if (notice.value)
            set_foreground(program);
        kill(-program, SIGCONT);
    }
}

/* ---- the terminal ---- */

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct screen *screen = user;
    if (property == VTERM_PROP_ALTSCREEN)
        screen->alternate = value->boolean != 0;
    else if (property == VTERM_PROP_CURSORVISIBLE)
        screen->cursor = value->boolean != 0;
    else if (property == VTERM_PROP_MOUSE)
        screen->mouse = value->number != VTERM_PROP_MOUSE_NONE;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

static void make_vterm(struct screen *screen, int width, int height)
{
    screen->vterm = vterm_new(height, width);
    vterm_set_utf8(screen->vterm, 1);
    screen->picture = vterm_obtain_screen(screen->vterm);
    vterm_screen_enable_altscreen(screen->picture, 1);
    vterm_screen_set_callbacks(screen->picture, &callbacks, screen);
    vterm_screen_reset(screen->picture, 1);
}

struct screen *screen_start(const struct screen_options *options)
{
    int control[2];
    struct screen *screen = calloc(1, sizeof *screen);
    struct winsize size = {.ws_col = (unsigned short)options->width, .ws_row = (unsigned short)options->height};
    assert_non_null(screen);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control), 0);
    screen->shell = forkpty(&screen->master, NULL, NULL, &size);
    assert_true(screen->shell >= 0);
    if (screen->shell == 0) {
        close(control[0]);
        run_shell(options, control[1]);
    }
    close(control[1]);
    screen->control = control[0];
    fcntl(screen->master, F_SETFD, FD_CLOEXEC);
    make_vterm(screen, options->width, options->height);
    while (screen->program == 0)
        screen_read(screen, 100);
    return screen;
}

void screen_free(struct screen *screen)
{
    if (!screen->ended && screen->program > 0)
        kill(-screen->program, SIGKILL);
    close(screen->control);
    screen_hang_up(screen);
    kill(screen->shell, SIGKILL);
    waitpid(screen->shell, NULL, 0);
    vterm_free(screen->vterm);
    free(screen->text);
    free(screen->bytes);
    free(screen);
}

void screen_hang_up(struct screen *screen)
{
    if (screen->master >= 0)
        close(screen->master);
    screen->master = -1;
}

static void keep(struct screen *screen, const char *bytes, size_t size)
{
    if (screen->size + size + 1 > screen->capacity) {
        screen->capacity = 2 * (screen->size + size + 1);
        screen->bytes = realloc(screen->bytes, screen->capacity);
        assert_non_null(screen->bytes);
    }
    memcpy(screen->bytes + screen->size, bytes, size);
    screen->size += size;
    screen->bytes[screen->size] = '\0';
}

static void notice_updates(struct screen *screen, size_t from)
{
    static const char mark[] = "\033[?2026";
    enum { LENGTH = sizeof mark - 1 };
    from = from > LENGTH ? from - LENGTH : 0; /* one may have come in two parts */
    for (const char *at = strstr(screen->bytes + from, mark); at != NULL; at = strstr(at + LENGTH, mark))
        if (at[LENGTH] != '\0')
            screen->painting = at[LENGTH] == 'h';
}

static bool read_output(struct screen *screen)
{
    char bytes[65536];
    ssize_t count = read(screen->master, bytes, sizeof bytes);
    if (count <= 0)
        return false;
    keep(screen, bytes, (size_t)count);
    notice_updates(screen, screen->size - (size_t)count);
    vterm_input_write(screen->vterm, bytes, (size_t)count);
    vterm_screen_flush_damage(screen->picture);
    return true;
}

static bool read_notice(struct screen *screen)
{
    struct notice notice;
    if (read(screen->control, &notice, sizeof notice) != sizeof notice)
        return false;
    if (notice.kind == NOTICE_STARTED) {
        screen->program = notice.value;
    } else if (notice.kind == NOTICE_STOPPED) {
        screen->stopped = true;
        screen->status = notice.value;
    } else {
        screen->ended = true;
        screen->status = notice.value;
    }
    return true;
}

bool screen_read(struct screen *screen, int milliseconds)
{
    struct pollfd descriptor[2] = {{.fd = screen->master, .events = POLLIN}, {.fd = screen->control, .events = POLLIN}};
    bool came = false;
    if (poll(descriptor, 2, milliseconds) <= 0)
        return false;
    if (descriptor[0].revents & POLLIN)
        came = read_output(screen);
    else if (descriptor[1].revents & POLLIN) /* only once all output that came before is read */
        came = read_notice(screen);
    return came;
}

/* ---- what the person does ---- */

void screen_send(struct screen *screen, const char *bytes)
{
    assert_int_equal(write(screen->master, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
}

void screen_click(struct screen *screen, int x, int y)
{
    char bytes[64];
    snprintf(bytes, sizeof bytes, "\033[<0;%d;%dM\033[<0;%d;%dm", x + 1, y + 1, x + 1, y + 1);
    screen_send(screen, bytes);
}

void screen_resize(struct screen *screen, int width, int height)
{
    struct winsize size = {.ws_col = (unsigned short)width, .ws_row = (unsigned short)height};
    while (screen_read(screen, 0)) /* what was written for the old size */
        continue;
    vterm_set_size(screen->vterm, height, width);
    assert_int_equal(ioctl(screen->master, TIOCSWINSZ, &size), 0);
}

void screen_signal(struct screen *screen, int number)
{
    assert_int_equal(kill(screen->program, number), 0);
}

pid_t screen_program(const struct screen *screen)
{
    return screen->program;
}

/* ---- what is seen ---- */

static char *put_row(struct screen *screen, char *to, int y, int width)
{
    char *end = to;
    for (int x = 0; x < width; x++) {
        VTermScreenCell cell;
        vterm_screen_get_cell(screen->picture, (VTermPos){.row = y, .col = x}, &cell);
        to += text_encode(cell.chars[0] != 0 ? cell.chars[0] : ' ', to);
        if (cell.chars[0] != 0 && cell.chars[0] != ' ')
            end = to;
    }
    *end++ = '\n';
    return end;
}

const char *screen_text(struct screen *screen)
{
    int width = 0;
    int height = 0;
    vterm_get_size(screen->vterm, &height, &width);
    free(screen->text);
    screen->text = malloc((size_t)height * ((size_t)width * TEXT_RUNE_SIZE + 1) + 1);
    assert_non_null(screen->text);
    char *to = screen->text;
    for (int y = 0; y < height; y++)
        to = put_row(screen, to, y, width);
    *to = '\0';
    return screen->text;
}

bool screen_find(struct screen *screen, const char *text, int *x, int *y)
{
    const char *whole = screen_text(screen);
    const char *at = strstr(whole, text);
    if (at == NULL)
        return false;
    *x = *y = 0;
    for (const char *c = whole; c < at; c++) {
        if (*c == '\n') {
            *x = 0;
            ++*y;
        } else if (((unsigned char)*c & 0xC0) != 0x80) {
            ++*x;
        }
    }
    return true;
}

/* ---- waiting ---- */

struct wanted {
    enum { WANTED_THERE, WANTED_GONE, WANTED_SAME, WANTED_STOPPED, WANTED_END } what;
    const char *text;
};

static bool is_there(struct screen *screen, const struct wanted *wanted)
{
    if (screen->painting && !screen->ended)
        return false;
    switch (wanted->what) {
    case WANTED_THERE:
        return strstr(screen_text(screen), wanted->text) != NULL;
    case WANTED_GONE:
        return strstr(screen_text(screen), wanted->text) == NULL;
    case WANTED_SAME:
        return strcmp(screen_text(screen), wanted->text) == 0;
    case WANTED_STOPPED:
        return screen->stopped;
    case WANTED_END:
        return screen->ended;
    }
    return false;
}

static void wait_for(struct screen *screen, struct wanted wanted)
{
    static const char *const name[] = {"on the screen", "gone", "the whole screen", "stopped", "ended"};
    int64_t deadline = clock_now() + (int64_t)PATIENCE * program_slowness() * CLOCK_SECOND;
    while (!is_there(screen, &wanted)) {
        screen_read(screen, 100);
        if (clock_now() > deadline || (screen->ended && !screen_read(screen, 0) && !is_there(screen, &wanted))) {
            fprintf(stderr, "waited in vain for this to be %s: %s\nthe screen:\n%s", name[wanted.what],
                    wanted.text != NULL ? wanted.text : "the program", screen_text(screen));
            fail(); /* cmocka's own messages are short */
        }
    }
}

void screen_wait(struct screen *screen, const char *text)
{
    wait_for(screen, (struct wanted){WANTED_THERE, text});
}

void screen_wait_gone(struct screen *screen, const char *text)
{
    wait_for(screen, (struct wanted){WANTED_GONE, text});
}

void screen_wait_same(struct screen *screen, const char *text)
{
    wait_for(screen, (struct wanted){WANTED_SAME, text});
}

void screen_wait_stopped(struct screen *screen)
{
    wait_for(screen, (struct wanted){WANTED_STOPPED, NULL});
    assert_true(screen->status); /* the terminal's modes were given back */
}

static void go_on(struct screen *screen, int foreground)
{
    struct notice notice = {NOTICE_CONTINUE, foreground};
    screen->stopped = false;
    assert_int_equal(write(screen->control, &notice, sizeof notice), (ssize_t)sizeof notice);
}

void screen_continue(struct screen *screen)
{
    go_on(screen, 1);
}

void screen_continue_behind(struct screen *screen)
{
    go_on(screen, 0);
}

int screen_wait_end(struct screen *screen)
{
    wait_for(screen, (struct wanted){WANTED_END, NULL});
    return screen->status;
}

/* ---- how the terminal is left ---- */

bool screen_alternate(const struct screen *screen)
{
    return screen->alternate;
}

bool screen_mouse(const struct screen *screen)
{
    return screen->mouse;
}

bool screen_cursor(const struct screen *screen)
{
    return screen->cursor;
}

struct termios screen_modes(const struct screen *screen)
{
    struct termios modes;
    assert_int_equal(tcgetattr(screen->master, &modes), 0);
    return modes;
}

const char *screen_bytes(const struct screen *screen, size_t *size)
{
    *size = screen->size;
    return screen->bytes;
}
