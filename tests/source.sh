# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Finds or makes clean sources for check and quickstart to configure; to be sourced
# in this project's directory. Once that directory itself has been configured,
# configure refuses to run from elsewhere, and make would mistake what was built
# there for sources.

# The sources to configure, as a relative path.
configure_from=.

# Makes a clean copy of a configured source directory and configures from that. The
# copy is made anew each time; files keep their times, so that builds from it stay
# incremental.
source_copy() { # DIRECTORY
  configure_from=$1
  rm -rf "$1" "$1.new" && mkdir -p "$1.new" &&
    tar -c --exclude ./.git --exclude ./build --exclude ./build-check \
      --exclude ./run . | tar -x -C "$1.new" || return 1
  if [ -e "$1.new/Makefile" ]; then
    make -C "$1.new" distclean || return 1
  fi
  rm -f "$1.new/config.status"
  mv "$1.new" "$1"
}

# Configures a build directory, unless it was configured from the same sources.
source_configure() { # BUILD-DIRECTORY CONFIGURE-ARGUMENT...
  if [ "$(source_of_build "$1")" != "$(realpath "$configure_from")" ]; then
    rm -rf "$1" && mkdir -p "$1" || return 1
    local path
    path=$(realpath --relative-to="$1" "$configure_from")
    (cd "$1" && "$path/configure" "${@:2}")
  fi
}

# Prints the source directory of a build directory, if it was configured.
source_of_build() { # BUILD-DIRECTORY
  local path
  path=$(sed -n 's/^srcdir = //p' "$1/Makefile" 2>/dev/null) || return 0
  (cd "$1" && realpath "$path")
}
