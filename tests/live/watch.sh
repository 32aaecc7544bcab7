# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What quickstart does with a running collectd: shows its alerts, causes the demo's
# losses, prints a summary. RUN is the folder with collectd.log, csv/ and the files
# that these functions write: alerts (time|severity|plugin|instance|meter|message)
# and expected (plugin|meter or plugin|instance:meter). To be sourced; sourcing it
# changes nothing.

# shellcheck source=tests/live/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Colours, for a terminal without NO_COLOR.
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  declare -A colour=([FAILURE]=$'\e[1;31m' [error]=$'\e[1;31m'
    [WARNING]=$'\e[1;33m' [warning]=$'\e[1;33m' [OKAY]=$'\e[1;32m'
    [plain]=$'\e[0m')
else
  declare -A colour=()
fi

show_line() { # TIME SEVERITY MESSAGE
  printf '%s  %s%-8s%s %s\n' "$1" "${colour[$2]:-}" "$2" "${colour[plain]:-}" \
    "${3//[[:cntrl:]]/?}"
}

# Prints a field of a notification that the logfile plugin wrote; nothing if the
# field is absent.
notification_field() { # NAME TEXT
  [[ ", ${2%%, message = *}" =~ ,\ "$1"\ =\ ([^,]*) ]] &&
    printf '%s' "${BASH_REMATCH[1]}"
}

# Reads collectd's log from standard input, keeps all of it in collectd.log, and
# shows alerts, warnings and errors.
show_log() { # RUN
  trap '' INT TERM HUP
  local line time severity text
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$1/collectd.log"
    [[ $line =~ ^\[[-0-9]+\ ([:0-9]+)\]\ \[([a-z]+)\]\ (.*) ]] || continue
    time=${BASH_REMATCH[1]} severity=${BASH_REMATCH[2]} text=${BASH_REMATCH[3]}
    case "$severity $text" in
    "info Notification: "*)
      text=${text#Notification: }
      severity=$(notification_field severity "$text")
      printf '%s|%s|%s|%s|%s|%s\n' "$time" "$severity" \
        "$(notification_field plugin "$text")" \
        "$(notification_field "plugin_instance" "$text")" \
        "$(notification_field "type_instance" "$text")" \
        "${text#*, message = }" >>"$1/alerts"
      show_line "$time" "$severity" "${text#*, message = }"
      ;;
    warning\ * | error\ *) show_line "$time" "$severity" "$text" ;;
    esac
  done
}

has_values() { # RUN PLUGIN
  compgen -G "$1/csv/*/$2/*" >/dev/null
}

# Runs the loss script of each plugin that has one, one after the other. SIGTERM
# ends it, once the running script has cleaned up.
run_demo() { # RUN PLUGIN...
  local run=$1 name meter stopped='' work=''
  local -a names=()
  trap 'stopped=yes; [ -z "$work" ] || kill "$work" 2>/dev/null || true' TERM
  : >"$run/expected"
  for name in "${@:2}"; do
    [ -x "$live_directory/loss/$name.sh" ] || continue
    names+=("$name")
    for meter in $("$live_directory/loss/$name.sh" alerts); do
      printf '%s|%s\n' "$name" "$meter" >>"$run/expected"
    done
  done
  for name in "${names[@]}"; do
    [ -n "$stopped" ] || wait_until 10 has_values "$run" "$name" || true
    [ -n "$stopped" ] || sleep 2 # a rate needs two reads
    if [ -n "$stopped" ]; then
      printf '%s\n' "$name" >>"$run/missed"
      continue
    fi
    printf '%s\n' "$name" >"$run/turn"
    demonstrate "$name"
  done
  [ -n "$stopped" ] || touch "$run/done"
  [ -n "$stopped" ] ||
    echo "all losses are over; the alerts clear now" | show_demo
}

# Runs the loss script of one plugin; uses the variables of run_demo.
demonstrate() { # PLUGIN
  local status=0
  local -a with_root=()
  [ "$(id -u)" -eq 0 ] || with_root=(sudo)
  "${with_root[@]}" env NETLOSS_BUILD="$NETLOSS_BUILD" \
    "$live_directory/loss/$1.sh" demo > >(show_demo) 2>&1 &
  work=$!
  wait "$work" || status=$?
  if [ -n "$stopped" ]; then
    wait "$work" || true # the signal interrupted the first wait
  elif [ "$status" -ne 0 ]; then
    echo "$1: the losses could not be caused here" | show_demo
  fi
  work=
}

show_demo() {
  local line
  while IFS= read -r line; do
    printf '%(%T)T  %-8s %s\n' -1 demo "$line"
  done
}

# Prints what loses packets, or the table of values where the command was not
# built, and the alerts.
print_summary() { # RUN
  local -a files
  mapfile -t files < <(compgen -G "$1/csv/*/*/*" | sort)
  if [ "${#files[@]}" -eq 0 ]; then
    echo "No values were written."
  elif [ -s "$1/ladder" ]; then
    cat "$1/ladder"
  else
    awk -f "$live_directory/summary.awk" \
      /usr/share/collectd/types.db "${files[@]}"
  fi
  printf '\n'
  [ -e "$1/alerts" ] || {
    echo "No alert was raised."
    return
  }
  awk -F '|' '
    { alerts[$2]++ }
    END {
      printf "Alerts: %d failure, %d warning, %d cleared\n",
             alerts["FAILURE"], alerts["WARNING"], alerts["OKAY"]
    }' "$1/alerts"
  local time severity message
  while IFS='|' read -r time severity _ _ _ message; do
    show_line "$time" "$severity" "$message"
  done <"$1/alerts"
}

# Prints what an early end of the demo left out. Returns 1 if it was not early.
print_missed() { # RUN
  local name
  [ ! -e "$1/done" ] || return 1
  [ ! -e "$1/turn" ] || printf 'Demo: ended during the turn of %s\n' "$(<"$1/turn")"
  [ ! -e "$1/missed" ] || while read -r name; do
    printf "Demo: ended before %s's turn\n" "$name"
  done <"$1/missed"
}

# Prints for each alert that the demo expects whether it was raised, and cleared on
# every object. Returns 1 if one was not.
judge_demo() { # RUN
  [ -s "$1/expected" ] || {
    echo "Demo: none of the plugins has a loss script."
    return 1
  }
  touch "$1/alerts"
  awk -F '|' '
    # An alert is expected by its meter, or by object and meter: Udp:InErrors.
    FILENAME == ARGV[1] {
      note($3 "|" $5, $4, $2)
      note($3 "|" $4 ":" $5, $4, $2)
      next
    }
    {
      wanted = $1 "|" $2
      name = $1 ": " $2
      if (!(wanted in raised)) {
        print "Demo: no alert was raised for " name
        failed = 1
        next
      }
      cleared = 1
      for (object in state)
        if (index(object, wanted "|") == 1 && state[object] != "OKAY")
          cleared = 0
      if (!cleared) {
        print "Demo: the alert for " name " was raised, but not cleared in time"
        failed = 1
      } else
        print "Demo: the alert for " name " was raised and cleared"
    }
    function note(meter, object, severity) {
      state[meter "|" object] = severity
      if (severity != "OKAY")
        raised[meter] = 1
    }
    END { exit failed }' "$1/alerts" "$1/expected"
}
