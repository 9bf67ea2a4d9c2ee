"""The same network in onnxruntime, for the benches: a graph made here, with ONNX's own LSTM, which takes the lengths of the sequences.

The protocol of pytorch.py: commands on stdin, an answer a line.

    {"do": "open", "sequences": FILE, "kind": "r-lstm", "hidden": 64, "threads": 2, "batch": 64}
    {"do": "predict", "form": "best"}                    all proteins, in batches of similar length

The LSTM operator skips what lies beyond a length in both directions, so the padded form needs no mirror. Attention masks the padding.
"""

import json
import sys
import time

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

ALPHABET = "ARNDCQEGHILKMFPSTWYV"
WIDTHS = (1, 3, 5, 9, 15, 21)


def graph(kind, hidden, features=40, filters=10, classes=11):
    rng = np.random.default_rng(1)
    nodes, weights = [], []

    def weight(name, *shape):
        values = (rng.standard_normal(shape) * shape[-1] ** -0.5).astype(np.float32)
        weights.append(numpy_helper.from_array(values, name))
        return name

    def constant(name, values):
        weights.append(numpy_helper.from_array(np.array(values, np.int64), name))
        return name

    def node(op, inputs, output, **attributes):
        nodes.append(helper.make_node(op, inputs, [output] if isinstance(output, str) else output, **attributes))
        return output

    # x [B, F, T]
    banks = [
        node("Conv", ["x", weight(f"conv{w}", filters, features, w), weight(f"convb{w}", filters)], f"c{w}", pads=[w // 2, w // 2])
        for w in WIDTHS
    ]
    node("Concat", banks, "c", axis=1)
    node("Relu", ["c"], "r")
    node("Transpose", ["r"], "steps", perm=[2, 0, 1])
    channels = filters * len(WIDTHS)
    node(
        "LSTM",
        ["steps", weight("w", 2, 4 * hidden, channels), weight("u", 2, 4 * hidden, hidden), weight("b", 2, 8 * hidden), "lengths"],
        ["y", "y_last"],
        hidden_size=hidden,
        direction="bidirectional",
    )
    if kind == "r-lstm":
        node("Transpose", ["y_last"], "bh", perm=[1, 0, 2])
        node("Reshape", ["bh", constant("flat", [-1, 2 * hidden])], "pooled")
    else:
        node("Transpose", ["y"], "btdh", perm=[2, 0, 1, 3])
        node("Reshape", ["btdh", constant("three", [0, 0, 2 * hidden])], "h")
        node("MatMul", ["h", weight("attention", 2 * hidden, 2 * hidden)], "z")
        node("Tanh", ["z"], "zt")
        node("MatMul", ["zt", weight("v", 2 * hidden, 1)], "scores")
        node("Add", ["scores", "mask"], "masked")
        node("Softmax", ["masked"], "alpha", axis=1)
        node("Mul", ["alpha", "h"], "weighted")
        node("ReduceSum", ["weighted", constant("one", [1])], "pooled", keepdims=0)
    node("MatMul", ["pooled", weight("dense", 2 * hidden, 2 * hidden)], "d")
    node("Relu", ["d"], "dr")
    node("MatMul", ["dr", weight("output", 2 * hidden, classes)], "o")
    node("Softmax", ["o"], "p", axis=1)
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["B", features, "T"]),
        helper.make_tensor_value_info("lengths", TensorProto.INT32, ["B"]),
        helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["B", "T", 1]),
    ]
    outputs = [helper.make_tensor_value_info("p", TensorProto.FLOAT, ["B", classes])]
    used = inputs if kind == "a-lstm" else inputs[:2]
    made = helper.make_graph(nodes, "network", used, outputs, weights)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


class Session:
    def __init__(self, sequences, kind, hidden, threads, batch=64):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        model = graph(kind, hidden).SerializeToString()
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.masked, self.batch = kind == "a-lstm", batch
        self.table = np.random.default_rng(2).standard_normal((21, 40)).astype(np.float32)
        with open(sequences) as lines:
            texts = [line.rstrip("\n").split("\t")[1] for line in lines]
        self.codes = [np.array([ALPHABET.find(c) % 21 for c in text]) for text in texts]

    def predict(self, form):
        order = sorted(range(len(self.codes)), key=lambda i: -len(self.codes[i]))
        for at in range(0, len(order), self.batch):
            rows = order[at : at + self.batch]
            lengths = np.array([len(self.codes[i]) for i in rows], np.int32)
            x = np.zeros((len(rows), 40, lengths[0]), np.float32)
            for row, i in enumerate(rows):
                x[row, :, : lengths[row]] = self.table[self.codes[i]].T
            inputs = {"x": x, "lengths": lengths}
            if self.masked:
                beyond = np.arange(lengths[0])[None] >= lengths[:, None]
                inputs["mask"] = np.where(beyond, -np.inf, 0).astype(np.float32)[..., None]
            (p,) = self.session.run(None, inputs)
            assert np.isfinite(p).all()


def main():
    session = None
    for line in sys.stdin:
        command = json.loads(line)
        do = command.pop("do")
        began = time.perf_counter()
        if do == "open":
            session = Session(**command)
        else:
            getattr(session, do)(**command)
        print(json.dumps({"seconds": time.perf_counter() - began}), flush=True)


main()
