/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/adamw.h"
#include "model/encoder/encoder.h"
#include "model/linalg.h"
#include "run/encoder_file.h"
#include "support/reference_process.h"
#include "support/timing.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Training steps of an encoder (forward, backward, AdamW on everything) against PyTorch (encoder.py), on the same
 * weights and the same ragged batch, which PyTorch pads; and against the machine's rate of SGEMM. Both may take all
 * cores. Steps are taken in turn and medians of ratios printed. Exit status 1: a bar is missed, or the losses differ.
 * Arguments say how many rounds, and which width alone. */

enum { SEQUENCES = 80, SHORTEST = 60, LONGEST = 210, ROUNDS = 3, ROUNDS_MAX = 64, GEMM_SIZE = 1024, PATH_SIZE = 256 };

struct setting {
    int width, heads, rank;
    double ratio_bar, share_bar; /* 0: none */
};

static const struct setting settings[] = {
    {128, 4, 0, 4, 0},
    {128, 4, 8, 4, 0},
    {768, 12, 0, 2, 0.6},
    {768, 12, 8, 2, 0},
};

struct side {
    struct encoder_shape shape;
    struct encoder_file file;
    struct adapter *adapter;
    struct batch *batch;
    struct encoder *encoder;
    struct pool *pool;
    struct adamw *adamw[ADAPTER_SETS + 1];
    int labels[SEQUENCES];
    struct encoder_dropout dropout;
};

static void check(enum err_code code, const struct err *err)
{
    if (code)
        timing_fail("%s", err->message);
}

static void fill_batch(struct side *side)
{
    struct err err;
    side->batch = batch_new(SEQUENCES, SEQUENCES * LONGEST, &err);
    for (int s = 0; s < SEQUENCES; s++) {
        int32_t ids[LONGEST];
        int count = SHORTEST + s * 61 % (LONGEST - SHORTEST + 1);
        for (int i = 0; i < count; i++)
            ids[i] = 2 + (s * 7919 + i * 104729) % (side->shape.vocabulary - 2);
        batch_add(side->batch, ids, count);
        side->labels[s] = s % 20 == 3;
    }
    check(batch_check(side->batch, &side->shape, &err), &err);
}

static void side_begin(struct side *side, const struct setting *setting)
{
    struct err err;
    *side = (struct side){.shape = {.vocabulary = 8000,
                                    .width = setting->width,
                                    .layers = 2,
                                    .heads = setting->heads,
                                    .intermediate = 4 * setting->width,
                                    .positions = 514,
                                    .types = 1,
                                    .pad = 1,
                                    .labels = 2,
                                    .epsilon = 1e-5},
                          .dropout = encoder_dropout_usual};
    struct adapter_settings adapter = {.rank = setting->rank, .alpha = 16};
    struct tensors *base = encoder_base_new(&side->shape, &err);
    if (!base)
        timing_fail("%s", err.message);
    check(encoder_start(base, &side->shape, 7, &err), &err);
    check(tensors_train(base, true, &err), &err);
    side->adapter =
        adapter_new(adapter_find(setting->rank ? "lora" : "head"), &side->shape, &adapter, base, 7, 0, &err);
    if (!side->adapter)
        timing_fail("%s", err.message);
    side->file = (struct encoder_file){.shape = side->shape, .base = base, .head = side->adapter->head};
    fill_batch(side);
    struct encoder_limits limits = {
        .sequences = SEQUENCES, .tokens = side->batch->tokens, .rank = setting->rank, .learns = true};
    side->pool = pool_new((int)sysconf(_SC_NPROCESSORS_ONLN));
    side->encoder = encoder_new(&side->shape, &limits, side->pool, &err);
    if (!side->encoder)
        timing_fail("%s", err.message);
    struct tensors *sets[ADAPTER_SETS];
    int count = adapter_sets(side->adapter, sets);
    side->adamw[0] = adamw_new(base, &adamw_usual, &err);
    for (int i = 0; i < count; i++)
        side->adamw[i + 1] = adamw_new(sets[i], &adamw_usual, &err);
}

