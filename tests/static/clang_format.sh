#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every C file is formatted by clang-format 14; other versions differ slightly.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"
need_git

clang_format() {
  local program
  for program in clang-format-14 clang-format; do
    if "$program" --version 2>/dev/null | grep -q 'version 14\.'; then
      printf '%s\n' "$program"
      return
    fi
  done
}

mapfile -t files < <(source_files | grep '\.[ch]$')
program=$(clang_format)
for file in "${files[@]}"; do
  if [ -n "$program" ]; then
    ok "$file" "$program" --dry-run -Werror "$file"
  else
    skip "$file" 'clang-format 14 is not installed'
  fi
done
done_testing
