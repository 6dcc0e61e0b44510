#!/usr/bin/env bash
# Everything that is wrong with a scenario is said in one pass, each with its place; nothing is started, exit 104.
. "$(dirname "$0")/lib.sh"
wrong() { # wrong FILE COUNT PLACE:TEXT...
  local file=$SCENARIOS/bad_$1.yaml count=$2
  shift 2
  expect 104 run "$file" --out kept
  [ ! -s out ] || fail "$file: something on stdout"
  [ ! -e kept ] || fail "$file: something was started"
  [ "$(grep -c ': error: ' err)" = "$count" ] || fail "$file: $(grep -c ': error: ' err) errors, not $count"
  for finding in "$@"; do
    grep -qF "bad_${file##*bad_}:${finding%%|*}: error: ${finding#*|}" err || fail "$file does not say: $finding"
  done
  grep -q '^ *^$' err || fail "$file: no caret"
}
wrong names 11 "2:47|'laod' is no type" "5:32|unknown role 'generl_user'; did you mean 'general_user'?" "5:52|count is 9, but 'u-{1-10}' expands to 10" \
  "5:66|wallet_ax is not an amount" "9:13|selector 'u-{1-20}' names 20 bots" "10:7|unknown key 'behaviour' in phase 'Peak'; did you mean 'behavior'?" \
  "11:13|'10 per second' is no rate" "13:20|'<5 seconds' does not fit metric 'latency_p95'"
says err "did you mean '< 5s'?"
wrong later 5 "10:17|behavior 'spam.cpu_burn' is known, not in this build" "12:13|there is a phase 'A' already" \
  "15:17|unknown behavior 'transfer.casual'; did you mean 'transfer.simple'?" "18:21|unknown chaos action 'partition_network'; did you mean 'partition'?" \
  "20:7|metric 'bots_lost' is known, not in this build"
wrong tab 1 "2:1|a tab in the indentation"
wrong double 3 "5:5|duplicate key 'seed', first on line 4" "7:14|bots of 'u' may spend up to 19337 AX" "9:122|'\${y}' was never captured earlier"
wrong overlap 7 "4:39|unknown network parameter 'block_interval'; did you mean 'block_interval_ms'?" "11:17|target 'partition_a' in phase 'P'" \
  "13:21|unknown error code 'INSUFICIENT_BALANCE'" "14:42|two tracks of the phase claim bot 'u-1'" "16:32|'v9' is beyond the network's 4 validators" \
  "17:56|'> 99s' does not fit metric 'success_rate'"
echo "every fault is told with its place"
