#!/usr/bin/env bash
# What a guarded counter costs beside the one written by hand, in instructions, and in bytes: `counters/bench/zero_cost.sh`.
# It fails where ours takes more than 1.01 of theirs, or another size. It needs valgrind, since instructions, unlike
# seconds, are the same on every run.
set -euo pipefail
cd "$(dirname "$0")/../.."

most=1.01
# One round cannot take fewer than its call and its memory access: below this, callgrind has not seen the function.
least=1000000

if ! command -v valgrind >/dev/null; then
    printf 'valgrind is not there, and nothing else counts instructions: install it\n' >&2
    exit 2
fi

cargo build --release --quiet --package raceproof-bench
program=${CARGO_TARGET_DIR:-target}/release/zero-cost
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Instructions of the million rounds alone, without the program's start and end.
instructions() {
    local strategy=$1 side=$2 count
    if ! valgrind --tool=callgrind --collect-atstart=no --toggle-collect="*rounds_${strategy}_$side*" \
        --callgrind-out-file="$scratch/$strategy.$side" "$program" "$strategy" "$side" 2>"$scratch/words"; then
        cat "$scratch/words" >&2
        return 1
    fi
    count=$(sed -n 's/^.*Collected : \([0-9]*\).*$/\1/p' "$scratch/words")
    if [ "${count:-0}" -lt "$least" ]; then
        printf 'callgrind counted %s instructions of %s %s: it has not seen the rounds\n' "${count:-no}" "$strategy" "$side" >&2
        return 1
    fi
    printf '%s\n' "$count"
}

"$program" sizes >"$scratch/sizes"
printf '%-10s %14s %14s %8s %12s %14s\n' strategy 'ours (instr.)' 'theirs' 'ratio' 'ours (bytes)' 'theirs'
failed=0
while read -r strategy our_size their_size; do
    ours=$(instructions "$strategy" ours)
    theirs=$(instructions "$strategy" theirs)
    ratio=$(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.4f", a / b }')
    verdict=
    if awk -v ratio="$ratio" -v most="$most" 'BEGIN { exit !(ratio > most) }'; then
        verdict="more than $most"
        failed=1
    fi
    if [ "$our_size" != "$their_size" ]; then
        verdict="$verdict another size"
        failed=1
    fi
    printf '%-10s %14s %14s %8s %12s %14s %s\n' "$strategy" "$ours" "$theirs" "$ratio" "$our_size" "$their_size" "$verdict"
done <"$scratch/sizes"
exit "$failed"
