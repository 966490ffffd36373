#!/usr/bin/env bash
# Fetches the sources of published crates with cargo, into a cache outside of the repository, and prints their folders.
# Reads lines `name version`; what cargo cannot fetch any more is said on the standard error and left out.
set -euo pipefail
cache=${RACEPROOF_CORPUS:-${XDG_CACHE_HOME:-$HOME/.cache}/raceproof-corpus}
export CARGO_HOME="$cache/cargo"
mkdir -p "$cache/manifests"
while read -r name version _; do
    [[ -z $name || $name == \#* ]] && continue
    folder=$(compgen -G "$CARGO_HOME/registry/src/*/$name-$version" | head -n 1 || true)
    if [[ -z $folder ]]; then
        manifest="$cache/manifests/$name-$version"
        mkdir -p "$manifest/src"
        : > "$manifest/src/lib.rs"
        printf '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n"%s" = { version = "=%s", default-features = false }\n' \
            "$name" "$version" > "$manifest/Cargo.toml"
        (cd "$manifest" && cargo fetch --quiet --target x86_64-unknown-linux-gnu < /dev/null > fetch.log 2>&1) || true
        folder=$(compgen -G "$CARGO_HOME/registry/src/*/$name-$version" | head -n 1 || true)
    fi
    if [[ -n $folder ]]; then echo "$folder"; else echo "cannot fetch $name $version" >&2; fi
done
