#!/usr/bin/env bash
# One seed is one run: twice, in both wires, with and without the second thread, and replayed. Another seed is another run.
. "$(dirname "$0")/lib.sh"
run() { expect 0 run "$SCENARIOS/small.yaml" --quiet --format json --out "" "$@"; digest out; }
first=$(run)
[ ${#first} = 64 ] || fail "no digest in the summary"
for flags in "" "--wire text" "--threads 0" "--wire text --threads 0"; do
  # shellcheck disable=SC2086
  again=$(run $flags)
  [ "$again" = "$first" ] || fail "flags [$flags] change the digest: $again, not $first"
done
other=$(run --seed 6)
[ "$other" != "$first" ] || fail "another seed gives the same digest"

simulated=$(run --crypto simulated)
[ "$simulated" = "$(run --crypto simulated --wire text)" ] || fail "simulated signatures: the wire changes the digest"
[ "$first" = "$(run --crypto signatures)" ] || fail "nothing shielded happens, and simulated proofs change the digest"

# Kept, and replayed from its own folder; two equal runs keep equal event files.
expect 0 run "$SCENARIOS/small.yaml" --quiet --out kept
says out PASS
dir=$(find kept -mindepth 2 -maxdepth 2 -type d | head -1)
[ -n "$dir" ] && [ -L "$(dirname "$dir")/latest" ] || fail "no run folder with a latest link"
for file in summary.json events.ndjson junit.xml scenario.yaml; do [ -s "$dir/$file" ] || fail "no $file in $dir"; done
expect 0 replay "$(dirname "$dir")/latest" --quiet --out again --wire text
says err "replayed: the digest is the same"
cmp "$dir/events.ndjson" "$(find again -name events.ndjson | head -1)" || fail "equal runs, different events.ndjson"
grep -q wall "$dir/events.ndjson" && fail "wall time in events.ndjson"
for member in schema_version scenario verdict exit_code seed run_digest target crypto proofs validators bots virtual_seconds wall_seconds operations \
  errors error_rate tps latency_ms stages_ms service_ms sim_model assertions invariants thresholds chaos; do
  grep -q "\"$member\"" "$dir/summary.json" || fail "summary.json has no $member"
done
# A changed recording is noticed.
sed -i 's/"run_digest": *"[0-9a-f]\{8\}/"run_digest":"00000000/' "$dir/summary.json"
"$PROGRAM" replay "$dir" --quiet --out "" >out 2>err && fail "a foreign digest was not noticed"
says err "NOT the same run"
echo "one seed, one run: $first"
