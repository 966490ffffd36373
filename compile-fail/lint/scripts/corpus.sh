#!/usr/bin/env bash
# Lints every crate of `corpus/crates.txt`, or of the list that is named, and prints the findings at error level, one a
# line: crate, file, line, rule. With `--all`, every finding. At the end, on the standard error: how many lines a second.
set -euo pipefail
cd "$(dirname "$0")/.."
all=
if [[ ${1:-} == --all ]]; then all=1; shift; fi
cargo build --quiet --release --example corpus
scripts/fetch.sh < "${1:-corpus/crates.txt}" > "${TMPDIR:-/tmp}/raceproof-corpus-folders"
"${CARGO_TARGET_DIR:-target}/release/examples/corpus" < "${TMPDIR:-/tmp}/raceproof-corpus-folders" |
    if [[ -n $all ]]; then cat; else awk -F '\t' '$5 == "error"'; fi
