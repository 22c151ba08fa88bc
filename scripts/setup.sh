#!/bin/sh
# Makes sure that what the build needs is there: scripts/setup.sh [further Debian packages…]
#
# Installs with apt-get what is missing, and nothing if nothing is. The Swift toolchain it only looks at.
set -eu

fail() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

wanted="g++ make pkg-config libyaml-dev libsimdjson-dev libmicrohttpd-dev libcurl4-openssl-dev zlib1g-dev libhwloc-dev libnuma-dev $*"
missing=
for package in $wanted; do
    case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true) in
        *' installed') ;;
        *) missing="$missing $package" ;;
    esac
done
missing=${missing# }

if [ -n "$missing" ]; then
    command -v apt-get >/dev/null ||
        fail "missing: $missing" "these are Debian's names, and there is no apt-get here: install them by other means"
    [ "$(id -u)" = 0 ] ||
        fail "missing: $missing" "run this as root: apt-get update && apt-get install -y $missing"
    echo "setup: installing $missing" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update >&2 || fail "apt-get update failed: is there a network, and a source in /etc/apt?"
    # shellcheck disable=SC2086  # a list of names
    apt-get -qq install -y --no-install-recommends $missing >&2 || fail "apt-get could not install: $missing"
fi

command -v swift >/dev/null ||
    fail "there is no swift in PATH: Swift 6.3 or newer is needed"
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
major=${version%%.*}
minor=${version#*.}
minor=${minor%%.*}
case $major$minor in
    '' | *[!0-9]*) fail "cannot tell the version of $(command -v swift): Swift 6.3 or newer is needed" ;;
esac
[ "$major" -gt 6 ] || { [ "$major" = 6 ] && [ "$minor" -ge 3 ]; } ||
    fail "Swift $version is too old: 6.3 or newer is needed"
