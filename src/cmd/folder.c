/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/folder.h"

#include "base/file.h"
#include "plot/save.h"
#include "run/derive.h"
#include "run/explain.h"
#include "run/export.h"
#include "run/scenario.h"
#include "run/share.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
    char *path; /* where it is made, until it is whole */
    const struct headless *headless;
    struct view view;
    const char *line;   /* that opens it; NULL: there is none */
    struct err no_line; /* why */
    bool pictures;
    struct err *why_none; /* of pictures */
};

/* The caller frees it. */
static char *path_in(const struct folder *folder, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s", folder->path, name) < 0 ? NULL : path;
}

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_MEMORY, "no memory for a report");
}

static enum err_code write_text(const struct folder *folder, const char *name, const char *text, size_t size,
                                struct err *err)
{
    char *path = path_in(folder, name);
    enum err_code code = path && text ? file_write(path, text, size, err) : no_memory(err);
    free(path);
    return code;
}

/* ---- the parts ---- */

static enum err_code write_scenario(const struct folder *folder, struct err *err)
{
    char *text = scenario_write(&folder->view.snapshot->config);
    enum err_code code = write_text(folder, "scenario.yaml", text, text ? strlen(text) : 0, err);
    free(text);
    return code;
}

static enum err_code write_line(const struct folder *folder, struct err *err)
{
    char *text = NULL;
    if (!folder->line)
        return ERR_NONE;
    int size = asprintf(&text, "%s\n", folder->line);
    if (size < 0)
        return no_memory(err);
    enum err_code code = write_text(folder, "way.txt", text, (size_t)size, err);
    free(text);
    return code;
}

static enum err_code write_result(const struct folder *folder, const char *name, enum result_format format,
                                  struct err *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return no_memory(err);
    enum err_code code = result_write(stream, format, &folder->view, err);
    bool whole = fclose(stream) == 0;
    if (!code)
        code = whole ? write_text(folder, name, text, size, err) : no_memory(err);
    free(text);
    return code;
}

static enum err_code write_arrays(const struct folder *folder, struct err *err)
{
    char *path = path_in(folder, "run.npz");
    enum err_code code =
        path ? export_write(path, folder->headless->experiment, &folder->view, NULL, err) : no_memory(err);
    free(path);
    return code;
}

static enum err_code write_figure(const struct folder *folder, const char *name, struct err *err)
{
    char *path = path_in(folder, name);
    enum err_code code = path ? plot_save(path, &folder->view, err) : no_memory(err);
    free(path);
    return code;
}

/* The script needs no gnuplot; pictures are left out where it does not draw them. */
static enum err_code write_figures(struct folder *folder, struct err *err)
{
    enum err_code code = write_figure(folder, "figures.gp", err);
    if (code)
        return code;
    folder->pictures = !write_figure(folder, "figures.png", folder->why_none) &&
                       !write_figure(folder, "figures.svg", folder->why_none);
    return ERR_NONE;
}

/* ---- the report ---- */

static void write_derivation(const struct folder *folder, FILE *stream, const char *title, enum derive_topic topic)
{
    char text[EXPLANATION_SIZE];
    derive_explain(&folder->view, topic, text, sizeof text);
    fprintf(stream, "- **%s.** %s\n", title, text);
}

static void write_prose(const struct folder *folder, FILE *stream)
{
    char text[EXPLANATION_SIZE];
    explain(&folder->view, text, sizeof text);
    fprintf(stream, "## What is seen\n\n%s\n\n", text);
    if (folder->pictures)
        fputs("![Retraining loss, recovery, singular values of the base's error, and the unseen task's risk by the "
              "rank of its "
              "adapter; solid is measured, dashed is theory](figures.png)\n\n",
              stream);
    fputs("## Theory and measurement\n\n", stream);
    write_derivation(folder, stream, "Retraining loss", DERIVE_LOSS);
    write_derivation(folder, stream, "The unseen task", DERIVE_ADAPTATION);
    write_derivation(folder, stream, "Recovery", DERIVE_RECOVERY);
    write_derivation(folder, stream, "Singular values of Â − A*", DERIVE_SPECTRUM);
}

static void write_files(const struct folder *folder, FILE *stream)
{
    fputs("\n## Files\n\n"
          "- `scenario.yaml`: the scenario, with the rates as they were at the end\n",
          stream);
    if (folder->line)
        fputs("- `way.txt`: the line that opens this very run, to the last bit\n", stream);
    fputs("- `run.npz`: bases, adapters, spectra and curves as NumPy arrays\n"
          "- `run.csv`, `run.json`: the measures; the JSON has the curves too\n"
          "- `figures.gp`: the figures with their data, for gnuplot\n",
          stream);
    if (folder->pictures)
        fputs("- `figures.png`, `figures.svg`: the same, drawn\n", stream);
    fputs("\n## Again\n\n", stream);
    if (folder->line)
        fputs("    rankscope \"$(cat way.txt)\"        # in the lab\n"
              "    rankscope run \"$(cat way.txt)\"    # its measures\n",
              stream);
    else
        fprintf(stream, "There is no line that opens it: %s.\n\n    rankscope scenario.yaml\n",
                folder->no_line.message);
}

