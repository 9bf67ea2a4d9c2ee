#!/usr/bin/env bash
# bash bench/peers/setup.sh [FOLDER] — the programs that the benches compare with, in a virtual environment (default .venv). Several gigabytes.
set -euo pipefail
folder="${1:-.venv}"
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --requirement "$(dirname "$0")/requirements.txt"
"$folder/bin/python" -c 'import torch, onnxruntime; print("torch", torch.__version__, "onnxruntime", onnxruntime.__version__)'
