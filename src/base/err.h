/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_BASE_ERR_H
#define RANKSCOPE_BASE_ERR_H

/* What went wrong, for the caller to act on; the message is for the person. */
enum err_code {
    ERR_NONE = 0,
    ERR_INPUT,  /* a value or a file from outside is wrong: exit status 2 */
    ERR_MEMORY, /* an allocation failed */
    ERR_IO,     /* reading, writing or a child process failed */
    ERR_MATH,   /* a decomposition did not converge */
    ERR_STOPPED /* it was asked to end before it had; nothing is wrong */
};

/* Filled by functions that can fail. The message is one line without a newline: the value that was wrong and
 * what would be right. */
struct err {
    enum err_code code;
    char message[512];
};

/* Stores code and message in *err (err may be NULL) and returns code, so that a caller can write
 * `return err_set(err, ERR_INPUT, "...")`. A message that is too long is cut, and what a terminal must not get (control characters,
 * bytes that are no UTF-8) becomes '?', wherever the text came from. */
enum err_code err_set(struct err *err, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts text before the message that is already there, as in "scenario.yaml:3:9: " + message. Returns err->code. */
enum err_code err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
