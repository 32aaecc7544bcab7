# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What quickstart does with a running collectd: show its alerts, make the demo's
# losses, sum up. RUN is the folder with collectd.log, csv/ and the files that
# these functions keep: alerts (time|severity|plugin|instance|meter|message)
# and expected (plugin|meter or plugin|instance:meter). To be sourced; changes
# nothing.

# shellcheck source=tests/live/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# A terminal gets colours, unless its owner said no.
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

# One field of a notification as the logfile plugin writes it, empty if absent.
notification_field() { # NAME TEXT
  [[ ", ${2%%, message = *}" =~ ,\ "$1"\ =\ ([^,]*) ]] &&
    printf '%s' "${BASH_REMATCH[1]}"
}

# Takes collectd's log from its logfile plugin. Keeps all of it, and shows
# alerts as well as what is a warning or worse.
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

# Makes the losses of each plugin that has a script for them, one after the
# other. SIGTERM ends it when the script at work has tidied up.
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
    wait_until 10 has_values "$run" "$name" || true
    sleep 2 # a rate needs two readings
    [ -n "$stopped" ] || demonstrate "$name"
  done
  [ -n "$stopped" ] ||
    echo "that was all; an alert clears when nothing more is lost" | show_demo
}

# One script's part; uses the variables of run_demo.
demonstrate() { # PLUGIN
  local status=0
  local -a with_root=()
  [ "$(id -u)" -eq 0 ] || with_root=(sudo)
  "${with_root[@]}" env NETLOSS_BUILD="$NETLOSS_BUILD" \
    "$live_directory/loss/$1.sh" demo > >(show_demo) 2>&1 &
  work=$!
  wait "$work" || status=$?
  if [ -n "$stopped" ]; then
    wait "$work" || true # the first one ended with the signal
  elif [ "$status" -ne 0 ]; then
    echo "$1: its losses could not be made to happen" | show_demo
  fi
  work=
}

show_demo() {
  local line
  while IFS= read -r line; do
    printf '%(%T)T  %-8s %s\n' -1 demo "$line"
  done
}

# The table of values, and the alerts.
print_summary() { # RUN
  local -a files
  mapfile -t files < <(compgen -G "$1/csv/*/*/*" | sort)
  if [ "${#files[@]}" -gt 0 ]; then
    awk -f "$live_directory/summary.awk" \
      /usr/share/collectd/types.db "${files[@]}"
  else
    echo "No values were written."
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

# Says whether all that the demo expects was raised, and cleared on every
# object on which it was raised; 1 if not.
judge_demo() { # RUN
  [ -s "$1/expected" ] || {
    echo "Demo: there is no script for any of the plugins."
    return 1
  }
  touch "$1/alerts"
  awk -F '|' '
    # An alert answers to its meter, and to its object and meter: Udp:InErrors.
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
