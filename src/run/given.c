/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/given.h"

#include "base/text.h"
#include "run/export.h"
#include "run/key.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Sizes that arrays have in common, and the keys that they are. */
static const struct {
    char letter;
    bool rank; /* at most the dimension */
    const char *key;
} sizes[GIVEN_SIZES] = {
    {'d', false, "problem.dimension"}, {'T', false, "problem.tasks"}, {'N', false, "problem.samples"},
    {'k', true, "problem.rank"},       {'n', false, "adapt.samples"}, {'r', true, "retrain.rank"},
    {'s', true, "adapt.rank"},
};
enum { SIZE_D, SIZE_T, SIZE_N, SIZE_K, SIZE_TEST, SIZE_R, SIZE_S };

/* An array that a file may have. */
struct part {
    const char *name;
    const char *shape; /* letters of sizes */
    const double **to; /* where its numbers shall be seen; left alone if it is not there */
    const char *needs; /* another one, without which it is of no use; NULL: none */
};

enum { PARTS_MAX = 10 };

static void list_tasks(struct problem_tasks *tasks, struct part parts[PARTS_MAX])
{
    const struct part list[PARTS_MAX] = {{"X", "TdN", &tasks->inputs, "Y"},
                                         {"Y", "TdN", &tasks->outputs, "X"},
                                         {"W", "Tdd", &tasks->target, NULL},
                                         {"A_star", "dd", &tasks->base, NULL},
                                         {"U_star", "Tdk", &tasks->left, NULL},
                                         {"V_star", "Tdk", &tasks->right, "U_star"},
                                         {"W_test", "dd", &tasks->unseen_target, NULL},
                                         {"X_test", "dn", &tasks->unseen_inputs, "Y_test"},
                                         {"Y_test", "dn", &tasks->unseen_outputs, "X_test"}};
    memcpy(parts, list, sizeof list);
}

static void list_start(struct experiment_start *start, struct part parts[PARTS_MAX])
{
    const struct part list[PARTS_MAX] = {{"A0", "dd", &start->base, NULL},
                                         {"U0", "Tdr", &start->left, NULL},
                                         {"V0", "Tdr", &start->right, "U0"},
                                         {"Ut0", "ds", &start->adapt_left, "Vt0"},
                                         {"Vt0", "ds", &start->adapt_right, "Ut0"}};
    memcpy(parts, list, sizeof list);
}

/* Whether a file may have an array of this name; if not, the guess is which one was meant. */
static bool is_known(const char *name, struct text_guess *guess)
{
    struct problem_tasks tasks;
    struct experiment_start start;
    struct part parts[2][PARTS_MAX];
    list_tasks(&tasks, parts[0]);
    list_start(&start, parts[1]);
    *guess = (struct text_guess){.word = name};
    for (int list = 0; list < 2; list++)
        for (int i = 0; parts[list][i].name; i++) {
            if (strcmp(parts[list][i].name, name) == 0)
                return true;
            text_guess_offer(guess, parts[list][i].name);
        }
    return export_writes(name);
}

bool given_next_unknown(const struct npz *file, int *at, char note[GIVEN_NOTE_SIZE])
{
    while (*at < file->passed_count) {
        const char *name = file->passed[(*at)++];
        struct text_guess guess;
        if (is_known(name, &guess))
            continue;
        snprintf(note, GIVEN_NOTE_SIZE, "array %s is passed over%s%s%s", name,
                 guess.best ? "; did you mean " : ", as no array has this name", guess.best ? guess.best : "",
                 guess.best ? "?" : "");
        return true;
    }
    return false;
}

static int find_size(char letter)
{
    int size = 0;
    while (sizes[size].letter != letter)
        size++;
    return size;
}

/* "(3, 6, N)": what is known already, and letters for the rest. */
static void format_wanted(const struct given *given, const char *letters, char text[NPY_SHAPE_SIZE])
{
    size_t used = (size_t)snprintf(text, NPY_SHAPE_SIZE, "(");
    for (const char *letter = letters; *letter; letter++) {
        int size = given->size[find_size(*letter)];
        const char *before = letter == letters ? "" : ", ";
        used += (size_t)(size ? snprintf(text + used, NPY_SHAPE_SIZE - used, "%s%d", before, size)
                              : snprintf(text + used, NPY_SHAPE_SIZE - used, "%s%c", before, *letter));
    }
    snprintf(text + used, NPY_SHAPE_SIZE - used, ")");
}

static uint64_t largest(const struct given *given, int size)
{
    if (sizes[size].rank && given->size[SIZE_D])
        return (uint64_t)given->size[SIZE_D];
    return (uint64_t)key_table[key_find(sizes[size].key)].maximum;
}

/* Holds the shape against the sizes that are known, and learns the others from it. */
static enum err_code check_shape(struct given *given, const struct npz_array *array, const char *letters,
                                 struct err *err)
{
    char found[NPY_SHAPE_SIZE], wanted[NPY_SHAPE_SIZE];
    bool fits = array->dims == (int)strlen(letters);
    struct given before = *given;
    npy_format_shape(found, array->dims, array->shape);
    for (int i = 0; i < array->dims && fits; i++) {
        int size = find_size(letters[i]);
        uint64_t value = array->shape[i], most = largest(given, size);
        if (given->size[size] == 0 && (value < 1 || value > most))
            return err_set(err, ERR_INPUT, "array %s: found shape %s, wanted its %c from 1 to %" PRIu64, array->name,
                           found, letters[i], most);
        fits = given->size[size] == 0 || value == (uint64_t)given->size[size];
        given->size[size] = fits ? (int)value : given->size[size];
    }
    if (fits)
        return ERR_NONE;
    format_wanted(&before, letters, wanted);
    return err_set(err, ERR_INPUT, "array %s: found shape %s, wanted %s", array->name, found, wanted);
}

