/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/fake_gnuplot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void fake_gnuplot(const char *lines)
{
    char path[600];
    const char *folder = getenv("TMPDIR");
    if (!lines) {
        unsetenv("RANKSCOPE_GNUPLOT");
        return;
    }
    /* A new name each time: what still runs must not be written over. */
    static int made;
    snprintf(path, sizeof path, "%s/gnuplot-%d-%d", folder ? folder : "/tmp", (int)getpid(), made++);
    FILE *stream = fopen(path, "we");
    assert_non_null(stream);
    fprintf(stream, "#!/bin/sh\n%s\n", lines);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(chmod(path, 0700), 0);
    setenv("RANKSCOPE_GNUPLOT", path, 1);
}

static void narrow(const char *descriptor)
{
    enum { PAGE = 4096 };
    char what[64] = "";
    if (readlink(descriptor, what, sizeof what - 1) < 0 || strncmp(what, "pipe:", 5) != 0)
        return;
    int end = open(descriptor, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (end < 0)
        return; /* it was closed meanwhile */
    fcntl(end, F_SETPIPE_SZ, PAGE);
    close(end);
}

void fake_gnuplot_narrow(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        snprintf(path, sizeof path, "/proc/%d/fd/%.20s", (int)pid, entry->d_name);
        narrow(path);
    }
    closedir(folder);
}

int fake_gnuplot_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = -1; /* the folder itself */
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

int fake_gnuplot_children(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *stream = fopen(path, "re");
    assert_non_null(stream);
    int count = 0; /* each number has a blank after it */
    for (int c = fgetc(stream); c != EOF; c = fgetc(stream))
        count += c == ' ';
    fclose(stream);
    return count;
}
