/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_LESSON_TEXT_H
#define RANKSCOPE_CMD_LESSON_TEXT_H

#include "lesson/lesson.h"

#include <stdbool.h>

/* A lesson in lines of text on standard output: what has to be done is done, and questions are answered by the
 * lines of standard input as far as there are some. `asks`: each line of it is a command, so that somebody does the
 * steps; without further lines it goes on by itself. Returns the exit status. */
int lesson_text_play(const struct lesson *lesson, bool asks);

#endif
