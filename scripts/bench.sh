#!/usr/bin/env bash
# Runs every bench program of a build tree, one after the other. A figure is claimed only from here.
set -euo pipefail
found=0
for program in "$1"/bench_*; do
  [ -x "$program" ] && [ -f "$program" ] || continue
  found=1
  printf '== %s\n' "$(basename "$program")"
  "$program"
  case "$(basename "$program")" in # and with both ledgers at work
    bench_load) for set in 80 4; do "$program" validators=$set delta=50; done ;;
    bench_idle80) "$program" 80 100 real both ;;
  esac
done
[ "$found" = 1 ] || { echo "no bench program in $1" >&2; exit 1; }
