/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/cmd.h"
#include "model/linalg.h"

#include <errno.h>
#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <locale.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* A standard descriptor that is closed would be given to the next file that is opened, and what is meant for people
 * would end up there. */
static void fill_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY); /* writing to standard output then fails */
}

int main(int argc, char **argv)
{
    fill_descriptors();
    setlocale(LC_CTYPE, ""); /* numbers keep their point */
    signal(SIGPIPE, SIG_IGN);
    gsl_set_error_handler_off();
    linalg_set_threads(1);

    for (int i = 0; i < cmd_count; i++)
        if (argc > 1 && strcmp(argv[1], cmd_table[i].name) == 0)
            return cmd_table[i].run(argc - 1, argv + 1);
    return cmd_bare(argc, argv);
}
