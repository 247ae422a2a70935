/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/sweep_grid.h"

#include "plot/quote.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double zero_below = 1e-12; /* of the largest value: less is what rounding and an early end leave of zero */

/* ---- what is shown ---- */

/* Numbers in their order; others are shown in the order in which the person gave them, as names are. */
static bool all_numbers(const struct axis *axis)
{
    double way = axis->count > 1 ? axis_number(axis, 1) - axis_number(axis, 0) : 1;
    if (isnan(axis_number(axis, 0)))
        return false;
    for (size_t i = 1; i < axis->count; i++)
        if (!((axis_number(axis, i) - axis_number(axis, i - 1)) * way > 0))
            return false;
    return true;
}

/* The best axis that is not `taken`; −1: there is none. */
static int longest_axis(const struct plan *plan, int taken)
{
    int best = -1;
    for (int i = 0; i < plan->axes; i++) {
        if (i == taken)
            continue;
        const struct axis *axis = &plan->axis[i];
        bool more = best < 0 || axis->count > plan->axis[best].count;
        bool numbers = all_numbers(axis), best_numbers = best >= 0 && all_numbers(&plan->axis[best]);
        if (numbers == best_numbers ? more : numbers || best < 0)
            best = i;
    }
    return best;
}

struct sweep_choice sweep_choice_default(const struct table *table, enum metric metric)
{
    struct sweep_choice choice = {.table = table, .metric = metric, .statistic = STATISTIC_MEDIAN};
    choice.across = longest_axis(&table->plan, -1);
    choice.up = longest_axis(&table->plan, choice.across);
    return choice;
}

/* ---- the cells ---- */

static struct sweep_side side_of(const struct table *table, int index)
{
    if (index < 0)
        return (struct sweep_side){.count = 1, .stride = 1};
    const struct axis *axis = &table->plan.axis[index];
    size_t stride = (axis->count + SWEEP_SIDE_LIMIT - 1) / SWEEP_SIDE_LIMIT;
    return (struct sweep_side){.axis = axis,
                               .count = (axis->count + stride - 1) / stride,
                               .stride = stride,
                               .numbers = all_numbers(axis),
                               .geometric = axis_is_geometric(axis)};
}

static size_t table_cell_of(const struct sweep_grid *grid, size_t across, size_t up)
{
    size_t coordinate[PLAN_AXES];
    memcpy(coordinate, grid->choice.held, sizeof coordinate);
    coordinate[grid->choice.across] = across * grid->across.stride;
    if (grid->choice.up >= 0)
        coordinate[grid->choice.up] = up * grid->up.stride;
    return plan_cell(&grid->choice.table->plan, coordinate);
}

static struct interval around(const struct summary *summary, enum statistic statistic)
{
    static const double nan = (double)NAN;
    if (statistic == STATISTIC_MEDIAN)
        return summary->statistics.band;
    return statistic == STATISTIC_MEAN ? summary->statistics.mean_interval : (struct interval){nan, nan};
}

static struct sweep_cell cell_of(const struct sweep_grid *grid, size_t index, int method)
{
    const struct sweep_choice *choice = &grid->choice;
    struct summary summary = table_summary(choice->table, index, method, choice->metric);
    struct sweep_cell cell = {.value = summary_value(&summary, choice->statistic),
                              .around = around(&summary, choice->statistic),
                              .theory = summary.theory,
                              .formula = "",
                              .predicted = summary.predicted,
                              .agreed = summary.agreed};
    if (!choice->table->cell[index].possible)
        cell.state = SWEEP_IMPOSSIBLE;
    else if (summary.trials == 0)
        cell.state = SWEEP_WAITING;
    else
        cell.state = isfinite(cell.value) ? SWEEP_VALUE : SWEEP_WITHOUT;
    return cell;
}

/* What the theory says of the methods' cells in one place, seen together. */
static void compare(const struct sweep_grid *grid, size_t index, struct sweep_cell *const cell[METHOD_COUNT])
{
    const struct metric_info *info = &metric_table[grid->choice.metric];
    double least = (double)NAN;
    struct config config;
    for (int method = 0; method < METHOD_COUNT; method++)
        if (grid->active[method])
            least = fmin(least, cell[method]->theory);
    if (isnan(least) || plan_config(&grid->choice.table->plan, index, 0, &config, NULL))
        return;
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!grid->active[method] || isnan(cell[method]->theory))
            continue;
        cell[method]->beyond = cell[method]->theory > least;
        const char *formula = info->formula ? info->formula(&config, method, (int)cell[method]->theory) : NULL;
        cell[method]->formula = formula ? formula : "";
    }
}

static size_t place_of(const struct sweep_grid *grid, int method, size_t across, size_t up)
{
    return ((size_t)method * grid->up.count + up) * grid->across.count + across;
}

static void fill(struct sweep_grid *grid)
{
    for (size_t up = 0; up < grid->up.count; up++)
        for (size_t across = 0; across < grid->across.count; across++) {
            size_t index = table_cell_of(grid, across, up);
            struct sweep_cell *cell[METHOD_COUNT];
            for (int method = 0; method < METHOD_COUNT; method++) {
                cell[method] = &grid->cell[place_of(grid, method, across, up)];
                if (grid->active[method])
                    *cell[method] = cell_of(grid, index, method);
            }
            compare(grid, index, cell);
        }
}

