/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "model/encoder/adamw.h"
#include "model/encoder/encoder.h"
#include "run/adapter_file.h"
#include "run/encoder_file.h"
#include "support/roberta.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* An encoder is read, given an adapter of each scheme, made ready and trained a step: only before the step is there
 * memory to be had. */

static enum failing_outcome outcome_of(enum err_code code)
{
    return code == ERR_NONE ? FAILING_SUCCESS : code == ERR_MEMORY ? FAILING_REPORTED : FAILING_WRONG;
}

struct made {
    struct encoder_file file;
    struct adapter *adapter;
    struct batch *batch;
    struct encoder *encoder;
    struct adamw *adamw;
};

static enum err_code make(struct made *made, const char *method, struct err *err)
{
    static const int32_t ids[] = {3, 4, 5, 60};
    struct adapter_settings settings = {.rank = 2, .alpha = 16};
    struct encoder_limits limits = {.sequences = 2, .tokens = 8, .rank = 2, .learns = true};
    enum err_code code = encoder_file_read(&made->file, roberta_path(""), err);
    if (code)
        return code;
    made->adapter = adapter_new(adapter_find(method), &made->file.shape, &settings, made->file.base, 1, 0, err);
    made->batch = made->adapter ? batch_new(2, 8, err) : NULL;
    made->encoder = made->batch ? encoder_new(&made->file.shape, &limits, NULL, err) : NULL;
    made->adamw = made->encoder ? adamw_new(made->adapter->head, &adamw_usual, err) : NULL;
    if (!made->adamw)
        return err->code;
    batch_add(made->batch, ids, 4);
    return tensors_train(made->file.base, true, err);
}

static void discard(struct made *made)
{
    adamw_free(made->adamw);
    encoder_free(made->encoder);
    batch_free(made->batch);
    adapter_free(made->adapter);
    encoder_file_free(&made->file);
}

static enum failing_outcome prepare(void *context)
{
    struct made made = {.adapter = NULL};
    struct err err = {.code = ERR_NONE};
    enum err_code code = make(&made, context, &err);
    discard(&made);
    return outcome_of(code);
}

static void encoders_are_made(void **state)
{
    (void)state;
    char lora[] = "lora", head[] = "head", full[] = "full";
    assert_true(failing_every(prepare, lora) > 20);
    assert_true(failing_every(prepare, head) > 15);
    assert_true(failing_every(prepare, full) > 15);
}

static enum failing_outcome take_step(void *context)
{
    struct made *made = context;
    static const int labels[] = {1};
    struct encoder_pass pass = {
        .base = made->file.base, .adapter = made->adapter, .batch = made->batch, .dropout = &encoder_dropout_usual};
    encoder_learn(made->encoder, &pass, labels, 1);
    adamw_step(made->adamw, made->adapter->head, 1e-3, NULL);
    return FAILING_SUCCESS;
}

static void steps_take_no_memory(void **state)
{
    (void)state;
    struct made made = {.adapter = NULL};
    struct err err = {.code = ERR_NONE};
    assert_int_equal(make(&made, "lora", &err), ERR_NONE);
    assert_int_equal(failing_every(take_step, &made), 0);
    discard(&made);
}

static char adapter_folder[600];

static enum failing_outcome write_adapter(void *context)
{
    struct made *made = context;
    struct err err = {.code = ERR_NONE};
    const struct adapter_file_origin origin = {"base", "test"};
    enum err_code code = adapter_file_write(made->adapter, &origin, adapter_folder, &err);
    if (code == ERR_IO && strstr(err.message, strerror(ENOMEM))) /* for a temporary file's name */
        code = ERR_MEMORY;
    return outcome_of(code);
}

static void adapters_are_written(void **state)
{
    (void)state;
    struct made made = {.adapter = NULL};
    struct err err = {.code = ERR_NONE};
    assert_int_equal(make(&made, "lora", &err), ERR_NONE);
    assert_true(failing_every(write_adapter, &made) > 5);
    discard(&made);
}

static enum failing_outcome read_adapter(void *context)
{
    struct made *made = context;
    struct err err = {.code = ERR_NONE};
    struct adapter_settings settings;
    enum err_code code = adapter_file_settings(adapter_folder, &settings, &err);
    return outcome_of(code ? code : adapter_file_read(made->adapter, adapter_folder, &err));
}

/* After it was written. */
static void adapters_are_read(void **state)
{
    (void)state;
    struct made made = {.adapter = NULL};
    struct err err = {.code = ERR_NONE};
    assert_int_equal(make(&made, "lora", &err), ERR_NONE);
    assert_true(failing_every(read_adapter, &made) > 5);
    discard(&made);
}

int main(void)
{
    snprintf(adapter_folder, sizeof adapter_folder, "%.500s/adapter-%ld", getenv("TMPDIR"), (long)getpid());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoders_are_made),
        cmocka_unit_test(steps_take_no_memory),
        cmocka_unit_test(adapters_are_written),
        cmocka_unit_test(adapters_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
