#!/bin/sh
# Unpacks a source package of Debian in a folder: scripts/debian-source.sh RELEASE PACKAGE FOLDER
#
# It comes by lists of its own in that folder, so that the system's sources stay as they are.
set -eu

release=$1
package=$2
folder=$3

fail() {
    printf '%s: %s\n' "$package" "$@" >&2
    exit 3
}

"$(dirname "$0")/setup.sh" dpkg-dev >&2

mkdir -p "$folder/lists/partial" "$folder/archives/partial"
mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $release" 'Created-By: Packages' | head -n 1)
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian/} $release main" \
    > "$folder/sources.list"
apt_source() {
    apt-get -qq -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$folder/lists" -o Dir::Cache="$folder" -o APT::Sandbox::User=root "$@" >&2
}
apt_source update || fail "cannot read the list of Debian's source packages"
(cd "$folder" && apt_source source "$package") || fail "cannot get Debian's source package $package"
