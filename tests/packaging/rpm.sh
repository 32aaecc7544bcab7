#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The RPM package can be built with Debian's rpmbuild, satisfies rpmlint, and
# contains what "make install" installs; collectd loads its plugins. It is not
# installed, because Debian has no RPM package of collectd.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/../static/tap.sh"

packages=$NETLOSS_BUILD/packages/rpm
spec=$NETLOSS_BUILD/packaging/rpm/collectd-netloss.spec

the_package() { # [NAME]
  find "$packages/RPMS" -name "${1:-collectd-netloss}-[0-9]*.rpm"
}

# --nodeps: its build dependencies are RPM packages.
builds() {
  make -s -C "$NETLOSS_BUILD" rpm RPM_FLAGS=--nodeps &&
    [ -e "$(the_package)" ] && [ -e "$(the_package netloss)" ]
}

satisfies_rpmlint() {
  rpmlint --config packaging/rpm/rpmlint.toml "$spec" "$(the_package)" \
    "$(the_package netloss)" |
    tee "$scratch/rpmlint"
  grep -E '^ 2 packages and 1 specfiles checked; 0 errors, 0 warnings' \
    "$scratch/rpmlint"
}

has_the_version() {
  local version
  version=$(sed -n 's/^AC_INIT(\[[^]]*\], \[\([^]]*\)\].*/\1/p' configure.ac)
  [ "$(rpm -qp --queryformat '%{NAME} %{VERSION}' "$(the_package)")" = \
    "collectd-netloss $version" ]
}

depends_on_the_series() {
  rpm -qp --requires "$(the_package)" | grep '^collectd' | sort |
    diff -u <(printf 'collectd%s %s\n' "$isa" '< 5.13' "$isa" '>= 5.12') -
}

# The plugins' package needs none of the command's libraries.
keeps_libraries_apart() {
  rpm -qp --requires "$(the_package netloss)" | grep json-c || return 1
  rpm -qp --requires "$(the_package)" |
    { grep -E 'json-c|ncurses|inih' || true; } | is_empty
}

# The plugins are not libraries for others.
provides_itself_only() {
  rpm -qp --provides "$(the_package)" |
    { grep -v '^collectd-netloss' || true; } | is_empty
}

expected_files() {
  make -s -C "$NETLOSS_BUILD" install DESTDIR="$scratch/installed" >&2
  {
    find "$scratch/installed" -type f -printf '/%P\n' |
      sed -e 's|.*/lib/collectd/|LIBDIR/collectd/|' -e 's|^/usr/local/|/usr/|' \
        -e 's|/share/doc/netloss/|/share/doc/collectd-netloss/|'
    printf 'LICENSE\n%.0s' 1 2
  } | sort
}

files() {
  rpm -qp --queryformat '[%{FILEMODES:perms} %{FILENAMES}\n]' "$(the_package)" \
    "$(the_package netloss)" |
    sed -n 's/^-[^ ]* //p' |
    sed -e 's|.*/collectd/\(.*\.so\)$|LIBDIR/collectd/\1|' \
      -e 's|^/usr/share/licenses/.*/LICENSE$|LICENSE|' \
      -e 's|\(/man/.*\)\.gz$|\1|' | sort
}

contains_what_is_installed() {
  diff -u <(expected_files) <(files)
}

collectd_loads_its_plugins() {
  local module layer
  mkdir "$scratch/unpacked" || return 1
  rpm2cpio "$(the_package)" | (cd "$scratch/unpacked" && cpio -idm) || return 1
  module=$(find "$scratch/unpacked" -name softnet.so)
  {
    printf 'FQDNLookup false\nBaseDir "%s"\nPluginDir "%s"\n' "$scratch" \
      "${module%/*}"
    for layer in $(layers); do
      cat "$scratch/unpacked/usr/share/doc/collectd-netloss/examples/$layer.conf"
    done
  } >"$scratch/collectd.conf"
  # collectd -T fails if a plugin lacks a capability, as drop_reason does for an
  # ordinary user.
  collectd -T -C "$scratch/collectd.conf" >"$scratch/output" 2>&1 ||
    grep -q 'nothing will be reported: .* it needs CAP_' "$scratch/output" || {
    cat "$scratch/output"
    return 1
  }
  [ "$(grep -c 'successfully loaded' "$scratch/output")" -eq \
    "$(layers | wc -l)" ]
}

isa=$(rpm --eval '%{_isa}')
ok 'make rpm works' builds
ok 'rpmlint finds nothing' satisfies_rpmlint
ok 'it has the version of configure.ac' has_the_version
ok 'it depends on the series of collectd' depends_on_the_series
ok 'it provides nothing but itself' provides_itself_only
ok 'it needs none of the libraries of the command' keeps_libraries_apart
ok 'both contain what make install installs' contains_what_is_installed
ok 'collectd loads its plugins' collectd_loads_its_plugins
done_testing
