#!/usr/bin/env bash
# Proves that a bare Debian 12 is enough: makes one in a folder with debootstrap, copies this project into it (under a
# path with a space), and runs a command of the project there as root, twice: the second time must need no network.
set -euo pipefail
root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd -P)

usage="usage: scripts/clean_room.sh FOLDER [COMMAND...]      (as root; takes debootstrap)

FOLDER: where the small Debian goes, 1 GiB or more; made if it isn't there, used as it is if it holds one already.
COMMAND: run in the project's folder there; ./run examples/convergence_map.toml if left out."

mirror=${RAVINE_MIRROR:-http://deb.debian.org/debian}
project="srv/a clone of ravine"

# Anew each time: what an older copy has built would pass for newer than files changed since.
copy_project() {
  rm -rf "${room:?}/$project"
  mkdir -p "$room/$project"
  tar -C "$root" --exclude=./build --exclude=./out --exclude=./.git --exclude=__pycache__ -cf - . |
    tar -C "$room/$project" -xf -
}

# in_room WRAPPER... -- COMMAND...: with a bare environment.
in_room() {
  local wrapper=()
  while [ "$1" != -- ]; do
    wrapper+=("$1")
    shift
  done
  shift
  # The program's arguments are the shell's, so nothing is quoted twice.
  # shellcheck disable=SC2016
  "${wrapper[@]}" chroot "$room" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    /bin/sh -c 'cd "$0" && exec "$@"' "/$project" "$@"
}

main() {
  if [ $# -eq 0 ] || [ "$1" = --help ]; then
    printf '%s\n' "$usage"
    [ $# -gt 0 ] && exit 0
    exit 64
  fi
  mkdir -p "$1"
  room=$(cd -- "$1" && pwd -P)
  shift
  [ $# -gt 0 ] || set -- ./run examples/convergence_map.toml

  [ -e "$room/etc/debian_version" ] || debootstrap --variant=minbase bookworm "$room" "$mirror"
  # /proc for nproc and the CPU's flags; the other mounts of this machine stay outside.
  mkdir -p "$room/proc"
  mount -t proc proc "$room/proc"
  trap 'umount "$room/proc"' EXIT
  cp /etc/resolv.conf "$room/etc/resolv.conf"

  copy_project
  echo "== $* (bare)"
  in_room -- "$@"
  echo "== $* (again, without network)"
  in_room unshare --net -- "$@"
  echo "== passed"
}

main "$@"
