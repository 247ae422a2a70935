/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CACHE_LINE = 64, HUGE_PAGE = 2 << 20 };

struct arena {
    size_t size;
    size_t used;
    unsigned char *block; /* size bytes, aligned to CACHE_LINE */
    void *allocation;     /* what free() wants back */
};

size_t arena_doubles_size(size_t count)
{
    if (count > (SIZE_MAX - CACHE_LINE) / sizeof(double))
        return SIZE_MAX;
    return (count * sizeof(double) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
}

static size_t multiply(size_t a, size_t b)
{
    return b && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}

size_t arena_matrices_size(size_t count, size_t rows, size_t columns)
{
    return arena_doubles_size(multiply(count, multiply(rows, columns)));
}

size_t arena_add(size_t a, size_t b)
{
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

/* Large matrices are read in order again and again: with small pages, translating addresses costs more than reading.
 * Advice only, so whether it is taken does not matter. */
static void advise_huge_pages(void *block, size_t bytes)
{
    uintptr_t start = ((uintptr_t)block + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    uintptr_t end = ((uintptr_t)block + bytes) / HUGE_PAGE * HUGE_PAGE;
    if (start < end)
        madvise((void *)start, end - start, MADV_HUGEPAGE);
}

struct arena *arena_new(size_t bytes)
{
    if (bytes > PTRDIFF_MAX - CACHE_LINE) /* no object is larger */
        return NULL;
    struct arena *arena = malloc(sizeof *arena);
    if (!arena)
        return NULL;
    void *allocation = calloc(1, bytes + CACHE_LINE);
    if (!allocation) {
        free(arena);
        return NULL;
    }
    advise_huge_pages(allocation, bytes);
    uintptr_t start = ((uintptr_t)allocation + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    *arena = (struct arena){.size = bytes, .block = (unsigned char *)start, .allocation = allocation};
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    free(arena->allocation);
    free(arena);
}

double *arena_doubles(struct arena *arena, size_t count)
{
    size_t bytes = arena_doubles_size(count);
    if (bytes > arena->size - arena->used)
        abort();
    void *piece = arena->block + arena->used;
    arena->used += bytes;
    return piece;
}

static size_t struct_doubles(size_t bytes)
{
    return bytes / sizeof(double) + (bytes % sizeof(double) != 0);
}

size_t arena_struct_size(size_t bytes)
{
    return arena_doubles_size(struct_doubles(bytes));
}

void *arena_struct(struct arena *arena, size_t bytes)
{
    return arena_doubles(arena, struct_doubles(bytes));
}
