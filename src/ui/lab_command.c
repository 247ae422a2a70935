/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "run/topic.h"
#include "ui/command.h"
#include "ui/lab_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct frame *lab_frame(struct lab *lab)
{
    return &lab->frame;
}

static screen_wish set(struct lab *lab, const char *name, const char *value, char text[LAB_ANSWER_SIZE],
                       struct err *err)
{
    int key = 0;
    char now[KEY_VALUE_SIZE];
    if (command_key(name, &key, err))
        return 0;
    screen_wish wish = lab_assign(lab, key, value, err);
    if (wish == 0)
        return 0;
    key_format(&lab->config, key, now);
    snprintf(text, LAB_ANSWER_SIZE, "%s is %s.", key_table[key].path, now);
    return wish;
}

static screen_wish run(struct lab *lab, bool runs, const struct view *view, char text[LAB_ANSWER_SIZE])
{
    bool stands = lab->state == LIVE_DONE || lab->state == LIVE_FAILED;
    if (lab->running == runs && !(runs && stands)) {
        snprintf(text, LAB_ANSWER_SIZE, runs ? "It runs already." : "It is paused.");
        return WISH_REDRAW | (runs ? 0u : LAB_PAUSE); /* which ends steps that are still to be taken, too */
    }
    return lab_run_or_pause(lab, 0, view);
}

/* The fastest speed of the table that is no faster than what is asked for. */
static screen_wish set_speed(struct lab *lab, const struct command *command, char text[LAB_ANSWER_SIZE],
                             struct err *err)
{
    long most = 0;
    char speed[32];
    int row = 0;
    if (strncmp("flat out", command->word, strlen(command->word)) == 0) {
        lab->speed = LIVE_FLAT_OUT;
    } else {
        if (command_number(command, 1, 1, 1000000000, &most, err))
            return 0;
        while (row + 1 < LIVE_FLAT_OUT && live_speed_table[row + 1] <= (double)most)
            row++;
        lab->speed = row;
    }
    snprintf(text, LAB_ANSWER_SIZE, "Speed: %s.", lab_speed_text(lab, speed));
    return WISH_REDRAW | LAB_SPEED;
}

static screen_wish open_scenario(struct lab *lab, const char *name, char text[LAB_ANSWER_SIZE], struct err *err)
{
    struct config config;
    bool path = strchr(name, '/') != NULL || strchr(name, '.') != NULL;
    const struct scenario_entry *entry = path ? NULL : command_scenario(lab->scenarios, name, err);
    if (path && scenario_load(name, &config, err))
        return 0;
    if (!path && (entry == NULL || config_check(&entry->config, NULL, err)))
        return 0;
    if (!path)
        config = entry->config;
    snprintf(text, LAB_ANSWER_SIZE, "Scenario: %s.", config.title);
    return lab_adopt(lab, &config, false);
}

/* A chart gets the focus, anything else is said in words. */
static screen_wish show(struct lab *lab, const char *name, const struct view *view, char text[LAB_ANSWER_SIZE],
                        struct err *err)
{
    int topic;
    if (command_topic(name, &topic, err))
        return 0;
    for (int chart = 0; chart < CHART_COUNT; chart++) {
        if (strcmp(chart_table[chart].name, name) != 0)
            continue;
        lab_focus_chart(lab, (enum chart)chart);
        return WISH_REDRAW | (screen_wish)WISH_GO << SCREEN_LAB;
    }
    topic_tell(view, topic, text, LAB_ANSWER_SIZE);
    return WISH_REDRAW;
}

static screen_wish seed(struct lab *lab, const struct command *command, const struct view *view,
                        char text[LAB_ANSWER_SIZE], struct err *err)
{
    return command->word[0] != '\0' ? set(lab, "problem.seed", command->word, text, err) : lab_new_seed(lab, 0, view);
}

screen_wish lab_command(struct lab *lab, const struct command *command, const struct view *view,
                        char text[LAB_ANSWER_SIZE], struct err *err)
{
    text[0] = '\0';
    switch (command->id) {
    case COMMAND_SET:
        return set(lab, command->word, command->rest, text, err);
    case COMMAND_SEED:
        return seed(lab, command, view, text, err);
    case COMMAND_RUN:
    case COMMAND_PAUSE:
        return run(lab, command->id == COMMAND_RUN, view, text);
    case COMMAND_STEP:
    case COMMAND_PHASE:
        lab->running = false;
        return WISH_REDRAW | (command->id == COMMAND_STEP ? LAB_STEP : LAB_PHASE);
    case COMMAND_FINETUNE:
        return lab_fine_tune(lab, 0, view);
    case COMMAND_RESET:
        return lab_reset(lab, 0, view);
    case COMMAND_SPEED:
        return set_speed(lab, command, text, err);
    case COMMAND_SCENARIO:
        return open_scenario(lab, command->word, text, err);
    case COMMAND_SCENARIOS:
        return lab_menu_open(lab, 0, view) | (screen_wish)WISH_GO << SCREEN_LAB;
    case COMMAND_SHOW:
        return show(lab, command->word, view, text, err);
    case COMMAND_EXPLAIN:
        return show(lab, "explanation", view, text, err);
    case COMMAND_THEORY:
        return show(lab, "theory", view, text, err);
    default:
        err_set(err, ERR_INPUT, "%s is not for the lab", command_table[command->id].name);
        return 0;
    }
}
