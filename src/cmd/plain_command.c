/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/plain.h"
#include "plot/save.h"
#include "run/key.h"
#include "run/topic.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static enum err_code set(struct plain *plain, const char *name, const char *value, struct err *err)
{
    int key;
    char now[KEY_VALUE_SIZE];
    struct config next = plain->config;
    bool begun = plain->begun;
    if (command_key(name, &key, err) || key_set(&next, key, value, err) || config_check(&next, NULL, err) ||
        plain_adopt(plain, &next, key_table[key].live, err))
        return err->code;
    key_format(&plain->config, key, now);
    plain_say(plain, "%s is %s.%s", key_table[key].path, now,
              begun && !key_table[key].live ? " The run is at its start again." : "");
    return ERR_NONE;
}

static enum err_code seed(struct plain *plain, const char *value, struct err *err)
{
    char next[32];
    snprintf(next, sizeof next, "%llu", (unsigned long long)plain->config.problem.seed + 1);
    return set(plain, "problem.seed", *value != '\0' ? value : next, err);
}

static enum err_code tell(struct plain *plain, const char *name, struct err *err)
{
    int topic;
    char text[TOPIC_SIZE];
    struct view view;
    if (command_topic(name, &topic, err) || plain_view(plain, &view, err))
        return err->code;
    topic_tell(&view, topic, text, sizeof text);
    plain_say(plain, "%s", text);
    return ERR_NONE;
}

static enum err_code plot(struct plain *plain, const char *path, struct err *err)
{
    struct view view;
    if (plot_check_path(path, err) || plain_view(plain, &view, err) || plot_save(path, &view, err))
        return err->code;
    plain_say(plain, "%s is written.", path);
    return ERR_NONE;
}

static enum err_code open_scenario(struct plain *plain, const char *name, struct err *err)
{
    struct config config;
    bool path = strchr(name, '/') != NULL || strchr(name, '.') != NULL;
    const struct scenario_entry *entry = path ? NULL : command_scenario(&plain->scenarios, name, err);
    if (path ? scenario_load(name, &config, err) != ERR_NONE : entry == NULL)
        return err->code;
    if (entry != NULL)
        config = entry->config;
    if (config_check(&config, NULL, err) || plain_adopt(plain, &config, false, err))
        return err->code;
    plain_say(plain, "Scenario: %s.", config.title);
    return ERR_NONE;
}

static void list_scenarios(struct plain *plain)
{
    for (size_t i = 0; i < plain->scenarios.count; i++)
        plain_say(plain, "%s: %s.", plain->scenarios.entry[i].name, plain->scenarios.entry[i].config.title);
    if (plain->scenarios.count == 0)
        plain_say(plain, "No built-in scenarios were found.");
}

static void help_with(struct plain *plain, enum command_id id)
{
    char usage[COMMAND_USAGE_SIZE];
    command_usage(id, usage);
    plain_say(plain, "%s: %s.", usage, command_table[id].help);
}

static enum err_code help(struct plain *plain, const char *name, struct err *err)
{
    enum command_id id;
    if (*name != '\0') {
        if (command_find(name, COMMAND_IN_PLAIN, &id, err))
            return err->code;
        help_with(plain, id);
        return ERR_NONE;
    }
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (command_table[i].where & COMMAND_IN_PLAIN)
            help_with(plain, (enum command_id)i);
    char topics[1024] = "";
    for (int i = 0; topic_name(i) != NULL; i++) {
        size_t used = strlen(topics);
        snprintf(topics + used, sizeof topics - used, "%s%s", i > 0 ? ", " : "", topic_name(i));
    }
    plain_say(plain, "show has these topics: %s.", topics);
    plain_say(plain, "What runs is paused by pause; every other command is done when it has ended.");
    return ERR_NONE;
}

static enum err_code perform(struct plain *plain, const struct command *command, struct err *err)
{
    long steps = 1;
    switch (command->id) {
    case COMMAND_SET:
        return set(plain, command->word, command->rest, err);
    case COMMAND_SEED:
        return seed(plain, command->word, err);
    case COMMAND_RUN:
        return plain_run(plain, LONG_MAX, err);
    case COMMAND_STEP:
        if (command_number(command, 1, 1, 1000000000, &steps, err))
            return err->code;
        return plain_run(plain, steps, err);
    case COMMAND_PHASE:
        return plain_phase(plain, err);
    case COMMAND_FINETUNE:
        return plain_adapt(plain, err);
    case COMMAND_SCENARIO:
        return open_scenario(plain, command->word, err);
    case COMMAND_SHOW:
        return tell(plain, command->word, err);
    case COMMAND_EXPLAIN:
        return tell(plain, "explanation", err);
    case COMMAND_THEORY:
        return tell(plain, "theory", err);
    case COMMAND_PLOT:
        return plot(plain, command->word, err);
    case COMMAND_SWEEP:
        return plain_sweep(plain, command->word, command->rest, err);
    case COMMAND_HELP:
        return help(plain, command->word, err);
    case COMMAND_PAUSE:
        plain_say(plain, "Nothing runs.");
        return ERR_NONE;
    case COMMAND_RESET:
        plain_reset(plain);
        plain_say(plain, "The run is at its start again.");
        return ERR_NONE;
    case COMMAND_SCENARIOS:
        list_scenarios(plain);
        return ERR_NONE;
    case COMMAND_QUIT:
        plain->quit = true;
        return ERR_NONE;
    default:
        return err_set(err, ERR_INPUT, "%s is for the lab's screen alone", command_table[command->id].name);
    }
}

enum err_code plain_perform(struct plain *plain, const char *line, struct err *err)
{
    struct command command;
    bool there;
    enum err_code code = command_parse(line, COMMAND_IN_PLAIN, &command, &there, err);
    return code != ERR_NONE || !there ? code : perform(plain, &command, err);
}
