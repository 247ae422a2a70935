/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_LESSON_LESSON_H
#define RANKSCOPE_LESSON_LESSON_H

#include "base/err.h"
#include "lesson/expression.h"
#include "model/config.h"
#include "run/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lessons: YAML files with a scenario and steps. docs/lessons.md says how to write one. */

enum {
    LESSON_SIZE_MAX = 65536, /* bytes of text */
    LESSON_STEPS = 40,
    LESSON_CHOICES = 6,
    LESSON_CLAIMS = 8,
    LESSON_ACTIONS = 12,
    LESSON_KEEPS = 4,
    LESSON_TEXT_MAX = 1600, /* bytes of one text */
};

/* Text as it stood in the file, and where, for what is only found wrong later. */
struct lesson_text {
    char *text; /* "": none; never NULL in a lesson that was read */
    struct place place;
};

/* Moves of the lab that somebody makes, or that a demo makes. */
enum lesson_verb {
    LESSON_RUN,
    LESSON_PAUSE,
    LESSON_STEP,   /* number: how many */
    LESSON_PHASE,  /* number: how many */
    LESSON_ADAPT,  /* "fine-tune" */
    LESSON_SEED,   /* another draw: the next seed */
    LESSON_SET,    /* key, text: its value */
    LESSON_SPEED,  /* number: row of live_speed_table */
    LESSON_CHART,  /* number: which chart has the focus */
    LESSON_ZOOM,   /* number: which chart has all the room */
    LESSON_CHARTS, /* all charts again */
    LESSON_VERBS,
};
struct lesson_action {
    enum lesson_verb verb;
    int key, number;
    char *text; /* of LESSON_SET, else NULL */
};

/* What of the lab may be used and seen. */
enum lesson_command {
    LESSON_MAY_RUN = 1 << 0,
    LESSON_MAY_STEP = 1 << 1,
    LESSON_MAY_PHASE = 1 << 2,
    LESSON_MAY_SEED = 1 << 3,
    LESSON_MAY_ADAPT = 1 << 4,
    LESSON_MAY_SPEED = 1 << 5,
    LESSON_MAY_ALL = (1 << 6) - 1,
};
struct lesson_controls {
    uint64_t hidden, locked; /* bit i: row i of key_table */
    unsigned commands;       /* LESSON_MAY_ bits */
};

struct lesson_question {
    struct lesson_text ask; /* "": the step has none */
    int choices;            /* 0: a number is asked for */
    struct {
        char *text;
        struct lesson_text right; /* the formula that says whether it is */
    } choice[LESSON_CHOICES];
    struct lesson_text number; /* the formula of the right number */
    double within;             /* of it, relative: 0.1 is ten percent */
};

struct lesson_step {
    struct lesson_text text, hint, explain, notes;
    struct lesson_question question;
    struct lesson_text until; /* the formula that completes it; "": nothing has to be done */
    int claims;
    struct lesson_text claim[LESSON_CLAIMS]; /* formulas that hold then */
    int keeps;
    struct {
        int name; /* of lesson.names */
        struct lesson_text value;
    } keep[LESSON_KEEPS];
    int actions; /* that lead to `until`; 0: they are made up, see play.h */
    struct lesson_action action[LESSON_ACTIONS];
    bool fresh; /* it begins a run of its own, of this config; else the one before goes on */
    struct config config;
    struct lesson_controls controls;
    double pause; /* seconds that a demo stays; NAN: by the length of what there is to read */
    struct place place;
};

struct lesson {
    char name[64];
    char title[80];
    char summary[160];
    int order; /* of the course; LESSON_LAST: behind it */
    bool demo; /* it is meant to be shown, not to be done */
    bool own;  /* it is no built-in, but from the person's own folder */
    struct expression_names names;
    int steps;
    struct lesson_step *step;
};
enum { LESSON_LAST = 1000 };

/* Reads YAML text into a lesson whose configs are checked and whose formulas can be read; the caller frees it.
 * ERR_INPUT: the message starts with NAME:LINE:COLUMN: and says what is allowed. `name` is shown where a file has
 * to be named. */
enum err_code lesson_parse(const char *name, const char *text, size_t size, struct lesson *lesson, struct err *err);

/* A run that nobody could watch in a lesson, nor the linter play; and what is said of it. */
bool lesson_too_large(const struct config *config);
#define LESSON_TOO_LARGE                                                                                               \
    "this run is too large for a lesson: dimension at most 64, tasks at most 500, steps at most 100000, and a few "    \
    "seconds of work"

/* A built-in's name, or else that of one in the person's own folder, or a path as for scenarios. */
enum err_code lesson_load(const char *name_or_path, struct lesson *lesson, struct err *err);
void lesson_free(struct lesson *lesson); /* what it holds, not the struct; zeroed is allowed */

/* The text is a lesson rather than a scenario: it has a key "steps" of its own. For `rankscope check`. */
bool lesson_is(const char *text);

/* The built-ins in the order of the course, then demos, then those of $XDG_DATA_HOME/rankscope/lessons (or below
 * ~/.local/share) whose names no built-in has. */
struct lesson_list {
    size_t count;
    struct lesson *lesson;
    struct err trouble; /* code not ERR_NONE: what is wrong with the first of one's own that was left out for it */
};
enum err_code lesson_list_load(struct lesson_list *list, struct err *err);
void lesson_list_free(struct lesson_list *list);

#endif
