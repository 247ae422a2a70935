/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_LESSON_TEXT_H
#define RANKSCOPE_CMD_LESSON_TEXT_H

#include "lesson/lesson.h"

/* A lesson in lines of text on standard output: what has to be done is done, and questions are answered by the lines of standard
 * input as far as there are some. Returns the exit status. */
int lesson_text_play(const struct lesson *lesson);

#endif
