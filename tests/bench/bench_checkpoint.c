/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/adamw.h"
#include "model/encoder/encoder.h"
#include "model/linalg.h"
#include "run/adapter_file.h"
#include "run/encoder_file.h"
#include "support/timing.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A checkpoint of roberta-base's shape with random weights is written, and by another process loaded, adapted for a
 * step with LoRA on a frozen base, and saved: time and the most memory of each. With the argument "large", of
 * roberta-large's shape. Exit status 1: it fails, or takes more memory than its numbers and the pass do. */

enum { SEQUENCES = 20, SHORTEST = 40, LONGEST = 160, AT_A_TIME = 512, PATH_SIZE = 256 };

static const struct encoder_shape base_shape = {.vocabulary = 50265,
                                                .width = 768,
                                                .layers = 12,
                                                .heads = 12,
                                                .intermediate = 3072,
                                                .positions = 514,
                                                .types = 1,
                                                .pad = 1,
                                                .labels = 2,
                                                .epsilon = 1e-5};

static char folder[PATH_SIZE];

static void check(enum err_code code, const struct err *err)
{
    if (code)
        timing_fail("%s", err->message);
}

static const void *made(const void *what, const struct err *err)
{
    if (!what)
        timing_fail("%s", err->message);
    return what;
}

/* The most memory this process had, in MB. */
static double most_memory(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static bool write_checkpoint(const struct encoder_shape *shape)
{
    struct encoder_file file = {.shape = *shape};
    struct err err;
    double start = timing_now();
    file.base = encoder_base_new(shape, &err);
    made(file.base, &err);
    file.lm_head = encoder_lm_head_new(shape, &err);
    made(file.lm_head, &err);
    check(encoder_start(file.base, shape, 7, &err), &err);
    check(encoder_start(file.lm_head, shape, 7, &err), &err);
    double drawn = timing_now();
    check(encoder_file_write(&file, folder, &err), &err);
    printf("random weights %.1f s, written in %.1f s, %.0f MB at most\n", drawn - start, timing_now() - drawn,
           most_memory());
    encoder_file_free(&file);
    return true;
}

static struct batch *fill_batch(const struct encoder_shape *shape, int *labels)
{
    struct err err;
    struct batch *batch = batch_new(SEQUENCES, SEQUENCES * LONGEST, &err);
    made(batch, &err);
    for (int s = 0; s < SEQUENCES; s++) {
        int32_t ids[LONGEST];
        int count = SHORTEST + s * 61 % (LONGEST - SHORTEST + 1);
        for (int i = 0; i < count; i++)
            ids[i] = 2 + (s * 7919 + i * 10473) % (shape->vocabulary - 2);
        batch_add(batch, ids, count);
        labels[s] = s == 3;
    }
    check(batch_check(batch, shape, &err), &err);
    return batch;
}

/* Returns the loss. memory: MB that the pass takes. */
static double adapt(const struct encoder_file *file, const struct adapter *adapter, struct pool *pool, double *memory)
{
    struct err err;
    int labels[SEQUENCES];
    struct batch *batch = fill_batch(&file->shape, labels);
    struct encoder_limits limits = {.sequences = SEQUENCES, .tokens = AT_A_TIME, .rank = 8, .learns = true};
    struct encoder *encoder = encoder_new(&file->shape, &limits, pool, &err);
    made(encoder, &err);
    struct encoder_dropout dropout = encoder_dropout_usual;
    struct encoder_pass pass = {.base = file->base, .adapter = adapter, .batch = batch, .dropout = &dropout};
    double loss = encoder_learn(encoder, &pass, labels, SEQUENCES);
    struct tensors *sets[ADAPTER_SETS];
    int count = adapter_sets(adapter, sets);
    for (int i = 0; i < count; i++) {
        struct adamw *adamw = adamw_new(sets[i], &adamw_usual, &err);
        made(adamw, &err);
        adamw_step(adamw, sets[i], 1e-4, pool);
        adamw_free(adamw);
    }
    *memory = (double)encoder_memory(&file->shape, &limits) / (1 << 20);
    printf("%d tokens, %.0f MB for %d at a time, loss %.4f; ", batch->tokens, *memory, AT_A_TIME, loss);
    encoder_free(encoder);
    batch_free(batch);
    return loss;
}

static bool use_checkpoint(const struct encoder_shape *shape)
{
    char adapters[PATH_SIZE + 32];
    struct encoder_file file;
    struct err err;
    struct adapter_settings settings = {.rank = 8, .alpha = 16};
    struct pool *pool = pool_new((int)sysconf(_SC_NPROCESSORS_ONLN));
    snprintf(adapters, sizeof adapters, "%s/adapter", folder);
    double start = timing_now();
    check(encoder_file_read(&file, folder, &err), &err);
    double loaded = timing_now();
    struct adapter *adapter = adapter_new(adapter_find("lora"), shape, &settings, file.base, 7, 0, &err);
    made(adapter, &err);
    double memory, loss = adapt(&file, adapter, pool, &memory), adapted = timing_now();
    check(adapter_file_write(adapter, &(struct adapter_file_origin){folder, "bench"}, adapters, &err), &err);
    check(encoder_file_write(&file, folder, &err), &err);
    double saved = timing_now(), numbers = (double)(file.base->size + file.lm_head->size) * 4 / (1 << 20);
    printf("loaded in %.1f s, a step %.1f s, saved in %.1f s; %.0f MB of numbers, %.0f MB at most\n", loaded - start,
           adapted - loaded, saved - adapted, numbers, most_memory());
    bool good = isfinite(loss) && most_memory() < 1.05 * numbers + memory + 64;
    adapter_free(adapter);
    encoder_file_free(&file);
    pool_free(pool);
    return good;
}

/* In a process of its own, so that its memory is its own. */
static bool run(bool (*part)(const struct encoder_shape *shape), const struct encoder_shape *shape)
{
    int status = 1;
    fflush(stdout);
    pid_t process = fork();
    if (process < 0)
        timing_fail("cannot start a process");
    if (process == 0) {
        bool good = part(shape);
        fflush(stdout);
        _exit(good ? 0 : 1);
    }
    waitpid(process, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"config.json", "model.safetensors", "adapter/adapter_config.json",
                                        "adapter/adapter_model.safetensors", "adapter"};
    struct encoder_shape shape = base_shape;
    const char *temporary = getenv("TMPDIR");
    if (argc > 1 && strcmp(argv[1], "large") == 0) {
        shape.width = 1024;
        shape.layers = 24;
        shape.heads = 16;
        shape.intermediate = 4096;
    }
    linalg_set_threads(1);
    snprintf(folder, sizeof folder, "%s/rankscope-checkpoint-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(folder))
        timing_fail("cannot make %s", folder);
    bool good = run(write_checkpoint, &shape) && run(use_checkpoint, &shape);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[PATH_SIZE + 64];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
    rmdir(folder);
    return good ? 0 : 1;
}
