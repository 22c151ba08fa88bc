#!/usr/bin/env bash
# Assembles a file system that holds the program and what it needs to run, and nothing else: scripts/image-root.sh FOLDER
#
# Needs Debian, whose C libraries it takes: those that the program is linked with, and the loader. The Swift libraries are
# part of the program. DNS and users need no further library since glibc 2.34, but its configuration.
set -euo pipefail

[ $# = 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
cd "$(dirname "$0")/.."
root=$1
scratch=.build-image
bundle=/etc/ssl/certs/ca-certificates.crt

fail() {
    printf 'image-root: %s\n' "$@" >&2
    exit 1
}

[ -s "$bundle" ] || fail "there are no certificates of authorities in $bundle"
# Only what this script has made before is removed.
if [ -e "$root" ]; then
    [ -f "$root/usr/bin/gangwright" ] || [ -z "$(ls -A "$root")" ] || fail "$root holds something else"
    rm -rf "$root"
fi
swift build -c release --product gangwright --static-swift-stdlib --scratch-path "$scratch" >&2
program=$(swift build -c release --scratch-path "$scratch" --show-bin-path)/gangwright

install -d "$root/etc/ssl/certs" "$root/usr/bin" "$root/usr/share/doc"
install -d -m 1777 "$root/tmp"
strip --strip-all -o "$root/usr/bin/gangwright" "$program"
chmod 755 "$root/usr/bin/gangwright"

ldd "$program" | grep -q 'not found' && fail "libraries are missing:" "$(ldd "$program" | grep 'not found')"
ldd "$program" | grep -qi 'libswift\|libFoundation' && fail "the program wants Swift's libraries: is it linked with them?"
# Lines are NAME => FILE (ADDRESS) or, for the loader, FILE (ADDRESS).
linked=$(ldd "$program" | sed -n 's|.* => \(/[^ ]*\) .*|\1|p; s|^[[:space:]]*\(/[^ ]*\) .*|\1|p')
# NVIDIA's management library, which the container runtime brings and node-agent loads, is linked with parts of the C library that have
# been empty since glibc 2.34 but must be there.
folder=$(dirname "$(grep -m 1 '/libc\.so\.6$' <<<"$linked")")
{ printf '%s\n' "$linked" && printf "$folder/%s\n" libdl.so.2 libm.so.6 libpthread.so.0 librt.so.1; } | sort -u | while read -r library; do
    file=$(realpath "$library")
    install -D -m 755 "$file" "$root$library"
    # Who hands a library on hands its terms on.
    package=$(dpkg-query -S "$file" "$library" 2>/dev/null | head -n 1 | cut -d: -f1 || true)
    [ -n "$package" ] || fail "no package of Debian has $library"
    install -D -m 644 "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
done

install -m 644 "$bundle" "$root$bundle"
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
printf '%s\n' 'root:x:0:0:root:/:' 'gangwright:x:65532:65532:gangwright:/:' > "$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'gangwright:x:65532:' > "$root/etc/group"
install -D -m 644 LICENSE "$root/usr/share/doc/gangwright/copyright"

# It runs with nothing but what is there; changing the root needs rights that not everybody has. Without /proc, which a
# container has, it sees no arguments, so that it says how it is used.
if [ "$(id -u)" = 0 ]; then
    chroot "$root" /usr/bin/gangwright | grep -q '^Usage: gangwright' || fail "the program does not run in $root"
fi
libraries=$(find "$root" -name '*.so*' | wc -l)
echo "$root: $(du -sh --apparent-size "$root" | cut -f1), of which the program $(du -h --apparent-size "$root/usr/bin/gangwright" | cut -f1), and $libraries libraries"
