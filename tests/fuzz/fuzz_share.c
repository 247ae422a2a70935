/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/share.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* A run's string from outside: as it is, and as what a right string holds inside. What is taken must come back as it was. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text)
{
    struct journal journal, back;
    struct err err;
    if (share_read(text, &journal, &err))
        return;
    char *again = share_write(&journal, &err);
    if (!again)
        return;
    if (share_read(again, &back, &err) || position_compare(back.position, journal.position) != 0 ||
        back.count != journal.count)
        abort();
    free(again);
}

/* "rs1:" and the letters of check sum and compressed data. */
static char *wrap(const uint8_t *data, size_t size)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uLongf bound = compressBound(size);
    unsigned char *bytes = calloc(1, 4 + bound + 2);
    char *text = malloc(8 + 2 * (4 + bound));
    if (!bytes || !text || compress(bytes + 4, &bound, data, size) != Z_OK)
        abort();
    uint32_t sum = (uint32_t)crc32(0, bytes + 4, (uInt)bound);
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(sum >> 8 * i);
    size_t letters = ((4 + bound) * 8 + 5) / 6;
    memcpy(text, "rs1:", 4);
    for (size_t i = 0; i < letters; i++) {
        size_t bit = 6 * i;
        text[4 + i] = alphabet[(bytes[bit / 8] << 8 | bytes[bit / 8 + 1]) >> (10 - bit % 8) & 63];
    }
    text[4 + letters] = '\0';
    free(bytes);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *plain = strndup((const char *)data, size);
    if (plain)
        check(plain);
    free(plain);
    char *wrapped = wrap(data, size);
    check(wrapped);
    free(wrapped);
    return 0;
}
