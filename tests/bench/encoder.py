#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""RoBERTa's encoder and classification head in PyTorch, padded to the longest sequence, trained by AdamW.

Written for comparison with Rankscope, as the usual implementations are: separate query, key and value maps, an additive
mask for padding, exact GELU, dropout 0.1 everywhere, and with LoRA on all six linear maps of every layer where its rank
is not 0.

    encoder.py FOLDER BATCH.safetensors RANK

FOLDER has config.json and model.safetensors, the batch `ids` (padded with pad_token_id) and `labels`. It prints the
version, then for every line "loss" the loss without dropout, for "step" the seconds of a training step on all cores,
and for "alone" those of one on a single thread, both with the processor's seconds behind them.
"""

import json
import math
import os
import struct
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

TYPES = {"F32": "<f4", "I64": "<i8"}


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    arrays = {}
    for name, of in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in of["data_offsets"])
            numbers = np.frombuffer(data[begin:end], TYPES[of["dtype"]]).reshape(of["shape"])
            arrays[name] = torch.from_numpy(numbers.copy())
    return arrays


class Map(nn.Module):
    """A linear map, with LoRA beside it where rank is not 0."""

    def __init__(self, weight, bias, rank):
        super().__init__()
        self.weight, self.bias, self.rank = nn.Parameter(weight), nn.Parameter(bias), rank
        if rank:
            bound = 1 / math.sqrt(weight.shape[1])
            self.a = nn.Parameter(torch.empty(rank, weight.shape[1]).uniform_(-bound, bound))
            self.b = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, x):
        y = functional.linear(x, self.weight, self.bias)
        if self.rank:
            dropped = functional.dropout(x, 0.1, self.training)
            y = y + functional.linear(functional.linear(dropped, self.a), self.b) * (16 / self.rank)
        return y


class Layer(nn.Module):
    def __init__(self, of, heads, epsilon, rank):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.attention, self.intermediate, self.output = (
            Map(of[name + ".weight"], of[name + ".bias"], rank)
            for name in ("attention.self.query", "attention.self.key", "attention.self.value",
                         "attention.output.dense", "intermediate.dense", "output.dense"))
        width = self.query.weight.shape[0]
        self.norm1, self.norm2 = nn.LayerNorm(width, epsilon), nn.LayerNorm(width, epsilon)

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, -1).permute(0, 2, 1, 3)

    def forward(self, x, mask):
        query, key, value = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1]) + mask
        weights = functional.dropout(functional.softmax(scores, -1), 0.1, self.training)
        context = (weights @ value).permute(0, 2, 1, 3).reshape(x.shape)
        x = self.norm1(x + functional.dropout(self.attention(context), 0.1, self.training))
        y = self.output(functional.gelu(self.intermediate(x)))
        return self.norm2(x + functional.dropout(y, 0.1, self.training))


class Classifier(nn.Module):
    def __init__(self, config, tensors, rank):
        super().__init__()
        front = "roberta."
        width, epsilon = config["hidden_size"], config["layer_norm_eps"]
        self.pad = config["pad_token_id"]
        self.words = nn.Parameter(tensors[front + "embeddings.word_embeddings.weight"])
        self.positions = nn.Parameter(tensors[front + "embeddings.position_embeddings.weight"])
        self.types = nn.Parameter(tensors[front + "embeddings.token_type_embeddings.weight"])
        self.norm = nn.LayerNorm(width, epsilon)
        self.layers = nn.ModuleList()
        for layer in range(config["num_hidden_layers"]):
            start = f"{front}encoder.layer.{layer}."
            of = {name[len(start):]: tensor for name, tensor in tensors.items() if name.startswith(start)}
            self.layers.append(Layer(of, config["num_attention_heads"], epsilon, rank))
        self.dense = Map(tensors["classifier.dense.weight"], tensors["classifier.dense.bias"], 0)
        self.out = Map(tensors["classifier.out_proj.weight"], tensors["classifier.out_proj.bias"], 0)

    def forward(self, ids):
        real = ids != self.pad
        positions = torch.cumsum(real, 1) * real + self.pad
        x = functional.embedding(ids, self.words) + functional.embedding(positions, self.positions) + self.types[0]
        x = functional.dropout(self.norm(x), 0.1, self.training)
        mask = (~real)[:, None, None, :] * torch.finfo(x.dtype).min
        for layer in self.layers:
            x = layer(x, mask)
        x = torch.tanh(self.dense(functional.dropout(x[:, 0], 0.1, self.training)))
        return self.out(functional.dropout(x, 0.1, self.training))


def main():
    cores = len(os.sched_getaffinity(0))
    folder, batch, rank = sys.argv[1], read(sys.argv[2]), int(sys.argv[3])
    with open(folder + "/config.json", encoding="utf-8") as file:
        config = json.load(file)
    model = Classifier(config, read(folder + "/model.safetensors"), rank)
    adamw = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0.01)
    print(f"PyTorch {torch.__version__}", flush=True)
    for line in sys.stdin:
        torch.set_num_threads(1 if line.strip() == "alone" else cores)
        if line.strip() == "loss":
            model.eval()
            with torch.no_grad():
                print(functional.cross_entropy(model(batch["ids"]), batch["labels"]).item(), flush=True)
            continue
        model.train()
        start, used = time.perf_counter(), time.process_time()
        adamw.zero_grad()
        functional.cross_entropy(model(batch["ids"]), batch["labels"]).backward()
        adamw.step()
        print(time.perf_counter() - start, time.process_time() - used, flush=True)


main()
