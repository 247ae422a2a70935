/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/convai.h"

#include "base/file.h"
#include "base/halt.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = 1 << 28, SENTENCES_MAX = 64, LINES_MAX = 1 << 24 };

struct reading {
    struct convai *corpus;
    const atomic_bool *stop;
    struct err *err;
    int line;
    int number;          /* of the line before within its dialogue */
    size_t parts;        /* of corpus->part */
    size_t sentence;     /* first of the present dialogue's in corpus->part */
    int sentences;       /* so far */
    const char **sorted; /* every persona's sentences, each persona's in order, so that one can be known again */
    size_t *first;       /* persona → where its own begin in `sorted`; and where the next one's will */
    int *persona;        /* hashed by sentences; −1: free */
    size_t places;       /* a power of two */
};

static enum err_code wrong(const struct reading *reading, const char *what)
{
    return err_set(reading->err, ERR_INPUT, "%s:%d: %s", reading->corpus->name, reading->line, what);
}

/* ---- what kind of file it is ---- */

static enum err_code check_text(struct reading *reading, const char *text, size_t size)
{
    if (size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        return err_set(reading->err, ERR_INPUT, "%s: is UTF-16; UTF-8 is wanted", reading->corpus->name);
    size_t start = 0;
    reading->line = 1;
    for (size_t at = 0; at < size;) {
        uint32_t rune;
        size_t length = text_decode(text + at, size - at, &rune);
        if (length == 0 || rune == 0)
            return err_set(reading->err, ERR_INPUT, "%s:%d:%zu: byte 0x%02x is no text in UTF-8", reading->corpus->name,
                           reading->line, at - start + 1, (unsigned char)text[at]);
        at += length;
        if (at - start > CONVAI_LINE_MAX)
            return err_set(reading->err, ERR_INPUT, "%s:%d: the line is longer than %d bytes", reading->corpus->name,
                           reading->line, CONVAI_LINE_MAX);
        if (rune == '\n') {
            start = at;
            reading->line++;
        }
        if (reading->line > LINES_MAX)
            return wrong(reading, "the file has more lines than this one");
    }
    return ERR_NONE;
}

/* As much as there can be of everything: lines bound dialogues, turns and sentences, bars the candidates. */
static enum err_code make_room(struct reading *reading, const char *text, size_t size)
{
    size_t lines = 1;
    size_t bars = 1;
    for (size_t i = 0; i < size; i++) {
        lines += text[i] == '\n';
        bars += text[i] == '|';
    }
    struct convai *corpus = reading->corpus;
    for (reading->places = 2; reading->places < 2 * lines;)
        reading->places *= 2;
    reading->sorted = calloc(lines, sizeof *reading->sorted);
    reading->first = calloc(lines + 1, sizeof *reading->first);
    reading->persona = malloc(reading->places * sizeof *reading->persona);
    for (size_t i = 0; reading->persona != NULL && i < reading->places; i++)
        reading->persona[i] = -1;
    corpus->persona = calloc(lines, sizeof *corpus->persona);
    corpus->dialogue = calloc(lines, sizeof *corpus->dialogue);
    corpus->turn = calloc(lines, sizeof *corpus->turn);
    corpus->part = calloc(2 * lines + bars, sizeof *corpus->part);
    if (corpus->persona == NULL || corpus->dialogue == NULL || corpus->turn == NULL || corpus->part == NULL ||
        reading->sorted == NULL || reading->first == NULL || reading->persona == NULL)
        return err_set(reading->err, ERR_MEMORY, "%s: no memory for %zu lines", corpus->name, lines);
    return ERR_NONE;
}

/* ---- personas ---- */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static uint64_t hash_sentences(const char *const *sentence, size_t count)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < count; i++)
        for (const char *at = sentence[i]; at == sentence[i] || at[-1] != '\0'; at++)
            hash = (hash ^ (unsigned char)*at) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

static bool is_persona(const struct reading *reading, int persona, const char *const *sorted, size_t count)
{
    size_t first = reading->first[persona];
    bool same = reading->first[persona + 1] - first == count;
    for (size_t i = 0; same && i < count; i++)
        same = strcmp(reading->sorted[first + i], sorted[i]) == 0;
    return same;
}

