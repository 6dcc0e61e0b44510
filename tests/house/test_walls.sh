#!/usr/bin/env bash
# The walls of the house, from CMakeLists.txt and the sources alone:
#   1. an include names a file of the same room or of a room below it; tests may also use their TEST_USES;
#   2. tester/ and network/ never meet, not even in tests;
#   3. no clock, randomness, socket or thread outside world/real (and world/rpc);
#   4. no float in ledger, consensus, world/sim and the schedule.
# Prints each offence as file:line: text. It first proves on planted offences that it can fail.
set -uo pipefail
root=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}

walls() { # walls ROOT: prints offences
  local root=$1
  ( cd "$root" && find src -name '*.[ch]' | sort ) | awk -v root="$root" '
    function closure(room,   list, n, i, names) {
      if (room in closed) return
      closed[room] = 1
      reach[room, room] = 1
      n = split(uses[room], names, " ")
      for (i = 1; i <= n; i++) { closure(names[i]); merge(room, names[i]) }
    }
    function merge(room, other,   k, part) {
      for (k in reach) { split(k, part, SUBSEP); if (part[1] == other) reach[room, part[2]] = 1 }
    }
    function room_of(path,   best, r) {
      best = ""
      for (r in folder) if (index(path, folder[r] "/") == 1 && length(folder[r]) > length(folder[best])) best = r
      return best
    }
    function offence(file, line, text, why) { printf "%s:%d: %s: %s\n", file, line, why, text }
    BEGIN {
      while ((getline line < (root "/CMakeLists.txt")) > 0) {
        if (line !~ /^room\(/) continue
        sub(/^room\(/, "", line); sub(/\).*/, "", line)
        n = split(line, word, " "); name = word[1]; folder[name] = word[2]; mode = ""
        for (i = 3; i <= n; i++) {
          if (word[i] ~ /^(USES|LIBS|TEST_USES|TEST_LIBS|PROGRAM)$/) mode = word[i]
          else if (mode == "USES") uses[name] = uses[name] " " word[i]
          else if (mode == "TEST_USES") tests[name] = tests[name] " " word[i]
        }
      }
      folder[""] = ""
      for (r in folder) if (r != "") closure(r)
    }
    {
      file = $0; path = substr(file, 5); room = room_of(path); intest = path ~ /\/test\//
      if (room == "") { offence(file, 1, path, "no room of CMakeLists.txt holds this file"); next }
      number = 0
      while ((getline text < (root "/" file)) > 0) {
        number++
        if (text ~ /^[ \t]*#[ \t]*include[ \t]*"/) {
          target = text; sub(/^[^"]*"/, "", target); sub(/".*/, "", target)
          other = room_of(target)
          if (other == "") { if (!(intest && target !~ /\//) && target !~ /^gen\//) offence(file, number, text, "include is not written from src/") }
          else {
            ok = ((room, other) in reach)
            if (!ok && intest) { n = split(tests[room], extra, " "); for (i = 1; i <= n; i++) if ((extra[i], other) in reach) ok = 1 }
            if (!ok) offence(file, number, text, "room " room " is not above room " other)
          }
          if (path ~ /^tester\// && target ~ /^network\//) offence(file, number, text, "tester meets network")
          if (path ~ /^network\// && target ~ /^tester\//) offence(file, number, text, "network meets tester")
        }
        if (text !~ /^[ \t]*#/) gsub(/"([^"\\]|\\.)*"/, "\"\"", text) # what is said in a string is not done
        if (path !~ /^world\/(real|rpc)\// && !intest) {
          if (text ~ /(^|[^A-Za-z0-9_>.])(time|clock_gettime|gettimeofday|clock|rand|random|srand|getrandom|randombytes_buf|randombytes_random|sleep|usleep|nanosleep|socket|accept|connect|pthread_[a-z_]+|thrd_[a-z]+|fork)[ \t]*\(/ && text !~ /^[ \t]*(\/?\*|\/\/)/)
            offence(file, number, text, "clock, randomness, socket or thread outside world/real")
          if (text ~ /#[ \t]*include[ \t]*<(time|sys\/time|pthread|sys\/socket|threads|sys\/random|sys\/epoll)\.h>/)
            offence(file, number, text, "clock, randomness, socket or thread outside world/real")
        }
        if (path ~ /^(network\/(ledger|consensus)|world\/sim)\// && !intest && text ~ /(^|[^A-Za-z0-9_])(float|double)[^A-Za-z0-9_]/ && text !~ /^[ \t]*(\/?\*|\/\/)/)
          offence(file, number, text, "a float where runs must be exact")
      }
      close(root "/" file)
    }'
}

# It can fail: a small house with one offence of each kind.
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
mkdir -p "$trial/src/low" "$trial/src/tester/t" "$trial/src/network/n"
printf 'room(low low)\nroom(t tester/t USES low)\nroom(n network/n USES low)\n' > "$trial/CMakeLists.txt"
printf '#include "tester/t/a.h"\n' > "$trial/src/low/up.c"
printf '#include "network/n/a.h"\n' > "$trial/src/tester/t/across.c"
printf 'x = time(0);\n' > "$trial/src/network/n/clock.c"
printf '#include <pthread.h>\n' > "$trial/src/network/n/thread.c"
printf 'int f(void) { return 1; }\n' > "$trial/src/low/fine.c"
want='src/low/up.c src/network/n/clock.c src/network/n/thread.c src/tester/t/across.c'
got=$(walls "$trial" | cut -d: -f1 | sort -u | xargs)
if [ "$got" != "$want" ]; then
  echo "the wall test itself is broken: of planted offences in [$want] it saw [$got]"
  exit 1
fi

offences=$(walls "$root")
if [ -n "$offences" ]; then
  printf '%s\n' "$offences"
  exit 1
fi
echo "walls hold"
