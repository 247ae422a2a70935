/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/explain.h"
#include "run/key.h"
#include "support/lab_driver.h"
#include "ui/chart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct size {
    int width, height;
    const char *name;
} sizes[] = {
    {120, 36, "lab/120x36.txt"}, {80, 24, "lab/80x24.txt"}, {200, 60, "lab/200x60.txt"},
    {60, 16, "lab/60x16.txt"},   {59, 15, "lab/59x15.txt"},
};

static void every_size_has_its_screen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct lab_driver *driver = lab_driver_new(sizes[i].width, sizes[i].height, NULL);
        lab_driver_golden(driver, sizes[i].name);
        lab_driver_free(driver);
    }
}

static void overlays_and_edits_have_their_screens(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(120, 36, NULL);
    lab_driver_type(driver, "?");
    lab_driver_golden(driver, "lab/help-120x36.txt");
    lab_driver_type(driver, "qm");
    lab_driver_golden(driver, "lab/menu-120x36.txt");
    lab_driver_key(driver, EVENT_KEY_ESCAPE);
    lab_driver_type(driver, "c");
    lab_driver_size(driver, 80, 24);
    lab_driver_type(driver, "17x");
    lab_driver_key(driver, EVENT_KEY_ENTER);
    lab_driver_golden(driver, "lab/refused-80x24.txt");
    lab_driver_key(driver, EVENT_KEY_ESCAPE);
    lab_driver_type(driver, "bb");
    lab_driver_golden(driver, "lab/ascii-80x24.txt");
    lab_driver_free(driver);
}

static void a_run_that_has_not_begun_has_its_screen(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    driver->view.snapshot = NULL;
    driver->status = (struct lab_status){LIVE_BUILDING, true, 0, 0, ""};
    lab_driver_key(driver, EVENT_KEY_DOWN);
    lab_driver_golden(driver, "lab/building-80x24.txt");
    lab_driver_free(driver);
}

/* Every parameter is in the panel at the sizes that have room for all, in the order of its sections. */
static void all_parameters_are_in_the_panel(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(120, 36, NULL);
    int last = 0;
    for (int key = 1; key < key_count; key++) {
        char value[KEY_VALUE_SIZE];
        int found = -1;
        key_format(lab_config(driver->lab), key, value);
        for (int y = last + 1; y < 36 && found < 0; y++) {
            char *row = lab_driver_row(driver, y);
            const char *label = strstr(row, key_table[key].label);
            if (label != NULL && label - row < 6 && strstr(label, value) != NULL)
                found = y;
            free(row);
        }
        assert_int_not_equal(found, -1);
        last = found;
    }
    lab_driver_free(driver);
}

static void the_top_line_says_how_it_goes(void **state)
{
    (void)state;
    static const struct {
        struct lab_status status;
        const char *text;
    } table[] = {
        {{LIVE_BUILDING, true, 0, 0, ""}, "… drawing the problem ┐"},
        {{LIVE_PAUSED, true, 0, 0, ""}, "‖ paused ┐"},
        {{LIVE_RUNNING, true, 412345, 0, ""}, "● 412 k steps/s ┐"},
        {{LIVE_RUNNING, true, 999700, 0, ""}, "● 1 M steps/s ┐"},
        {{LIVE_RUNNING, true, 2385000, 0, ""}, "● 2.38 M steps/s ┐"},
        {{LIVE_RUNNING, true, 23.85, 0, ""}, "● 23.9 steps/s ┐"},
        {{LIVE_RUNNING, true, 0, 0, ""}, "● running ┐"},
        {{LIVE_DONE, true, 0, 17, ""}, "17 samples dropped"},
        {{LIVE_DONE, true, 0, 0, ""}, "✓ done ┐"},
        {{LIVE_FAILED, true, 0, 0, ""}, "✗ failed ┐"},
    };
    struct lab_driver *driver = lab_driver_new(120, 36, NULL);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        driver->status = table[i].status;
        lab_driver_key(driver, EVENT_KEY_DOWN);
        assert_true(lab_driver_shows(driver, table[i].text));
        assert_true(lab_driver_shows(driver, "─ Three tasks are enough ─"));
        assert_true(lab_driver_shows(driver, "seed 7 · "));
    }
    lab_driver_free(driver);
}

