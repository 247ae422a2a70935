/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "run/key.h"
#include "run/result_state.h"

#include <math.h>
#include <string.h>

/* RFC 4180: a field with a comma, a quote or a line's end in it is quoted, and quotes inside are doubled. */
static void write_field(FILE *stream, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, stream);
        return;
    }
    fputc('"', stream);
    for (; *text; text++)
        fprintf(stream, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', stream);
}

static void write_header(FILE *stream)
{
    fputs("method,status,adapt_status", stream);
    for (int i = 0; i < result_measure_count; i++)
        fprintf(stream, ",%s", result_measures[i].name);
    for (int key = 0; key < key_count; key++)
        fprintf(stream, ",%s", key_table[key].path);
    fputc('\n', stream);
}

static void write_row(FILE *stream, const struct snapshot *snapshot, int row)
{
    const struct method_snapshot *method = &snapshot->method[row];
    fprintf(stream, "%s,%s,%s", method_table[row].name, result_status(method->status),
            method->adapt_step > 0 ? result_status(method->adapt_status) : "");
    for (int i = 0; i < result_measure_count; i++) {
        double value = result_measure_value(&result_measures[i], method);
        char text[TEXT_REAL_SIZE] = "";
        if (isfinite(value))
            text_format_real(text, value);
        fprintf(stream, ",%s", text);
    }
    for (int key = 0; key < key_count; key++) {
        char text[KEY_VALUE_SIZE] = "";
        if (key_applies(&snapshot->config, key))
            key_format(&snapshot->config, key, text);
        fputc(',', stream);
        write_field(stream, text);
    }
    fputc('\n', stream);
}

void result_write_csv(FILE *stream, const struct view *view)
{
    write_header(stream);
    for (int row = 0; row < METHOD_COUNT; row++)
        if (view->snapshot->method[row].active)
            write_row(stream, view->snapshot, row);
}
