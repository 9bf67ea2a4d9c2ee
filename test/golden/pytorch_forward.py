"""Writes pytorch_forward.json: what PyTorch, in float64, makes of small networks whose weights follow a formula.

    python test/golden/pytorch_forward.py            (needs torch, numpy, safetensors)

`crates/subloc-model/tests/golden` builds the same networks in Rust and compares. The modules are those of
examples/pytorch/load_model.py, so the example is checked along with the crate.

The formula. Element i of the parameter with index p (order of the crate's `specs`) of member m is k / 1024 · scale, where k is
hash(1000 · (m + 1) + p, i) modulo 2049, minus 1024, and the scale is a power of two that depends on the parameter's name. All of it is exact in
32-bit floats. `hash` is below; its arithmetic is modulo 2³².
"""

import json
import math
import sys
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "examples" / "pytorch"))
from load_model import Network

MEMBERS = 2
LENGTHS = [24, 1, 38, 7]  # not sorted; one residue; one shorter than the widest filter
LABELS = [2, 0, 1, 2]
CLASS_WEIGHTS = [0.5, 1.0, 3.0]
SMOOTHING = 0.125
# By the beginning of the name; large enough that gates and attention leave their linear range.
SCALES = {"conv": 0.5, "lstm.bias": 1, "lstm.weight_ih": 1, "lstm.weight_hh": 1, "attention": 4, "dense": 2, "output": 2}
BASE = {"attention": 6, "dense": 7, "hidden": 5, "filtersPerWidth": 2, "classes": ["a", "b", "c"], "maxResidues": 1000}
WIDTHS = [1, 3, 5, 9, 15, 21]
CASES = {
    "r-lstm": {"kind": "r-lstm", "filterWidths": WIDTHS, "tableFeatures": 26, "profile": False, "blocks": ["onehot", "random"]},
    "a-lstm": {"kind": "a-lstm", "filterWidths": WIDTHS, "tableFeatures": 26, "profile": False, "blocks": ["onehot", "random"]},
    "a-lstm with profiles": {"kind": "a-lstm", "filterWidths": WIDTHS, "tableFeatures": 26, "profile": True, "blocks": ["onehot", "random", "profile"]},
    "r-lstm, even widths": {"kind": "r-lstm", "filterWidths": [4, 1, 2], "tableFeatures": 26, "profile": True, "blocks": ["onehot", "random", "profile"]},
    "r-lstm, profiles alone": {"kind": "r-lstm", "filterWidths": [3, 9], "tableFeatures": 0, "profile": True, "blocks": ["profile"]},
}


def hash(seed, i):
    x = (seed * 0x9E3779B1 + i * 0x85EBCA6B) & 0xFFFFFFFF
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x = ((x ^ (x >> shift)) * factor) & 0xFFFFFFFF
    return x ^ (x >> 16)


def values(seed, n):
    return [(hash(seed, i) % 2049 - 1024) / 1024 for i in range(n)]


def parameters(network):
    """Named parameters in the crate's order, which is the modules' with the forward direction first; without bias_hh, which is zero."""
    return [(name, p) for name, p in network.named_parameters() if "bias_hh" not in name]


def member(config, m):
    network = Network(config).double()
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.zero_()
        for index, (name, parameter) in enumerate(parameters(network)):
            scale = next(s for prefix, s in SCALES.items() if name.startswith(prefix))
            numbers = torch.tensor(values(1000 * (m + 1) + index, parameter.numel()), dtype=torch.float64)
            parameter.copy_(numbers.reshape(parameter.shape) * scale)
    return network


def encoding_table():
    """[25, 26]: one-hot and six random features; B, Z and J are means, X and the dropped residue are zero."""
    table = torch.zeros(25, 26, dtype=torch.float64)
    table[:20, :20] = torch.eye(20)
    table[:20, 20:] = torch.tensor(values(1, 120), dtype=torch.float64).reshape(20, 6)
    for row, (a, b) in zip((20, 21, 22), ((2, 3), (5, 6), (9, 10))):  # N/D, Q/E, I/L
        table[row] = (table[a] + table[b]) / 2
    return table


