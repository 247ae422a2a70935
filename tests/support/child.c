/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/child.h"

#include <errno.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

pid_t child_start(const char *(*action)(void *context), void *context)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    const char *wrong = action(context);
    if (*wrong)
        dprintf(STDERR_FILENO, "in the child: %s\n", wrong);
    _exit(*wrong != '\0');
}

int child_wait(pid_t child)
{
    int status = 0;
    pid_t got;
    do
        got = waitpid(child, &status, 0);
    while (got < 0 && errno == EINTR);
    assert_int_equal(got, child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void child_run(const char *(*action)(void *context), void *context)
{
    assert_int_equal(child_wait(child_start(action, context)), 0);
}

void child_drop_rights(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{.effective = 0}};
    if (syscall(SYS_capset, &header, none) != 0)
        _exit(2);
}