static enum err_code take_parts(struct given *given, struct npz *file, const char *path, const struct part *parts,
                                struct err *err)
{
    const char *names[PARTS_MAX + 1] = {NULL};
    for (int i = 0; parts[i].name; i++)
        names[i] = parts[i].name;
    npz_free(file);
    enum err_code code = npz_read(file, path, names, err);
    if (code)
        return code;
    for (int i = 0; parts[i].name && !code; i++) {
        const struct npz_array *array = npz_find(file, parts[i].name);
        if (!array)
            continue;
        *parts[i].to = array->data;
        if (parts[i].needs && !npz_find(file, parts[i].needs))
            code = err_set(err, ERR_INPUT, "array %s: found none, wanted one beside %s", parts[i].needs, array->name);
        else
            code = check_shape(given, array, parts[i].shape, err);
    }
    if (code)
        err_prefix(err, "%s: ", path);
    return code;
}

/* Every size that an array has is the config's. */
static void follow_sizes(const struct given *given, struct config *config)
{
    for (int i = 0; i < GIVEN_SIZES; i++)
        if (given->size[i])
            memcpy((char *)config + key_table[key_find(sizes[i].key)].offset, &given->size[i], sizeof(int));
}

static enum problem_source source_of(const struct problem_tasks *tasks)
{
    if (!tasks->left)
        return PROBLEM_GIVEN;
    return tasks->base ? PROBLEM_GIVEN_TRUTH : PROBLEM_GIVEN_ADAPTERS;
}

enum err_code given_read_tasks(struct given *given, const char *path, struct config *config, struct err *err)
{
    struct problem_tasks *tasks = &given->tasks;
    struct part parts[PARTS_MAX];
    list_tasks(tasks, parts);
    enum err_code code = take_parts(given, &given->tasks_file, path, parts, err);
    if (code)
        return code;
    if (!tasks->inputs && !tasks->target)
        return err_set(err, ERR_INPUT, "%s: array X: found none, wanted X and Y of shape (T, d, N), or W of (T, d, d)",
                       path);
    given->has_tasks = true;
    config->problem.source = source_of(tasks);
    config->problem.truth = tasks->right ? TRUTH_GENERAL : TRUTH_PSD;
    config->problem.samples = SAMPLES_POPULATION;
    config->problem.noise = 0;
    config->adapt.samples = SAMPLES_POPULATION;
    if (tasks->left && !tasks->right)
        tasks->right = tasks->left;
    follow_sizes(given, config);
    if (!tasks->left) /* not known, but it must be a rank */
        config->problem.rank = 1;
    return ERR_NONE;
}

static enum err_code check_start(const struct given *given, const char *path, const struct config *config,
                                 struct err *err)
{
    const struct experiment_start *start = &given->start;
    bool general = config->retrain.adapter == ADAPTER_GENERAL;
    if (start->left && general && !start->right)
        return err_set(err, ERR_INPUT, "%s: array V0: found none, wanted one, as retrain.adapter is general", path);
    if (start->right && !general)
        return err_set(err, ERR_INPUT,
                       "%s: array V0: found one, wanted none, as retrain.adapter is symmetric, which makes it U0",
                       path);
    if (!start->base && !start->left && !start->adapt_left)
        return err_set(err, ERR_INPUT, "%s: array A0: found none, wanted A0, U0, or Ut0 and Vt0", path);
    return ERR_NONE;
}

enum err_code given_read_start(struct given *given, const char *path, struct config *config, struct err *err)
{
    struct experiment_start *start = &given->start;
    struct part parts[PARTS_MAX];
    list_start(start, parts);
    struct given sized = *given; /* the config's sizes hold for the start, but no file determines them */
    sized.size[SIZE_D] = config->problem.dimension;
    sized.size[SIZE_T] = config->problem.tasks;
    enum err_code code = take_parts(&sized, &given->start_file, path, parts, err);
    if (code)
        return code;
    given->size[SIZE_R] = sized.size[SIZE_R];
    given->size[SIZE_S] = sized.size[SIZE_S];
    if (start->adapt_left)
        config->adapt.solver = ADAPT_PAPER;
    follow_sizes(given, config);
    return check_start(given, path, config, err);
}

bool given_determines(const struct given *given, int key)
{
    const char *path = key_table[key].path;
    for (int i = 0; i < GIVEN_SIZES; i++)
        if (strcmp(sizes[i].key, path) == 0 && given->size[i])
            return true;
    if (!given->has_tasks)
        return false;
    return strcmp(path, "problem.samples") == 0 || strcmp(path, "problem.truth") == 0 ||
           strcmp(path, "problem.noise") == 0 || strcmp(path, "problem.rank") == 0 ||
           strcmp(path, "adapt.samples") == 0;
}

void given_release_tasks(struct given *given)
{
    npz_free(&given->tasks_file);
    given->tasks = (struct problem_tasks){0};
}

void given_free(struct given *given)
{
    npz_free(&given->tasks_file);
    npz_free(&given->start_file);
    *given = (struct given){0};
}
