# SPDX-License-Identifier: MIT
# With table.awk, makes C of proto_counters.tsv: with "header" set the names of
# the meters' indices, else the meters themselves, as proto_counters.h and .c.
BEGIN {
  FS = "\t"
  columns = 20
  print "/* Made of proto_counters.tsv by proto_counters.awk. */"
  if (header) {
    print "#ifndef PROTO_COUNTERS_H"
    print "#define PROTO_COUNTERS_H"
    print ""
    print "#include \"meter.h\""
    print ""
    print "enum {"
  } else {
    print "#include \"proto_counters.h\""
    print ""
    print "const struct meter proto_meters[PROTO_COUNT] = {"
  }
}

function index_name() {
  return "PROTO_" ($1 == "-" ? "SETTING" : $1) "_" $2
}

# The counters of nf_conntrack alone are 32 bits wide.
function kind() {
  if ($4 == "gauge")
    return "GAUGE"
  return $1 == "conntrack" ? "COUNTER32" : "COUNTER64"
}

/^#/ { next }

{
  if (NF != columns)
    fail("expected " columns " columns, found " NF)
  expect(4, "counter|gauge")
  expect(5, "loss|error|pressure|volume|information|setting")
  expect(18, "default|all")
  expect(19, "-|[a-z_]+")
  expect(20, $19 == "-" ? ".*" : "[0-9]")
  if ($5 == "loss" && $19 == "-" && $20 == "-")
    fail("a loss has a bucket, or a reason why not")
  if (index_name() in seen)
    fail($1 ":" $2 " stands here twice")
  seen[index_name()] = 1
}

header {
  printf "  %s,\n", index_name()
  next
}

{
  printf "  [%s] = {\n", index_name()
  string("name", $2)
  if ($1 != "-")
    string("key", $1 ":" $2)
  string("type", $3)
  printf "   .kind = METER_%s,\n", kind()
  printf "   .meaning = METER_%s,\n", toupper($5)
  string("unit", $6)
  string("part_of", $7)
  is_counted = $4 == "counter" && ($5 == "loss" || $5 == "error")
  bucket($19, is_counted ? "HOST" : "NOT_COUNTED")
  if ($19 == "-")
    string("no_bucket", $20)
  else
    printf "   .explained = %s,\n", $20
  string("verb", $8)
  string("place", $9)
  if ($10 != "-" || $11 != "-")
    printf "   .limits = &(const struct threshold_limits){.warning_max = %s, " \
           ".failure_max = %s, .warning_min = NAN, .failure_min = NAN, " \
           ".hits = %s, .clear_hits = %s},\n",
           $10 == "-" ? "NAN" : $10, $11 == "-" ? "NAN" : $11,
           $12 == "-" ? 1 : $12, $13 == "-" ? 6 : $13
  string("setting", $14)
  string("advice", $15)
  string("source", $16)
  string("help", $17)
  print "  },"
  if ($18 == "default")
    by_default = by_default sprintf("  [%s] = true,\n", index_name())
}

END {
  if (failed)
    exit 1
  if (header) {
    print "  PROTO_COUNT,"
    print "};"
    print ""
    print "extern const struct meter proto_meters[PROTO_COUNT];"
    print ""
    print "/* Whether a meter is sent unless the user chooses otherwise. */"
    print "extern const bool proto_meters_by_default[PROTO_COUNT];"
    print ""
    print "#endif"
  } else {
    print "};"
    print ""
    print "const bool proto_meters_by_default[PROTO_COUNT] = {"
    printf "%s};\n", by_default
  }
}