/* Takes the sentences over as a persona's, which is a new one or one that is known. */
static int find_persona(struct reading *reading)
{
    struct convai *corpus = reading->corpus;
    size_t first = reading->first[corpus->personas];
    size_t count = (size_t)reading->sentences;
    const char **mine = reading->sorted + first;
    memcpy(mine, corpus->part + reading->sentence, count * sizeof *mine);
    qsort(mine, count, sizeof *mine, compare_texts);
    size_t at = hash_sentences(mine, count) & (reading->places - 1);
    for (; reading->persona[at] >= 0; at = (at + 1) & (reading->places - 1))
        if (is_persona(reading, reading->persona[at], mine, count))
            return reading->persona[at];
    reading->persona[at] = corpus->personas;
    reading->first[corpus->personas + 1] = first + count;
    corpus->persona[corpus->personas] =
        (struct convai_persona){.sentence = corpus->part + reading->sentence, .sentences = reading->sentences};
    return corpus->personas++;
}

static enum err_code begin_dialogue(struct reading *reading)
{
    struct convai *corpus = reading->corpus;
    if (corpus->dialogues > 0 && corpus->dialogue[corpus->dialogues - 1].turns == 0)
        return wrong(reading, "the dialogue before this line has no turn");
    corpus->dialogue[corpus->dialogues++] =
        (struct convai_dialogue){.persona = -1, .first = corpus->turns, .line = reading->line};
    reading->sentence = reading->parts;
    reading->sentences = 0;
    return ERR_NONE;
}

static enum err_code add_sentence(struct reading *reading, const char *text)
{
    struct convai_dialogue *dialogue = &reading->corpus->dialogue[reading->corpus->dialogues - 1];
    if (dialogue->turns > 0)
        return wrong(reading, "a sentence of the persona must come before the turns");
    if (*text == '\0')
        return wrong(reading, "the persona's sentence is empty");
    if (reading->sentences == SENTENCES_MAX)
        return wrong(reading, "a persona has more than 64 sentences");
    reading->corpus->part[reading->parts++] = text;
    reading->sentences++;
    return ERR_NONE;
}

/* ---- turns ---- */

static char *cut(char *text, char at)
{
    char *found = strchr(text, at);
    if (found == NULL)
        return NULL;
    *found = '\0';
    return found + 1;
}

static enum err_code split_candidates(struct reading *reading, char *text, struct convai_turn *turn)
{
    turn->candidate = reading->corpus->part + reading->parts;
    turn->right = -1;
    for (char *next; text != NULL; text = next) {
        next = cut(text, '|');
        if (*text == '\0')
            return wrong(reading, "a candidate is empty");
        if (turn->candidates == CONVAI_CANDIDATES_MAX)
            return wrong(reading, "there are more than 256 candidates");
        if (strcmp(text, turn->reply) == 0) /* the last, where several are */
            turn->right = turn->candidates;
        reading->corpus->part[reading->parts++] = text;
        turn->candidates++;
    }
    if (turn->right < 0)
        return wrong(reading, "the reply is not among the candidates");
    if (turn->candidates < 2)
        return wrong(reading, "there must be two candidates at least");
    return ERR_NONE;
}

static enum err_code add_turn(struct reading *reading, char *text)
{
    struct convai *corpus = reading->corpus;
    struct convai_dialogue *dialogue = &corpus->dialogue[corpus->dialogues - 1];
    struct convai_turn turn = {.utterance = text, .line = reading->line};
    if (dialogue->turns == 0) {
        if (reading->sentences == 0)
            return wrong(reading, "the dialogue has no \"your persona:\" before this turn");
        dialogue->persona = find_persona(reading);
        corpus->persona[dialogue->persona].dialogues++;
    }
    char *reply = cut(text, '\t');
    char *between = reply == NULL ? NULL : cut(reply, '\t');
    char *candidates = between == NULL ? NULL : cut(between, '\t');
    if (reply == NULL)
        return wrong(reading,
                     "must be NUMBER your persona: SENTENCE, or NUMBER UTTERANCE<tab>REPLY<tab><tab>CANDIDATE|...");
    if (candidates == NULL)
        return wrong(reading, "the turn has no candidates: the file that has them is wanted");
    if (*text == '\0' || *reply == '\0')
        return wrong(reading, *reply == '\0' ? "the reply is empty" : "the utterance is empty");
    if (*between != '\0' || strchr(candidates, '\t') != NULL)
        return wrong(reading, "there must be two tabs between reply and candidates, and none after");
    turn.reply = reply;
    enum err_code code = split_candidates(reading, candidates, &turn);
    if (code != ERR_NONE)
        return code;
    corpus->turn[corpus->turns++] = turn;
    dialogue->turns++;
    corpus->persona[dialogue->persona].turns++;
    return ERR_NONE;
}

