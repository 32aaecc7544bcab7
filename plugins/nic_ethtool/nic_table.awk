# SPDX-License-Identifier: MIT
# With table.awk, makes C of nic_table.tsv: with "header" set the declarations,
# else the table, as nic_table.h and .c. The head of nic_table.tsv describes the
# columns.
BEGIN {
  FS = "\t"
  columns = 10
  loss = "ring_full|drop|error|xdp_drop|policy|pause"
  guesses = "[rt]x_unclassified"
  facts = "port|card|stack|events(=[0-9a-z_]+)?"
  path = "(drivers|include|net)/[^ :]+"
  causes = "rx_(" loss "|fifo_overrun|alloc_fail|crc|frame|length|filtered|" \
           "no_buffer)|tx_(" loss "|timeout|stopped)|allowance"
  # struct rtnl_link_stats64, member by member.
  links = split("rx_packets tx_packets rx_bytes tx_bytes rx_errors " \
                "tx_errors rx_dropped tx_dropped multicast collisions " \
                "rx_length_errors rx_over_errors rx_crc_errors " \
                "rx_frame_errors rx_fifo_errors rx_missed_errors " \
                "tx_aborted_errors tx_carrier_errors tx_fifo_errors " \
                "tx_heartbeat_errors tx_window_errors rx_compressed " \
                "tx_compressed rx_nohandler rx_otherhost_dropped", link, " ")
  for (i = 1; i <= links; i++)
    index_of["link", link[i]] = i - 1
  # enum netdev_a_qstats, from rx-packets on.
  qstats = split("rx-packets rx-bytes tx-packets tx-bytes rx-alloc-fail " \
                 "rx-hw-drops rx-hw-drop-overruns rx-csum-complete " \
                 "rx-csum-unnecessary rx-csum-none rx-csum-bad " \
                 "rx-hw-gro-packets rx-hw-gro-bytes rx-hw-gro-wire-packets " \
                 "rx-hw-gro-wire-bytes rx-hw-drop-ratelimits tx-hw-drops " \
                 "tx-hw-drop-errors tx-csum-none tx-needs-csum " \
                 "tx-hw-gso-packets tx-hw-gso-bytes tx-hw-gso-wire-packets " \
                 "tx-hw-gso-wire-bytes tx-hw-drop-ratelimits tx-stop " \
                 "tx-wake", qstat, " ")
  for (i = 1; i <= qstats; i++)
    index_of["qstats", qstat[i]] = i + 7
  print "/* Made of nic_table.tsv by nic_table.awk. */"
  if (header) {
    print "#ifndef NIC_TABLE_H"
    print "#define NIC_TABLE_H"
    print ""
    print "#include <stddef.h>"
    print ""
    print "#include \"nic_row.h\""
    print ""
    print "/* The rows of a driver stand in the order in which they count. */"
    print "extern const struct nic_row nic_table[];"
    print "extern const size_t nic_table_count;"
    print ""
    print "extern const char *const nic_link_members[NIC_LINK_MEMBERS];"
    print ""
    print "#endif"
  } else {
    print "#include \"nic_table.h\""
    print ""
    print "const struct nic_row nic_table[] = {"
  }
}

# Checks how the rows of a driver fit together.
function remember(driver) {
  # One number may stand in two sums, once added and once subtracted.
  key = driver SUBSEP $2 SUBSEP $3 SUBSEP $4 SUBSEP $8
  if (key in seen)
    fail(driver " " $3 " stands here twice for " $4)
  seen[key] = 1
  if ($6 == "ignored") {
    ignored[driver, $2, $3] = FNR
    return
  }
  row_of[driver, $2, $3] = FNR
  key = driver SUBSEP $2 SUBSEP $3 SUBSEP $8
  if ($6 == "unless") {
    conditions_at[driver, $7] = FNR
    return
  }
  if ($6 != "minus") {
    if (key in added)
      fail(driver " " $3 " is already in " added[key])
    added[key] = $4
  }
  if ($6 ~ /^(counted|first|most)$/) {
    counted[driver, $3] = 1
    summed[driver, $4] = 1
  }
  if ($6 == "minus" && !((driver, $4) in summed))
    fail(driver " " $3 " is subtracted where nothing was added yet")
  if ($6 ~ /^(first|most)$/ || ($6 == "minus" && $7 != "-")) {
    key = driver SUBSEP $6 SUBSEP $7
    if (key in chosen && chosen[key] != $4)
      fail(driver " " $7 " is a choice of " chosen[key] " already")
    chosen[key] = $4
    times[key]++
    at[key] = FNR
  }
  if ($6 == "no")
    named_at[driver, $7] = FNR
}

# Rows that are not made into C: reasons and sources.
function is_for_readers() { return $6 ~ /^(ignored|source)$/ }

