#!/usr/bin/env bash
# bash bench/gpu.sh [OUT] — everything that a GPU machine is asked, in eight minutes, results written as they come to OUT/results.jsonl (default: $OUT, else gpu-out).
#
# It needs neither a registry nor Node. `bash bench/gpu.sh pack` makes bench/gpu-pack/ where there is a build machine, with dist and the addon (npm run build): the
# stripped binary under gzip, the FASTA files, the encoding table, the addon and a tiny model for bench/exits.mjs, and libvulkan; what cannot be packed is an
# error. The folder is ignored by git and travels with the working tree. Only exits.mjs needs Node there, and is skipped with a line without one.
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
  addon="$root/src-ts/native/subloc.linux-x64-gnu.node"
  for needed in "$root/dist/index.js" "$addon"; do
    [ -f "$needed" ] || { echo "$needed is not there: npm run build, then pack again" >&2; exit 1; }
  done
  node --input-type=module -e "
    import { encodingTable, syntheticDataset, train } from '$root/dist/index.js'
    import { writeFileSync } from 'node:fs'
    writeFileSync('$pack/table.txt', Array.from(encodingTable(['onehot', 'blosum80']).data).join(' '))
    const model = await train(syntheticDataset({ perClass: 6, length: [20, 60] }), {
      preset: 'quick', hidden: 6, filtersPerWidth: 3, blocks: ['onehot'], epochs: 1, threads: 1, backend: 'cpu' })
    await model.save('$pack/run')"
  mv "$pack/run/model.safetensors" "$pack/model.safetensors" && rm -r "$pack/run"
  gzip -9 -c "$addon" >"$pack/subloc.node.gz"
  loader="$(ldconfig -p | awk '/libvulkan\.so\.1 .*x86-64/ { print $NF; exit }')"
  [ -n "$loader" ] || { echo "there is no libvulkan.so.1 to pack (Debian: libvulkan1)" >&2; exit 1; }
  cp -L "$loader" "$pack/libvulkan.so.1"
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
[ -n "${GPU_DRY:-}" ] && dry=(--sizes 8:1:20 --batch 4 --steps 1 --rounds 1 --residues 12 --kind r-lstm --proteins 20)
bench() { local what="$1" most="$2"; shift 2; part "$what" "$most" "$binary" "$@" "${dry[@]}" --out "$results"; }
python="$(command -v python3 || true)"
# A line of the results for what cannot be asked here, and why.
skip() { echo "{\"what\":\"skipped\",\"part\":\"$1\",\"why\":\"$2\"}" | tee -a "$results"; }
table=()
if [ -f "$pack/table.txt" ]; then table=(--table "$pack/table.txt"); else skip "encoding table" "not packed: trainings take one-hot alone"; fi
multiloc="$pack/multiloc"
[ -d "$multiloc" ] || skip "trainings" "the FASTA files are not packed"
node="$(command -v node || true)"
# N processes that use a backend and end: BACKEND, the part's limit in seconds.
exits() {
  local addon="$out/.subloc.node"
  if [ -z "$node" ]; then skip "exits $1" "there is no Node here"; return; fi
  if [ ! -f "$pack/subloc.node.gz" ]; then skip "exits $1" "the addon is not packed"; return; fi
  [ -f "$addon" ] || gzip -d -c "$pack/subloc.node.gz" >"$addon"
  part "exits $1" "$2" "$node" "$here/exits.mjs" --backend "$1" --addon "$addon" --model "$pack/model.safetensors" --seconds "$(($2 - 10))" --out "$results" ${GPU_DRY:+--times 4}
}

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
  bench "parity cuda $precision" 20 parity --backend cuda --precision $precision
  bench "steps cuda $precision" 30 steps --backend cuda --precision $precision --sizes 200:1:1000,200:10:1000 --rounds 2
  bench "predict cuda $precision" 15 predict --backend cuda --precision $precision --sizes 200:1:400,64:10:400 --rounds 2
done
bench "products cuda" 20 products --backend cuda
bench "members cuda" 30 steps --backend cuda --kind r-lstm --sizes 64:2:1000,64:4:1000,64:20:1000 --rounds 2
bench "parity wgpu" 45 parity --backend wgpu
bench "lstm wgpu" 30 lstm --backend wgpu --sizes 64:1:1000,200:1:1000,64:10:1000 --naive-residues 0
[ -d "$multiloc" ] && bench "training cuda, one member" 70 train --backend cuda --kind r-lstm --data "$multiloc" --members 1 --epochs 100 "${table[@]}"
[ -d "$multiloc" ] && bench "training cuda, ten members" 110 train --backend cuda --kind r-lstm --data "$multiloc" --members 10 --epochs 20 "${table[@]}"
bench "predict cuda" 30 predict --backend cuda --rounds 2
bench "steps wgpu" 30 steps --backend wgpu --kind r-lstm --sizes 64:1:1000,64:10:1000 --rounds 2
bench "predict wgpu" 30 predict --backend wgpu --sizes 64:1:400 --rounds 2
exits cuda 60
bench "steps cpu" 30 steps --backend cpu --kind r-lstm --sizes 64:1:1000 --steps 2 --rounds 1
[ -n "${GPU_DRY:-}" ] && exits wgpu 60
rm -f "$out/.subloc-bench" "$out/.subloc.node"
echo "{\"what\":\"session\",\"seconds\":$(($(date +%s) - began))}" | tee -a "$results"
