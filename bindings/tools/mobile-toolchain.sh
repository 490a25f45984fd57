#!/usr/bin/env bash
# Makes a toolchain that can check code for phones, in a folder, once:
#   mobile-toolchain.sh FOLDER
#
# rustup's own targets are the better way wherever they can be had. Where they cannot, the standard
# library is checked from its source, which Debian carries for some versions of the compiler. The
# machine's own toolchain is linked and never changed. Status 3: there is no source for this version.
#
#   GEWU_DEBIAN_MIRROR   where the source comes from; left out, where this machine's packages come from
set -euo pipefail

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
suites=(trixie-backports sid)

folder=${1:?usage: mobile-toolchain.sh FOLDER}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
[ -e "$folder/.complete" ] && exit 0

exec 9>"$folder.lock"
flock 9
[ -e "$folder/.complete" ] && exit 0

no_source() {
    echo "$*"
    exit 3
}

version=$(rustc --version | cut -d' ' -f2)
for program in apt-get apt-cache dpkg-deb; do
    command -v "$program" >/dev/null || no_source "there is no $program here"
done
[ -e "$keyring" ] || no_source "there is no $keyring"

mirror=${GEWU_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null |
    awk '/\/debian\/?$/ && !found++')}
mirror=${mirror:-http://deb.debian.org/debian}

state=$folder/apt
mkdir -p "$state"/lists/partial "$state"/cache/archives/partial "$state"/etc/{apt.conf.d,preferences.d}
: >"$state/status"
for suite in "${suites[@]}"; do
    echo "deb [signed-by=$keyring] $mirror $suite main"
done >"$state/etc/sources.list"
options=(-q -o Dir::Etc="$state/etc" -o Dir::State="$state" -o Dir::State::lists="$state/lists"
    -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" -o APT::Architecture=amd64
    -o APT::Architectures=amd64 -o APT::Sandbox::User= -o Debug::NoLocking=1
    -o Acquire::Languages=none -o Acquire::Retries=3)

apt-get "${options[@]}" update >&2 || no_source "Debian's packages cannot be reached"
package=$(apt-cache "${options[@]}" madison rust-src | awk '{print $3}' |
    grep -m1 "^${version//./\\.}+" || true)
[ -n "$package" ] || no_source "Debian has no source of the standard library for rustc $version"

cd "$folder"
rm -rf source toolchain
apt-get "${options[@]}" download "rust-src=$package" >&2
dpkg-deb --extract rust-src_*.deb source
rm -rf rust-src_*.deb "$state"

mkdir toolchain
sysroot=$(rustc --print sysroot)
# Hard links take no space; a folder on another disk needs a copy.
cp --archive --link "$sysroot/." toolchain/ 2>/dev/null || cp --archive "$sysroot/." toolchain/
rm -rf toolchain/lib/rustlib/src/rust
mkdir -p toolchain/lib/rustlib/src/rust
ln -s "$folder/source/usr/src/rustc-$version/library" toolchain/lib/rustlib/src/rust/library
touch .complete
