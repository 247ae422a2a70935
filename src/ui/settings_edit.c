/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/reader.h"
#include "ui/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What changes: an option or, below keys, an action. */
enum { QUOTED_SIZE = 2 * SETTING_VALUE_SIZE + 2, ENTRY_SIZE = QUOTED_SIZE + 64, WITH_SIZE = ENTRY_SIZE + 64 };
struct change {
    const char *name;
    char value[QUOTED_SIZE]; /* as YAML; "": it is taken out */
    bool key;
};

/* ---- where things stand ---- */

struct span {
    size_t begin, end; /* bytes of the text */
};

/* Keys with values, as they are written. */
struct outline {
    bool there, flow; /* flow: in braces */
    size_t column;    /* where entries begin */
    size_t open;      /* flow: behind its brace */
    int entries;
    struct span last;        /* the last entry's value */
    bool found;              /* the one that was looked for: */
    struct span name, value; /* both its own */
    size_t before;           /* where the value before it ends; 0: it is the first */
};

struct file {
    const char *text;
    size_t size;
    struct reader reader;
    struct outline root, keys;
    size_t end; /* of the document: comments may come before */
};

/* libyaml counts characters, and none for the mark of UTF-8 that editors put first. */
static size_t byte_of(const struct file *file, yaml_mark_t mark)
{
    size_t at = (size_t)(file->reader.text - file->text);
    for (size_t left = mark.index; left > 0 && at < file->size; left--)
        do
            at++;
        while (at < file->size && ((unsigned char)file->text[at] & 0xc0) == 0x80);
    return at;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Of the present event; a text in lines of its own (| and >) does not have the end of its last one. */
static struct span span_of(const struct file *file)
{
    struct span span = {byte_of(file, file->reader.event.start_mark), byte_of(file, file->reader.event.end_mark)};
    while (span.end > span.begin && is_blank(file->text[span.end - 1]))
        span.end--;
    return span;
}

static enum err_code outline_read(struct file *file, const struct change *change, bool keys);

/* Reads the value that the present event begins. */
static enum err_code read_value(struct file *file, const struct change *change, bool keys, struct span *span)
{
    *span = span_of(file);
    enum err_code code = keys ? outline_read(file, change, true) : reader_skip(&file->reader);
    span->end = span_of(file).end;
    return code;
}

/* From the event that begins them to the one that ends them. */
static enum err_code outline_read(struct file *file, const struct change *change, bool keys)
{
    struct reader *reader = &file->reader;
    struct outline *outline = keys ? &file->keys : &file->root;
    const char *wanted = change->key && !keys ? "keys" : change->name;
    outline->there = true;
    outline->flow = reader->event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
    outline->column = reader->event.start_mark.column;
    outline->open = span_of(file).begin + 1;
    for (;;) {
        if (reader_next(reader))
            return reader->err->code;
        if (reader->event.type == YAML_MAPPING_END_EVENT)
            return ERR_NONE;
        struct span name = span_of(file), value;
        const char *text = reader_scalar(reader, "an option must be a name");
        if (text == NULL)
            return reader->err->code;
        bool found = strcmp(text, wanted) == 0;
        if (reader_next(reader) || read_value(file, change, found && change->key && !keys, &value))
            return reader->err->code;
        if (found) {
            outline->found = true;
            outline->name = name;
            outline->value = value;
            outline->before = outline->last.end;
        }
        outline->entries++;
        outline->last = value;
    }
}

static enum err_code file_read_outline(struct file *file, const char *name, const struct change *change,
                                       struct err *err)
{
    enum err_code code = reader_begin(&file->reader, name, "the file of options", file->text, file->size, err);
    if (code)
        return code;
    code = reader_enter(&file->reader);
    if (!code)
        code = outline_read(file, change, false);
    if (!code)
        code = reader_next(&file->reader); /* the document's end */
    if (!code)
        file->end = byte_of(file, file->reader.event.start_mark);
    reader_end(&file->reader);
    return code;
}

/* ---- what is put where ---- */

struct edit {
    struct span span; /* is replaced */
    char with[WITH_SIZE];
};

/* Those of one change, in the text's order. */
struct edits {
    struct edit edit[2];
    int count;
};

static char *edits_add(struct edits *edits, size_t begin, size_t end)
{
    struct edit *edit = &edits->edit[edits->count++];
    edit->span = (struct span){begin, end};
    return edit->with;
}

/* As the text ends its lines. */
static const char *newline_of(const struct file *file)
{
    const char *end = memchr(file->text, '\n', file->size);
    return end != NULL && end > file->text && end[-1] == '\r' ? "\r\n" : "\n";
}

static size_t line_begin(const struct file *file, size_t at)
{
    while (at > 0 && file->text[at - 1] != '\n')
        at--;
    return at;
}

/* Behind the end of the line that has this byte. */
static size_t line_end(const struct file *file, size_t at)
{
    const char *end = at < file->size ? memchr(file->text + at, '\n', file->size - at) : NULL;
    return end != NULL ? (size_t)(end - file->text) + 1 : file->size;
}

/* A new entry at the end of what the outline is of; for one that is in lines, at `at`. */
static void insert(const struct file *file, const struct outline *outline, size_t at, const char *entry,
                   struct edits *edits)
{
    if (outline->flow && outline->entries > 0) {
        snprintf(edits_add(edits, outline->last.end, outline->last.end), WITH_SIZE, ", %s", entry);
        return;
    }
    if (outline->flow) {
        snprintf(edits_add(edits, outline->open, outline->open), WITH_SIZE, "%s", entry);
        return;
    }
    bool begins = at == 0 || file->text[at - 1] == '\n';
    snprintf(edits_add(edits, at, at), WITH_SIZE, "%s%*s%s%s", begins ? "" : newline_of(file), (int)outline->column, "",
             entry, newline_of(file));
}

static void add(const struct file *file, const struct change *change, struct edits *edits)
{
    static const char title[] =
        "# Options of Rankscope, as its options' screen (F6) writes them; see rankscope(1), OPTIONS THAT ARE KEPT.\n";
    char entry[ENTRY_SIZE];
    snprintf(entry, sizeof entry, "%s: %s", change->name, change->value);
    if (file->keys.there) {
        insert(file, &file->keys, line_end(file, file->keys.last.end), entry, edits);
        return;
    }
    if (change->key && file->root.flow)
        snprintf(entry, sizeof entry, "keys: {%s: %s}", change->name, change->value);
    else if (change->key)
        snprintf(entry, sizeof entry, "keys:%s%*s%s: %s", newline_of(file), (int)file->root.column + 2, "",
                 change->name, change->value);
    if (file->size == 0)
        snprintf(edits_add(edits, 0, 0), WITH_SIZE, "%s", title);
    insert(file, &file->root, file->root.there ? file->end : file->size, entry, edits);
}

/* A pair in braces, and the comma that it had. What is in other lines stays, such as comments. */
static void take_out_pair(const struct file *file, const struct outline *keys, struct edits *edits)
{
    size_t begin = keys->name.begin, end = keys->value.end;
    if (keys->before > 0 && line_begin(file, keys->before) == line_begin(file, begin)) {
        begin = keys->before;
    } else {
        size_t comma = end;
        while (comma < file->size && (file->text[comma] == ' ' || file->text[comma] == '\t'))
            comma++;
        if (comma < file->size && file->text[comma] == ',')
            end = comma + 1;
        while (end > comma && end < file->size && file->text[end] == ' ')
            end++;
    }
    edits_add(edits, begin, end)[0] = '\0';
}

/* Keys in lines without a line would be a key without a value. */
static void take_out(const struct file *file, struct edits *edits)
{
    const struct outline *keys = &file->keys;
    if (keys->flow) {
        take_out_pair(file, keys, edits);
        return;
    }
    if (keys->entries == 1) {
        const char *colon = memchr(file->text + file->root.name.end, ':', file->size - file->root.name.end);
        size_t at = colon != NULL ? (size_t)(colon - file->text) + 1 : file->root.name.end;
        snprintf(edits_add(edits, at, at), WITH_SIZE, " {}");
    }
    edits_add(edits, line_begin(file, keys->name.begin), line_end(file, keys->value.end))[0] = '\0';
}

static void make_edits(const struct file *file, const struct change *change, struct edits *edits)
{
    const struct outline *outline = change->key ? &file->keys : &file->root;
    struct span value = outline->value;
    edits->count = 0;
    if (change->value[0] == '\0' && outline->found)
        take_out(file, edits);
    else if (change->value[0] != '\0' && outline->found)
        snprintf(edits_add(edits, value.begin, value.end), WITH_SIZE, "%s%s", value.begin == value.end ? " " : "",
                 change->value);
    else if (change->value[0] != '\0')
        add(file, change, edits);
}

/* NULL: no memory. */
static char *apply(const struct file *file, const struct edits *edits, size_t *size)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, size);
    if (stream == NULL)
        return NULL;
    size_t at = 0;
    for (int i = 0; i < edits->count; i++) {
        const struct edit *edit = &edits->edit[i];
        fwrite(file->text + at, 1, edit->span.begin - at, stream);
        fputs(edit->with, stream);
        at = edit->span.end;
    }
    fwrite(file->text + at, 1, file->size - at, stream);
    bool whole = !ferror(stream);
    if (fclose(stream) != 0 || !whole) {
        free(text);
        return NULL;
    }
    return text;
}

