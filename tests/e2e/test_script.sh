#!/usr/bin/env bash
# Behaviours in Lua, from outside: a scenario and a script of one's own anywhere; errors carry file and line; a script's error says nothing
# about the network (INVALID), nor does a script that does nothing, a broken claim does (FAIL); two runs, two wires and a replay have one
# digest.
set -euo pipefail
program=${BUILD:?}/adnet-testbots
[ -x "$program" ] || program=${SOURCE:?}/build/adnet-testbots
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir -p own/script
scenario() { # scenario BEHAVIOR
  cat >own/mine.yaml <<YAML
scenario:
  metadata: {id: OWN-001, name: mine, type: functional, duration: 20s}
  setup:
    network: {validators: 4}
    bots: [{id: "u-{1-3}", role: general_user, wallet_ax: 100000}]
  phases:
    - {name: Go, count: 2, timeout: 19s, bots: u-*, behavior: $1}
  success_criteria: [{postconditions: true}]
YAML
}
expect() { # expect STATUS TEXT -- command...
  local want=$1 text=$2 got=0
  shift 3
  "$@" >out 2>&1 || got=$?
  [ "$got" = "$want" ] || { cat out; echo "exit $got, not $want: $*"; exit 1; }
  grep -qF -- "$text" out || { cat out; echo "does not say: $text"; exit 1; }
}
scenario script/mine
expect 104 "own/mine.yaml:7:" -- "$program" run own/mine.yaml
expect 104 "there is no own/script/mine.lua" -- "$program" run own/mine.yaml
printf 'return {\n  summary = "s",\n  step = function(act)\n    retrun 5\n  end }\n' >own/script/mine.lua
expect 104 "own/script/mine.lua:4: syntax error near '5'" -- "$program" validate own/mine.yaml
printf 'return {\n  summary = "s",\n  step = function(act)\n    local x = nil\n    act:note(x.y)\n  end }\n' >own/script/mine.lua
expect 2 "own/script/mine.lua:5: attempt to index a nil value (local 'x')" -- "$program" run own/mine.yaml
printf 'return {\n  summary = "s",\n  step = function(act)\n    act:send { kind = "transfre" }\n  end }\n' >own/script/mine.lua
expect 2 "own/script/mine.lua:4: 'transfre' is no kind of transaction" -- "$program" run own/mine.yaml
step() { printf 'return {\n  summary = "s",\n  transaction = true,\n  step = function(act)\n    %s\n  end }\n' "$1" >own/script/mine.lua; }
faulty() { # faulty TEXT LUA: the script breaks at its fifth line, and the error says TEXT
  step "$2"
  expect 2 "own/script/mine.lua:5: $1" -- "$program" run own/mine.yaml
}
faulty "'transferr' is no kind of transaction of that chain; did you mean 'transfer'?" 'act:send{kind = "transferr"}'
faulty "act:send has no 'payloda'; did you mean 'payload'?" 'act:send{kind = "transfer", payloda = {}}'
faulty "the payload of 'transfer': missing: payload.memo" 'act:send{kind = "transfer", payload = {to = act:me().alpha, token = "AX", amount = "5"}}'
faulty "payload must be a table of the members that 'transfer' has, not string" 'act:send{kind = "transfer", payload = "5"}'
faulty "act:pay needs 'to'" 'act:pay{amount = 5}'
faulty "act:pay has no 'amuont'; did you mean 'amount'?" 'act:pay{to = act:me().alpha, amuont = 5}'
faulty "it computes and never waits" 'while true do end'
faulty "not enough memory: a script has 64 MiB" 'while true do kept = {kept, ("x"):rep(1000)} end' # and the executions behind it have none
faulty "an error that is no text, but a table" 'error({})'
# Every call is told by what became of it alone: the operation's first failure is not that of what comes behind it.
pays='act:pay{to = act:me().alpha, amount = '
votes='act:send{kind = "proposal_vote", payload = {proposal = ("11"):rep(32), choice = "yes"}, expect = "PROPOSAL_NOT_FOUND"}'
faulty "nil skipped, true, true" "local no, why = ${pays}(\"9\"):rep(30)} error(tostring(no) .. \" \" .. why .. \", \" .. tostring(${pays}5}) .. \", \" .. tostring($votes))"
step 'local add = function() kept = {kept} end repeat local ok = pcall(add) until not ok act:sleep(3000) act:claim("x", true)'
expect 2 "own/script/mine.lua: not enough memory: other executions of the script hold its 64 MiB" -- "$program" run own/mine.yaml
# Partners: replies, reasons, errors and what is too long, as the one who asks is told of them.
cat >own/script/mine.lua <<'LUA'
local answers = {
  text = function() return "fine" end, number = function() return 7 end, refuse = function() return nil, "not today" end,
  silent = function() end, long = function() return ("x"):rep(70000) end, fail = function() error("boom") end,
}
return {
  summary = "s",
  step = function(act)
    if act:me().index == 0 then
      local stop = act:now() + 8000
      while act:now() < stop do
        local ok, why = pcall(act.serve, act, "own", function(text) return answers[text]() end, 1000)
        act:claim("what went wrong is told", ok or why:find("boom") or why:find("a reply has 70000 bytes"), why)
      end
      return
    end
    act:sleep(1000 + 100 * act:me().index)
    local told = {}
    for _, text in ipairs { "text", "number", "refuse", "silent", "long", "fail" } do
      local reply, why = act:ask("own", text, 2000)
      told[#told + 1] = reply or why
    end
    told = table.concat(told, ", ")
    act:claim("partners", told == "fine, 7, the partner failed: not today, the partner failed: refused, the partner failed: its reply is too long, the partner failed: the script failed", told)
  end,
}
LUA
sed -i 's/count: 2, timeout: 19s/count: 1, timeout: 19s/' own/mine.yaml
expect 0 "PASS" -- "$program" run own/mine.yaml
scenario script/mine
step 'if act:me().index > 0 then return act:skip("not today") end act:pay{to = act:partner().alpha, amount = 5}'
expect 2 "4 could not even be tried: not today" -- "$program" run own/mine.yaml
step ''
expect 2 "6 executions did nothing that says anything about the network" -- "$program" run own/mine.yaml
step 'act:get("alpha", "/block/latest")'
expect 2 "no operation claimed anything, moved anything or left anything to compare" -- "$program" run own/mine.yaml
step 'act:claim("it ends", true) while true do act:sleep(1000) end'
expect 1 "the timeout came first" -- "$program" run own/mine.yaml
step 'assert(act:pay{to = act:partner().alpha, amount = 5, memo = 12345})'
expect 0 "PASS" -- "$program" run own/mine.yaml
printf 'return {\n  summary = "s",\n  step = function(act)\n    act:claim("two is one", 1 == 2, "saw two")\n  end }\n' >own/script/mine.lua
expect 1 "two is one: saw two" -- "$program" run own/mine.yaml
cat >own/script/mine.lua <<'LUA'
return {
  summary = "pay somebody something",
  transaction = true,
  step = function(act)
    local to = act:partner()
    local amount = math.random(10, 20)
    assert(act:pay { to = to.alpha, amount = amount })
    act:sleep(math.random(0, 300))
    local code = select(2, act:get("alpha", "/transaction/" .. string.rep("0", 64)))
    act:claim("a transaction that is not there is not found", code == "TRANSACTION_NOT_FOUND", tostring(code))
    act:send { kind = "proposal_vote", payload = { proposal = string.rep("11", 32), choice = "yes" }, expect = "PROPOSAL_NOT_FOUND" }
  end,
}
LUA
expect 0 "PASS" -- "$program" run own/mine.yaml
first=$(grep -o 'digest [0-9a-f]*' out)
expect 0 "$first" -- "$program" run own/mine.yaml --wire text --threads 0
expect 0 "the digest is the same" -- "$program" replay runs/mine/latest
expect 0 "PASS" -- "$program" run example/scripted_payments
echo "scripts: $first"
