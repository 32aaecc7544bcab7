# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Lists the Debian packages that building and testing need, and installs them.
# check and quickstart source this; sourcing it changes nothing.

# collectd-core, not collectd: it has no configuration, so installing it starts no
# daemon.
# shellcheck disable=SC2034
build_packages=(
  autoconf automake libtool make gcc libc6-dev pkg-config perl
  collectd-core collectd-dev libmnl-dev uthash-dev
  libinih-dev libjson-c-dev libncurses-dev
)

# shellcheck disable=SC2034
test_packages=(
  libcmocka-dev clang libclang-rt-dev clang-format cppcheck shellcheck
  bats valgrind curl iproute2 nftables procps ethtool man-db git
  qemu-system-x86 busybox-static cpio dropwatch
  build-essential debhelper lintian rpm rpmlint systemd tmux
)

# For the stores. The servers themselves are unpacked instead of installed: see
# tests/sinks/stores.sh.
graphite_packages=(
  graphite-web fontconfig fonts-dejavu-core
  python3-whisper python3-twisted python3-cachetools python3-urllib3
)
influxdb_packages=(influxdb-client)

# For the tests of sinks: stores, libraries of collectd's plugins, a mail server,
# and mount, to fill a small disk.
# shellcheck disable=SC2034
sink_packages=(
  "${graphite_packages[@]}" "${influxdb_packages[@]}"
  mount libgcrypt20 libesmtp6 libmicrohttpd12 librdkafka1 libyajl2 libprotobuf-c1
  python3-aiosmtpd
)

# Prints the packages that build for another machine: see ports.sh. gcc-multilib
# itself conflicts with every cross compiler; the one with gcc's version does not.
port_packages() { # 32bit|s390x|musl
  case $1 in
  32bit) printf 'gcc-%s-multilib\n' "$(gcc -dumpversion)" ;;
  s390x) printf '%s\n' gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user ;;
  musl) echo musl-tools ;;
  esac
}

# Libraries, of the other machine's architecture.
# shellcheck disable=SC2034
port_library_packages=(libmnl0 libmnl-dev libcmocka0 libcmocka-dev)

# Prints the names of the packages that are not installed.
packages_missing() {
  local name status
  for name in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) || true
    [ "$status" = installed ] || printf '%s\n' "$name"
  done
}

# Runs a command as root.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

# Installs the packages that are missing, and removes none. Where it cannot, it
# prints what to install and returns 1.
packages_install() {
  local missing
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    cat >&2 <<MESSAGE
This is not a Debian system: nothing was installed. Please install what these
Debian packages contain:
  $*
If collectd's headers are not packaged, unpack and configure its source and name
its directory to configure: --with-collectd-src=DIR
MESSAGE
    return 1
  fi
  mapfile -t missing < <(packages_missing "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  printf 'Installing %s\n' "${missing[*]}" >&2
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    printf 'This needs root, and sudo is not installed. As root, run:\n' >&2
    printf '  apt-get install --no-install-recommends %s\n' "${missing[*]}" >&2
    return 1
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >&2 &&
    as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get -q -y --no-install-recommends --no-remove \
      install "${missing[@]}" >&2
}

# Unpacks packages into a folder, as any user, without installing them: installed,
# they would start a server.
packages_unpack() { # FOLDER PACKAGE...
  mkdir -p "$1/archives"
  (
    cd "$1/archives" || exit 1
    apt-get -q download "${@:2}" >&2 || {
      as_root apt-get -q update >&2 && apt-get -q download "${@:2}" >&2
    } || exit 1
    for archive in *.deb; do
      dpkg-deb -x "$archive" .. || exit 1
    done
  )
}

# The same for packages of another architecture. What apt knows of it is kept in
# the folder too, and the system's own list of architectures stays as it is.
packages_unpack_foreign() { # FOLDER ARCHITECTURE PACKAGE...
  local state apt
  mkdir -p "$1"/apt/{lists,cache/archives}/partial || return 1
  state=$(realpath "$1")/apt
  apt=(apt-get -q -o "APT::Architecture=$2" -o "APT::Architectures=$2"
    -o "Dir::State=$state" -o "Dir::State::status=/dev/null"
    -o "Dir::Cache=$state/cache" -o APT::Sandbox::User=root
    -o Acquire::Languages=none)
  (
    cd "$1/apt" || exit 1
    "${apt[@]}" update >&2
    "${apt[@]}" download "${@:3}" >&2 || exit 1
    for archive in *.deb; do
      dpkg-deb -x "$archive" .. || exit 1
    done
  )
}
