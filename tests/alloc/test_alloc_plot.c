/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "plot/save.h"
#include "plot/windows.h"
#include "run/key.h"
#include "support/fake_gnuplot.h"
#include "support/table_sample.h"
#include "support/view_sample.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct saving {
    struct view view;
    struct table *table;
    char path[512];
};

static enum failing_outcome outcome_of(enum err_code code, const struct err *err)
{
    if (!code)
        return FAILING_SUCCESS;
    return strstr(err->message, "emory") ? FAILING_REPORTED : FAILING_WRONG;
}

/* Into a folder that is not there, so that it ends before the file's own name is synced, which may fail unheard. */
static enum failing_outcome save(void *context)
{
    const struct saving *saving = context;
    struct err err = {0};
    enum err_code code = plot_save(saving->path, &saving->view, &err);
    failing_pause();
    assert_int_not_equal(code, ERR_NONE);
    assert_int_equal(fake_gnuplot_children(), 0);
    return outcome_of(strstr(err.message, "No such file") ? ERR_NONE : code, &err);
}

static enum failing_outcome save_sweep(void *context)
{
    const struct saving *saving = context;
    struct err err = {0};
    struct sweep_choice choice = sweep_choice_default(saving->table, METRIC_RANK_NEEDED);
    enum err_code code = plot_save_sweep(saving->path, &choice, &err);
    failing_pause();
    assert_int_not_equal(code, ERR_NONE);
    return outcome_of(strstr(err.message, "No such file") ? ERR_NONE : code, &err);
}

static enum failing_outcome open_windows(void *context)
{
    (void)context;
    struct err err = {0};
    struct windows *windows = windows_new(&figures_of_run, "x11", "a.png", &err);
    failing_pause();
    windows_free(windows);
    assert_int_equal(fake_gnuplot_children(), 0);
    return outcome_of(windows ? ERR_NONE : err.code, &err);
}

/* Opening and two frames: what is out of memory is said, and the conversation goes on where it can. */
static enum failing_outcome stream_frames(void *context)
{
    const struct saving *saving = context;
    struct err err = {0};
    char text[256] = "";
    struct windows *windows = windows_new(&figures_of_run, NULL, "a.png", &err);
    for (int offers = 0; windows && offers < 2 && windows_alive(windows);) {
        struct pollfd descriptors[WINDOWS_POLL_MAX];
        poll(descriptors, (nfds_t)windows_poll(windows, descriptors), 20);
        windows_service(windows);
        if (!windows_ready(windows))
            continue;
        windows_offer(windows, &saving->view);
        offers++;
    }
    failing_pause();
    bool said = windows && windows_message(windows, text, sizeof text);
    windows_free(windows);
    assert_int_equal(fake_gnuplot_children(), 0);
    if (!windows)
        return outcome_of(err.code, &err);
    if (!said)
        return FAILING_SUCCESS;
    return strstr(text, "emory") ? FAILING_REPORTED : FAILING_WRONG;
}

static struct view_sample *set_up(struct saving *saving, const char *name)
{
    struct config config;
    const char *folder = getenv("TMPDIR");
    config_default(&config);
    struct view_sample *sample = view_sample_new(&config);
    assert_non_null(sample);
    saving->view = view_sample_view(sample);
    snprintf(saving->path, sizeof saving->path, "%s/nowhere/%s", folder ? folder : "/tmp", name);
    signal(SIGPIPE, SIG_IGN);
    return sample;
}

static void test_saving(void **state)
{
    (void)state;
    struct saving saving;
    struct view_sample *sample = set_up(&saving, "alloc.png");
    fake_gnuplot("cat >/dev/null; printf '\\211PNG'; head -c 300000 /dev/zero");
    assert_true(failing_every(save, &saving) > 3);
    snprintf(strrchr(saving.path, '.'), 4, ".gp");
    assert_true(failing_every(save, &saving) >= 2);
    view_sample_free(sample);
}

static void test_saving_a_sweep(void **state)
{
    (void)state;
    struct saving saving;
    struct view_sample *sample = set_up(&saving, "alloc.gp");
    saving.table = table_sample_new((const char *const[]){"tasks=1:3", "rank=1,2", NULL}, 2, 2, table_sample_theory);
    assert_true(failing_every(save_sweep, &saving) >= 4);
    table_free(saving.table);
    view_sample_free(sample);
}

static void test_opening_windows(void **state)
{
    (void)state;
    struct saving saving;
    struct view_sample *sample = set_up(&saving, "alloc.png");
    fake_gnuplot(FAKE_ANSWER(":"));
    assert_true(failing_every(open_windows, &saving) > 8);
    setenv("DISPLAY", ":1234", 1);
    unsetenv("GNUTERM");
    assert_true(failing_every(stream_frames, &saving) > 16);
    view_sample_free(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saving),
        cmocka_unit_test(test_saving_a_sweep),
        cmocka_unit_test(test_opening_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
