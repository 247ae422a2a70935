/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { CHUNK = 65536 };

/* What has been read from one pipe, NUL-terminated. */
struct sink {
    char *text;
    size_t size;
};

static void run_shell(const char *command, int output, int errors)
{
    const char *program = getenv("RANKSCOPE_PROGRAM");
    setenv("RANKSCOPE", program ? program : "rankscope", 1);
    int empty = open("/dev/null", O_RDONLY);
    dup2(empty, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    close(empty);
    close(output);
    close(errors);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

/* False: the other end is closed. */
static bool take(struct sink *sink, int fd)
{
    char *larger = realloc(sink->text, sink->size + CHUNK + 1);
    assert_non_null(larger);
    sink->text = larger;
    ssize_t got = read(fd, sink->text + sink->size, CHUNK);
    sink->size += got > 0 ? (size_t)got : 0;
    sink->text[sink->size] = '\0';
    return got > 0 || (got < 0 && errno == EINTR);
}

static void take_both(struct sink sinks[2], const int fds[2])
{
    struct pollfd polled[2] = {{.fd = fds[0], .events = POLLIN}, {.fd = fds[1], .events = POLLIN}};
    while (polled[0].fd >= 0 || polled[1].fd >= 0) {
        poll(polled, 2, -1);
        for (int i = 0; i < 2; i++)
            if (polled[i].revents && !take(&sinks[i], fds[i]))
                polled[i].fd = -1;
    }
}

struct program_result program_shell(const char *format, ...)
{
    char *command;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&command, format, args);
    va_end(args);
    assert_true(length >= 0);

    int output[2];
    int errors[2];
    assert_int_equal(pipe2(output, O_CLOEXEC), 0);
    assert_int_equal(pipe2(errors, O_CLOEXEC), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        run_shell(command, output[1], errors[1]);
    close(output[1]);
    close(errors[1]);
    struct sink sinks[2] = {{0}, {0}};
    take_both(sinks, (int[2]){output[0], errors[0]});
    close(output[0]);
    close(errors[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    free(command);
    return (struct program_result){.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
                                   .output = sinks[0].text,
                                   .output_size = sinks[0].size,
                                   .errors = sinks[1].text};
}

void program_free(struct program_result *result)
{
    free(result->output);
    free(result->errors);
    *result = (struct program_result){0};
}

int program_slowness(void)
{
    const char *text = getenv("RANKSCOPE_SLOWNESS");
    long slowness = text ? strtol(text, NULL, 10) : 1;
    return slowness >= 1 ? (int)slowness : 1;
}
