/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/settings.h"

const struct dialogue_settings dialogue_published = {
    .tasks = 10,
    .unseen = 10,
    .held_out = 3,
    .batch = 8,
    .epochs = 10,
    .adapt_epochs = 10,
    .rank = 8,
    .inner = 20,
    .outer_rate = 0.5,
    .rate = 5e-5,
    .adapt_rate = 1e-4,
    .warm = 0.1,
    .alpha = 16,
    .dropout = 0.1,
    .pass = 4096,
};

/* Rates and small batches are those of a model that is two hundred times smaller and hardly pretrained, and which dropout keeps from
 * learning in so few steps. Seven epochs of adapting, for all of a comparison is to take less than half an hour on two cores. */
const struct dialogue_settings dialogue_small = {
    .tasks = 10,
    .unseen = 10,
    .held_out = 3,
    .batch = 2,
    .epochs = 10,
    .adapt_epochs = 7,
    .rank = 8,
    .inner = 20,
    .outer_rate = 0.5,
    .rate = 5e-4,
    .adapt_rate = 2.5e-3,
    .warm = 0.1,
    .alpha = 16,
    .dropout = 0,
    .prior = 1,
    .pass = 4096,
};
