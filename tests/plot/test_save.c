/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/save.h"

#include "plot/render.h"
#include "run/key.h"
#include "support/fake_gnuplot.h"
#include "support/program.h"
#include "support/table_sample.h"
#include "support/view_sample.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[512];

static const char *path_of(const char *name)
{
    static char path[700];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* Every test gets an empty folder. */
static int set_up(void **state)
{
    const char *temporary = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/save-XXXXXX", temporary ? temporary : "/tmp");
    signal(SIGPIPE, SIG_IGN);
    fake_gnuplot(NULL);
    struct config config;
    config_default(&config);
    snprintf(config.title, sizeof config.title, "It's `rm` \"x\" & <y>");
    *state = view_sample_new(&config);
    return *state && mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct program_result removed = program_shell("rm -rf '%s'", folder);
    program_free(&removed);
    view_sample_free(*state);
    return 0;
}

static int files_in(const char *path)
{
    DIR *stream = opendir(path);
    int count = -2; /* . and .. */
    while (readdir(stream))
        count++;
    closedir(stream);
    return count;
}

static char *content_of(const char *path, size_t *size)
{
    static char content[1 << 20];
    FILE *stream = fopen(path, "r");
    if (!stream)
        fail_msg("%s is not there", path);
    *size = fread(content, 1, sizeof content - 1, stream);
    content[*size] = '\0';
    fclose(stream);
    return content;
}

static void assert_begins(const char *path, const char *signature)
{
    size_t size = 0;
    const char *content = content_of(path, &size);
    assert_true(size > 5000);
    assert_memory_equal(content, signature, strlen(signature));
}

static enum err_code save(const struct view_sample *sample, const char *path, struct err *err)
{
    struct view view = view_sample_view(sample);
    *err = (struct err){0};
    return plot_save(path, &view, err);
}

/* Against hanging alone, on however busy a machine; what hangs here hangs longer. */
enum { PATIENCE = 40 /* seconds */ };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void test_endings_are_known(void **state)
{
    (void)state;
    struct err err = {0};
    static const char *const good[] = {"a.png", "b/c.svg", "/x.y/d.pdf", "e.gp", "F.PNG", "a b.png.svg"};
    static const char *const bad[] = {"", "png", ".png", "a/.gp", "a.jpg", "a.png ", "a.png/", "a.gp/b"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(plot_check_path(good[i], &err), ERR_NONE);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(plot_check_path(bad[i], &err), ERR_INPUT);
        assert_non_null(strstr(err.message, ".png, .svg, .pdf or .gp"));
    }
    assert_int_equal(save(*state, path_of("a.jpg"), &err), ERR_INPUT);
    assert_int_equal(files_in(folder), 0);
}

/* The real gnuplot takes an empty GNUTERM for a question, and our first lines for the answer. */
static void test_whatever_gnuterm_is(void **state)
{
    static const char *const values[] = {"", "dumb", "nonsense"};
    struct err err;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        setenv("GNUTERM", values[i], 1);
        assert_int_equal(save(*state, path_of("gnuterm.svg"), &err), ERR_NONE);
        assert_begins(path_of("gnuterm.svg"), "<?xml");
        unlink(path_of("gnuterm.svg"));
    }
    unsetenv("GNUTERM");
}

static void test_every_format_is_what_it_says(void **state)
{
    struct err err;
    int descriptors = fake_gnuplot_descriptors();
    assert_int_equal(save(*state, path_of("a.png"), &err), ERR_NONE);
    assert_begins(path_of("a.png"), "\x89PNG\r\n");
    assert_int_equal(save(*state, path_of("a.svg"), &err), ERR_NONE);
    assert_begins(path_of("a.svg"), "<?xml");
    assert_int_equal(save(*state, path_of("a.pdf"), &err), ERR_NONE);
    assert_begins(path_of("a.pdf"), "%PDF-");
    assert_int_equal(save(*state, path_of("a.gp"), &err), ERR_NONE);
    assert_begins(path_of("a.gp"), "#!/usr/bin/env gnuplot\n");
    assert_int_equal(files_in(folder), 4); /* and nothing temporary */
    assert_int_equal(fake_gnuplot_descriptors(), descriptors);
    assert_int_equal(fake_gnuplot_children(), 0);

    size_t size = 0;
    const char *svg = content_of(path_of("a.svg"), &size);
    assert_non_null(strstr(svg, "It’s `rm`"));
    assert_non_null(strstr(svg, "&amp; &lt;y"));
}

