#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs README's two commands on a new, minimal Debian: see usage().
set -euo pipefail

suite=${FRESH_SUITE:-bookworm}
mirror=${FRESH_MIRROR:-}
variant=${FRESH_VARIANT:-minbase}
readonly seconds=15

usage() {
  cat <<USAGE
usage: tests/fresh.sh [OPTION...] [STAGE...]

Makes a minimal Debian with debootstrap, clones HEAD into it, and runs there
"./quickstart --seconds $seconds" and "./check STAGE...": first as root, then, in
another copy of that Debian, as an ordinary user with sudo. Needs root.

It has mounts, processes and a host name of its own, but this host's network and
kernel. All its processes end with this script, and its files are removed.

  --root          run the commands as root only
  --user          run them as an ordinary user only
  --suite SUITE   Debian's release, by default $suite
  --mirror URL    where its packages are, by default where this host's apt gets
                  them
  --variant NAME  debootstrap's variant, by default $variant
  --keep DIR      keep the files, in DIR/root and DIR/user; DIR must be empty
  --help          print this

FRESH_SUITE, FRESH_MIRROR and FRESH_VARIANT in the environment change the
defaults. Exit status: 0 if every command succeeded, 1 if one failed, 2 for a
wrong option.
USAGE
}

wrong() { # MESSAGE
  printf 'fresh.sh: %s\n\n' "$1" >&2
  usage >&2
  exit 2
}

fail() { # MESSAGE
  printf 'fresh.sh: %s\n' "$1" >&2
  exit 1
}

# --- Sources of packages ------------------------------------------------------

# Prints URL, suite and component of each Debian source of this host's apt,
# updates and security fixes included, with the wanted suite in place of this
# host's.
apt_sources() {
  local here url release component
  here=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  # shellcheck disable=SC2016 # apt's fields
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' | sort -u |
    while read -r url release component; do
      [ "$component" = main ] || continue
      case $release in
      "$here" | "$here"-*) release=$suite${release#"$here"} ;;
      "$suite" | "$suite"-*) ;;
      *) continue ;;
      esac
      printf '%s %s %s\n' "$url" "$release" "$component"
    done
}

# Sets sources, and mirror unless --mirror gave it.
choose_sources() {
  if [ -n "$mirror" ]; then
    sources="$mirror $suite main"
    return
  fi
  sources=$(apt_sources)
  mirror=$(awk -v suite="$suite" '$2 == suite { print $1; exit }' <<<"$sources")
  [ -n "$mirror" ] || fail "this host's apt has no source of $suite: name one with --mirror"
}

# Sets apt's proxies in the environment, where debootstrap's wget looks for them.
export_proxies() {
  local protocol proxy
  for protocol in http https; do
    proxy=$(apt-config dump --format '%v%n' "Acquire::$protocol::Proxy" | head -n 1)
    case $proxy in
    '') ;;
    DIRECT) unset "${protocol}_proxy" ;;
    *) export "${protocol}_proxy=$proxy" ;;
    esac
  done
}