/* ---- the whole ---- */

static const char *keys_of(const struct settings *settings, const char *action)
{
    for (int i = 0; i < settings->key_count; i++)
        if (strcmp(settings->keys[i].action, action) == 0)
            return settings->keys[i].keys;
    return "";
}

static bool are_same(const struct settings *a, const struct settings *b)
{
    bool same = a->key_count == b->key_count;
    for (int i = 0; i < a->key_count; i++)
        same = same && strcmp(a->keys[i].keys, keys_of(b, a->keys[i].action)) == 0;
    for (int id = 0; id < SETTING_COUNT; id++) {
        char first[SETTING_VALUE_SIZE], second[SETTING_VALUE_SIZE];
        setting_format(a, (enum setting_id)id, first);
        setting_format(b, (enum setting_id)id, second);
        same = same && strcmp(first, second) == 0;
    }
    return same;
}

/* YAML can be written in more ways than are known here: what comes of it is read again, and must be what it should
 * be. */
static char *edit(const char *name, const char *text, size_t size, const struct change *change,
                  const struct settings *wanted, struct err *err)
{
    struct file file = {.text = text, .size = size};
    struct edits edits;
    struct settings made;
    struct err why = {.code = ERR_NONE};
    if (!reader_is_empty(text, size) && file_read_outline(&file, name, change, err))
        return NULL;
    make_edits(&file, change, &edits);
    char *next = apply(&file, &edits, &size);
    settings_default(&made);
    enum err_code code = next == NULL ? ERR_MEMORY : settings_parse(name, next, size, &made, &why);
    if (code == ERR_NONE && are_same(&made, wanted))
        return next;
    free(next);
    if (code == ERR_MEMORY)
        err_set(err, ERR_MEMORY, "no memory to keep the options");
    else
        err_set(err, ERR_INPUT, "%s: %s cannot be changed as this is written; change it there by hand", name,
                change->name);
    return NULL;
}

