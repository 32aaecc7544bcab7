#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Modules are built with a stack protector, checked functions of the C library,
# relro and now, as configure's summary says.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

calls() { # MODULE REGEX
  nm -D --undefined-only -P "$1" | sed 's/[@ ].*//' | grep -xE "$2"
}

has_stack_protector() {
  calls "$1" '__stack_chk_fail'
}

calls_checked_functions() {
  calls "$1" '__(mem|str|v?s|v?f|v?as|read|fd).*_chk'
}

has_relro() {
  readelf -lW "$1" | grep GNU_RELRO
}

binds_now() {
  readelf -dW "$1" | grep -E '\((FLAGS|FLAGS_1)\).*NOW'
}

has_no_executable_stack() {
  readelf -lW "$1" | awk '$1 == "GNU_STACK" { print; found = $7 == "RW" }
    END { exit !found }'
}

# A module without any of it, and one with all.
make_module() { # NAME FLAG...
  cat >"$scratch/$1.c" <<'C'
#include <stdio.h>
int fill(char *to, unsigned long size, const char *text);
int fill(char *to, unsigned long size, const char *text) {
  char line[64];
  sprintf(line, "%s!", text);
  return snprintf(to, size, "%s", line);
}
C
  "${CC:-cc}" -shared -fPIC -o "$scratch/$1.so" "${@:2}" "$scratch/$1.c"
}

a_soft_module_is_noticed() {
  make_module soft -O1 -fno-stack-protector -U_FORTIFY_SOURCE \
    -Wl,-z,norelro -Wl,-z,lazy || return 1
  local check
  for check in has_stack_protector calls_checked_functions has_relro binds_now; do
    ! "$check" "$scratch/soft.so" || return 1
  done
}

mapfile -t built < <(layers)
ok 'modules were built' test "${#built[@]}" -gt 0
for layer in "${built[@]}"; do
  module=$NETLOSS_BUILD/.libs/$layer.so
  ok "$layer.so has a stack protector" has_stack_protector "$module"
  ok "$layer.so calls checked functions" calls_checked_functions "$module"
  ok "$layer.so has relro" has_relro "$module"
  ok "$layer.so is bound at once" binds_now "$module"
  ok "the stack of $layer.so is not executable" has_no_executable_stack "$module"
done
ok 'a module without these is noticed' a_soft_module_is_noticed
done_testing
