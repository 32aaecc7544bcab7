# SPDX-License-Identifier: MIT
# With table.awk, makes C of drop_reasons.tsv: with "header" set the names of the
# meters' indices, else the meters and what is known of their reasons, as
# drop_reasons.h and .c.
BEGIN {
  FS = "\t"
  columns = 6
  classes = "capacity|fault|policy|normal|unclassified"
  meaning["total"] = meaning["own"] = "INFORMATION"
  meaning["capacity"] = "LOSS"
  meaning["fault"] = "ERROR"
  meaning["policy"] = meaning["normal"] = "INFORMATION"
  meaning["unclassified"] = "INFORMATION"
  print "/* Made of drop_reasons.tsv by drop_reasons.awk. */"
  if (header) {
    print "#ifndef DROP_REASONS_H"
    print "#define DROP_REASONS_H"
    print ""
    print "#include \"drop_facts.h\""
    print "#include \"meter.h\""
    print ""
    print "enum {"
  } else {
    print "#include \"drop_reasons.h\""
    print ""
    print "const struct meter drop_meters[DROP_METER_COUNT] = {"
  }
}

/^#/ { next }

{
  if (NF != columns)
    fail("expected " columns " columns, found " NF)
  for (i = 1; i <= NF; i++)
    if ($i == "" || $i ~ /^ | $|["\\]/)
      fail("column " i ": empty, with blanks around it, or with quotes")
  expect(1, "[a-z0-9_]+")
  expect(2, "total|own|" classes)
  expect(3, "-|[a-z_]+")
  if ($3 == "-" && ($2 == "capacity" || $2 == "fault"))
    fail("column 3: a loss has a bucket, unattributed at least")
  if (length($5) >= 80)
    fail("column 5: too long")
  if ($1 in seen)
    fail($1 " stands here twice")
  seen[$1] = 1
  # The totals are the first rows, so that a class is its meter's index.
  if ($2 == "total" && "|" classes "|" !~ "[|]" $1 "[|]")
    fail("column 1: " $1 " is no class")
  if ($2 == "total" && totals++ != rows)
    fail("the totals of the classes stand first")
  rows++
}

header {
  printf "  DROP_METER_%s,\n", $1
  next
}

{
  is_reason = $2 != "total" && $2 != "own"
  printf "  [DROP_METER_%s] = {\n", $1
  string("name", $1)
  string("type", "packets")
  print "   .kind = METER_COUNTER64,"
  printf "   .meaning = METER_%s,\n", meaning[$2]
  string("unit", "packets")
  string("verb", $1 == "uncounted" ? "did not count" : "dropped")
  if (is_reason)
    string("part_of", $2)
  bucket($3, "KERNEL")
  string("place", $1 == "uncounted" ? "of its packets" : \
         (is_reason ? "as " : "of class ") toupper($1))
  if ($2 == "capacity")
    print "   .limits = THRESHOLD_ABOVE(1, 100),"
  string("setting", $4)
  string("advice", $5)
  string("source", $1 == "uncounted" ? \
         "recursion_misses of the BPF program (Linux 5.12)" : \
         "tracepoint skb:kfree_skb")
  string("help", $6)
  print "  },"
  class = is_reason ? $2 : $2 == "total" ? $1 : "unclassified"
  facts = facts sprintf("  [DROP_METER_%s] = {\n   .class = DROP_%s,\n", $1,
                        toupper(class))
  if (is_reason)
    facts = facts "   .is_reason = true,\n"
  facts = facts "  },\n"
}

END {
  if (failed)
    exit 1
  if (header) {
    print "  DROP_METER_COUNT,"
    print "};"
    print ""
    print "/* The first ones are the totals of the classes, by enum drop_class. */"
    print "extern const struct meter drop_meters[DROP_METER_COUNT];"
    print "extern const struct drop_fact drop_facts[DROP_METER_COUNT];"
    print ""
    print "#endif"
    exit
  }
  print "};"
  print ""
  print "const struct drop_fact drop_facts[DROP_METER_COUNT] = {"
  printf "%s", facts
  print "};"
}
