#!/usr/bin/env bash
# What a machine can check of the style: walls, file length, unfinished marks, layout, and cppcheck where it is installed.
set -uo pipefail
cd "$(dirname "$0")/.."
bad=0
SOURCE=$PWD bash tests/house/test_walls.sh || bad=1
while read -r lines file; do
  [ "$file" != total ] && [ "$lines" -gt 800 ] && { echo "$file: $lines lines, split it along a noun"; bad=1; }
done < <(git ls-files 'src/*.c' 'src/*.h' | xargs wc -l)
git grep -nE '\b(TODO|FIXME|XXX)\b' -- src tests bench scenarios && bad=1
if command -v cppcheck >/dev/null; then
  # What an _init function fills looks uninitialized to it; the compilers and the sanitizers know better.
  cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --suppress=uninitvar --suppress=ctuuninitvar --error-exitcode=1 -I src \
    -DMUST_CHECK= -DFIBER= $(git ls-files 'src/*.c' | grep -v /test/) || bad=1
fi
exit $bad
