# SPDX-License-Identifier: MIT
# Makes an HTML page of dashboards/graphite/graphs.tsv: each line becomes a
# graph drawn by graphite-web. The variable prefix replaces $HOST.
BEGIN {
  FS = "\t"
  for (i = 0; i < 256; i++)
    code[sprintf("%c", i)] = i
  print "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
  print "<meta http-equiv=\"refresh\" content=\"15\">"
  print "<title>netloss</title>"
  print "<style>body { font-family: sans-serif }</style>\n</head>\n<body>"
}

/^#/ || NF < 3 {
  next
}

$1 != row {
  row = $1
  print "<h2>" text(row) "</h2>"
}

{
  url = "/render?width=420&height=220&from=-5min&hideNullFromLegend=true&title=" encoded($2)
  for (i = 3; i <= NF; i++)
    url = url "&target=" encoded(named($i))
  printf "<img loading=\"lazy\" width=\"420\" height=\"220\" alt=\"%s\" src=\"%s\">\n",
         text($2), text(url)
}

END {
  print "</body>\n</html>"
}

function named(target, at) {
  while ((at = index(target, "$HOST")) > 0)
    target = substr(target, 1, at - 1) prefix substr(target, at + 5)
  return target
}

function encoded(s, i, c, result) {
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    result = result (c ~ /[A-Za-z0-9_.-]/ ? c : sprintf("%%%02X", code[c]))
  }
  return result
}

function text(s) {
  gsub(/&/, "\\&amp;", s)
  gsub(/</, "\\&lt;", s)
  gsub(/>/, "\\&gt;", s)
  gsub(/"/, "\\&quot;", s)
  return s
}
