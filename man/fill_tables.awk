# SPDX-License-Identifier: MIT
# Inserts the layers' tables into a document. In POD, replaces a line "=for
# netloss TABLE" by that table of the layer named by the variable layer. In
# Markdown, replaces the lines between "<!-- TABLE LAYER -->" and "<!-- end
# -->"; there, the table of metrics is called "meters".

function table(format, layer, name) {
  fflush()
  if (system("'" meter_table "' --" format " " layer " " name) != 0) {
    failed = 1
    exit 1
  }
}

/^=for netloss / {
  table("pod", layer, $3)
  next
}

/^<!-- (meters|options|thresholds) [a-z_]+ -->$/ {
  print
  table("markdown", $3, $2 == "meters" ? "metrics" : $2)
  inside = 1
  next
}

/^<!-- end -->$/ { inside = 0 }

!inside { print }

END {
  if (inside && !failed) {
    print "fill_tables: <!-- end --> is missing" >"/dev/stderr"
    exit 1
  }
}
