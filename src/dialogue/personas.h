/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_PERSONAS_H
#define RANKSCOPE_DIALOGUE_PERSONAS_H

#include "base/err.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* A synthetic corpus of persona dialogues in ConvAI2's format (convai.h), from a grammar:
 *
 *     persona   := `facts` topics, each with one of the topic's values, and a temper
 *     dialogue  := "your persona:" sentences, one a fact, shuffled; then `turns` turns, each about another of the facts
 *     utterance := a question about the topic, in one of its forms
 *     reply     := [temper] the topic's answer, in one of its forms, with the persona's value
 *
 * Half of the wrong candidates answer the same question with another value, and so are told from the right one only by who
 * speaks; the other half answer other questions. A temper ("well ,", "honestly ,") opens half of all replies, the wrong ones'
 * drawn from all tempers. So the form of an answer is what all personas share, and values and temper are a persona's own. */
struct personas_settings {
    uint64_t seed;
    int personas;   /* 1 to 10,000 */
    int dialogues;  /* of each, 1 to 1,000 */
    int turns;      /* of each dialogue, 1 to facts */
    int facts;      /* 1 to as many as there are topics */
    int candidates; /* 2 to 40 */
};
extern const struct personas_settings personas_usual;

/* Writes the corpus into memory; a persona's dialogues depend on the seed and its own number alone. *text has a NUL
 * behind *size bytes and is the caller's to free. ERR_INPUT: a setting is out of its range; ERR_MEMORY; ERR_STOPPED,
 * where *stop was set meanwhile (NULL: never). */
enum err_code personas_write(const struct personas_settings *settings, const atomic_bool *stop, char **text,
                             size_t *size, struct err *err);

#endif
