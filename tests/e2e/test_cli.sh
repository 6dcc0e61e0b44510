#!/usr/bin/env bash
# Help teaches, lists list, wrong words are refused with a remedy.
. "$(dirname "$0")/lib.sh"
expect 0 --help;     says out "first steps"
expect 0 --version;  says out "adnet-testbots 0."
expect 104;          says err "usage:"
expect 104 rnu;      says err 'did you mean "run"?'
for verb in run list show validate replay test; do
  expect 0 "$verb" --help; says out "usage: adnet-testbots $verb"
  expect 0 "$verb" --version
  expect 104 "$verb" --no-such-flag; says err "--no-such-flag"
done
expect 0 list;            says out "unit/simple_transfer"
expect 0 list behaviors;  says out "transfer.simple"
expect 0 list roles;      says out "market_maker"
expect 0 list checks;     says out "INV-01"
expect 0 list actions;    says out "enable_vulnerability"
expect 0 list metrics;    says out "tps_avg"
expect 104 list wishes;   says err "scenarios, behaviors"
expect 0 show simple_transfer;             says out "transfer.simple"
expect 0 show simple_transfer --yaml;      says out "scenario:"
expect 104 show simple_trasnfer;           says err "simple_transfer"
expect 0 validate;                         says out "load/high_tps: valid"
expect 0 run simple_transfer --dry-run;    says out "transfer.simple"
[ -e runs ] && fail "a dry run left something behind"
expect 104 run simple_transfer --out /proc/runs;   says err "--out: /proc/runs: cannot make the directory"
expect 104 run simple_transfer --out /proc;        says err "--out: /proc: cannot write into the directory"
expect 104 run simple_transfer --validators 300;   says err "--validators"
expect 104 run simple_transfer --set setup.network.validators=x
expect 104 run simple_transfer --target devnet;    says err "not in this build"
expect 0 show simple_transfer --vulnerable vuln.escrow-leak;  says out "planted: vuln.escrow-leak"
expect 104 show simple_transfer --vulnerable vuln.escrow-lek; says err "did you mean 'vuln.escrow-leak'?"
expect 104 run simple_transfer --vulnerable vuln.escrow-leak --set setup.network.alpha_network=mainnet
says err "no weakness is planted with Alpha on mainnet"
expect 104 run no/such/file.yaml;                  says err "no/such/file.yaml"
expect 2 replay no/such/dir

expect 0 test identity --seed 42 --name user-1 --format json
says out '251a17b05f88f5e00d0e6ddabb92a53c6336f9081c5cfdc2c60aa899ac175ce9'
says out 'ax1ua7tgj46twaevjpwsz827yczwrkpkgwqnlywrn93lc6u0mterh7qp88eff'
expect 0 test wallet --seed 42
expect 0 test simple-transfer --seed 42; says out finalized
expect 104 test juggling; says err "identity, wallet, simple-transfer"
echo "the command line behaves"
