/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/reference_process.h"

#include "support/timing.h"

#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void be_reference(const struct reference_setup *setup, enum reference_threads threads, int in, int out)
{
    static const char *const limits[] = {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"};
    char name[] = "python3", path[4096];
    const char *source = getenv("RANKSCOPE_SOURCE");
    char *arguments[REFERENCE_ARGUMENTS + 3] = {name, path};
    snprintf(path, sizeof path, "%s/tests/bench/%s", source ? source : ".", setup->script);
    for (int i = 0; i < REFERENCE_ARGUMENTS && setup->arguments[i]; i++)
        arguments[i + 2] = setup->arguments[i];
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    unsetenv("OPENBLAS_CORETYPE"); /* which would have it do without what the machine has */
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (threads == REFERENCE_ONE_THREAD)
            setenv(limits[i], "1", 1);
        else
            unsetenv(limits[i]);
    execv("/usr/bin/python3", arguments);
    _exit(127);
}

void reference_process_begin(struct reference_process *process, const struct reference_setup *setup,
                             enum reference_threads threads)
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || (process->process = fork()) < 0)
        timing_fail("cannot start %s", setup->script);
    if (process->process == 0)
        be_reference(setup, threads, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    process->questions = fdopen(in[1], "w");
    process->answers = fdopen(out[0], "r");
    if (!process->questions || !process->answers || !fgets(process->name, sizeof process->name, process->answers))
        timing_fail("%s does not start: does python3 have its package (Debian: %s)?", setup->script, setup->package);
    process->name[strcspn(process->name, "\n")] = '\0';
}

double reference_process_ask(const struct reference_process *process, double *second, const char *format, ...)
{
    char question[128], answer[64], *end;
    va_list args;
    va_start(args, format);
    vsnprintf(question, sizeof question, format, args);
    va_end(args);
    fprintf(process->questions, "%s\n", question);
    fflush(process->questions);
    if (!fgets(answer, sizeof answer, process->answers))
        timing_fail("%s gave no answer to: %s", process->name, question);
    double first = strtod(answer, &end);
    if (second)
        *second = strtod(end, NULL);
    return first;
}

void reference_process_end(struct reference_process *process)
{
    fclose(process->questions);
    fclose(process->answers);
    waitpid(process->process, NULL, 0);
}

void reference_pair_begin(struct reference_pair *pair, const struct reference_setup *setup)
{
    reference_process_begin(&pair->alone, setup, REFERENCE_ONE_THREAD);
    reference_process_begin(&pair->shared, setup, REFERENCE_ALL_THREADS);
}

double reference_pair_time(const struct reference_pair *pair, const char *question)
{
    double seconds = fmin(reference_process_ask(&pair->alone, NULL, "%s", question),
                          reference_process_ask(&pair->shared, NULL, "%s", question));
    if (!(seconds > 0))
        timing_fail("%s gave no time for: %s", pair->alone.name, question);
    return seconds;
}

void reference_pair_end(struct reference_pair *pair)
{
    reference_process_end(&pair->alone);
    reference_process_end(&pair->shared);
}