# Configures apt in ROOT to get packages the way this host's apt does.
configure_apt() { # ROOT
  local apt=$1/etc/apt protocol proxy
  printf 'deb %s\n' "${sources//$'\n'/$'\ndeb '}" >"$apt/sources.list"
  apt-config dump --no-empty --format '%F "%v";%n' Acquire |
    grep -vE '^Acquire::(IndexTargets|Changelogs|cdrom)' >"$apt/apt.conf.d/90host"
  for protocol in http https; do
    proxy=${protocol}_proxy
    [ -z "${!proxy:-}" ] || printf 'Acquire::%s::Proxy "%s";\n' "$protocol" \
      "${!proxy}" >>"$apt/apt.conf.d/90host"
  done
  cp -n /etc/apt/trusted.gpg.d/* "$apt/trusted.gpg.d/" 2>/dev/null || true
}

# --- The machine --------------------------------------------------------------

# Runs a command in namespaces of its own. Its mounts and processes end with it,
# or with this script.
isolated() { # COMMAND...
  local status=0
  set -m
  setpriv --pdeathsig KILL unshare --mount --propagation private --uts --ipc \
    --pid --fork --kill-child "$@" </dev/null &
  machine=$!
  set +m
  wait "$machine" || status=$?
  machine=
  return "$status"
}

# Runs shell commands on the machine, in a login shell.
on_machine() { # ROOT USER COMMANDS
  isolated "$tests/fresh_root.sh" "$1" su - "$2" -c "$3"
}

make_pristine() {
  local -a options=(--variant="$variant")
  [[ $sources != *https:* ]] || options+=(--include=ca-certificates)
  mkdir -m 755 "$work/pristine"
  # shellcheck disable=SC2016 # the inner shell's
  isolated bash -euc '
    mount --bind "$1" "$1"
    mount -o remount,bind,dev,exec,suid "$1"
    exec debootstrap "${@:4}" "$2" "$1" "$3"' \
    - "$work/pristine" "$suite" "$mirror" "${options[@]}" \
    >"$work/debootstrap.log" 2>&1 || {
    tail -n 20 "$work/debootstrap.log" >&2
    fail 'debootstrap failed'
  }
  cp /etc/hosts /etc/resolv.conf "$work/pristine/etc/"
  echo '127.0.1.1 fresh' >>"$work/pristine/etc/hosts"
  configure_apt "$work/pristine"
}

# Clones HEAD into a directory that OWNER owns.
clone() { # ROOT DIRECTORY OWNER
  git -c safe.directory='*' clone --quiet --no-hardlinks "$tests/.." "$1$2"
  chroot "$1" chown -R "$3:" "$2"
}

add_user() { # ROOT NAME
  on_machine "$1" root "
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update && apt-get -q -y --no-install-recommends install sudo &&
      useradd --create-home --shell /bin/bash '$2' &&
      echo '$2 ALL=(ALL) NOPASSWD: ALL' >'/etc/sudoers.d/$2'" \
    >"$work/sudo.log" 2>&1 || {
    tail -n 20 "$work/sudo.log" >&2
    fail 'sudo could not be installed'
  }
}

# --- Trials -------------------------------------------------------------------

outcomes=()
try() { # ROOT USER DIRECTORY COMMAND
  local begin=$SECONDS outcome=succeeded
  printf '\n=== %s: %s\n' "$2" "$4"
  on_machine "$1" "$2" "cd '$3' && $4" || outcome="failed with status $?"
  outcomes+=("$2: $4: $outcome, in $((SECONDS - begin)) s")
  [ "$outcome" = succeeded ] || failed=1
}

try_as() { # root|user
  local root=$work/$1 name=$1 home=/root
  cp -a --reflink=auto "$work/pristine" "$root"
  if [ "$1" = user ]; then
    name=somebody home=/home/somebody
    add_user "$root" "$name"
  fi
  clone "$root" "$home/netloss" "$name"
  try "$root" "$name" "$home/netloss" "./quickstart --seconds $seconds"
  try "$root" "$name" "$home/netloss" "./check${stages[*]:+ ${stages[*]}}"
  [ -n "$keep" ] || rm -rf --one-file-system "$root"
}

# shellcheck disable=SC2317 # is called by a trap
end() {
  trap '' INT TERM HUP
  if [ -n "$machine" ]; then
    kill -TERM -- "-$machine" 2>/dev/null || true
    wait "$machine" 2>/dev/null || true
  fi
  [ -n "$work" ] || return 0
  if [ -n "$keep" ]; then
    rm -rf --one-file-system "$work/pristine"
  else
    rm -rf --one-file-system "$work"
  fi
}

choose() { # ARGUMENT...
  while [ $# -gt 0 ]; do
    case $1 in
    --root | --user) modes=("${1#--}") ;;
    --suite | --mirror | --variant | --keep)
      [ -n "${2:-}" ] || wrong "$1: expected a value"
      printf -v "${1#--}" %s "$2"
      shift
      ;;
    --help)
      usage
      exit 0
      ;;
    -*) wrong "$1: no such option" ;;
    *) stages+=("$1") ;;
    esac
    shift
  done
}

# Sets work to the directory that holds everything; end() removes it.
make_directory() {
  if [ -n "$keep" ]; then
    mkdir -p "$keep"
    [ -z "$(ls -A "$keep")" ] || fail "$keep is not empty"
    work=$(realpath "$keep")
  else
    work=$(mktemp -d "${TMPDIR:-/tmp}/netloss-fresh.XXXXXX")
  fi
}

main() {
  local program mode
  choose "$@"
  [ "$(id -u)" -eq 0 ] || fail 'needs root'
  for program in debootstrap git unshare setpriv apt-get; do
    command -v "$program" >/dev/null || fail "$program is not installed"
  done
  choose_sources
  export_proxies
  make_directory
  printf 'netloss %s on Debian %s (%s), Linux %s\n' \
    "$(git -c safe.directory='*' -C "$tests" rev-parse --short HEAD)" \
    "$suite" "$variant" "$(uname -r)"
  make_pristine
  for mode in "${modes[@]}"; do
    try_as "$mode"
  done
  printf '\n'
  printf '%s\n' "${outcomes[@]}"
  # Exit here, so that bash reads no further if the script was edited meanwhile.
  exit "$failed"
}

PATH=$PATH:/usr/sbin:/sbin
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
modes=(root user)
stages=()
keep=
machine=
failed=0
work=
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
main "$@"
