# SPDX-License-Identifier: MIT
# What the programs share that make C of a table: a fault ends them, by file and
# line.
function fail(words) {
  printf "%s:%d: %s\n", FILENAME, FNR, words >"/dev/stderr"
  failed = 1
  exit 1
}

function expect(column, words) {
  if ($column !~ "^(" words ")$")
    fail("column " column ": expected " words ", found " $column)
}

# "-" means that there is nothing to say.
function string(member, text) {
  if (text == "-")
    return
  gsub(/\\/, "\\\\", text)
  gsub(/"/, "\\\"", text)
  printf "   .%s = \"%s\",\n", member, text
}

# The bucket of a ledger and how exact a counter of it is; "-": none.
function bucket(name, exactness) {
  if (name == "-")
    return
  printf "   .bucket = LEDGER_%s,\n   .exactness = LEDGER_%s,\n", toupper(name),
         exactness
}
