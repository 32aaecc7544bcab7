#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# README.md and docs/: generated tables are up to date ("make update-docs"
# writes them), links work, and everything that they name or quote exists.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

documents=(README.md CONTRIBUTING.md SECURITY.md docs/*.md)

readme_is_short() {
  [ "$(wc -l <README.md)" -le 250 ] || {
    wc -l README.md
    return 1
  }
}

has_table() { # FILE TABLE LAYER
  grep -qx "<!-- $2 $3 -->" "$1"
}

is_up_to_date() { # FILE
  awk -v meter_table="$NETLOSS_BUILD/meter_table" -f man/fill_tables.awk \
    "$1" >"$scratch/filled" && diff -u "$1" "$scratch/filled"
}

# A quoted line is printed by a plugin, by the daemon, or by its dynamic loader.
every_quoted_line_exists() {
  local daemon loader
  daemon=$(command -v collectd)
  loader=$(ldd "$daemon" | grep -oE '/[^ ]*ld-linux[^ ]*')
  strings -n 8 "$NETLOSS_BUILD"/.libs/*.so "$daemon" "$loader" |
    perl tests/static/log_lines.pl docs/troubleshooting.md | is_empty
}

links_work() { # FILE
  perl tests/static/links.pl "$1" | is_empty
}

maintainers_have_one_address() {
  local address file
  address=$(sed -nE 's/^Maintainer: .*<(.*)>$/\1/p' packaging/debian/control)
  [ -n "$address" ] || return 1
  for file in SECURITY.md packaging/debian/changelog.in \
    packaging/rpm/collectd-netloss.spec.in; do
    grep -qF "$address" "$file" || echo "$file does not have $address"
  done | is_empty
}

readme_links_to_all() {
  local file
  for file in CONTRIBUTING.md SECURITY.md docs/*.md; do
    grep -qF "]($file)" README.md || echo "README.md has no link to $file"
  done | is_empty
}

# Looks for paths in code: `./check`, `conf.d/softnet.conf`,
# `packaging/systemd/{a,b}.conf`. A program counts if its source exists. A path
# with a word in capitals is a pattern, and is ignored.
paths_exist() { # FILE
  local path
  grep -oE '(^|[` ])(\./)?(check|quickstart|(common|conf\.d|dashboards|docs|frontends|man|packaging|plugins|tests)/[A-Za-z0-9_./{},*-]*)' \
    "$1" | sed -E 's/^[` ]//; s/[.,:]$//' | grep / | grep -v '[A-Z]\{3\}' |
    sort -u >"$scratch/paths" || true
  while IFS= read -r path; do
    eval "ls -d -- $path" >/dev/null 2>&1 || [ -e "$path.c" ] ||
      echo "$1: $path does not exist"
  done <"$scratch/paths" | is_empty
}

options_exist() { # FILE
  local program option
  for program in check quickstart; do
    { grep -oE "\./$program( --?[a-z]+( [a-z0-9]+)?)+" "$1" || true; } |
      { grep -oE -- '--[a-z]+' || true; } | sort -u >"$scratch/options"
    while IFS= read -r option; do
      grep -qE -- "^  $option( |\$)" "$program" ||
        echo "$1: ./$program has no $option"
    done <"$scratch/options"
  done | is_empty
}

targets_exist() { # FILE
  local target
  # shellcheck disable=SC2016 # backticks of Markdown
  { grep -oE '`(sudo )?make [a-z -]+`|^(.*&& )?make [a-z-]+$' "$1" || true; } |
    sed -E 's/.*make //; s/`//g' | tr ' ' '\n' | sort -u >"$scratch/targets"
  while IFS= read -r target; do
    grep -qE "^$target:" "$NETLOSS_BUILD/Makefile" ||
      echo "$1: make $target does not exist"
  done <"$scratch/targets" | is_empty
}

pages_exist() { # FILE
  local page
  { grep -oE 'collectd-[a-z_]+\([57]\)|man [57]? ?collectd-[a-z_]+' "$1" ||
    true; } | grep -oE 'collectd-[a-z_]+' | grep -v '^collectd-threshold$' |
    sort -u >"$scratch/pages"
  while IFS= read -r page; do
    [ -e "man/$page.pod" ] || [ "$page" = collectd-exec ] ||
      echo "$1: $page does not exist"
  done <"$scratch/pages" | is_empty
}

samples_are_listed() {
  local sample
  for sample in conf.d/{alerts,fleet,sink}-*; do
    grep -qF "\`${sample##*/}\`" docs/sinks.md ||
      echo "docs/sinks.md does not list ${sample##*/}"
  done | is_empty
}

# Messages of collectd or a plugin that refuse a configuration.
refusals='plugin: (option|<Threshold|nothing will be)|rror: Pars|parse error|isn.t loaded|Could not find|unknown'

# Runs collectd -T with lines of configuration from standard input, and
# LoadPlugin in front of each block that lacks it.
accepts() { # WHERE
  cat >"$scratch/lines"
  {
    printf '%s\n' 'FQDNLookup false' "BaseDir \"$scratch\"" \
      "PIDFile \"$scratch/pid\"" 'LoadPlugin logfile' '<Plugin logfile>' \
      'File stdout' 'PrintSeverity true' '</Plugin>' \
      "PluginDir \"$NETLOSS_BUILD/.libs\""
    sed -nE 's/^ *<Plugin "?([a-z_]+)"?>.*/\1/p' "$scratch/lines" | sort -u |
      while read -r plugin; do
        grep -qE "^ *<?LoadPlugin $plugin" "$scratch/lines" ||
          echo "LoadPlugin $plugin"
      done
    cat "$scratch/lines"
  } >"$scratch/collectd.conf"
  collectd -T -C "$scratch/collectd.conf" >"$scratch/output" 2>&1 || true
  if ! grep -q 'plugin_load: plugin "[a-z_]*" successfully loaded' \
    "$scratch/output" || grep -E "$refusals" "$scratch/output"; then
    echo "$1: collectd does not accept these lines:"
    cat "$scratch/lines" "$scratch/output"
    return 1
  fi
}

# Tries each fenced block of configuration by itself.
blocks_are_accepted() { # FILE
  local count=0 part
  awk -v directory="$scratch" '
    /^```apache$/ { file = directory "/block-" ++count; next }
    /^```$/ { file = "" }
    file != "" { print >file }' "$1"
  for part in "$scratch"/block-*; do
    [ -e "$part" ] || continue
    accepts "$1" <"$part" || return 1
    rm "$part"
    count=$((count + 1))
  done
}

# shellcheck disable=SC2016 # backticks of Markdown
has_blocks() { # FILE
  grep -qx '```apache' "$1"
}

