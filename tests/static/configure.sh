#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# configure reports what is missing or unsuitable, and obeys its options.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"
. tests/source.sh

# Through a link, because configure refuses a path that contains a blank.
ln -s "$(source_of_build "$NETLOSS_BUILD")" "$scratch/source"
headers=/usr/include/collectd

# Configures in a directory of its own, and stays there.
configure() { # NAME OPTION...
  mkdir -p "$scratch/$1"
  cd "$scratch/$1"
  ../source/configure --cache-file="$scratch/cache" "${@:2}" >output 2>&1
}

# Searches configure's output, whose lines may break at any blank.
says() { # NAME WORDS
  tr -s ' \n' ' ' <"$scratch/$1/output" | grep -qF -- "$2" || {
    tail -n 20 "$scratch/$1/output"
    return 1
  }
}

succeeds() { # NAME WORDS OPTION...
  (configure "$1" "${@:3}") && says "$1" "$2"
}

fails() { # NAME WORDS OPTION...
  ! (configure "$1" "${@:3}") && says "$1" "$2"
}

# Makes a configured source tree of collectd 5 from the installed headers.
make_collectd_5() { # DIRECTORY
  mkdir -p "$1/src"
  cp -r "$headers/core/." "$headers/liboconfig" "$1/src"
  # Undo Debian's change of the include.
  sed -i 's|collectd/core/config\.h|config.h|' "$1/src/daemon/collectd.h"
}

make_collectd_6() { # DIRECTORY
  make_collectd_5 "$1"
  cat >>"$1/src/daemon/plugin.h" <<'HEADER'
struct metric_family_s;
int plugin_dispatch_metric_family(struct metric_family_s const *family);
HEADER
}

# A version without a function that netloss uses.
make_collectd_other() { # DIRECTORY
  make_collectd_5 "$1"
  echo '#define plugin_dispatch_values(...) (no such function)' \
    >>"$1/src/daemon/plugin.h"
}

builds_a_module() { # NAME
  make -s -C "$scratch/$1" softnet.la &&
    nm -D --defined-only "$scratch/$1/.libs/softnet.so" |
    grep -q module_register
}

# Builds a target in a directory where nothing has been built.
builds_first() { # TARGET
  make -s -C "$scratch/five" clean && make -s -C "$scratch/five" "$1" &&
    [ -e "$scratch/five/$1" ]
}

# Files that belong to no single plugin.
common_files='collectd-netloss\.7|systemd/[0-9]+-netloss-(user|namespaces|hardening)\.conf'
common_files+='|share/netloss/(grafana|graphite|provisioning)/.*|examples/(alerts|fleet|sink)-[^/]*'
common_files+='|bin/netloss|man8/netloss\.8|bash-completion/completions/netloss'
common_files+='|doc/netloss/(README|SECURITY|docs/[^/]*)\.md'
installs_nothing() { # NAME
  mkdir "$scratch/$1/root" &&
    make -s -C "$scratch/$1" install DESTDIR="$scratch/$1/root" &&
    find "$scratch/$1/root" -type f |
    { grep -vE "/($common_files)\$" || true; } | is_empty
}

builds_its_tests() { # NAME
  make -s -j2 -C "$scratch/$1" check TESTS=
}

check_names_the_package() { # NAME
  ! make -C "$scratch/$1" check TESTS= >"$scratch/$1/output" 2>&1 &&
    says "$1" 'install libcmocka-dev'
}

mkdir "$scratch/empty"
mkdir "$scratch/cmocka"
cp "$(pkg-config --variable=pcfiledir cmocka)/cmocka.pc" "$scratch/cmocka"
make_collectd_5 "$scratch/collectd-5"
make_collectd_6 "$scratch/collectd-6"
make_collectd_other "$scratch/collectd-x"
make_collectd_5 "$scratch/collectd-raw"
rm "$scratch/collectd-raw/src/config.h"

ok 'without headers, it names the package' \
  fails none 'apt-get install collectd-dev' \
  --with-collectd-include="$scratch/empty"
