"""Predicts with a trained model of subloc-native in PyTorch, to show what its file holds.

    pip install torch numpy safetensors
    python load_model.py model.safetensors proteins.fasta > predictions.tsv

Prints one row a protein: its id and the probability of each class, averaged over the members.

The file. The metadata has one entry, `subloc`: JSON that describes the architecture. The tensors of member m are named
`member.{m}.` + PyTorch's own name, so each member is a state dict of `Network` below; they share `encoding.table` [25, Ft],
the features of each residue code. torch.nn.LSTM adds two biases: the model's bias is `bias_ih`, and `bias_hh` is zero.

Axes: B proteins, T residues, F features, C channels of the convolution, H LSTM units a direction, K classes.
"""

import argparse
import json
import sys

import torch
from safetensors import safe_open
from torch import nn
from torch.nn.functional import pad
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

ALPHABET = "ARNDCQEGHILKMFPSTWYV"  # codes 0 to 19
# B, Z and J have rows of their own, X is unknown; U counts as C and O as K. Code 24 is a residue dropped in training.
CODES = {letter: code for code, letter in enumerate(ALPHABET + "BZJX")}
CODES |= {"U": CODES["C"], "O": CODES["K"]}


class Network(nn.Module):
    """An R-LSTM or an A-LSTM. Its parameters have the names and shapes of the file."""

    def __init__(self, config):
        super().__init__()
        features = config["tableFeatures"] + (20 if config["profile"] else 0)
        channels = len(config["filterWidths"]) * config["filtersPerWidth"]
        second = config.get("secondConv")  # fields that are left out have their default
        hidden = config["hidden"]
        self.conv = nn.ModuleDict({str(w): nn.Conv1d(features, config["filtersPerWidth"], w) for w in config["filterWidths"]})
        self.conv2 = None
        if second:
            self.conv2 = nn.ModuleDict({str(w): nn.Conv1d(channels, second["filtersPerWidth"], w) for w in second["widths"]})
            channels = len(second["widths"]) * second["filtersPerWidth"]
        self.lstm = nn.LSTM(channels, hidden, batch_first=True, bidirectional=True)
        self.attention = None
        if config["kind"] == "a-lstm":
            W = nn.Linear(2 * hidden, config["attention"], bias=False)
            v = nn.Linear(config["attention"], 1, bias=False)
            self.attention = nn.ModuleDict({"W": W, "v": v})
        self.sees_last = config.get("pooling", "attention") == "attention+last"
        self.dense = nn.Linear((4 if self.sees_last else 2) * hidden, config["dense"])
        self.output = nn.Linear(config["dense"], len(config["classes"]))

    def forward(self, x, lengths):
        """x [B, T, F], zero beyond a protein's length → logits [B, K], attention [B, T] or None, pooled states [B, 2H or 4H]."""
        real = torch.arange(x.shape[1]) < lengths[:, None]  # [B, T]
        x = bank(self.conv, x.transpose(1, 2))  # Conv1d wants [B, F, T]
        if self.conv2 is not None:
            x = bank(self.conv2, x * real[:, None, :])  # beyond its end a protein has no channels
        x = x.transpose(1, 2)  # [B, T, C]
        # Packed, so that each direction begins at the protein's own end and not in the padding.
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        states, (last, _) = self.lstm(packed)
        if self.attention is None:
            alpha, pooled = None, torch.cat([last[0], last[1]], dim=1)  # after the last residue, and after the first
        else:
            h, _ = pad_packed_sequence(states, batch_first=True)  # [B, T, 2H]
            scores = self.attention["v"](self.attention["W"](h).tanh()).squeeze(2)
            alpha = scores.masked_fill(~real, -torch.inf).softmax(dim=1)
            pooled = (alpha[:, :, None] * h).sum(dim=1)
            if self.sees_last:
                pooled = torch.cat([pooled, last[0], last[1]], dim=1)
        return self.output(self.dense(pooled).relu()), alpha, pooled


def bank(filters, x):
    """[B, in, T] → [B, out, T], filters of all widths and ReLU.

    As many positions out as in; a filter of even width reaches one residue further to the left than to the right,
    where PyTorch's padding="same" would reach further to the right."""
    return torch.cat([conv(pad(x, (int(w) // 2, int(w) - 1 - int(w) // 2))) for w, conv in filters.items()], dim=1).relu()


def load(path):
    """Description, encoding table [25, Ft] and members of a model file."""
    with safe_open(path, framework="pt") as file:
        config = json.loads(file.metadata()["subloc"])
        if config["formatVersion"] not in (1, 2):
            sys.exit(f"{path}: format {config['formatVersion']} is not known here")
        networks = []
        for m in range(config["members"]):
            prefix = f"member.{m}."
            network = Network(config)
            network.load_state_dict({name.removeprefix(prefix): file.get_tensor(name) for name in file.keys() if name.startswith(prefix)})
            networks.append(network.eval())
        return config, file.get_tensor("encoding.table"), networks


def read_fasta(path):
    """Pairs of id and sequence."""
    records = []
    with open(path, encoding="utf-8-sig") as file:
        for line in file:
            if line.startswith(">"):
                records.append((line[1:].split()[0], []))
            elif line.strip() and not line.startswith(";"):
                records[-1][1].append("".join(line.split()).upper())
    return [(id, "".join(parts).removesuffix("*")) for id, parts in records]


def encode(sequence, table, most, gap):
    """Features [T, Ft] of a sequence that loses its middle where it is longer than `most`: the sorting signals are at its ends.

    `gap` X residues stand where it was cut."""
    if len(sequence) > most:
        sequence = sequence[: most - most // 2] + "X" * gap + sequence[len(sequence) - most // 2 :]
    return table[[CODES[letter] for letter in sequence]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="a .safetensors file of subloc-native")
    parser.add_argument("fasta", help="proteins")
    arguments = parser.parse_args()
    config, table, networks = load(arguments.model)
    if config["profile"]:
        sys.exit("this model reads a sequence profile beside each sequence, which this example does not: use one without the block 'profile'")
    # One class a protein, or any number of labels.
    of_logits = torch.sigmoid if config.get("loss", "softmax") == "multi-label" else lambda z: z.softmax(dim=1)
    print("id", *config["classes"], sep="\t")
    records = read_fasta(arguments.fasta)
    for first in range(0, len(records), 32):
        batch = records[first : first + 32]
        encoded = [encode(sequence, table, config["maxResidues"], config.get("cutGap", 0)) for _, sequence in batch]
        x, lengths = pad_sequence(encoded, batch_first=True), torch.tensor([len(e) for e in encoded])
        with torch.inference_mode():
            mean = torch.stack([of_logits(network(x, lengths)[0]) for network in networks]).mean(dim=0)
        for (id, _), probabilities in zip(batch, mean.tolist()):
            print(id, *(f"{p:.6f}" for p in probabilities), sep="\t")


if __name__ == "__main__":
    main()
