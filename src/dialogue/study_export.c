/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/study_export.h"

#include "base/file.h"
#include "run/adapter_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { MADE_BY_SIZE = 20 };

static enum err_code no_memory(const struct study *study, struct err *err)
{
    return err_set(err, ERR_MEMORY, "%s: no memory to write into it", study->exports);
}

/* Both are the caller's to free; NULL: out of memory. */
static char *base_folder(const struct study *study, int method, int seed)
{
    char *path;
    int wrote = asprintf(&path, "%s/%s-%d", study->exports, training_names[method], study->plan.first_seed + seed);
    return wrote < 0 ? NULL : path;
}

static char *persona_folder(const char *base, const struct training_setup *setup)
{
    char *path;
    int persona = setup->examples->task[setup->task].persona + 1;
    return base == NULL || asprintf(&path, "%s/persona-%d", base, persona) < 0 ? NULL : path;
}

static enum err_code copy(const char *from, const char *to, const char *name, struct err *err)
{
    enum { LIMIT = 1 << 28 };
    char *text = NULL;
    size_t size = 0;
    char *source = project_path(from, name);
    char *target = project_path(to, name);
    enum err_code code = source && target ? ERR_NONE : err_set(err, ERR_MEMORY, "%s: no memory for its files", to);
    code = code ? code : file_read(source, LIMIT, &text, &size, err);
    code = code ? code : file_write(target, text, size, err);
    free(text);
    free(source);
    free(target);
    return code;
}

/* head: NULL for none. The tokenizer first: the model's own files say that all is there. */
static enum err_code write_model(const struct study *study, const char *folder, const struct tensors *base,
                                 const struct tensors *head, struct err *err)
{
    const struct encoder_file file = {
        .shape = study->project->encoder.shape, .base = (struct tensors *)base, .head = (struct tensors *)head};
    enum err_code code = project_make_folder(folder, err);
    code = code ? code : copy(study->project->model, folder, "vocab.json", err);
    code = code ? code : copy(study->project->model, folder, "merges.txt", err);
    return code ? code : encoder_file_write(&file, folder, err);
}

enum err_code study_export_base(const struct study *study, int method, int seed, const struct tensors *base,
                                struct err *err)
{
    char *folder = base_folder(study, method, seed);
    enum err_code code = folder == NULL ? no_memory(study, err) : write_model(study, folder, base, NULL, err);
    free(folder);
    return code;
}

static void name_training(char made_by[MADE_BY_SIZE], uint64_t fingerprint)
{
    snprintf(made_by, MADE_BY_SIZE, "%016" PRIx64, fingerprint);
}

enum err_code study_export_adapter(const struct study *study, int method, int seed, const struct training *training,
                                   uint64_t fingerprint, struct err *err)
{
    char made_by[MADE_BY_SIZE];
    const struct adapter *adapter = training_adapter(training);
    char *base = base_folder(study, method, seed);
    char *folder = persona_folder(base, training_setup_of(training));
    enum err_code code = folder == NULL ? no_memory(study, err) : ERR_NONE;
    name_training(made_by, fingerprint);
    if (code == ERR_NONE && adapter->maps != NULL)
        code = adapter_file_write(adapter, &(struct adapter_file_origin){base, made_by}, folder, err);
    else if (code == ERR_NONE)
        code = write_model(study, folder, adapter->base != NULL ? adapter->base : training_base(training),
                           adapter->head, err);
    free(base);
    free(folder);
    return code;
}

bool study_is_exported(const struct study *study, int method, int seed, const struct training_setup *setup,
                       uint64_t fingerprint)
{
    char made_by[MADE_BY_SIZE];
    char *base = base_folder(study, method, seed);
    char *folder = persona_folder(base, setup);
    name_training(made_by, fingerprint);
    bool is = folder != NULL && adapter_file_is(folder, made_by);
    free(base);
    free(folder);
    return is;
}
