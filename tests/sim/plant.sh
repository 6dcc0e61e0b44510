#!/usr/bin/env bash
# plant.sh [NAME...]: plants bugs in a copy of consensus, one at a time, and shows that the sweep finds each.
#
#   vote-twice       votes for every valid block of a round
#   skip-lock        votes whatever the lock says
#   two-chain        calls a block final at two certificates
#   forget-votes     starts without its vote state after a crash
#   eager-epoch      goes on with the next committee from an epoch end that is certified and not final
#
# SEEDS (200), FIRST (1). FLAGS are handed to the sweep: --agreement leaves proofs and locks unchecked, so that what is found is found by
# what went wrong in the end. Nothing of the tree is touched. Exit status 1: a bug was not found.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
seeds=${SEEDS:-200} first=${FIRST:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(-std=gnu11 -O2 -w -D_GNU_SOURCE -DHOUSE_VERIFY=1 -fno-strict-aliasing)
# The tables of the shielded proofs are made by the build; consensus never asks for them.
libs=(-lsodium -lb2 -lcjson -lfyaml -lm -no-pie -Wl,--unresolved-symbols=ignore-all)

# edit FILE SED...: each expression must change something.
edit() {
  local file=$1
  shift
  for expression in "$@"; do
    cp "$file" "$file.before"
    sed -i -E "$expression" "$file"
    if cmp -s "$file" "$file.before"; then
      echo "plant.sh: no longer applies to $(basename "$file"): $expression" >&2
      exit 2
    fi
  done
}

plant() {
  local at=$work/src/network/consensus
  case $1 in
    none) ;;
    vote-twice)
      edit "$at/pacemaker.c" 's/if \(r->round <= r->votes\.voted_round \|\| r->round <= r->votes\.timed_out\.round \|\| r->timed_out/if (r->round <= r->votes.timed_out.round || r->timed_out/' \
        's/^    r->votes\.voted_round = r->round;/&\n    ((struct twig *)twig)->votable = false;/'
      ;;
    skip-lock)
      edit "$at/pacemaker.c" '/hash_eq\(&header->parent_hash, &r->lock\.hash\) && header->justify_round <= r->lock\.round/d'
      ;;
    two-chain)
      edit "$at/finality.c" 's/^    struct twig \*second = twig->parent, \*first = .*/&\n    if (second != NULL \&\& second != r->root \&\& second->certificate != NULL \&\& !second->closing \&\& !twig_ends_epoch(second) \&\& twig_round(twig) == twig_round(second) + 1) {\n        finalize(r, second, NULL);\n        return;\n    }/'
      ;;
    forget-votes)
      edit "$at/replica.c" 's/^    if \(in->votes != NULL\) \{/    if (false) {/'
      ;;
    eager-epoch)
      edit "$at/finality.c" 's/^    struct twig \*second = twig->parent, \*first = .*/&\n    if (twig_ends_epoch(twig) \&\& twig != r->root \&\& tree_descends(twig, r->root)) {\n        finalize(r, twig, NULL);\n        return;\n    }/' \
        '/^static void epoch_enter/,/^}/s/= proof_round\(proof\) \+ 1;/= (proof == NULL ? twig_round(r->root) : proof_round(proof)) + 1;/' \
        's/^    if \(round >= r->round\) \{/    if (proof == NULL) {\n        if (round > r->round) round_enter(r, round, ENTRY_CERTIFICATE, base->certificate, NULL);\n    } else if (round >= r->round) {/' \
        's/^    send_all\(r, message_of_finality\(proof\)\);/    if (proof != NULL) send_all(r, message_of_finality(proof));/'
      ;;
    *)
      echo "plant.sh: no such bug: $1" >&2
      exit 2
      ;;
  esac
}

compile() { # SOURCE OBJECT
  mkdir -p "$(dirname "$2")"
  "${CC:-cc}" "${flags[@]}" -I"$work/src" -c "$1" -o "$2"
}

mkdir -p "$work/src/core" "$work/src/network"
cp -r "$root/src/core/"{base,crypto,codec} "$work/src/core/"
cp -r "$root/src/chain" "$work/src/"
for source in "$work"/src/core/{base,crypto,codec}/*.c "$work"/src/chain/*.c; do compile "$source" "$work/common/$(basename "$(dirname "$source")")_$(basename "$source" .c).o"; done
cp -r "$root/src/network/consensus" "$work/src/network/"
for source in "$root"/tests/sim/sweep_consensus.c "$root"/tests/sim/consensus/*.c; do compile "$source" "$work/common/sweep_$(basename "$source" .c).o"; done

bad=0
for name in "${@:-vote-twice skip-lock two-chain forget-votes eager-epoch}"; do
  for bug in $name; do
    rm -rf "$work/src/network/consensus" "$work/planted"
    cp -r "$root/src/network/consensus" "$work/src/network/"
    plant "$bug"
    for source in "$work"/src/network/consensus/*.c; do compile "$source" "$work/planted/$(basename "$source" .c).o"; done
    "${CC:-cc}" "$work"/common/*.o "$work"/planted/*.o "${libs[@]}" -o "$work/sweep"
    began=$(date +%s.%N)
    # shellcheck disable=SC2086
    if "$work/sweep" --seeds "$seeds" --first "$first" ${FLAGS:-} >"$work/out" 2>&1; then
      printf '%-13s NOT FOUND in %s seeds: %s\n' "$bug" "$seeds" "$(tail -1 "$work/out")"
      [ "$bug" = none ] || bad=1
    else
      seconds=$(echo "$(date +%s.%N) - $began" | bc)
      printf '%-13s found in %.2f s: %s (%s)\n' "$bug" "$seconds" "$(grep -m1 VIOLATION "$work/out" || tail -1 "$work/out")" \
        "$(grep -m1 -o 'seed [0-9]*' "$work/out" || echo 'crashed')"
    fi
  done
done
exit $bad
