/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/dialog.h"

#include "ui/rune.h"

#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARGUMENTS = 16, ANSWER_SIZE = 1 << 16 };

struct dialog {
    FILE *to, *from;
    pid_t child;
    char answer[ANSWER_SIZE];
};

struct dialog *dialog_start(const char *const *arguments)
{
    int in[2];
    int out[2];
    const char *program = getenv("RANKSCOPE_PROGRAM");
    const char *argv[ARGUMENTS] = {"rankscope", "--plain"};
    posix_spawn_file_actions_t actions;
    struct dialog *dialog = calloc(1, sizeof *dialog);
    assert_non_null(dialog);
    assert_non_null(program);
    for (int i = 2; arguments != NULL && *arguments != NULL && i < ARGUMENTS - 1; i++)
        argv[i] = *arguments++;
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    assert_int_equal(posix_spawn(&dialog->child, program, &actions, NULL, (char *const *)argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    dialog->to = fdopen(in[1], "w");
    dialog->from = fdopen(out[0], "r");
    assert_non_null(dialog->to);
    assert_non_null(dialog->from);
    dialog_answer(dialog);
    return dialog;
}

static void check_line(const char *line)
{
    int columns = 0;
    for (const char *at = line; *at != '\0'; columns++)
        if (!rune_is_narrow(rune_decode(&at)))
            fail_msg("\"%s\" has what is no plain text", line);
    if (columns > 80 && strchr(line, ' ') != NULL)
        fail_msg("\"%s\" has %d columns", line, columns);
}

const char *dialog_answer(struct dialog *dialog)
{
    char line[4096];
    size_t used = 0;
    dialog->answer[0] = '\0';
    while (fgets(line, sizeof line, dialog->from) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        check_line(line);
        if (strcmp(line, "Ready.") == 0)
            return dialog->answer;
        used +=
            (size_t)snprintf(dialog->answer + used, sizeof dialog->answer - used, "%s%s", used > 0 ? " " : "", line);
        assert_true(used < sizeof dialog->answer);
    }
    fail_msg("it ended without being ready, after: %s", dialog->answer);
    return NULL;
}

void dialog_send(struct dialog *dialog, const char *line)
{
    fprintf(dialog->to, "%s\n", line);
    assert_int_equal(fflush(dialog->to), 0);
}

const char *dialog_ask(struct dialog *dialog, const char *line)
{
    dialog_send(dialog, line);
    return dialog_answer(dialog);
}

int dialog_end(struct dialog *dialog)
{
    int status = 0;
    char rest[256];
    fclose(dialog->to);
    while (fgets(rest, sizeof rest, dialog->from) != NULL)
        ;
    fclose(dialog->from);
    assert_int_equal(waitpid(dialog->child, &status, 0), dialog->child);
    free(dialog);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}
