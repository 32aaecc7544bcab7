#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The Debian package can be built, satisfies lintian, contains what "make
# install" installs, runs in the distribution's collectd, and can be removed
# without a trace. It is installed in a root directory of its own: see
# scratch_root.sh.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/../static/tap.sh"
. tests/packages.sh

packages=$NETLOSS_BUILD/packages/deb
plugindir=/usr/lib/collectd
examples=/usr/share/doc/collectd-netloss/examples

version() {
  sed -n 's/^AC_INIT(\[[^]]*\], \[\([^]]*\)\].*/\1/p' configure.ac
}

the_package() { # [NAME]
  printf '%s\n' "$packages/${1:-collectd-netloss}_$(version)_$(dpkg --print-architecture).deb"
}

# The unit tests have a stage of their own.
builds() {
  DEB_BUILD_OPTIONS="nocheck parallel=2" make -s -C "$NETLOSS_BUILD" deb &&
    [ -e "$(the_package)" ] && [ -e "$(the_package netloss)" ]
}

satisfies_lintian() {
  lintian --allow-root --no-cfg --display-info --pedantic \
    --fail-on error,warning,info,pedantic "$packages"/*.changes
}

field() {
  dpkg-deb -f "$(the_package)" "$1"
}

# The plugins' package needs none of the command's libraries.
keeps_libraries_apart() {
  dpkg-deb -f "$(the_package netloss)" Depends | tee /dev/stderr |
    grep -F libjson-c || return 1
  field Depends | { grep -E 'json-c|ncurses|inih' || true; } | is_empty
}

depends_on_the_series() {
  local series next
  series=$(dpkg-query -W -f '${Version}' collectd-core | cut -d . -f 1-2)
  next=${series%.*}.$((${series#*.} + 1))
  field Depends | tee /dev/stderr |
    grep -F "collectd-core (>= $series), collectd-core (<< $next~), "
}

# Lists what the build installs, with the changes that debhelper makes: it
# compresses manual pages and adds documents.
expected_files() {
  make -s -C "$NETLOSS_BUILD" install DESTDIR="$scratch/installed" >&2
  {
    find "$scratch/installed" -type f -printf '/%P\n' |
      sed -e "s|.*/lib/collectd/|$plugindir/|" -e 's|^/usr/local/|/usr/|' \
        -e 's|/share/doc/netloss/|/share/doc/collectd-netloss/|' \
        -e 's|^/usr/share/man/.*|&.gz|'
    printf '/usr/share/doc/collectd-netloss/%s\n' README.Debian changelog.gz \
      copyright
    printf '/usr/share/doc/netloss/%s\n' changelog.gz copyright
  } | sort
}

files() { # PACKAGE...
  local package
  for package in "$@"; do
    dpkg-deb --fsys-tarfile "$(the_package "$package")" | tar -t
  done | sed 's|^\.||' | grep -v '/$' | sort
}

contains_what_is_installed() {
  diff -u <(expected_files) <(files collectd-netloss netloss)
}

# --- From here on as root, in a root directory of its own ---------------------

conf_d=/etc/collectd/collectd.conf.d

