#!/usr/bin/env bash
# bash bench/gpu.sh [OUT] — everything that a GPU machine is asked, in eight minutes, results written as they come to OUT/results.jsonl (default: $OUT, else gpu-out).
#
# It needs neither a registry nor Node. `bash bench/gpu.sh pack` makes bench/gpu-pack/ where there is a build machine: the stripped binary under gzip,
# the FASTA files, the encoding table, and libvulkan. The folder is ignored by git and travels with the working tree.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(dirname "$here")"
pack="$here/gpu-pack"
binary="$root/target/full/x86_64-unknown-linux-gnu/release/subloc-bench"

if [ "${1:-}" = pack ]; then
  set -e
  (cd "$root" && cargo build --workspace --release --locked --target x86_64-unknown-linux-gnu --target-dir target/full --features gpu --bin subloc-bench)
  rm -rf "$pack" && mkdir -p "$pack/multiloc"
  # gzip, since a bare GPU machine may have no zstd.
  gzip -9 -c "$binary" >"$pack/subloc-bench.gz"
  cp "${MULTILOC:-$root/../shared/data/multiloc}"/*.fasta "$pack/multiloc/"
  node --input-type=module -e "
    import { encodingTable } from '$root/dist/index.js'
    process.stdout.write(Array.from(encodingTable(['onehot', 'blosum80']).data).join(' '))" >"$pack/table.txt" 2>/dev/null || rm -f "$pack/table.txt"
  loader="$(ldconfig -p | awk '/libvulkan\.so\.1 .*x86-64/ { print $NF; exit }')"
  [ -n "$loader" ] && cp -L "$loader" "$pack/libvulkan.so.1"
  du -sh "$pack"
  exit 0
fi

out="${1:-${OUT:-gpu-out}}"
mkdir -p "$out"
results="$out/results.jsonl"
log="$out/log.txt"
began=$(date +%s)
# Seconds that are left of the eight minutes.
left() { echo $((480 - ($(date +%s) - began))); }
# A part of the session: what it is, its limit in seconds, the command. It fails alone.
part() {
  local what="$1" most="$2"
  shift 2
  local now
  now=$(left)
  [ "$now" -lt 10 ] && { echo "{\"what\":\"skipped\",\"part\":\"$what\"}" >>"$results"; return; }
  [ "$most" -gt "$now" ] && most=$now
  local start code=0
  start=$(date +%s)
  timeout -k 5 "$most" "$@" >>"$log" 2>&1 || code=$?
  echo "{\"what\":\"part\",\"part\":\"$what\",\"exit\":$code,\"seconds\":$(($(date +%s) - start))}" | tee -a "$results"
}

if [ ! -x "$binary" ]; then
  binary="$out/.subloc-bench"
  gzip -d -c "$pack/subloc-bench.gz" >"$binary" && chmod +x "$binary" || { echo "there is no binary: bash bench/gpu.sh pack, where there is a build machine" >&2; exit 1; }
fi
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-$out}"
# The loader of this machine where it has one, else the one that travelled.
if [ -f "$pack/libvulkan.so.1" ] && ! ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1'; then export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$pack"; fi
# NVRTC's headers, where only PyTorch brought CUDA.
if [ -z "${CUDA_PATH:-}" ] && [ ! -d /usr/local/cuda/include ]; then
  found="$(python3 -c 'import nvidia.cuda_runtime as r; print(list(r.__path__)[0])' 2>/dev/null || true)"
  [ -n "$found" ] && export CUDA_PATH="$found" LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$found/lib:$(dirname "$found")/cuda_nvrtc/lib"
fi
# GPU_DRY=1: sizes that a software adapter manages, to see that the script works; the last of two equal options counts.
dry=()
[ -n "${GPU_DRY:-}" ] && dry=(--sizes 8:1:20 --batch 4 --steps 1 --rounds 1 --residues 8 --kind r-lstm --proteins 20)
bench() { local what="$1" most="$2"; shift 2; part "$what" "$most" "$binary" "$@" "${dry[@]}" --out "$results"; }
python="$(command -v python3 || true)"
table=()
[ -f "$pack/table.txt" ] && table=(--table "$pack/table.txt")
multiloc="$pack/multiloc"

nvidia-smi >"$out/nvidia-smi.txt" 2>&1 || true
bench probe 20 probe
# What decides first: does it agree, and how fast is a step.
bench "parity cuda" 60 parity --backend cuda
bench "lstm cuda" 60 lstm --backend cuda --sizes 64:1:1000,200:1:1000,64:10:1000,200:10:1000
for precision in tf32 bf16; do
  bench "lstm cuda $precision" 30 lstm --backend cuda --precision $precision --sizes 64:1:1000,200:1:1000,200:10:1000 --naive-residues 0
done
SUBLOC_LSTM_FORM=per-step bench "lstm cuda, a launch a step" 30 lstm --backend cuda --sizes 64:1:1000,64:10:1000 --naive-residues 0
[ -n "$python" ] && part "lstm cudnn" 40 bash -o pipefail -c "'$python' '$here/peers/cudnn.py' | tee -a '$results'"
bench "steps cuda" 60 steps --backend cuda --rounds 2
for precision in tf32 bf16; do
  bench "parity cuda $precision" 30 parity --backend cuda --precision $precision --kind r-lstm
  bench "steps cuda $precision" 20 steps --backend cuda --precision $precision --kind r-lstm --sizes 200:1:1000,200:10:1000 --rounds 2
done
bench "members cuda" 30 steps --backend cuda --kind r-lstm --sizes 64:2:1000,64:4:1000,64:20:1000 --rounds 2
bench "parity wgpu" 45 parity --backend wgpu
bench "lstm wgpu" 30 lstm --backend wgpu --sizes 64:1:1000,200:1:1000,64:10:1000 --naive-residues 0
[ -d "$multiloc" ] && bench "training cuda, one member" 70 train --backend cuda --kind r-lstm --data "$multiloc" --members 1 --epochs 100 "${table[@]}"
[ -d "$multiloc" ] && bench "training cuda, ten members" 110 train --backend cuda --kind r-lstm --data "$multiloc" --members 10 --epochs 20 "${table[@]}"
bench "predict cuda" 30 predict --backend cuda --rounds 2
bench "steps wgpu" 30 steps --backend wgpu --kind r-lstm --sizes 64:1:1000,64:10:1000 --rounds 2
bench "predict wgpu" 30 predict --backend wgpu --sizes 64:1:400 --rounds 2
bench "steps cpu" 30 steps --backend cpu --kind r-lstm --sizes 64:1:1000 --steps 2 --rounds 1
rm -f "$out/.subloc-bench"
echo "{\"what\":\"session\",\"seconds\":$(($(date +%s) - began))}" | tee -a "$results"
