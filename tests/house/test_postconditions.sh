#!/usr/bin/env bash
# Every post-condition that a behaviour claims is broken by a row of a test in tests/bots/ (one that includes broken.h), or has a reason in scripts/postconditions.txt why none
# does. From the sources alone; `make postconditions` runs the rows. It first proves on planted claims that it can fail.
set -uo pipefail
root=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
script=$root/scripts/postconditions.sh

trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
mkdir -p "$trial/src/tester/behavior/test" "$trial/src/tester/bot" "$trial/tests/bots" "$trial/scripts"
cat >"$trial/src/tester/bot/claim.h" <<'C'
bool act_claim(struct act *act, const char *claim, bool holds, const char *fmt, ...);
C
cat >"$trial/src/tester/behavior/a.c" <<'C'
#define CLEAR_CLAIM "nothing is read in clear"
/* act_claim(act, "this is but a remark", true, ""); */
static bool helps(struct act *act, int number, const char *claim) { return act_claim(act, claim, number, "%d, and \"so\" (on", number); }
static void step(struct act *act)
{
    const char *claim = "a variable holds its claim";
    if (odd) claim = "another word for it";
    (void)(act_claim(act, claim, true, "seen") && act_claim(act, left ? "the left one is broken" : "the right one is open", f(1, 2), "is (%s)", "x"));
    (void)helps(act, 7, "a helper's claim"
                        " goes on");
    (void)act_claim(act, CLEAR_CLAIM, true, "");
    (void)act_claim(act, "there is a reason for this", true, "");
}
C
printf '#include "broken.h"\nrows[] = {"x", "the left one is broken"}, {"a helper'"'"'s claim goes"}, {"a variable holds its claim"}, {"nothing is"};\n' >"$trial/tests/bots/test_broken_a.c"
printf '# claim | reason\nthere is a reason for this | it cannot be broken from outside\nnobody ever said so | a rest\na variable holds its claim | no longer\nanother word for it |\n' \
  >"$trial/scripts/postconditions.txt"
want='it has a row and needs no reason: a variable holds its claim
no reason is given: another word for it
no row breaks it: the right one is open (src/tester/behavior/a.c)
nobody claims it: nobody ever said so'
got=$("$script" open "$trial")
status=$?
if [ "$got" != "$want" ] || [ "$status" -eq 0 ]; then
  printf 'the test of post-conditions itself is broken: of planted claims it saw\n%s\n(status %s)\n' "$got" "$status"
  exit 1
fi

found=$("$script" open "$root") || { printf '%s\n' "$found"; exit 1; }
printf '%s claims: each broken by a row, but %s that have a reason\n' "$("$script" claims "$root" | cut -f2 | LC_ALL=C sort -u | wc -l)" \
  "$(grep -cv '^ *\(#\|$\)' "$root/scripts/postconditions.txt")"
