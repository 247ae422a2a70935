/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "support/chance.h"
#include "support/golden.h"
#include "support/keys.h"
#include "support/program.h"
#include "support/view_sample.h"
#include "ui/keymap.h"
#include "ui/rune.h"
#include "ui/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The Runs screen over a list that is made up, driven by events; what it wishes for is done as the program does it. */

enum { RUNS = 14 };

struct driver {
    struct shelf *shelf;
    struct grid grid;
    struct store_run run[RUNS];
    struct store_run_list list;
    struct view_sample *sample[RUNS];
    struct curves curves[RUNS];
    const struct curves *shown[RUNS];
    struct shelf_view view;
    screen_wish wish;
};

static char summary[] = "Standard retraining sits at A* + mean(R): its error has rank 6 = kT (Theorem 1).";
static char line[] = "rs1:AAAA";
static char no_line[] = "";

static void draw(struct driver *driver)
{
    shelf_draw(driver->shelf, &driver->grid, &driver->view);
}

static void make_run(struct driver *driver, int i)
{
    struct config config;
    struct store_run *run = &driver->run[i];
    config_default(&config);
    config.retrain.steps = 500 + 100 * i;
    driver->sample[i] = view_sample_new(&config);
    assert_non_null(driver->sample[i]);
    memcpy(driver->curves[i].history, driver->sample[i]->history, sizeof driver->curves[i].history);
    *run = (struct store_run){.id = 100 - i, .way = i == 2 ? no_line : line, .summary = summary};
    snprintf(run->name, sizeof run->name, "run %c", 'A' + i);
    snprintf(run->kept, sizeof run->kept, "2026-11-26 17:%02u", (unsigned)i % 60u);
    snprintf(run->version, sizeof run->version, "0.1.0");
    snprintf(run->title, sizeof run->title, "Three tasks are enough, %d", i);
    driver->shown[i] = &driver->curves[i];
}

static struct driver *start(int width, int height, size_t runs)
{
    struct err err;
    struct driver *driver = calloc(1, sizeof *driver);
    assert_non_null(driver);
    for (int i = 0; i < RUNS; i++)
        make_run(driver, i);
    driver->list = (struct store_run_list){runs, driver->run};
    driver->view = (struct shelf_view){&driver->list, driver->shown, ""};
    driver->shelf = shelf_new(&(struct shelf_options){.glyphs = GLYPHS_BRAILLE}, &err);
    assert_non_null(driver->shelf);
    assert_true(grid_resize(&driver->grid, width, height));
    draw(driver);
    return driver;
}

static void end(struct driver *driver)
{
    for (int i = 0; i < RUNS; i++)
        view_sample_free(driver->sample[i]);
    shelf_free(driver->shelf);
    grid_free(&driver->grid);
    free(driver);
}

static void send(struct driver *driver, const struct event *event)
{
    driver->wish = shelf_handle(driver->shelf, event, &driver->view);
    if (driver->wish & SHELF_RENAME) { /* as the store does it */
        struct err err;
        if (shelf_name(driver->shelf)[0] == '\0') {
            err_set(&err, ERR_INPUT, "a run's name has 1 to 63 bytes");
            shelf_refuse(driver->shelf, &err);
        } else {
            for (size_t i = 0; i < driver->list.count; i++)
                if (driver->run[i].id == shelf_run(driver->shelf))
                    snprintf(driver->run[i].name, sizeof driver->run[i].name, "%s", shelf_name(driver->shelf));
            shelf_taken(driver->shelf);
        }
    }
    if (driver->wish & SHELF_DELETE)
        driver->list.count--;
    draw(driver);
}

static void key(struct driver *driver, uint32_t key)
{
    send(driver, &(struct event){.type = EVENT_KEY, .key = key});
}

static void type(struct driver *driver, const char *text)
{
    while (*text != '\0')
        key(driver, rune_decode(&text));
}

static bool shows(const struct driver *driver, const char *text)
{
    int x, y;
    return golden_find(&driver->grid, text, &x, &y);
}

static void golden(const struct driver *driver, const char *name)
{
    char *text = golden_screen(&driver->grid);
    golden_check(name, text);
    free(text);
}

static void every_size_has_its_screen(void **state)
{
    (void)state;
    struct driver *driver = start(120, 36, RUNS);
    type(driver, "  ");
    golden(driver, "runs/120x36.txt");
    type(driver, "m");
    assert_true(shows(driver, "base error"));
    type(driver, "mls");
    golden(driver, "runs/linear-120x36.txt");
    end(driver);
    driver = start(80, 24, RUNS);
    type(driver, " ");
    golden(driver, "runs/80x24.txt");
    type(driver, "bb");
    golden(driver, "runs/ascii-80x24.txt");
    end(driver);
    driver = start(60, 16, 3);
    golden(driver, "runs/60x16.txt");
    end(driver);
    driver = start(80, 24, 0);
    assert_true(shows(driver, "No run was kept yet"));
    golden(driver, "runs/empty-80x24.txt");
    end(driver);
}

