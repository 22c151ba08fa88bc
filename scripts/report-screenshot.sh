#!/bin/sh
# Makes a picture of a simulation's report, as a browser shows it: scripts/report-screenshot.sh PAGE PICTURE [WIDTH [HEIGHT]]
#
# DARK=1 for a reader who likes it dark. Needs Debian's chromium, which is installed where it is missing.
set -eu

page=${1:?the page, as gangwright simulate --report writes it}
picture=${2:?where to write the picture, which is a PNG}
width=${3:-1360}
height=${4:-3600}
cd "$(dirname "$0")/.."
command -v chromium >/dev/null || scripts/setup.sh chromium fonts-dejavu-core

# The browser keeps files of its own beside the picture's; they go with it.
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars \
    --user-data-dir="$profile" ${DARK:+--blink-settings=preferredColorScheme=0} \
    --window-size="$width,$height" --screenshot="$picture" "file://$(realpath "$page")" 2>"$profile/log" ||
    { cat "$profile/log" >&2; exit 1; }
test -s "$picture" || { cat "$profile/log" >&2; exit 1; }
