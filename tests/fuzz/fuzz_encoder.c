/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/bytes.h"
#include "run/encoder_file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Any bytes as a checkpoint, or as the config beside one: taken whole, so that it can be written and read again, or refused
 * with one line. The first byte says which: a header (up to the end of the line, whose length goes in front) with its data,
 * a config, or a file as it is. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char usual_config[] =
    "{\"vocab_size\":3,\"hidden_size\":2,\"num_hidden_layers\":1,\"num_attention_heads\":1,"
    "\"intermediate_size\":3,\"max_position_embeddings\":4,\"layer_norm_eps\":1e-5}";

static char folder[] = "/tmp/fuzz-encoder-XXXXXX", config_path[64], model_path[64], again[64];
static char again_config[96], again_model[96];
static int config_file, model_file;

static void clean(void)
{
    unlink(config_path);
    unlink(model_path);
    unlink(again_config);
    unlink(again_model);
    rmdir(again);
    rmdir(folder);
}

static int link_memory(const char *path)
{
    char target[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    snprintf(target, sizeof target, "/proc/self/fd/%d", fd);
    if (fd < 0 || symlink(target, path))
        abort();
    return fd;
}

static void begin(void)
{
    if (model_file)
        return;
    if (!mkdtemp(folder))
        abort();
    snprintf(config_path, sizeof config_path, "%s/config.json", folder);
    snprintf(model_path, sizeof model_path, "%s/model.safetensors", folder);
    snprintf(again, sizeof again, "%s/again", folder);
    snprintf(again_config, sizeof again_config, "%s/config.json", again);
    snprintf(again_model, sizeof again_model, "%s/model.safetensors", again);
    config_file = link_memory(config_path);
    model_file = link_memory(model_path);
    atexit(clean);
}

static void fill(int fd, const void *front, size_t front_size, const void *data, size_t size)
{
    if (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET) != 0 || write(fd, front, front_size) != (ssize_t)front_size ||
        (size && write(fd, data, size) != (ssize_t)size))
        abort();
}

static void check_refusal(enum err_code code, const struct err *err)
{
    if (code != ERR_INPUT || err->code != code || strchr(err->message, '\n') || !*err->message)
        abort();
}

static void check_tensors(void)
{
    struct safetensors *file;
    struct err err;
    enum err_code code = safetensors_open(&file, model_path, &err);
    if (code) {
        check_refusal(code, &err);
        return;
    }
    for (int i = 0; i < safetensors_count(file); i++) {
        size_t count = (size_t)safetensors_entry(file, i)->count;
        double *values = malloc((count + 1) * sizeof *values);
        if (!values)
            abort();
        if ((code = safetensors_read_doubles(file, i, values, &err)))
            check_refusal(code, &err);
        if ((code = safetensors_read_integers(file, i, (int64_t *)values, &err)))
            check_refusal(code, &err);
        free(values);
    }
    safetensors_close(file);
}

static void check_folder(void)
{
    struct encoder_file file, back;
    struct err err;
    enum err_code code = encoder_file_read(&file, folder, &err);
    if (code) {
        check_refusal(code, &err);
        return;
    }
    if (encoder_file_write(&file, again, &err) || encoder_file_read(&back, again, &err) ||
        memcmp(file.base->value, back.base->value, file.base->size * sizeof(float)) != 0)
        abort();
    encoder_file_free(&file);
    encoder_file_free(&back);
}

/* A checkpoint of zeros for the usual config. */
static void fill_zeros(void)
{
    struct encoder_file file = {.head = NULL};
    struct err err;
    fill(config_file, usual_config, strlen(usual_config), NULL, 0);
    if (encoder_config_read(&file.shape, config_path, &err) || !(file.base = encoder_base_new(&file.shape, &err)) ||
        encoder_file_write(&file, again, &err))
        abort();
    encoder_file_free(&file);
    FILE *from = fopen(again_model, "rb");
    char bytes[1 << 14];
    if (!from)
        abort();
    size_t size = fread(bytes, 1, sizeof bytes, from);
    fclose(from);
    fill(model_file, bytes, size, NULL, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    begin();
    int kind = data[0] % 3;
    data++;
    size--;
    if (kind == 1) {
        fill_zeros();
        fill(config_file, data, size, NULL, 0);
        check_folder();
        return 0;
    }
    fill(config_file, usual_config, strlen(usual_config), NULL, 0);
    if (kind == 0) {
        unsigned char front[8];
        const uint8_t *end = memchr(data, '\n', size);
        bytes_put64(front, end ? (uint64_t)(end - data) + 1 : size);
        fill(model_file, front, sizeof front, data, size);
    } else {
        fill(model_file, data, size, NULL, 0);
    }
    check_tensors();
    check_folder();
    return 0;
}
