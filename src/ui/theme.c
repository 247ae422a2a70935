/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/theme.h"

#include <stddef.h>
#include <string.h>

/* The first eight colours of 16; + BRIGHT is the brighter one. */
enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, BRIGHT };

#define OWN THEME_OWN, THEME_OWN, THEME_OWN
#define PLAIN(...)                                                                                                     \
    {                                                                                                                  \
        .color = { __VA_ARGS__ }                                                                                       \
    }
#define BOLD(...)                                                                                                      \
    {                                                                                                                  \
        .color = {__VA_ARGS__}, .attributes = THEME_BOLD                                                               \
    }
#define REVERSE(...)                                                                                                   \
    {                                                                                                                  \
        .color = {__VA_ARGS__}, .attributes = THEME_REVERSE                                                            \
    }
#define UNDERLINE(...)                                                                                                 \
    {                                                                                                                  \
        .color = {__VA_ARGS__}, .attributes = THEME_BOLD | THEME_UNDERLINE                                             \
    }

/* Series are of Okabe and Ito's colours where no background is known: of a lightness that can be read on black and on white alike.
 * (the first six can be told apart). Where it is known, each further one is the colour that, for people with and without red and green cones, is farthest from those
 * before it and can still be read. */
const struct theme theme_table[THEME_COUNT] = {
    {
        .name = "terminal",
        .help = "the terminal's own background",
        .background = {OWN},
        .text = {OWN},
        .look =
            {
                [STYLE_TEXT] = PLAIN(OWN),
                [STYLE_DIM] = PLAIN(243, BLACK + BRIGHT, THEME_OWN),
                [STYLE_TITLE] = BOLD(OWN),
                [STYLE_KEY] = BOLD(OWN),
                [STYLE_VALUE] = PLAIN(OWN),
                [STYLE_FOCUS] = REVERSE(OWN),
                [STYLE_EDIT] = UNDERLINE(OWN),
                [STYLE_WARNING] = BOLD(160, RED, RED),
                [STYLE_THEORY] = PLAIN(244, THEME_OWN, THEME_OWN),
                [STYLE_CROSSHAIR] = PLAIN(133, MAGENTA, MAGENTA),
                [STYLE_METHOD + 0] = PLAIN(166, RED, RED),
                [STYLE_METHOD + 1] = PLAIN(32, BLUE + BRIGHT, CYAN),
                [STYLE_METHOD + 2] = PLAIN(29, GREEN, GREEN),
                [STYLE_METHOD + 3] = PLAIN(126, MAGENTA, MAGENTA),
                [STYLE_METHOD + 4] = PLAIN(27, BLUE, BLUE),
                [STYLE_METHOD + 5] = PLAIN(197, RED + BRIGHT, YELLOW),
                [STYLE_METHOD + 6] = PLAIN(136, YELLOW, THEME_OWN),
                [STYLE_METHOD + 7] = PLAIN(244, BLACK + BRIGHT, THEME_OWN),
            },
    },
    {
        .name = "dark",
        .help = "light on dark grey",
        .background = {234, BLACK, BLACK},
        .text = {252, WHITE, WHITE},
        .look =
            {
                [STYLE_TEXT] = PLAIN(OWN),
                [STYLE_DIM] = PLAIN(246, BLACK + BRIGHT, WHITE),
                [STYLE_TITLE] = BOLD(231, WHITE + BRIGHT, WHITE),
                [STYLE_KEY] = BOLD(231, WHITE + BRIGHT, WHITE),
                [STYLE_VALUE] = PLAIN(OWN),
                [STYLE_FOCUS] = REVERSE(OWN),
                [STYLE_EDIT] = UNDERLINE(231, WHITE + BRIGHT, WHITE),
                [STYLE_WARNING] = BOLD(210, RED + BRIGHT, RED),
                [STYLE_THEORY] = PLAIN(250, WHITE, WHITE),
                [STYLE_CROSSHAIR] = PLAIN(176, MAGENTA + BRIGHT, MAGENTA),
                [STYLE_METHOD + 0] = PLAIN(208, YELLOW, YELLOW),
                [STYLE_METHOD + 1] = PLAIN(75, BLUE + BRIGHT, CYAN),
                [STYLE_METHOD + 2] = PLAIN(229, YELLOW + BRIGHT, GREEN),
                [STYLE_METHOD + 3] = PLAIN(173, RED + BRIGHT, RED),
                [STYLE_METHOD + 4] = PLAIN(226, GREEN + BRIGHT, MAGENTA),
                [STYLE_METHOD + 5] = PLAIN(67, CYAN, BLUE),
                [STYLE_METHOD + 6] = PLAIN(33, MAGENTA + BRIGHT, WHITE),
                [STYLE_METHOD + 7] = PLAIN(117, CYAN + BRIGHT, WHITE),
            },
    },
    {
        .name = "light",
        .help = "dark on white",
        .background = {231, WHITE + BRIGHT, WHITE},
        .text = {235, BLACK, BLACK},
        .look =
            {
                [STYLE_TEXT] = PLAIN(OWN),
                [STYLE_DIM] = PLAIN(241, BLACK + BRIGHT, BLACK),
                [STYLE_TITLE] = BOLD(16, BLACK, BLACK),
                [STYLE_KEY] = BOLD(16, BLACK, BLACK),
                [STYLE_VALUE] = PLAIN(OWN),
                [STYLE_FOCUS] = REVERSE(OWN),
                [STYLE_EDIT] = UNDERLINE(16, BLACK, BLACK),
                [STYLE_WARNING] = BOLD(124, RED, RED),
                [STYLE_THEORY] = PLAIN(242, BLACK + BRIGHT, BLACK),
                [STYLE_CROSSHAIR] = PLAIN(90, MAGENTA, MAGENTA),
                [STYLE_METHOD + 0] = PLAIN(130, RED, RED),
                [STYLE_METHOD + 1] = PLAIN(25, BLUE, BLUE),
                [STYLE_METHOD + 2] = PLAIN(21, BLUE + BRIGHT, CYAN),
                [STYLE_METHOD + 3] = PLAIN(17, BLACK, MAGENTA),
                [STYLE_METHOD + 4] = PLAIN(63, MAGENTA, GREEN),
                [STYLE_METHOD + 5] = PLAIN(88, RED + BRIGHT, BLACK),
                [STYLE_METHOD + 6] = PLAIN(19, GREEN, BLACK),
                [STYLE_METHOD + 7] = PLAIN(60, CYAN, BLACK),
            },
    },
    {
        .name = "high-contrast",
        .help = "white on black, nothing faint",
        .background = {16, BLACK, BLACK},
        .text = {231, WHITE + BRIGHT, WHITE},
        .look =
            {
                [STYLE_TEXT] = PLAIN(OWN),
                [STYLE_DIM] = PLAIN(250, WHITE, WHITE),
                [STYLE_TITLE] = BOLD(OWN),
                [STYLE_KEY] = BOLD(228, YELLOW + BRIGHT, YELLOW),
                [STYLE_VALUE] = BOLD(OWN),
                [STYLE_FOCUS] = {.color = {228, YELLOW + BRIGHT, YELLOW}, .attributes = THEME_BOLD | THEME_REVERSE},
                [STYLE_EDIT] = UNDERLINE(228, YELLOW + BRIGHT, YELLOW),
                [STYLE_WARNING] = UNDERLINE(217, RED + BRIGHT, RED),
                [STYLE_THEORY] = PLAIN(250, WHITE, WHITE),
                [STYLE_CROSSHAIR] = BOLD(219, MAGENTA + BRIGHT, MAGENTA),
                [STYLE_METHOD + 0] = BOLD(214, YELLOW + BRIGHT, YELLOW),
                [STYLE_METHOD + 1] = BOLD(117, CYAN + BRIGHT, CYAN),
                [STYLE_METHOD + 2] = BOLD(229, WHITE + BRIGHT, WHITE),
                [STYLE_METHOD + 3] = BOLD(173, RED + BRIGHT, RED),
                [STYLE_METHOD + 4] = BOLD(141, MAGENTA + BRIGHT, MAGENTA),
                [STYLE_METHOD + 5] = BOLD(215, GREEN + BRIGHT, GREEN),
                [STYLE_METHOD + 6] = BOLD(187, WHITE, WHITE),
                [STYLE_METHOD + 7] = BOLD(227, YELLOW, WHITE),
            },
    },
};

int theme_find(const char *name)
{
    for (int i = 0; i < THEME_COUNT; i++)
        if (strcmp(theme_table[i].name, name) == 0)
            return i;
    return -1;
}

/* After viridis (van der Walt and Smith 2015) as near as the palette has it: lightness only ever rises, so the order is seen by
 * colour-blind eyes and on a grey projector too. Text on the first ones is white, then black. */
const struct theme_heat theme_heat_table[STYLE_LEVELS] = {
    {{17, BLUE, BLUE}, true, true, true},
    {{18, BLUE, BLUE}, true, true, true},
    {{54, BLUE, BLUE}, true, true, true},
    {{24, BLUE + BRIGHT, CYAN}, true, true, false},
    {{61, BLUE + BRIGHT, CYAN}, true, true, false},
    {{31, BLUE + BRIGHT, CYAN}, false, true, false},
    {{37, CYAN, YELLOW}, false, false, false},
    {{72, CYAN, YELLOW}, false, false, false},
    {{113, CYAN, YELLOW}, false, false, false},
    {{149, YELLOW + BRIGHT, WHITE}, false, false, false},
    {{191, YELLOW + BRIGHT, WHITE}, false, false, false},
    {{228, YELLOW + BRIGHT, WHITE}, false, false, false},
};