# Tries each row of the table of wishes: a plugin, and lines of configuration.
# shellcheck disable=SC2016 # backticks of Markdown
wishes_come_true() {
  local where what plugin count=0
  sed -n '/^| you want | where | what to write |$/,/^$/p' README.md |
    sed '1,2d; /^$/d' >"$scratch/wishes"
  while IFS='|' read -r _ _ where what _; do
    case $where in
    *sample*)
      ls "conf.d/$(grep -oE '[a-z-]+\.conf' <<<"$what" | head -n 1)" >/dev/null ||
        return 1
      ;;
    *'in place of `LoadPlugin`'*) code "$what" | accepts README.md || return 1 ;;
    *)
      for plugin in $(code "$where"); do
        { echo "<Plugin $plugin>" && code "$what" && echo '</Plugin>'; } |
          accepts README.md || return 1
      done
      ;;
    esac
    count=$((count + 1))
  done <"$scratch/wishes"
  echo "$count wishes"
  [ "$count" -ge 12 ]
}

# Prints each text between backticks, one per line.
# shellcheck disable=SC2016 # backticks of Markdown
code() { # TEXT
  { grep -oE '`[^`]+`' <<<"$1" || true; } | tr -d '`'
}

ok 'README.md has at most 250 lines' readme_is_short
ok 'README.md links to every document' readme_links_to_all
ok 'SECURITY.md has the address of the packages' maintainers_have_one_address
for layer in $(layers); do
  ok "docs/metrics.md has a table of $layer" \
    has_table docs/metrics.md meters "$layer"
  ok "docs/alerts.md has a table of $layer" \
    has_table docs/alerts.md thresholds "$layer"
done
ok 'docs/troubleshooting.md quotes existing log lines' every_quoted_line_exists
ok 'docs/sinks.md lists every sample' samples_are_listed
ok 'collectd accepts what README.md offers for each wish' wishes_come_true
for file in "${documents[@]}"; do
  ok "$file is up to date (make update-docs)" is_up_to_date "$file"
  ok "the links in $file work" links_work "$file"
  ok "the paths in $file exist" paths_exist "$file"
  ok "the options in $file exist" options_exist "$file"
  ok "the make targets in $file exist" targets_exist "$file"
  ok "the manual pages that $file names exist" pages_exist "$file"
  if has_blocks "$file"; then
    ok "collectd accepts the configuration in $file" blocks_are_accepted "$file"
  fi
done
for file in man/*.pod; do
  ok "the manual pages that $file names exist" pages_exist "$file"
done
done_testing
