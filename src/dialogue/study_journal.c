/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/study_journal.h"

#include "base/file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_LIMIT = 64 << 20, COUNT_MAX = 1 << 24 };

static const char head[] = "rankscope results 1\n";

static bool read_count(const char **text, int64_t least, int64_t most, int *count)
{
    char *end;
    long value = strtol(*text, &end, 10);
    bool good = end != *text && value >= least && value <= most;
    *text = end;
    *count = good ? (int)value : 0;
    return good;
}

static bool read_real(const char **text, double *value)
{
    char *end;
    *value = strtod(*text, &end);
    bool good = end != *text;
    *text = end;
    return good;
}

/* Reads a line into an outcome of at most `epochs`. */
static bool parse(const char *text, int epochs, uint64_t *fingerprint, struct study_outcome *outcome)
{
    char *end;
    int diverged;
    int count;
    *fingerprint = strtoull(text, &end, 16);
    bool good = end == text + 16 && *end == ' ';
    text = end;
    good = good && read_count(&text, 0, 1, &diverged) && read_count(&text, 0, epochs, &outcome->epochs) &&
           read_count(&text, 0, COUNT_MAX, &count);
    for (int i = 0; good && i < outcome->epochs; i++) {
        struct training_epoch *epoch = &outcome->epoch[i];
        epoch->count = count;
        good = read_count(&text, 0, count, &epoch->hits) && read_real(&text, &epoch->loss) &&
               read_real(&text, &epoch->training_loss);
    }
    outcome->diverged = good && diverged;
    outcome->best = outcome->epochs - 1;
    outcome->known = good && *text == '\0';
    return outcome->known;
}

static enum err_code add_line(struct study *study, uint64_t fingerprint, const char *text, struct err *err)
{
    char *copy = strdup(text);
    struct study_line *line = realloc(study->line, (study->lines + 1) * sizeof *line);
    if (line != NULL)
        study->line = line;
    if (copy == NULL || line == NULL) {
        free(copy);
        return err_set(err, ERR_MEMORY, "%s: no memory for %zu lines", study->journal, study->lines + 1);
    }
    study->line[study->lines++] = (struct study_line){fingerprint, copy};
    return ERR_NONE;
}

enum err_code study_journal_parse(struct study *study, char *text, size_t size, struct err *err)
{
    enum { EPOCHS_MAX = 10000 };
    size_t length = strlen(head);
    if (size < length || strncmp(text, head, length) != 0)
        return err_set(err, ERR_INPUT, "%s:1: must be \"%.*s\"", study->journal, (int)length - 1, head);
    if (memchr(text, '\0', size) != NULL)
        return err_set(err, ERR_INPUT, "%s: has a byte of zero, and so is no file of results", study->journal);
    struct study_outcome outcome = {.epoch = calloc(EPOCHS_MAX, sizeof *outcome.epoch)};
    if (outcome.epoch == NULL)
        return err_set(err, ERR_MEMORY, "%s: no memory to read it", study->journal);
    enum err_code code = ERR_NONE;
    int number = 2;
    text += length;
    for (char *next; *text != '\0' && code == ERR_NONE; text = next, number++) {
        uint64_t fingerprint;
        next = text + strcspn(text, "\n");
        if (*next == '\n')
            *next++ = '\0';
        if (parse(text, EPOCHS_MAX, &fingerprint, &outcome))
            code = add_line(study, fingerprint, text, err);
        else
            code = err_set(err, ERR_INPUT, "%s:%d: is no result; remove the line, or the file", study->journal, number);
    }
    free(outcome.epoch);
    return code;
}

enum err_code study_journal_read(struct study *study, struct err *err)
{
    char *text;
    size_t size;
    if (access(study->journal, F_OK) != 0)
        return ERR_NONE;
    enum err_code code = file_read(study->journal, FILE_LIMIT, &text, &size, err);
    if (code != ERR_NONE)
        return code;
    code = study_journal_parse(study, text, size, err);
    free(text);
    return code;
}

void study_journal_free(struct study *study)
{
    for (size_t i = 0; i < study->lines; i++)
        free(study->line[i].text);
    free(study->line);
}

bool study_journal_find(struct study *study, uint64_t fingerprint, struct study_outcome *outcome)
{
    bool found = false;
    uint64_t same;
    pthread_mutex_lock(&study->mutex);
    for (size_t i = 0; i < study->lines && !found; i++)
        if (study->line[i].fingerprint == fingerprint)
            found = parse(study->line[i].text, study->project->settings.adapt_epochs, &same, outcome);
    pthread_mutex_unlock(&study->mutex);
    return found;
}

static char *format(uint64_t fingerprint, const struct study_outcome *outcome)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    fprintf(stream, "%016" PRIx64 " %d %d %d", fingerprint, outcome->diverged, outcome->epochs,
            outcome->epochs > 0 ? outcome->epoch[0].count : 0);
    for (int i = 0; i < outcome->epochs; i++)
        fprintf(stream, " %d %a %a", outcome->epoch[i].hits, outcome->epoch[i].loss, outcome->epoch[i].training_loss);
    bool whole = !ferror(stream);
    if (fclose(stream) == 0 && whole)
        return text;
    free(text);
    return NULL;
}

/* All lines anew: there are some hundred, and so the file is whole at any moment. */
static enum err_code write_lines(const struct study *study, struct err *err)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    bool whole = stream != NULL;
    if (whole) {
        fputs(head, stream);
        for (size_t i = 0; i < study->lines; i++)
            fprintf(stream, "%s\n", study->line[i].text);
        whole = !ferror(stream);
        whole = fclose(stream) == 0 && whole;
    }
    enum err_code code = whole ? file_write(study->journal, text, size, err)
                               : err_set(err, ERR_MEMORY, "%s: no memory to write it", study->journal);
    free(text);
    return code;
}

enum err_code study_journal_add(struct study *study, uint64_t fingerprint, const struct study_outcome *outcome,
                                struct err *err)
{
    char *text = format(fingerprint, outcome);
    if (text == NULL)
        return err_set(err, ERR_MEMORY, "%s: no memory for a line", study->journal);
    pthread_mutex_lock(&study->mutex);
    enum err_code code = add_line(study, fingerprint, text, err);
    code = code ? code : write_lines(study, err);
    pthread_mutex_unlock(&study->mutex);
    free(text);
    return code;
}
