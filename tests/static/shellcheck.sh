#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# No shell script has a fault that shellcheck finds.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"
need_git

is_shell_script() {
  [[ $1 == *.sh || $1 == *.bats ]] ||
    head -n 1 "$1" | grep -qaE '^#!.*(/| )(ba)?sh( |$)'
}

while IFS= read -r file; do
  if is_shell_script "$file"; then
    ok "$file" shellcheck "$file"
  fi
done < <(source_files)
done_testing
