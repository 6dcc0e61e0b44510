#!/usr/bin/env bash
# No two rooms define the same name: a program that links both would take one for the other.
set -uo pipefail
cd "${BUILD:?the build folder}"
found=$(for library in lib*.a; do nm -g --defined-only "$library" 2>/dev/null | awk -v room="$library" '$2 ~ /^[TDRBV]$/ { print $3, room }'; done | sort -u |
  awk '$1 == name { print $1 " is defined in " room " and " $2 } { name = $1; room = $2 }')
# it can fail: the same list twice, under another name, must clash
planted=$(printf 'x liba.a\nx libb.a\n' | awk '$1 == name { print } { name = $1 }')
[ -n "$planted" ] || { echo "the symbols test cannot fail"; exit 1; }
[ -z "$found" ] || { echo "$found"; exit 1; }
