/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/project.h"

#include "base/file.h"
#include "sweep/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

char *project_path(const char *folder, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

static enum err_code no_memory(const char *folder, struct err *err)
{
    return err_set(err, ERR_MEMORY, "%s: no memory for its files", folder);
}

char *project_default_folder(struct err *err)
{
    char *results = store_default_path(err); /* beside the sweeps' */
    char *slash = results == NULL ? NULL : strrchr(results, '/');
    if (slash == NULL)
        return NULL;
    *slash = '\0';
    char *folder = project_path(results, "dialogue");
    if (folder == NULL)
        no_memory(results, err);
    free(results);
    return folder;
}

enum err_code project_make_folder(const char *folder, struct err *err)
{
    struct stat status;
    if (mkdir(folder, 0777) == 0 || (errno == EEXIST && stat(folder, &status) == 0 && S_ISDIR(status.st_mode)))
        return ERR_NONE;
    return err_set(err, ERR_INPUT, "%s: cannot make this folder: %s", folder, strerror(errno));
}

enum err_code project_lock(const char *folder, int *lock, struct err *err)
{
    char *path = project_path(folder, "lock");
    if (path == NULL)
        return no_memory(folder, err);
    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    int failure = *lock < 0 ? errno : 0;
    free(path);
    if (failure != 0)
        return err_set(err, ERR_IO, "%s: cannot write in this folder: %s", folder, strerror(failure));
    if (flock(*lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return ERR_NONE;
    project_unlock(*lock);
    *lock = -1;
    return err_set(err, ERR_INPUT, "%s: another program is at work in this folder", folder);
}

void project_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}

static bool has(const char *folder, const char *name)
{
    char *path = project_path(folder, name);
    bool there = path != NULL && access(path, F_OK) == 0;
    free(path);
    return there;
}

bool project_has_corpus(const char *folder)
{
    return has(folder, "corpus.txt");
}

bool project_has_model(const char *folder)
{
    return has(folder, "model/model.safetensors");
}

enum err_code project_generate(const char *folder, const char *path, const struct personas_settings *settings,
                               const atomic_bool *stop, struct err *err)
{
    char *text;
    size_t size;
    char *own = path == NULL ? project_path(folder, "corpus.txt") : NULL;
    if (path == NULL && own == NULL)
        return no_memory(folder, err);
    enum err_code code = personas_write(settings, stop, &text, &size, err);
    if (code == ERR_NONE) {
        code = file_write(path == NULL ? own : path, text, size, err);
        free(text);
    }
    free(own);
    return code;
}

static enum err_code read_tokenizer(struct project *project, struct err *err)
{
    char *vocab = project_path(project->model, "vocab.json");
    char *merges = project_path(project->model, "merges.txt");
    enum err_code code = vocab && merges ? bpe_read(&project->bpe, vocab, merges, err) : no_memory(project->model, err);
    free(vocab);
    free(merges);
    return code;
}

enum err_code project_open(struct project *project, const char *folder, const char *data, const char *model,
                           const struct dialogue_settings *settings, const atomic_bool *stop, struct err *err)
{
    *project = (struct project){.settings = *settings};
    project->folder = strdup(folder);
    project->data = data == NULL ? project_path(folder, "corpus.txt") : strdup(data);
    project->model = model == NULL ? project_path(folder, "model") : strdup(model);
    enum err_code code = ERR_NONE;
    if (project->folder == NULL || project->data == NULL || project->model == NULL)
        code = no_memory(folder, err);
    code = code ? code : convai_read(&project->corpus, project->data, stop, err);
    code = code ? code : read_tokenizer(project, err);
    code = code ? code : encoder_file_read(&project->encoder, project->model, err);
    project->encoder.shape.labels = 2; /* heads are fresh: wrong and right, whatever the file's own tells apart */
    code = code ? code
                : examples_make(&project->examples, &project->corpus, project->bpe, settings, &project->encoder.shape,
                                stop, err);
    if (code != ERR_NONE)
        project_close(project);
    return code;
}

void project_close(struct project *project)
{
    examples_free(&project->examples);
    encoder_file_free(&project->encoder);
    bpe_free(project->bpe);
    convai_free(&project->corpus);
    free(project->folder);
    free(project->data);
    free(project->model);
    *project = (struct project){0};
}
