# SPDX-License-Identifier: GPL-3.0-or-later
#
# The two-layer network of the paper's second experiment in PyTorch, for bench_shallow.c: reads lines
#
#     METHOD TYPE DIMENSION RANK TASKS SAMPLES EPOCHS
#
# (METHOD standard or meta, TYPE float64 or float32) and answers each with the seconds that an epoch takes: forward, backward by
# autograd and a step of AdamW, all tasks' losses in one graph. The first line is its name. It is given its best: the faster of
# AdamW's two ways, after epochs to warm up.

import sys
import time

import torch


def epochs(method, dtype, d, k, tasks, samples, count, foreach):
    torch.manual_seed(7)
    x = torch.randn(tasks, samples, d, dtype=dtype)
    y = torch.randn(tasks, samples, dtype=dtype)
    a = (torch.rand(d, d, dtype=dtype) - 0.5).requires_grad_()
    c = (torch.rand(d, dtype=dtype) - 0.5).requires_grad_()
    p = [(torch.rand(k, d, dtype=dtype) - 0.5).requires_grad_() for _ in range(tasks)]
    q = [torch.zeros(d, k, dtype=dtype).requires_grad_() for _ in range(tasks)]
    moved = [a, c] + (p + q if method == "meta" else [])
    optimizer = torch.optim.AdamW(moved, lr=1e-3, weight_decay=0.01, foreach=foreach)

    def epoch():
        optimizer.zero_grad()
        loss = 0
        for t in range(tasks):
            w = a + q[t] @ p[t] if method == "meta" else a
            predicted = torch.sigmoid(x[t] @ w.T) @ c
            loss = loss + ((predicted - y[t]) ** 2).mean()
        loss.backward()
        optimizer.step()

    for _ in range(count // 5 + 1):
        epoch()
    begin = time.perf_counter()
    for _ in range(count):
        epoch()
    return (time.perf_counter() - begin) / count


print("PyTorch " + torch.__version__, flush=True)
for line in sys.stdin:
    method, dtype, *numbers = line.split()
    sizes = [int(number) for number in numbers]
    print(min(epochs(method, getattr(torch, dtype), *sizes, foreach) for foreach in (False, True)), flush=True)