/* A key that comes before the run has heard of the one before is understood as the person meant it. */
static void a_wish_stands_until_the_run_has_heard_it(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(120, 36, NULL);
    driver->status.state = LIVE_PAUSED;
    lab_driver_key(driver, EVENT_KEY_DOWN);
    driver->status.settled = false;
    lab_driver_key(driver, ' ');
    assert_true(driver->wish & LAB_RUN);
    lab_driver_key(driver, 'n');
    assert_true(driver->wish & LAB_RUN); /* the next draw runs, too */
    lab_driver_key(driver, ' ');
    assert_true(driver->wish & LAB_PAUSE);
    lab_driver_key(driver, 'n');
    assert_false(driver->wish & LAB_RUN);
    driver->status.state = LIVE_RUNNING; /* as it was before the last wish */
    lab_driver_key(driver, EVENT_KEY_DOWN);
    lab_driver_key(driver, 'n');
    assert_false(driver->wish & LAB_RUN);
    driver->status.settled = true;
    lab_driver_key(driver, EVENT_KEY_DOWN);
    lab_driver_key(driver, 'n');
    assert_true(driver->wish & LAB_RUN);
    lab_driver_free(driver);
}

static void divergence_is_a_warning(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(120, 36, NULL);
    int x;
    int y;
    for (int i = 0; i <= METHOD_META; i++) {
        driver->sample->snapshot->method[i].status = SOLVER_DIVERGED;
        driver->sample->snapshot->method[i].stability = (struct stability){0.002385, 0.02385};
    }
    driver->status.state = LIVE_DONE;
    lab_driver_key(driver, EVENT_KEY_DOWN);
    assert_true(lab_driver_shows(driver, "✗ diverged ┐"));
    assert_true(lab_driver_shows(driver, "0.00238"));
    assert_true(lab_driver_find(driver, "diverged at", &x, &y));
    assert_int_equal(driver->grid.cell[y * 120 + x].style, STYLE_WARNING);
    lab_driver_free(driver);
}

static void a_long_title_is_cut_and_says_so(void **state)
{
    (void)state;
    static const char *const set[] = {"title=Étude of σ: what a title of nearly eighty bytes does to the line on top",
                                      "problem.seed=18446744073709551615", NULL};
    static const int widths[] = {60, 61, 75, 80, 100, 119, 120, 160, 250};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct lab_driver *driver = lab_driver_new(widths[i], 30, set);
        char *row = lab_driver_row(driver, 0);
        bool whole = strstr(row, " Étude of σ: what a title of nearly eighty bytes does to the line on top ") != NULL;
        bool cut = strstr(row, "…") != NULL;
        bool none = strstr(row, "Ét") == NULL;
        assert_int_equal(whole + cut + none, 1);
        assert_true(strstr(row, widths[i] < 140 ? "┌ F1 Lab F2" : "┌ rankscope ── F1 Lab") == row);
        assert_non_null(strstr(row, "● 2.38 k steps/s ┐"));
        assert_true(cut || whole || widths[i] < 80); /* what goes on is worth more */
        assert_true(widths[i] <= 100 ? !whole : widths[i] < 160 || whole);
        free(row);
        lab_driver_free(driver);
    }
}

static void messages_stay_until_the_next_key(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    lab_say(driver->lab, "gnuplot was killed; the run goes on.");
    lab_driver_size(driver, 81, 24);
    assert_true(lab_driver_shows(driver, "gnuplot was killed; the run goes on."));
    lab_driver_mouse(driver, EVENT_MOUSE_RELEASE, 3, 3);
    assert_true(lab_driver_shows(driver, "gnuplot was killed; the run goes on."));
    lab_driver_key(driver, '~'); /* does nothing else */
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_false(lab_driver_shows(driver, "gnuplot"));
    lab_driver_key(driver, '~');
    assert_int_equal(driver->wish, 0);
    driver->status.message = "The newest message.";
    lab_driver_key(driver, '~');
    assert_true(lab_driver_shows(driver, "│ The newest message. "));
    lab_driver_free(driver);
}

