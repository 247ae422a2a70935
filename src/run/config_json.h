/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_CONFIG_JSON_H
#define RANKSCOPE_RUN_CONFIG_JSON_H

#include "base/err.h"
#include "model/config.h"

#include <jansson.h>

/* The config with every key by its path, an object a section, typed as in a scenario's file; null where key_applies says no.
 * The caller gives it back with json_decref. NULL: no memory. */
json_t *config_json(const struct config *config);

/* The same as text without blanks, and without what a method's outcome on one draw does not depend on or is filed by besides:
 * title, problem.seed and retrain.methods. Equal texts are equal settings, to the last bit. ERR_MEMORY. */
enum { CONFIG_SETTINGS_SIZE = 4096 };
enum err_code config_settings(const struct config *config, char text[CONFIG_SETTINGS_SIZE], struct err *err);

#endif
