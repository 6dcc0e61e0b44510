# The short way in. Everything a fresh Debian 12 machine needs is installed by `make deps`, which the others call.
#   make demo    build, run a scenario on the embedded network, print the verdict
#   make test    build, run every test
# More: deps build postconditions docs asan tsan lint fmt bench fuzz sim clean

SHELL := /bin/bash
PRESET ?= debug
SEEDS ?= 200
FIRST ?= 1
S ?= 60
JOBS ?= $(shell nproc)

.PHONY: deps build demo test postconditions docs asan tsan lint fmt bench fuzz sim clean

deps:
	@scripts/deps.sh

build: deps
	@cmake --preset release >/dev/null
	@cmake --build build/release -j $(JOBS) --target adnet-testbots
	@cp -f build/release/adnet-testbots build/adnet-testbots.new && mv -f build/adnet-testbots.new build/adnet-testbots

demo: build
	@build/adnet-testbots run unit/simple_transfer

# Tests run in the debug build, where VERIFY is on; the end-to-end ones drive build/adnet-testbots.
test: build
	@cmake --preset debug >/dev/null
	@cmake --build build/debug -j $(JOBS)
	@scripts/test.sh build/debug

# Each claim of a behaviour against what breaks it: a table, from tests that plant weaknesses and let views lie.
postconditions: deps
	@cmake --preset debug >/dev/null
	@cmake --build build/debug -j $(JOBS) --target $$(grep -l '#include "broken.h"' tests/bots/test_*.c | sed 's|tests/bots/\(.*\).c|tests.bots.\1|')
	@scripts/postconditions.sh build/debug

# The generated parts of docs/API.md, PATTERNS.md and SCENARIOS.md, made anew from the tables; `make test` compares.
docs: deps
	@cmake --preset debug >/dev/null
	@cmake --build build/debug -j $(JOBS) --target tests.docs.test_reference tests.docs.test_handbook
	@build/debug/tests.docs.test_reference --write
	@build/debug/tests.docs.test_handbook --write

asan: deps
	@cmake --preset asan >/dev/null
	@cmake --build build/asan -j $(JOBS)
	@scripts/test.sh build/asan

tsan: deps
	@cmake --preset tsan >/dev/null
	@cmake --build build/tsan -j $(JOBS)
	@scripts/test.sh build/tsan

lint: deps
	@scripts/lint.sh

fmt:
	@command -v clang-format >/dev/null || { echo "make fmt: clang-format is missing: apt-get install clang-format" >&2; exit 1; }
	@git ls-files '*.c' '*.h' | xargs clang-format -i

bench: deps
	@cmake --preset release >/dev/null
	@cmake --build build/release -j $(JOBS) --target benches adnet-testbots
	@scripts/bench.sh build/release

# make fuzz S=600: every fuzzer for S seconds altogether, starting from its corpus.
fuzz:
	@scripts/deps.sh fuzz
	@cmake --preset fuzz >/dev/null
	@cmake --build build/fuzz -j $(JOBS)
	@scripts/fuzz.sh build/fuzz $(S)

# make sim SEEDS=1000 [FIRST=1]: the seed sweeps, consensus alone and whole networks.
sim: deps
	@cmake --preset release >/dev/null
	@cmake --build build/release -j $(JOBS) --target sweeps
	@scripts/sim.sh build/release $(SEEDS) $(FIRST)

clean:
	rm -rf build
