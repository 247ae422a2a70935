/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_DIALOG_H
#define RANKSCOPE_TESTS_SUPPORT_DIALOG_H

/* The program in plain mode at the other end of two pipes, as a script that only reads and writes lines has it. */
struct dialog;

/* Starts it with these arguments (NULL after the last; --plain comes first) and waits until it is ready. Fails the test if it cannot. */
struct dialog *dialog_start(const char *const *arguments);

/* Sends a line and returns the answer without its "Ready." line; with its lines joined by blanks, the dialog's until the next. What
 * is no line of at most 80 columns of plain text fails the test. */
const char *dialog_ask(struct dialog *dialog, const char *line);

/* The same without waiting, and waiting for one more answer. */
void dialog_send(struct dialog *dialog, const char *line);
const char *dialog_answer(struct dialog *dialog);

/* Closes its input and returns its exit status. */
int dialog_end(struct dialog *dialog);

#endif
