/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/output.h"

#include "cmd/cmd.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int no_memory(void)
{
    cmd_complain("no memory for the output");
    return CMD_FAILURE;
}

bool output_begin(struct output *output)
{
    *output = (struct output){0};
    output->stream = open_memstream(&output->text, &output->size);
    if (!output->stream)
        no_memory();
    return output->stream != NULL;
}

/* Returns 0 or errno. */
static int write_all(const char *text, size_t size)
{
    for (size_t written = 0; written < size;) {
        ssize_t put = write(STDOUT_FILENO, text + written, size - written);
        if (put >= 0) {
            written += (size_t)put;
        } else if (errno == EAGAIN) { /* someone made the descriptor non-blocking */
            poll(&(struct pollfd){.fd = STDOUT_FILENO, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

int output_end(struct output *output)
{
    bool whole = !ferror(output->stream);
    whole = fclose(output->stream) == 0 && whole;
    int failure = whole ? write_all(output->text, output->size) : 0;
    free(output->text);
    *output = (struct output){0};
    if (!whole)
        return no_memory();
    if (failure == 0 || failure == EPIPE)
        return CMD_SUCCESS;
    cmd_complain("cannot write to standard output: %s", strerror(failure));
    return CMD_FAILURE;
}

void output_drop(struct output *output)
{
    fclose(output->stream);
    free(output->text);
    *output = (struct output){0};
}
