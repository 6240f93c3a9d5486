# shellcheck shell=bash disable=SC2034,SC2154
# What ./run and ./test share: packages, configuring and building, told briefly. Sourced, with `root` set to the
# repository; everything is said on the standard error.

say() { printf '%s\n' "$*" >&2; }

# stop CODE LINE...: says why and ends. The codes are those of the program (docs/guide.md).
stop() {
  local code=$1
  shift
  say "$@"
  exit "$code"
}

exit_usage=64
exit_unavailable=69
exit_bug=70
exit_cannot_create=73

logs=$root/build/log

packages_to_build=(cmake ninja-build g++ libcli11-dev libtomlplusplus-dev nlohmann-json3-dev libfmt-dev libxxhash-dev
                   libopenblas-dev liblapacke-dev libsuitesparse-dev libzip-dev)
packages_to_plot=(gnuplot-nox)
packages_to_test=(libgtest-dev librapidcheck-dev libgmp-dev librandom123-dev python3 python3-numpy python3-xarray
                  python3-zarr python3-scipy clang clang-format)
packages_to_test_fully=(clang-tidy libclang-rt-14-dev)

# open_logs: makes the folder for what the steps print.
open_logs() { mkdir -p "$logs" || stop $exit_cannot_create "$root is not writable, and ravine is built into it"; }

# missing_packages NAME...: those that are not installed, one a line.
missing_packages() {
  local installed
  # dpkg-query fails when it does not know one of the names: that one is missing, and nothing is wrong.
  installed=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
              sed -n 's/^installed //p' || true)
  local package
  for package in "$@"; do
    grep -qxF "$package" <<<"$installed" || printf '%s\n' "$package"
  done
}

# as_root COMMAND...: runs it as root; fails where that needs a password that nobody is here to type.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif ! command -v sudo >/dev/null; then
    say "this user is not root and there is no sudo"
    return 1
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

# need_packages PURPOSE NAME...: installs what is missing. RAVINE_INSTALL=no only says what it is.
need_packages() {
  local purpose=$1
  shift
  if ! command -v dpkg-query >/dev/null; then
    say "This is not a Debian system, so nothing is installed. $purpose takes what these packages hold: $*"
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [ "${#missing[@]}" -eq 0 ]; then return; fi
  if [ "${RAVINE_INSTALL:-yes}" = no ]; then
    say "$purpose takes packages that are not installed (RAVINE_INSTALL=no): ${missing[*]}"
    return
  fi
  say "$purpose takes packages that are not installed; installing with apt-get: ${missing[*]}"
  # A package list that can't be refreshed may still do: the installation itself decides.
  as_root apt-get update -qq >&2 || say "apt-get update failed; trying with the package lists that are here"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" \
    >"$logs/packages.log" 2>&1 || {
    tail -n 20 "$logs/packages.log" >&2
    stop $exit_unavailable "The packages could not be installed. Install them yourself, then run this again:
  sudo apt-get install --no-install-recommends ${missing[*]}"
  }
}

# quietly NAME COMMAND...: keeps the output to itself unless the command fails.
quietly() {
  local log=$logs/$1.log
  shift
  "$@" >"$log" 2>&1 || {
    local status=$?
    cat "$log" >&2
    say "failed: $* (the log above is $log)"
    return "$status"
  }
}

# is_configured PRESET: for this place; a moved clone must start anew.
is_configured() {
  [ -f "$root/build/$1/build.ninja" ] &&
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$root/build/$1/CMakeCache.txt" 2>/dev/null
}

# configure PRESET OPTION...
configure() {
  local preset=$1
  shift
  local fresh=()
  if [ -d "$root/build/$preset" ] && ! is_configured "$preset"; then fresh=(--fresh); fi
  quietly "configure-$preset" cmake "${fresh[@]}" -S "$root" --preset "$preset" "$@"
}

# build PRESET TARGET...
build() {
  local preset=$1
  shift
  local targets=()
  if [ $# -gt 0 ]; then targets=(--target "$@"); fi
  quietly "build-$preset" cmake --build "$root/build/$preset" --parallel "$(nproc)" "${targets[@]}"
}
