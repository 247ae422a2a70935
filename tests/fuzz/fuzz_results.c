/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/study_journal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any bytes are a journal of adaptations, each of which is found again and fits its epochs, or are refused with one line. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_lines(struct study *study)
{
    enum { EPOCHS = 4 };
    struct training_epoch epoch[EPOCHS];
    for (size_t i = 0; i < study->lines; i++) {
        struct study_outcome outcome = {.epoch = epoch};
        if (!study_journal_find(study, study->line[i].fingerprint, &outcome))
            continue; /* of a training that was longer */
        if (outcome.epochs > EPOCHS || outcome.epochs < 0)
            abort();
        for (int j = 0; j < outcome.epochs; j++)
            if (epoch[j].hits < 0 || epoch[j].hits > epoch[j].count)
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char name[] = "results.txt";
    const struct project project = {.settings = {.adapt_epochs = 4}};
    struct study study = {.project = &project, .journal = name};
    struct err err = {.code = ERR_NONE};
    char *text = malloc(size + 1);
    if (text == NULL)
        abort();
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    pthread_mutex_init(&study.mutex, NULL);
    enum err_code code = study_journal_parse(&study, text, size, &err);
    if (code == ERR_NONE)
        check_lines(&study);
    else if (code != ERR_INPUT || err.code != code || strchr(err.message, '\n') || !*err.message)
        abort();
    study_journal_free(&study);
    pthread_mutex_destroy(&study.mutex);
    free(text);
    return 0;
}