/* What the box below has on its present page, its lines joined by blanks. The caller frees it. */
static char *text_of_page(const struct lab_driver *driver)
{
    int x, y;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    assert_true(lab_driver_find(driver, "E more ", &x, &y));
    while (++y < driver->grid.height - 1) {
        char *row = lab_driver_row(driver, y);
        char *begin = strstr(row, "│ ") + strlen("│ "), *end = strrchr(row, ' ');
        while (end > begin && end[-1] == ' ')
            end--;
        fprintf(stream, "%.*s ", (int)(end - begin), begin);
        free(row);
    }
    assert_int_equal(fclose(stream), 0);
    return text;
}

/* Wherever a page ends: each three words that follow each other are seen together on one. */
static void a_long_text_has_pages(void **state)
{
    (void)state;
    enum { MOST = 8 };
    char whole[EXPLANATION_SIZE], *page[MOST], count_text[32];
    int pages = 0, x, y;
    struct lab_driver *driver =
        lab_driver_new(60, 16, (const char *const[]){"retrain.methods=standard,meta,reptile,fomaml,oracle,none", NULL});
    explain(&driver->view, whole, sizeof whole);
    do {
        assert_in_range(pages, 0, MOST - 1);
        page[pages++] = text_of_page(driver);
        lab_driver_type(driver, "E");
    } while (!lab_driver_shows(driver, "E more 1/"));
    assert_true(pages > 1);
    snprintf(count_text, sizeof count_text, "E more 1/%d ", pages);
    assert_true(lab_driver_find(driver, count_text, &x, &y));
    for (char *word = whole; *word != '\0'; word += strcspn(word, " "), word += strspn(word, " ")) {
        char three[256];
        size_t length = 0;
        bool seen = false;
        for (int i = 0; i < 3 && word[length] != '\0'; i++) {
            length += strspn(word + length, " ");
            length += strcspn(word + length, " ");
        }
        snprintf(three, sizeof three, "%.*s", (int)length, word);
        for (int i = 0; i < pages; i++)
            seen = seen || strstr(page[i], three) != NULL;
        if (!seen)
            fail_msg("\"%s\" is on no page", three);
    }
    for (int i = 0; i < pages; i++)
        free(page[i]);
    lab_driver_mouse(driver, EVENT_MOUSE_PRESS, x, y); /* a button, too */
    assert_true(lab_driver_shows(driver, "E more 2/"));
    lab_driver_size(driver, 200, 60);
    assert_false(lab_driver_shows(driver, "E more 2/"));
    lab_driver_type(driver, "E");
    assert_true(lab_driver_shows(driver, "All of the text is seen."));
    lab_driver_free(driver);
}

static void the_run_is_asked_for_what_was_meant(void **state)
{
    (void)state;
    static const struct {
        uint32_t key;
        screen_wish wish;
    } table[] = {
        {'s', LAB_STEP | WISH_REDRAW},
        {'p', LAB_PHASE | WISH_REDRAW},
        {'f', LAB_ADAPT | WISH_REDRAW},
        {'g', WISH_GNUPLOT | WISH_REDRAW},
        {'r', LAB_RESTART | WISH_REDRAW},
        {'q', WISH_QUIT | WISH_REDRAW},
        {EVENT_KEY_CTRL_C, WISH_QUIT | WISH_REDRAW},
        {EVENT_KEY_CTRL_L, WISH_REPAINT | WISH_REDRAW},
        {EVENT_KEY_CTRL_Z, WISH_SUSPEND | WISH_REDRAW},
    };
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        lab_driver_key(driver, table[i].key);
        assert_int_equal(driver->wish, table[i].wish);
    }
    driver->sample->snapshot->stage = STAGE_ADAPT;
    lab_driver_key(driver, 'f');
    assert_int_equal(driver->wish, WISH_REDRAW);
    lab_driver_free(driver);
}