# Slim systems exclude documentation by default.
install_with_documentation() {
  local file
  for file in /etc/dpkg/dpkg.cfg.d/*; do
    if grep -q path-exclude "$file" 2>/dev/null; then
      rm "$file" || return 1
    fi
  done
  dpkg -i "$(the_package)"
}

loads_nothing_by_itself() {
  dpkg -L collectd-netloss | { grep '^/etc' || true; } | is_empty
}

samples_load_what_is_installed() {
  local plugin
  grep -hoE '^[[:space:]]*<?LoadPlugin[[:space:]]+"?[a-z_0-9]+' \
    "$examples"/*.conf | grep -oE '[a-z_0-9]+$' | sort -u >"$scratch/loaded"
  [ -s "$scratch/loaded" ] || return 1
  while read -r plugin; do
    [ -f "$plugindir/$plugin.so" ] || {
      echo "a sample loads $plugin, which is not installed"
      return 1
    }
  done <"$scratch/loaded"
}

# Prints the plugins in the package.
plugins() {
  dpkg -L collectd-netloss | sed -n "s|^$plugindir/\(.*\)\.so\$|\1|p" | sort
}

# Copies the samples as README.Debian advises. collectd's own configuration may
# be missing here.
configure_as_the_readme_advises() {
  local plugin
  mkdir -p "$conf_d"
  rm -f "$conf_d"/*
  cat >/etc/collectd/collectd.conf <<CONF
Hostname "live"
FQDNLookup false
BaseDir "/var/lib/collectd"
Interval 0.2
LoadPlugin logfile
<Plugin logfile>
  File "/tmp/log"
  PrintSeverity true
</Plugin>
LoadPlugin csv
<Plugin csv>
  DataDir "/tmp/csv"
</Plugin>
<Include "$conf_d">
  Filter "*.conf"
</Include>
CONF
  for plugin in $(plugins); do
    cp "$examples/$plugin.conf" "$conf_d" || return 1
  done
  collectd -T
}

all_have_sent() {
  local plugin
  plugins | grep -q . || return 1
  for plugin in $(plugins); do
    ls /tmp/csv/live/"$plugin"/gauge-alert-* || return 1
  done
}

the_daemon_runs_them() {
  local daemon status=0
  collectd -f >/tmp/output 2>&1 &
  daemon=$!
  wait_until 60 all_have_sent || status=1
  kill "$daemon" && wait "$daemon" || status=1
  cat /tmp/output /tmp/log
  [ "$status" -eq 0 ] && ! grep -E '\[(error|warning)\] [a-z_]+ plugin: ' /tmp/log
}

wait_until() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  until "${@:2}" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

has_its_pages() {
  local plugin
  man -w 7 collectd-netloss || return 1
  for plugin in $(plugins); do
    man -w 5 "collectd-$plugin" || return 1
  done
}

# The distribution's own collectd.conf, which slim systems do not install.
stock=/usr/share/doc/collectd-core/examples/collectd.conf

readme_ends_with_an_alert() {
  unshare --mount --propagation private --net \
    tests/packaging/debian_readme.sh "$NETLOSS_BUILD" "$stock"
}

is_removed_with_a_warning() {
  local plugin
  for plugin in $(plugins); do
    printf 'collectd-netloss: %s/%s.conf loads %s: collectd will not start with it\n' \
      "$conf_d" "$plugin" "$plugin"
  done >"$scratch/expected"
  dpkg -r collectd-netloss >"$scratch/removal" 2>&1 || return 1
  [ -s "$scratch/expected" ] &&
    diff -u "$scratch/expected" <(grep '^collectd-netloss: ' "$scratch/removal")
}

is_removed_silently() {
  rm "$conf_d"/* && dpkg -i "$(the_package)" &&
    dpkg -r collectd-netloss >"$scratch/removal" 2>&1 &&
    ! grep '^collectd-netloss: ' "$scratch/removal"
}

leaves_nothing() {
  dpkg -P collectd-netloss || return 1
  while IFS= read -r file; do
    [ ! -e "$file" ] || printf '%s is left\n' "$file"
  done < <(files collectd-netloss) | is_empty && ! dpkg-query -W collectd-netloss
}

# Exit status 1: something else on this host loses packets.
the_command_runs() {
  local status=0
  dpkg -i "$(the_package netloss)" || return 1
  netloss --interval 0.2 || status=$?
  [ "$status" -le 1 ] && man -w 8 netloss && dpkg -P netloss
}

build_it() {
  ok 'make deb works' builds
  ok 'lintian finds nothing' satisfies_lintian
  ok 'it depends on the series of collectd that it was built for' \
    depends_on_the_series
  ok 'it needs none of the libraries of the command' keeps_libraries_apart
  ok 'both contain what make install installs' contains_what_is_installed
}

try_it() {
  ok 'dpkg installs the package' install_with_documentation
  ok 'it loads nothing by itself' loads_nothing_by_itself
  ok 'its samples load installed plugins' samples_load_what_is_installed
  ok 'collectd accepts its samples' configure_as_the_readme_advises
  ok 'collectd runs its plugins' the_daemon_runs_them
  ok 'it has its manual pages' has_its_pages
  if [ -e "$stock" ]; then
    ok "README's lines for Debian end with an alert in the system's log" \
      readme_ends_with_an_alert
  else
    skip "README's lines for Debian end with an alert in the system's log" \
      "$stock is missing"
  fi
  ok 'removing it names the files that load its plugins' \
    is_removed_with_a_warning
  ok 'without such files it prints nothing' is_removed_silently
  ok 'it leaves nothing behind' leaves_nothing
  ok 'the command runs without collectd' the_command_runs
  done_testing
}

# Runs the second part of this script in another root directory.
try_it_elsewhere() {
  local status=0
  if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
    skip 'dpkg installs the package' 'needs root'
    done_testing
    return
  fi
  as_root env TESTS_RUN="$tests_run" NETLOSS_BUILD="$NETLOSS_BUILD" \
    tests/packaging/scratch_root.sh bash "tests/packaging/debian.sh" \
    </dev/null || status=$?
  if [ "$status" -eq 77 ]; then
    skip 'dpkg installs the package' 'the kernel cannot make another root directory'
    done_testing
    return
  fi
  return "$status"
}

if [ -n "${TESTS_RUN:-}" ]; then
  tests_run=$TESTS_RUN
  try_it
else
  build_it
  try_it_elsewhere
fi
