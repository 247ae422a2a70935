/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/kept.h"

#include "base/file.h"
#include "model/linalg.h"
#include "run/share.h"
#include "support/store_sample.h"
#include "support/trace.h"

#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The trace's run, with the way that it went. */
static struct view view_of(struct trace *trace, const struct config *config)
{
    struct view view = trace_view(trace);
    journal_begin(&trace->snapshot->journal, config);
    trace->snapshot->journal.position = experiment_position(trace->experiment);
    return view;
}

static struct shelf *new_shelf(void)
{
    struct err err;
    struct shelf *shelf = shelf_new(&(struct shelf_options){.glyphs = GLYPHS_BRAILLE}, &err);
    assert_non_null(shelf);
    return shelf;
}

static void a_run_is_kept_and_shown(void **state)
{
    (void)state;
    struct err err;
    struct kept kept = {.list = {0, NULL}};
    struct config config = trace_config(80);
    struct store *store = store_open(":memory:", &err);
    assert_non_null(store);
    struct trace *trace = trace_new(&config);
    trace_steps(trace, 50, experiment_step);
    struct view view = view_of(trace, &config), nothing = {.snapshot = NULL};
    assert_int_equal(kept_keep(&kept, store, "a", &nothing, &err), ERR_INPUT);
    assert_int_equal(kept_keep(&kept, store, "first", &view, &err), ERR_NONE);
    assert_int_equal(kept_keep(&kept, store, "first", &view, &err), ERR_INPUT);
    assert_int_equal(kept_keep(&kept, store, "second", &view, &err), ERR_NONE);
    assert_int_equal(kept.list.count, 2);

    struct shelf *shelf = new_shelf();
    struct shelf_view shown = kept_view(&kept);
    shelf_settle(shelf, &shown);
    assert_int_equal(kept_show(&kept, store, shelf, &err), ERR_NONE);
    shown = kept_view(&kept);
    assert_non_null(shown.curves[0]);
    assert_null(shown.curves[1]); /* nobody looks at it */
    const struct curve *got = &shown.curves[0]->history[METHOD_META][STAGE_RETRAIN]->curve[SERIES_TRAIN_LOSS];
    const struct curve *want = &view.history[METHOD_META][STAGE_RETRAIN]->curve[SERIES_TRAIN_LOSS];
    assert_int_equal(got->count, want->count);
    assert_memory_equal(got->bucket, want->bucket, want->count * sizeof *want->bucket);

    /* the line leads to it; curves stay while the list changes */
    struct journal way;
    assert_int_equal(share_read(kept.list.run[0].way, &way, &err), ERR_NONE);
    assert_int_equal(way.position.step, 50);
    assert_int_equal(store_delete_run(store, kept.list.run[1].id, &err), ERR_NONE);
    assert_int_equal(kept_load(&kept, store, &err), ERR_NONE);
    assert_int_equal(kept.list.count, 1);
    assert_non_null(kept_view(&kept).curves[0]);
    assert_null(kept_find(&kept, 77));
    shelf_free(shelf);
    assert_true(kept_free(&kept));
    store_close(store);
    trace_free(trace);
}

/* What has no line keeps its curves all the same. */
static void too_much_was_done_for_a_line(void **state)
{
    (void)state;
    struct err err;
    struct kept kept = {.list = {0, NULL}};
    struct config config = trace_config(8);
    struct store *store = store_open(":memory:", &err);
    struct trace *trace = trace_new(&config);
    struct view view = view_of(trace, &config);
    trace->snapshot->journal.full = true;
    assert_int_equal(kept_keep(&kept, store, "full", &view, &err), ERR_NONE);
    assert_string_equal(kept.list.run[0].way, "");
    assert_int_equal(kept_export(&kept, &kept.list.run[0], &err), ERR_INPUT);
    assert_true(kept_free(&kept));
    store_close(store);
    trace_free(trace);
}

static void wait_for_folder(struct kept *kept)
{
    while (!kept_tend(kept)) {
        assert_true(kept_timeout(kept) >= 0);
        poll(NULL, 0, 1);
    }
    assert_int_equal(kept_timeout(kept), -1);
}

static void a_run_is_written_beside_others(void **state)
{
    struct err err;
    struct kept kept = {.list = {0, NULL}};
    struct config config = trace_config(30);
    char folder[STORE_SAMPLE_PATH_SIZE], *text;
    size_t size;
    store_sample_path(folder, state, "");
    assert_int_equal(chdir(folder), 0);
    struct store *store = store_open(":memory:", &err);
    struct trace *trace = trace_new(&config);
    trace_steps(trace, LONG_MAX, experiment_step);
    struct view view = view_of(trace, &config);
    assert_int_equal(kept_keep(&kept, store, "Étude: 1/2", &view, &err), ERR_NONE);
    assert_int_equal(kept_export(&kept, &kept.list.run[0], &err), ERR_NONE);
    assert_int_equal(kept_export(&kept, &kept.list.run[0], &err), ERR_INPUT); /* one at a time */
    assert_non_null(strstr(err.message, "still being written"));
    wait_for_folder(&kept);
    assert_non_null(strstr(kept.message, "rankscope-tude-1-2 is written"));
    assert_int_equal(file_read("rankscope-tude-1-2/way.txt", 4096, &text, &size, &err), ERR_NONE);
    assert_memory_equal(text, kept.list.run[0].way, strlen(kept.list.run[0].way));
    free(text);
    assert_int_equal(kept_export(&kept, &kept.list.run[0], &err), ERR_NONE);
    wait_for_folder(&kept);
    assert_non_null(strstr(kept.message, "rankscope-tude-1-2-2 is written"));
    assert_true(kept_free(&kept));
    store_close(store);
    trace_free(trace);
    assert_int_equal(chdir("/"), 0);
}

/* A run that would take for ever is let go of. */
static void leaving_ends_a_long_export(void **state)
{
    (void)state;
    struct err err;
    struct exporter exporter = {.busy = false};
    struct config config = trace_config(1000000000);
    struct journal way;
    journal_begin(&way, &config);
    way.position.step = 900000000;
    assert_int_equal(exporter_start(&exporter, &way, "/nowhere/folder", &err), ERR_NONE);
    assert_false(exporter_ended(&exporter));
    while (!exporter_free(&exporter)) /* on a slow machine the moment may be over too soon */
        continue;
    assert_int_equal(exporter.err.code, ERR_IO);
    assert_int_equal(access("/nowhere", F_OK), -1);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, store_sample_set_up, store_sample_tear_down)

int main(void)
{
    linalg_set_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_kept_and_shown),
        cmocka_unit_test(too_much_was_done_for_a_line),
        IN_FOLDER(a_run_is_written_beside_others),
        cmocka_unit_test(leaving_ends_a_long_export),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
