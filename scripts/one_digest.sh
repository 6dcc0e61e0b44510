#!/usr/bin/env bash
# One seed is one run in every build: gcc and clang, with and without optimisation and checks, must print the same digests.
# Uses build/digest-*; exits 1 when two builds differ. A compiler that is not installed is passed over, aloud.
set -euo pipefail
cd "$(dirname "$0")/.."
first= want=
for compiler in gcc clang; do
  if ! command -v "$compiler" >/dev/null; then
    echo "one_digest: no $compiler here, not compared"
    continue
  fi
  for kind in Debug Release; do
    name=$compiler-$kind
    cmake -S . -B "build/digest-$name" -G Ninja -DCMAKE_C_COMPILER="$compiler" -DCMAKE_BUILD_TYPE="$kind" "-DCMAKE_C_FLAGS_DEBUG=-O1 -g" \
      "-DCMAKE_C_FLAGS_RELEASE=-O2" >/dev/null
    ninja -C "build/digest-$name" tests.sim.test_one_digest >/dev/null
    got=$("build/digest-$name/tests.sim.test_one_digest" | grep -v '^ok')
    if [ -z "$want" ]; then first=$name want=$got; fi
    if [ "$got" != "$want" ]; then
      printf 'one_digest: %s and %s differ\n%s\n%s\n' "$first" "$name" "$want" "$got"
      exit 1
    fi
    echo "one_digest: $name agrees"
  done
done
echo "$want"
