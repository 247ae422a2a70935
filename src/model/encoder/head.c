/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/state.h"

#include "model/linalg.h"

#include <math.h>

/* The classification head: dense, tanh and out_proj on each sequence's first token, both inputs dropped. */

static const float *head_value(const struct encoder *e, int which)
{
    return tensors_at(e->pass->adapter->head, which);
}

static struct drop head_drop(const struct encoder *e, int site)
{
    return encoder_drop(e, e->pass->dropout ? e->pass->dropout->classifier : 0, -1, site, 0);
}

static void head_forward(struct encoder *e)
{
    struct head_memory *h = &e->head;
    int sequences = e->pass->batch->sequences, w = e->shape.width, labels = e->shape.labels;
    size_t rows = (size_t)sequences, columns = (size_t)w, count = rows * columns;
    e->kernel->drop(count, 0, head_drop(e, SITE_HEAD_INPUT), encoder_last(e), h->input);
    linalg_sgemm(LINALG_PLAIN, LINALG_TRANSPOSED, sequences, w, w, 1, h->input, w, head_value(e, HEAD_DENSE), w, 0,
                 h->dense, w);
    e->kernel->add_bias(rows, columns, columns, head_value(e, HEAD_DENSE_BIAS), h->dense);
    for (size_t i = 0; i < count; i++)
        h->dense[i] = tanhf(h->dense[i]);
    e->kernel->drop(count, 0, head_drop(e, SITE_HEAD_DENSE), h->dense, h->dropped);
    linalg_sgemm(LINALG_PLAIN, LINALG_TRANSPOSED, sequences, labels, w, 1, h->dropped, w, head_value(e, HEAD_OUT), w, 0,
                 h->part_logits, labels);
    e->kernel->add_bias(rows, (size_t)labels, (size_t)labels, head_value(e, HEAD_OUT_BIAS), h->part_logits);
    e->operations += 2.0 * sequences * w * (w + labels);
}

/* Cross-entropy of the labels, and its gradient of the logits. Sums are in double precision: they decide when to end.
 * */
static double label_loss(struct encoder *e, const int *labels, double divisor)
{
    size_t count = (size_t)e->shape.labels;
    double loss = 0;
    for (size_t s = 0; s < (size_t)e->pass->batch->sequences; s++) {
        const float *logits = e->head.part_logits + s * count;
        float *gradient = e->head.logit_gradient + s * count;
        double most = (double)logits[0], sum = 0;
        for (size_t i = 1; i < count; i++)
            most = fmax(most, (double)logits[i]);
        for (size_t i = 0; i < count; i++)
            sum += exp((double)logits[i] - most);
        for (size_t i = 0; i < count; i++) {
            double share = exp((double)logits[i] - most) / sum;
            gradient[i] = (float)((share - ((int)i == labels[s] ? 1 : 0)) / divisor);
        }
        loss += log(sum) + most - (double)logits[labels[s]];
    }
    return loss / divisor;
}

/* Adds the gradients of one map of the head: weight `which` and the bias behind it. */
static void learn_map(const struct encoder *e, int which, int out, const float *x, const float *dy)
{
    const struct tensors *head = e->pass->adapter->head;
    int w = e->shape.width, rows = e->pass->batch->sequences;
    linalg_sgemm(LINALG_TRANSPOSED, LINALG_PLAIN, out, w, rows, 1, dy, out, x, w, 1,
                 head->gradient + head->of[which].offset, w);
    e->kernel->column_sums((size_t)rows, (size_t)out, (size_t)out, dy, head->gradient + head->of[which + 1].offset);
}

/* Leaves the gradient of the last layer's rows where the way back begins. */
static void head_back(struct encoder *e)
{
    struct head_memory *h = &e->head;
    int sequences = e->pass->batch->sequences, w = e->shape.width, labels = e->shape.labels;
    size_t count = (size_t)sequences * (size_t)w;
    bool trained = e->pass->adapter->head->gradient;
    if (trained)
        learn_map(e, HEAD_OUT, labels, h->dropped, h->logit_gradient);
    linalg_sgemm(LINALG_PLAIN, LINALG_PLAIN, sequences, w, labels, 1, h->logit_gradient, labels,
                 head_value(e, HEAD_OUT), w, 0, h->gradient, w);
    e->kernel->drop(count, 0, head_drop(e, SITE_HEAD_DENSE), h->gradient, h->gradient);
    for (size_t i = 0; i < count; i++)
        h->gradient[i] *= 1 - h->dense[i] * h->dense[i];
    if (trained)
        learn_map(e, HEAD_DENSE, w, h->input, h->gradient);
    float *gradient = encoder_last_gradient(e);
    linalg_sgemm(LINALG_PLAIN, LINALG_PLAIN, sequences, w, w, 1, h->gradient, w, head_value(e, HEAD_DENSE), w, 0,
                 gradient, w);
    e->kernel->drop(count, 0, head_drop(e, SITE_HEAD_INPUT), gradient, gradient);
    e->operations += 2.0 * sequences * w * (w + labels) * (trained ? 2 : 1);
}

/* From a sequence on as many as fit, at least one. A part drops as if it had a seed of its own, the first
 * one as if it were the whole. */
static void take_part(struct encoder *e, const struct encoder_pass *pass, int first)
{
    const struct batch *batch = pass->batch;
    struct part_memory *part = &e->part;
    int from = batch->start[first], count = 0;
    while (first + count < batch->sequences &&
           (count == 0 || batch->start[first + count + 1] - from <= e->limits.tokens))
        count++;
    for (int s = 0; s <= count; s++)
        part->start[s] = batch->start[first + s] - from;
    part->batch = (struct batch){
        .sequences = count, .tokens = part->start[count], .ids = batch->ids + from, .start = part->start};
    part->pass = *pass;
    part->pass.batch = &part->batch;
    if (pass->dropout) {
        part->dropout = *pass->dropout;
        part->dropout.seed += (uint64_t)first * 0x9e3779b97f4a7c15U;
        part->pass.dropout = &part->dropout;
    }
    e->head.part_logits = e->head.logits + (size_t)first * (size_t)e->shape.labels;
}

static void classify(struct encoder *encoder, bool learns)
{
    encoder_first_tokens(encoder, &encoder->part.batch);
    encoder_begin(encoder, &encoder->part.pass, encoder->place, encoder->part.batch.sequences, learns);
    encoder_run_forward(encoder);
    head_forward(encoder);
}

const float *encoder_score(struct encoder *encoder, const struct encoder_pass *pass)
{
    double operations = 0;
    for (int first = 0; first < pass->batch->sequences; first += encoder->part.batch.sequences) {
        take_part(encoder, pass, first);
        classify(encoder, false);
        operations += encoder->operations;
    }
    encoder->operations = operations;
    return encoder->head.logits;
}

double encoder_learn(struct encoder *encoder, const struct encoder_pass *pass, const int *labels, double divisor)
{
    double loss = 0, operations = 0;
    for (int first = 0; first < pass->batch->sequences; first += encoder->part.batch.sequences) {
        take_part(encoder, pass, first);
        classify(encoder, true);
        loss += label_loss(encoder, labels + first, divisor);
        head_back(encoder);
        encoder_run_back(encoder);
        operations += encoder->operations;
    }
    encoder->operations = operations;
    return loss;
}

const float *encoder_logits(const struct encoder *encoder)
{
    return encoder->head.logits;
}
