#!/bin/sh
# Prints the folder that holds kube-apiserver and etcd, after making sure that it does: scripts/control-plane/binaries.sh
#
# $KUBEBUILDER_ASSETS, if set, is that folder. Otherwise kube-apiserver is built once from Debian's source package, which
# takes some ten minutes, and kept in $GANGWRIGHT_CACHE (default: ~/.cache/gangwright) beside Debian's etcd.
set -eu

here=$(cd "$(dirname "$0")" && pwd)

fail() {
    printf 'control plane: %s\n' "$@" >&2
    exit 3
}

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
    for program in kube-apiserver etcd; do
        [ -x "$KUBEBUILDER_ASSETS/$program" ] ||
            fail "KUBEBUILDER_ASSETS is $KUBEBUILDER_ASSETS, which holds no program $program"
    done
    echo "$KUBEBUILDER_ASSETS"
    exit 0
fi

# What is built, and of what: another version, or another way to build it, is another folder.
package=kubernetes
version=1.20.5+really1.20.2
release=bookworm
folder=${GANGWRIGHT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gangwright}/control-plane/$version-2

if [ -x "$folder/kube-apiserver" ] && [ -x "$folder/etcd" ]; then
    echo "$folder"
    exit 0
fi

"$here/../setup.sh" golang-go golang-github-modern-go-reflect2-dev etcd-server rsync jq >&2

mkdir -p "$folder"
work=$(mktemp -d "$folder/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
# A shell that is told to end does not call that an exit.
trap 'exit 1' HUP INT TERM

echo "control plane: building kube-apiserver $version, once; it takes some ten minutes" >&2
"$here/../debian-source.sh" "$release" "$package" "$work"

cd "$work/$package-$version" ||
    fail "Debian's $release has another version of $package by now, expected $version: $(ls -d "$work/$package"-*)"
# The copy that comes with it crashes under Go 1.18 and later.
rm -f vendor/github.com/modern-go/reflect2/*.go vendor/github.com/modern-go/reflect2/*.s
cp /usr/share/gocode/src/github.com/modern-go/reflect2/*.go /usr/share/gocode/src/github.com/modern-go/reflect2/*.s \
    vendor/github.com/modern-go/reflect2/
env -u MAKEFLAGS -u MFLAGS GO111MODULE=off GOFLAGS= GOCACHE="$work/go-cache" \
    make WHAT=cmd/kube-apiserver GOLDFLAGS="-s -w" > "$folder/build.log" 2>&1 ||
    fail "kube-apiserver does not build: see $folder/build.log"

# Moved last: a folder that holds both is whole.
cp "$(command -v etcd)" "$folder/etcd"
cp _output/local/bin/linux/*/kube-apiserver "$work/kube-apiserver"
mv "$work/kube-apiserver" "$folder/kube-apiserver"
echo "$folder"
