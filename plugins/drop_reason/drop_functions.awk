# SPDX-License-Identifier: MIT
# With table.awk, makes C of drop_functions.tsv: what kernels without reasons drop
# packets for, by the function that does, as drop_functions.h and .c.
BEGIN {
  FS = "\t"
  print "/* Made of drop_functions.tsv by drop_functions.awk. */"
  if (header) {
    print "#ifndef DROP_FUNCTIONS_H"
    print "#define DROP_FUNCTIONS_H"
    print ""
    print "#include \"drop_facts.h\""
    print ""
    print "/* Ends with a NULL name. */"
    print "extern const struct drop_function drop_functions[];"
    print ""
    print "#endif"
  } else {
    print "#include \"drop_functions.h\""
    print ""
    print "const struct drop_function drop_functions[] = {"
  }
}

/^#/ { next }

function release(column, parts) {
  split($column, parts, ".")
  return parts[1] * 256 + parts[2]
}

{
  if (NF != 5)
    fail("expected 5 columns, found " NF)
  expect(1, "[a-z0-9_]+")
  expect(2, "[0-9]+[.][0-9]+")
  expect(3, "[0-9]+[.][0-9]+")
  expect(4, "[a-z0-9_]+")
  if (release(2) > release(3))
    fail("column 3: a release before that of column 2")
  if (release(3) > 5 * 256 + 16)
    fail("column 3: kernels give reasons since 5.17")
  if ($1 in until && release(2) <= until[$1])
    fail($1 " stands here twice for one release")
  until[$1] = release(3)
}

!header {
  print "  {"
  string("name", $1)
  printf "   .from = DROP_RELEASE(%s),\n", arguments($2)
  printf "   .until = DROP_RELEASE(%s),\n", arguments($3)
  string("reason", $4)
  print "  },"
}

# "5.16" as two arguments.
function arguments(text) {
  sub(/[.]/, ", ", text)
  return text
}

END {
  if (failed)
    exit 1
  if (!header) {
    print "  {.name = NULL},"
    print "};"
  }
}
