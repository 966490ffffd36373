#!/usr/bin/env bash
# Reruns `corpus/recall.tsv`: each deadlock must be found in the version before its fix, and not in the one after.
# Columns: crate, before, after, rule, a text of the finding, where it was fixed.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --release --example corpus
lint() { echo "$1 $2" | scripts/fetch.sh | LABELS=1 "${CARGO_TARGET_DIR:-target}/release/examples/corpus" 2> /dev/null; }
# The findings of one rule, each with its places on one line.
found() { lint "$1" "$2" | awk -F '\t' '/^[^\t]/ { if (NR > 1) print ""; printf "%s", $0; next } { printf "%s", $0 } END { print "" }' |
    awk -F '\t' -v rule="$3" '$4 == rule' | grep -cF -- "$4" || true; }
bad=0
while IFS=$'\t' read -r crate before after rule text fixed; do
    [[ -z $crate || $crate == \#* ]] && continue
    old=$(found "$crate" "$before" "$rule" "$text")
    new=$(found "$crate" "$after" "$rule" "$text")
    verdict=ok
    if [[ $old -eq 0 || $new -ne 0 ]]; then verdict=WRONG; bad=1; fi
    printf '%s\t%s %s: %s, %s: %s\t%s\t%s\n' "$verdict" "$crate" "$before" "$old" "$after" "$new" "$rule" "$fixed"
done < corpus/recall.tsv
exit $bad
