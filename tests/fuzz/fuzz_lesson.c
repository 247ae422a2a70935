/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/lesson.h"
#include "lesson/player.h"
#include "lesson/telling.h"
#include "run/key.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Any bytes are either a lesson, whose configs are checked and which can be gone through, or are refused with a
 * place. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void go_through(const struct lesson *lesson)
{
    struct player player;
    char told[TELLING_SIZE];
    player_begin(&player, lesson, 0);
    while (player.phase != PLAYER_FINISHED) {
        const struct lesson_step *step = player_step(&player);
        struct facts facts = player_facts(&player, NULL, &step->config, false, true);
        if (config_check(&step->config, NULL, NULL))
            abort();
        telling_write(told, sizeof told, step->text.text, &lesson->names, &facts);
        telling_strip(told);
        player_hint(&player);
        player_pass(&player);
        player_look(&player, &facts);
        player.phase = PLAYER_TOLD; /* nothing is measured here */
        player_next(&player, &facts);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char name[] = "fuzz.yaml";
    struct lesson lesson;
    struct err err = {.code = ERR_NONE};
    enum err_code code = lesson_parse(name, (const char *)data, size, &lesson, &err);
    if (code) {
        if (err.code != code || strchr(err.message, '\n') || lesson.step)
            abort();
        if (code == ERR_INPUT && strncmp(err.message, "fuzz.yaml:", strlen(name) + 1) != 0)
            abort();
        return 0;
    }
    go_through(&lesson);
    lesson_free(&lesson);
    return 0;
}
