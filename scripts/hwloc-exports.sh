#!/bin/sh
# Prints the folder of the machines that hwloc is tested with, after making sure that it is there: scripts/hwloc-exports.sh
#
# They are exports of real machines, in hwloc's source package, and are kept in $GANGWRIGHT_CACHE (default: ~/.cache/gangwright).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
version=2.9.0
folder=${GANGWRIGHT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gangwright}/hwloc/$version

if [ ! -d "$folder/xml" ]; then
    mkdir -p "$folder"
    work=$(mktemp -d "$folder/source.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    # A shell that is told to end does not call that an exit.
    trap 'exit 1' HUP INT TERM
    "$here/debian-source.sh" bookworm hwloc "$work"
    mv "$work/hwloc-$version/tests/hwloc/xml" "$folder/xml"
fi
echo "$folder/xml"