/* ---- lines ---- */

static char *after(char *text, const char *start)
{
    size_t length = strlen(start);
    return strncmp(text, start, length) == 0 ? text + length + (text[length] == ' ') : NULL;
}

static enum err_code read_line(struct reading *reading, char *text)
{
    char *rest;
    long number = strtol(text, &rest, 10);
    if (*text < '0' || *text > '9' || *rest != ' ')
        return wrong(reading, "must begin with the line's number in its dialogue and a blank");
    if (number == 1) {
        enum err_code code = begin_dialogue(reading);
        if (code != ERR_NONE)
            return code;
    } else if (reading->number == 0 || number != reading->number + 1) {
        return err_set(reading->err, ERR_INPUT, "%s:%d: the line's number is %.*s; %d%s is wanted",
                       reading->corpus->name, reading->line, (int)(rest - text < 20 ? rest - text : 20), text,
                       reading->number + 1, reading->number == 0 ? "" : ", or 1 where a dialogue begins");
    }
    reading->number = (int)number;
    rest++;
    if (after(rest, "your persona:") != NULL)
        return add_sentence(reading, after(rest, "your persona:"));
    if (after(rest, "partner's persona:") != NULL)
        return ERR_NONE;
    return add_turn(reading, rest);
}

static enum err_code read_lines(struct reading *reading, char *text)
{
    enum err_code code = ERR_NONE;
    reading->line = 0;
    for (char *next; text != NULL && code == ERR_NONE; text = next) {
        if (halt_asked(reading->stop, reading->err))
            return reading->err->code;
        next = cut(text, '\n');
        reading->line++;
        size_t length = strlen(text);
        if (length > 0 && text[length - 1] == '\r')
            text[--length] = '\0';
        if (length > 0)
            code = read_line(reading, text);
    }
    if (code != ERR_NONE)
        return code;
    const struct convai *corpus = reading->corpus;
    if (corpus->dialogues == 0)
        return err_set(reading->err, ERR_INPUT, "%s: there is no dialogue in it", corpus->name);
    if (corpus->dialogue[corpus->dialogues - 1].turns == 0)
        return wrong(reading, "the last dialogue has no turn");
    return ERR_NONE;
}

enum err_code convai_parse(struct convai *corpus, const char *name, char *text, size_t size, const atomic_bool *stop,
                           struct err *err)
{
    *corpus = (struct convai){.name = name, .text = text};
    struct reading reading = {.corpus = corpus, .stop = stop, .err = err};
    size_t mark = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    enum err_code code = check_text(&reading, text, size);
    code = code ? code : make_room(&reading, text, size);
    code = code ? code : read_lines(&reading, text + mark);
    free(reading.sorted);
    free(reading.first);
    free(reading.persona);
    if (code != ERR_NONE)
        convai_free(corpus);
    return code;
}

enum err_code convai_read(struct convai *corpus, const char *path, const atomic_bool *stop, struct err *err)
{
    char *text;
    size_t size;
    *corpus = (struct convai){.name = path};
    enum err_code code = file_read(path, FILE_LIMIT, &text, &size, err);
    return code ? code : convai_parse(corpus, path, text, size, stop, err);
}

void convai_free(struct convai *corpus)
{
    free(corpus->persona);
    free(corpus->dialogue);
    free(corpus->turn);
    free(corpus->part);
    free(corpus->text);
    *corpus = (struct convai){.name = corpus->name};
}
