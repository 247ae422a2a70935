/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "run/prose.h"
#include "run/reader.h"
#include "ui/settings.h"

#include <stdio.h>
#include <string.h>

struct file {
    struct reader yaml;
    struct settings *settings;
    bool seen[SETTING_COUNT];
    struct place key_place[KEYMAP_CHANGES];
    struct err first; /* what is wrong and was passed over */
};

/* Keeps the first mistake; the reading goes on. */
static void note(struct file *file, struct place place)
{
    if (file->first.code != ERR_NONE)
        return;
    file->first = *file->yaml.err;
    if (place.line > 0)
        err_prefix(&file->first, "%s:%zu:%zu: ", file->yaml.name, place.line, place.column);
}

/* What the reader has refused itself has its place. */
static void note_refusal(struct file *file)
{
    note(file, (struct place){0});
}

static enum err_code refuse_name(struct file *file, const char *name)
{
    char clip[TEXT_CLIP_SIZE];
    char all[256];
    struct prose prose;
    struct text_guess guess = {.word = name};
    text_clip(clip, name);
    prose_begin(&prose, all, sizeof all);
    for (int id = 0; id < SETTING_COUNT; id++) {
        text_guess_offer(&guess, setting_table[id].name);
        prose_add(&prose, "%s%s", id > 0 ? ", " : "", setting_table[id].name);
    }
    text_guess_offer(&guess, "keys");
    prose_add(&prose, " and keys");
    prose_end(&prose);
    return reader_refuse(&file->yaml, reader_place(&file->yaml), "%s: unknown option; %s%s%s", clip,
                         guess.best ? "did you mean " : "there are ", guess.best ? guess.best : all,
                         guess.best ? "?" : "");
}

/* `on` and `off` are what they are, whatever other readers of YAML make of them. */
static enum err_code read_option(struct file *file, enum setting_id id)
{
    struct place place = reader_place(&file->yaml);
    char what[64];
    snprintf(what, sizeof what, "%s must be one value", setting_table[id].name);
    const char *text = reader_scalar(&file->yaml, what);
    if (text == NULL) {
        note_refusal(file);
        return reader_skip(&file->yaml);
    }
    if (file->seen[id]) {
        err_set(file->yaml.err, ERR_INPUT, "%s is here twice", setting_table[id].name);
        note(file, place);
    } else if (setting_set(file->settings, id, text, file->yaml.err)) {
        note(file, place);
    }
    file->seen[id] = true;
    return ERR_NONE;
}

static void add_key(struct file *file, const char *action, struct place place)
{
    struct settings *settings = file->settings;
    const char *keys = reader_scalar(&file->yaml, "a key's name must be text");
    if (keys == NULL) {
        note_refusal(file);
        return;
    }
    if (settings->key_count == KEYMAP_CHANGES || strlen(keys) >= KEYMAP_KEYS_SIZE) {
        if (settings->key_count == KEYMAP_CHANGES)
            err_set(file->yaml.err, ERR_INPUT, "at most %d keys can be changed", KEYMAP_CHANGES);
        else
            err_set(file->yaml.err, ERR_INPUT, "keys.%s has more than %d bytes", action, KEYMAP_KEYS_SIZE - 1);
        note(file, place);
        return;
    }
    struct keymap_change *change = &settings->keys[settings->key_count];
    snprintf(change->action, sizeof change->action, "%s", action);
    snprintf(change->keys, sizeof change->keys, "%s", keys);
    for (int i = 0; i < settings->key_count; i++) {
        if (strcmp(settings->keys[i].action, action) != 0)
            continue;
        err_set(file->yaml.err, ERR_INPUT, "keys.%s is here twice", action);
        note(file, place);
        return;
    }
    file->key_place[settings->key_count++] = place;
}

static enum err_code read_keys(struct file *file)
{
    if (file->yaml.event.type != YAML_MAPPING_START_EVENT) {
        reader_refuse(&file->yaml, reader_place(&file->yaml), "keys must be names with keys, such as {run: x}, not %s",
                      reader_kind(&file->yaml));
        note_refusal(file);
        return reader_skip(&file->yaml);
    }
    for (;;) {
        char action[KEYMAP_ACTION_SIZE];
        if (reader_next(&file->yaml))
            return file->yaml.err->code;
        if (file->yaml.event.type == YAML_MAPPING_END_EVENT)
            return ERR_NONE;
        const char *name = reader_scalar(&file->yaml, "what a key does must be a name");
        if (name == NULL)
            return file->yaml.err->code; /* there is no telling what belongs to what */
        snprintf(action, sizeof action, "%s", name);
        text_clean(action);
        if (reader_next(&file->yaml))
            return file->yaml.err->code;
        add_key(file, action, reader_place(&file->yaml));
        if (reader_skip(&file->yaml))
            return file->yaml.err->code;
    }
}

static enum err_code read_entry(struct file *file)
{
    const char *name = reader_scalar(&file->yaml, "an option must be a name");
    if (name == NULL)
        return file->yaml.err->code;
    int id = setting_find(name);
    bool keys = strcmp(name, "keys") == 0;
    if (id < 0 && !keys) {
        refuse_name(file, name);
        note_refusal(file);
    }
    if (reader_next(&file->yaml))
        return file->yaml.err->code;
    if (keys)
        return read_keys(file);
    return id < 0 ? reader_skip(&file->yaml) : read_option(file, (enum setting_id)id);
}

static enum err_code read_all(struct file *file)
{
    enum err_code code = reader_enter(&file->yaml);
    for (;;) {
        if (!code)
            code = reader_next(&file->yaml);
        if (code || file->yaml.event.type == YAML_MAPPING_END_EVENT)
            break;
        code = read_entry(file);
    }
    return code ? code : reader_leave(&file->yaml);
}

/* Changes of keys that cannot be are left out, one at a time, so that the others count. */
static enum err_code check_keys(struct file *file)
{
    struct settings *settings = file->settings;
    for (;;) {
        int bad;
        struct keymaps *keymaps = keymaps_new(settings->keys, settings->key_count, &bad, file->yaml.err);
        if (keymaps != NULL) {
            keymaps_free(keymaps);
            return ERR_NONE;
        }
        if (file->yaml.err->code != ERR_INPUT)
            return file->yaml.err->code;
        note(file, file->key_place[bad]);
        settings->key_count--;
        memmove(&settings->keys[bad], &settings->keys[bad + 1],
                (size_t)(settings->key_count - bad) * sizeof settings->keys[0]);
        memmove(&file->key_place[bad], &file->key_place[bad + 1],
                (size_t)(settings->key_count - bad) * sizeof file->key_place[0]);
    }
}

enum err_code settings_parse(const char *name, const char *text, size_t size, struct settings *settings,
                             struct err *err)
{
    struct settings next = *settings;
    struct err scratch = {.code = ERR_NONE};
    struct file file = {.settings = &next};
    if (size > SETTINGS_FILE_MAX)
        return err_set(err, ERR_INPUT, "%s:1:1: %zu bytes are too many for options, the limit is %d", name, size,
                       SETTINGS_FILE_MAX);
    if (reader_is_empty(text, size)) /* an empty file is a good one */
        return ERR_NONE;
    enum err_code code = reader_begin(&file.yaml, name, "the file of options", text, size, &scratch);
    if (code == ERR_NONE) {
        code = read_all(&file);
        reader_end(&file.yaml);
        if (code == ERR_NONE)
            code = check_keys(&file);
    }
    if (code != ERR_NONE) {
        *err = scratch;
        return code;
    }
    *settings = next;
    if (file.first.code != ERR_NONE)
        *err = file.first;
    return file.first.code;
}
