/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/position.h"

int position_compare(struct position a, struct position b)
{
    if (a.stage != b.stage)
        return a.stage < b.stage ? -1 : 1;
    if (a.step != b.step)
        return a.step < b.step ? -1 : 1;
    return a.phases < b.phases ? -1 : a.phases > b.phases;
}
