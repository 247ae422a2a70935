/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/lookout.h"

#include "base/clock.h"
#include "cmd/patience.h"

#include <stdlib.h>

enum { LOOK_TIME = CLOCK_SECOND / 4 }; /* between two looks at a run that goes on */

static bool is_ready(struct lookout *lookout)
{
    if (lookout->survey == NULL)
        lookout->survey = calloc(1, sizeof *lookout->survey);
    if (lookout->survey == NULL)
        err_set(&lookout->err, ERR_MEMORY, "no memory to look at the landscape");
    else if (lookout->scout == NULL)
        lookout->scout = scout_new(&lookout->err);
    return lookout->scout != NULL;
}

/* Of requests that are made alike, by what the person can change. */
static bool is_same_view(const struct survey_request *a, const struct survey_request *b)
{
    return a->method == b->method && a->direction[0] == b->direction[0] && a->direction[1] == b->direction[1] &&
           a->zoom <= b->zoom && a->zoom >= b->zoom && a->side == b->side;
}

void lookout_look(struct lookout *lookout, const struct terrain *terrain, const struct journal *journal, bool running,
                  bool urgent)
{
    struct survey_request request;
    if (journal == NULL || !is_ready(lookout))
        return;
    terrain_request(terrain, journal, &request);
    bool moved = !lookout->any || !survey_same_way(&request.journal, &lookout->asked.journal);
    bool turned = !lookout->any || !is_same_view(&request, &lookout->asked);
    bool waits = running && !turned && !urgent;
    if (waits && (clock_now() < lookout->due || scout_busy(lookout->scout)))
        return;
    lookout->due = clock_now() + LOOK_TIME; /* also where nothing has moved: else the session would not sleep */
    if (!moved && !turned)
        return;
    scout_ask(lookout->scout, &request, turned || urgent || !running);
    lookout->asked = request;
    lookout->any = true;
}

bool lookout_tend(struct lookout *lookout)
{
    struct err err = {.code = ERR_NONE};
    if (lookout->scout == NULL || !scout_take(lookout->scout, lookout->survey, &err))
        return false;
    lookout->err = err;
    return true;
}

int lookout_descriptor(const struct lookout *lookout)
{
    return lookout->scout != NULL ? scout_descriptor(lookout->scout) : -1;
}

int lookout_timeout(const struct lookout *lookout, bool running)
{
    if (lookout->scout == NULL || !running || scout_busy(lookout->scout))
        return -1;
    return clock_milliseconds_until(lookout->due);
}

bool lookout_busy(const struct lookout *lookout)
{
    return lookout->scout != NULL && scout_busy(lookout->scout);
}

void lookout_end(struct lookout *lookout)
{
    if (lookout->scout != NULL)
        scout_end(lookout->scout);
}

static bool is_away(void *context)
{
    const struct lookout *lookout = context;
    return lookout->scout == NULL || scout_ended(lookout->scout);
}

bool lookout_free(struct lookout *lookout)
{
    lookout_end(lookout);
    bool ended = patience_wait(is_away, lookout);
    if (ended) {
        scout_free(lookout->scout);
        free(lookout->survey);
        *lookout = (struct lookout){.scout = NULL};
    }
    return ended;
}
