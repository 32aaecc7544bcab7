#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The keys of netloss's JSON are those of docs/command.md, and none of an earlier
# release is gone.
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/tap.sh"

program=$NETLOSS_BUILD/netloss
[ -x "$program" ] || {
  echo '1..0 # SKIP the command was not built'
  exit 0
}
layers | grep -qx softnet || {
  echo '1..0 # SKIP the layer softnet was not built'
  exit 0
}

# Prints "OUTPUT KEY" for each key that the documentation lists: show, log or
# settings, and the path of the key.
documented() { # FILE
  awk '
    /^Keys of/ {
      output = /log --json/ ? "log" : /settings --json/ ? "settings" : "show"
    }
    output != "" && /^\| `[^`]*` \|/ {
      split($0, part, "`")
      print output, part[2]
    }' "$1" | sort -u
}

# Prints the same for JSON on standard input, one object or one a line. What
# identifies an object is one key.
keys() { # OUTPUT
  perl -MJSON::PP -e '
    my $output = shift;
    local $/;
    my %seen;
    sub walk {
      my ($path, $value) = @_;
      if (ref $value eq "HASH" && $path !~ /labels$/) {
        walk($path eq "" ? $_ : "$path.$_", $value->{$_}) for keys %$value;
      } elsif (ref $value eq "ARRAY") {
        walk("$path\[]", $_) for @$value;
      } else {
        $seen{$path} = 1;
      }
    }
    my $parser = JSON::PP->new;
    $parser->incr_parse(<STDIN>);
    while (my $object = $parser->incr_parse) { walk("", $object) }
    print map { "$output $_\n" } sort keys %seen' "$1"
}

cpu_dropped() { # COUNT
  mkdir -p "$scratch/proc/net" "$scratch/proc/sys/net/core"
  echo 1000 >"$scratch/proc/sys/net/core/netdev_max_backlog"
  printf '%08x %08x 0 0 0 0 0 0 0 0 0 0 0\n' 1000 "$1" >"$scratch/stat"
  mv "$scratch/stat" "$scratch/proc/net/softnet_stat"
}

# Prints the keys of a command during which packets are dropped. A threshold
# makes a gauge strained.
keys_while_dropping() { # OUTPUT COMMAND...
  cpu_dropped 5
  "$program" "${@:2}" --json --interval 1 --config "$scratch/conf" \
    >"$scratch/json.$1" 2>/dev/null &
  sleep 0.5
  cpu_dropped 500
  wait $! || true
  keys "$1" <"$scratch/json.$1"
}

all_keys() {
  {
    keys_while_dropping show show --all
    keys_while_dropping log log --reads 2
    keys_while_dropping settings settings
  } | sort -u >"$scratch/keys"
  cat "$scratch/keys"
  [ -s "$scratch/keys" ]
}

# An array may be empty, as notes are on a host where all is well.
are_documented() {
  grep -v '\]$\| \(notes\|values\|findings\)$' "$scratch/keys" |
    comm -23 - <(documented docs/command.md) | is_empty
}

exist() {
  documented docs/command.md | grep -v ' notes' |
    comm -23 - "$scratch/keys" | is_empty
}

are_valid() {
  local file
  for file in "$scratch"/json.*; do
    perl -MJSON::PP -e 'local $/; my $parser = JSON::PP->new;
      $parser->incr_parse(<STDIN>); 1 while $parser->incr_parse;
      die "rest: " . $parser->incr_text if $parser->incr_text =~ /\S/' <"$file" ||
      return 1
  done
  "$program" --since-boot --json --config "$scratch/conf" |
    perl -MJSON::PP -e 'local $/;
      decode_json(<STDIN>)->{since_boot} or die "no history"'
}

keeps_the_keys_of() { # FILE
  sort -u "$1" | comm -23 - <(documented docs/command.md) | is_empty
}

printf '%s\n' '[softnet]' "ProcRoot = $scratch/proc" "SysRoot = $scratch/proc" \
  '[softnet threshold netdev_max_backlog]' 'WarningMax = 1' >"$scratch/conf"
ok 'JSON is printed' all_keys
ok 'it is valid' are_valid
ok 'all its keys are documented' are_documented
ok 'all documented keys exist' exist
for file in tests/fixtures/command/json-keys-format-*.txt; do
  ok "the keys of ${file##*/} are still there" keeps_the_keys_of "$file"
done
done_testing
