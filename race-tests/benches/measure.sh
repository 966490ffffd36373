#!/usr/bin/env bash
# What exploring costs, as the rows of README's table "Measured": `race-tests/benches/measure.sh`, on an idle machine.
# `--quick` takes seconds after the build, and gives rough figures. Everything that the benches print comes first; the rows
# are made of it at the end. It ends with an error where a target is missed.
set -euo pipefail
cd "$(dirname "$0")/../.."

quick=()
case "${1:-}" in
    '') ;;
    --quick) quick=(-- --quick) ;;
    *) printf '%s: the one thing that can be asked for is --quick\n' "$1" >&2; exit 2 ;;
esac

if [ -r /proc/loadavg ]; then
    printf 'load before: %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)"
fi
cargo bench --quiet -p raceproof-test --bench exploration --bench outside --no-run

printed=$(mktemp)
trap 'rm -f "$printed"' EXIT
missed=0
cargo bench --quiet -p raceproof-test --bench exploration "${quick[@]}" | tee -a "$printed" || missed=1
cargo bench --quiet -p raceproof-test --bench outside | tee -a "$printed" || missed=1

printf '\n'
awk '
    { sub(/ +MISSED$/, "") }
    function least(name, value) { if (!(name in low) || value + 0 < low[name] + 0) low[name] = value }
    function most(name, value) { if (!(name in high) || value + 0 > high[name] + 0) high[name] = value }
    function both(name, value) { least(name, value); most(name, value) }
    function range(name) { return low[name] == high[name] ? low[name] : low[name] " to " high[name] }
    /^loom, every execution/ { part = "loom" }
    /^once each/ { part = "" }
    /^every interleaving/ { part = "dpor" }
    /^shuttle, random/ { part = "shuttle" }
    /^nanoseconds/ { part = "outside" }
    part == "loom" && $1 ~ /^[0-9]+x/ && $3 == "none" { both("executions", $6); both("time", $9) }
    part == "dpor" && $1 ~ /^[0-9]+x/ { both("classes", $4); both("speed", int($NF / 1000)) }
    part == "shuttle" && $1 ~ /^[0-9]+x/ && $2 == "plain" { shuttle = shuttle (shuttle ? " and " : "") $5 }
    part == "outside" && /[0-9]$/ && $NF ~ /^[0-9.]+$/ && !/^target/ { both("outside", $NF) }
    END {
        bench = "`cargo bench -p raceproof-test --bench exploration`"
        print "| loom: executions and wall time, against a hand-written model that shares the work as ours does (counter, 2x2 to 3x2) | executions " range("executions") ", time " range("time") " | " bench " |"
        print "| dpor: executions for each inequivalent interleaving (counter, 2x2 to 4x2), and thousands of executions a second | " range("classes") ", and " range("speed") " | the same |"
        print "| shuttle: schedules a second, against a hand-written random test (3x2 and 8x50) | " shuttle " | the same |"
        print "| a lock operation in a build with `explore`, outside explorations, against std | " range("outside") " | `cargo bench -p raceproof-test --bench outside` |"
    }
' "$printed"
exit "$missed"
