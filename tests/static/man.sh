#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The manual pages are well-formed and contain their layer's tables.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

has_sections() { # POD
  local section
  for section in NAME SYNOPSIS DESCRIPTION CONFIGURATION METRICS \
    NOTIFICATIONS PRIVILEGES 'KERNEL SUPPORT' 'SEE ALSO'; do
    grep -qx "=head1 $section" "$1" || {
      echo "$section is missing"
      return 1
    }
  done
}

has_tables() { # POD
  local table
  for table in metrics options thresholds; do
    grep -qx "=for netloss $table" "$1" || {
      echo "=for netloss $table is missing"
      return 1
    }
  done
}

filled_is_well_formed() { # LAYER
  awk -v meter_table="$NETLOSS_BUILD/meter_table" -v layer="$1" \
    -f man/fill_tables.awk "man/collectd-$1.pod" >"$scratch/$1.pod"
  podchecker -warnings "$scratch/$1.pod"
}

page() { # LAYER|netloss
  local file=man/collectd-$1.5
  [ "$1" != netloss ] || file=man/collectd-netloss.7
  if [ -e "$NETLOSS_BUILD/$file" ]; then
    printf '%s\n' "$NETLOSS_BUILD/$file"
  else
    printf '%s\n' "$file"
  fi
}

# Shows a page with man(1), 400 columns wide, so that no line wraps.
show() { # LAYER|netloss
  MANROFFOPT='' MANWIDTH=400 LC_ALL=C.UTF-8 \
    man --warnings -l -P cat "$(page "$1")"
}

shows_without_warnings() {
  show "$1" 2>&1 >/dev/null | is_empty
}

names_all() { # LAYER TABLE
  local name
  show "$1" >"$scratch/shown" 2>/dev/null
  "$NETLOSS_BUILD/meter_table" --plain "$1" "$2" >"$scratch/table"
  [ -s "$scratch/table" ] || return 1
  while IFS= read -r name; do
    grep -qF -- "$name" "$scratch/shown" || {
      echo "$name is not in the manual page"
      return 1
    }
  done < <(
    if [ "$2" = metrics ]; then
      awk -F '\t' '{ print $1 "-" $2 }' "$scratch/table"
    else
      awk -F '\t' '{ sub(/.* /, "", $1); print $1 " " $2 }' "$scratch/table"
    fi
  )
}

names_every_page() { # POD
  local layer
  for layer in $(layers); do
    grep -qF "L<collectd-$layer(5)>" "$1" || {
      echo "collectd-$layer(5) is not in $1"
      return 1
    }
  done
}

# Everything written like a metric, C<packets-dropped>, is one.
names_no_other_metrics() { # POD
  local layer
  for layer in $(layers); do
    "$NETLOSS_BUILD/meter_table" --plain "$layer" metrics
  done | awk -F '\t' '{ print $1 "-" $2 }' | sort -u >"$scratch/metrics"
  grep -oE 'C<[a-z_]+-[A-Za-z0-9_]+>' "$1" | sed 's/^C<//; s/>$//' | sort -u \
    >"$scratch/named"
  [ -s "$scratch/named" ] && comm -23 "$scratch/named" "$scratch/metrics" |
    sed 's/$/ is not a metric/' | is_empty
}

ok 'collectd-netloss.pod is well-formed' \
  podchecker -warnings man/collectd-netloss.pod
ok 'collectd-netloss(7) shows without a warning' shows_without_warnings netloss
ok 'collectd-netloss.pod names the page of every plugin' \
  names_every_page man/collectd-netloss.pod
ok 'collectd-netloss.pod names only metrics that exist' \
  names_no_other_metrics man/collectd-netloss.pod
for layer in $(layers); do
  ok "collectd-$layer.pod has its sections" has_sections "man/collectd-$layer.pod"
  ok "collectd-$layer.pod has its tables" has_tables "man/collectd-$layer.pod"
  ok "collectd-$layer.pod is well-formed" filled_is_well_formed "$layer"
  ok "collectd-$layer(5) shows without a warning" shows_without_warnings "$layer"
  ok "collectd-$layer(5) names every metric" names_all "$layer" metrics
  ok "collectd-$layer(5) names every option" names_all "$layer" options
done
done_testing
