/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/terminal_choice.h"

#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *const window_terminals[] = {"qt", "wxt", "x11", "aqua", "windows"};

const char *const terminal_choice_question = "strstrt(GPVAL_TERMINALS, ' qt ')  ? 'qt' : "
                                             "strstrt(GPVAL_TERMINALS, ' wxt ') ? 'wxt' : "
                                             "strstrt(GPVAL_TERMINALS, ' x11 ') ? 'x11' : ''";

enum err_code terminal_choice_check(const char *terminal, struct err *err)
{
    bool good = *terminal >= 'a' && *terminal <= 'z' && strlen(terminal) < 200;
    for (const char *c = terminal; *c; c++)
        good = good && (unsigned char)*c >= 0x20 && *c != 0x7f && !strchr(";`@#\\", *c);
    if (good)
        return ERR_NONE;
    return err_set(err, ERR_INPUT, "%s: this is no terminal of gnuplot; say for example qt, x11 or wxt", terminal);
}

bool terminal_choice_display(void)
{
    const char *x11 = getenv("DISPLAY");
    const char *wayland = getenv("WAYLAND_DISPLAY");
    return (x11 && *x11) || (wayland && *wayland);
}

bool terminal_choice_has_windows(const char *terminal)
{
    size_t length = strcspn(terminal, " ");
    for (size_t i = 0; i < sizeof window_terminals / sizeof *window_terminals; i++)
        if (strlen(window_terminals[i]) == length && strncmp(window_terminals[i], terminal, length) == 0)
            return true;
    return false;
}

void terminal_choice_write_window(FILE *stream, const char *terminal, const struct figure_info *figure)
{
    const struct figure_window *window = &figure->window;
    size_t length = strcspn(terminal, " ");
    const char *options = terminal + length;
    fprintf(stream, "set terminal %.*s", (int)length, terminal);
    if (!strstr(options, "persist"))
        fputs(" nopersist", stream);
    if (!strstr(options, "raise"))
        fputs(" noraise", stream);
    if (!strstr(options, "enhanced"))
        fputs(" enhanced", stream);
    if (!strstr(options, "title"))
        fprintf(stream, " title 'Rankscope: %s'", figure->title);
    if (!strstr(options, "size"))
        fprintf(stream, " size %d, %d", window->width, window->height);
    if (!strstr(options, "position"))
        fprintf(stream, " position %d, %d", window->x, window->y);
    fprintf(stream, "%s\n", options);
}

void terminal_choice_write_picture(FILE *stream, const char *terminal)
{
    if (*terminal)
        fprintf(stream, "set terminal %s\n", terminal);
    else
        fputs("if (strstrt(GPVAL_TERMINALS, 'pngcairo')) {\n"
              "    set terminal pngcairo enhanced size 1600, 1120 font 'Sans,12' background rgb 'white' rounded\n"
              "} else {\n"
              "    set terminal png enhanced truecolor size 1600, 1120 font 'sans,11' background rgb 'white'\n"
              "}\n",
              stream);
}

/* The character in Latin-1, or what comes near to it. */
static const char *in_latin(uint32_t rune, char latin[2])
{
    latin[0] = rune < 0x100 ? (char)rune : '?';
    latin[1] = '\0';
    switch (rune) {
    case 0x2016: /* ‖ */
        return "||";
    case 0x2212: /* − */
        return "-";
    case 0x2248: /* ≈ */
        return "";
    default:
        return latin;
    }
}

/* No character of UTF-8 is shorter than what takes its place. */
void terminal_choice_adapt(const char *terminal, char *text, size_t *size)
{
    static const char encoding[] = "set encoding utf8";
    static const char no_encoding[] = "unset encoding   ";
    if (strncmp(terminal, "x11", 3) != 0)
        return;
    for (char *found = text; (found = memmem(found, *size - (size_t)(found - text), encoding, sizeof encoding - 1));)
        memcpy(found, no_encoding, sizeof no_encoding - 1);
    size_t kept = 0;
    for (size_t i = 0; i < *size;) {
        char latin[2];
        uint32_t rune = 0;
        size_t length = text_decode(text + i, *size - i, &rune);
        const char *instead = in_latin(length ? rune : '?', latin);
        for (const char *c = instead; *c; c++)
            text[kept++] = *c;
        i += length ? length : 1;
    }
    *size = kept;
}
