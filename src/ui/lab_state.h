/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_LAB_STATE_H
#define RANKSCOPE_UI_LAB_STATE_H

#include "ui/field.h"
#include "ui/frame.h"
#include "ui/lab.h"
#include "ui/layout.h"

/* What the lab's own files share; nobody else includes it. */

enum lab_mode {
    LAB_WATCHING, /* a parameter or a chart has the focus */
    LAB_EDITING,  /* a value is being typed */
    LAB_CHOOSING, /* the scenario menu is open */
    LAB_NAMING,   /* a name for the run is typed */
    LAB_SHARING,  /* the run is shown as a line of text */
};

struct lab {
    struct frame frame;
    struct config config; /* always one that config_check accepts */
    const struct scenario_list *scenarios;
    int speed;
    int rewind;     /* checkpoints that the last key asked for */
    bool following; /* live values are the run's, since it went to another place and nothing was changed since */

    enum live_state state; /* as last drawn */
    bool running;          /* the run goes on, or did until it was done */

    struct lab_limits limits;
    enum lab_mode mode;
    bool chart_focused; /* else a parameter is */
    bool zoomed;        /* the focused chart has all the room */
    enum chart chart;   /* has or last had the focus */
    int key;            /* row of key_table that has or last had the focus */
    int panel_top;      /* first row of the panel that is seen */

    bool linear_y, log_x, crosshair, measured; /* as in chart_options */
    double cursor;

    struct field field; /* the value or name being typed, or the menu's filter */
    size_t menu_choice; /* among the scenarios that match the filter */
    size_t menu_top;    /* first of them that is seen */

    char *share; /* the run as a line of text, or NULL */
    struct position share_step;
};

/* ---- lab.c ---- */

struct layout lab_layout(const struct lab *lab);
void lab_chart_options(const struct lab *lab, enum chart chart, struct chart_options *options);

/* Takes a config over that config_check accepts, and says what the caller must do for it. */
screen_wish lab_adopt(struct lab *lab, const struct config *config, bool live);
void lab_focus_key(struct lab *lab, int key);
void lab_focus_chart(struct lab *lab, enum chart chart);
void lab_set_cursor(struct lab *lab, double cursor); /* kept within 0 … 1; shows the crosshair */
void lab_heed(struct lab *lab, const struct view *view, const struct lab_status *status); /* before it is drawn */
void lab_follow(struct lab *lab, const struct view *view); /* takes the run's live values over, where that is due */
const char *lab_speed_text(const struct lab *lab, char text[32]);

/* Refused by the limits, and says so. */
bool lab_refuses(struct lab *lab, screen_wish command);
bool lab_refuses_key(struct lab *lab);

/* ---- lab_draw.c ---- */

void lab_inside_draw(struct lab *lab, struct grid *grid, const struct view *view, const struct lab_status *status);

/* ---- lab_tabs.c: which chart is seen where there is room for one ---- */

void lab_tabs_draw(const struct lab *lab, struct grid *grid);
bool lab_tab_at(const struct lab *lab, int x, int y, enum chart *chart); /* false: there is none at this cell */

/* ---- lab_text.c: the line on top, and the box of text below ---- */

void lab_title_draw(const struct lab *lab, struct grid *grid, const struct view *view, const struct lab_status *status);
void lab_text_draw(struct lab *lab, struct grid *grid, const struct view *view, const struct lab_status *status);

/* ---- lab_keys.c ---- */

screen_wish lab_press(struct lab *lab, uint32_t key, const struct view *view);

lab_action lab_run_or_pause, lab_reset, lab_new_seed, lab_fine_tune;

/* Where bindings are looked up first, as things stand. */
enum keymap_context lab_context(const struct lab *lab);

/* ---- lab_toggle.c: which chart has the focus, and how all are shown ---- */

lab_action lab_choose_chart, lab_move_chart, lab_move_focus, lab_zoom, lab_leave_chart;
lab_action lab_toggle_linear, lab_toggle_log_x, lab_toggle_crosshair, lab_toggle_theory;

/* ---- lab_rewind.c: back and forth along the run ---- */

lab_action lab_rewind_by, lab_swap_line;

/* Where it stands among its checkpoints and lines; "": at the end of the only one. */
const char *lab_place_text(const struct view *view, char text[64]);

/* ---- lab_keep.c: the run under a name ---- */

lab_action lab_keep_open, lab_keep_accept;
void lab_keep_draw(const struct lab *lab, struct grid *grid, struct rect area);

/* ---- lab_share.c: the run as a line of text ---- */

lab_action lab_share_open;
void lab_share_draw(const struct lab *lab, struct grid *grid, struct rect area);

/* ---- lab_mouse.c ---- */

screen_wish lab_point(struct lab *lab, const struct event *event, const struct view *view);

/* ---- lab_edit.c: what bindings do to parameters and values being typed ---- */

/* Gives a key another value. On an error nothing has changed, and 0 is returned. */
screen_wish lab_assign(struct lab *lab, int key, const char *value, struct err *err);

lab_action lab_move_key, lab_first_or_last_key, lab_nudge_key, lab_edit_key, lab_type_key;
lab_action lab_edit_accept, lab_edit_cancel, lab_edit_within, lab_edit_move;

/* ---- lab_overlay.c: what bindings do in the menu ---- */

lab_action lab_menu_open, lab_menu_move, lab_menu_end, lab_menu_accept, lab_menu_erase;
lab_action lab_overlay_close;

void lab_overlay_settle(struct lab *lab); /* after a resize: what was chosen is seen */

#endif
