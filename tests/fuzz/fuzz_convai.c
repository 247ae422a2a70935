/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/convai.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any bytes are dialogues, whose parts all lie in the text and fit together, or are refused with one line. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t check_turn(const struct convai_turn *turn)
{
    size_t length = strlen(turn->utterance) + strlen(turn->reply);
    if (turn->candidates < 2 || turn->right < 0 || turn->right >= turn->candidates ||
        strcmp(turn->candidate[turn->right], turn->reply) != 0)
        abort();
    for (int i = 0; i < turn->candidates; i++)
        length += strlen(turn->candidate[i]);
    return length;
}

static void check_corpus(const struct convai *corpus, size_t size)
{
    size_t length = 0;
    int turns = 0;
    for (int i = 0; i < corpus->dialogues; i++) {
        const struct convai_dialogue *dialogue = &corpus->dialogue[i];
        if (dialogue->first != turns || dialogue->turns < 1 || dialogue->persona < 0 ||
            dialogue->persona >= corpus->personas)
            abort();
        turns += dialogue->turns;
    }
    for (int i = 0; i < corpus->turns; i++)
        length += check_turn(&corpus->turn[i]);
    for (int i = 0; i < corpus->personas; i++)
        turns -= corpus->persona[i].turns;
    if (turns != 0 || length > size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct convai corpus;
    struct err err = {.code = ERR_NONE};
    if (text == NULL)
        abort();
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    enum err_code code = convai_parse(&corpus, "fuzz", text, size, NULL, &err);
    if (code == ERR_NONE)
        check_corpus(&corpus, size);
    else if (code != ERR_INPUT || err.code != code || strchr(err.message, '\n') || !*err.message)
        abort();
    convai_free(&corpus);
    return 0;
}
