/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/config_json.h"

#include "run/key.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *names_of_set(char *names)
{
    json_t *array = json_array();
    char *rest = NULL;
    for (char *name = strtok_r(names, ",", &rest); name; name = strtok_r(NULL, ",", &rest))
        if (json_array_append_new(array, json_string(name)) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *key_value(const struct config *config, int key)
{
    char text[KEY_VALUE_SIZE];
    char *end = NULL;
    if (!key_applies(config, key))
        return json_null();
    key_format(config, key, text);
    long long integer;
    double number;
    switch (key_table[key].type) {
    case KEY_REAL:
        number = strtod(text, NULL);
        return isfinite(number) ? json_real(number) : json_null();
    case KEY_SET:
        return names_of_set(text);
    case KEY_INTEGER:
    case KEY_SAMPLES:
    case KEY_SEED:
        /* "population", and a seed that JSON's readers could not hold, stay text */
        integer = strtoll(text, &end, 10);
        return *end == '\0' && integer < INT64_MAX ? json_integer(integer) : json_string(text);
    case KEY_CHOICE:
    case KEY_TEXT:
        break;
    }
    return json_string(text);
}

/* Below its section, which comes with its first key. jansson takes NULL for an object or a value and answers −1. */
static bool put_key(json_t *root, const struct config *config, int key)
{
    const char *path = key_table[key].path;
    const char *dot = strchr(path, '.');
    if (!dot)
        return json_object_set_new(root, path, key_value(config, key)) == 0;
    char section[KEY_VALUE_SIZE];
    snprintf(section, sizeof section, "%.*s", (int)(dot - path), path);
    if (!json_object_get(root, section) && json_object_set_new(root, section, json_object()) != 0)
        return false;
    return json_object_set_new(json_object_get(root, section), dot + 1, key_value(config, key)) == 0;
}

json_t *config_json(const struct config *config)
{
    json_t *root = json_object();
    for (int key = 0; key < key_count; key++)
        if (!put_key(root, config, key)) {
            json_decref(root);
            return NULL;
        }
    return root;
}

enum err_code config_settings(const struct config *config, char text[CONFIG_SETTINGS_SIZE], struct err *err)
{
    enum { DIGITS = 17 }; /* enough to read the same bits back */
    json_t *root = config_json(config);
    json_object_del(root, "title");
    json_object_del(json_object_get(root, "problem"), "seed");
    json_object_del(json_object_get(root, "retrain"), "methods");
    size_t size = json_dumpb(root, text, CONFIG_SETTINGS_SIZE - 1, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS));
    json_decref(root);
    if (size == 0 ||
        size >= CONFIG_SETTINGS_SIZE) /* of all keys' values together, at most KEY_VALUE_SIZE each, it is none */
        return err_set(err, ERR_MEMORY, "no memory for the settings of a trial");
    text[size] = '\0';
    return ERR_NONE;
}