def proteins():
    """Codes below 24, and profile rows of bytes; every seventh row is zero and every fifth certain of one residue."""
    codes = [hash(2, i) % 24 for i in range(sum(LENGTHS))]
    rows = []
    for t, code in enumerate(codes):
        row = [(hash(3, 20 * t + a) % 101) if hash(4, 20 * t + a) % 3 else 0 for a in range(20)]
        if t % 7 == 3:
            row = [0] * 20
        elif t % 5 == 1:
            row = [255 if a == code % 20 else 0 for a in range(20)]
        rows.append(row)
    return codes, rows


def features(config, table, codes, rows):
    """[B, T, F], zero beyond a protein's length: the table's features, then the profile's."""
    x = table[codes, : config["tableFeatures"]]
    if config["profile"]:
        profile = torch.tensor(rows, dtype=torch.float64)
        x = torch.cat([x, profile / profile.sum(dim=1, keepdim=True).clamp(min=1)], dim=1)
    return pad_sequence(list(x.split(LENGTHS)), batch_first=True)


def short(numbers):
    """Ten digits, which is more than a 32-bit float has."""
    if isinstance(numbers, list):
        return [short(n) for n in numbers]
    return float(f"{numbers:.10g}")


def expected(config, m, x):
    network, lengths, labels = member(config, m), torch.tensor(LENGTHS), torch.tensor(LABELS)
    logits, alpha, pooled = network(x, lengths)
    loss = cross_entropy(logits, labels)
    loss.backward()
    gradients = {}
    for name, parameter in parameters(network):
        g = parameter.grad.flatten()
        at = sorted({hash(5, i) % len(g) for i in range(8)})
        gradients[name] = {"norm": short(math.sqrt(float((g**2).sum()))), "at": at, "values": short(g[at].tolist())}
    weights = torch.tensor(CLASS_WEIGHTS, dtype=torch.float64)
    return {
        "logits": short(logits.tolist()),
        "probabilities": short(logits.softmax(dim=1).tolist()),
        "attention": None if alpha is None else [short(a[:n].tolist()) for a, n in zip(alpha, LENGTHS)],
        "pooled": short(pooled.tolist()),
        "loss": short(loss.item()),
        "smoothedLoss": short(cross_entropy(logits, labels, label_smoothing=SMOOTHING).item()),
        "weightedLoss": short(cross_entropy(logits, labels, weight=weights).item()),
        "gradients": gradients,
    }


def main():
    table = encoding_table()
    codes, rows = proteins()
    shared = {
        "torch": torch.__version__.split("+")[0],
        "scales": SCALES,
        "members": MEMBERS,
        "lengths": LENGTHS,
        "labels": LABELS,
        "classWeights": CLASS_WEIGHTS,
        "smoothing": SMOOTHING,
        "table": table.tolist(),
        "codes": codes,
        "profiles": rows,
        "firstWeights": values(1000, 5),  # hash(1000, 0 … 4): says early whether the formula was repeated rightly
    }
    cases = {}
    for name, case in CASES.items():
        config = BASE | case
        x = features(config, table, codes, rows)
        cases[name] = {"config": config, "members": [expected(config, m, x) for m in range(MEMBERS)]}
    lines = [f"{json.dumps(key)}: {compact(value)}" for key, value in shared.items()]
    lines += ['"cases": {\n' + ",\n".join(f"{json.dumps(name)}: {compact(case)}" for name, case in cases.items()) + "\n}"]
    (HERE / "pytorch_forward.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def compact(value):
    return json.dumps(value, separators=(",", ":")).replace(".0,", ",").replace(".0]", "]")


if __name__ == "__main__":
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    main()
