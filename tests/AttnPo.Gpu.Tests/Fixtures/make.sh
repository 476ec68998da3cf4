#!/usr/bin/env bash
# Makes the numeric fixtures again: random Qwen2 checkpoints and what a plain PyTorch implementation says of them.
# Needs python3 with torch; the tests need neither, they read the files this leaves here.
#   make.sh PATH/qwen2_ref.py
set -euo pipefail
peer=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")"

fixture() {
    local name=$1
    shift
    rm -rf "$name"
    python3 "$peer" make "$name" "$@"
    python3 "$peer" score "$name" --in rows.jsonl --out "$name/scores.jsonl" --heads 0:0,1:3,1:1
    python3 "$peer" greedy "$name" --prompt-ids 1,17,42,5 --max-new 24 >"$name/greedy.json"
}

fixture one-query-head-a-key --layers 2 --hidden 32 --heads 4 --kv-heads 4 --ffn 48 --vocab 64 --seed 1 --tie 1
fixture two-query-heads-a-key-untied --layers 3 --hidden 48 --heads 4 --kv-heads 2 --ffn 64 --vocab 96 --seed 2 --tie 0
fixture four-query-heads-a-key --layers 2 --hidden 64 --heads 8 --kv-heads 2 --ffn 96 --vocab 128 --seed 3 --tie 1