static void test_a_script_draws_itself_again(void **state)
{
    struct err err;
    assert_int_equal(save(*state, path_of("it's `x` |y.gp"), &err), ERR_NONE);
    /* From elsewhere, and under another name. */
    struct program_result moved = program_shell("cd '%s' && mkdir sub && mv it* \"sub/my copy.gp\" && cd / && "
                                                "gnuplot -d \"%s/sub/my copy.gp\"",
                                                folder, folder);
    assert_string_equal(moved.errors, "");
    assert_int_equal(moved.status, 0);
    program_free(&moved);
    assert_begins(path_of("sub/my copy.png"), "\x89PNG");
    assert_int_equal(files_in(path_of("sub")), 2);

    struct program_result chosen = program_shell(
        "cd '%s/sub' && gnuplot -d -e \"terminal='svg size 1600,1200'; picture='b.svg'\" 'my copy.gp'", folder);
    assert_string_equal(chosen.errors, "");
    assert_int_equal(chosen.status, 0);
    program_free(&chosen);
    assert_begins(path_of("sub/b.svg"), "<?xml");
}

static void test_sweeps_are_saved_alike(void **state)
{
    (void)state;
    static const struct {
        const char *name, *signature;
    } cases[] = {
        {"s.png", "\x89PNG\r\n"}, {"s.svg", "<?xml"}, {"s.pdf", "%PDF-"}, {"s.gp", "#!/usr/bin/env gnuplot\n"}};
    struct err err = {0};
    struct table *table =
        table_sample_new((const char *const[]){"tasks=1:6", "rank=1:3", NULL}, 2, 2, table_sample_theory);
    snprintf(table->plan.base.title, sizeof table->plan.base.title, "It's `rm` \"x\" & <y>");
    struct sweep_choice choice = sweep_choice_default(table, METRIC_RANK_NEEDED);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (plot_save_sweep(path_of(cases[i].name), &choice, &err))
            fail_msg("%s", err.message);
        assert_begins(path_of(cases[i].name), cases[i].signature);
    }
    assert_int_equal(files_in(folder), 4);
    size_t size = 0;
    const char *svg = content_of(path_of("s.svg"), &size);
    assert_non_null(strstr(svg, "It’s `rm`"));
    assert_non_null(strstr(svg, "k(T+1)"));
    unlink(path_of("s.png"));
    struct program_result drawn = program_shell("cd / && gnuplot -d '%s/s.gp'", folder);
    assert_string_equal(drawn.errors, "");
    assert_int_equal(drawn.status, 0);
    program_free(&drawn);
    assert_begins(path_of("s.png"), "\x89PNG");
    assert_int_equal(plot_save_sweep(path_of("s.jpg"), &choice, &err), ERR_INPUT);
    assert_int_equal(plot_save_sweep(path_of("no/s.gp"), &choice, &err), ERR_IO);
    assert_int_equal(files_in(folder), 4);
    table_free(table);
}

static void test_an_old_picture_is_replaced_or_kept_whole(void **state)
{
    struct err err;
    size_t size = 0;
    struct program_result made = program_shell("printf precious > '%s'", path_of("a.png"));
    program_free(&made);
    fake_gnuplot("printf '\\211PNG half'; echo 'line 3: no such thing' >&2; exit 1");
    assert_int_equal(save(*state, path_of("a.png"), &err), ERR_IO);
    assert_non_null(strstr(err.message, "a.png: "));
    assert_non_null(strstr(err.message, "line 3: no such thing"));
    assert_string_equal(content_of(path_of("a.png"), &size), "precious");
    assert_int_equal(files_in(folder), 1);
    fake_gnuplot(NULL);
    assert_int_equal(save(*state, path_of("a.png"), &err), ERR_NONE);
    assert_begins(path_of("a.png"), "\x89PNG");
    assert_int_equal(files_in(folder), 1);
}

static void expect_failure(const struct view_sample *sample, const char *fake, const char *expected)
{
    struct err err;
    int descriptors = fake_gnuplot_descriptors();
    double begin = seconds();
    fake_gnuplot(fake);
    assert_int_equal(save(sample, path_of("a.png"), &err), ERR_IO);
    if (!strstr(err.message, expected))
        fail_msg("\"%s\" does not say \"%s\"", err.message, expected);
    assert_null(strpbrk(err.message, "\x1b\n\a"));
    assert_int_equal(files_in(folder), 0);
    assert_int_equal(fake_gnuplot_descriptors(), descriptors);
    assert_int_equal(fake_gnuplot_children(), 0);
    assert_true(seconds() - begin < PATIENCE);
}

