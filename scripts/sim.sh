#!/usr/bin/env bash
# sim.sh BUILD SEEDS FIRST: the seed sweeps. A failing seed is printed with the command that replays it.
set -uo pipefail
bad=0
for program in "$1"/sweep_*; do
  [ -x "$program" ] && [ -f "$program" ] || continue
  printf '== %s\n' "$(basename "$program")"
  "$program" --seeds "$2" --first "$3" || bad=1
done
exit $bad
