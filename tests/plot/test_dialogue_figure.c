/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/dialogue_live_figure.h"

#include "plot/render.h"
#include "support/dialogue_sample.h"
#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FIGURES = 4, ROWS = 64, NUMBERS = 4 };

static char *text_of(const struct dialogue_view *view, int figure)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    if (figure < FIGURES)
        figures_of_dialogue_live.write(stream, figure, view);
    else
        figures_of_dialogue_live.write_sheet(stream, view);
    assert_int_equal(fclose(stream), 0);
    return text;
}

struct rows {
    int count;
    double number[ROWS][NUMBERS];
};

/* The rows of a data block, and NAN where a row has fewer numbers. */
static struct rows rows_of(const char *text, const char *block)
{
    char begin[64];
    struct rows rows = {0};
    snprintf(begin, sizeof begin, "%s << EOD\n", block);
    const char *at = strstr(text, begin);
    assert_non_null(at);
    at = strchr(at, '\n') + 1;
    for (; strncmp(at, "EOD\n", 4) != 0; at = strchr(at, '\n') + 1) {
        if (*at == '\n')
            continue;
        assert_in_range(rows.count, 0, ROWS - 1);
        double *number = rows.number[rows.count++];
        char *end = (char *)at;
        for (int i = 0; i < NUMBERS; i++)
            number[i] = *end == '\n' ? (double)NAN : strtod(end, &end);
    }
    return rows;
}

/* P(X ≥ hits) for a binomial X, term by term. */
static double tail(int hits, int count, double rate)
{
    double sum = 0;
    for (int i = hits; i <= count; i++)
        sum += exp(lgamma(count + 1.0) - lgamma(i + 1.0) - lgamma(count - i + 1.0) + i * log(rate) +
                   (count - i) * log1p(-rate));
    return sum;
}

static void check_hits(const struct rows *rows, const struct dialogue_view_epoch *epoch, int epochs)
{
    assert_int_equal(rows->count, epochs);
    for (int i = 0; i < epochs; i++) {
        const double *number = rows->number[i];
        int hits = epoch[i].hits;
        int count = epoch[i].count;
        assert_near(number[0], i + 1, 0.2);
        assert_near(number[1], (double)hits / count, 1e-8);
        assert_near(tail(hits, count, number[2]), 0.025, 1e-6);
        assert_near(tail(hits + 1, count, number[3]), 0.975, 1e-6);
    }
}

static void hits_have_clopper_and_pearsons_intervals(void **state)
{
    (void)state;
    static struct dialogue_view view;
    dialogue_sample_view(&view);
    view.method[0].adapt[0].hits = view.method[1].adapt[0].hits = 2; /* with none there is no lower tail */
    char *hits = text_of(&view, 0);
    char *adapting = text_of(&view, 3);
    struct rows rows = rows_of(hits, "$hits_standard");
    check_hits(&rows, view.method[0].epoch, 6);
    rows = rows_of(hits, "$hits_meta");
    check_hits(&rows, view.method[1].epoch, 6);
    rows = rows_of(adapting, "$adapting_standard");
    check_hits(&rows, view.method[0].adapt, 4);
    rows = rows_of(adapting, "$adapting_meta");
    check_hits(&rows, view.method[1].adapt, 4);
    assert_non_null(strstr(adapting, "epoch of LoRA of rank 8"));
    free(hits);
    free(adapting);
}

static void losses_are_both_shown(void **state)
{
    (void)state;
    static struct dialogue_view view;
    dialogue_sample_view(&view);
    char *text = text_of(&view, 1);
    struct rows rows = rows_of(text, "$loss_meta");
    assert_int_equal(rows.count, 6);
    for (int i = 0; i < rows.count; i++) {
        assert_near(rows.number[i][0], i + 1, 0);
        assert_near(rows.number[i][1], 0.2 - 0.008 * i, 1e-8);
        assert_near(rows.number[i][2], 0.2 - 0.01 * i, 1e-8);
    }
    free(text);
}

