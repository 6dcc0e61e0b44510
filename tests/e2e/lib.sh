# Sourced by the end-to-end tests: they drive the built program from outside, in a folder of their own.
set -uo pipefail
SOURCE=${SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
BUILD=${BUILD:-$SOURCE/build/debug}
PROGRAM=${PROGRAM:-$BUILD/adnet-testbots}
SCENARIOS=$SOURCE/tests/e2e/scenarios
[ -x "$PROGRAM" ] || { echo "no program at $PROGRAM"; exit 1; }
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK" || exit 1
export NO_COLOR=1

fail() { echo "FAILED: $*"; [ -f out ] && { echo "--- stdout"; head -40 out; }; [ -f err ] && { echo "--- stderr"; head -40 err; }; exit 1; }
# expect STATUS COMMAND...: runs the program, keeps stdout in ./out and stderr in ./err.
expect() {
  local want=$1; shift
  "$PROGRAM" "$@" >out 2>err </dev/null
  local got=$?
  [ "$got" = "$want" ] || fail "adnet-testbots $*: exit $got, not $want"
}
says() { grep -qF -- "$2" "$1" || fail "$1 does not say: $2"; }
# member FILE PATH: a member of a JSON file by a jq-less walk: only flat, top-level scalars are needed here.
member() { grep -oE "\"$2\" *: *(\"[^\"]*\"|[0-9.eE+-]+|true|false|null)" "$1" | head -1 | sed -E 's/^"[^"]*" *: *//; s/^"(.*)"$/\1/'; }
digest() { member "$1" run_digest; }
