#!/usr/bin/env bash
# What proves nothing is INVALID; a proven violation stays FAIL whatever else is missing; a missed threshold alone is 99.
. "$(dirname "$0")/lib.sh"
invalid() { # invalid FILE WORD: exit 2, and the report says WORD
  expect 2 run "$SCENARIOS/$1.yaml" --quiet --format json --out ""
  [ "$(member out verdict)" = INVALID ] || fail "$1: verdict $(member out verdict)"
  says out "$2"
  expect 2 run "$SCENARIOS/$1.yaml" --quiet --out ""
  says out "adnet-testbots run"
}
invalid noop_partition partition
invalid noop_crash crash
expect 0 run "$SCENARIOS/liars.yaml" --quiet --format json --out ""
[ "$(member out verdict)" = PASS ] || fail "liars: verdict $(member out verdict)"
invalid no_samples finality_p95
invalid no_attempt "Too slow to begin"
invalid missed_rate Offer
expect 1 run "$SCENARIOS/violation.yaml" --quiet --format json --out ""
[ "$(member out verdict)" = FAIL ] || fail "violation: verdict $(member out verdict)"
says out '"INVALID"' # the missing sample is told as well
expect 99 run "$SCENARIOS/small.yaml" --quiet --format json --out "" --set scenario.success_criteria='[{finality_p95: "< 1ms"}]'
[ "$(member out verdict)" = FAIL ] || fail "threshold: verdict $(member out verdict)"
echo "verdicts hold"