static void runs_are_asked_for(void **state)
{
    (void)state;
    struct driver *driver = start(100, 30, RUNS);
    assert_true(shelf_run(driver->shelf) == 100);
    key(driver, EVENT_KEY_DOWN);
    assert_true(shelf_run(driver->shelf) == 99);
    assert_int_equal(driver->wish, WISH_REDRAW | SHELF_CURVES);
    key(driver, EVENT_KEY_ENTER);
    assert_int_equal(driver->wish, WISH_REDRAW | SHELF_OPEN);
    key(driver, 'e');
    assert_int_equal(driver->wish, WISH_REDRAW | SHELF_EXPORT);
    key(driver, EVENT_KEY_DOWN);
    key(driver, 'e'); /* has no line */
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(shows(driver, "kept without the line"));
    key(driver, EVENT_KEY_END);
    assert_true(shelf_run(driver->shelf) == 100 - RUNS + 1);
    key(driver, 'v');
    assert_int_equal(driver->wish, WISH_REDRAW | (screen_wish)WISH_GO << SCREEN_LAB);
    key(driver, EVENT_KEY_F2);
    assert_int_equal(driver->wish, WISH_REDRAW | (screen_wish)WISH_GO << SCREEN_TRADEOFFS);
    end(driver);
}

static void marks_are_shown_with_the_cursor(void **state)
{
    (void)state;
    struct driver *driver = start(100, 30, RUNS);
    type(driver, "  ");
    assert_true(shelf_shows(driver->shelf, 100) && shelf_shows(driver->shelf, 99) && shelf_shows(driver->shelf, 98));
    assert_false(shelf_shows(driver->shelf, 97));
    type(driver, "      ");
    type(driver, " ");
    assert_true(shows(driver, "Eight runs are marked already."));
    key(driver, EVENT_KEY_HOME);
    type(driver, " ");                            /* no longer */
    assert_true(shelf_shows(driver->shelf, 100)); /* the cursor's still */
    key(driver, EVENT_KEY_END);
    assert_false(shelf_shows(driver->shelf, 100));
    type(driver, "c");
    assert_false(shelf_shows(driver->shelf, 99));
    end(driver);
}

static void a_name_is_typed(void **state)
{
    (void)state;
    struct driver *driver = start(100, 30, RUNS);
    type(driver, "nq");
    assert_int_equal(driver->wish & WISH_QUIT, 0);
    key(driver, EVENT_KEY_ESCAPE);
    assert_true(shows(driver, "run A "));
    type(driver, "n");
    for (int i = 0; i < 5; i++)
        key(driver, EVENT_KEY_BACKSPACE);
    key(driver, EVENT_KEY_ENTER);
    assert_true(shows(driver, "a run's name has 1 to 63 bytes"));
    type(driver, "σ 7");
    key(driver, EVENT_KEY_ENTER);
    assert_true(shows(driver, "   σ 7"));
    type(driver, "q");
    assert_int_equal(driver->wish, WISH_REDRAW | WISH_QUIT);
    end(driver);
}

static void deleting_asks_first(void **state)
{
    (void)state;
    struct driver *driver = start(100, 30, RUNS);
    type(driver, "x");
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(shows(driver, "x once more deletes \"run A\" for good."));
    key(driver, EVENT_KEY_DOWN);
    type(driver, "x"); /* of another run: asked again */
    assert_int_equal(driver->wish, WISH_REDRAW);
    type(driver, "x");
    assert_int_equal(driver->wish, WISH_REDRAW | SHELF_DELETE);
    end(driver);
}

static void the_mouse_chooses(void **state)
{
    (void)state;
    struct driver *driver = start(100, 30, RUNS);
    send(driver, &(struct event){.type = EVENT_MOUSE, .mouse = EVENT_MOUSE_PRESS, .x = 8, .y = 5});
    assert_true(shelf_run(driver->shelf) == 97);
    send(driver, &(struct event){.type = EVENT_MOUSE, .mouse = EVENT_MOUSE_PRESS, .x = 2, .y = 5});
    assert_true(driver->wish & SHELF_CURVES);
    send(driver, &(struct event){.type = EVENT_MOUSE, .mouse = EVENT_MOUSE_WHEEL_UP, .x = 8, .y = 5});
    send(driver, &(struct event){.type = EVENT_MOUSE, .mouse = EVENT_MOUSE_PRESS, .x = 8, .y = 5});
    assert_true(driver->wish & SHELF_OPEN);
    end(driver);
}

/* Whatever a person, or a cat, does. */
static void no_sequence_of_events_does_harm(void **state)
{
    (void)state;
    uint64_t seed = 2385;
    struct driver *driver = start(100, 30, RUNS);
    for (int i = 0; i < 4000 / program_slowness(); i++) {
        struct event event = chance_event(&seed, &driver->grid);
        if (chance_below(&seed, 40) == 0)
            driver->list.count = (size_t)chance_below(&seed, RUNS + 1);
        if (chance_below(&seed, 40) == 0)
            driver->shown[chance_below(&seed, RUNS)] = NULL;
        if (event.type == EVENT_RESIZE)
            assert_true(grid_resize(&driver->grid, event.x, event.y));
        send(driver, &event);
        for (int cell = 0; cell < driver->grid.width * driver->grid.height; cell++)
            assert_true(driver->grid.cell[cell].style < STYLE_COUNT && driver->grid.cell[cell].rune >= ' ');
        assert_int_equal(shelf_run(driver->shelf) != 0, driver->list.count > 0);
    }
    end(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_has_its_screen),
        cmocka_unit_test(runs_are_asked_for),
        cmocka_unit_test(marks_are_shown_with_the_cursor),
        cmocka_unit_test(a_name_is_typed),
        cmocka_unit_test(deleting_asks_first),
        cmocka_unit_test(the_mouse_chooses),
        cmocka_unit_test(no_sequence_of_events_does_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
