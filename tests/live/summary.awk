# SPDX-License-Identifier: MIT
# Prints the table at the end of a run, from the files that collectd's csv plugin
# wrote with StoreRates false:
#   awk -f summary.awk TYPES.DB DATADIR/HOST/PLUGIN[-INSTANCE]/TYPE[-NAME]-DATE...
# For each object, the counters come first, their total being the last value less
# the first; then the gauges, with their last value.

FNR == 1 && NR == 1 {
  printf "%-12s %-14s %-30s %18s %16s\n", "layer", "object", "meter",
         "total since start", "last rate"
}

# A series has one file per day; they follow each other.
FNR == 1 && NR != 1 {
  name = FILENAME
  sub(/-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$/, "", name)
  if (name != series) {
    print_series()
    series = name
    rows = 0
  }
}

NR == FNR {
  if ($0 !~ /^#/ && NF == 2)
    is_gauge[$1] = $2 ~ /:GAUGE:/
  next
}

{
  if (split($0, field, ",") != 2 || field[1] + 0 == 0)
    next
  if (rows++ == 0)
    first = field[2]
  before_time = time
  before = last
  time = field[1]
  last = field[2]
}

END {
  print_series()
  print_gauges()
}

function print_series(    parts, part, folder, meter, type, line) {
  if (rows == 0)
    return
  parts = split(series, part, "/")
  folder = part[parts - 1]
  if (folder != object_folder)
    print_gauges()
  object_folder = folder
  meter = type = part[parts]
  sub(/-.*/, "", type)
  line = sprintf("%-12s %-14s %-30s", layer(folder), object(folder), meter)
  if (is_gauge[type])
    gauges = gauges sprintf("%s %18s %16s\n", line, "", level(last))
  else
    printf "%s %18.0f %16s\n", line, last - first, rate()
}

function print_gauges() {
  printf "%s", gauges
  gauges = ""
}

function layer(folder) {
  sub(/-.*/, "", folder)
  return folder
}

function object(folder) {
  return sub(/^[^-]*-/, "", folder) ? folder : "this host"
}

function level(value) {
  return value == "nan" ? "-" : sprintf("is %.6g", value)
}

function rate() {
  if (rows < 2 || time <= before_time)
    return "-"
  return sprintf("%.1f/s", (last - before) / (time - before_time))
}
