/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Length that a first byte announces, its own bits, and the least rune that may take so many bytes. */
static size_t decode_first(unsigned char first, uint32_t *bits, uint32_t *least)
{
    if (first < 0x80) {
        *bits = first;
        *least = 0;
        return 1;
    }
    if (first >= 0xc2 && first < 0xe0) {
        *bits = first & 0x1fu;
        *least = 0x80;
        return 2;
    }
    if (first >= 0xe0 && first < 0xf0) {
        *bits = first & 0x0fu;
        *least = 0x800;
        return 3;
    }
    if (first >= 0xf0 && first < 0xf5) {
        *bits = first & 0x07u;
        *least = 0x10000;
        return 4;
    }
    return 0;
}

size_t text_decode(const char *text, size_t size, uint32_t *rune)
{
    if (size == 0)
        return 0;
    uint32_t value = 0;
    uint32_t least = 0;
    size_t length = decode_first((unsigned char)text[0], &value, &least);
    if (length == 0 || length > size)
        return 0;
    for (size_t i = 1; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if ((byte & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (byte & 0x3fu);
    }
    bool surrogate = value >= 0xd800 && value < 0xe000;
    if (value < least || value > 0x10ffff || surrogate)
        return 0;
    *rune = value;
    return length;
}

size_t text_encode(uint32_t rune, char bytes[TEXT_RUNE_SIZE])
{
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t length = rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; rune >>= 6)
        bytes[i] = (char)(0x80 | (rune & 0x3f));
    bytes[0] = (char)(lead[length] | rune);
    return length;
}

bool text_printable(uint32_t rune)
{
    bool control = rune < 0x20 || (rune >= 0x7f && rune < 0xa0);
    bool separator = rune == 0x2028 || rune == 0x2029;
    bool direction = rune == 0x061c || rune == 0x200e || rune == 0x200f || (rune >= 0x202a && rune <= 0x202e) ||
                     (rune >= 0x2066 && rune <= 0x2069);
    bool mark = rune == 0xfeff || (rune & 0xfffe) == 0xfffe;
    return !control && !separator && !direction && !mark;
}

void text_clean(char *text)
{
    char *to = text;
    for (size_t size = strlen(text); size > 0;) {
        uint32_t rune = 0;
        size_t length = text_decode(text, size, &rune);
        if (length > 0 && text_printable(rune)) {
            memmove(to, text, length);
            to += length;
        } else {
            *to++ = '?';
        }
        length += length == 0;
        text += length;
        size -= length;
    }
    *to = '\0';
}

void text_clip(char clip[TEXT_CLIP_SIZE], const char *text)
{
    static const char ellipsis[] = "…";
    size_t size = strlen(text);
    if (size < TEXT_CLIP_SIZE) {
        memcpy(clip, text, size + 1);
        return;
    }
    size_t kept = TEXT_CLIP_SIZE - sizeof ellipsis;
    while (kept > 0 && ((unsigned char)text[kept] & 0xc0) == 0x80)
        kept--;
    memcpy(clip, text, kept);
    memcpy(clip + kept, ellipsis, sizeof ellipsis);
}

static int count_runes(const char *text, size_t length)
{
    int count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

void text_write_wrapped(FILE *stream, const char *text, int columns)
{
    int used = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " \n");
        int width = count_runes(text, length);
        if (used > 0 && width > 0 && used + 1 + width > columns) {
            fputc('\n', stream);
            used = 0;
        }
        if (width > 0) {
            fprintf(stream, "%s%.*s", used > 0 ? " " : "", (int)length, text);
            used += width + (used > 0);
        }
        text += length;
        if (*text == '\n') {
            fputc('\n', stream);
            used = 0;
        }
        text += *text != '\0';
    }
    fputc('\n', stream);
}

void text_format_real(char text[TEXT_REAL_SIZE], double value)
{
    static const double plain_limit = 1e15; /* up to here 1000000 reads better than 1e+06 */
    if (value == floor(value) && fabs(value) < plain_limit) {
        snprintf(text, TEXT_REAL_SIZE, "%.0f", value);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, TEXT_REAL_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value || isnan(value))
            return;
    }
}

enum { GUESS_LENGTH = 48 };

static int least_of_three(int a, int b, int c)
{
    int least = a < b ? a : b;
    return least < c ? least : c;
}

/* Optimal string alignment: the least number of insertions, deletions, substitutions and swaps of neighbours that
 * turn one word into the other, none of them touching a letter twice (Damerau 1964; three rows of the usual table). */
static int distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int rows[3][GUESS_LENGTH + 1] = {{0}};
    int *before = rows[0];
    int *above = rows[1];
    int *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        above[j] = (int)j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = (int)i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least_of_three(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        int *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_length];
}

void text_guess_offer(struct text_guess *guess, const char *candidate)
{
    size_t word_length = strlen(guess->word);
    size_t length = strlen(candidate);
    if (word_length > GUESS_LENGTH || length > GUESS_LENGTH || word_length < 2)
        return;
    int typed_wrong = distance(guess->word, word_length, candidate, length);
    int near = length > 4 ? (int)(length + 3) / 4 : 1;
    if (typed_wrong <= near && (!guess->best || typed_wrong < guess->distance)) {
        guess->best = candidate;
        guess->distance = typed_wrong;
    }
}
