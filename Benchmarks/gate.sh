#!/usr/bin/env bash
# Holds instructions and allocations per operation to Benchmarks/thresholds.json: Benchmarks/gate.sh [--update]
#
# callgrind counts what runs between the beginning and the end of one function, so that set-up does not count. With
# --update the counts of now become the limits.
set -euo pipefail

cd "$(dirname "$0")/.."
thresholds=Benchmarks/thresholds.json
swift build -c release --product gangwright-bench --quiet >&2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Debian's valgrind cannot read the compiler's debug information, and needs only the symbols.
bench=$work/gangwright-bench
strip --strip-debug -o "$bench" .build/release/gangwright-bench
# Hashes, and with them the order of sets, are else another in every process.
export SWIFT_DETERMINISTIC_HASHING=1

"$bench" gate list | while read -r name; do
    valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='*GateSection*' \
        "$bench" gate run "$name" >"$work/counts" 2>"$work/log" </dev/null ||
        { cat "$work/log" >&2; exit 2; }
    instructions=$(sed -n 's/.*Collected : //p' "$work/log")
    echo "$(cat "$work/counts") $instructions $name"
done >"$work/all"

if [ "${1:-}" = --update ]; then
    "$bench" gate thresholds <"$work/all" >"$work/thresholds"
    mv "$work/thresholds" $thresholds
fi
"$bench" gate check $thresholds <"$work/all"
