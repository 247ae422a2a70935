/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_ADAPTER_FILE_H
#define RANKSCOPE_RUN_ADAPTER_FILE_H

#include "base/err.h"
#include "model/encoder/adapter.h"

#include <stdbool.h>

/* LoRA's adapters as Hugging Face's PEFT has them: a folder with adapter_config.json and adapter_model.safetensors.
 * Tensors are called "base_model.model.roberta.encoder.layer.0.attention.self.query.lora_A.weight" (rank × in) and
 * "….lora_B.weight" (out × rank), and the head, which is saved with it, "base_model.model.classifier.…". */

/* Whose adapter it is. */
struct adapter_file_origin {
    const char *base;    /* folder of the base that it belongs to, as somebody will find it */
    const char *made_by; /* names what it was made by, so that it can be known again */
};

/* Writes the folder, which is made where it is not there; each file appears whole or not at all, and the config last.
 * The adapter must be lora's. ERR_IO, ERR_MEMORY. */
enum err_code adapter_file_write(const struct adapter *adapter, const struct adapter_file_origin *origin,
                                 const char *folder, struct err *err);

/* Whether the folder has an adapter that was made by this. */
bool adapter_file_is(const char *folder, const char *made_by);

/* What the folder's config says an adapter must be made with. ERR_INPUT: it is no LoRA, or one whose mathematics is not
 * computed here; what file_read says; ERR_MEMORY. */
enum err_code adapter_file_settings(const char *folder, struct adapter_settings *settings, struct err *err);

/* Reads the folder's tensors into an adapter that was made so. Names, kinds and shapes are compared first, and after an
 * error the adapter is as it was. ERR_INPUT, ERR_IO, ERR_MEMORY. */
enum err_code adapter_file_read(struct adapter *adapter, const char *folder, struct err *err);

#endif
