/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_STUDY_JOURNAL_H
#define RANKSCOPE_DIALOGUE_STUDY_JOURNAL_H

#include "dialogue/study.h"

/* What adaptations were finished, a line each: the training's fingerprint (hexadecimal), whether it diverged, held-out examples, and
 * for each epoch hits, loss and training loss (hexadecimal floating point, so that no bit is lost). */
struct study_line {
    uint64_t fingerprint;
    char *text; /* the whole line */
};

/* What is there; a file that is not is empty. ERR_INPUT naming the line. */
enum err_code study_journal_read(struct study *study, struct err *err);
/* The same from `text`, size bytes and a NUL, which is written over. */
enum err_code study_journal_parse(struct study *study, char *text, size_t size, struct err *err);
void study_journal_free(struct study *study);

/* Fills in an outcome that is known. Any thread. */
bool study_journal_find(struct study *study, uint64_t fingerprint, struct study_outcome *outcome);

/* Adds one; the file holds what it did before, or that too. Any thread. */
enum err_code study_journal_add(struct study *study, uint64_t fingerprint, const struct study_outcome *outcome,
                                struct err *err);

#endif
