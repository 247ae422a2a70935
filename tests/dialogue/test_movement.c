/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/movement.h"
#include "support/dialogue_sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static float *weights(struct tensors *set, const char *name)
{
    int index = tensors_find(set, name);
    assert_true(index >= 0);
    return tensors_at(set, index);
}

static void assert_near(double value, double wanted)
{
    if (!(fabs(value - wanted) < 1e-6))
        fail_msg("%.9g, not %.9g", value, wanted);
}

/* Maps that read the same input are one above the other: what moves along other inputs is in other directions, and what moves along
 * the same one adds up as in a vector's length. */
static void known_movements_have_known_singular_values(void **state)
{
    (void)state;
    static struct dialogue_sample sample;
    struct err err = {.code = ERR_NONE};
    struct dialogue_view_layer layer[VIEW_LAYERS];
    int layers;
    assert_true(dialogue_sample_make(&sample, &err));
    const struct tensors *from = sample.project.encoder.base;
    struct tensors *to = tensors_copy(from, &err);
    struct movement *movement = movement_new(&sample.project.encoder.shape);
    assert_non_null(to);
    assert_non_null(movement);
    assert_true(movement_measure(movement, from, to, layer, &layers));
    assert_int_equal(layers, 1);
    assert_int_equal(layer[0].rank, 0); /* it has not moved */

    weights(to, "encoder.layer.0.attention.self.query.weight")[3 * 8 + 1] += 3; /* input 1 */
    weights(to, "encoder.layer.0.intermediate.dense.weight")[11 * 8 + 1] -= 4;  /* the same */
    assert_true(movement_measure(movement, from, to, layer, &layers));
    assert_int_equal(layer[0].values, 8);
    assert_int_equal(layer[0].rank, 1);
    assert_near(layer[0].value[0], 5);
    assert_near(layer[0].value[1], 0);

    weights(to, "encoder.layer.0.attention.self.value.weight")[6] += 2.5F; /* input 6: a fifth of the squares */
    assert_true(movement_measure(movement, from, to, layer, &layers));
    assert_int_equal(layer[0].rank, 2);
    assert_near(layer[0].value[1], 2.5);

    weights(to, "encoder.layer.0.output.dense.weight")[0] += 100; /* reads another width */
    assert_true(movement_measure(movement, from, to, layer, &layers));
    assert_near(layer[0].value[0], 5);
    movement_free(movement);
    tensors_free(to);
    dialogue_sample_free(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_movements_have_known_singular_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