static double largest(const struct sweep_grid *grid)
{
    double most = 0;
    for (size_t i = 0; i < METHOD_COUNT * grid->up.count * grid->across.count; i++)
        if (grid->cell[i].state == SWEEP_VALUE)
            most = fmax(most, grid->cell[i].value);
    return most;
}

struct sweep_grid *sweep_grid_new(const struct sweep_choice *choice, struct err *err)
{
    struct sweep_grid *grid = calloc(1, sizeof *grid);
    if (grid) {
        grid->choice = *choice;
        grid->across = side_of(choice->table, choice->across);
        grid->up = side_of(choice->table, choice->up);
        grid->cell = calloc(METHOD_COUNT * grid->up.count * grid->across.count, sizeof *grid->cell);
    }
    if (!grid || !grid->cell) {
        free(grid);
        err_set(err, ERR_MEMORY, "no memory for the figures of a sweep");
        return NULL;
    }
    for (int method = 0; method < METHOD_COUNT; method++)
        grid->active[method] = choice->table->plan.base.retrain.methods & 1u << method;
    grid->logarithmic = metric_table[choice->metric].logarithmic;
    fill(grid);
    grid->floor = largest(grid) * zero_below;
    return grid;
}

void sweep_grid_free(struct sweep_grid *grid)
{
    if (!grid)
        return;
    free(grid->cell);
    free(grid);
}

const struct sweep_cell *sweep_grid_at(const struct sweep_grid *grid, int method, size_t across, size_t up)
{
    return &grid->cell[place_of(grid, method, across, up)];
}

const char *sweep_side_value(const struct sweep_side *side, size_t index)
{
    return side->axis ? side->axis->value[index * side->stride] : "";
}

double sweep_side_number(const struct sweep_side *side, size_t index)
{
    return side->axis ? axis_number(side->axis, index * side->stride) : (double)NAN;
}

/* ---- the scale ---- */

static void scale_add(struct sweep_scale *scale, double value, double floor)
{
    if (!isfinite(value))
        return;
    decades_add(&scale->decades, value < floor ? 0 : value);
    scale->least = fmin(scale->least, value);
    scale->most = fmax(scale->most, value);
}

static void scale_add_cell(struct sweep_scale *scale, const struct sweep_cell *cell, double floor, bool all)
{
    scale_add(scale, cell->value, floor);
    if (!all)
        return;
    scale_add(scale, cell->around.low, floor);
    scale_add(scale, cell->around.high, floor);
    if (!scale->logarithmic)
        scale_add(scale, cell->theory, floor);
}

struct sweep_scale sweep_grid_scale(const struct sweep_grid *grid, bool all)
{
    struct sweep_scale scale = {.logarithmic = grid->logarithmic, .least = (double)INFINITY, .most = -(double)INFINITY};
    size_t cells = grid->up.count * grid->across.count;
    for (int method = 0; method < METHOD_COUNT; method++)
        for (size_t i = 0; grid->active[method] && i < cells; i++)
            if (grid->cell[(size_t)method * cells + i].state != SWEEP_IMPOSSIBLE)
                scale_add_cell(&scale, &grid->cell[(size_t)method * cells + i], grid->floor, all);
    if (scale.logarithmic) {
        decades_finish(&scale.decades, grid->floor);
        scale.least = pow(10, scale.decades.from);
        scale.most = pow(10, scale.decades.to);
    } else if (!(scale.least < scale.most)) {
        double only = isfinite(scale.least) ? scale.least : 0;
        scale.least = only - 0.5 > 0 ? only - 0.5 : 0;
        scale.most = only + 0.5;
    }
    return scale;
}

double sweep_scale_place(const struct sweep_scale *scale, double value)
{
    if (!scale->logarithmic)
        return (value - scale->least) / (scale->most - scale->least);
    double decades = scale->decades.to - scale->decades.from;
    return (log10(decades_place(&scale->decades, value)) - scale->decades.from) / decades;
}

/* ---- words ---- */

/* "4e-07" without the zero that nobody reads. */
static void shorten_exponent(char *text)
{
    char *e = strchr(text, 'e');
    if (!e)
        return;
    char *digits = e + 1 + strspn(e + 1, "+-0");
    memmove(e + 1 + (e[1] == '-'), digits, strlen(digits) + 1);
}

void sweep_grid_number(const struct sweep_grid *grid, double value, char text[SWEEP_NUMBER_SIZE])
{
    double size = fabs(value);
    if (grid->logarithmic && size < grid->floor) {
        snprintf(text, SWEEP_NUMBER_SIZE, "≈ 0");
        return;
    }
    if (value == round(value) && size < 1e4)
        snprintf(text, SWEEP_NUMBER_SIZE, "%.0f", value);
    else if (!grid->logarithmic && size >= 1 && size < 1e3) /* a mean of ranks */
        snprintf(text, SWEEP_NUMBER_SIZE, "%.1f", value);
    else if (size >= 0.0095 && size < 9950)
        snprintf(text, SWEEP_NUMBER_SIZE, "%.*f", size < 0.095 ? 3 : size < 0.95 ? 2 : size < 9.5 ? 1 : 0, value);
    else
        snprintf(text, SWEEP_NUMBER_SIZE, "%.0e", value);
    quote_radix(text);
    shorten_exponent(text);
}
