/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "sweep/store.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file of results, or the log of a process that was killed, of which any bytes are others: it is opened, read and written, or
 * refused with one line. The first byte says what the rest is: the whole file, or places and bytes (two and one) to change in a
 * good file or in its log. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TRIALS = 4, CONFIGS = 3, IMAGE_SIZE = 1 << 17 };

static char path[64], log_path[80];
static uint8_t file[IMAGE_SIZE], log_file[IMAGE_SIZE];
static size_t file_size, log_size;

static struct config some_config(int i)
{
    struct config config;
    config_default(&config);
    config.problem.tasks = 1 + i;
    return config;
}

static void write_all(struct store *store, int value)
{
    struct err err;
    bool good = !store_begin(store, &err);
    for (int i = 0; i < CONFIGS * TRIALS; i++) {
        struct config config = some_config(i / TRIALS);
        struct outcome outcome[METHOD_COUNT] = {{.state = OUTCOME_DONE, .steps = i},
                                                {.state = OUTCOME_DONE, .value = {value}}};
        config.problem.seed += (uint64_t)(i % TRIALS + value);
        struct ending ending = {.kind = ENDING_SADDLE, .steps = i, .train_loss = value};
        good = !store_write(store, &config, outcome, &err) && good;
        good = !store_write_ending(store, &config, &ending, &err) && good;
    }
    good = !store_commit(store, &err) && good;
    if (!good && (err.code == ERR_NONE || strchr(err.message, '\n')))
        abort();
}

static size_t load(const char *name, uint8_t *bytes)
{
    FILE *stream = fopen(name, "rb");
    size_t size = stream ? fread(bytes, 1, IMAGE_SIZE, stream) : 0;
    if (!stream || size == 0 || size == IMAGE_SIZE || fclose(stream) != 0)
        abort();
    return size;
}

static void save(const char *name, const uint8_t *bytes, size_t size)
{
    FILE *stream = fopen(name, "wb");
    if (!stream || fwrite(bytes, 1, size, stream) != size || fclose(stream) != 0)
        abort();
}

static void remove_files(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

/* The good file, and the log that a further group leaves while it is open. */
static void make_images(void)
{
    struct err err;
    snprintf(path, sizeof path, "/dev/shm/fuzz-store-%ld.db", (long)getpid());
    snprintf(log_path, sizeof log_path, "%s-wal", path);
    atexit(remove_files);
    for (int round = 0; round < 2; round++) {
        struct store *store = store_open(path, &err);
        if (!store)
            abort();
        write_all(store, round);
        if (round == 1) {
            file_size = load(path, file);
            log_size = load(log_path, log_file);
        }
        store_close(store);
    }
}

static void change(uint8_t *bytes, size_t count, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 3 <= size; i += 3)
        bytes[((size_t)data[i] << 8 | data[i + 1]) % count] = data[i + 2];
}

static void use(void)
{
    struct err err = {.code = ERR_NONE};
    struct store *store = store_open(path, &err);
    if (!store) {
        if (err.code == ERR_NONE || strncmp(err.message, path, strlen(path)) != 0 || strchr(err.message, '\n'))
            abort();
        return;
    }
    store_set_patience(store, 0);
    for (int i = 0; i < CONFIGS; i++) {
        struct config config = some_config(i);
        struct outcome outcome[TRIALS * METHOD_COUNT];
        enum err_code code = store_read(store, &config, TRIALS, outcome, &err);
        for (int j = 0; j < TRIALS * METHOD_COUNT; j++)
            if (outcome[j].state == OUTCOME_DONE ? code || outcome[j].status > SOLVER_DIVERGED || outcome[j].steps < 0
                                                 : outcome[j].state != OUTCOME_MISSING)
                abort();
        struct ending ending[TRIALS];
        code = store_read_endings(store, &config, TRIALS, ending, &err);
        for (int j = 0; j < TRIALS; j++)
            if (ending[j].kind >= ENDING_KINDS || ending[j].steps < 0 || (code && ending[j].kind != ENDING_MISSING))
                abort();
    }
    write_all(store, 2);
    store_close(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t changed[IMAGE_SIZE];
    if (file_size == 0)
        make_images();
    remove_files();
    if (size == 0)
        return 0;
    bool whole = data[0] % 3 == 0, log = data[0] % 3 == 2;
    memcpy(changed, log ? log_file : file, log ? log_size : file_size);
    if (!whole)
        change(changed, log ? log_size : file_size, data + 1, size - 1);
    if (whole)
        save(path, data + 1, size - 1);
    else
        save(path, log ? file : changed, file_size);
    if (log)
        save(log_path, changed, log_size);
    use();
    return 0;
}
