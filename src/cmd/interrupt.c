/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/interrupt.h"

#include <time.h>
#include <ucontext.h>
#include <unistd.h>

/* OpenBLAS has threads from before main, which do not hold these back; what one of those gets, it hands to the main thread. */
static const int ending_signals[INTERRUPT_SIGNALS] = {SIGINT, SIGTERM};

/* The thread that it came to, be it the main one before it held back, holds back from now on: else what it is handed would
 * be handed on at once, for ever. */
static void pass_on(int signal, siginfo_t *info, void *context)
{
    (void)info;
    sigaddset(&((ucontext_t *)context)->uc_sigmask, signal);
    tgkill(getpid(), getpid(), signal);
}

/* First who takes them, then holding back: in between, one could end the process through another thread. */
void interrupt_begin(struct interrupt *interrupt)
{
    struct sigaction action = {.sa_sigaction = pass_on, .sa_flags = SA_RESTART | SA_SIGINFO};
    pthread_sigmask(SIG_SETMASK, NULL, &interrupt->before);
    sigemptyset(&interrupt->awaited);
    for (int i = 0; i < INTERRUPT_SIGNALS; i++) {
        sigaction(ending_signals[i], NULL, &interrupt->action[i]);
        if (interrupt->action[i].sa_handler == SIG_IGN)
            continue;
        sigaddset(&interrupt->awaited, ending_signals[i]);
        sigaction(ending_signals[i], &action, NULL);
    }
    pthread_sigmask(SIG_BLOCK, &interrupt->awaited, NULL);
}

/* Takes it, not only looks: what is pending may yet go to another thread, which hands it on later, and that must not be when
 * it would end the process. */
bool interrupt_came(const struct interrupt *interrupt)
{
    return sigtimedwait(&interrupt->awaited, NULL, &(struct timespec){0}) > 0;
}

/* The signal is let in while it waits, and handed on to this thread, where it waits again for interrupt_came. */
int interrupt_poll(const struct interrupt *interrupt, struct pollfd *descriptor, nfds_t count, int milliseconds)
{
    enum { SECOND = 1000, MILLISECOND = 1000000 };
    struct timespec time = {.tv_sec = milliseconds / SECOND, .tv_nsec = (long)(milliseconds % SECOND) * MILLISECOND};
    return ppoll(descriptor, count, milliseconds < 0 ? NULL : &time, &interrupt->before);
}

void interrupt_end(const struct interrupt *interrupt)
{
    while (interrupt_came(interrupt))
        ;
    for (int i = 0; i < INTERRUPT_SIGNALS; i++)
        sigaction(ending_signals[i], &interrupt->action[i], NULL);
    pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
}
