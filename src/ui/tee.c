/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tee.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum err_code tee_begin(struct tee *tee, bool kept, struct err *err)
{
    tee_forget(tee);
    tee->lost = false;
    tee->catcher = kept ? memfd_create("rankscope", MFD_CLOEXEC) : 0;
    tee->kept = kept && tee->catcher > 0;
    if (kept && !tee->kept)
        return err_set(err, ERR_IO, "what is written to the terminal cannot be kept: %s", strerror(errno));
    return ERR_NONE;
}

void tee_end(struct tee *tee)
{
    if (tee->catcher > 0)
        close(tee->catcher);
    tee->catcher = 0;
    tee->kept = false;
}

void tee_forget(struct tee *tee)
{
    free(tee->bytes);
    tee->bytes = NULL;
    tee->size = tee->room = 0;
    tee->told = false;
}

static void keep(struct tee *tee, const char *bytes, size_t size)
{
    if (tee->told)
        tee->size = 0;
    tee->told = false;
    if (size > tee->room - tee->size) {
        size_t room = 2 * (tee->size + size);
        char *larger = realloc(tee->bytes, room);
        if (larger == NULL)
            return;
        tee->bytes = larger;
        tee->room = room;
    }
    memcpy(tee->bytes + tee->size, bytes, size);
    tee->size += size;
}

const char *tee_take(struct tee *tee, size_t *size)
{
    *size = tee->told ? 0 : tee->size;
    tee->told = true;
    return tee->bytes;
}

static void write_all(struct tee *tee, const char *bytes, size_t left)
{
    while (left > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, left);
        if (written < 0 && errno != EINTR) {
            tee->lost = tee->lost || errno == EIO;
            return;
        }
        if (written > 0) {
            bytes += written;
            left -= (size_t)written;
        }
    }
}

void tee_write(struct tee *tee, const char *text)
{
    if (tee->kept)
        keep(tee, text, strlen(text));
    write_all(tee, text, strlen(text));
}

void tee_write_unkept(struct tee *tee, const char *text)
{
    write_all(tee, text, strlen(text));
}

/* All that was caught goes on to the terminal. */
static void pass_on(struct tee *tee)
{
    char bytes[4096];
    lseek(tee->catcher, 0, SEEK_SET);
    for (ssize_t got = read(tee->catcher, bytes, sizeof bytes); got > 0;
         got = read(tee->catcher, bytes, sizeof bytes)) {
        keep(tee, bytes, (size_t)got);
        write_all(tee, bytes, (size_t)got);
    }
    lseek(tee->catcher, 0, SEEK_SET);
    if (ftruncate(tee->catcher, 0) != 0)
        tee->kept = false;
}

void tee_call(struct tee *tee, int (*call)(void))
{
    int terminal = tee->kept ? dup(STDOUT_FILENO) : -1;
    if (terminal < 0 || dup2(tee->catcher, STDOUT_FILENO) < 0) {
        call();
    } else {
        call();
        dup2(terminal, STDOUT_FILENO);
        pass_on(tee);
    }
    if (terminal >= 0)
        close(terminal);
}
