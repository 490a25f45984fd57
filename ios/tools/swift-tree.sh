#!/usr/bin/env bash
# Unpacks a Debian tree with Swift in a folder, once: usage: swift-tree.sh FOLDER
#
# For machines whose own Debian has no Swift. Nothing is installed into the machine: apt resolves and
# downloads against a state of its own, the packages are unpacked, none of their scripts run, and no
# file system stays mounted. Some 600 MB to download, 2.6 GB unpacked. `swift-in.sh` runs commands
# in it.
#
#   GEWU_DEBIAN_MIRROR   where the packages come from; left out, where this machine's own come from
set -euo pipefail

suite=trixie
packages=(swiftlang swiftlang-dev libc6-dev libstdc++-14-dev base-files bash dash coreutils
    findutils grep sed libc-bin git ca-certificates tzdata)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

tree=${1:?usage: swift-tree.sh FOLDER}
mkdir -p "$(dirname "$tree")"
tree=$(cd "$(dirname "$tree")" && pwd)/$(basename "$tree")
[ -e "$tree/.complete" ] && exit 0

# Two runs at once would unpack into each other.
exec 9>"$tree.lock"
flock 9
[ -e "$tree/.complete" ] && exit 0

for program in apt-get dpkg-deb tar unshare; do
    command -v "$program" >/dev/null || { echo "swift-tree: there is no $program here" >&2; exit 1; }
done
[ "$(dpkg --print-architecture)" = amd64 ] || { echo "swift-tree: only made for amd64" >&2; exit 1; }
[ -e "$keyring" ] || { echo "swift-tree: there is no $keyring" >&2; exit 1; }

mirror=${GEWU_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null |
    awk '/\/debian\/?$/ && !found++')}
mirror=${mirror:-http://deb.debian.org/debian}

state=$tree.apt
new=$tree.new
rm -rf "$new" "$tree"
mkdir -p "$new" "$state"/lists/partial "$state"/cache/archives/partial \
    "$state"/etc/{apt.conf.d,preferences.d,sources.list.d}
# As if nothing were installed: everything that Swift needs comes along.
: >"$state/status"
echo "deb [signed-by=$keyring] $mirror $suite main" >"$state/etc/sources.list"
apt=(apt-get -q
    -o Dir::Etc="$state/etc" -o Dir::State="$state" -o Dir::State::lists="$state/lists"
    -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache"
    -o Dir::Etc::trusted="$keyring" -o APT::Architecture=amd64 -o APT::Architectures=amd64
    -o APT::Sandbox::User= -o APT::Install-Recommends=false -o Debug::NoLocking=1
    -o Acquire::Languages=none -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)

"${apt[@]}" update
"${apt[@]}" --yes install --download-only "${packages[@]}"

archives=$state/cache/archives
# First the one that carries the links of the merged /usr.
dpkg-deb --extract "$archives"/base-files_*.deb "$new"
for folder in bin sbin lib lib64; do
    [ -e "$new/$folder" ] || { mkdir -p "$new/usr/$folder"; ln -s "usr/$folder" "$new/$folder"; }
done
for package in "$archives"/*.deb; do
    dpkg-deb --fsys-tarfile "$package" |
        tar --extract --directory "$new" --keep-directory-symlink --no-same-owner
done
ln -sf ../libexec/swift/bin/swift "$new/usr/bin/swift"
ln -sf dash "$new/usr/bin/sh"
mkdir -p "$new"/{proc,dev,tmp,root,etc}
chmod 1777 "$new/tmp"
printf 'root:x:0:0:root:/root:/bin/bash\n' >"$new/etc/passwd"
printf 'root:x:0:\n' >"$new/etc/group"
rm -rf "$new"/usr/share/{doc,man,locale,info} "$state"
touch "$new/.complete"
mv "$new" "$tree"
