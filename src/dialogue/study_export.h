/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_STUDY_EXPORT_H
#define RANKSCOPE_DIALOGUE_STUDY_EXPORT_H

#include "dialogue/study.h"

#include <stdbool.h>
#include <stdint.h>

/* What a study finished, for use elsewhere, below the folder that study->exports names:
 *
 *   METHOD-SEED/             the retrained base with its tokenizer, as Hugging Face has them (encoder_file.h)
 *   METHOD-SEED/persona-N/   adapted to persona N of the file: adapter and head, as PEFT has them (adapter_file.h);
 *                            where the scheme adds nothing to linear maps, the whole model with its head
 *
 * Files appear whole or not at all, and the config of a folder last. Any thread. */

/* ERR_INPUT, ERR_IO, ERR_MEMORY. */
enum err_code study_export_base(const struct study *study, int method, int seed, const struct tensors *base,
                                struct err *err);

/* `fingerprint`: the training's. */
enum err_code study_export_adapter(const struct study *study, int method, int seed, const struct training *training,
                                   uint64_t fingerprint, struct err *err);

/* Whether the adapter of this training is there already. Of whole models it is never known. */
bool study_is_exported(const struct study *study, int method, int seed, const struct training_setup *setup,
                       uint64_t fingerprint);

#endif
