#!/usr/bin/env bash
# fuzz.sh BUILD SECONDS: shares the seconds out over all fuzzers; a new crashing input is left in the fuzzer's corpus as crash-*.
set -uo pipefail
build=$1 seconds=$2
mapfile -t sources < <(git ls-files 'src/*/test/fuzz_*.c')
[ ${#sources[@]} -gt 0 ] || { echo "no fuzzer" >&2; exit 1; }
each=$((seconds / ${#sources[@]}))
[ "$each" -ge 1 ] || each=1
bad=0
for source in "${sources[@]}"; do
  unit=$(basename "$source" .c)
  corpus=$(dirname "$source")/corpus/$unit
  program=$(find "$build" -maxdepth 1 -name "*.$unit" -type f | head -1)
  work=$build/corpus/$unit
  mkdir -p "$work"
  printf '== %s, %s s\n' "$unit" "$each"
  "$program" -max_total_time="$each" -print_final_stats=1 -artifact_prefix="$corpus/crash-" "$work" "$corpus" >"$work.log" 2>&1
  status=$?
  grep -E 'stat::number_of_executed_units|^Done|ERROR|SUMMARY' "$work.log"
  [ $status -eq 0 ] || { bad=1; tail -20 "$work.log"; }
done
exit $bad
