/* SPDX-License-Identifier: GPL-3.0-or-later */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "dialogue/pieces.h"

#include "base/text.h"

#include <pcre2.h>
#include <stdlib.h>

/* Unicode's White_Space is written out: PCRE2's own \s has one character more. */
#define BLANKS "\\x09-\\x0d\\x20\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"
static const char expression[] = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^" BLANKS "\\p{L}\\p{N}]+|[" BLANKS
                                 "]+(?![^" BLANKS "])|[" BLANKS "]+";

struct pieces {
    pcre2_code *code;
    pcre2_match_data *match;
    const char *text;
    size_t size, at;
};

struct pieces *pieces_new(void)
{
    struct pieces *pieces = calloc(1, sizeof *pieces);
    if (pieces == NULL)
        return NULL;
    int number;
    PCRE2_SIZE offset;
    pieces->code =
        pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &number, &offset, NULL);
    if (pieces->code != NULL)
        pieces->match = pcre2_match_data_create(1, NULL);
    if (pieces->match != NULL)
        return pieces;
    pieces_free(pieces);
    return NULL;
}

void pieces_free(struct pieces *pieces)
{
    if (pieces == NULL)
        return;
    pcre2_match_data_free(pieces->match);
    pcre2_code_free(pieces->code);
    free(pieces);
}

enum err_code pieces_begin(struct pieces *pieces, const char *text, size_t size, struct err *err)
{
    for (size_t at = 0; at < size;) {
        uint32_t rune;
        size_t length = text_decode(text + at, size - at, &rune);
        if (length == 0)
            return err_set(err, ERR_INPUT, "byte %zu is no UTF-8", at + 1);
        at += length;
    }
    pieces->text = text;
    pieces->size = size;
    pieces->at = 0;
    return ERR_NONE;
}

enum err_code pieces_next(struct pieces *pieces, const char **piece, size_t *length, struct err *err)
{
    *length = 0;
    *piece = pieces->text + pieces->at;
    if (pieces->at == pieces->size)
        return ERR_NONE;
    int found = pcre2_match(pieces->code, (PCRE2_SPTR)pieces->text, pieces->size, pieces->at,
                            PCRE2_NO_UTF_CHECK | PCRE2_ANCHORED, pieces->match, NULL);
    if (found == PCRE2_ERROR_NOMEMORY)
        return err_set(err, ERR_MEMORY, "no memory to divide a text of %zu bytes", pieces->size);
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(pieces->match);
    if (found < 0 || ends[1] <= pieces->at) /* every character is in one of the alternatives */
        return err_set(err, ERR_INPUT, "byte %zu begins nothing that can be divided", pieces->at + 1);
    *length = ends[1] - pieces->at;
    pieces->at = ends[1];
    return ERR_NONE;
}
