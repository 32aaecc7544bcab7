#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What configure says where something is missing or is not what it should be,
# and what it makes of its options.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"
. tests/source.sh

# By another name, because configure refuses one that has a blank in it.
ln -s "$(source_of_build "$NETLOSS_BUILD")" "$scratch/source"
headers=/usr/include/collectd

# Configures in a directory of its own, from which the tests go on.
configure() { # NAME OPTION...
  mkdir -p "$scratch/$1"
  cd "$scratch/$1"
  ../source/configure --cache-file="$scratch/cache" "${@:2}" >output 2>&1
}

# The words may be broken into lines anywhere.
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

# A source tree of collectd as its configure leaves it, from the headers that
# are installed.
make_collectd_5() { # DIRECTORY
  mkdir -p "$1/src"
  cp -r "$headers/core/." "$headers/liboconfig" "$1/src"
  # Debian changed the name of the directory that config.h is looked for in.
  sed -i 's|collectd/core/config\.h|config.h|' "$1/src/daemon/collectd.h"
}

make_collectd_6() { # DIRECTORY
  make_collectd_5 "$1"
  cat >>"$1/src/daemon/plugin.h" <<'HEADER'
struct metric_family_s;
int plugin_dispatch_metric_family(struct metric_family_s const *family);
HEADER
}

# As 6 would be if it no longer had what netloss uses of 5.
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

# In a directory where nothing has been built.
builds_first() { # TARGET
  make -s -C "$scratch/five" clean && make -s -C "$scratch/five" "$1" &&
    [ -e "$scratch/five/$1" ]
}

# But what is about all of them.
about_all='collectd-netloss\.7|systemd/[0-9]+-netloss-(user|namespaces)\.conf'
about_all+='|share/netloss/(grafana|graphite|provisioning)/.*|examples/(alerts|fleet|sink)-[^/]*'
installs_nothing() { # NAME
  mkdir "$scratch/$1/root" &&
    make -s -C "$scratch/$1" install DESTDIR="$scratch/$1/root" &&
    find "$scratch/$1/root" -type f |
    { grep -vE "/($about_all)\$" || true; } | is_empty
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

ok 'without headers it names the package' \
  fails none 'apt-get install collectd-dev' \
  --with-collectd-include="$scratch/empty"
ok 'collectd 6 is refused by name' \
  fails six 'belongs to collectd 6' --with-collectd-src="$scratch/collectd-6"
ok 'headers that do not fit are refused' \
  fails other 'needs those of collectd 5.12' \
  --with-collectd-src="$scratch/collectd-x"
ok 'a source tree that is none is refused' \
  fails empty 'there is no source tree of collectd' \
  --with-collectd-src="$scratch/empty"
ok 'a source tree that was not configured is refused' \
  fails raw 'run its ./configure first' \
  --with-collectd-src="$scratch/collectd-raw"
ok 'a configured source tree is taken' \
  succeeds five "headers of collectd: $scratch/collectd-5" \
  --with-collectd-src="$scratch/collectd-5"
ok 'a module can be built with it' builds_a_module five

ok 'one that includes generated headers can be built first' \
  builds_first snmp_proto.la

ok 'the plugin directory is what collectd says' \
  says five "plugin directory: $(collectd -h | sed -n 's/^ *Plugin directory *//p')"
ok 'unless another one is given' \
  succeeds elsewhere 'plugin directory: /opt/plugins' \
  --with-plugindir=/opt/plugins
ok 'sanitizers have names' \
  fails sanitizers 'name the sanitizers' --enable-sanitizers

all_left_out=()
for layer in $(layers); do
  all_left_out+=("--disable-$layer")
done
ok 'plugins can be left out' \
  succeeds without 'softnet: no (--disable-softnet)' "${all_left_out[@]}"
ok 'they are not installed then' installs_nothing without
ok 'the tests of all else can be built' builds_its_tests without
ok 'without cmocka it names the package' \
  succeeds uncmocka 'unit tests: no (missing package: libcmocka-dev)' \
  PKG_CONFIG_LIBDIR="$scratch/empty" --cache-file=/dev/null
ok 'and so does "make check"' check_names_the_package uncmocka

ok 'without libmnl it names the package' \
  succeeds unmnl 'nic_ethtool: no (missing packages: libmnl-dev)' \
  PKG_CONFIG_LIBDIR="$scratch/cmocka" --cache-file=/dev/null
ok 'unit tests are built all the same' says unmnl 'unit tests: yes'
ok 'and so are the other plugins' builds_a_module unmnl
ok 'and their tests' builds_its_tests unmnl
ok 'but not a plugin that was asked for' \
  fails asked 'the plugin nic_ethtool needs more packages: libmnl-dev' \
  --enable-nic_ethtool \
  PKG_CONFIG_LIBDIR="$scratch/cmocka" --cache-file=/dev/null
done_testing
