#!/usr/bin/env bash
# Runs a command in a tree that swift-tree.sh made:
#
#   swift-in.sh TREE FOLDER... -- COMMAND...
#
# Each FOLDER stands at its own path in there; the command begins in the first. What is mounted is
# mounted for the command alone, in a namespace of its own, and whatever it leaves running ends with
# it. Variables whose names begin with GEWU_ are handed in, no others.
set -euo pipefail

tree=${1:?usage: swift-in.sh TREE FOLDER... -- COMMAND...}
shift
[ -e "$tree/.complete" ] || { echo "swift-in: $tree is no tree of swift-tree.sh" >&2; exit 1; }
folders=()
while [ "${1:?-- and a command are missing}" != -- ]; do
    folders+=("$(realpath "$1")")
    shift
done
shift
: "${1:?a command is missing}"
((${#folders[@]})) || { echo "swift-in: name a folder" >&2; exit 1; }

unshare=(unshare --mount --pid --fork --kill-child)
if ! "${unshare[@]}" true 2>/dev/null; then
    unshare+=(--user --map-root-user)
    "${unshare[@]}" true || { echo "swift-in: this machine permits no namespaces" >&2; exit 1; }
fi

variables=(HOME=/root PATH=/usr/bin:/bin LANG=C.UTF-8)
for name in "${!GEWU_@}"; do variables+=("$name=${!name}"); done

# --mount makes every mount private: nothing of this reaches the machine's own namespace.
exec "${unshare[@]}" bash -euo pipefail -c '
    tree=$1 count=$2 first=$3
    shift 2
    mount --rbind /dev "$tree/dev"
    mount -t proc proc "$tree/proc" 2>/dev/null || mount --rbind /proc "$tree/proc"
    mount -t tmpfs -o mode=1777 tmpfs "$tree/tmp"
    while ((count--)); do
        mkdir -p "$tree$1"
        mount --rbind "$1" "$tree$1"
        shift
    done
    cd /
    exec chroot "$tree" /usr/bin/env --ignore-environment --chdir="$first" "$@"
' bash "$tree" "${#folders[@]}" "${folders[@]}" "${variables[@]}" "$@"
