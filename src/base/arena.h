/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_BASE_ARENA_H
#define RANKSCOPE_BASE_ARENA_H

#include <stddef.h>

/* One block of memory, sized once, given out in pieces, freed at once. Nothing allocates after arena_new, so a
 * numerical loop that takes its workspace from an arena cannot fail. */
struct arena;

/* Bytes that `count` doubles take in an arena, alignment included; SIZE_MAX when that overflows. Add the pieces
 * up with arena_add to learn what arena_new needs. */
size_t arena_doubles_size(size_t count);

/* The same for `count` matrices of rows × columns in one piece. */
size_t arena_matrices_size(size_t count, size_t rows, size_t columns);

/* The same for a struct of `bytes`. */
size_t arena_struct_size(size_t bytes);

/* a + b, or SIZE_MAX when that overflows. */
size_t arena_add(size_t a, size_t b);

/* Zeroed block of `bytes`; NULL when memory is short or bytes is SIZE_MAX. The caller frees it with arena_free. */
struct arena *arena_new(size_t bytes);
void arena_free(struct arena *arena); /* NULL is allowed; every piece goes with it */

/* A zeroed piece, aligned to a cache line (64 bytes), owned by the arena. Asking for more than the arena was
 * sized for is a programming error and aborts. A count of 0 gives a pointer that must not be read. */
double *arena_doubles(struct arena *arena, size_t count);

/* The same for a struct of `bytes`, aligned for any. */
void *arena_struct(struct arena *arena, size_t bytes);

#endif
