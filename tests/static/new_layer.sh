#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A layer made only by the commands in CONTRIBUTING.md can be built, read and
# installed.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"
need_git

tree=$scratch/tree
build=$scratch/build
counted=tests/fixtures/softnet/columns-15/proc/net/softnet_stat

# Prints the block of commands of a section.
commands() { # HEADING
  awk -v heading="## $1" '
    /^## / { inside = $0 == heading }
    inside && /^```bash$/ { wanted = 1; next }
    /^```$/ { wanted = 0 }
    wanted' CONTRIBUTING.md
}

copies_the_tree() {
  mkdir "$tree" "$build" &&
    source_files | tar -c -T - | tar -x -C "$tree"
}

follows_the_commands() {
  commands 'A layer' >"$scratch/commands"
  grep -q '^name=example$' "$scratch/commands" &&
    (cd "$tree" && bash -e -u -o pipefail "$scratch/commands")
}

adds_a_line_to() { # FILE
  [ "$(diff "$1" "$tree/$1" | grep -c '^[<>]')" -eq 1 ]
}

# Configures the new layer alone.
configures() (
  mapfile -t others < <(
    sed -n 's/^NETLOSS_PLUGIN.\[\([a-z_]*\)\].*/--disable-\1/p' configure.ac
  )
  cd "$tree" && autoreconf -i && cd "$build" &&
    ../tree/configure --enable-werror --prefix="$scratch/installed" \
      --with-plugindir="$scratch/installed/lib/collectd" "${others[@]}" CFLAGS=-O0
)

run_make() {
  make -s -j2 -C "$build" "$@"
}

dropped() {
  local row sum=0
  while read -r -a row; do
    sum=$((sum + 16#${row[1]}))
  done <"$counted"
  echo "$sum"
}

reads_the_value() {
  "$build/netloss" read --reads 1 --option "ProcRoot=$PWD/${counted%/net/*}" \
    example >"$scratch/values"
  cat "$scratch/values"
  [ "$(dropped)" -gt 0 ] &&
    grep -x "value - packets-dropped $(dropped)" "$scratch/values"
}

is_installed() { # FILE
  find "$scratch/installed" -type f -path "*/$1" | grep '^'
}

ok 'the tree can be copied' copies_the_tree
ok 'the commands of CONTRIBUTING.md make a layer' follows_the_commands
ok 'they add a folder' test -d "$tree/plugins/example"
ok 'they add a line to plugins/Makefile.inc' adds_a_line_to plugins/Makefile.inc
ok 'they add a line to configure.ac' adds_a_line_to configure.ac
ok 'configure knows it' configures
ok 'it can be built' run_make netloss example.la
ok 'its value is what the kernel counted' reads_the_value
ok 'it can be installed' run_make install
for file in lib/collectd/example.so examples/example.conf \
  man5/collectd-example.5; do
  ok "$file is installed" is_installed "$file"
done
done_testing
