/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_DERIVE_H
#define RANKSCOPE_RUN_DERIVE_H

#include "run/view.h"

/* What the theory says of a picture, computed for the present config and draw, and held against what was measured. */

enum derive_topic { DERIVE_LOSS, DERIVE_ADAPTATION, DERIVE_RECOVERY, DERIVE_SPECTRUM };

/* What a series comes to by the theory, as a dashed line can show it; NAN where it is silent. In fine-tuning: at the best that
 * gradient descent can reach from the theory's base, at adapt.rank. */
double derive_limit(const struct snapshot *snapshot, int method, enum stage stage, enum series series);

/* Why, in a sentence for each method with the theorem's number, and what was measured; it says when the two disagree, and why the
 * theory is silent where it is. As explain's text, of at most `size` bytes. */
void derive_explain(const struct view *view, enum derive_topic topic, char *text, size_t size);

/* What the next value up of a key does to the ranks that the unseen task needs: "One up, standard needs rank 10 (not 8)." "":
 * nothing, or the theory is silent. */
void derive_change(const struct config *config, int key, char *text, size_t size);

#endif
