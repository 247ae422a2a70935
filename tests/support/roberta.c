/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/roberta.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const char *roberta_path(const char *name)
{
    static char path[4096];
    const char *source = getenv("RANKSCOPE_SOURCE");
    snprintf(path, sizeof path, "%s/tests/golden/roberta/%s", source ? source : ".", name);
    return path;
}

static void good(enum err_code code, const struct err *err)
{
    if (code)
        fail_msg("%s", err->message);
}

double *roberta_golden(const struct roberta *roberta, const char *name, size_t *count)
{
    struct err err;
    int at = safetensors_find(roberta->golden, name);
    if (at < 0)
        fail_msg("no array %s", name);
    size_t numbers = (size_t)safetensors_entry(roberta->golden, at)->count;
    double *values = malloc(numbers * sizeof *values);
    assert_non_null(values);
    good(safetensors_read_doubles(roberta->golden, at, values, &err), &err);
    if (count)
        *count = numbers;
    return values;
}

/* An adapter's names have its task in them. */
static void name_of(char name[2 * SAFETENSORS_NAME_SIZE], const char *front, const struct tensor *tensor, int task)
{
    static const char head[] = "classifier.";
    if (strncmp(tensor->name, head, strlen(head)) != 0)
        snprintf(name, 2 * SAFETENSORS_NAME_SIZE, task < 0 ? "%sroberta.%s" : "%sroberta.%s.%d", front, tensor->name,
                 task);
    else if (task < 0)
        snprintf(name, 2 * SAFETENSORS_NAME_SIZE, "%s%s", front, tensor->name);
    else
        snprintf(name, 2 * SAFETENSORS_NAME_SIZE, "%s%s%d.%s", front, head, task, tensor->name + strlen(head));
}

static void read_adapter(struct adapter *adapter, int task)
{
    struct safetensors *file;
    struct err err;
    char name[2 * SAFETENSORS_NAME_SIZE];
    struct tensors *sets[ADAPTER_SETS];
    int count = adapter_sets(adapter, sets);
    good(safetensors_open(&file, roberta_path("adapters.safetensors"), &err), &err);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < sets[i]->count; j++) {
            name_of(name, "", &sets[i]->of[j], task);
            int at = safetensors_find(file, name);
            if (at < 0)
                fail_msg("no tensor %s", name);
            assert_int_equal(safetensors_entry(file, at)->count, tensors_length(&sets[i]->of[j]));
            good(safetensors_read_floats(file, at, tensors_at(sets[i], j), &err), &err);
        }
    safetensors_close(file);
}

double *roberta_golden_tensor(const struct roberta *roberta, const char *front, const struct tensor *tensor, int task)
{
    char name[2 * SAFETENSORS_NAME_SIZE];
    name_of(name, front, tensor, task);
    return safetensors_find(roberta->golden, name) < 0 ? NULL : roberta_golden(roberta, name, NULL);
}

static int64_t *integers(const struct roberta *roberta, const char *name, int task, const struct safetensors_entry **of)
{
    char whole[32];
    struct err err;
    snprintf(whole, sizeof whole, "%s_%d", name, task);
    int at = safetensors_find(roberta->golden, whole);
    assert_true(at >= 0);
    *of = safetensors_entry(roberta->golden, at);
    int64_t *values = malloc((size_t)(*of)->count * sizeof *values);
    assert_non_null(values);
    good(safetensors_read_integers(roberta->golden, at, values, &err), &err);
    return values;
}

static void read_batch(struct roberta *roberta, int task)
{
    const struct safetensors_entry *of;
    struct err err;
    int64_t *mask = integers(roberta, "mask", task, &of), *ids = integers(roberta, "ids", task, &of);
    int columns = roberta->columns[task] = (int)of->shape[1];
    int64_t *answer = integers(roberta, "answer", task, &of);
    struct batch *batch = roberta->batch[task] = batch_new(ROBERTA_ROWS, ROBERTA_ROWS * columns, &err);
    assert_non_null(batch);
    for (int row = 0; row < ROBERTA_ROWS; row++) {
        int32_t tokens[64];
        int count = 0;
        for (int i = 0; i < columns; i++)
            if (mask[row * columns + i])
                tokens[count++] = (int32_t)ids[row * columns + i];
        assert_true(batch_add(batch, tokens, count));
        roberta->labels[task][row] = row % ROBERTA_CANDIDATES == answer[row / ROBERTA_CANDIDATES];
    }
    good(batch_check(batch, &roberta->file.shape, &err), &err);
    free(mask);
    free(ids);
    free(answer);
}

void roberta_set_up(struct roberta *roberta)
{
    struct err err;
    memset(roberta, 0, sizeof *roberta);
    good(encoder_file_read(&roberta->file, roberta_path(""), &err), &err);
    good(safetensors_open(&roberta->golden, roberta_path("golden.safetensors"), &err), &err);
    good(tensors_train(roberta->file.base, true, &err), &err);
    for (int task = 0; task < ROBERTA_TASKS; task++) {
        struct adapter_settings settings = {.rank = 4, .alpha = 16};
        roberta->adapter[task] =
            adapter_new(adapter_find("lora"), &roberta->file.shape, &settings, roberta->file.base, 7, task, &err);
        assert_non_null(roberta->adapter[task]);
        read_adapter(roberta->adapter[task], task);
        read_batch(roberta, task);
    }
}

void roberta_tear_down(struct roberta *roberta)
{
    for (int task = 0; task < ROBERTA_TASKS; task++) {
        adapter_free(roberta->adapter[task]);
        batch_free(roberta->batch[task]);
    }
    safetensors_close(roberta->golden);
    encoder_file_free(&roberta->file);
}
