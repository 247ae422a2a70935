/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/save.h"

#include "base/file.h"
#include "plot/dialogue_figure.h"
#include "plot/figures.h"
#include "plot/quote.h"
#include "plot/render.h"
#include "plot/reproduce_figure.h"
#include "plot/survey_figure.h"
#include "plot/sweep_figure.h"
#include "plot/terminal_choice.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TIMEOUT_MS = 30000 };

#define SVG "svg enhanced size 1440, 1008 dynamic font 'sans-serif,13' background rgb 'white' rounded"
#define PDF "pdfcairo enhanced color size 14in, 9.8in font 'Sans,12' pointscale 0.7 background rgb 'white' rounded"

static const struct format {
    const char *ending;
    const char *terminal;  /* see terminal_choice_write_picture; NULL: the script itself */
    const char *signature; /* how such a file begins */
} formats[] = {
    {".png", "", "\x89PNG"},
    {".svg", SVG, "<?xml"},
    {".pdf", PDF, "%PDF"},
    {".gp", NULL, NULL},
};

static const struct format *find_format(const char *path)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        size_t ending = strlen(formats[i].ending);
        bool has_name = length > ending && path[length - ending - 1] != '/';
        if (has_name && strcasecmp(path + length - ending, formats[i].ending) == 0)
            return &formats[i];
    }
    return NULL;
}

enum err_code plot_check_path(const char *path, struct err *err)
{
    if (find_format(path))
        return ERR_NONE;
    return err_set(err, ERR_INPUT, "%s: a picture's name ends in .png, .svg, .pdf or .gp", path);
}

/* Whoever runs the script chooses where it is drawn; left alone it draws a picture beside itself. */
static void write_script_head(FILE *stream, const char *title)
{
    fputs("#!/usr/bin/env gnuplot\n# ", stream);
    quote_text(stream, title);
    fputs(", drawn by Rankscope " RANKSCOPE_VERSION ".\n"
          "#\n"
          "#     gnuplot FILE.gp                              draws FILE.png beside this script\n"
          "#     gnuplot -p -e \"terminal='qt'\" FILE.gp        opens a window (or wxt, x11: see `set terminal`)\n"
          "#     gnuplot -e \"terminal='svg'; picture='a.svg'\" FILE.gp\n"
          "#\n"
          "# The data is in here: nothing else is needed.\n"
          "\n"
          "if (exists(\"terminal\")) {\n"
          "    eval \"set terminal \" . terminal\n"
          "    if (exists(\"picture\")) { set output picture }\n"
          "} else {\n",
          stream);
    terminal_choice_write_picture(stream, "");
    fputs("    if (!exists(\"picture\")) {\n"
          "        picture = exists(\"ARG0\") && strlen(ARG0) > 3 ? ARG0[1:strlen(ARG0)-3] . '.png' : 'rankscope.png'\n"
          "    }\n"
          "    set output picture\n"
          "}\n"
          "\n",
          stream);
}

static void write_script_tail(FILE *stream)
{
    fputs("if (exists(\"picture\")) { set output }\n", stream);
}

enum err_code plot_script(const char *path, const struct figures *figures, const void *subject, char **script,
                          size_t *size, struct err *err)
{
    const struct format *format = find_format(path);
    if (!format)
        return plot_check_path(path, err);
    FILE *stream = open_memstream(script, size);
    if (!stream)
        return err_set(err, ERR_MEMORY, "no memory for the figures");
    if (format->terminal)
        terminal_choice_write_picture(stream, format->terminal);
    else
        write_script_head(stream, figures->title(subject));
    figures->write_sheet(stream, subject);
    if (!format->terminal)
        write_script_tail(stream);
    bool whole = !ferror(stream);
    if (fclose(stream) != 0 || !whole) {
        free(*script);
        err_set(err, ERR_MEMORY, "no memory for the figures");
        return ERR_MEMORY;
    }
    return ERR_NONE;
}

static enum err_code draw(struct gnuplot *ready, const struct format *format, const char *script, size_t script_size,
                          const atomic_bool *stop, char **picture, size_t *size, struct err *err)
{
    enum err_code code = ready ? render_script_in(ready, script, script_size, TIMEOUT_MS, stop, picture, size, err)
                               : render_script(script, script_size, TIMEOUT_MS, stop, picture, size, err);
    if (code)
        return code;
    size_t length = strlen(format->signature);
    if (*size >= length && memcmp(*picture, format->signature, length) == 0)
        return ERR_NONE;
    free(*picture);
    err_set(err, ERR_IO, "what gnuplot drew is no %s", format->ending + 1);
    return ERR_IO;
}

/* `ready`: see plot_prepare. */
static enum err_code draw_in(struct gnuplot *ready, const char *path, const char *script, size_t script_size,
                             const atomic_bool *stop, struct err *err)
{
    const struct format *format = find_format(path);
    if (!format->terminal) {
        gnuplot_free(ready);
        return file_write(path, script, script_size, err);
    }
    char *picture = NULL;
    size_t size = 0;
    enum err_code code = draw(ready, format, script, script_size, stop, &picture, &size, err);
    if (code) {
        err_prefix(err, "%s: ", path);
        return code;
    }
    code = file_write(path, picture, size, err);
    free(picture);
    return code;
}

enum err_code plot_draw(const char *path, const char *script, size_t size, const atomic_bool *stop, struct err *err)
{
    return draw_in(NULL, path, script, size, stop, err);
}

static enum err_code save_in(struct gnuplot *ready, const char *path, const struct figures *figures,
                             const void *subject, struct err *err)
{
    char *script = NULL;
    size_t size = 0;
    if (plot_script(path, figures, subject, &script, &size, err)) {
        gnuplot_free(ready);
        return err->code;
    }
    enum err_code code = draw_in(ready, path, script, size, NULL, err);
    free(script);
    return code;
}

static enum err_code save(const char *path, const struct figures *figures, const void *subject, struct err *err)
{
    return save_in(NULL, path, figures, subject, err);
}

enum err_code plot_save(const char *path, const struct view *view, struct err *err)
{
    return save(path, &figures_of_run, view, err);
}

enum err_code plot_save_sweep(const char *path, const struct sweep_choice *choice, struct err *err)
{
    struct sweep_grid *grid = sweep_grid_new(choice, err);
    if (!grid)
        return ERR_MEMORY;
    enum err_code code = save(path, sweep_figures(choice), grid, err);
    sweep_grid_free(grid);
    return code;
}

struct gnuplot *plot_prepare(const char *path)
{
    const struct format *format = path ? find_format(path) : NULL;
    return format && format->terminal ? render_prepare(NULL) : NULL; /* why there is none is asked when it is needed */
}

enum err_code plot_save_reproduction(const char *path, struct gnuplot *ready, const struct reproduction *reproduction,
                                     struct err *err)
{
    return save_in(ready, path, &figures_of_reproduction, reproduction, err);
}

enum err_code plot_save_dialogue(const char *path, const struct study *study, struct err *err)
{
    return save(path, &figures_of_dialogue, study, err);
}

enum err_code plot_save_survey(const char *path, const struct survey *survey, struct err *err)
{
    return save(path, &figures_of_survey, survey, err);
}
