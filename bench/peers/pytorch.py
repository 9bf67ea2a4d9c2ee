"""The same network in PyTorch, for the benches: what a person would otherwise use.

Reads commands on stdin, one JSON object a line, and answers each with one line: {"seconds": …}. So that the sides of a bench can be
interleaved while PyTorch stays warm.

    {"do": "open", "sequences": FILE, "kind": "r-lstm", "hidden": 64, "threads": 2, "batch": 64}
    {"do": "train", "form": "ordinary" | "best", "batches": N, "seed": S}      N steps (all of an epoch where N is null)
    {"do": "predict", "form": "ordinary" | "best" | "bf16"}                    all proteins
    {"do": "peak", "size": 1024, "threads": 2}                                 GFLOP/s of torch.matmul

`FILE` has one protein a line: a class index, a tab, residue codes as letters of ALPHABET (X for others). Features are onehot + blosum80-like: 40
columns of a table; their values do not matter to the time.

Forms. `ordinary`: batches in random order, padded to the longest; the bidirectional LSTM reads the padding of short proteins, as most published code
does. `best`: batches of similar length; each row is reversed within its own length by a gather, and two one-directional LSTMs read the padded
rows, so nothing is packed (PyTorch's packed backward is quadratic in the length on the CPU). Denormals are flushed in both.
"""

import json
import random
import sys
import time

import torch
from torch import nn
from torch.nn.functional import cross_entropy

ALPHABET = "ARNDCQEGHILKMFPSTWYV"
WIDTHS = (1, 3, 5, 9, 15, 21)


class Network(nn.Module):
    def __init__(self, kind, hidden, features=40, filters=10, classes=11):
        super().__init__()
        self.kind = kind
        self.conv = nn.ModuleList(nn.Conv1d(features, filters, w, padding="same") for w in WIDTHS)
        channels = filters * len(WIDTHS)
        self.forward_lstm = nn.LSTM(channels, hidden, batch_first=True)
        self.reverse_lstm = nn.LSTM(channels, hidden, batch_first=True)
        self.both = nn.LSTM(channels, hidden, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.5)
        self.W = nn.Linear(2 * hidden, 2 * hidden, bias=False)
        self.v = nn.Linear(2 * hidden, 1, bias=False)
        self.dense = nn.Linear(2 * hidden, 2 * hidden)
        self.output = nn.Linear(2 * hidden, classes)

    def forward(self, x, lengths, form):
        x = torch.cat([conv(x.transpose(1, 2)) for conv in self.conv], 1).relu().transpose(1, 2)
        x = self.dropout(x)
        index = torch.arange(x.shape[1])[None]
        real = index < lengths[:, None]
        last = (lengths - 1)[:, None, None]
        if form == "ordinary":
            h, _ = self.both(x)
            half = h.shape[2] // 2
            if self.kind == "r-lstm":
                pooled = torch.cat([h[..., :half].gather(1, last.expand(-1, 1, half)).squeeze(1), h[:, 0, half:]], 1)
        else:
            mirror = torch.where(real, lengths[:, None] - 1 - index, index)[..., None]
            forward, _ = self.forward_lstm(x)
            reverse, _ = self.reverse_lstm(x.gather(1, mirror.expand(-1, -1, x.shape[2])))
            half = forward.shape[2]
            if self.kind == "r-lstm":
                at = last.expand(-1, 1, half)
                pooled = torch.cat([forward.gather(1, at), reverse.gather(1, at)], 2).squeeze(1)
            else:
                h = torch.cat([forward, reverse.gather(1, mirror.expand(-1, -1, half))], 2)
        if self.kind == "a-lstm":
            scores = self.v(self.W(h).tanh()).squeeze(2).masked_fill(~real, float("-inf"))
            pooled = (scores.softmax(1)[..., None] * h).sum(1)
        return self.output(self.dropout(self.dense(self.dropout(pooled)).relu()))


class Session:
    def __init__(self, sequences, kind, hidden, threads, batch=64):
        torch.set_num_threads(threads)
        torch.set_flush_denormal(True)
        torch.manual_seed(1)
        table = torch.randn(21, 40)
        with open(sequences) as lines:
            rows = [line.rstrip("\n").split("\t") for line in lines]
        self.labels = torch.tensor([int(label) for label, _ in rows])
        self.codes = [torch.tensor([ALPHABET.find(c) % 21 for c in text]) for _, text in rows]
        self.table, self.batch = table, batch
        self.network = Network(kind, hidden)
        self.adam = torch.optim.Adam(self.network.parameters(), lr=1e-3)

    def batches(self, form, seed=0, shuffled=True):
        rng = random.Random(seed)
        order = list(range(len(self.codes)))
        rng.shuffle(order) if shuffled else None
        if form != "ordinary":
            order.sort(key=lambda i: -len(self.codes[i]))
        batches = [order[i : i + self.batch] for i in range(0, len(order), self.batch)]
        rng.shuffle(batches)
        return batches

    def tensors(self, rows):
        lengths = torch.tensor([len(self.codes[i]) for i in rows])
        x = torch.zeros(len(rows), int(lengths.max()), self.table.shape[1])
        for row, i in enumerate(rows):
            x[row, : lengths[row]] = self.table[self.codes[i]]
        return x, lengths, self.labels[rows]

    def train(self, form, seed=0, batches=None):
        self.network.train()
        for rows in self.batches(form, seed)[:batches]:
            x, lengths, labels = self.tensors(rows)
            self.adam.zero_grad()
            cross_entropy(self.network(x, lengths, form), labels).backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), 3.0)
            self.adam.step()

    @torch.inference_mode()
    def predict(self, form):
        self.network.eval()
        with torch.autocast("cpu", torch.bfloat16, enabled=form == "bf16"):
            for rows in self.batches("best" if form == "bf16" else form):
                x, lengths, _ = self.tensors(rows)
                self.network(x, lengths, "best" if form == "bf16" else form).softmax(1)


def peak(size, threads):
    torch.set_num_threads(threads)
    a, b = torch.randn(size, size), torch.randn(size, size)
    a @ b
    began = time.perf_counter()
    for _ in range(5):
        a @ b
    return 5 * 2 * size**3 / (time.perf_counter() - began) / 1e9


def main():
    session = None
    for line in sys.stdin:
        command = json.loads(line)
        do = command.pop("do")
        began = time.perf_counter()
        answer = {}
        if do == "open":
            session = Session(**command)
        elif do == "peak":
            answer = {"gflops": peak(**command)}
        else:
            getattr(session, do)(**command)
        print(json.dumps({"seconds": time.perf_counter() - began, **answer}), flush=True)


main()