/* Half a step is not a step: the first line says so, and what f did is said as well. */
static void what_a_key_did_to_the_run_is_on_the_screen(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(120, 36, NULL);
    assert_false(lab_driver_shows(driver, " + inner"));
    driver->sample->snapshot->method[METHOD_META].status = SOLVER_RUNNING;
    driver->sample->snapshot->method[METHOD_META].phase = "inner";
    lab_driver_size(driver, 120, 36);
    assert_true(lab_driver_shows(driver, " + inner of "));
    driver->status.state = LIVE_PAUSED;
    lab_driver_size(driver, 120, 36);
    lab_driver_key(driver, 'f');
    assert_true(lab_driver_shows(driver, "Space starts the fine-tuning"));
    lab_driver_free(driver);
}

static void a_new_run_goes_on_if_the_old_one_did(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    char text[96];
    lab_driver_key(driver, 'n');
    assert_int_equal(driver->wish, LAB_RESTART | LAB_RUN | WISH_REDRAW);
    assert_string_equal(lab_driver_value(driver, "problem.seed", text), "8");
    driver->status.state = LIVE_DONE;
    lab_driver_key(driver, EVENT_KEY_DOWN);
    lab_driver_key(driver, EVENT_KEY_RIGHT); /* rank */
    assert_int_equal(driver->wish, LAB_RESTART | LAB_RUN | WISH_REDRAW);
    driver->status.state = LIVE_PAUSED;
    lab_driver_key(driver, EVENT_KEY_DOWN);
    lab_driver_key(driver, EVENT_KEY_RIGHT);
    assert_int_equal(driver->wish, LAB_RESTART | WISH_REDRAW);
    lab_driver_key(driver, ' ');
    assert_int_equal(driver->wish, LAB_RUN | WISH_REDRAW);
    driver->status.state = LIVE_RUNNING;
    lab_driver_key(driver, ' ');
    assert_int_equal(driver->wish, LAB_RUN | WISH_REDRAW); /* it was drawn as paused before that key */
    lab_driver_key(driver, ' ');
    assert_int_equal(driver->wish, LAB_PAUSE | WISH_REDRAW);
    driver->status.state = LIVE_DONE;
    lab_driver_key(driver, '~');
    lab_driver_key(driver, ' ');
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(lab_driver_shows(driver, "The run is done"));
    driver->status.state = LIVE_FAILED;
    lab_driver_key(driver, '~');
    lab_driver_key(driver, ' ');
    assert_true(lab_driver_shows(driver, "The run failed"));
    lab_driver_free(driver);
}

static void the_seed_goes_round(void **state)
{
    (void)state;
    static const char *const set[] = {"problem.seed=18446744073709551615", NULL};
    struct lab_driver *driver = lab_driver_new(80, 24, set);
    lab_driver_key(driver, 'n');
    assert_true(lab_config(driver->lab)->problem.seed == 0);
    lab_driver_free(driver);
}

static void speed_is_said_in_words(void **state)
{
    (void)state;
    static const char *const words[] = {"3,000 steps/s", "1,000 steps/s", "300 steps/s", "100 steps/s",
                                        "30 steps/s",    "10 steps/s",    "3 steps/s",   "1 step/s"};
    struct lab_driver *driver = lab_driver_new(160, 36, NULL);
    assert_int_equal(lab_speed(driver->lab), LIVE_FLAT_OUT);
    assert_true(lab_driver_shows(driver, "flat out"));
    lab_driver_key(driver, '>');
    assert_int_equal(driver->wish, WISH_REDRAW);
    lab_driver_key(driver, '[');
    assert_int_equal(driver->wish, LAB_SPEED | WISH_REDRAW);
    assert_true(lab_driver_shows(driver, "Speed: 10,000 steps/s."));
    assert_true(lab_driver_shows(driver, " · 10,000 steps/s · ● running ┐"));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        lab_driver_key(driver, '<');
        char wanted[64];
        snprintf(wanted, sizeof wanted, "Speed: %s.", words[i]);
        assert_true(lab_driver_shows(driver, wanted));
    }
    assert_int_equal(lab_speed(driver->lab), 0);
    lab_driver_key(driver, '<');
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(lab_driver_shows(driver, "Speed: 1 step/s; there is no further."));
    lab_driver_key(driver, ']');
    assert_int_equal(lab_speed(driver->lab), 1);
    lab_driver_free(driver);
}

