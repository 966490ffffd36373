#!/usr/bin/env bash
# Fetches the sources of published crates with cargo, into a cache outside of the repository, and prints their folders.
# Reads lines `name version`; what cargo cannot fetch any more is said on the standard error and left out.
# `cargo info` is what fetches one crate and none of its dependencies.
set -euo pipefail
cache=${RACEPROOF_CORPUS:-${XDG_CACHE_HOME:-$HOME/.cache}/raceproof-corpus}
export CARGO_HOME="$cache/cargo"
mkdir -p "$cache/nowhere"
while read -r name version _; do
    [[ -z $name || $name == \#* ]] && continue
    folder=$(compgen -G "$CARGO_HOME/registry/src/*/$name-$version" | head -n 1 || true)
    if [[ -z $folder ]]; then
        (cd "$cache/nowhere" && cargo info --quiet "$name@$version" < /dev/null > /dev/null 2> fetch.log) || true
        folder=$(compgen -G "$CARGO_HOME/registry/src/*/$name-$version" | head -n 1 || true)
    fi
    if [[ -n $folder ]]; then echo "$folder"; else echo "cannot fetch $name $version" >&2; fi
done
