/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/terminal.h"

#include "base/clock.h"
#include "ui/clipboard.h"
#include "ui/decode.h"
#include "ui/rune.h"
#include "ui/tee.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

enum {
    /* In which the rest of a sequence follows its Escape, even over a slow line. */
    ESCAPE_WAIT = 40 * CLOCK_MILLISECOND,
    SIZE_MAX_CELLS = 2000,
    CAUGHT = 7, /* signals */
};

/* curses has one screen, so this has, too. */
static struct {
    SCREEN *screen; /* NULL: the terminal is not ours */
    const struct theme *theme;
    bool mouse;  /* is ours */
    bool colors; /* there are some, and they are wanted */
    enum glyphs glyphs;
    bool unicode;           /* the locale can show more than ASCII */
    bool synchronise;       /* the terminal knows synchronised updates, or is known to ignore them */
    bool taken;             /* it is in our hands now */
    bool final_tried;       /* an undecided Escape has had its time */
    atomic_bool suspending; /* terminal_suspend knows itself what to do after SIGCONT */
    int pipe[2];            /* from the signal handler to terminal_signal; 0: none */
    struct sigaction before[CAUGHT];
    short pair[STYLE_COUNT];
    struct tee tee; /* has what curses writes, too */
    struct decode decode;
    int64_t last_byte; /* clock_now() when it arrived */
} term;

/* ---- what the terminal can do ---- */

static enum err_code check_type(struct err *err)
{
    const char *type = getenv("TERM");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return err_set(err, ERR_IO, "the lab needs a terminal for input and output");
    if (type == NULL || *type == '\0')
        return err_set(err, ERR_IO, "TERM is not set: the terminal's type is not known");
    int found = 0;
    if (setupterm(NULL, STDOUT_FILENO, &found) != OK)
        return err_set(err, ERR_IO, "TERM is \"%.60s\": %s", type,
                       found == -1 ? "there is no terminfo database" : "a terminal of this type is not known");
    bool usable = cursor_address != NULL && *cursor_address != '\0';
    del_curterm(cur_term);
    return usable ? ERR_NONE : err_set(err, ERR_IO, "TERM is \"%.60s\": the lab needs a terminal with a screen", type);
}

static bool type_begins_with(const char *const *name)
{
    const char *type = getenv("TERM");
    for (; type != NULL && *name != NULL; name++) {
        if (strncmp(type, *name, strlen(*name)) == 0)
            return true;
    }
    return false;
}

static void choose_glyphs(bool given, enum glyphs glyphs)
{
    static const char *const poor_font[] = {"linux", NULL}; /* the console's font has no braille */
    term.unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (given)
        term.glyphs = glyphs;
    else
        term.glyphs = type_begins_with(poor_font) ? GLYPHS_BLOCK : GLYPHS_BRAILLE;
    if (!term.unicode)
        term.glyphs = GLYPHS_ASCII;
}

static short pick(struct theme_color color)
{
    return COLORS >= 256 ? color.of_256 : COLORS >= 16 ? color.of_16 : color.of_8;
}

static void choose_pair(int style, short color, short background)
{
    if (init_pair((short)(style + 1), color, background) == OK)
        term.pair[style] = (short)(style + 1);
}

static void choose_heat(void)
{
    for (int level = 0; level < STYLE_LEVELS && STYLE_HEAT_LINE + level + 1 < COLOR_PAIRS; level++) {
        const struct theme_heat *heat = &theme_heat_table[level];
        bool white = COLORS >= 256 ? heat->white_256 : COLORS >= 16 ? heat->white_16 : heat->white_8;
        short color = COLORS >= 256 ? (white ? 231 : 16) : !white ? COLOR_BLACK : COLORS >= 16 ? 15 : COLOR_WHITE;
        choose_pair(STYLE_HEAT + level, color, pick(heat->color));
        choose_pair(STYLE_HEAT_LINE + level, color, pick(heat->color));
    }
}

static void choose_pairs(void)
{
    short background = pick(term.theme->background);
    memset(term.pair, 0, sizeof term.pair);
    if (!term.colors)
        return;
    for (int i = 0; i < STYLE_HEAT && i + 1 < COLOR_PAIRS; i++) {
        short color = pick(term.theme->look[i].color);
        color = color == THEME_OWN ? pick(term.theme->text) : color;
        if (color != THEME_OWN || background != THEME_OWN)
            choose_pair(i, color, background);
    }
    choose_heat();
}

static void choose_colors(bool no_color)
{
    term.colors = !no_color && has_colors() && start_color() == OK && COLORS >= 8;
    if (term.colors)
        use_default_colors();
    choose_pairs();
}

