/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_PICTURE_H
#define RANKSCOPE_UI_PICTURE_H

#include "ui/grid.h"

#include <stdio.h>

/* A grid as a file, with no terminal. */

enum picture_format {
    PICTURE_TEXT, /* UTF-8, blanks at the ends of lines left away */
    PICTURE_ANSI, /* with colours of the palette of 256, as a terminal takes it */
    PICTURE_SVG,  /* a drawing, dark as most terminals are */
    PICTURE_FORMATS
};
extern const char *const picture_format_names[PICTURE_FORMATS];

/* Whether all was written is the stream's to tell. */
void picture_write(FILE *stream, const struct grid *grid, enum picture_format format, bool colors);

#endif
