/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_CONVAI_H
#define RANKSCOPE_DIALOGUE_CONVAI_H

#include "base/err.h"

#include <stdatomic.h>
#include <stddef.h>

/* Dialogues in the format of ConvAI2 (Dinan et al. 2019), with candidates:
 *
 *     NUMBER your persona: SENTENCE
 *     NUMBER UTTERANCE<tab>REPLY<tab><tab>CANDIDATE|…|CANDIDATE
 *
 * NUMBER counts the lines of a dialogue from 1. One candidate is the reply. Lines of the partner's persona are passed over. */

/* One utterance and the reply to it. Texts are NUL-terminated UTF-8 and the corpus's. */
struct convai_turn {
    const char *utterance, *reply;
    const char *const *candidate; /* `candidates` of them */
    int candidates;               /* ≥ 2 */
    int right;                    /* which of them is the reply */
    int line;
};

struct convai_dialogue {
    int persona;
    int first, turns; /* of the corpus's; turns ≥ 1 */
    int line;
};

/* Who speaks the replies. Two dialogues have the same persona where they have the same sentences, in whatever order. */
struct convai_persona {
    const char *const *sentence; /* in the order of its first dialogue */
    int sentences;
    int dialogues, turns;
};

struct convai {
    const char *name; /* of the file, borrowed; stands in messages */
    struct convai_persona *persona;
    struct convai_dialogue *dialogue;
    struct convai_turn *turn;
    int personas, dialogues, turns;
    char *text;        /* what all texts point into */
    const char **part; /* what all lists point into */
};

enum { CONVAI_LINE_MAX = 1 << 16, CONVAI_CANDIDATES_MAX = 256 };

/* Reads a file. Errors: what file_read says; ERR_INPUT naming the line and what is wrong in it; ERR_MEMORY;
 * ERR_STOPPED, where *stop was set meanwhile (NULL: never). *corpus is then empty. Free with convai_free. */
enum err_code convai_read(struct convai *corpus, const char *path, const atomic_bool *stop, struct err *err);

/* The same from `text`, size bytes and a NUL, which becomes the corpus's, also on error. */
enum err_code convai_parse(struct convai *corpus, const char *name, char *text, size_t size, const atomic_bool *stop,
                           struct err *err);
void convai_free(struct convai *corpus); /* zeroed is allowed */

#endif
