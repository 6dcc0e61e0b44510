#!/usr/bin/env bash
# The planted switches, from the sources alone:
#   1. each constant of ledger/weakness.h is named once in network/, outside tests: in the one guard that asks it; what a wallet does
#      (and no node can) is asked once in tester/, by the switch's name;
#   2. each is put on by a test: some line of a test names it and puts it on;
#   3. each is in the build.
# Prints each offence, or how many hold. It first proves on planted offences that it can fail.
set -uo pipefail
root=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}

switches() { # switches ROOT: prints offences, and last how many switches there are
  ( cd "$1" && {
    find src/network src/tester tests -name '*.[ch]' -print0 2>/dev/null | xargs -0 grep -HnE 'WEAKNESS_[A-Z]|"[^"]*vuln\.[a-z]' /dev/null
    echo 'end of sources'
    cat src/network/ledger/weakness.h
  } ) | awk '
    function offence(name, text) { printf "%s: %s\n", name, text; bad++ }
    $0 == "end of sources" { table = 1; next }
    table { rows = rows $0 "\n"; next }
    {
      file = $0; sub(/:.*/, "", file); line = $0; sub(/^[^:]*:[0-9]*:/, "", line)
      if (file ~ /network\/ledger\/weakness\.[ch]$/ || file ~ /tester\/scenario\/vocab\.c$/) next
      intest = file ~ /\/test\// || file ~ /^tests\//
      on = intest && line !~ /false\)/ && (line ~ /(put|set|switch|spoil|with|with_lock)[a-z_]*\(/ || line ~ /, on\)/ || line ~ /switches\/vuln\..*true/)
      rest = line
      while (match(rest, /WEAKNESS_[A-Z][A-Z_]*|vuln\.[a-z][a-z-]*/)) {
        name = substr(rest, RSTART, RLENGTH); rest = substr(rest, RSTART + RLENGTH)
        if (name ~ /^WEAKNESS_/) { sub(/^WEAKNESS_/, "", name); name = "vuln." tolower(name); gsub(/_/, "-", name) }
        else if (!intest && file ~ /^src\/network/) continue # told in words, not asked
        if (on) probed[name]++
        else if (!intest && file ~ /^src\/network/) { asked[name]++; where[name] = where[name] " " file }
        else if (!intest) { wallet[name]++; where[name] = where[name] " " file }
      }
    }
    END {
      n = split(rows, part, /W\(/)
      for (i = 2; i <= n; i++) {
        if (part[i] !~ /^[A-Z][A-Z_]*, *"?/ || !match(part[i], /"vuln\.[a-z-]+"/)) continue
        name = substr(part[i], RSTART + 1, RLENGTH - 2); count++
        constant = part[i]; sub(/,.*/, "", constant); constant = "vuln." tolower(constant); gsub(/_/, "-", constant)
        if (constant != name) offence(name, "its constant is called otherwise")
        if (part[i] !~ /true\)/) offence(name, "it is not in the build")
        if (asked[name] > 1) offence(name, "asked in" where[name])
        else if (asked[name] + 0 == 0 && wallet[name] != 1) offence(name, wallet[name] ? "asked in" where[name] : "nobody asks it")
        if (!probed[name]) offence(name, "no test puts it on")
      }
      printf "%d switches\n", count
    }'
}

# It can fail: one switch in order, and one offence of each kind.
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
mkdir -p "$trial/src/network/ledger/test" "$trial/src/tester" "$trial/tests"
{
  for name in fine wallet twice unasked unprobed absent half; do
    printf '    W(%s, "vuln.%s", "area", "what", %s) \\\n' "${name^^}" "$name" "$([ $name = absent ] && echo false || echo true)"
  done
} > "$trial/src/network/ledger/weakness.h"
printf 'off(WEAKNESS_FINE);\noff(WEAKNESS_TWICE);\noff(WEAKNESS_UNPROBED);\noff(WEAKNESS_ABSENT);\noff(WEAKNESS_HALF);\n' > "$trial/src/network/ledger/guard.h"
printf 'off(WEAKNESS_TWICE);\n' > "$trial/src/network/other.c"
printf 'asked("vuln.wallet");\n' > "$trial/src/tester/wallet.c"
printf 'put_switch(WEAKNESS_%s);\n' FINE TWICE UNASKED ABSENT > "$trial/src/network/ledger/test/test_a.c"
printf 'switch_put("vuln.wallet", true);\nswitch_put("vuln.half", false);\n' > "$trial/tests/test_b.c"
want='vuln.absent vuln.half vuln.twice vuln.unasked vuln.unprobed 7'
got=$(switches "$trial" | sed -e 's/ switches$//' | cut -d: -f1 | xargs -n1 | LC_ALL=C sort -r | xargs)
want=$(printf '%s\n' $want | LC_ALL=C sort -r | xargs)
if [ "$got" != "$want" ]; then
  echo "the switch test itself is broken: of planted offences in [$want] it saw [$got]"
  exit 1
fi

found=$(switches "$root")
count=$(printf '%s\n' "$found" | tail -1)
if [ "$(printf '%s\n' "$found" | wc -l)" -gt 1 ]; then
  printf '%s\n' "$found"
  exit 1
fi
if [ "$count" != "91 switches" ]; then
  echo "the table has $count, not 91"
  exit 1
fi
echo "$count: each in the build, asked in one guard, put on by a test"
