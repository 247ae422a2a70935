/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/gnuplot.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = CLOCK_SECOND / 2, NAP = 2 * CLOCK_MILLISECOND };

struct gnuplot {
    pid_t pid; /* 0: reaped */
    int input, output, messages;
    int status;      /* of waitpid, once it is reaped */
    int64_t hung_up; /* when its input was closed */
};

/* The pipes: [0] is read, [1] is written. */
struct pipes {
    int input[2], output[2], messages[2];
};

static void close_one(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

static void close_pipes(struct pipes *pipes)
{
    for (int end = 0; end < 2; end++) {
        close_one(&pipes->input[end]);
        close_one(&pipes->output[end]);
        close_one(&pipes->messages[end]);
    }
}

static int open_pipes(struct pipes *pipes)
{
    *pipes = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    bool open = pipe2(pipes->input, O_CLOEXEC) == 0 && pipe2(pipes->output, O_CLOEXEC) == 0 &&
                pipe2(pipes->messages, O_CLOEXEC) == 0;
    open = open && fcntl(pipes->input[1], F_SETFL, O_NONBLOCK) == 0 &&
           fcntl(pipes->output[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(pipes->messages[0], F_SETFL, O_NONBLOCK) == 0;
    if (open)
        return 0;
    int failure = errno;
    close_pipes(pipes);
    return failure;
}

/* The signals that we ignore or block are gnuplot's again. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    int failure = posix_spawnattr_setpgroup(attributes, 0);
    failure = failure ? failure : posix_spawnattr_setsigmask(attributes, &none);
    failure = failure ? failure : posix_spawnattr_setsigdefault(attributes, &all);
    short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    return failure ? failure : posix_spawnattr_setflags(attributes, flags);
}

static int set_actions(posix_spawn_file_actions_t *actions, const struct pipes *pipes)
{
    int failure = posix_spawn_file_actions_adddup2(actions, pipes->input[0], STDIN_FILENO);
    failure = failure ? failure : posix_spawn_file_actions_adddup2(actions, pipes->output[1], STDOUT_FILENO);
    return failure ? failure : posix_spawn_file_actions_adddup2(actions, pipes->messages[1], STDERR_FILENO);
}

/* Whether "NAME=value" is one of those that gnuplot shall not have from us. GNUTERM: we say what it draws with, and
 * where that is empty, gnuplot lists its terminals and takes our first lines for a wish to see more of them. */
static bool is_ours(const char *variable)
{
    return strncmp(variable, "DESKTOP_STARTUP_ID=", 19) == 0 || strncmp(variable, "GNUTERM=", 8) == 0;
}

/* Our environment, and when a person last did something to the program, as the desktop's startup notification has it: at
 * the very beginning, so that its windows do not take the focus from the terminal. The array is the caller's to free. */
static char **environment_new(void)
{
    static const char startup[] = "DESKTOP_STARTUP_ID=rankscope_TIME1";
    size_t count = 0;
    while (environ[count])
        count++;
    char **environment = malloc((count + 2) * sizeof *environment + sizeof startup);
    if (!environment)
        return NULL;
    size_t kept = 0;
    environment[kept++] = memcpy(environment + count + 2, startup, sizeof startup);
    for (size_t i = 0; i < count; i++)
        if (!is_ours(environ[i]))
            environment[kept++] = environ[i];
    environment[kept] = NULL;
    return environment;
}

static int spawn_with(pid_t *pid, const char *program, const char *argument, const struct pipes *pipes,
                      posix_spawnattr_t *attributes, char **environment)
{
    char *const arguments[] = {(char *)program, (char *)"-d", (char *)argument, NULL};
    posix_spawn_file_actions_t actions;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure)
        return failure;
    failure = set_actions(&actions, pipes);
    failure = failure ? failure : posix_spawnp(pid, program, &actions, attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

static int spawn(pid_t *pid, const char *program, const char *argument, const struct pipes *pipes)
{
    char **environment = environment_new();
    if (!environment)
        return ENOMEM;
    posix_spawnattr_t attributes;
    int failure = posix_spawnattr_init(&attributes);
    if (!failure) {
        failure = set_attributes(&attributes);
        failure = failure ? failure : spawn_with(pid, program, argument, pipes, &attributes, environment);
        posix_spawnattr_destroy(&attributes);
    }
    free(environment);
    return failure;
}

struct gnuplot *gnuplot_new(const char *argument, struct err *err)
{
    const char *program = getenv("RANKSCOPE_GNUPLOT");
    if (!program || !*program)
        program = "gnuplot";
    struct gnuplot *gnuplot = malloc(sizeof *gnuplot);
    if (!gnuplot) {
        err_set(err, ERR_MEMORY, "no memory to start gnuplot");
        return NULL;
    }
    struct pipes pipes;
    pid_t pid = 0;
    int failure = open_pipes(&pipes);
    if (!failure) {
        failure = spawn(&pid, program, argument, &pipes);
        close_one(&pipes.input[0]);
        close_one(&pipes.output[1]);
        close_one(&pipes.messages[1]);
    }
    if (failure) {
        close_pipes(&pipes);
        free(gnuplot);
        if (failure == ENOENT)
            err_set(err, ERR_IO, "%s: there is no such program; install gnuplot, or name it in RANKSCOPE_GNUPLOT",
                    program);
        else
            err_set(err, failure == ENOMEM ? ERR_MEMORY : ERR_IO, "%s: cannot start it: %s", program,
                    strerror(failure));
        return NULL;
    }
    *gnuplot = (struct gnuplot){pid, pipes.input[1], pipes.output[0], pipes.messages[0], 0, 0};
    return gnuplot;
}

int gnuplot_input(const struct gnuplot *gnuplot)
{
    return gnuplot->input;
}

int gnuplot_output(const struct gnuplot *gnuplot)
{
    return gnuplot->output;
}

int gnuplot_messages(const struct gnuplot *gnuplot)
{
    return gnuplot->messages;
}

void gnuplot_close_input(struct gnuplot *gnuplot)
{
    if (gnuplot->input >= 0)
        gnuplot->hung_up = clock_now();
    close_one(&gnuplot->input);
}

static bool must_wait(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

long gnuplot_write(struct gnuplot *gnuplot, const char *bytes, size_t size)
{
    if (gnuplot->input < 0)
        return -1;
    ssize_t put = write(gnuplot->input, bytes, size);
    if (put >= 0)
        return put;
    return must_wait() ? 0 : -1;
}

static long read_some(int *descriptor, char *bytes, size_t size)
{
    if (*descriptor < 0)
        return -1;
    ssize_t got = read(*descriptor, bytes, size);
    if (got > 0)
        return got;
    if (got < 0 && must_wait())
        return 0;
    close_one(descriptor);
    return -1;
}

long gnuplot_read_output(struct gnuplot *gnuplot, char *bytes, size_t size)
{
    return read_some(&gnuplot->output, bytes, size);
}

long gnuplot_read_messages(struct gnuplot *gnuplot, char *bytes, size_t size)
{
    return read_some(&gnuplot->messages, bytes, size);
}

/* Its window programs are of its group. They are signalled while the dead leader still holds the group's number, which
 * could be somebody else's afterwards. */
static void reap(struct gnuplot *gnuplot, int signal)
{
    kill(-gnuplot->pid, signal);
    while (waitpid(gnuplot->pid, &gnuplot->status, 0) < 0 && errno == EINTR)
        ;
    gnuplot->pid = 0;
}

bool gnuplot_ended(struct gnuplot *gnuplot)
{
    if (gnuplot->pid == 0)
        return true;
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)gnuplot->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
        return false;
    reap(gnuplot, SIGTERM);
    return true;
}

void gnuplot_kill(struct gnuplot *gnuplot)
{
    if (!gnuplot_ended(gnuplot))
        reap(gnuplot, SIGKILL);
}

/* Whether it ends before that moment. What it says meanwhile is read, lest it wait for us. */
static bool ends_until(struct gnuplot *gnuplot, int64_t moment)
{
    char waste[4096];
    while (!gnuplot_ended(gnuplot)) {
        if (clock_now() >= moment)
            return false;
        gnuplot_read_output(gnuplot, waste, sizeof waste);
        gnuplot_read_messages(gnuplot, waste, sizeof waste);
        nanosleep(&(struct timespec){.tv_nsec = NAP}, NULL);
    }
    return true;
}

void gnuplot_end(struct gnuplot *gnuplot)
{
    gnuplot_close_input(gnuplot);
    if (!ends_until(gnuplot, gnuplot->hung_up + PATIENCE)) {
        kill(-gnuplot->pid, SIGTERM);
        if (!ends_until(gnuplot, gnuplot->hung_up + (int64_t)2 * PATIENCE))
            gnuplot_kill(gnuplot);
    }
    close_one(&gnuplot->output);
    close_one(&gnuplot->messages);
}

void gnuplot_free(struct gnuplot *gnuplot)
{
    if (!gnuplot)
        return;
    gnuplot_end(gnuplot);
    free(gnuplot);
}

bool gnuplot_succeeded(const struct gnuplot *gnuplot)
{
    return WIFEXITED(gnuplot->status) && WEXITSTATUS(gnuplot->status) == 0;
}

void gnuplot_describe_end(const struct gnuplot *gnuplot, char *text, size_t size)
{
    if (WIFSIGNALED(gnuplot->status))
        snprintf(text, size, "gnuplot was killed (signal %d)", WTERMSIG(gnuplot->status));
    else
        snprintf(text, size, "gnuplot ended by itself (exit status %d)", WEXITSTATUS(gnuplot->status));
}
