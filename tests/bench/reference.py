#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper's algorithm in the published form, in plain NumPy: every gradient multiplies by the samples X.

Written for comparison with Rankscope, from the paper's description: one outer iteration is `inner` gradient steps on
every task's U_t, then one on A; standard retraining is gradient steps on A alone; fine-tuning is simultaneous gradient
steps on both factors of a general adapter. No losses are computed, which would only cost it more.

It reads lines "meta D K T N STEPS", "standard D K T N STEPS" or "adapt D R N STEPS", and answers each with the seconds
that a step took.
"""

import sys
import time

import numpy as np

INNER, INNER_RATE, OUTER_RATE, ADAPT_RATE = 10, 0.003, 0.03, 0.005


def retrain(a, u, x, y, steps):
    """Meta-LoRA from A (d, d) and U (T, d, k), changed in place; X and Y are (T, d, N)."""
    tasks, _, samples = x.shape
    for _ in range(steps):
        for t in range(tasks):
            for _ in range(INNER):
                residual = (a + u[t] @ u[t].T) @ x[t] - y[t]
                gradient = residual @ x[t].T / samples
                u[t] -= INNER_RATE * ((gradient + gradient.T) @ u[t])
        mean = np.zeros_like(a)
        for t in range(tasks):
            residual = (a + u[t] @ u[t].T) @ x[t] - y[t]
            mean += residual @ x[t].T / samples
        a -= OUTER_RATE * mean / tasks


def retrain_standard(a, x, y, steps):
    """Standard retraining from A, changed in place."""
    tasks, _, samples = x.shape
    for _ in range(steps):
        mean = np.zeros_like(a)
        for t in range(tasks):
            mean += (a @ x[t] - y[t]) @ x[t].T / samples
        a -= OUTER_RATE * mean / tasks


def adapt(a, u, v, x, y, steps):
    """Fine-tuning of U and V (d, r), changed in place; X and Y are (d, n)."""
    samples = x.shape[1]
    for _ in range(steps):
        gradient = ((a + u @ v.T) @ x - y) @ x.T / samples
        du, dv = gradient @ v, gradient.T @ u
        u -= ADAPT_RATE * du
        v -= ADAPT_RATE * dv


def draw(random, d, k, tasks, samples, noise=0.01):
    g = random.standard_normal((d, d))
    a = (g + g.T) / 2
    x = random.standard_normal((tasks, d, samples))
    y = np.empty_like(x)
    for t in range(tasks):
        u = random.standard_normal((d, k))
        y[t] = (a + u @ u.T) @ x[t] + noise * random.standard_normal((d, samples))
    return x, y


def measure(kind, sizes):
    """Seconds a step takes, for the sizes of one line of `serve`."""
    random = np.random.default_rng(7)
    steps = sizes[-1]
    if kind == "adapt":
        d, r, samples, _ = sizes
        x, y = draw(random, d, r, 1, samples)
        a, u, v = np.zeros((d, d)), 0.1 * random.standard_normal((d, r)), 0.1 * random.standard_normal((d, r))
        start = time.perf_counter()
        adapt(a, u, v, x[0], y[0], steps)
        return (time.perf_counter() - start) / steps
    d, k, tasks, samples, _ = sizes
    x, y = draw(random, d, k, tasks, samples)
    a, u = np.zeros((d, d)), 0.1 * random.standard_normal((tasks, d, k))
    start = time.perf_counter()
    if kind == "meta":
        retrain(a, u, x, y, steps)
    elif kind == "standard":
        retrain_standard(a, x, y, steps)
    else:
        sys.exit(f"reference.py: no such measurement: {kind}")
    return (time.perf_counter() - start) / steps


def serve():
    print("numpy", np.__version__, flush=True)
    for line in sys.stdin:
        kind, *sizes = line.split()
        print(f"{measure(kind, [int(size) for size in sizes]):.9g}", flush=True)


if __name__ == "__main__":
    serve()
