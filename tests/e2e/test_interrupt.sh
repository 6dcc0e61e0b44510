#!/usr/bin/env bash
# Ctrl-C in the middle of a long run: it ends soon, the report is there, exit 105, never PASS.
. "$(dirname "$0")/lib.sh"
"$PROGRAM" run load/high_tps --bots 0.2 --validators 4 --out kept >out 2>err </dev/null & # minutes of work
pid=$!
sleep 2
kill -INT $pid || fail "it had ended already"
wait $pid
status=$?
[ $status = 105 ] || fail "exit $status, not 105"
summary=$(find kept -name summary.json | head -1)
[ -n "$summary" ] || fail "no report"
[ "$(member "$summary" exit_code)" = 105 ] || fail "exit_code in the summary is $(member "$summary" exit_code)"
[ "$(member "$summary" verdict)" != PASS ] || fail "an interrupted run passed"
echo "an interrupted run tells what it reached"