void terminal_set_theme(const struct theme *theme)
{
    term.theme = theme;
    choose_pairs();
}

/* ---- taking and giving back ---- */

const char *terminal_written(size_t *size)
{
    return tee_take(&term.tee, size);
}

void terminal_forget(void)
{
    tee_forget(&term.tee);
}

static int hide_cursor(void)
{
    return curs_set(0);
}

/* Presses, drags, and reports that reach beyond column 223. */
static const char mouse_on[] = "\033[?1000h\033[?1002h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1002l\033[?1000l";

void terminal_set_mouse(bool ours)
{
    if (term.taken && term.mouse != ours)
        tee_write(&term.tee, ours ? mouse_on : mouse_off);
    term.mouse = ours;
}

static void take(void)
{
    reset_prog_mode(); /* in the background the process stops here, before it has written anything */
    if (term.mouse)
        tee_write(&term.tee, mouse_on);
    tee_call(&term.tee, hide_cursor);
    tee_call(&term.tee, refresh); /* after endwin this brings curses' modes back */
    term.taken = true;
}

static void give_back(void)
{
    if (!term.taken)
        return;
    tee_write(&term.tee, mouse_off);
    tee_call(&term.tee, endwin);
    reset_shell_mode(); /* endwin could not, where its output was caught */
    term.taken = false;
}

static void set_modes(void)
{
    static const char *const ignorant[] = {"xterm", "tmux",    "screen", "alacritty", "contour",
                                           "foot",  "wezterm", "mintty", "ghostty",   NULL};
    raw(); /* Ctrl-C and Ctrl-Z come as keys */
    noecho();
    nonl();
    leaveok(stdscr, TRUE);
    term.synchronise = type_begins_with(ignorant);
}

/* ---- signals ---- */

static const int caught_table[CAUGHT] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT, SIGWINCH};

static void catch (int number)
{
    if (number == SIGCONT && atomic_load(&term.suspending))
        return;
    int error = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(term.pipe[1], &byte, 1); /* full: there is enough to read */
    (void)written;
    errno = error;
}

/* Not by a signalfd: OpenBLAS' threads were there before us and block nothing. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = catch, .sa_flags = SA_RESTART};
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught_table[i], &action, NULL);
}

int terminal_signals(void)
{
    return term.pipe[0];
}

int terminal_signal(void)
{
    unsigned char byte = 0;
    return read(term.pipe[0], &byte, 1) == 1 ? byte : 0;
}

/* ---- open and closed ---- */

static enum err_code open_screen(const struct terminal_options *options, struct err *err)
{
    if (pipe2(term.pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return err_set(err, ERR_IO, "cannot make a pipe: %s", strerror(errno));
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught_table[i], NULL, &term.before[i]);
    catch_signals(); /* curses puts handlers in place of those that are not set */
    if (tee_begin(&term.tee, options->kept, err))
        return err->code;
    term.screen = newterm(NULL, stdout, stdin);
    if (term.screen == NULL)
        return err_set(err, ERR_MEMORY, "there is no memory for a screen");
    catch_signals(); /* and a few all the same */
    term.decode = (struct decode){.count = 0};
    choose_glyphs(options->glyphs_given, options->glyphs);
    term.mouse = !options->no_mouse;
    term.theme = options->theme != NULL ? options->theme : &theme_table[0];
    choose_colors(options->no_color);
    set_modes();
    terminal_resized();
    take();
    return ERR_NONE;
}

enum err_code terminal_open(const struct terminal_options *options, struct err *err)
{
    enum err_code code = check_type(err);
    if (code == ERR_NONE)
        code = open_screen(options, err);
    if (code != ERR_NONE)
        terminal_close();
    return code;
}

void terminal_close(void)
{
    give_back();
    if (term.screen != NULL)
        delscreen(term.screen);
    term.screen = NULL;
    tee_end(&term.tee);
    if (term.pipe[1] == 0)
        return;
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught_table[i], &term.before[i], NULL);
    close(term.pipe[0]);
    close(term.pipe[1]);
    term.pipe[0] = term.pipe[1] = 0;
}

void terminal_suspend(void)
{
    struct sigaction ours;
    give_back();
    atomic_store(&term.suspending, true);
    sigaction(SIGTSTP, &(struct sigaction){.sa_handler = SIG_DFL}, &ours);
    kill(0, SIGTSTP); /* all of the job, as the terminal's driver does it: a shell waits for a pipeline's other parts */
    sigaction(SIGTSTP, &ours, NULL);
    atomic_store(&term.suspending, false);
    terminal_resized();
    take();
}

