#!/usr/bin/env bash
# Runs every simulation and stores what comes of it, or (--check) holds it to what is stored.
#
# The same scenario and seed give the same result on every machine, so a difference is a change of a decision: look at
# it, and store it if it is meant. Simulations of published traces need $GANGWRIGHT_DATA and are passed over without it.
set -euo pipefail

cd "$(dirname "$0")/.."
program=${GANGWRIGHT:-.build/release/gangwright}
mode=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# run FOLDER FILE OUTPUT ARGUMENTS...: one result.
run() {
    local folder=$1 file=$2 output=$3
    shift 3
    "$program" simulate "$folder/$file" "$@" >"$work/$output" 2>"$work/messages" || {
        cat "$work/messages" >&2
        echo "$folder/$file: could not be run" >&2
        exit 1
    }
    if [[ $mode != --check ]]; then
        cp "$work/$output" "$folder/$output"
    elif ! diff -u "$folder/$output" "$work/$output" >&2; then
        echo "$folder/$output: another result than is stored; 'make simulations-output' stores it if it is meant" >&2
        failed=1
    fi
}

for file in simulations/*/scenario.yaml simulations/*/experiment.yaml; do
    folder=$(dirname "$file")
    name=$(basename "$file")
    if [[ -z ${GANGWRIGHT_DATA:-} ]] && grep -q 'GANGWRIGHT_DATA' "$file"; then
        echo "$folder: passed over, GANGWRIGHT_DATA is not set" >&2
        continue
    fi
    case $name in
    experiment.yaml) run "$folder" "$name" result.csv -o csv ;;
    *)
        run "$folder" "$name" result.csv -o csv
        # The same figures for people: nothing that the other could not show to have changed.
        if [[ $mode != --check ]]; then run "$folder" "$name" result.txt; fi
        ;;
    esac
done
exit $failed
