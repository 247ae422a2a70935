/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <gsl/gsl_multilarge_nlinear.h>
#include <gsl/gsl_rng.h>
#include <pthread.h>
#include <stdio.h>

enum { NEVER = -1, MANY = 100000 };

static atomic_long countdown = NEVER; /* allocations until the one that fails; below 0: none will */
static atomic_bool failed;

/* Of the leak checker, where the build has one. */
__attribute__((weak)) int __lsan_do_recoverable_leak_check(void);

static bool fails(void)
{
    if (atomic_load(&countdown) < 0 || atomic_fetch_sub(&countdown, 1) != 0)
        return false;
    atomic_store(&failed, true);
    errno = ENOMEM;
    return true;
}

void failing_pause(void)
{
    atomic_store(&countdown, NEVER);
}

int failing_every(enum failing_outcome (*action)(void *context), void *context)
{
    for (int n = 0; n < MANY; n++) {
        atomic_store(&failed, false);
        atomic_store(&countdown, n);
        enum failing_outcome outcome = action(context);
        failing_pause();

        if (!atomic_load(&failed)) {
            assert_int_equal(outcome, FAILING_SUCCESS);
            return n;
        }
        if (outcome != FAILING_REPORTED)
            fail_msg("allocation %d failed, and the action said %s", n,
                     outcome == FAILING_SUCCESS ? "nothing" : "something else");
        if (__lsan_do_recoverable_leak_check && __lsan_do_recoverable_leak_check() != 0)
            fail_msg("allocation %d failed, and memory leaked", n);
    }
    fail_msg("it never got by with fewer than %d allocations", MANY);
    return 0;
}

/* The functions in front. `arguments` are in parentheses. */
#define WRAP(type, name, parameters, arguments, failure)                                                               \
    type __real_##name parameters;                                                                                     \
    type __wrap_##name parameters;                                                                                     \
    type __wrap_##name parameters                                                                                      \
    {                                                                                                                  \
        return fails() ? (failure) : __real_##name arguments;                                                          \
    }

WRAP(void *, malloc, (size_t size), (size), NULL)
WRAP(void *, calloc, (size_t count, size_t size), (count, size), NULL)
WRAP(void *, realloc, (void *old, size_t size), (old, size), NULL)
WRAP(void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size), NULL)
WRAP(int, posix_memalign, (void **block, size_t alignment, size_t size), (block, alignment, size), ENOMEM)
WRAP(char *, strdup, (const char *text), (text), NULL)
WRAP(char *, strndup, (const char *text, size_t size), (text, size), NULL)
WRAP(FILE *, open_memstream, (char **text, size_t *size), (text, size), NULL)
WRAP(FILE *, fopen, (const char *path, const char *mode), (path, mode), NULL)
WRAP(FILE *, fdopen, (int descriptor, const char *mode), (descriptor, mode), NULL)
WRAP(int, vasprintf, (char **text, const char *format, va_list args), (text, format, args), -1)
WRAP(int, pthread_create, (pthread_t * thread, const pthread_attr_t *attr, void *(*start)(void *), void *argument),
     (thread, attr, start, argument), EAGAIN)
WRAP(gsl_multilarge_nlinear_workspace *, gsl_multilarge_nlinear_alloc,
     (const gsl_multilarge_nlinear_type *type, const gsl_multilarge_nlinear_parameters *parameters, size_t n, size_t p),
     (type, parameters, n, p), NULL)
WRAP(gsl_rng *, gsl_rng_alloc, (const gsl_rng_type *type), (type), NULL)

int __wrap_asprintf(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_asprintf(char **text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = __wrap_vasprintf(text, format, args);
    va_end(args);
    return length;
}
