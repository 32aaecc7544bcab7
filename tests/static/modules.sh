#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# collectd can load each module: see dlopen(3), RTLD_NOW.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

exports_what_it_must() {
  nm -D --defined-only -P "$1" | awk '{ print $1 }' | sort |
    cmp -s - <(printf '%s\n' module_register netloss_ledger_v1)
}

libraries_of() {
  ldd "$1" | awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }'
}

# Prints the symbols that neither the module's libraries nor the daemon define.
# Weak symbols may stay undefined.
unresolved() {
  local file
  nm -D --undefined-only -P "$1" | awk '$2 == "U" { sub(/@.*/, "", $1); print $1 }' |
    sort -u >"$scratch/wanted"
  for file in $(libraries_of "$1") "$(command -v collectd)"; do
    nm -D --defined-only -P "$file"
  done | awk '{ sub(/@.*/, "", $1); print $1 }' | sort -u >"$scratch/offered"
  comm -23 "$scratch/wanted" "$scratch/offered"
}

resolves() {
  unresolved "$1" | is_empty
}

is_regular_file() {
  [ -f "$1" ] && [ ! -L "$1" ]
}

has_no_search_path() {
  ! readelf -d "$1" | grep -E 'R(UN)?PATH'
}

# ignorelist_add() is declared by collectd's headers, but the daemon lacks it.
a_missing_function_is_noticed() {
  echo 'void ignorelist_add(void); void f(void); void f(void) { ignorelist_add(); }' |
    "${CC:-cc}" -shared -fPIC -x c -o "$scratch/bad.so" - &&
    [ "$(unresolved "$scratch/bad.so")" = ignorelist_add ]
}

mapfile -t built < <(layers)
ok 'modules were built' test "${#built[@]}" -gt 0
for layer in "${built[@]}"; do
  name=$layer.so
  module=$NETLOSS_BUILD/.libs/$name
  ok "$name exports only module_register and the ledger's cell" \
    exports_what_it_must "$module"
  ok "every symbol that $name needs is defined" resolves "$module"
  ok "$name is a regular file" is_regular_file "$module"
  ok "$name has no search path for libraries" has_no_search_path "$module"
done
ok 'a function that the daemon lacks is noticed' a_missing_function_is_noticed
done_testing
