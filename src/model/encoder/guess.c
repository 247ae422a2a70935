/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/state.h"

#include "model/linalg.h"

#include <string.h>

/* The head of masked language modelling: dense, gelu, norm, and the word embeddings transposed, with a bias. */

enum { WORDS = 1024 }; /* of the vocabulary, in one job */

struct work {
    struct encoder *encoder;
    struct tensors *head;
    const struct encoder_masked *masked;
    bool learn;
};

/* Logits, the loss of each row, and in place of the logits their gradient. */
static void guess_rows(const struct work *work, struct block block)
{
    const struct encoder *e = work->encoder;
    int w = e->shape.width, words = e->shape.vocabulary, count = work->masked->count;
    size_t columns = (size_t)words;
    float *logits = e->guess.logits + (size_t)block.first * columns, share = 1 / (float)count;
    linalg_sgemm(LINALG_PLAIN, LINALG_TRANSPOSED, block.rows, words, w, 1, e->guess.normed + block.at, w,
                 tensors_at(e->base, BASE_WORDS), w, 0, logits, words);
    e->kernel->add_bias((size_t)block.rows, columns, columns, tensors_at(work->head, LM_BIAS), logits);
    for (int r = 0; r < block.rows; r++, logits += columns) {
        size_t want = (size_t)work->masked->want[block.first + r];
        float logit = logits[want];
        e->guess.losses[block.first + r] = e->kernel->softmax(columns, 1, logits) - logit;
        if (!work->learn)
            continue;
        logits[want] -= 1;
        e->kernel->scale(columns, share, logits);
    }
}

static void guess_forward(void *context, int item, int lane)
{
    const struct work *work = context;
    const struct encoder *e = work->encoder;
    const struct guess_memory *m = &e->guess;
    struct block block = encoder_block(work->encoder, work->masked->count, item);
    int w = e->shape.width;
    size_t rows = (size_t)block.rows, columns = (size_t)w;
    (void)lane;
    linalg_sgemm(LINALG_PLAIN, LINALG_TRANSPOSED, block.rows, w, w, 1, encoder_last(e) + block.at, w,
                 tensors_at(work->head, LM_DENSE), w, 0, m->dense + block.at, w);
    e->kernel->gelu(rows, columns, tensors_at(work->head, LM_DENSE_BIAS), m->dense + block.at, m->slope + block.at);
    e->kernel->add_norm(rows, columns, 0, (struct drop){.scale = 1}, NULL, NULL, m->dense + block.at,
                        tensors_at(work->head, LM_NORM), tensors_at(work->head, LM_NORM_SHIFT), (float)e->shape.epsilon,
                        m->hat + block.at, m->inverse + block.first, m->normed + block.at);
    guess_rows(work, block);
}

/* Back to the states. What the dense map gave is not needed any more, and its gradient takes that place. */
static void guess_back(void *context, int item, int lane)
{
    const struct work *work = context;
    const struct encoder *e = work->encoder;
    const struct guess_memory *m = &e->guess;
    struct block block = encoder_block(work->encoder, work->masked->count, item);
    int w = e->shape.width, words = e->shape.vocabulary;
    size_t rows = (size_t)block.rows, columns = (size_t)w;
    float *gradient = m->gradient + block.at;
    (void)lane;
    linalg_sgemm(LINALG_PLAIN, LINALG_PLAIN, block.rows, w, words, 1, m->logits + (size_t)block.first * (size_t)words,
                 words, tensors_at(e->base, BASE_WORDS), w, 0, gradient, w);
    struct norm_back norm = {
        .weight = tensors_at(work->head, LM_NORM), .hat = m->hat + block.at, .inverse = m->inverse + block.first};
    if (work->head->gradient) {
        norm.weight_gradient = e->gradient.partial + (size_t)item * 4 * columns;
        norm.bias_gradient = norm.weight_gradient + columns;
        memset(norm.weight_gradient, 0, 2 * columns * sizeof(float));
    }
    e->kernel->norm_back(rows, columns, 0, (struct drop){.scale = 1}, &norm, gradient, m->dense + block.at);
    e->kernel->multiply(rows * columns, m->slope + block.at, m->dense + block.at);
    linalg_sgemm(LINALG_PLAIN, LINALG_PLAIN, block.rows, w, w, 1, m->dense + block.at, w,
                 tensors_at(work->head, LM_DENSE), w, 0, encoder_last_gradient(e) + block.at, w);
}

/* Some words' gradients: they are embeddings and the last map at once. */
static void guess_words(void *context, int item, int lane)
{
    const struct work *work = context;
    const struct encoder *e = work->encoder;
    int first = item * WORDS, left = e->shape.vocabulary - first, count = left < WORDS ? left : WORDS;
    int w = e->shape.width, rows = work->masked->count, words = e->shape.vocabulary;
    (void)lane;
    if (e->base->gradient)
        linalg_sgemm(LINALG_TRANSPOSED, LINALG_PLAIN, count, w, rows, 1, e->guess.logits + first, words,
                     e->guess.normed, w, 1, e->base->gradient + (size_t)first * (size_t)w, w);
    if (work->head->gradient)
        e->kernel->column_sums((size_t)rows, (size_t)count, (size_t)words, e->guess.logits + first,
                               work->head->gradient + work->head->of[LM_BIAS].offset + first);
}

static void learn_head(const struct work *work)
{
    const struct encoder *e = work->encoder;
    const struct tensors *head = work->head;
    int w = e->shape.width, rows = work->masked->count;
    size_t columns = (size_t)w;
    linalg_sgemm(LINALG_TRANSPOSED, LINALG_PLAIN, w, w, rows, 1, e->guess.dense, w, encoder_last(e), w, 1,
                 head->gradient + head->of[LM_DENSE].offset, w);
    e->kernel->column_sums((size_t)rows, columns, columns, e->guess.dense,
                           head->gradient + head->of[LM_DENSE_BIAS].offset);
    for (int block = 0; block < encoder_blocks(rows); block++) {
        const float *sums = e->gradient.partial + (size_t)block * 4 * columns;
        e->kernel->add(columns, sums, head->gradient + head->of[LM_NORM].offset);
        e->kernel->add(columns, sums + columns, head->gradient + head->of[LM_NORM_SHIFT].offset);
    }
}

double encoder_guess(struct encoder *encoder, const struct encoder_pass *pass, struct tensors *head,
                     const struct encoder_masked *masked, bool learn)
{
    struct work work = {encoder, head, masked, learn};
    int blocks = encoder_blocks(masked->count);
    encoder_begin(encoder, pass, masked->place, masked->count, learn);
    encoder_run_forward(encoder);
    pool_run(encoder->pool, blocks, guess_forward, &work);
    double loss = 0, w = encoder->shape.width, words = encoder->shape.vocabulary;
    for (int i = 0; i < masked->count; i++)
        loss += (double)encoder->guess.losses[i];
    encoder->operations += 2 * masked->count * w * (w + words) * (learn ? 3 : 1);
    if (learn) {
        pool_run(encoder->pool, blocks, guess_back, &work);
        pool_run(encoder->pool, (encoder->shape.vocabulary + WORDS - 1) / WORDS, guess_words, &work);
        if (head->gradient)
            learn_head(&work);
        encoder_run_back(encoder);
    }
    return loss / masked->count;
}