/* The name of a chart in the line of tabs has the focus' style. */
static bool focus_is_on_tab(const struct lab_driver *driver, int chart)
{
    char text[64];
    int x;
    int y;
    snprintf(text, sizeof text, "%d %s", chart + 1, chart_table[chart].name);
    assert_true(lab_driver_find(driver, text, &x, &y));
    return driver->grid.cell[y * driver->grid.width + x].style == STYLE_FOCUS;
}

static void charts_are_chosen_and_zoomed(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    static const int order[] = {CHART_LOSS, CHART_ADAPTATION, CHART_RECOVERY, CHART_SPECTRUM};
    assert_true(lab_driver_shows(driver, "│ Problem"));
    for (int i = 0; i < CHART_COUNT; i++) {
        lab_driver_key(driver, EVENT_KEY_TAB);
        assert_true(focus_is_on_tab(driver, order[i]));
        assert_true(lab_driver_shows(driver, "│ Problem"));
        lab_driver_key(driver, EVENT_KEY_ENTER);
        assert_true(focus_is_on_tab(driver, order[i]));
        assert_false(lab_driver_shows(driver, "│ Problem"));
        lab_driver_key(driver, i % 2 == 0 ? EVENT_KEY_ESCAPE : 'z');
        assert_true(lab_driver_shows(driver, "│ Problem"));
    }
    lab_driver_key(driver, EVENT_KEY_TAB);
    for (int i = 0; i < CHART_COUNT; i++)
        assert_false(focus_is_on_tab(driver, i));
    lab_driver_key(driver, EVENT_KEY_BACK_TAB);
    assert_true(focus_is_on_tab(driver, CHART_SPECTRUM));
    lab_driver_key(driver, '2');
    assert_true(focus_is_on_tab(driver, CHART_ADAPTATION));
    lab_driver_key(driver, EVENT_KEY_DOWN);
    assert_true(focus_is_on_tab(driver, CHART_RECOVERY));
    lab_driver_size(driver, 120, 36); /* now they stand two by two */
    lab_driver_key(driver, EVENT_KEY_UP);
    lab_driver_size(driver, 80, 24);
    assert_true(focus_is_on_tab(driver, CHART_LOSS));
    lab_driver_free(driver);
}

static void a_config_that_does_not_agree_is_refused(void **state)
{
    (void)state;
    struct config config;
    struct err err;
    struct lab_options options = {.glyphs = GLYPHS_ASCII};
    config_default(&config);
    config.problem.rank = 17;
    assert_null(lab_new(&config, NULL, &options, &err));
    assert_int_equal(err.code, ERR_INPUT);
    lab_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_has_its_screen),
        cmocka_unit_test(overlays_and_edits_have_their_screens),
        cmocka_unit_test(a_run_that_has_not_begun_has_its_screen),
        cmocka_unit_test(all_parameters_are_in_the_panel),
        cmocka_unit_test(the_top_line_says_how_it_goes),
        cmocka_unit_test(a_wish_stands_until_the_run_has_heard_it),
        cmocka_unit_test(divergence_is_a_warning),
        cmocka_unit_test(a_long_title_is_cut_and_says_so),
        cmocka_unit_test(messages_stay_until_the_next_key),
        cmocka_unit_test(a_long_text_has_pages),
        cmocka_unit_test(the_run_is_asked_for_what_was_meant),
        cmocka_unit_test(what_a_key_did_to_the_run_is_on_the_screen),
        cmocka_unit_test(a_new_run_goes_on_if_the_old_one_did),
        cmocka_unit_test(the_seed_goes_round),
        cmocka_unit_test(speed_is_said_in_words),
        cmocka_unit_test(charts_are_chosen_and_zoomed),
        cmocka_unit_test(a_config_that_does_not_agree_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