/* So that YAML takes nothing in it for its own. */
static void quote(const char *text, char quoted[QUOTED_SIZE])
{
    size_t used = 0;
    quoted[used++] = '\'';
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            quoted[used++] = '\'';
        quoted[used++] = *text;
    }
    quoted[used++] = '\'';
    quoted[used] = '\0';
}

char *settings_edit_option(const char *name, const char *text, size_t size, enum setting_id id, const char *value,
                           struct err *err)
{
    struct settings settings;
    struct change change = {.name = setting_table[id].name};
    settings_default(&settings);
    if (settings_parse(name, text, size, &settings, err) || setting_set(&settings, id, value, err))
        return NULL;
    char own[SETTING_VALUE_SIZE];
    setting_format(&settings, id, own);
    if (setting_table[id].type == SETTING_TEXT)
        quote(own, change.value);
    else
        snprintf(change.value, sizeof change.value, "%s", own);
    return edit(name, text, size, &change, &settings, err);
}

char *settings_edit_keys(const char *name, const char *text, size_t size, const char *action, const char *keys,
                         struct err *err)
{
    struct settings settings;
    struct keymaps *keymaps;
    struct change change = {.name = action, .key = true};
    settings_default(&settings);
    if (settings_parse(name, text, size, &settings, err) || settings_set_keys(&settings, action, keys, &keymaps, err))
        return NULL;
    keymaps_free(keymaps);
    if (*keys != '\0')
        quote(keys, change.value);
    return edit(name, text, size, &change, &settings, err);
}
