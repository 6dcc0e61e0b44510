#!/usr/bin/env bash
# Bots that live by the mixes of their roles: one whole town, twice the same; the same town in a storm; and voters
# who find nothing to vote on.
set -euo pipefail
program=$(realpath "$BUILD/adnet-testbots")
SOURCE=$(realpath "$SOURCE")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
fail() { echo "FAIL: $*"; exit 1; }

"$program" run example/town_life --crypto simulated > out || { cat out; fail "a day of the town"; }
grep -q '^PASS' out || fail "no PASS"
for behavior in cross_chain.lock_mint privacy.mix privacy.batch_prove governance.propose governance.vote perp.trade dex.provide_liquidity oracle.submit_price d007.settle; do
  grep -q "pass    A day's work" out && grep -q "  $behavior " out || fail "nothing was held against the chain for $behavior"
done
grep -A3 'were not meant to' out | grep -q 'd007.offramp .*refused, KYC_REJECTED' || fail "failed operations are not listed by their reason"
first=$(grep -o 'digest [0-9a-f]*' out)
"$program" replay runs/example/town_life/latest > again 2>&1 && grep -q 'the digest is the same' again || { cat again; fail "replay differs"; }

storm=$SOURCE/tests/e2e/scenarios/town_storm.yaml
for seed in 11 20; do
  "$program" run "$storm" --seed $seed --crypto simulated > storm || { cat storm; fail "a storm with seed $seed"; }
done

cat > voters.yaml <<'YAML'
scenario:
  metadata: {id: OWN-002, name: voters alone, type: functional, duration: 2m}
  setup:
    network: {validators: 4}
    bots: [{id: "v-{1-3}", role: governor, variant: passive, wallet_ax: 10_000_000, stake: 1_000_000}]
  phases:
    - {name: Wait, duration: 2m, bots: v-*}
  success_criteria: [{postconditions: true}]
YAML
status=0
"$program" run voters.yaml --crypto simulated > short || status=$?
[ "$status" -eq 2 ] || fail "exit $status for voters without a proposal"
grep -q 'could not even try: no proposal is open' short || fail "why nobody voted is not said"

"$program" list roles > roles
grep -q 'lives by governance.vote (choice abstain) 100%; 1/m' roles || fail "list roles hides the mix"
"$program" show example/town_life > shown
grep -q 'transfer.simple .*0.750/m a bot poisson, about 105 operations' shown || fail "show hides the shares"
echo "town: $first"
