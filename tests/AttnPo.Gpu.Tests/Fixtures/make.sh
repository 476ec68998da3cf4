#!/usr/bin/env bash
# Makes the numeric fixtures again: random checkpoints and what plain PyTorch implementations say of them.
# Needs python3 with torch; the tests need neither, they read the files this leaves here.
#   make.sh PATH/qwen2_ref.py
set -euo pipefail
peer=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")"
reference=../Reference/decoder_ref.py

expect() {
    local program=$1 name=$2 new=$3
    "${PYTHON:-python3}" "$program" score "$name" --in rows.jsonl --out "$name/scores.jsonl" --heads 0:0,1:3,1:1
    "${PYTHON:-python3}" "$program" greedy "$name" --prompt-ids 1,17,42,5 --max-new "$new" >"$name/greedy.json"
}

qwen2() {
    local name=$1
    shift
    rm -rf "$name"
    "${PYTHON:-python3}" "$peer" make "$name" "$@"
    expect "$peer" "$name" 24
}

other() {
    local name=$1
    shift
    rm -rf "$name"
    "${PYTHON:-python3}" "$reference" make "$name" "$@"
    expect "$reference" "$name" 64
}

qwen2 one-query-head-a-key --layers 2 --hidden 32 --heads 4 --kv-heads 4 --ffn 48 --vocab 64 --seed 1 --tie 1
qwen2 two-query-heads-a-key-untied --layers 3 --hidden 48 --heads 4 --kv-heads 2 --ffn 64 --vocab 96 --seed 2 --tie 0
qwen2 four-query-heads-a-key --layers 2 --hidden 64 --heads 8 --kv-heads 2 --ffn 96 --vocab 128 --seed 3 --tie 1

other qwen3 qwen3 --hidden 64 --heads 8 --kv-heads 2 --head-dim 16 --vocab 160 --seed 4
other qwen3-untied qwen3 --hidden 48 --heads 4 --kv-heads 4 --head-dim 20 --ffn 80 --seed 5 --tie 0
other llama llama --hidden 64 --heads 4 --kv-heads 2 --seed 6
# Waves of 6, 20, 63, 199 positions and more: short, blended, blended, long.
other llama-scaled-untied llama --hidden 64 --heads 8 --kv-heads 1 --head-dim 16 --seed 7 --tie 0 --rope 8,1,4,64
other llama-scaled-with-biases llama --hidden 48 --heads 4 --kv-heads 4 --head-dim 16 --seed 8 --attention-bias 1 \
    --rope 4,1,4,32 --rope-key rope_parameters