# Writes the facts as bits, and the counter that events are compared with.
function facts_of(column,   fact, count, i, bits) {
  count = split(column, fact, ", ")
  for (i = 1; i <= count; i++) {
    if (fact[i] ~ /^events=/)
      string("events_like", substr(fact[i], index(fact[i], "=") + 1))
    bits = bits (bits == "" ? "" : " | ") \
           "NIC_OF_" toupper(fact_name(fact[i]))
  }
  printf "   .facts = %s,\n", bits
}

# Drops what follows "=".
function fact_name(fact) {
  sub(/=.*/, "", fact)
  return fact
}

function row(driver) {
  remember(driver)
  if (header || is_for_readers())
    return
  print "  {"
  string("driver", driver)
  string("counter", $3)
  printf "   .place = NIC_PLACE_%s,\n", toupper($2)
  printf "   .cause = NIC_%s,\n", toupper($4)
  printf "   .rule = NIC_%s,\n", $6 == "no" ? "NOT" : toupper($6)
  printf "   .bits = %d,\n", $5
  if ($2 != "ethtool")
    printf "   .index = %d,\n", index_of[$2, $3]
  if ($7 != "-")
    string("of", $7)
  if ($8 != "-")
    string("only_if", substr($8, $8 ~ /^!/ ? 2 : 1))
  if ($8 ~ /^!/)
    print "   .if_absent = true,"
  if ($9 != "-")
    facts_of($9)
  print "  },"
}

# Checks that the driver has the counters of a list, counted ones if need be.
function check_names(key, line, must_count,   part, name, names, i) {
  split(key, part, SUBSEP)
  names = split(part[2], name, ", ")
  for (i = 1; i <= names; i++) {
    if (must_count ? (part[1], name[i]) in counted : \
        (part[1], "ethtool", name[i]) in row_of || \
        (part[1], "link", name[i]) in row_of)
      continue
    FNR = line
    fail("nothing of " part[1] " counts " name[i])
  }
}

/^#/ { next }

{
  if (NF != columns)
    fail("expected " columns " columns, found " NF)
  for (i = 1; i <= NF; i++)
    if ($i == "" || $i ~ /^ | $|["\\]/)
      fail("column " i ": empty, with blanks around it, or with quotes")
  expect(1, "[*]|[+]|[0-9a-z_-]+(,[0-9a-z_-]+)*")
  expect(6, "counted|first|most|minus|no|unless|ignored|source")
  expect(9, "-|(" facts ")(, (" facts "))*")
  if ($6 == "source") {
    for (i = 2; i <= 9; i++)
      if (i != 6 && i != 8)
        expect(i, "-")
    expect(8, "-|[0-9]+[.][0-9]+")
    expect(10, path "( " path ")*")
    next
  }
  expect(2, "ethtool|link|qstats")
  if ($10 !~ "^" path ": .")
    fail("column 10: expected a file of the kernel, and words")
  if ($6 == "ignored") {
    for (i = 4; i <= 9; i++)
      if (i != 6)
        expect(i, "-")
  } else {
    expect(4, $1 == "*" ? causes "|" guesses : causes)
    expect(5, "16|32|64")
    if ($3 ~ /[.][.][.]/)
      fail("column 3: ... is for what is ignored")
  }
  if ($2 == "ethtool" && $3 ~ /[*][0-9*]/)
    fail("column 3: what follows * may be neither a digit nor another one")
  if ($2 != "ethtool" && !(($2, $3) in index_of))
    fail("column 3: " $2 " has no " $3)
  if (length($3) > 63)
    fail("column 3: too long")
  if ($6 == "counted")
    expect(7, "-")
  else if ($6 ~ /^(first|most)$/)
    expect(7, "[a-z_]+")
  else if ($6 == "minus")
    expect(7, "-|[a-z_]+")
  else if ($7 == "-" && $6 != "ignored")
    fail("column 7: expected what counts these packets")
  expect(8, "-|!?[0-9a-z_.:]+")
  drivers = split($1, driver, ",")
  for (d = 1; d <= drivers; d++)
    row(driver[d])
}

END {
  if (failed)
    exit 1
  for (key in named_at)
    check_names(key, named_at[key], 1)
  for (key in conditions_at)
    check_names(key, conditions_at[key], 0)
  for (key in ignored)
    if (key in row_of) {
      split(key, part, SUBSEP)
      FNR = ignored[key]
      fail(part[1] " " part[3] " is ignored, and has a row")
    }
  for (key in times) {
    if (times[key] < 2) {
      split(key, part, SUBSEP)
      FNR = at[key]
      fail(part[1] " has one row only to choose from for " part[3])
    }
  }
  if (header)
    exit
  print "};"
  print ""
  print "const size_t nic_table_count ="
  print "    sizeof(nic_table) / sizeof(nic_table[0]);"
  print ""
  print "const char *const nic_link_members[NIC_LINK_MEMBERS] = {"
  for (i = 1; i <= links; i++)
    printf "    \"%s\",\n", link[i]
  print "};"
}