ok 'collectd 6 is refused by name' \
  fails six 'belongs to collectd 6' --with-collectd-src="$scratch/collectd-6"
ok 'headers that do not fit are refused' \
  fails other 'needs those of collectd 5.12' \
  --with-collectd-src="$scratch/collectd-x"
ok 'a directory without collectd'\''s source is refused' \
  fails empty 'there is no source tree of collectd' \
  --with-collectd-src="$scratch/empty"
ok 'a source tree that was not configured is refused' \
  fails raw 'run its ./configure first' \
  --with-collectd-src="$scratch/collectd-raw"
ok 'a configured source tree is accepted' \
  succeeds five "headers of collectd: $scratch/collectd-5" \
  --with-collectd-src="$scratch/collectd-5"
ok 'a module can be built with it' builds_a_module five

ok 'a module that includes generated headers can be built first' \
  builds_first snmp_proto.la

ok 'the plugin directory is the one that collectd prints' \
  says five "plugin directory: $(collectd -h | sed -n 's/^ *Plugin directory *//p')"
ok 'unless --with-plugindir gives another one' \
  succeeds elsewhere 'plugin directory: /opt/plugins' \
  --with-plugindir=/opt/plugins
ok '--enable-sanitizers needs names' \
  fails sanitizers 'name the sanitizers' --enable-sanitizers

ok 'hardening is on' says five 'hardening: stack protector, _FORTIFY_SOURCE'
ok 'all of it' says five ', relro, now'
ok 'without optimization, the C library cannot check' \
  succeeds plain 'hardening: stack protector, relro, now' \
  CFLAGS=-O0 --enable-werror --cache-file=/dev/null
ok 'and a module can be built' builds_a_module plain
ok 'a level of _FORTIFY_SOURCE that was chosen is left alone' \
  succeeds chosen 'hardening: stack protector, _FORTIFY_SOURCE, relro, now' \
  CPPFLAGS=-D_FORTIFY_SOURCE=2 --enable-werror --cache-file=/dev/null
ok 'and a module can be built without a warning' builds_a_module chosen
ok '--disable-hardening leaves it out' \
  succeeds soft 'hardening: no (--disable-hardening)' --disable-hardening
ok 'and so do sanitizers' \
  succeeds sanitized 'hardening: no (sanitizers)' --enable-sanitizers=undefined

all_left_out=()
for layer in $(layers); do
  all_left_out+=("--disable-$layer")
done
ok 'all plugins can be left out' \
  succeeds without 'softnet: no (--disable-softnet)' "${all_left_out[@]}"
ok 'then no plugin is installed' installs_nothing without
ok 'the remaining tests can be built' builds_its_tests without
ok 'without cmocka, it names the package' \
  succeeds uncmocka 'unit tests: no (missing package: libcmocka-dev)' \
  PKG_CONFIG_LIBDIR="$scratch/empty" --cache-file=/dev/null
ok 'and "make check" names it too' check_names_the_package uncmocka

ok 'without libmnl, it names the package' \
  succeeds unmnl 'nic_ethtool: no (missing packages: libmnl-dev)' \
  PKG_CONFIG_LIBDIR="$scratch/cmocka" --cache-file=/dev/null
ok 'nor is the command built' \
  says unmnl 'command netloss: no (missing packages: libinih-dev libjson-c-dev libncurses-dev)'
ok 'unit tests are still enabled' says unmnl 'unit tests: yes'
ok 'the other plugins can be built' builds_a_module unmnl
ok 'and so can their tests' builds_its_tests unmnl
ok 'a plugin asked for without its packages is an error' \
  fails asked 'the plugin nic_ethtool needs more packages: libmnl-dev' \
  --enable-nic_ethtool \
  PKG_CONFIG_LIBDIR="$scratch/cmocka" --cache-file=/dev/null
ok 'so is the command without its packages' \
  fails command 'the command netloss needs more packages: libinih-dev' \
  --enable-command \
  PKG_CONFIG_LIBDIR="$scratch/cmocka" --cache-file=/dev/null
ok 'the command can be left out' \
  succeeds bare 'command netloss: no (--disable-command)' --disable-command
done_testing
