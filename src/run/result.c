/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/result.h"

#include "run/result_state.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#define MEMBER(member) offsetof(struct method_snapshot, member)

const struct result_measure result_measures[] = {
    {"steps", MEMBER(step), RESULT_LONG},
    {"start_loss", MEMBER(start_loss), RESULT_REAL},
    {"train_loss", MEMBER(train_loss), RESULT_REAL},
    {"excess_risk", MEMBER(excess_risk), RESULT_REAL},
    {"paper_loss", MEMBER(paper_loss), RESULT_REAL},
    {"gradient_norm", MEMBER(gradient_norm), RESULT_REAL},
    {"base_error", MEMBER(base_error), RESULT_REAL},
    {"error_rank", MEMBER(spectra.error_rank), RESULT_INT},
    {"theory_error_rank", MEMBER(theory_error_rank), RESULT_INT},
    {"recovery_angle", MEMBER(spectra.recovery_angle), RESULT_REAL},
    {"rank_needed", MEMBER(spectra.rank_needed), RESULT_INT},
    {"theory_rank_needed", MEMBER(theory_rank_needed), RESULT_INT},
    {"risk", MEMBER(risk), RESULT_REAL},
    {"adapt_steps", MEMBER(adapt_step), RESULT_LONG},
    {"adapt_loss", MEMBER(adapt_loss), RESULT_REAL},
    {"adapt_paper_loss", MEMBER(adapt_paper_loss), RESULT_REAL},
};
const int result_measure_count = sizeof result_measures / sizeof *result_measures;

double result_measure_value(const struct result_measure *measure, const struct method_snapshot *method)
{
    const void *from = (const char *)method + measure->offset;
    double real;
    long wide;
    int whole;
    switch (measure->type) {
    case RESULT_LONG:
        memcpy(&wide, from, sizeof wide);
        return (double)wide;
    case RESULT_INT:
        memcpy(&whole, from, sizeof whole);
        return whole < 0 ? (double)NAN : whole;
    case RESULT_REAL:
        break;
    }
    memcpy(&real, from, sizeof real);
    return real;
}

const char *result_status(enum solver_status status)
{
    static const char *const names[] = {[SOLVER_RUNNING] = "ok",
                                        [SOLVER_CONVERGED] = "converged",
                                        [SOLVER_STALLED] = "stalled",
                                        [SOLVER_UNBOUNDED] = "unbounded",
                                        [SOLVER_DIVERGED] = "diverged"};
    return names[status];
}

const char *result_end(enum run_end end)
{
    static const char *const names[] = {[RUN_OPEN] = NULL,
                                        [RUN_STEPS] = "steps",
                                        [RUN_UNTIL] = "until",
                                        [RUN_STALL] = "stall",
                                        [RUN_TIME] = "time",
                                        [RUN_INTERRUPTED] = "interrupted",
                                        [RUN_CONVERGED] = "converged",
                                        [RUN_DIVERGED] = "diverged"};
    return names[end];
}

enum err_code result_flush(FILE *stream, const char *what, struct err *err)
{
    if (fflush(stream) == 0 && !ferror(stream))
        return ERR_NONE;
    return err_set(err, ERR_IO, "cannot write %s: %s", what, errno ? strerror(errno) : "the stream failed");
}

enum err_code result_write(FILE *stream, enum result_format format, const struct view *view, struct err *err)
{
    enum err_code code = ERR_NONE;
    errno = 0;
    switch (format) {
    case RESULT_TEXT:
        result_write_text(stream, view);
        break;
    case RESULT_CSV:
        result_write_csv(stream, view);
        break;
    case RESULT_JSON:
        code = result_write_json(stream, view, err);
        break;
    }
    return code ? code : result_flush(stream, "the results", err);
}