void terminal_resume(void)
{
    give_back();
    terminal_resized();
    take();
}

/* ---- size ---- */

void terminal_set_glyphs(bool given, enum glyphs glyphs)
{
    choose_glyphs(given, glyphs);
}

enum glyphs terminal_glyphs(void)
{
    return term.glyphs;
}

void terminal_size(int *width, int *height)
{
    *width = COLS;
    *height = LINES;
}

void terminal_resized(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return;
    int width = size.ws_col < SIZE_MAX_CELLS ? size.ws_col : SIZE_MAX_CELLS;
    int height = size.ws_row < SIZE_MAX_CELLS ? size.ws_row : SIZE_MAX_CELLS;
    if (width != COLS || height != LINES)
        resizeterm(height, width);
}

/* ---- input ---- */

static void read_bytes(void)
{
    size_t room = 0;
    unsigned char *to = decode_room(&term.decode, &room);
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    if (room == 0 || poll(&input, 1, 0) <= 0)
        return;
    ssize_t count = read(STDIN_FILENO, to, room);
    if (count > 0) {
        term.decode.count += (size_t)count;
        term.last_byte = clock_now();
        term.final_tried = false;
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
        term.tee.lost = true;
    }
}

bool terminal_event(struct event *event)
{
    if (decode_event(&term.decode, false, event))
        return true;
    read_bytes();
    if (decode_event(&term.decode, false, event))
        return true;
    if (!decode_undecided(&term.decode) || clock_now() - term.last_byte < ESCAPE_WAIT)
        return false;
    term.final_tried = true;
    return decode_event(&term.decode, true, event);
}

int terminal_timeout(void)
{
    if (!decode_undecided(&term.decode) || term.final_tried)
        return -1;
    int64_t left = term.last_byte + ESCAPE_WAIT - clock_now();
    return left > 0 ? (int)(left / CLOCK_MILLISECOND) + 1 : 0;
}

bool terminal_lost(void)
{
    return term.tee.lost;
}

/* ---- output ---- */

static attr_t curses_attributes(unsigned attributes)
{
    return (attributes & THEME_BOLD ? A_BOLD : A_NORMAL) | (attributes & THEME_UNDERLINE ? A_UNDERLINE : A_NORMAL) |
           (attributes & THEME_REVERSE ? A_REVERSE : A_NORMAL);
}

static void put_cell(int x, int y, const struct cell *cell)
{
    uint32_t rune = cell->rune;
    if (rune >= 0x80 && !term.unicode) {
        const char *spelling = rune_ascii(rune);
        rune = spelling[1] == '\0' ? (unsigned char)spelling[0] : '?';
    }
    wchar_t text[2] = {(wchar_t)rune, 0};
    int style = cell->style < STYLE_COUNT ? cell->style : STYLE_TEXT;
    attr_t attributes = style < STYLE_HEAT        ? curses_attributes(term.theme->look[style].attributes)
                        : style < STYLE_HEAT_LINE ? A_NORMAL
                                                  : A_UNDERLINE;
    cchar_t shown;
    if (setcchar(&shown, text, attributes, term.pair[style], NULL) == OK)
        mvwadd_wchnstr(stdscr, y, x, &shown, 1);
}

/* A write to a terminal that has hung up fails inside curses, which does not tell. */
static void look_for_hangup(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = 0};
    if (poll(&output, 1, 0) > 0 && (output.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
        term.tee.lost = true;
}

bool terminal_show(const struct grid *grid, bool whole)
{
    if (term.tee.lost)
        return false;
    for (int y = 0; y < grid->height && y < LINES; y++)
        for (int x = 0; x < grid->width && x < COLS; x++)
            put_cell(x, y, &grid->cell[(size_t)y * (size_t)grid->width + (size_t)x]);
    if (!whole && !is_wintouched(stdscr))
        return true;
    if (whole)
        clearok(stdscr, TRUE);
    wnoutrefresh(stdscr);
    if (term.synchronise)
        tee_write(&term.tee, "\033[?2026h");
    tee_call(&term.tee, doupdate);
    if (term.synchronise)
        tee_write(&term.tee, "\033[?2026l");
    look_for_hangup();
    return !term.tee.lost;
}

bool terminal_copy(const char *text)
{
    if (!clipboard_is_safe(getenv("TERM"), getenv("TMUX"), getenv("STY")))
        return false;
    char *sequence = clipboard_sequence(text);
    if (sequence == NULL)
        return false;
    tee_write_unkept(&term.tee, sequence); /* a recording shall not write to its watchers' clipboards */
    free(sequence);
    return true;
}
