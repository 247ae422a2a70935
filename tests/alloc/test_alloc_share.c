/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "base/cast.h"
#include "cmd/kept.h"
#include "run/curves.h"
#include "run/key.h"
#include "support/view_sample.h"
#include "ui/clipboard.h"
#include "ui/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What sharing, keeping and recording ask for. */

static enum failing_outcome outcome_of(enum err_code code)
{
    return code == ERR_NONE ? FAILING_SUCCESS : code == ERR_MEMORY ? FAILING_REPORTED : FAILING_WRONG;
}

static enum failing_outcome pack_and_unpack(void *context)
{
    struct err err = {.code = ERR_NONE};
    size_t size = 0;
    struct curves curves;
    unsigned char *bytes = curves_pack(context, &size, &err);
    if (bytes == NULL)
        return outcome_of(err.code);
    enum err_code code = curves_unpack(bytes, size, &curves, &err);
    curves_free(&curves);
    free(bytes);
    return outcome_of(code);
}

static enum failing_outcome show_line(void *context)
{
    struct err err = {.code = ERR_NONE};
    const struct view *view = context;
    struct lab *lab = lab_new(&view->snapshot->config, NULL, &(struct lab_options){.glyphs = GLYPHS_BRAILLE}, &err);
    if (lab == NULL)
        return outcome_of(err.code);
    screen_wish wish = lab_handle(lab, &(struct event){.type = EVENT_KEY, .key = 'y'}, view);
    bool shown = (wish & LAB_COPY) != 0;
    char *sequence = shown ? clipboard_sequence(lab_share_text(lab)) : NULL;
    enum failing_outcome outcome = sequence != NULL ? FAILING_SUCCESS : FAILING_REPORTED;
    free(sequence);
    lab_free(lab);
    return outcome;
}

static enum failing_outcome keep_and_show(void *context)
{
    struct err err = {.code = ERR_NONE};
    struct kept kept = {.list = {0, NULL}};
    struct store *store = store_open(":memory:", &err);
    if (store == NULL)
        return outcome_of(err.code);
    enum err_code code = kept_keep(&kept, store, "first", context, &err);
    struct shelf *shelf = code ? NULL : shelf_new(&(struct shelf_options){.glyphs = GLYPHS_BRAILLE}, &err);
    if (shelf != NULL) {
        struct shelf_view view = kept_view(&kept);
        shelf_settle(shelf, &view);
        code = kept_show(&kept, store, shelf, &err);
    } else if (!code) {
        code = err.code;
    }
    shelf_free(shelf);
    assert_true(kept_free(&kept));
    store_close(store);
    return outcome_of(code);
}

static enum failing_outcome record(void *context)
{
    struct err err = {.code = ERR_NONE};
    unlink(context);
    struct cast *cast = cast_new(context, 80, 24, "title", &err);
    if (cast == NULL)
        return outcome_of(err.code);
    cast_output(cast, "ab\xe2", 3);
    cast_output(cast, "\xa0\x81", 2);
    bool failed = cast_failed(cast, &err);
    cast_free(cast);
    return !failed ? FAILING_SUCCESS : strstr(err.message, "no memory") ? FAILING_REPORTED : FAILING_WRONG;
}

static void every_allocation_is_reported(void **state)
{
    (void)state;
    char path[512];
    struct config config;
    config_default(&config);
    config.retrain.steps = 20;
    struct view_sample *sample = view_sample_new(&config);
    assert_non_null(sample);
    journal_begin(&sample->snapshot->journal, &config);
    struct view view = view_sample_view(sample);
    snprintf(path, sizeof path, "%s/alloc.cast", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_in_range(failing_every(pack_and_unpack, &view), 5, 40);
    assert_in_range(failing_every(show_line, &view), 3, 40);
    assert_in_range(failing_every(keep_and_show, &view), 10, 200);
    assert_in_range(failing_every(record, path), 4, 40);
    unlink(path);
    view_sample_free(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_is_reported)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
