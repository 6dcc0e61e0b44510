#!/usr/bin/env bash
# Every path that docs/TOUR.md and README.md name in backticks exists; every room has a README of at most 25 lines.
set -uo pipefail
root=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
bad=0
check() { # check FILE: prints what it names and is not there
  grep -oE '`[A-Za-z0-9_./-]+`' "$1" | tr -d '`' | grep -E '^(src|docs|tests|bench|scenarios|scripts|cmake|\.ci)/|^(README\.md|Makefile|CMakeLists\.txt|LICENSE)$' | sort -u |
    while read -r path; do [ -e "$root/$path" ] || echo "$1 names $path, which does not exist"; done
}
printf 'see `src/nowhere/at_all.c`\n' > "${TMPDIR:-/tmp}/tour.$$"
[ -n "$(check "${TMPDIR:-/tmp}/tour.$$")" ] || { echo "the tour test cannot fail"; bad=1; }
rm -f "${TMPDIR:-/tmp}/tour.$$"
missing=$(check "$root/docs/TOUR.md"; check "$root/README.md")
[ -z "$missing" ] || { echo "$missing"; bad=1; }
while read -r folder; do
  readme=$root/src/$folder/README.md
  [ -d "$root/src/$folder" ] || continue
  if [ ! -f "$readme" ]; then echo "src/$folder has no README.md"; bad=1
  elif [ "$(wc -l < "$readme")" -gt 25 ]; then echo "$readme is longer than 25 lines"; bad=1; fi
done < <(sed -nE 's/^room\([a-z_]+ +([a-z_\/]+).*/\1/p' "$root/CMakeLists.txt")
exit $bad