static void test_what_can_go_wrong_with_gnuplot(void **state)
{
    expect_failure(*state, "exit 0", "drew nothing");
    expect_failure(*state, "cat >/dev/null; exit 7", "exit status 7");
    expect_failure(*state, "exec 0<&-; kill -9 $$", "killed (signal 9)");
    expect_failure(*state, "cat >/dev/null; echo hello", "is no png");
    expect_failure(*state, "cat >/dev/null; printf '\\033[2J\\007bad\\n\\n' >&2; exit 1", "bad");
    expect_failure(*state, "cat >/dev/null; yes x | head -c 3000000 >&2; echo last >&2; exit 1", "exit status 1");
    setenv("RANKSCOPE_GNUPLOT", "/nowhere/gnuplot", 1);
    struct err err;
    assert_int_equal(save(*state, path_of("a.png"), &err), ERR_IO);
    assert_non_null(strstr(err.message, "/nowhere/gnuplot"));
    setenv("RANKSCOPE_GNUPLOT", folder, 1); /* no program */
    assert_int_equal(save(*state, path_of("a.png"), &err), ERR_IO);
    assert_int_equal(save(*state, path_of("a.gp"), &err), ERR_NONE); /* needs none */
    assert_int_equal(fake_gnuplot_children(), 0);
}

static enum err_code render(const char *script, int milliseconds, struct err *err)
{
    char *picture = NULL;
    size_t size = 0;
    *err = (struct err){0};
    enum err_code code = render_script(script, strlen(script), milliseconds, NULL, &picture, &size, err);
    free(picture);
    return code;
}

static void test_a_gnuplot_that_hangs_is_killed(void **state)
{
    (void)state;
    static const char *const hanging[] = {"exec sleep 100",
                                          "trap '' TERM HUP; cat >/dev/null; while :; do sleep 1; done",
                                          "kill -STOP $$", "sleep 100 & exit 0"};
    struct err err;
    for (size_t i = 0; i < sizeof hanging / sizeof *hanging; i++) {
        double begin = seconds();
        fake_gnuplot(hanging[i]);
        assert_int_equal(render("plot x\n", 150, &err), ERR_IO);
        assert_non_null(strstr(err.message, "did not finish within 150 ms"));
        assert_true(seconds() - begin < PATIENCE);
        assert_int_equal(fake_gnuplot_children(), 0);
    }
}

/* Who leaves while a gnuplot hangs does not leave it behind. */
static void test_a_drawing_that_is_stopped_ends_its_gnuplot(void **state)
{
    (void)state;
    struct err err;
    atomic_bool stop = true;
    double begin = seconds();
    fake_gnuplot("exec sleep 100");
    assert_int_equal(plot_draw(path_of("stopped.png"), "plot x\n", 7, &stop, &err), ERR_STOPPED);
    assert_true(seconds() - begin < PATIENCE);
    assert_int_equal(fake_gnuplot_children(), 0);
    assert_int_equal(access(path_of("stopped.png"), F_OK), -1);
}

static void test_endless_output_is_bounded(void **state)
{
    (void)state;
    struct err err;
    fake_gnuplot("exec yes");
    assert_int_equal(render("plot x\n", 60000, &err), ERR_IO);
    assert_non_null(strstr(err.message, "without end"));
    fake_gnuplot("exec yes >&2");
    assert_int_equal(render("plot x\n", 200, &err), ERR_IO);
    assert_non_null(strstr(err.message, "did not finish"));
    assert_int_equal(fake_gnuplot_children(), 0);
}

static void test_gnuplot_says_what_is_wrong_with_a_script(void **state)
{
    (void)state;
    struct err err;
    fake_gnuplot(NULL);
    assert_int_equal(render("set terminal svg\nplot no_such_thing\nplot x\n", 20000, &err), ERR_IO);
    assert_non_null(strstr(err.message, "no_such_thing"));
    assert_non_null(strstr(err.message, "line 2"));
    assert_int_equal(render("set terminal svg\nplot x\n", 20000, &err), ERR_NONE);
}

static void test_places_that_cannot_be_written(void **state)
{
    struct err err;
    assert_int_equal(save(*state, path_of("no/such/folder/a.gp"), &err), ERR_IO);
    assert_non_null(strstr(err.message, "no/such/folder/a.gp"));
    assert_int_equal(mkdir(path_of("b.png"), 0700), 0);
    assert_int_equal(save(*state, path_of("b.png"), &err), ERR_IO);
    assert_int_equal(save(*state, "/proc/a.svg", &err), ERR_IO);
    if (geteuid() != 0) {
        assert_int_equal(chmod(folder, 0500), 0);
        assert_int_equal(save(*state, path_of("c.png"), &err), ERR_IO);
        assert_int_equal(chmod(folder, 0700), 0);
    }
    assert_int_equal(files_in(folder), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_endings_are_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_format_is_what_it_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_whatever_gnuterm_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_script_draws_itself_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sweeps_are_saved_alike, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_old_picture_is_replaced_or_kept_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_can_go_wrong_with_gnuplot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_gnuplot_that_hangs_is_killed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_drawing_that_is_stopped_ends_its_gnuplot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_endless_output_is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gnuplot_says_what_is_wrong_with_a_script, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_places_that_cannot_be_written, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
