#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# cppcheck finds nothing in any C file.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"
need_git

# cppcheck needs two foreign headers: uthash's, whose macros are control
# statements, and collectd's types. unknownEvaluationOrder is off because
# cppcheck 2.10 takes designated initialisers for assignments; the compilers'
# -Wsequence-point finds such faults.
collectd=/usr/include/collectd/core
outside=$scratch/include
mkdir "$outside"
cp /usr/include/uthash.h "$outside"

mapfile -t folders < <(printf -- '-I%s\n' common/*/ plugins/ plugins/*/ \
  frontends/*/)

check() {
  cppcheck -q -j "$(nproc)" --std=c11 --inline-suppr --error-exitcode=1 \
    --enable=warning,performance,portability \
    --suppress=missingInclude --suppress=missingIncludeSystem \
    --suppress=unknownEvaluationOrder \
    --suppress="*:$outside/*" --suppress="*:$collectd/*" \
    -D'DECLTYPE(x)=(__typeof__(x))' \
    -DHAVE_CONFIG_H -DLAYER=softnet_layer -D'LAYERS(X)=' \
    "${folders[@]}" -I tests -I tests/unit -I tests/plugin -I "$outside" \
    -I "$collectd" -I "$collectd/daemon" "$@"
}

finds_a_fault() {
  echo 'int main(void) { int a[2]; a[2] = 0; return a[2]; }' >"$scratch/bad.c"
  ! check "$scratch/bad.c"
}

mapfile -t files < <(source_files | grep '\.c$')
ok "cppcheck finds nothing in ${#files[@]} files" check "${files[@]}"
ok 'it finds a fault' finds_a_fault
done_testing
