# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Prepares builds for machines other than this one, for check: 32 bits, big-endian
# and musl. To be sourced in this project's directory.

# shellcheck source=tests/packages.sh
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

# What port_prepare sets: arguments of configure, and a command that runs programs
# of that machine, to be put in front of them.
port_arguments=()
# shellcheck disable=SC2034
port_emulator=

# Prints why a port cannot be built on this system, or nothing.
port_obstacle() { # PORT
  case $1:$(gcc -dumpmachine) in
  32bit:x86_64-*) ;;
  32bit:*) echo 'only x86-64 has a 32-bit sibling that it can run' ;;
  s390x:s390x-*) echo 'this system is of that kind' ;;
  esac
  [[ $PWD != *' '* ]] || echo 'flags of compilers cannot name a path with a blank'
}

# Fetches the libraries of an architecture once and adds them to the arguments.
port_libraries() { # ARCHITECTURE TRIPLET
  local root=$PWD/build-check/libraries/$1
  if [ ! -e "$root/complete" ]; then
    rm -rf "$root" &&
      packages_unpack_foreign "$root" "$1" "${port_library_packages[@]}" &&
      touch "$root/complete" || return 1
  fi
  local flags="-L$root/usr/lib/$2 -Wl,-rpath,$root/usr/lib/$2"
  port_arguments+=(
    "MNL_CFLAGS=-idirafter $root/usr/include" "MNL_LIBS=$flags -lmnl"
    "CMOCKA_CFLAGS=-idirafter $root/usr/include" "CMOCKA_LIBS=$flags -lcmocka"
  )
}

# Gets what a port needs and sets its arguments. Returns 1 where that cannot be
# had. The command is left out, whose libraries would be needed too.
port_prepare() { # PORT
  local packages
  # shellcheck disable=SC2034
  port_emulator=
  mapfile -t packages < <(port_packages "$1")
  packages_install "${packages[@]}" || return 1
  case $1 in
  32bit)
    port_arguments=('CC=gcc -m32' --host=i686-linux-gnu --disable-command
      'CPPFLAGS=-idirafter /usr/include/x86_64-linux-gnu')
    port_libraries i386 i386-linux-gnu
    ;;
  s390x)
    port_arguments=(CC=s390x-linux-gnu-gcc --host=s390x-linux-gnu
      --disable-command)
    # shellcheck disable=SC2034
    port_emulator='qemu-s390x -L /usr/s390x-linux-gnu'
    port_libraries s390x s390x-linux-gnu
    ;;
  musl)
    local multiarch
    multiarch=$(gcc -print-multiarch)
    port_arguments=(CC=musl-gcc --disable-command
      "CPPFLAGS=-idirafter /usr/include -idirafter /usr/include/$multiarch"
      MNL_CFLAGS=-DMNL MNL_LIBS=-lmnl)
    ;;
  esac
}

# Prints what to build of a port: its tests, or for musl, for which there is no
# libcmocka, the libraries that plugins are made of.
port_targets() { # PORT
  local folder
  if [ "$1" = musl ]; then
    printf '%s\n' libcommon.la libnetlink.la
    for folder in plugins/*/; do
      folder=${folder%/}
      printf 'lib%s_layer.la\n' "${folder##*/}"
    done
  else
    make -s -C "build-check/$1" list-tests | grep '^tests/unit/'
  fi
}
