#!/usr/bin/env bash
# Reruns `corpus/recall.tsv` and `corpus/recall_held_out.tsv`: each deadlock must be found in the version before its fix,
# and not in the one after; what the second list calls missed must be missed still, or the list is out of date.
# Columns: crate, before, after, rule, a text of the finding; then where it was fixed, in the second list behind `found`
# or `missed`.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --release --example corpus
both=$(mktemp -d)
trap 'rm -rf "$both"' EXIT
# The folder of a crate; of `a+b`, a workspace that has both.
folder() {
    if [[ $1 != *+* ]]; then echo "$1 $2" | scripts/fetch.sh; return; fi
    mkdir -p "$both/$1-$2"
    printf '[workspace]\nmembers = ["*"]\n' > "$both/$1-$2/Cargo.toml"
    tr + '\n' <<< "$1" | sed "s/\$/ $2/" | scripts/fetch.sh | while read -r part; do cp -r "$part" "$both/$1-$2/"; done
    echo "$both/$1-$2"
}
# The findings of one rule, each with its places on one line.
found() { folder "$1" "$2" | LABELS=1 "${CARGO_TARGET_DIR:-target}/release/examples/corpus" 2> /dev/null |
    awk -F '\t' '/^[^\t]/ { if (NR > 1) print ""; printf "%s", $0; next } { printf "%s", $0 } END { print "" }' |
    awk -F '\t' -v rule="$3" '$4 == rule' | grep -cF -- "$4" || true; }
bad=0
while IFS=$'\t' read -r crate before after rule text expected fixed _; do
    [[ -z $crate || $crate == \#* ]] && continue
    if [[ $expected == http* ]]; then fixed=$expected expected=found; fi
    if [[ -z $(folder "$crate" "$before") || -z $(folder "$crate" "$after") ]]; then bad=1; continue; fi
    old=$(found "$crate" "$before" "$rule" "$text")
    new=$(found "$crate" "$after" "$rule" "$text")
    verdict=$expected
    if [[ $expected == found && $old -eq 0 || $expected == missed && $old -ne 0 || $new -ne 0 ]]; then verdict=WRONG; bad=1; fi
    printf '%s\t%s %s: %s, %s: %s\t%s\t%s\n' "$verdict" "$crate" "$before" "$old" "$after" "$new" "$rule" "$fixed"
done < <(cat corpus/recall.tsv corpus/recall_held_out.tsv)
exit $bad
