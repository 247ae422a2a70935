/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/lab_driver.h"

#include "run/key.h"
#include "support/golden.h"
#include "ui/rune.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const scenario_names[LAB_DRIVER_SCENARIOS] = {
    "crowded", "diverging-step", "few-samples",         "finite-samples", "many-tasks-psd", "many-tasks-zero-mean",
    "paper",   "rank-too-small", "start-at-the-saddle", "three-tasks",    "two-tasks",
};

static void make_scenarios(struct scenario_list *list)
{
    list->count = LAB_DRIVER_SCENARIOS;
    list->entry = calloc(list->count, sizeof *list->entry);
    assert_non_null(list->entry);
    for (size_t i = 0; i < list->count; i++) {
        struct scenario_entry *entry = &list->entry[i];
        snprintf(entry->name, sizeof entry->name, "%s", scenario_names[i]);
        config_default(&entry->config);
        snprintf(entry->config.title, sizeof entry->config.title, "Lesson %zu: what σ and k do", i + 1);
        entry->config.problem.seed = 100 + i;
    }
}

static void draw(struct lab_driver *driver)
{
    lab_draw(driver->lab, &driver->grid, &driver->view, &driver->status);
}

struct lab_driver *lab_driver_new(int width, int height, const char *const *assignments)
{
    static const struct lab_options options = {.glyphs = GLYPHS_BRAILLE};
    struct lab_driver *driver = calloc(1, sizeof *driver);
    struct config config;
    struct err err;
    assert_non_null(driver);
    config_default(&config);
    assert_int_equal(key_assign(&config, "title=Three tasks are enough", &err), ERR_NONE);
    for (; assignments != NULL && *assignments != NULL; assignments++)
        assert_int_equal(key_assign(&config, *assignments, &err), ERR_NONE);
    driver->sample = view_sample_new(&config);
    assert_non_null(driver->sample);
    driver->view = view_sample_view(driver->sample);
    driver->status = (struct lab_status){LIVE_RUNNING, true, 2385, 0, ""};
    make_scenarios(&driver->scenarios);
    driver->lab = lab_new(&config, &driver->scenarios, &options, &err);
    assert_non_null(driver->lab);
    assert_true(grid_resize(&driver->grid, width, height));
    draw(driver);
    return driver;
}

void lab_driver_free(struct lab_driver *driver)
{
    if (driver == NULL)
        return;
    lab_free(driver->lab);
    grid_free(&driver->grid);
    view_sample_free(driver->sample);
    free(driver->scenarios.entry);
    free(driver);
}

static void send(struct lab_driver *driver, const struct event *event)
{
    driver->wish = lab_handle(driver->lab, event, &driver->view);
    draw(driver);
}

void lab_driver_size(struct lab_driver *driver, int width, int height)
{
    assert_true(grid_resize(&driver->grid, width, height));
    send(driver, &(struct event){.type = EVENT_RESIZE, .x = width, .y = height});
}

void lab_driver_key(struct lab_driver *driver, uint32_t key)
{
    send(driver, &(struct event){.type = EVENT_KEY, .key = key});
}

void lab_driver_type(struct lab_driver *driver, const char *text)
{
    screen_wish wish = 0;
    while (*text != '\0') {
        lab_driver_key(driver, rune_decode(&text));
        wish |= driver->wish;
    }
    driver->wish = wish;
}

void lab_driver_mouse(struct lab_driver *driver, enum event_mouse mouse, int x, int y)
{
    send(driver, &(struct event){.type = EVENT_MOUSE, .mouse = mouse, .x = x, .y = y});
}

char *lab_driver_row(const struct lab_driver *driver, int y)
{
    int width = driver->grid.width;
    struct grid row = {width, 1, driver->grid.cell + (size_t)y * (size_t)width};
    return golden_screen(&row);
}

bool lab_driver_find(const struct lab_driver *driver, const char *text, int *x, int *y)
{
    return golden_find(&driver->grid, text, x, y);
}

bool lab_driver_shows(const struct lab_driver *driver, const char *text)
{
    int x;
    int y;
    return lab_driver_find(driver, text, &x, &y);
}

void lab_driver_focus(struct lab_driver *driver, const char *path)
{
    int key = key_find(path);
    assert_in_range(key, 0, key_count - 1);
    lab_driver_key(driver, EVENT_KEY_ESCAPE);
    lab_driver_key(driver, EVENT_KEY_ESCAPE);
    lab_driver_key(driver, EVENT_KEY_HOME);
    for (int i = 0; i < key; i++) /* the panel has the order of the table */
        lab_driver_key(driver, EVENT_KEY_DOWN);
}

const char *lab_driver_value(const struct lab_driver *driver, const char *path, char text[96])
{
    _Static_assert(KEY_VALUE_SIZE <= 96, "a value fits the caller's text");
    key_format(lab_config(driver->lab), key_find(path), text);
    return text;
}

void lab_driver_golden(const struct lab_driver *driver, const char *name)
{
    char *text = golden_screen(&driver->grid);
    golden_check(name, text);
    free(text);
}
