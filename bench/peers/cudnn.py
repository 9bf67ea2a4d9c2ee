"""The bidirectional LSTM alone in PyTorch, forward and backward: cuDNN on a GPU. The lines are those of `subloc-bench lstm`.

    python bench/peers/cudnn.py [--device cuda|cpu] [--sizes H:M:T,…] [--batch 64] [--rounds 3]

All proteins have one length, so nothing is packed. M members are M modules that run one after the other: cuDNN has no other way. `--precisions f32,tf32,bf16`
names the rows: TF32 products are on in the second alone, and in the third weights and input are bf16. Exit code 3 where there is no PyTorch or no such device.
"""

import argparse
import json
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--device", default="cuda")
parser.add_argument("--sizes", default="64:1:1000,200:1:1000,64:10:1000,200:10:1000")
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--precisions", default="f32,tf32,bf16")
options = parser.parse_args()

try:
    import torch
except ImportError:
    print("no PyTorch", file=sys.stderr)
    sys.exit(3)
cuda = options.device == "cuda"
if cuda and not torch.cuda.is_available():
    print("PyTorch sees no CUDA device", file=sys.stderr)
    sys.exit(3)

device = torch.device(options.device)
name = torch.cuda.get_device_name() if cuda else "cpu"


def wait():
    if cuda:
        torch.cuda.synchronize()


for precision in options.precisions.split(",") if cuda else ["f32"]:
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.allow_tf32 = precision == "tf32"
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    for size in options.sizes.split(","):
        hidden, members, residues = map(int, size.split(":"))
        networks = [torch.nn.LSTM(60, hidden, batch_first=True, bidirectional=True).to(device, dtype) for _ in range(members)]
        inputs = [torch.rand(options.batch, residues, 60, device=device, dtype=dtype, requires_grad=True) for _ in range(members)]

        def one():
            for network, x in zip(networks, inputs):
                y, _ = network(x)
                y.sum().backward()
            wait()

        one()
        seconds = []
        for _ in range(options.rounds):
            began = time.perf_counter()
            one()
            seconds.append(time.perf_counter() - began)
        result = {
            **{"what": "lstm", "form": "pytorch", "precision": precision, "backend": options.device, "device": name},
            **{"hidden": hidden, "members": members, "residues": residues, "batch": options.batch, "inputs": 60},
            **{"seconds": seconds, "torch": torch.__version__},
        }
        print(json.dumps(result), flush=True)
