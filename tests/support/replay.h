/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_REPLAY_H
#define RANKSCOPE_TESTS_SUPPORT_REPLAY_H

/* What an asciicast shows in a terminal emulator after all of its events but the last `left_out` ones that write: rows with a newline
 * after each, trailing blanks left away. The caller frees it. Fails the test where the file is no asciicast. */
char *replay_text(const char *path, int left_out);

#endif