static void side_end(struct side *side)
{
    for (int i = 0; i <= ADAPTER_SETS; i++)
        adamw_free(side->adamw[i]);
    encoder_free(side->encoder);
    pool_free(side->pool);
    batch_free(side->batch);
    tensors_free(side->file.base);
    adapter_free(side->adapter);
}

static double side_loss(struct side *side)
{
    struct encoder_pass pass = {.base = side->file.base, .adapter = side->adapter, .batch = side->batch};
    double loss = encoder_learn(side->encoder, &pass, side->labels, SEQUENCES);
    struct tensors *sets[ADAPTER_SETS];
    int count = adapter_sets(side->adapter, sets);
    tensors_clear_gradient(side->file.base);
    for (int i = 0; i < count; i++)
        tensors_clear_gradient(sets[i]);
    return loss;
}

/* Seconds of a step, and of its pass alone. */
static double side_step(struct side *side, double *pass_time)
{
    struct encoder_pass pass = {
        .base = side->file.base, .adapter = side->adapter, .batch = side->batch, .dropout = &side->dropout};
    struct tensors *sets[ADAPTER_SETS];
    int count = adapter_sets(side->adapter, sets);
    double start = timing_now();
    side->dropout.step++;
    encoder_learn(side->encoder, &pass, side->labels, SEQUENCES);
    *pass_time = timing_now() - start;
    adamw_step(side->adamw[0], side->file.base, 1e-5, side->pool);
    for (int i = 0; i < count; i++)
        adamw_step(side->adamw[i + 1], sets[i], 1e-5, side->pool);
    return timing_now() - start;
}

/* Seconds that this process' threads were at work: whatever else the machine does, they count. */
static double processor_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- the machine's SGEMM, one product on each thread ---- */

struct gemm {
    float *a, *b, *c; /* each GEMM_SIZE², c for each lane */
};

static void multiply(void *context, int item, int lane)
{
    const struct gemm *g = context;
    (void)lane;
    linalg_sgemm(LINALG_PLAIN, LINALG_TRANSPOSED, GEMM_SIZE, GEMM_SIZE, GEMM_SIZE, 1, g->a, GEMM_SIZE, g->b, GEMM_SIZE,
                 0, g->c + (size_t)item * GEMM_SIZE * GEMM_SIZE, GEMM_SIZE);
}

/* Operations a second. */
static double gemm_rate(struct pool *pool)
{
    size_t square = (size_t)GEMM_SIZE * GEMM_SIZE;
    int lanes = pool_lanes(pool);
    struct gemm g = {calloc(square, sizeof(float)), calloc(square, sizeof(float)),
                     calloc(square * (size_t)lanes, sizeof(float))};
    if (!g.a || !g.b || !g.c)
        timing_fail("no memory");
    double best = 0;
    for (int i = 0; i < 3; i++) {
        double start = timing_now();
        pool_run(pool, lanes, multiply, &g);
        best = fmax(best, 2.0 * (double)square * GEMM_SIZE * lanes / (timing_now() - start));
    }
    free(g.a);
    free(g.b);
    free(g.c);
    return best;
}

/* ---- PyTorch, at the other end of pipes ---- */

struct reference {
    struct reference_process process;
    char folder[PATH_SIZE], batch[PATH_SIZE + 32];
};

static void write_batch(const struct side *side, const char *path)
{
    struct err err;
    int64_t *ids = malloc(sizeof(int64_t) * SEQUENCES * LONGEST), labels[SEQUENCES];
    if (!ids)
        timing_fail("no memory");
    for (int s = 0; s < SEQUENCES; s++) {
        labels[s] = side->labels[s];
        for (int i = 0; i < LONGEST; i++) {
            int at = side->batch->start[s] + i;
            ids[s * LONGEST + i] = at < side->batch->start[s + 1] ? side->batch->ids[at] : side->shape.pad;
        }
    }
    struct safetensors_field fields[] = {
        {.name = "ids", .kind = SAFETENSORS_I64, .dims = 2, .shape = {SEQUENCES, LONGEST}, .data = ids},
        {.name = "labels", .kind = SAFETENSORS_I64, .dims = 1, .shape = {SEQUENCES}, .data = labels}};
    check(safetensors_write(path, fields, 2, NULL, 0, &err), &err);
    free(ids);
}