/* 0.8^k falls below a ten-thousandth of the largest value nowhere, 0.5^k never within twelve either. */
static void every_layer_has_its_singular_values(void **state)
{
    (void)state;
    static struct dialogue_view view;
    dialogue_sample_view(&view);
    char *text = text_of(&view, 2);
    struct rows rows = rows_of(text, "$movement_standard");
    assert_int_equal(rows.count, 24);
    for (int i = 0; i < rows.count; i++) {
        int layer = i / 12;
        int number = i % 12;
        assert_in_range((int)lround(rows.number[i][0] * 1000), 500 + 1000 * layer, 1500 + 1000 * layer);
        if (number > 0)
            assert_true(rows.number[i][0] > rows.number[i - 1][0]);
        assert_near(rows.number[i][1], 2.385 * pow(0.8, number), 1e-7);
        bool marked = number + 1 == 9 + layer; /* the rank of the sample's layer */
        assert_int_equal(!isnan(rows.number[i][2]), marked);
    }
    free(text);
}

/* What has not moved is at the axis's lower end, which says so. */
static void zeros_stay_on_a_logarithmic_axis(void **state)
{
    (void)state;
    static struct dialogue_view view;
    dialogue_sample_view(&view);
    view.method[0].layer[0].value[11] = 0;
    char *text = text_of(&view, 2);
    struct rows rows = rows_of(text, "$movement_standard");
    assert_non_null(strstr(text, "set yrange [1e-4:1e1]"));
    assert_non_null(strstr(text, "set ytics add ('≈ 0' 1e-4)"));
    assert_near(rows.number[11][1], 1e-4, 1e-12);
    free(text);
}

static void check_drawn(const struct dialogue_view *view)
{
    for (int figure = 0; figure <= FIGURES; figure++) {
        char *text = text_of(view, figure), *script = NULL, *picture = NULL;
        size_t size = 0;
        struct err err = {.code = ERR_NONE};
        assert_true(asprintf(&script, "set terminal pngcairo size 800, 600\nset output\n%s\nset output\n", text) > 0);
        if (render_script(script, strlen(script), 60000, NULL, &picture, &size, &err))
            fail_msg("%s", err.message);
        assert_true(size > 3000);
        assert_memory_equal(picture, "\x89PNG", 4);
        free(picture);
        free(script);
        free(text);
    }
}

/* gnuplot has nothing to say against any of it. */
static void is_drawn_whatever_there_is(void **state)
{
    (void)state;
    static struct dialogue_view view;
    view = (struct dialogue_view){.stage = DIALOGUE_PRETRAINING};
    check_drawn(&view);
    view.stage = DIALOGUE_RETRAINING;
    view.chance = 0.05;
    check_drawn(&view);
    dialogue_sample_view(&view);
    check_drawn(&view);
    view.method[1] = (struct dialogue_view_method){.epochs = 0}; /* one that is behind */
    check_drawn(&view);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 12; j++)
            view.method[0].layer[i].value[j] = 0; /* nothing has moved */
    for (int i = 0; i < 6; i++)
        view.method[0].epoch[i] = (struct dialogue_view_epoch){1e300, (double)NAN, 0, 90};
    check_drawn(&view);
}

static void its_moment_grows_with_what_is_drawn(void **state)
{
    (void)state;
    static struct dialogue_view view;
    dialogue_sample_view(&view);
    long before = dialogue_live_figure_moment(&view);
    view.step++;
    view.method[0].step++;
    view.turn.number++;
    assert_int_equal(dialogue_live_figure_moment(&view), before);
    view.method[1].epochs++;
    assert_int_equal(dialogue_live_figure_moment(&view), before + 1);
    view.method[0].adapted++;
    assert_int_equal(dialogue_live_figure_moment(&view), before + 2);
    view.stage = DIALOGUE_DONE;
    assert_int_equal(dialogue_live_figure_moment(&view), before + 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hits_have_clopper_and_pearsons_intervals),
        cmocka_unit_test(losses_are_both_shown),
        cmocka_unit_test(every_layer_has_its_singular_values),
        cmocka_unit_test(zeros_stay_on_a_logarithmic_axis),
        cmocka_unit_test(is_drawn_whatever_there_is),
        cmocka_unit_test(its_moment_grows_with_what_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
