# SPDX-License-Identifier: MIT
# Puts the layers' tables into a text. In POD, a line "=for netloss TABLE"
# becomes that table of the layer that the variable layer names. In Markdown,
# what stands between "<!-- TABLE LAYER -->" and "<!-- end -->" is replaced;
# there the table of metrics is called "meters".

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