static void reference_begin(struct reference *reference, const struct setting *setting, const struct side *side)
{
    char rank[16];
    struct err err;
    const char *temporary = getenv("TMPDIR");
    snprintf(reference->folder, sizeof reference->folder, "%s/rankscope-encoder-XXXXXX",
             temporary ? temporary : "/tmp");
    if (!mkdtemp(reference->folder))
        timing_fail("cannot make %s", reference->folder);
    snprintf(reference->batch, sizeof reference->batch, "%s/batch.safetensors", reference->folder);
    check(encoder_file_write(&side->file, reference->folder, &err), &err);
    write_batch(side, reference->batch);
    snprintf(rank, sizeof rank, "%d", setting->rank);
    reference_process_begin(&reference->process,
                            &(struct reference_setup){.script = "encoder.py",
                                                      .package = "python3-torch",
                                                      .arguments = {reference->folder, reference->batch, rank}},
                            REFERENCE_ALL_THREADS);
}

/* Seconds of a step on all cores or on one: where other programs take some of them, the one is several times as fast as
 * the other, so the better one counts. processor: those that the lone thread was at work. */
static double reference_step(const struct reference *reference, double *processor)
{
    double shared = reference_process_ask(&reference->process, NULL, "step");
    return fmin(shared, reference_process_ask(&reference->process, processor, "alone"));
}

static void reference_end(struct reference *reference)
{
    static const char *const names[] = {"config.json", "model.safetensors", "batch.safetensors"};
    reference_process_end(&reference->process);
    for (int i = 0; i < 3; i++) {
        char path[PATH_SIZE + 32];
        snprintf(path, sizeof path, "%s/%s", reference->folder, names[i]);
        unlink(path);
    }
    rmdir(reference->folder);
}

static bool bench(const struct setting *setting, int rounds)
{
    struct side side;
    struct reference reference;
    double ours[ROUNDS_MAX], theirs[ROUNDS_MAX], ratio[ROUNDS_MAX], share[ROUNDS_MAX], work[ROUNDS_MAX];
    double pass_time, processor;
    side_begin(&side, setting);
    reference_begin(&reference, setting, &side);
    double loss = side_loss(&side), want = reference_process_ask(&reference.process, NULL, "loss");
    side_step(&side, &pass_time);
    reference_process_ask(&reference.process, NULL, "step");
    for (int i = 0; i < rounds; i++) {
        double rate = gemm_rate(side.pool);
        double used = processor_now();
        ours[i] = side_step(&side, &pass_time);
        used = processor_now() - used;
        share[i] = encoder_operations(side.encoder) / pass_time / rate;
        theirs[i] = reference_step(&reference, &processor);
        work[i] = processor / used;
        ratio[i] = theirs[i] / ours[i];
    }
    double tokens = side.batch->tokens, times = timing_median(ratio, rounds), part = timing_median(share, rounds);
    printf("width %d, rank %d: %.0f tokens/s on %d threads, %s %.0f: %.1f times (bar %.0f); %.0f%% of SGEMM's rate",
           setting->width, setting->rank, tokens / timing_median(ours, rounds), pool_lanes(side.pool),
           reference.process.name, tokens / timing_median(theirs, rounds), times, setting->ratio_bar, 100 * part);
    if (setting->share_bar > 0)
        printf(" (bar %.0f%%)", 100 * setting->share_bar);
    printf("; %.1f times by processors' time; loss %.6f and %.6f\n", timing_median(work, rounds), loss, want);
    fflush(stdout);
    reference_end(&reference);
    side_end(&side);
    return times >= setting->ratio_bar && part >= setting->share_bar && fabs(loss - want) < 1e-4;
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : ROUNDS, only = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    bool good = true;
    linalg_set_threads(1);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (!only || settings[i].width == only)
            good = bench(&settings[i], rounds < 1 ? 1 : rounds > ROUNDS_MAX ? ROUNDS_MAX : (int)rounds) && good;
    return good ? 0 : 1;
}
