/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_SOLVER_H
#define RANKSCOPE_MODEL_SOLVER_H

#include "base/err.h"
#include "base/pool.h"
#include "model/moments.h"
#include "model/point.h"
#include "model/shallow.h"

/* A solver minimises  (1/T) Σ_t L_t(A + U_t V_t^T)  over the base A and the adapters. The caller owns the loop:
 *
 *     struct solver *solver = solver_new(&solver_table[i], &setup, &err);
 *     while (solver_step(solver) == SOLVER_RUNNING && ...)
 *         ;
 *     solver_free(solver);
 *
 * Adapters of rank 0 make it standard retraining; a frozen base and one task make it fine-tuning. One code path
 * serves all three. */

/* Whatever it says but RUNNING, further steps do nothing. Only solvers that can tell report more than DIVERGED. */
enum solver_status {
    SOLVER_RUNNING,
    SOLVER_CONVERGED, /* at rest at a minimum: the gradient is at rounding, and the loss too where population lets it be */
    SOLVER_STALLED,   /* the gradient vanished and the loss did not: a spurious minimum, a saddle, or too low a rank */
    SOLVER_UNBOUNDED, /* the adapters grow without bound while the loss creeps down: its infimum is no minimum */
    SOLVER_DIVERGED,  /* the iterates left every bound; they are still finite */
};

/* What may change while it runs. */
struct solver_rates {
    int inner_steps; /* m: adapter steps in one outer iteration; solvers without an inner loop ignore it */
    double inner;    /* step size of the adapters */
    double outer;    /* step size of the base */
};

struct solver_setup {
    const struct moments
        *moments; /* borrowed; must outlive the solver. Of networks: sizes, and targets for its bound */
    const struct shallow_data *network; /* borrowed; NULL: linear */
    int rank;                           /* of each adapter; 0: none */
    enum adapter_shape shape;
    bool base_frozen;
    struct solver_rates rates;
    bool sparing;      /* of memory: no second copies of the moments, at the price of some time in every step */
    struct pool *pool; /* borrowed; large steps share their tasks out to it. NULL: none. It changes no bit */
};

/* Whether second copies of the moments would be so much (over 256 MiB) that a solver had better be sparing. */
bool solver_should_spare(int tasks, int dimension, enum adapter_shape shape);

enum { SOLVER_MAX_PHASES = 4 };

struct solver_state; /* what a solver's own file works on: see solver_state.h */

/* A row of the table. A new solver is one file and one row; the screens, the scenarios and the tests read the
 * table. */
struct solver_type {
    const char *name;    /* as in scenarios: "paper" */
    const char *summary; /* one line for help and docs */
    int phases;          /* parts of one step that can be stepped through by themselves */
    const char *phase_names[SOLVER_MAX_PHASES];
    size_t (*workspace)(const struct solver_setup *setup); /* bytes it takes from the arena */
    bool (*init)(struct solver_state *state);              /* takes its workspace; false: out of memory */
    void (*end)(
        struct solver_state *state); /* frees what is not the arena's, also after an init that failed; NULL: nothing */
    enum solver_status (*phase)(struct solver_state *state, int phase); /* at rest, a phase ends its step */
    double (*flops)(const struct solver_setup *setup);                  /* of one step, roughly */
    bool exact;        /* its steps minimise, and the rates do not matter to it */
    int most_unknowns; /* it is not for more than so many; 0: for any number */
    /* Length of what it moves along where that is no gradient of the objective; NULL: it is. */
    double (*slope)(struct solver_state *state);
};

/* Doubles in the adapters of all tasks. */
size_t solver_unknowns(int tasks, int dimension, int rank, enum adapter_shape shape);

extern const struct solver_type solver_table[];
extern const int solver_count;

/* Row whose name is `name`, or −1. */
int solver_find(const char *name);

struct solver;

/* A solver at A = 0 and U = V = 0; move it with solver_start or by writing through solver_point. The caller frees
 * it. NULL: *err says why (ERR_MEMORY). Allocates everything its steps will need. */
struct solver *solver_new(const struct solver_type *type, const struct solver_setup *setup, struct err *err);
size_t solver_memory(const struct solver_type *type, const struct solver_setup *setup); /* bytes that it will take */
void solver_free(struct solver *solver);                                                /* NULL is allowed */

/* A solver of another kind (or the same) with the setup of `from`, at its point, and with `steps` steps behind it. What a
 * solver carries from step to step besides its point, it begins anew. The caller frees both. NULL: *err says why. */
struct solver *solver_take_over(const struct solver *from, const struct solver_type *type, long steps, struct err *err);

/* The same at a point where one with this setup has stood, and with the status that it had there. */
struct solver *solver_resume(const struct solver *from, const struct solver_type *type, const struct point *point,
                             enum solver_status status, long steps, struct err *err);

/* Copies numbers between points of the same sizes. */
void point_copy(const struct point *to, const struct point *from);

/* Draws the adapters from N(0, scale²), task t's factors from stream (seed, purpose, t), purpose being an
 * enum random_purpose. The base stays as it is; the next step is the first. ERR_NONE or ERR_MEMORY. */
enum err_code solver_start(struct solver *solver, uint64_t seed, int purpose, double scale, struct err *err);

/* One whole step (finishing a step that was begun by phases). Never allocates, never leaves a NaN behind. */
enum solver_status solver_step(struct solver *solver);

/* The next phase of the current step alone; *phase (may be NULL) is the row of phase_names that it was. */
enum solver_status solver_step_phase(struct solver *solver, int *phase);

/* Where it stands: the arrays are the solver's own and stay valid until solver_free. */
struct point *solver_point(struct solver *solver);

/* Its type's slope where it stands; NAN: the objective's gradient is what it goes by. */
double solver_slope(struct solver *solver);

long solver_steps(const struct solver *solver); /* whole steps taken, those before it took over among them */
enum solver_status solver_status(const struct solver *solver);
void solver_set_rates(struct solver *solver, const struct solver_rates *rates);

/* Floating-point operations of one step: a model, so that telemetry can be scheduled without a clock. */
double solver_step_flops(const struct solver *solver);

#endif
