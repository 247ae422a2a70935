/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/results.h"

#include <stdlib.h>

struct store *results_open(const char *named, struct err *err)
{
    struct err why;
    char *usual = named ? NULL : store_default_path(&why);
    struct store *store = named || usual ? store_open(named ? named : usual, &why) : NULL;
    free(usual);
    if (!store)
        err_set(err, why.code, "%s%s", why.message,
                why.code == ERR_MEMORY ? "" : "; --db FILE keeps results elsewhere");
    return store;
}
