/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_FAKE_GNUPLOT_H
#define RANKSCOPE_TESTS_SUPPORT_FAKE_GNUPLOT_H

#include <sys/types.h>

/* Programs that stand in for gnuplot, and what they must not leave behind. */

/* Makes RANKSCOPE_GNUPLOT a shell script with these lines, which get the arguments that gnuplot would. NULL: the real
 * one again. Fails the test if it cannot. */
void fake_gnuplot(const char *lines);

/* Lines that answer every frame as gnuplot does and put the rest into a file frames-PID in TMPDIR. `before` is done on
 * each frame's end, with its number in $n. */
#define FAKE_ANSWER(before)                                                                                            \
    "while IFS= read -r line; do case $line in"                                                                        \
    " *\"ACK \"*) n=${line#*ACK }; n=${n%% *}\n" before "\necho \"ACK $n 0 \";;"                                       \
    " *WORD*) echo 'WORD x11';;"                                                                                       \
    " *) printf '%s\\n' \"$line\" >>\"$TMPDIR/frames-$$\";; esac; done"

/* From here on no figure fits into a pipe of this process as a whole, where none is on its way yet. */
void fake_gnuplot_narrow(pid_t pid);

int fake_gnuplot_descriptors(void); /* how many this process has open */
int fake_gnuplot_children(void);    /* how many it has, dead ones too */

#endif
