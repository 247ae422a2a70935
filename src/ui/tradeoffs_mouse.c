/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tradeoffs_state.h"

static screen_wish point_at_panel(struct tradeoffs *tradeoffs, const struct event *event, int row, int direction,
                                  const struct tradeoffs_view *view)
{
    bool already = tradeoffs->focus == FOCUS_PANEL && row == (int)tradeoffs->row;
    if (event->mouse == EVENT_MOUSE_PRESS) {
        tradeoffs->focus = FOCUS_PANEL;
        tradeoffs->row = (enum tradeoffs_row)row;
        return direction != 0 ? tradeoffs_row_change(tradeoffs, direction, view)
               : already      ? tradeoffs_row_edit(tradeoffs, 0, view)
                              : WISH_REDRAW;
    }
    if (event->mouse != EVENT_MOUSE_WHEEL_UP && event->mouse != EVENT_MOUSE_WHEEL_DOWN)
        return 0;
    /* Over the focused value the wheel changes it; elsewhere it only moves, so that nothing is changed by scrolling past. */
    direction = event->mouse == EVENT_MOUSE_WHEEL_UP ? 1 : -1;
    return already && !tradeoffs_row_typed(tradeoffs->row) ? tradeoffs_row_change(tradeoffs, direction, view)
                                                           : tradeoffs_row_move(tradeoffs, -direction, view);
}

/* The first press puts the cursor there, another opens the cell. */
static screen_wish take_cell(struct tradeoffs *tradeoffs, const struct event *event, const size_t at[HEATMAP_AXES],
                             const struct tradeoffs_view *view)
{
    bool already = tradeoffs->focus == FOCUS_MAP && tradeoffs->cursor[HEATMAP_X] == at[HEATMAP_X] &&
                   tradeoffs->cursor[HEATMAP_Y] == at[HEATMAP_Y];
    if (event->mouse == EVENT_MOUSE_PRESS && already)
        return tradeoffs_press(tradeoffs, EVENT_KEY_ENTER, view);
    tradeoffs->focus = FOCUS_MAP;
    tradeoffs->cursor[HEATMAP_X] = at[HEATMAP_X];
    tradeoffs->cursor[HEATMAP_Y] = at[HEATMAP_Y];
    return WISH_REDRAW;
}

static screen_wish point_at_map(struct tradeoffs *tradeoffs, const struct event *event,
                                const struct tradeoffs_layout *layout, const struct tradeoffs_view *view)
{
    bool takes = event->mouse == EVENT_MOUSE_PRESS || event->mouse == EVENT_MOUSE_DRAG;
    for (int method = 0; method < METHOD_COUNT && takes; method++) {
        size_t at[HEATMAP_AXES];
        struct heatmap_place place = heatmap_place(layout->map[method], &view->table->plan, tradeoffs->frame.glyphs,
                                                   tradeoffs->first, tradeoffs->cursor);
        if (layout->map[method].width > 0 && heatmap_at(&place, event->x, event->y, at))
            return take_cell(tradeoffs, event, at, view);
    }
    return 0;
}

static screen_wish point_at_slice(struct tradeoffs *tradeoffs, const struct event *event,
                                  const struct tradeoffs_layout *layout, const struct tradeoffs_view *view)
{
    size_t at = 0;
    struct slice slice = tradeoffs_slice(tradeoffs, view);
    bool takes = event->mouse == EVENT_MOUSE_PRESS || event->mouse == EVENT_MOUSE_DRAG;
    if (!takes || layout->slice.width <= 0 || !slice_at(&slice, layout->slice, event->x, event->y, &at))
        return 0;
    tradeoffs->focus = FOCUS_SLICE;
    tradeoffs->cursor[tradeoffs->direction] = at;
    return WISH_REDRAW;
}

/* The wheel goes through the axis that the slice is against, or through the map's rows. */
static screen_wish turn_wheel(struct tradeoffs *tradeoffs, const struct event *event,
                              const struct tradeoffs_layout *layout, const struct tradeoffs_view *view)
{
    bool up = event->mouse == EVENT_MOUSE_WHEEL_UP;
    if ((!up && event->mouse != EVENT_MOUSE_WHEEL_DOWN) || !rect_holds(layout->main, event->x, event->y))
        return 0;
    tradeoffs->focus = rect_holds(layout->slice, event->x, event->y) ? FOCUS_SLICE : FOCUS_MAP;
    if (tradeoffs->focus == FOCUS_SLICE && tradeoffs->direction == HEATMAP_X)
        return tradeoffs_press(tradeoffs, up ? EVENT_KEY_LEFT : EVENT_KEY_RIGHT, view);
    return tradeoffs_press(tradeoffs, up ? EVENT_KEY_UP : EVENT_KEY_DOWN, view);
}

screen_wish tradeoffs_point(struct tradeoffs *tradeoffs, const struct event *event, const struct tradeoffs_view *view)
{
    screen_wish wish = 0;
    uint32_t key = 0;
    int direction = 0;
    if (frame_point(&tradeoffs->frame, tradeoffs_context(tradeoffs), event, &key, &wish))
        return key != 0 ? wish | tradeoffs_press(tradeoffs, key, view) : wish;
    struct tradeoffs_layout layout = tradeoffs_layout(tradeoffs, view);
    int row = tradeoffs_panel_hit(tradeoffs, view, layout.panel, event->x, event->y, &direction);
    if (tradeoffs->editing) { /* a press elsewhere accepts what was typed first, as ↑ and ↓ do */
        if (event->mouse != EVENT_MOUSE_PRESS || row == (int)tradeoffs->row)
            return wish;
        return tradeoffs_edit_accept(tradeoffs, 0, view);
    }
    if (row >= 0)
        return point_at_panel(tradeoffs, event, row, direction, view);
    if (!tradeoffs_digest(tradeoffs, view))
        return 0;
    wish = point_at_map(tradeoffs, event, &layout, view);
    wish |= point_at_slice(tradeoffs, event, &layout, view);
    return wish | turn_wheel(tradeoffs, event, &layout, view);
}
