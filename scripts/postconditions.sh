#!/usr/bin/env bash
# Which post-conditions there are, and what breaks each of them.
#   postconditions.sh BUILD          runs those tests of tests/bots/ that break claims (they include broken.h) and prints the table: behaviour, claim, what broke it; then what no row
#                                    breaks. Fails when a test does, or when a claim has neither a row nor a reason in postconditions.txt
#   postconditions.sh claims ROOT    the claims that the sources of a tree make: file and claim, from the calls that take one
#   postconditions.sh open ROOT      those without a row in the sources of its tests and without a reason; and reasons that nothing needs any more
set -uo pipefail

claims() { # claims ROOT
  ( cd "$1" && cat <(for file in $(find src/tester/behavior src/tester/bot -name '*.[ch]' -not -path '*/test/*' -not -path '*/bot/*.c' | LC_ALL=C sort); do
      printf '\001%s\n' "$file"; cat "$file"
    done) ) | awk '
    function stripped(s,   out, at) { # without comments; no string of the sources has a slash and a star in it
      out = ""
      while ((at = index(s, "/*")) > 0) { out = out substr(s, 1, at - 1); s = substr(s, at + 2); s = substr(s, index(s, "*/") + 2) }
      return out s
    }
    function learn(s,   head, name, at, depth, i, c, place) { # functions with a parameter `const char *claim`: its place among them
      while ((at = index(s, "const char *claim")) > 0) {
        head = substr(s, 1, at - 1); place = 0; depth = 0
        s = substr(s, at + 17)
        if (s !~ /^[,)]/) continue
        for (i = length(head); i > 0; i--) {
          c = substr(head, i, 1)
          if (c == ")") depth++
          else if (c == "(" && depth-- == 0) break
          else if (c == "," && depth == 0) place++
        }
        head = substr(head, 1, i - 1)
        if (match(head, /[a-z_]+$/)) { name = substr(head, RSTART); takes[name] = place }
      }
    }
    function put(file, text) { if (!told[file, text]++) print file "\t" text }
    function literals(file, arg,   n) { # C strings of an expression; ones that touch are one
      n = 0
      gsub(/"[ \n]+"/, "", arg)
      while (match(arg, /"([^"\\]|\\.)*"/)) { put(file, substr(arg, RSTART + 1, RLENGTH - 2)); arg = substr(arg, RSTART + RLENGTH); n++ }
      return n
    }
    function argument(s, place,   i, c, depth, quoted, arg) { # of a call whose arguments begin s
      arg = ""; depth = 0; quoted = 0
      for (i = 1; i <= length(s); i++) {
        c = substr(s, i, 1)
        if (quoted) { if (c == "\\") { if (place == 0) arg = arg c; c = substr(s, ++i, 1) } else if (c == "\"") quoted = 0 }
        else if (c == "\"") quoted = 1
        else if (c == "(" || c == "[" || c == "{") depth++
        else if (c == ")" || c == "]" || c == "}") { if (depth-- == 0) return arg }
        else if (c == "," && depth == 0) { if (place-- == 0) return arg; continue }
        if (place == 0) arg = arg c
      }
      return arg
    }
    function calls(file, s, name,   at, before, arg, turns) {
      while ((at = index(s, name "(")) > 0) {
        before = substr(s, at - 1, 1)
        s = substr(s, at + length(name) + 1)
        if (before ~ /[A-Za-z_]/) continue
        arg = argument(substr(s, 1, 1500), takes[name])
        gsub(/^[ \n]+|[ \n]+$/, "", arg)
        if (arg == "const char *claim" || arg ~ /^([a-z]+->)?claim$/) continue # told where it comes from
        for (turns = 0; arg in defined && turns < 4; turns++) arg = defined[arg]
        if (literals(file, arg) == 0) { printf "%s: %s takes a claim that is no literal: %s\n", file, name, arg > "/dev/stderr"; bad = 1 }
      }
    }
    function assigned(file, s) {
      while (match(s, /claim = "([^"\\]|\\.)*"/)) { put(file, substr(s, RSTART + 9, RLENGTH - 10)); s = substr(s, RSTART + RLENGTH) }
    }
    BEGIN { RS = "\001" }
    NR > 1 {
      file = $0; sub(/\n.*/, "", file)
      text = substr($0, length(file) + 2)
      rest = text
      while (match(rest, /#define [A-Z_]+ ([A-Z_]+|"[^"]*")|const [a-z_]+ = "[^"]*"/)) {
        line = substr(rest, RSTART, RLENGTH); rest = substr(rest, RSTART + RLENGTH)
        sub(/#define |const /, "", line); sub(/ = /, " ", line)
        name = line; sub(/ .*/, "", name); sub(/[^ ]* /, "", line)
        defined[name] = line
      }
      sources[file] = stripped(text); files[++count] = file
      learn(sources[file])
    }
    END {
      for (i = 1; i <= count; i++) {
        file = files[i]
        if (file !~ /\.c$/) continue
        for (name in takes) calls(file, sources[file], name)
        assigned(file, sources[file])
      }
      exit bad
    }' | LC_ALL=C sort
}

reasons() { # reasons ROOT: claim, reason
  sed -e '/^ *#/d' -e '/^ *$/d' -e 's/ *| */\t/' "$1/scripts/postconditions.txt"
}

breakers() { grep -l '#include "broken.h"' "$1"/tests/bots/test_*.c 2>/dev/null; } # breakers ROOT: the tests

# A row says how the note begins: the claim, or enough of it.
broken_in_sources() { # broken_in_sources ROOT: claims that a row names
  { claims "$1" | cut -f2 | LC_ALL=C sort -u; printf '\001\n'; breakers "$1" | xargs -r cat; } | awk '
    $0 == "\001" { tests = 1; next }
    !tests { claim[++n] = $0; next }
    { rest = $0; while (match(rest, /"([^"\\]|\\.)*"/)) { literal[substr(rest, RSTART + 1, RLENGTH - 2)] = 1; rest = substr(rest, RSTART + RLENGTH) } }
    END {
      for (i = 1; i <= n; i++)
        for (text in literal)
          if (text == claim[i] || (length(text) >= 10 && index(claim[i], text) == 1)) { print claim[i]; break }
    }'
}

open_of() { # open_of ROOT BROKEN: BROKEN is a file of claims that rows break
  { sed 's/^/B\t/' "$2"; reasons "$1" | sed 's/^/R\t/'; claims "$1" | sed 's/^/C\t/'; } | awk -F '\t' '
    $1 == "B" { broken[$2] = 1; next }
    $1 == "R" { reason[$2] = $3; if ($3 == "") { print "no reason is given: " $2; bad = 1 } next }
    { known[$3] = 1; where[$3] = where[$3] " " $2 }
    END {
      for (claim in known) if (!broken[claim] && !(claim in reason)) { printf "no row breaks it: %s (%s)\n", claim, substr(where[claim], 2); bad = 1 }
      for (claim in reason) if (!known[claim]) { print "nobody claims it: " claim; bad = 1 }
      for (claim in reason) if (broken[claim]) print "it has a row and needs no reason: " claim
      exit bad
    }' | LC_ALL=C sort
}

table() { # table ROOT OUTPUT: rows by behaviour, and the counts
  { claims "$1" | cut -f2 | LC_ALL=C sort -u; printf '\001\n'; grep -h '^broken: ' "$2"; } | awk -F ' *[|] ' '
    $0 == "\001" { rows = 1; next }
    !rows { claim[++n] = $0; next }
    {
      behavior = $1; sub(/^broken: */, "", behavior); gsub(/ +$/, "", behavior)
      best = ""
      for (i = 1; i <= n; i++)
        if (length(claim[i]) > length(best) && (index($3, claim[i]) == 1 || (length($3) > 60 && index(claim[i], $3) == 1))) best = claim[i] # notes are cut
      if (best == "") { best = $3; sub(/: .*/, "", best) } # a check beside the claims: of a client, of a run
      printf "%-34s | %-58s | %s\n", behavior, best, $2
    }' | LC_ALL=C sort -u
}

run() { # run BUILD
  local root bad=0 program name source
  root=$(cd "$(dirname "$0")/.." && pwd)
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  for source in $(breakers "$root"); do
    name=tests.bots.$(basename "$source" .c)
    program=$1/$name
    if ! "$program" >"$work/$name.txt" 2>&1; then
      echo "$name fails:" >&2
      tail -3 "$work/$name.txt" >&2
      bad=1
    fi
    cat "$work/$name.txt" >>"$work/all"
  done
  grep -q '^broken: ' "$work/all" || { echo "no test of $1 broke anything" >&2; exit 1; }
  table "$root" "$work/all" >"$work/table"
  printf '%-34s | %-58s | %s\n' behaviour claim 'what broke it'
  cat "$work/table"
  awk -F ' *[|] ' '{ print $2 }' "$work/table" | LC_ALL=C sort -u >"$work/broken"
  open_of "$root" "$work/broken" >"$work/open" || bad=1
  cat "$work/open"
  printf '%s rows break %s of %s claims, %s have a reason instead (scripts/postconditions.txt)\n' "$(wc -l <"$work/table")" \
    "$(claims "$root" | cut -f2 | LC_ALL=C sort -u | LC_ALL=C comm -12 - "$work/broken" | wc -l)" "$(claims "$root" | cut -f2 | LC_ALL=C sort -u | wc -l)" \
    "$(reasons "$root" | wc -l)"
  return $bad
}

case "${1:-}" in
  claims) claims "$2" ;;
  open)
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    broken_in_sources "$2" >"$work/broken"
    open_of "$2" "$work/broken"
    ;;
  '') echo "usage: postconditions.sh BUILD | claims ROOT | open ROOT" >&2; exit 1 ;;
  *) run "$1" ;;
esac
