/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/lora.h"

#include "model/encoder/site.h"
#include "model/encoder/start.h"
#include "model/linalg.h"

#include <math.h>
#include <stdio.h>

/* y += s · B (A drop(x)): the product in brackets is kept. Its adjoint, with g the gradient of y and b = s · g B:
 * dx += drop(b A), dA += b^T drop(x), dB += s · g^T kept. */

static const char *const map_names[ENCODER_MAPS] = {
    [MAP_QUERY] = "attention.self.query",      [MAP_KEY] = "attention.self.key",
    [MAP_VALUE] = "attention.self.value",      [MAP_ATTENTION] = "attention.output.dense",
    [MAP_INTERMEDIATE] = "intermediate.dense", [MAP_OUTPUT] = "output.dense",
};

static int factor_index(int layer, enum encoder_map map)
{
    return 2 * (layer * ENCODER_MAPS + (int)map);
}

int lora_layout(const struct encoder_shape *shape, int rank, struct tensor *list)
{
    int count = 2 * shape->layers * ENCODER_MAPS;
    for (int i = 0; list && i < count; i++) {
        enum encoder_map map = (enum encoder_map)(i / 2 % ENCODER_MAPS);
        snprintf(list[i].name, sizeof list[i].name, "encoder.layer.%d.%s.lora_%c", i / 2 / ENCODER_MAPS, map_names[map],
                 i % 2 ? 'B' : 'A');
        list[i].dims = 2;
        list[i].rows = (size_t)(i % 2 ? encoder_map_out(shape, map) : rank);
        list[i].columns = (size_t)(i % 2 ? rank : encoder_map_in(shape, map));
    }
    return count;
}

enum err_code lora_start(struct adapter *adapter, uint64_t seed, int task, struct err *err)
{
    for (int i = 0; i < adapter->maps->count; i += 2) {
        double bound = 1 / sqrt((double)adapter->maps->of[i].columns);
        enum err_code code = start_uniform(adapter->maps, i, bound, seed, RANDOM_TASK_START, task, err);
        if (code)
            return code;
    }
    return ERR_NONE;
}

bool adapter_factors(const struct adapter *adapter, int layer, enum encoder_map map, const float **a, const float **b)
{
    if (adapter->method->forward != lora_forward)
        return false;
    int index = factor_index(layer, map);
    *a = tensors_at(adapter->maps, index);
    *b = tensors_at(adapter->maps, index + 1);
    return true;
}

static const float *factor(const struct adapter_site *site, int which)
{
    return tensors_at(site->adapter->maps, factor_index(site->layer, site->map) + which);
}

/* x as the adapter reads it: itself, or dropped into scratch. */
static const float *dropped(const struct adapter_site *site, int first, int rows, const float *x, float *scratch)
{
    if (site->drop.threshold == 0)
        return x;
    size_t in = (size_t)site->in;
    site->kernel->drop((size_t)rows * in, (uint32_t)((size_t)first * in), site->drop, x, scratch);
    return scratch;
}

void lora_forward(const struct adapter_site *site, int first, int rows, const float *x, float *y, int stride,
                  float *scratch)
{
    const float *a = factor(site, 0), *b = factor(site, 1);
    int rank = site->adapter->rank;
    float *kept = site->kept + (size_t)first * (size_t)rank;
    linalg_sgemm(LINALG_PLAIN, LINALG_TRANSPOSED, rows, rank, site->in, 1, dropped(site, first, rows, x, scratch),
                 site->in, a, site->in, 0, kept, rank);
    linalg_sgemm(LINALG_PLAIN, LINALG_TRANSPOSED, rows, site->out, rank, site->adapter->scale, kept, rank, b, rank, 1,
                 y, stride);
}

void lora_back(const struct adapter_site *site, int first, int rows, const float *dy, int stride, float *dx,
               float *scratch)
{
    const float *a = factor(site, 0), *b = factor(site, 1);
    int rank = site->adapter->rank;
    size_t in = (size_t)site->in, count = (size_t)rows * in;
    float *back = site->back + (size_t)first * (size_t)rank;
    linalg_sgemm(LINALG_PLAIN, LINALG_PLAIN, rows, rank, site->out, site->adapter->scale, dy, stride, b, rank, 0, back,
                 rank);
    if (!dx)
        return;
    if (site->drop.threshold == 0) {
        linalg_sgemm(LINALG_PLAIN, LINALG_PLAIN, rows, site->in, rank, 1, back, rank, a, site->in, 1, dx, site->in);
        return;
    }
    linalg_sgemm(LINALG_PLAIN, LINALG_PLAIN, rows, site->in, rank, 1, back, rank, a, site->in, 0, scratch, site->in);
    site->kernel->drop(count, (uint32_t)((size_t)first * in), site->drop, scratch, scratch);
    site->kernel->add(count, scratch, dx);
}

void lora_learn(const struct adapter_site *site, int rows, const float *x, const float *dy, int stride, float *scratch)
{
    struct tensors *maps = site->adapter->maps;
    int index = factor_index(site->layer, site->map), rank = site->adapter->rank;
    float *a_gradient = maps->gradient + maps->of[index].offset;
    float *b_gradient = maps->gradient + maps->of[index + 1].offset;
    for (int first = 0; first < rows; first += SITE_ROWS) {
        int count = rows - first < SITE_ROWS ? rows - first : SITE_ROWS;
        const float *read = dropped(site, first, count, x + (size_t)first * (size_t)site->in, scratch);
        linalg_sgemm(LINALG_TRANSPOSED, LINALG_PLAIN, rank, site->in, count, 1,
                     site->back + (size_t)first * (size_t)rank, rank, read, site->in, 1, a_gradient, site->in);
    }
    linalg_sgemm(LINALG_TRANSPOSED, LINALG_PLAIN, site->out, rank, rows, site->adapter->scale, dy, stride, site->kept,
                 rank, 1, b_gradient, rank);
}