static void write_title(FILE *stream, const char *title)
{
    fputs("# ", stream);
    for (; *title; title++) { /* what Markdown has a meaning for is text here */
        if (strchr("\\`*_{}[]<>#|&", *title))
            fputc('\\', stream);
        fputc(*title, stream);
    }
    fputs("\n\n", stream);
}

static enum err_code write_report(const struct folder *folder, struct err *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return no_memory(err);
    write_title(stream, folder->view.snapshot->config.title);
    fputs("A run of Rankscope " RANKSCOPE_VERSION ".\n\n", stream);
    write_prose(folder, stream);
    fputs("\n## Measures\n\n```\n", stream);
    enum err_code code = result_write(stream, RESULT_TEXT, &folder->view, err);
    fputs("```\n", stream);
    write_files(folder, stream);
    bool whole = !ferror(stream);
    whole = fclose(stream) == 0 && whole;
    if (!code)
        code = whole ? write_text(folder, "report.md", text, size, err) : no_memory(err);
    free(text);
    return code;
}

static enum err_code write_all(struct folder *folder, struct err *err)
{
    enum err_code code = write_scenario(folder, err);
    code = code ? code : write_line(folder, err);
    code = code ? code : write_result(folder, "run.csv", RESULT_CSV, err);
    code = code ? code : write_result(folder, "run.json", RESULT_JSON, err);
    code = code ? code : write_arrays(folder, err);
    code = code ? code : write_figures(folder, err);
    return code ? code : write_report(folder, err);
}

/* ---- the folder ---- */

/* Takes an unfinished folder away: it has no folders in it. */
static void take_away(const struct folder *folder)
{
    DIR *list = folder->path ? opendir(folder->path) : NULL;
    for (struct dirent *entry = list ? readdir(list) : NULL; entry; entry = readdir(list))
        unlinkat(dirfd(list), entry->d_name, 0); /* not "." and "..", which are folders */
    if (list)
        closedir(list);
    if (folder->path)
        rmdir(folder->path);
}

static bool is_empty(const char *path)
{
    DIR *list = opendir(path);
    int count = 0;
    for (struct dirent *entry = list ? readdir(list) : NULL; entry; entry = readdir(list))
        count++;
    if (list)
        closedir(list);
    return count <= 2;
}

/* A folder beside `path`, without the slashes at its end. folder->path stays NULL where there is none. */
static enum err_code make_folder(const char *path, struct folder *folder, struct err *err)
{
    struct stat status;
    if (*path == '\0')
        return err_set(err, ERR_INPUT, "a report needs the name of a folder");
    bool there = lstat(path, &status) == 0;
    if (there && (!S_ISDIR(status.st_mode) || !is_empty(path)))
        return err_set(err, ERR_INPUT, "%s: it is there already; a report is written into a new folder", path);
    if (asprintf(&folder->path, "%s.rankscope-%ld.tmp", path, (long)getpid()) < 0) {
        folder->path = NULL;
        return no_memory(err);
    }
    if (mkdir(folder->path, 0777) == 0)
        return ERR_NONE;
    int failure = errno;
    free(folder->path);
    folder->path = NULL;
    return err_set(err, failure == ENOENT || failure == ENOTDIR ? ERR_INPUT : ERR_IO, "%s: cannot make it: %s", path,
                   strerror(failure));
}

/* Messages of what is written within name the folder as it is called while it is made. */
static void call_by_name(struct err *err, const struct folder *folder, const char *name)
{
    size_t length = strlen(folder->path);
    struct err said = *err;
    if (strncmp(said.message, folder->path, length) == 0)
        err_set(err, said.code, "%s%s", name, said.message + length);
}

enum err_code folder_write(const char *path, const struct headless *headless, const struct journal *way, bool *pictures,
                           struct err *why, struct err *err)
{
    struct folder folder = {.headless = headless, .view = headless_view(headless), .why_none = why};
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    char *clean = strndup(path, length);
    char *line = share_write(way, &folder.no_line);
    folder.line = line;
    bool short_of_memory = clean == NULL || (line == NULL && folder.no_line.code == ERR_MEMORY);
    enum err_code code = short_of_memory ? no_memory(err) : make_folder(clean, &folder, err);
    if (folder.path != NULL) {
        code = write_all(&folder, err);
        if (code)
            call_by_name(err, &folder, clean);
        else if (!folder.pictures)
            call_by_name(why, &folder, clean);
        if (!code && rename(folder.path, clean) != 0)
            code = err_set(err, ERR_IO, "%s: cannot make it: %s", clean, strerror(errno));
        if (code)
            take_away(&folder);
    }
    *pictures = folder.pictures;
    free(folder.path);
    free(line);
    free(clean);
    return code;
}
