#!/bin/sh
# Runs every fuzz target on its seed corpus: Fuzz/run.sh [seconds a target, default 20] [target…]
#
# A target is a folder Fuzz/<Name>Fuzz with a corpus in Fuzz/corpus/<Name>Fuzz. Exits non-zero on a crash and keeps the
# input that caused it in fuzz-<Name>Fuzz/, with what else was found worth keeping. The seeds themselves stay as
# they are.
set -eu

cd "$(dirname "$0")/.."
seconds=${1:-20}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- $(cd Fuzz && ls -d ./*Fuzz | sed 's|^\./||')

export GANGWRIGHT_FUZZ=1
# The crash handler of the Swift runtime would hold up a crash for minutes.
export SWIFT_BACKTRACE=enable=no

status=0
for target in "$@"; do
    swift build --sanitize fuzzer --scratch-path .build-fuzz --product "$target"
    found=fuzz-$target
    mkdir -p "$found/corpus"
    # One input may take 10 s and 2 GiB at most: what hangs or swallows memory counts as a crash.
    if "$(swift build --sanitize fuzzer --scratch-path .build-fuzz --show-bin-path)/$target" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$found/" "$found/corpus" "Fuzz/corpus/$target" > "$found/log" 2>&1; then
        echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$found/log") inputs, no crash"
    else
        status=1
        tail -n 40 "$found/log"
        echo "$target: crashed; the input is in $found/"
    fi
done
exit $status
