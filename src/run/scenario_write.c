/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "run/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_value(FILE *stream, const struct key *row, const char *text)
{
    if (row->type == KEY_SET) {
        fprintf(stream, "[%s]\n", text);
    } else if (row->type == KEY_TEXT) {
        fputc('\'', stream);
        for (; *text; text++)
            fprintf(stream, *text == '\'' ? "''" : "%c", *text);
        fputs("'\n", stream);
    } else {
        fprintf(stream, "%s\n", text);
    }
}

char *scenario_write(const struct config *config)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return NULL;
    const char *section = "";
    size_t section_length = 0;
    for (int key = 0; key < key_count; key++) {
        const struct key *row = &key_table[key];
        char value[KEY_VALUE_SIZE];
        key_format(config, key, value);
        const char *dot = strchr(row->path, '.');
        size_t length = dot ? (size_t)(dot - row->path) : 0;
        if (length && (length != section_length || memcmp(section, row->path, length) != 0))
            fprintf(stream, "%.*s:\n", (int)length, row->path);
        section = row->path;
        section_length = length;
        fprintf(stream, "%s%s: ", dot ? "  " : "", dot ? dot + 1 : row->path);
        write_value(stream, row, value);
    }
    int failed = ferror(stream);
    if (fclose(stream) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}
