#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# "make install" puts the right files in the right places, and "make uninstall"
# removes them.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

run_make() {
  make -s -C "$NETLOSS_BUILD" "$@"
}

directory() { # VARIABLE of the Makefile
  # shellcheck disable=SC2016 # make's variable
  run_make --eval="show-directory: ; @echo \$($1)" show-directory
}

installed() {
  find "$scratch/root" ! -type d -printf '/%P %y\n' | sort
}

dashboards() {
  (
    cd dashboards
    find grafana/*.json graphite/*.tsv provisioning -type f \
      -printf "$pkgdatadir/%p f\n"
  )
}

# The command, where it was built.
command_files() {
  [ ! -x "$NETLOSS_BUILD/netloss" ] || printf '%s f\n' "$bindir/netloss" \
    "$mandir/man8/netloss.8" "$datadir/bash-completion/completions/netloss"
}

expected() {
  local layer file sample
  {
    dashboards
    command_files
    printf '%s f\n' "$mandir/man7/collectd-netloss.7" \
      "$docdir/examples/systemd"/{10-netloss-user,30-netloss-namespaces,40-netloss-hardening}.conf \
      "$docdir"/{README,SECURITY}.md
    for file in docs/*.md; do
      printf '%s f\n' "$docdir/$file"
    done
    for layer in $(layers); do
      printf '%s f\n' "$plugindir/$layer.so" "$docdir/examples/$layer.conf" \
        "$mandir/man5/collectd-$layer.5"
      for file in packaging/systemd/*"-netloss-$layer.conf"; do
        [ ! -e "$file" ] || printf '%s f\n' "$docdir/examples/systemd/${file##*/}"
      done
    done
    for sample in conf.d/{alerts,fleet,sink}-*; do
      printf '%s f\n' "$docdir/examples/${sample##*/}"
    done
  } | sort
}

installs_what_is_expected() {
  diff -u <(expected) <(installed)
}

uninstalls_all() {
  run_make uninstall DESTDIR="$scratch/root" && installed | is_empty
}

bindir=$(directory bindir)
datadir=$(directory datadir)
plugindir=$(directory plugindir)
mandir=$(directory mandir)
docdir=$(directory docdir)
pkgdatadir=$(directory pkgdatadir)
ok 'make install works' run_make install DESTDIR="$scratch/root"
ok 'it installs the expected files and no others' installs_what_is_expected
ok 'make uninstall removes all of them' uninstalls_all
done_testing
